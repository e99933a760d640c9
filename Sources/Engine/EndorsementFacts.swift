internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds out which signed approvals speak of new commits (DESIGN.md 6, "Evidence and approvals").
///
/// An approval speaks of a commit when it was signed for that commit's own tree on its parent's tree, or
/// when a plain three-way merge of the signed change onto the parent makes the commit's tree. Messages,
/// dates and people of a commit have no part in that, so that an amended message and a clean rebase keep
/// what was approved.
final class EndorsementFacts {
  /// How many approvals of one ref are looked at.
  static let maximumStatements = 5_000
  /// For how many days a veto is looked for; `gitrel approve` makes none that counts longer.
  static let longestVeto = 366
  /// How many trees and files may be read to compare them.
  static let budget = 400_000
  /// How many paths are told of a change that is not quite the approved one.
  private static let pathsTold = 3

  private let repository: Repository
  private let statements: PersonalStatements
  /// Which commits statements were spent on, by digest.
  private let spent: (_ since: Instant) throws(EngineFault) -> [String: Set<ObjectID>]
  private var found: [Place: Result<[Candidate], EngineFault>] = [:]
  private var touched: [Approval.Change: Result<Set<Bytes>, GitError>] = [:]
  private var budget = EndorsementFacts.budget

  private struct Place: Hashable {
    let ref: RefName
    let search: EndorsementSearch
  }

  /// A statement of somebody, as far as it can be told without a commit.
  private struct Candidate {
    /// The SHA-256 of what was signed: the envelope around it can be written anew by anybody.
    let digest: String
    let approval: Approval
    /// Why it counts for no commit; nil where it may count.
    let fault: String?

    func endorsement(_ standing: Endorsement.Standing) -> Endorsement {
      Endorsement(
        person: approval.person.prefix(60).printable,
        role: approval.role.isEmpty ? nil : approval.role.printable,
        isVeto: approval.word == .vetoed, recorded: approval.recorded, digest: digest,
        standing: standing)
    }
  }

  init(
    _ repository: Repository, _ statements: PersonalStatements,
    spent: @escaping (_ since: Instant) throws(EngineFault) -> [String: Set<ObjectID>]
  ) {
    (self.repository, self.statements, self.spent) = (repository, statements, spent)
  }

  /// What is signed about `commits`, which are new on the ref of `update`.
  func reading(
    of commits: [Commit], on update: RefUpdate, _ search: EndorsementSearch
  ) throws(EngineFault) -> EndorsementReading {
    let ref = update.name
    let stored = try candidates(for: ref, search)
    let used = stored.isEmpty ? [:] : try spent(oldest(search))
    let trees = Dictionary(commits.map { ($0.id, $0.tree) }) { first, _ in first }
    var endorsements: [ObjectID: [Endorsement]] = [:]
    var near: [ObjectID: Set<String>] = [:]
    var additions: [ObjectID: [Bytes]] = [:]
    // The oldest first: of two commits that make one change, the first is the one that was meant.
    var spentHere: [String: [Approval.Change: ObjectID]] = [:]
    for commit in commits.reversed() {
      var step = try step(of: commit, trees)
      let all = stored + (try carried(by: commit, for: ref))
      var seen: Set<String> = []
      for candidate in all where seen.insert(candidate.digest).inserted {
        // What let another commit in is not told of one that it does not quite fit.
        let isUsed = used[candidate.digest] != nil
        guard let (found, change) = try standing(of: candidate, to: &step, tellsNear: !isUsed)
        else { continue }
        var standing = found
        if standing.holds, let change, candidate.approval.word == .approved {
          var other = spentHere[candidate.digest]?[change]
          if other == nil {
            other = try use(
              used[candidate.digest] ?? [], of: change, besides: commit.id, in: update.old)
          }
          if let other { standing = .void("was spent on \(other.short)") }
          spentHere[candidate.digest, default: [:]][change] = commit.id
        }
        if change == nil { near[commit.id, default: []].insert(candidate.digest) }
        endorsements[commit.id, default: []].append(candidate.endorsement(standing))
      }
      if commit.isMerge { additions[commit.id] = try addition(of: commit, trees) }
    }
    return EndorsementReading(
      endorsements: Dictionary(
        uniqueKeysWithValues: endorsements.map {
          ($0, Self.told($1, near: near[$0] ?? [], among: endorsements))
        }),
      cleanMerges: Set(additions.filter { $0.value.isEmpty }.keys),
      additions: additions.filter { !$0.value.isEmpty }.mapValues(Self.told))
  }

