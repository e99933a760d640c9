public import GitModel
internal import Policy

/// What a release brings: its changes under headings, what was taken back again, the tickets, who wrote
/// and who approved.
public struct ReleaseNotes: Hashable, Sendable {
  /// One heading and its changes.
  public struct Section: Hashable, Sendable {
    /// The heading.
    public let title: String
    /// The changes, newest first.
    public let changes: [NotesChange]
  }

  /// A change that another commit of the same range takes back.
  public struct Revert: Hashable, Sendable {
    /// The change.
    public let change: NotesChange
    /// The commit that takes it back.
    public let by: ObjectID
  }

  /// The sections that have changes, in a fixed order.
  public let sections: [Section]
  /// What came and went, newest first.
  public let reverts: [Revert]
  /// The tickets that the commits name, sorted.
  public let tickets: [Bytes]
  /// Who wrote them, co-authors too, who wrote most first. Bots are left out.
  public let contributors: [NotesPerson]
  /// Who approved them, as trailers or signed statements say.
  public let approvers: [NotesPerson]
  /// How many commits they are made of.
  public let commits: Int
  /// Whether there are more commits than those.
  public let isCut: Bool
  /// How many changes are not listed, because there are very many.
  public let left: Int
  /// The newest of the changes that want most of the next version, where that is more than a patch. What
  /// was taken back wants nothing.
  public let weightiest: NotesChange?
  /// Where a ticket is found.
  let link: String?

  /// How many changes are listed. All of them must fit into a tag.
  public static let maximumChanges = 1_000
  static let maximumTickets = 1_000

  /// The headings in their order, each with the conventional types that it takes.
  private static let groups: [(title: String, types: [String])] = [
    ("Breaking changes", []),
    ("Added", ["feat"]),
    ("Fixed", ["fix"]),
    ("Faster", ["perf"]),
    ("Documentation", ["docs"]),
    ("Inside", ["refactor", "test", "build", "ci", "chore", "style"]),
    ("Reverted", ["revert"]),
    ("Other", []),
  ]

  /// The notes of `commits`, newest first; `isCut` where there are more. Merges are left out: what they
  /// bring in is there itself.
  public init(_ commits: [Commit], by source: NotesSource = NotesSource(), isCut: Bool = false) {
    var writers = NotesPeople(source.people)
    var readers = NotesPeople(source.people)
    var tickets: Set<Bytes> = []
    var changes: [NotesChange] = []
    for commit in commits {
      let named = source.tickets?.named(by: commit) ?? []
      if tickets.count < Self.maximumTickets { tickets.formUnion(named) }
      Self.count(commit, by: source, &writers, &readers)
      guard !commit.isMerge else { continue }
      changes.append(
        NotesChange(commit, tickets: named, author: Self.author(of: commit, source)))
    }
    (changes, reverts) = Self.settled(changes)
    let most = changes.map(\.step).max() ?? .patch
    weightiest = most == .patch ? nil : changes.first { $0.step == most }
    left = max(0, changes.count - Self.maximumChanges)
    let listed = Dictionary(grouping: changes.prefix(Self.maximumChanges), by: Self.title)
    sections = Self.groups.compactMap { group in
      listed[group.title].map { Section(title: group.title, changes: $0) }
    }
    self.tickets = tickets.sorted(by: Self.isBefore)
    (contributors, approvers) = (writers.all, readers.all)
    (self.commits, self.isCut, link) = (commits.count, isCut, source.link)
  }

  private static func author(of commit: Commit, _ source: NotesSource) -> String {
    if let person = source.people.person(email: commit.author.email) {
      return Bytes(person.name.utf8)[...].cutText(to: 80)
    }
    let name = commit.author.name[...].trimmed
    return (name.isEmpty ? commit.author.email[...] : name).cutText(to: 80)
  }

