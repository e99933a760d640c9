internal import Evidence
internal import GitModel
public import Policy

/// One case of a policy test: a push as values, and what is expected of the decision.
public struct PolicyTestCase: Sendable {
  /// What it is called.
  public let name: String
  /// Where it starts in its file.
  public let position: Position
  /// What is expected.
  public let expectation: Expectation
  let setting: TestSetting

  /// Judges the push of the case by `policy`, and compares.
  public func tested(
    by policy: PolicyDocument, _ origin: PolicyOrigin, file: String
  ) -> TestedCase {
    let decision = setting.decision(by: policy, origin)
    return TestedCase(
      file: file, position: position, name: name,
      mismatches: expectation.mismatches(with: decision), decision: decision)
  }
}

/// What a case states, ready to be judged. No repository is made: the facts are built from the values.
struct TestSetting: Sendable {
  var instant: Instant
  var pusher: String?
  var route: Route?
  /// The repository before the push, with the objects that the push brings.
  var history: TestHistory
  /// The ref updates.
  var updates: [RefUpdate]
  /// What is stated about trees; nil where the case says nothing of evidence.
  var evidence: [ObjectID: TreeEvidence]?
  /// The paths whose content holds a secret; nil where the case says nothing of secrets.
  var secretPaths: Set<Bytes>?
  /// The CODEOWNERS where the policy stands; nil where the case states none.
  var codeOwners: Bytes?
  /// What programs answer, by their names in `exec`.
  var programs: [String: ProgramAnswer]
  /// What people declare; nil where the case says nothing of it.
  var declared: [TestDeclaration]?
  /// The signed approvals; nil where the case says nothing of them.
  var approvals: [TestApproval]?
  /// The overrides of before, with their reviews; nil where the case says nothing of them.
  var owed: [Debt]?
  /// What is promised for a release.
  var scope: TestScope

  func decision(by policy: PolicyDocument, _ origin: PolicyOrigin) -> Decision {
    let claims = updates.map { self.claims(of: $0, under: policy) }
    let overridden = zip(updates, claims).filter { policy.takes($1, on: $0.name) }.map(\.0.name)
    return Proposal(
      instant: instant, pusher: pusher, route: route, policy: origin, people: policy.people,
      updates: zip(updates, claims).map { update, claims in
        ProposedUpdate(
          update: update,
          matters: policy.rulesets(guarding: update.name).map { ruleset in
            var facts = facts(update, under: ruleset, of: policy)
            facts.debts = facts.debts.with(elsewhere: overridden.filter { $0 != update.name })
            return (ruleset, facts)
          },
          overrides: claims)
      }
    ).judged()
  }

  /// The commits that are on no ref that `ruleset` guards before the push, children first.
  func newMembers(
    _ update: RefUpdate, under ruleset: Ruleset, alone: Bool
  ) -> [TestHistory.Member] {
    let guarded =
      alone
      ? [update.old]
      : history.refs.filter { $0.name.isBranch && ruleset.refs.contains($0.name) }.map(\.value)
    let old = history.reach(guarded)
    return history.reach([update.new]).subtracting(old).sorted(by: >).map { history.members[$0] }
  }

  func owners(_ search: CodeOwnersSearch) -> Fact<CodeOwnersFile> {
    guard let codeOwners else {
      return .unknown("the case does not state who owns what: give it `codeowners: |` and the file")
    }
    do {
      // One file is stated, so it is the one that is meant, wherever it lies.
      return .known(
        try CodeOwnersFile(
          codeOwners, at: search.file ?? "CODEOWNERS", in: "the case", syntax: search.syntax))
    } catch { return .unknown(error.words) }
  }