  /// What is worth telling: not what holds for another of the commits (unless it was spent there), and of
  /// nobody two words that do not hold, but the last.
  private static func told(
    _ endorsements: [Endorsement], near: Set<String>, among all: [ObjectID: [Endorsement]]
  ) -> [Endorsement] {
    let holding = Set(all.values.joined().filter(\.standing.holds).map(\.digest))
    var people: Set<String> = []
    return endorsements.sorted { ($1.recorded, $1.digest) < ($0.recorded, $0.digest) }.filter {
      if $0.standing.holds { return true }
      if near.contains($0.digest), holding.contains($0.digest) { return false }
      return people.insert($0.person).inserted
    }
  }

  /// Another commit on which a change was spent, and which the ref has: git may not have carried out what
  /// was permitted, and then the change is to come in yet.
  private func use(
    _ commits: Set<ObjectID>, of change: Approval.Change, besides commit: ObjectID,
    in tip: ObjectID
  ) throws(EngineFault) -> ObjectID? {
    guard !tip.isZero else { return nil }
    for other in commits.sorted() where other != commit {
      let found = try wrapped { () throws(GitError) -> Commit? in
        guard try repository.header(of: other) != nil,
          try repository.isAncestor(other, of: tip)
        else { return nil }
        return try repository.commit(other)
      }
      if let found, try makes(change, try step(of: found, [:])) { return other }
    }
    return nil
  }

  private func step(
    of commit: Commit, _ trees: [ObjectID: ObjectID]
  ) throws(EngineFault) -> Step {
    guard let parent = commit.parents.first else { return Step(commit: commit, base: nil) }
    if let tree = trees[parent] { return Step(commit: commit, base: tree) }
    return Step(
      commit: commit,
      base: try wrapped { () throws(GitError) in try repository.commit(parent).tree })
  }

  // MARK: - One statement and one commit

  /// What a commit does to a tree; nil for a first commit, which starts from nothing.
  private struct Step {
    let commit: Commit
    let base: ObjectID?
    /// The paths that it changes, once somebody has asked.
    var paths: [Bytes]?
  }

  private static func isExact(_ change: Approval.Change, _ step: Step) -> Bool {
    change.head.tree == step.commit.tree && change.base?.tree == step.base
  }

  /// The paths at which the commit is something else than a plain merge of the change onto its parent; nil
  /// where there is no such merge to make.
  private func rest(of step: Step, beyond change: Approval.Change) throws(EngineFault) -> [Bytes]? {
    guard let base = step.base, let from = change.base?.tree, change.head.tree != from else {
      return nil
    }
    return try wrapped { () throws(GitError) in
      try residue(over: from, from: base, to: change.head.tree, as: step.commit.tree)
    }
  }

  /// Whether the commit is what a change makes, exactly or replayed.
  private func makes(_ change: Approval.Change, _ step: Step) throws(EngineFault) -> Bool {
    if Self.isExact(change, step) { return true }
    guard step.base != step.commit.tree, case .success = paths(of: change) else { return false }
    return try rest(of: step, beyond: change)?.isEmpty ?? false
  }

  /// How the statement stands to the commit, and by which of its changes; nil where it has nothing to do
  /// with it.
  private func standing(
    of candidate: Candidate, to step: inout Step, tellsNear: Bool
  ) throws(EngineFault) -> (Endorsement.Standing, Approval.Change?)? {
    let changes = candidate.approval.changes
    if let fault = candidate.fault {
      // No trees are compared for what counts for nothing: anybody can write it.
      let isMeant = changes.contains {
        $0.head.tree == step.commit.tree || $0.head.commit == step.commit.id
      }
      return isMeant ? (.void(fault), nil) : nil
    }
    if let exact = changes.first(where: { Self.isExact($0, step) }) { return (.exact, exact) }
    let paths = try paths(of: &step)
    guard !paths.isEmpty else { return nil }
    var near: String?
    for change in changes {
      switch self.paths(of: change) {
      case .success(let reviewed): guard !reviewed.isDisjoint(with: paths) else { continue }
      case .failure(let error):
        guard change.head.commit == step.commit.id else { continue }
        near = near ?? "cannot be compared: \(error)"
        continue
      }
      guard let rest = try rest(of: step, beyond: change) else { continue }
      if rest.isEmpty { return (.replayed, change) }
      near =
        near
        ?? "approved \(change.head.commit.short), which is something else at \(Self.told(rest))"
    }
    return tellsNear ? near.map { (.void($0), nil) } : nil
  }

  /// The paths that the commit changes; none of a first commit, onto which nothing is merged.
  private func paths(of step: inout Step) throws(EngineFault) -> [Bytes] {
    if let known = step.paths { return known }
    var paths: [Bytes] = []
    if let base = step.base {
      let tree = step.commit.tree
      paths = try wrapped { () throws(GitError) in
        try residue(over: base, from: base, to: base, as: tree)
      }
    }
    step.paths = paths
    return paths
  }

