internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Judges past updates by some policies, each at its own moment.
///
/// What history records is known as a server would have known it. What it does not record (who pushed,
/// where other branches stood) is unknown, and so cannot be told.
final class ReplayJudge {
  private let repository: Repository
  private let policies: [LoadedPolicy]
  private let evidenceTips: [ObjectID]
  private let trusted: ObjectID?
  /// What people had signed.
  let statements: PastStatements
  /// The commits of the present segment that lie behind what rulesets take as it is, by what they name.
  private var accepted: [[ObjectID]: Result<Set<ObjectID>, GitError>] = [:]
  private var guards: [RefName: [[(ruleset: Ruleset, needs: Needs)]]] = [:]
  /// What searches for secrets, by policy: patterns are prepared once.
  private var searchers: [PolicyOrigin: SecretFacts] = [:]
  /// Who owns what now, by policy: what stood then is not looked for.
  private var owners: [PolicyOrigin: [CodeOwnersSearch: Fact<CodeOwnersFile>]] = [:]
  /// What the ref was at before the present segment.
  private var base: ObjectID?

  init(
    _ repository: Repository, policies: [LoadedPolicy], evidenceTips: [ObjectID],
    trusted: ObjectID?
  ) {
    (self.repository, self.policies) = (repository, policies)
    (self.evidenceTips, self.trusted) = (evidenceTips, trusted)
    statements = PastStatements(repository, tips: evidenceTips)
  }

  /// Goes on to updates that come after `base`.
  func start(after base: ObjectID?) {
    self.base = base
    accepted = [:]
  }

  /// The update with the verdicts of each policy. `known` are facts that a source has beyond those that
  /// hold for every update, and `new` tells what is new under a ruleset where that is not the same for
  /// all.
  func judged(
    _ past: PastUpdate, new: ((Ruleset) -> Fact<[Commit]>)? = nil,
    known: (inout Facts, Ruleset, LoadedPolicy) -> Void = { _, _, _ in }
  ) -> [(replayed: ReplayedUpdate, isGuarded: Bool)] {
    let history = history(past)
    let changes = ChangeFacts(repository)
    return zip(policies, guarding(past.update.name)).map { policy, rulesets in
      var judged = rulesets.isEmpty ? [] : history.verdicts
      for (ruleset, needs) in rulesets {
        var facts = facts(
          past, new?(ruleset) ?? history.commits, under: ruleset, needs, of: policy, changes)
        known(&facts, ruleset, policy)
        judged += ruleset.judged(
          Matter(
            update: past.update, facts: facts, instant: past.instant,
            people: policy.document.people, isPast: true))
      }
      return (
        ReplayedUpdate(
          update: past.update, instant: past.instant,
          title: past.tip?.subject.prefix(200).printable ?? past.update.new.short,
          commits: history.count, judged: judged),
        !rulesets.isEmpty
      )
    }
  }

  /// The rulesets of each policy that guard `name`, and what they need; the same for all of a branch.
  private func guarding(_ name: RefName) -> [[(ruleset: Ruleset, needs: Needs)]] {
    if let known = guards[name] { return known }
    let found = policies.map { policy in
      policy.document.rulesets(guarding: name).map { ($0, $0.needs) }
    }
    guards[name] = found
    return found
  }

  private func history(
    _ past: PastUpdate
  ) -> (commits: Fact<[Commit]>, count: Int, verdicts: [JudgedRule]) {
    switch past.commits {
    case .failure(let error):
      return (
        .unknown("the new commits cannot be judged; see `history`"), 0,
        [JudgedRule(builtIn: BuiltIn.history, HistoryCheck.verdict(on: error))]
      )
    case .success(let commits):
      let verdicts = HistoryCheck.verdicts(on: commits) { root in
        past.update.kind != .create && !HistoryCheck.isTrusted(root, trusted, in: repository)
      }
      return (.known(commits), commits.count, verdicts)
    }
  }

