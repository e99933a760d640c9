public import GitModel
public import Policy

/// What release notes go by, beside the commits.
public struct NotesSource: Sendable {
  /// What a ticket is; nil where nobody says.
  public var tickets: Tickets?
  /// Where a ticket is found, with `{ticket}` for its name.
  public var link: String?
  /// The people of the policy.
  public var people = People()
  /// The keys of trailers that tell who approved a commit.
  public var approvalKeys: [Bytes] = ["Reviewed-by", "Approved-by"].map { Bytes($0.utf8) }
  /// Who signed an approval that let a commit in, by ids of the policy.
  public var signed: [ObjectID: [String]] = [:]

  /// A source that knows nobody.
  public init() {}
}

/// Somebody whom the notes name.
public struct NotesPerson: Hashable, Sendable {
  /// The name, fit to print.
  public let name: String
  /// Of how many commits.
  public internal(set) var commits: Int
  /// Whether a signed statement says so.
  public internal(set) var isSigned = false
}

/// Counts people, nobody twice: those whom the policy knows by themselves, others by their address.
struct NotesPeople {
  let people: People
  private var places: [Party: Int] = [:]
  private var found: [NotesPerson] = []

  init(_ people: People) { self.people = people }

  mutating func add(_ party: Party, name: Bytes, isSigned: Bool = false) {
    if let place = places[party] {
      found[place].commits += 1
      found[place].isSigned = found[place].isSigned || isSigned
      return
    }
    var shown = name[...].trimmed.cutText(to: 80)
    if case .person(let id) = party, let person = people.person(login: id) {
      guard !person.isBot else { return }
      shown = Bytes(person.name.utf8)[...].cutText(to: 80)
    } else if shown.isEmpty {
      shown = party.display
    }
    places[party] = found.count
    found.append(NotesPerson(name: shown, commits: 1, isSigned: isSigned))
  }

  /// Everybody, who has most first.
  var all: [NotesPerson] {
    found.sorted { ($1.commits, $0.name) < ($0.commits, $1.name) }
  }
}
