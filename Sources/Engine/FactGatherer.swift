internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// Finds out what the rules declared that they need, and nothing else.
///
/// What cannot be found out becomes a fact that is unknown, with the reason, and so an indeterminate
/// verdict: never an empty list.
struct FactGatherer {
  /// How many new commits one update of a guarded ref may bring. Not all that may come can be judged: the
  /// time of a hook is over first where rules look into files.
  static let newCommitsLimit = 20_000

  let repository: Repository
  let view: RefView
  /// All updates of the push, with the old ids that the repository really holds.
  let updates: [RefUpdate]
  /// Figures that were handed over as files, when somebody tries `gitrel check` with reports.
  let handed: HandedReports?
  /// A tag that does not exist yet.
  let planned: PlannedTag?
  /// The tip of the branch that holds the policy, when a branch does.
  let trusted: ObjectID?
  let signatures: SignatureFacts
  private let policy: PolicyDocument
  private let instant: Instant
  private let statementArrivals: StatementArrivals
  private let patches: PatchFacts
  private let secrets: SecretFacts
  private let trustedFiles: TrustedFiles
  let cache = Cache()
  private let contents: ChangeFacts

  /// What is the same for every update of the push.
  final class Cache {
    /// The guarded tips, by the name of the ruleset, which no two have in common.
    var tips: [String: [ObjectID]] = [:]
    /// The new commits of a target under a ruleset: many refs of a push may stand on one commit.
    var commits: [String: [ObjectID: [Commit]]] = [:]
    /// Where statements lie, once somebody has asked.
    var evidenceTips: [ObjectID]?
    /// What is signed about changes.
    var endorsements: EndorsementFacts?
    /// Who owns what.
    var codeOwners: [CodeOwnersSearch: Fact<CodeOwnersFile>] = [:]
  }

  init(
    repository: Repository, view: RefView, updates: [RefUpdate], handed: HandedReports?,
    planned: PlannedTag?, policy: LoadedPolicy, trusted: ObjectID?, instant: Instant
  ) {
    (self.repository, self.view, self.updates) = (repository, view, updates)
    (self.handed, self.planned, self.trusted) = (handed, planned, trusted)
    (self.policy, self.instant) = (policy.document, instant)
    statementArrivals = StatementArrivals(repository, view, policy, at: instant)
    contents = ChangeFacts(repository)
    patches = PatchFacts(repository)
    signatures = SignatureFacts(
      repository: repository, people: policy.document.people, instant: instant)
    trustedFiles = TrustedFiles(repository: repository, source: policy.source, trusted: trusted)
    secrets = SecretFacts(repository, source: policy.source, trusted: trusted)
  }

  /// The facts about `update` under `ruleset`, and the verdicts on history that no policy switches off.
  func gather(
    _ update: RefUpdate, under ruleset: Ruleset
  ) -> (facts: Facts, builtIn: [JudgedRule]) {
    var (facts, builtIn) = gather(update, under: ruleset, alone: false)
    if update.kind == .update, ruleset.differsByRef {
      let own = gather(update, under: ruleset, alone: true)
      facts.own = [own.facts]
      builtIn += own.builtIn.filter { !builtIn.contains($0) }
    }
    return (facts, builtIn)
  }

