internal import GitModel

/// The roles that must be on duty for some time to come, and who is by a roster.
public struct Staffing: Hashable, Sendable {
  /// A role that must be on duty.
  public struct Post: Hashable, Sendable {
    /// The role.
    public let role: String
    /// The people who hold it.
    public let holders: Set<String>

    /// A post from its parts.
    public init(role: String, holders: Set<String>) { (self.role, self.holders) = (role, holders) }
  }

  /// The roles, each of which must be on duty.
  public let posts: [Post]
  /// For how long from the moment that is judged, in seconds.
  public let seconds: Int64
  /// When somebody is on duty; nil where only statements tell.
  public let roster: EventList?
  /// Who is on duty in each event of the roster, in its order.
  public let people: [[String]]

  /// A staffing from its parts.
  public init(posts: [Post], seconds: Int64, roster: EventList? = nil, people: [[String]] = []) {
    (self.posts, self.seconds, self.roster, self.people) = (posts, seconds, roster, people)
  }

  /// When a post has somebody on duty by `shifts` of the roster and by `duties`, ascending and not touching
  /// one another.
  func covered(
    _ post: Post, _ shifts: [EventList.Occurrence], _ duties: [Duty]
  ) -> [Range<Int64>] {
    let shifts = shifts.filter { shift in
      people.indices.contains(shift.event) && !post.holders.isDisjoint(with: people[shift.event])
    }
    let declared = duties.filter { $0.role == post.role && post.holders.contains($0.person) }
    let all = shifts.map(\.span) + declared.map { $0.start.seconds..<$0.end.seconds }
    return all.sorted { $0.lowerBound < $1.lowerBound }.reduce(into: []) { merged, next in
      if let last = merged.last, next.lowerBound <= last.upperBound {
        merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, next.upperBound)
      } else {
        merged.append(next)
      }
    }
  }
}
