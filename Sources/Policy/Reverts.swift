public import GitModel

/// What commits say that they take back: `git revert` writes "This reverts commit ID" into the message.
///
/// Anybody can type that. So a commit that is said to be taken back is no longer known to be there, and
/// no longer known to be gone either, until a reader of trees has seen that the revert does what it says.
public enum Reverts {
  /// The commits that a message says are taken back, as written: ids, or their beginnings.
  public static func claims(of commit: Commit) -> [BytesSlice] {
    let start = Bytes("This reverts commit ".utf8)
    return commit.message.split(separator: 0x0A).compactMap { line in
      guard line.starts(with: start) else { return nil }
      let id = line.dropFirst(start.count).prefix {
        $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
      return (7...64).contains(id.count) ? id : nil
    }
  }

  /// Whether the first line is that of a revert, or of the revert of one.
  static func isNamed(_ commit: Commit) -> Bool {
    ["Revert \"", "Reapply \""].contains { commit.subject.starts(with: $0.utf8) }
  }

  /// The parent that a reverted merge goes back to: "reversing changes made to ID", and else the first.
  public static func mainline(of merge: Commit, revertedBy commit: Commit) -> ObjectID? {
    let start = Bytes("changes made to ".utf8)
    let stated = commit.message.split(separator: 0x0A).first { $0.starts(with: start) }
    let id = stated.flatMap { line in
      merge.parents.first { line.dropFirst(start.count).starts(with: $0.hex.utf8) }
    }
    return id ?? merge.parents.first
  }
}

/// The tickets that the commits of a release name, less what they take back again.
struct ContainedTickets {
  /// A ticket in the words of the first commit that names it.
  struct Ticket {
    let name: Bytes
    /// The commits by which it is certainly there, newest first.
    var commits: [Commit] = []
    /// The commits by which it may be there: those, and others that are said to be taken back and, as far
    /// as can be told, are not.
    var touching: [Commit] = []
    /// The commits that take it back.
    var reverts: [Commit] = []
  }

  /// How many commits of a release may take back others.
  static let revertsLimit = 1000

  /// The tickets by their names in small letters.
  private(set) var tickets: [Bytes: Ticket] = [:]
  /// How many of the commits name no ticket.
  private(set) var nameless = 0

  /// What the commits name, newest first and children before parents. `plain` are the reverts whose
  /// content is nothing else. Nil with too many reverts.
  init?(_ commits: [Commit], plain: Set<ObjectID>, named: Tickets) {
    let fates = RevertedCommits(commits, plain: plain)
    guard let fates else { return nil }
    for (place, commit) in commits.enumerated() {
      let names = named.everyOne(namedBy: commit)
      if names.isEmpty { nameless += 1 }
      // What a revert names of what it takes back is not there by it.
      var gone: Set<Bytes> = []
      let isRevert = fates.isRevert(place)
      if isRevert {
        if Reverts.isNamed(commit) {
          gone.formUnion(named.named(in: commit.subject).map(\.asciiLowercased))
        }
        for target in fates.targets[place] ?? [] {
          gone.formUnion(named.everyOne(namedBy: commits[target]).map(\.asciiLowercased))
        }
      }
      // A revert that does nothing else leaves nothing of that behind, so it brings none of it either.
      let isNothing = plain.contains(commit.id) && fates.targets[place] != nil
      for name in names {
        let key = name.asciiLowercased
        var ticket = tickets[key] ?? Ticket(name: name)
        let isGone = gone.contains(key)
        if !isGone, !fates.mayBeOut[place] { ticket.commits.append(commit) }
        if !fates.isOut[place], !(isGone && isNothing) { ticket.touching.append(commit) }
        if isGone { ticket.reverts.append(commit) }
        ticket.reverts += fates.reverters[place].map { commits[$0] }
        tickets[key] = ticket
      }
    }
  }
}

/// Which commits of a release are taken back by others of it.
private struct RevertedCommits {
  /// What each revert takes back, by places in the list; none where that is not in it.
  private(set) var targets: [Int: [Int]] = [:]
  /// Whether a commit is said to be taken back, by one that is not surely taken back itself.
  private(set) var mayBeOut: [Bool]
  /// Whether a commit is surely taken back.
  private(set) var isOut: [Bool]
  /// By which commits one is said to be taken back.
  private(set) var reverters: [[Int]]
  private var others: Set<Int> = []

  init?(_ commits: [Commit], plain: Set<ObjectID>) {
    mayBeOut = Array(repeating: false, count: commits.count)
    isOut = mayBeOut
    reverters = Array(repeating: [], count: commits.count)
    var count = 0
    let places = Dictionary(
      commits.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { one, _ in one })
    var isOnePlain: Set<Int> = []
    // What claims to take back a commit that it does not descend from.
    var strange: Set<Int> = []
    for (place, commit) in commits.enumerated() {
      let claims = Reverts.claims(of: commit)
      guard !claims.isEmpty || Reverts.isNamed(commit) else { continue }
      count += max(1, claims.count)
      guard count <= ContainedTickets.revertsLimit else { return nil }
      let found = claims.compactMap { Self.place(of: $0, places, commits) }
      if found.count < claims.count || claims.isEmpty { others.insert(place) }
      guard !found.isEmpty else { continue }
      var taken: Set<Int> = []
      for target in found { taken.formUnion(Self.brought(by: target, commit, places, commits)) }
      targets[place] = taken.sorted()
      strange.formUnion(taken.filter { $0 < place })
      if claims.count == 1, plain.contains(commit.id) { isOnePlain.insert(place) }
    }
    // The newest first: whether a revert stands is known before it is asked what it takes back.
    for place in targets.keys.sorted() where !isOut[place] {
      let isCertain = isOnePlain.contains(place) && !mayBeOut[place] && !strange.contains(place)
      for target in targets[place] ?? [] {
        mayBeOut[target] = true
        if isCertain, target > place { isOut[target] = true }
        if reverters[target].count < 3 { reverters[target].append(place) }
      }
    }
  }

  /// Whether a commit takes back others, of the release or not.
  func isRevert(_ place: Int) -> Bool { targets[place] != nil || others.contains(place) }

  private static func place(
    of claim: BytesSlice, _ places: [ObjectID: Int], _ commits: [Commit]
  ) -> Int? {
    if let id = ObjectID(hex: claim) { return places[id] }
    let fitting = commits.indices.filter { commits[$0].id.hex.utf8.starts(with: claim) }
    return fitting.count == 1 ? fitting[0] : nil
  }

  /// A commit, and where it is a merge, what it brought to the parent that is gone back to.
  private static func brought(
    by target: Int, _ revert: Commit, _ places: [ObjectID: Int], _ commits: [Commit]
  ) -> Set<Int> {
    let merge = commits[target]
    guard merge.isMerge else { return [target] }
    func reached(from starts: [ObjectID]) -> Set<Int> {
      var open = starts.compactMap { places[$0] }
      var seen = Set(open)
      while let place = open.popLast() {
        for parent in commits[place].parents {
          if let next = places[parent], seen.insert(next).inserted { open.append(next) }
        }
      }
      return seen
    }
    let mainline = Reverts.mainline(of: merge, revertedBy: revert)
    return reached(from: [merge.id]).subtracting(reached(from: mainline.map { [$0] } ?? []))
  }
}