  /// What a search for secrets finds, as the case states it: tests hold no real ones.
  func secrets(
    in members: [TestHistory.Member], _ search: SecretSearch
  ) -> Fact<SecretReading> {
    switch history.changes(of: members) {
    case .unknown(let why): return .unknown(why)
    case .notGathered: return .notGathered
    case .known(let commits):
      guard let secretPaths else {
        return .unknown(
          "the case does not state which files hold a secret: give it `secrets: [PATHS]`, or `secrets: none`"
        )
      }
      var found: [FoundSecret] = []
      var (blobs, allowed) = (0, 0)
      for commit in commits.reversed() {
        for change in commit.changes {
          guard let entry = change.new, entry.kind != .submodule else { continue }
          if let paths = search.allowedPaths, paths.contains(change.path) {
            allowed += 1
            continue
          }
          blobs += 1
          guard secretPaths.contains(change.path) else { continue }
          found.append(
            FoundSecret(
              commit: commit.commit, path: change.path, line: 1, column: 1, pattern: "stated",
              about: "a secret that the test states", start: "", length: 0,
              fingerprint: String(entry.id.hex.prefix(32))))
        }
      }
      return .known(SecretReading(patterns: 1, blobs: blobs, allowed: allowed, secrets: found))
    }
  }

  func isFastForward(_ update: RefUpdate) -> Bool {
    guard let old = history.commit(at: update.old) else { return false }
    return history.reach([update.new]).isSuperset(of: history.reach([old.commit.id]))
  }

  /// The branches of `selection`, as they are or as this same push makes them.
  private func coming(_ selection: RefSelection) -> [(name: RefName, value: ObjectID)] {
    var tips = history.refs.filter { $0.name.isBranch && selection.contains($0.name) }
    for update in updates where update.name.isBranch && selection.contains(update.name) {
      tips.removeAll { $0.name == update.name }
      if update.kind != .delete { tips.append((update.name, update.new)) }
    }
    return tips
  }

  func arrivals(
    by update: RefUpdate, _ members: [TestHistory.Member], from sources: RefSelection
  ) -> [Arrival] {
    // The branch itself holds all that is merged into it.
    let tips = coming(sources).filter { $0.name != update.name }
    let new = Set(members.map(\.commit.id))
    var arrivals: [Arrival] = []
    var next = new.contains(update.new) ? history.member(update.new)?.commit : nil
    while let commit = next {
      let merged = commit.parents.dropFirst()
      for id in merged.isEmpty ? [commit.id] : Array(merged) {
        let wanted = history.reach([id])
        let branch = tips.first { history.reach([$0.value]).isSuperset(of: wanted) }
        arrivals.append(Arrival(commit: commit, brought: id, branch: branch?.name))
      }
      next = commit.parents.first.flatMap { new.contains($0) ? history.member($0)?.commit : nil }
    }
    return arrivals
  }

  func holder(of target: TestHistory.Member, _ branches: RefSelection) -> RefName? {
    let tips = coming(branches)
    let wanted = history.reach([target.commit.id])
    return tips.first { $0.value == target.commit.id }?.name
      ?? tips.first { history.reach([$0.value]).isSuperset(of: wanted) }?.name
  }

  func lineage(of update: RefUpdate, _ versions: TagVersions) -> VersionLineage? {
    let coming = updates.filter { $0.kind == .create }.map { (name: $0.name, value: $0.new) }
    let tags = (history.refs + coming).filter { $0.name.isTag && $0.name != update.name }
    guard
      let release = versions.release(
        below: update.name, among: tags.lazy.map { Bytes($0.name.shortBytes) }),
      let tag = tags.first(where: { $0.name.shortBytes.elementsEqual(release) })
    else { return nil }
    let isBelow = history.reach([update.new]).isSuperset(of: history.reach([tag.value]))
    return VersionLineage(release: release, isBelow: isBelow)
  }

  func evidence(on id: ObjectID) -> Fact<TreeEvidence> {
    guard let evidence else {
      return .unknown(
        "the case does not state what evidence there is: give it `evidence`, or `evidence: none`")
    }
    guard let tree = history.commit(at: id)?.commit.tree else {
      return .unknown("\(id.short) is no commit of this case")
    }
    return .known(evidence[tree] ?? TreeEvidence(tree: tree))
  }
}

extension Fact {
  /// The same, where there might be nothing.
  var optional: Fact<Value?> {
    switch self {
    case .known(let value): .known(value)
    case .unknown(let why): .unknown(why)
    case .notGathered: .notGathered
    }
  }
}