  private static func count(
    _ commit: Commit, by source: NotesSource, _ writers: inout NotesPeople,
    _ readers: inout NotesPeople
  ) {
    // Each once for a commit, however often it names them.
    var wrote: Set<Party> = []
    func add(_ name: Bytes, _ email: Bytes, to people: inout NotesPeople, _ seen: inout Set<Party>)
    {
      let party = source.people.party(email: email)
      if seen.insert(party).inserted { people.add(party, name: name) }
    }
    if !commit.isMerge { add(commit.author.name, commit.author.email, to: &writers, &wrote) }
    var read: Set<Party> = []
    for id in source.signed[commit.id] ?? [] where read.insert(.person(id)).inserted {
      readers.add(.person(id), name: Bytes(id.utf8), isSigned: true)
    }
    for trailer in commit.trailers {
      let writes = !commit.isMerge && trailer.isKey(coAuthor)
      guard writes || source.approvalKeys.contains(where: { trailer.isKey($0) }) else { continue }
      for person in trailer.people {
        guard let email = person.email else { continue }
        if writes {
          add(person.name, email, to: &writers, &wrote)
        } else {
          add(person.name, email, to: &readers, &read)
        }
      }
    }
  }

  private static let coAuthor = Bytes("Co-authored-by".utf8)

  /// The heading of a change.
  private static func title(of change: NotesChange) -> String {
    if change.isBreaking { return "Breaking changes" }
    if change.type.isEmpty, change.description.hasPrefix("Revert \"") { return "Reverted" }
    return groups.first { $0.types.contains(change.type) }?.title ?? "Other"
  }

  /// The changes without those that others take back, and without copies of what is there itself.
  private static func settled(
    _ changes: [NotesChange]
  ) -> (changes: [NotesChange], reverts: [Revert]) {
    var ids = Set(changes.map(\.commit))
    var gone: Set<ObjectID> = []
    var reverts: [Revert] = []
    var copies: [ObjectID: [ObjectID]] = [:]
    let byID = Dictionary(changes.map { ($0.commit, $0) }) { first, _ in first }
    let named = changes.contains { $0.reverted != nil } ? ids.sorted() : []
    // The newest first, so that a revert that was taken back itself takes nothing back.
    for change in changes where !gone.contains(change.commit) {
      if let digits = change.reverted,
        let id = found(digits, in: named), id != change.commit, !gone.contains(id),
        let other = byID[id]
      {
        gone.formUnion([id, change.commit])
        reverts.append(Revert(change: other, by: change.commit))
      }
    }
    for change in changes where !gone.contains(change.commit) {
      guard let origin = change.origin, origin != change.commit, ids.contains(origin),
        !gone.contains(origin), byID[origin]?.text == change.text
      else { continue }
      copies[origin, default: []].append(change.commit)
      ids.remove(change.commit)
    }
    let kept = changes.filter { !gone.contains($0.commit) && ids.contains($0.commit) }
    return (
      kept.map { change in
        var change = change
        change.copies = copies[change.commit] ?? []
        return change
      }, reverts
    )
  }

  /// The one id that starts with these digits.
  private static func found(_ digits: Bytes, in sorted: [ObjectID]) -> ObjectID? {
    let first =
      digits + Bytes(repeating: UInt8(ascii: "0"), count: ObjectID.hexLength - digits.count)
    guard let least = ObjectID(hex: first) else { return nil }
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < least { low = middle + 1 } else { high = middle }
    }
    let matches = sorted[low...].prefix(2).filter { Bytes($0.hex.utf8).starts(with: digits) }
    return matches.count == 1 ? matches[0] : nil
  }

  /// Tickets in the order of people: `SHOP-9` before `SHOP-12`.
  private static func isBefore(_ left: Bytes, _ right: Bytes) -> Bool {
    let (one, other) = (left.splitNumber, right.splitNumber)
    if one.word != other.word { return one.word.lexicographicallyPrecedes(other.word) }
    guard let number = one.number, let otherNumber = other.number, number != otherNumber else {
      return left.lexicographicallyPrecedes(right)
    }
    return number < otherNumber
  }
}

extension Bytes {
  /// What stands before the digits at the end, and these.
  fileprivate var splitNumber: (word: BytesSlice, number: Version.Number?) {
    let word = self[..<(lastIndex { !$0.isASCIIDigit }.map { $0 + 1 } ?? 0)]
    return (word, Version.Number(self[word.endIndex...]))
  }
}