  private func facts(
    _ past: PastUpdate, _ commits: Fact<[Commit]>, under ruleset: Ruleset, _ needs: Needs,
    of policy: LoadedPolicy, _ changes: ChangeFacts
  ) -> Facts {
    let (name, instant) = (past.update.name, past.instant)
    let times =
      needs.kinds.contains(.times) ? statements.times(on: name, policy, at: instant) : .notGathered
    guard past.update.kind != .delete else {
      var facts = Facts()
      facts.times = times
      return facts
    }
    let new = left(commits, by: ruleset.grandfathered)
    let asksContent = !needs.kinds.isDisjoint(with: .content)
    let changed = asksContent ? changes.changes(of: new) : .notGathered
    let evidence =
      needs.kinds.contains(.evidence) ? evidence(on: past.tip?.tree, past, policy) : .notGathered
    return Facts(
      newCommits: new, own: [],
      touched: asksContent && needs.kinds.contains(.touched)
        ? changes.touched(
          by: new, from: past.update.old.isZero ? nil : past.update.old, to: past.update.new)
        : .notGathered,
      changes: changed,
      sizes: asksContent && needs.kinds.contains(.sizes)
        ? changes.sizes(of: changed) : .notGathered,
      caseClashes: asksContent && needs.kinds.contains(.caseClashes)
        ? changes.caseClashes(of: changed) : .notGathered,
      arrivals: .unknown("where other branches stood then is not recorded"),
      secrets: needs.secrets.map { secrets(in: changed, $0, policy) } ?? .notGathered,
      programs: Dictionary(
        needs.programs.map { ($0.name, .unknown("programs are not run in a replay")) },
        uniquingKeysWith: { first, _ in first }),
      endorsements: needs.endorsements.map { endorsements(of: new, past, $0, policy) }
        ?? .notGathered,
      codeOwners: needs.codeOwners.map { codeOwners($0, policy) } ?? .notGathered,
      signatures: needs.kinds.contains(.signatures)
        ? signatures(of: new, past, policy) : .notGathered,
      isFastForward: past.isFastForward,
      target: .known(Target(tags: [], object: past.update.new, kind: .commit)),
      holder: .unknown("where other branches stood then is not recorded"),
      tagNames: .unknown("which tags there were then is not recorded"),
      lineage: .unknown("which tags there were then is not recorded"),
      isOfClone: false, evidence: evidence,
      declarations: needs.kinds.contains(.declarations)
        ? declarations(past, policy) : .notGathered,
      debts: .unknown("what was owed a review then is not looked at in a replay"),
      sinceRelease: .unknown("which tags there were then is not recorded"),
      rollback: .unknown("which tags there were then is not recorded"),
      times: times,
      reverts: .unknown("which tags there were then is not recorded"),
      scope: .unknown("what was promised then is not looked at in a replay"),
      patch: needs.patch.map { patch(past, evidence, $0) } ?? .notGathered,
      baseEvidence: needs.kinds.contains(.baseEvidence)
        ? baseEvidence(past, policy) : .notGathered)
  }

  private func declarations(
    _ past: PastUpdate, _ policy: LoadedPolicy
  ) -> Fact<[StatedDeclaration]> {
    guard let tip = past.tip else { return .unknown("the commit cannot be read") }
    return statements.declarations(
      of: tip.id, on: past.update.name, policy, at: past.instant)
  }

  private func endorsements(
    of commits: Fact<[Commit]>, _ past: PastUpdate, _ search: EndorsementSearch,
    _ policy: LoadedPolicy
  ) -> Fact<EndorsementReading> {
    switch commits {
    case .known(let commits):
      statements.endorsements(of: commits, on: past.update, search, policy, at: past.instant)
    case .unknown(let why): .unknown(why)
    case .notGathered: .notGathered
    }
  }

  /// The new commits less those that the ruleset takes as they are. In a replay a date counts too: what
  /// is judged happened, and nobody types it now.
  private func left(_ commits: Fact<[Commit]>, by grandfathered: Grandfathered) -> Fact<[Commit]> {
    guard case .known(var all) = commits, grandfathered != Grandfathered() else { return commits }
    if let before = grandfathered.before {
      all.removeAll { $0.committer.seconds < before.seconds }
    }
    guard !grandfathered.commits.isEmpty, !all.isEmpty else { return .known(all) }
    let reached =
      accepted[grandfathered.commits]
      ?? Result { () throws(GitError) in
        try self.commits(behind: grandfathered.commits)
      }
    accepted[grandfathered.commits] = reached
    switch reached {
    case .success(let ids): return .known(all.filter { !ids.contains($0.id) })
    case .failure(let error): return .unknown(error.description)
    }
  }