  /// The paths that a change touches; a failure where its trees are not here.
  private func paths(of change: Approval.Change) -> Result<Set<Bytes>, GitError> {
    if let known = touched[change] { return known }
    let paths = Result { () throws(GitError) in
      guard let base = change.base?.tree else { return Set<Bytes>() }
      return Set(try residue(over: base, from: base, to: base, as: change.head.tree))
    }
    touched[change] = paths
    return paths
  }

  private func residue(
    over base: ObjectID, from ours: ObjectID, to theirs: ObjectID, as result: ObjectID
  ) throws(GitError) -> [Bytes] {
    try repository.residue(
      ofMerging: theirs, into: ours, over: base, as: result, spending: &budget)
  }

  /// The paths at which a merge is something else than a plain merge of its two parents; the root where
  /// there is no such merge.
  private func addition(
    of merge: Commit, _ trees: [ObjectID: ObjectID]
  ) throws(EngineFault) -> [Bytes] {
    let root = [Bytes("/".utf8)]
    guard merge.parents.count == 2 else { return root }
    return try wrapped { () throws(GitError) in
      let (ours, theirs) = (merge.parents[0], merge.parents[1])
      guard
        let base = try repository.mergeBase(
          of: ours, theirs, limit: FactGatherer.newCommitsLimit)
      else { return root }
      func tree(_ id: ObjectID) throws(GitError) -> ObjectID {
        if let known = trees[id] { return known }
        return try repository.commit(id).tree
      }
      return try residue(
        over: tree(base), from: tree(ours), to: tree(theirs), as: merge.tree)
    }
  }

  /// Some paths, for people.
  private static func told(_ paths: [Bytes]) -> String {
    let told = paths.prefix(pathsTold).map { "`\($0.prefix(80).printable)`" }
    let more = paths.count > told.count ? " and \(paths.count - told.count) more" : ""
    return told.joined(separator: ", ") + more
  }

  // MARK: - Statements

  private func oldest(_ search: EndorsementSearch) -> Instant {
    Instant(seconds: statements.instant.seconds - search.age - EvidenceStore.clockSkew)
  }

  /// The approvals and vetoes for `ref` that may be young enough.
  private func candidates(
    for ref: RefName, _ search: EndorsementSearch
  ) throws(EngineFault) -> [Candidate] {
    let key = Place(ref: ref, search: search)
    if let known = found[key] { return try known.get() }
    let read = Result { () throws(EngineFault) in
      var candidates: [Candidate] = []
      // A veto counts for as long as it says, whatever age an approval may have.
      let oldest = oldest(search)
      var day = min(
        oldest.seconds, statements.instant.seconds - Int64(Self.longestVeto) * 86_400)
      while day <= statements.instant.seconds + 86_400 {
        let place = EvidencePlace.approvals(for: ref, on: Instant(seconds: day))
        for stored in try statements.stored(at: place) {
          // What cannot be read counts for nothing, and hides nothing: a veto has its reader.
          guard case .success(let (envelope, statement)) = stored.content,
            case .approval(let approval) = statement.predicate,
            approval.word == .vetoed || approval.recorded >= oldest
          else { continue }
          candidates.append(try candidate(envelope, approval, for: ref))
          guard candidates.count <= Self.maximumStatements else {
            throw EngineFault(
              "more than \(Self.maximumStatements) approvals are stated for \(ref.short)",
              hints: ["a smaller `age` in the rule looks at fewer"])
          }
        }
        day += 86_400
      }
      return candidates
    }
    found[key] = read
    return try read.get()
  }

  /// Approvals that the commit carries itself, in `Gitrel-Approval:` trailers.
  private func carried(by commit: Commit, for ref: RefName) throws(EngineFault) -> [Candidate] {
    var candidates: [Candidate] = []
    for trailer in commit.trailers where trailer.isKey(ApprovalTrailer.key) {
      guard let (envelope, approval) = ApprovalTrailer.read(trailer.value) else { continue }
      candidates.append(try candidate(envelope, approval, for: ref))
    }
    return candidates
  }

  private func candidate(
    _ envelope: Envelope, _ approval: Approval, for ref: RefName
  ) throws(EngineFault) -> Candidate {
    Candidate(
      digest: envelope.statementDigest, approval: approval,
      fault: try statements.fault(of: approval, in: envelope, on: ref))
  }

  private func wrapped<Value>(
    _ body: () throws(GitError) -> Value
  ) throws(EngineFault) -> Value {
    try EngineFault.wrapping(body)
  }
}