  /// `alone`: only what the ref itself had counts as judged.
  private func gather(
    _ update: RefUpdate, under ruleset: Ruleset, alone: Bool
  ) -> (facts: Facts, builtIn: [JudgedRule]) {
    let needs = ruleset.needs
    var facts = Facts()
    facts.isOfClone = view.isOfClone
    var builtIn: [JudgedRule] = []
    // A freeze covers deletions too.
    if needs.kinds.contains(.times) {
      facts.times = fact { () throws(EngineFault) in
        try TimeFacts(statements: statements()).stated(on: update.name)
      }
    }
    guard update.kind != .delete else { return (facts, builtIn) }
    let target = target(of: update.new)
    facts.target = target
    // On a guarded branch the new commits are read in any case: what git and libgit2 would read
    // differently must not get in. The lane of an annotated tag stands in its message.
    if !needs.kinds.isDisjoint(with: [.newCommits, .content]) || update.name.isBranch
      || needs.kinds.contains(.lane) && !target.isTag
      || needs.kinds.contains(.risk) && !update.name.isTag
    {
      (facts.newCommits, builtIn) = history(
        update, target: target, under: ruleset, alone: alone)
    }
    if !needs.kinds.isDisjoint(with: .content) {
      facts.changes = contents.changes(of: facts.newCommits)
      if needs.kinds.contains(.touched) {
        facts.touched = contents.touched(
          by: facts.newCommits, from: update.old.isZero ? nil : commit(at: update.old),
          to: commit(at: update.new))
      }
      if needs.kinds.contains(.sizes) { facts.sizes = contents.sizes(of: facts.changes) }
      if needs.kinds.contains(.caseClashes) {
        facts.caseClashes = contents.caseClashes(of: facts.changes)
      }
    }
    if needs.kinds.contains(.signatures) {
      facts.signatures = signatures(target, facts.newCommits)
    }
    if let search = needs.endorsements {
      facts.endorsements = facts.newCommits.flatMap { commits in
        fact { () throws(EngineFault) in
          try endorsements().reading(of: commits, on: update, search)
        }
      }
    }
    if let search = needs.codeOwners {
      facts.codeOwners =
        cache.codeOwners[search]
        ?? fact { () throws(CodeOwnersFault) in try trustedFiles.codeOwners(search) }
      cache.codeOwners[search] = facts.codeOwners
    }
    if let sources = needs.sources, update.name.isBranch {
      facts.arrivals = arrivals(by: update, facts.newCommits, from: sources)
    }
    if needs.kinds.contains(.ancestry), update.kind == .update {
      facts.isFastForward = isFastForward(update, facts.newCommits)
    }
    if let search = needs.secrets {
      facts.secrets = facts.changes.flatMap { changes in
        fact { () throws(EngineFault) in try secrets.reading(of: changes, search) }
      }
    }
    if needs.kinds.contains(.tagNames) {
      facts.tagNames = fact { () throws(EngineFault) in
        let coming = updates.filter { $0.kind == .create }.map(\.name)
        return try (view.all().map(\.name) + coming).filter { $0.isTag && $0 != update.name }
          .map { Bytes($0.shortBytes) }
      }
    }
    if let versions = needs.lineage, update.name.isTag {
      facts.lineage = lineage(of: update, at: target, versions)
    }
    if let branches = needs.branches {
      facts.holder = holder(of: target, among: branches)
    }
    if needs.kinds.contains(.evidence) {
      facts.evidence = evidence(of: update.new, handed: handed)
    }
    if needs.kinds.contains(.baseEvidence) {
      facts.baseEvidence =
        update.old.isZero ? .known(nil) : evidence(of: update.old, handed: nil).map { $0 }
    }
    if needs.kinds.contains(.declarations) {
      facts.declarations = declarations(
        of: target, on: update.name, isDated: needs.kinds.contains(.declarationTimes))
    }
    if needs.kinds.contains(.debts) {
      facts.debts = fact { () throws(EngineFault) in
        let log = DecisionLog(repository, ref: view.place(of: DecisionLog.ref))
        return try DebtFacts(
          statements: statements(), log: log, repository: repository,
          tags: view.all().filter { $0.name.isTag && ruleset.refs.contains($0.name) }
        ).reading(on: update.name, since: needs.debtsSince)
      }
    }
    if !needs.kinds.isDisjoint(with: .release), update.name.isTag {
      gather(&facts, of: target, by: update, under: ruleset)
    }
    if case .file(let file) = needs.scope, update.name.isTag {
      facts.scope = fact { () throws(TrustedFiles.Fault) in
        try trustedFiles.scope(of: update.name, policy.tagVersions, file)
      }
    }
    if let search = needs.patch, update.name.isBranch {
      facts.patch = patch(update, facts.evidence, search)
    }
    return (facts, builtIn)
  }

  /// What is said so that rules need not hold for `update`.
  func overrides(
    of update: RefUpdate, _ options: [PushOption], by pusher: String?
  ) throws(EngineFault) -> [OverrideClaim] {
    let rules = policy.rulesets(guarding: update.name).flatMap(\.rules)
    guard rules.contains(where: { $0.overrideBy != nil }) else { return [] }
    return try OverrideFacts(statements: statements(), pusher: pusher, options: options)
      .claims(update, on: update.kind == .delete ? nil : commit(at: update.new))
  }

  // MARK: - Evidence

  /// Evidence that is pushed together with the code speaks too: the push is accepted whole.
  private func evidenceTips() throws(EngineFault) -> [ObjectID] {
    if let known = cache.evidenceTips { return known }
    let pushed = updates.first { $0.name == EvidenceStore.ref && $0.kind != .delete }
    let tips = if let pushed { [pushed.new] } else { try view.evidenceTips() }
    cache.evidenceTips = tips
    return tips
  }