  private func commits(behind ids: [ObjectID]) throws(GitError) -> Set<ObjectID> {
    var known: [ObjectID] = []
    for id in ids where try repository.header(of: id) != nil { known.append(id) }
    let commits = try repository.newCommits(
      from: known, hiding: base.map { [$0] } ?? [], limit: .max)
    return Set(commits.map(\.id))
  }

  /// The secrets in what commits change, searched for with the patterns that the policy names now.
  private func secrets(
    in changes: Fact<[CommitChanges]>, _ search: SecretSearch, _ policy: LoadedPolicy
  ) -> Fact<SecretReading> {
    switch changes {
    case .notGathered: return .notGathered
    case .unknown(let why): return .unknown(why)
    case .known(let commits):
      let searcher =
        searchers[policy.origin]
        ?? SecretFacts(repository, source: policy.source, trusted: trusted)
      searchers[policy.origin] = searcher
      do throws(EngineFault) {
        return .known(try searcher.reading(of: commits, search))
      } catch { return .unknown(error.message) }
    }
  }

  /// Who owns what, by the file that stands where the policy does now.
  private func codeOwners(
    _ search: CodeOwnersSearch, _ policy: LoadedPolicy
  ) -> Fact<CodeOwnersFile> {
    if let known = owners[policy.origin]?[search] { return known }
    let files = TrustedFiles(repository: repository, source: policy.source, trusted: trusted)
    let found: Fact<CodeOwnersFile>
    do { found = .known(try files.codeOwners(search)) } catch { found = .unknown(error.words) }
    owners[policy.origin, default: [:]][search] = found
    return found
  }

  /// Who signed the commits and the tags, by the keys of the policy now, valid at the time of the update.
  private func signatures(
    of commits: Fact<[Commit]>, _ past: PastUpdate, _ policy: LoadedPolicy
  ) -> Fact<[ObjectID: SignatureReading]> {
    guard case .known(let commits) = commits else {
      return .unknown("the new commits cannot be judged; see `history`")
    }
    // Most commits are not signed, and then no key is looked at.
    if past.tags.isEmpty, commits.allSatisfy({ $0.signature == nil }) {
      return .known(
        Dictionary(commits.map { ($0.id, .unsigned) }, uniquingKeysWith: { first, _ in first }))
    }
    let facts = statements.signatures(policy, at: past.instant)
    do throws(GitError) { return .known(try facts.readings(of: commits, past.tags)) } catch {
      return .unknown(error.description)
    }
  }

  // MARK: - Evidence

  private func evidence(
    on tree: ObjectID?, _ past: PastUpdate, _ policy: LoadedPolicy
  ) -> Fact<TreeEvidence> {
    guard let tree else { return .unknown("the tree of the commit cannot be read") }
    guard !evidenceTips.isEmpty else {
      return .unknown("no evidence is recorded in this repository")
    }
    do throws(EngineFault) {
      let evidence = try EvidenceStore(repository).evidence(
        on: tree, tips: evidenceTips,
        signatures: statements.signatures(policy, at: past.instant))
      // Before a policy asks for it, nobody states it: that is no failure of the commit.
      guard
        !evidence.tests.isEmpty || !evidence.coverage.isEmpty || !evidence.scans.isEmpty
          || !evidence.unreadable.isEmpty
      else { return .unknown("nothing is stated about the tree of that commit") }
      return .known(evidence)
    } catch { return .unknown(error.message) }
  }

  private func patch(
    _ past: PastUpdate, _ evidence: Fact<TreeEvidence>, _ search: PatchSearch
  ) -> Fact<PatchReading> {
    guard case .known(let evidence) = evidence, let tip = past.tip else {
      return .unknown("nothing is stated about the tree of that commit")
    }
    guard !past.update.old.isZero else {
      return .unknown("where the branch began is not recorded, so which lines were new is not")
    }
    do throws(GitError) {
      return .known(
        try PatchFacts(repository).reading(
          of: tip, since: past.update.old, endings: evidence.measuredEndings, search))
    } catch { return .unknown(error.description) }
  }

  private func baseEvidence(
    _ past: PastUpdate, _ policy: LoadedPolicy
  ) -> Fact<TreeEvidence?> {
    guard !past.update.old.isZero else { return .known(nil) }
    let tree = past.oldTree ?? (try? repository.commit(past.update.old).tree)
    switch evidence(on: tree, past, policy) {
    case .known(let evidence): return .known(evidence)
    case .unknown(let why): return .unknown(why)
    case .notGathered: return .notGathered
    }
  }
}