  private func statements() throws(EngineFault) -> PersonalStatements {
    PersonalStatements(
      store: EvidenceStore(repository), tips: try evidenceTips(), policy: policy,
      signatures: signatures, arrivals: statementArrivals, instant: instant)
  }

  private func endorsements() throws(EngineFault) -> EndorsementFacts {
    if let known = cache.endorsements { return known }
    let log = DecisionLog(repository, ref: view.place(of: DecisionLog.ref))
    let facts = EndorsementFacts(repository, try statements()) { since throws(EngineFault) in
      try log.uses(since: since)
    }
    cache.endorsements = facts
    return facts
  }

  /// What is stated about the tree of `id`; files that were handed over speak of the new one alone.
  private func evidence(of id: ObjectID, handed: HandedReports?) -> Fact<TreeEvidence> {
    guard let commit = commit(at: id) else {
      return .unknown("\(id.short) is no commit here, so it has no tree to have evidence on")
    }
    return fact { () throws(EngineFault) in
      let tree = try EngineFault.wrapping { () throws(GitError) in
        try repository.commit(commit).tree
      }
      var evidence = try EvidenceStore(repository).evidence(
        on: tree, tips: try evidenceTips(), signatures: signatures)
      if let handed { evidence.add(handed) }
      return evidence
    }
  }

  /// What is declared of the commit that a ref is to have.
  private func declarations(
    of target: Fact<Target>, on ref: RefName, isDated: Bool
  ) -> Fact<[StatedDeclaration]> {
    target.flatMap { target in
      guard target.kind == .commit else {
        return .unknown("\(target.object.short) is no commit, and things are declared of commits")
      }
      return fact { () throws(EngineFault) in
        try statements().stated(of: target.object, on: ref, isDated: isDated)
      }
    }
  }

  /// What rules on releases want to know of the releases before a new tag.
  private func gather(
    _ facts: inout Facts, of target: Fact<Target>, by update: RefUpdate, under ruleset: Ruleset
  ) {
    let kinds = ruleset.needs.kinds
    func asked<Value>(
      _ find: (ReleaseFacts, Target) throws(EngineFault) -> Value
    ) -> Fact<Value> {
      target.flatMap { target in
        fact { () throws(EngineFault) in
          try find(
            ReleaseFacts(
              repository: repository, refs: view.all(), ruleset: ruleset,
              versions: policy.tagVersions(under: ruleset)), target)
        }
      }
    }
    if !kinds.isDisjoint(with: .brought) {
      facts.sinceRelease = asked { releases, target throws(EngineFault) in
        try releases.since(
          update.name, target, asksPaths: kinds.contains(.pathsSinceRelease))
      }
    }
    if kinds.contains(.reverts) {
      facts.reverts = facts.sinceRelease.map { ScopeFacts(repository).plainReverts($0.commits) }
    }
    if kinds.contains(.rollback) {
      facts.rollback = asked { releases, target throws(EngineFault) in
        try releases.rollback(update.name, target, statements())
      }
    }
  }

  /// The lines that are new on a branch. A new one is compared with where it left the branch of the
  /// policy, or with all of that where no one place is; where there is none, every line is new.
  private func patch(
    _ update: RefUpdate, _ evidence: Fact<TreeEvidence>, _ search: PatchSearch
  ) -> Fact<PatchReading> {
    evidence.flatMap { evidence in
      fact { () throws(GitError) in
        let new = try repository.commit(commit(at: update.new) ?? update.new)
        var old = trusted
        if !update.old.isZero {
          old = try repository.commit(commit(at: update.old) ?? update.old).id
        } else if let trusted {
          old =
            try repository.mergeBase(of: trusted, new.id, limit: Self.newCommitsLimit) ?? trusted
        }
        return try patches.reading(
          of: new, since: old, endings: evidence.measuredEndings, search)
      }
    }
  }

  func fact<Value, Fault: Error>(_ find: () throws(Fault) -> Value) -> Fact<Value> {
    do { return .known(try find()) } catch {
      if let fault = error as? EngineFault { return .unknown(fault.message) }
      if let fault = error as? any WordedFault { return .unknown(fault.words) }
      return .unknown("\(error)")
    }
  }
}

extension Fact<Target> {
  fileprivate var isTag: Bool {
    if case .known(let target) = self { !target.tags.isEmpty } else { false }
  }
}
