internal import Evidence
internal import GitModel
internal import Policy

extension TestSetting {
  /// The facts about `update` under `ruleset`, as `FactGatherer` finds them out in a repository.
  func facts(
    _ update: RefUpdate, under ruleset: Ruleset, of policy: PolicyDocument, alone: Bool = false
  ) -> Facts {
    let own =
      update.kind == .update && ruleset.differsByRef && !alone
      ? [facts(update, under: ruleset, of: policy, alone: true)] : []
    let times = times(on: update.name, policy)
    guard update.kind != .delete, let target = history.commit(at: update.new) else {
      var facts = Facts()
      (facts.own, facts.times) = (own, times)
      return facts
    }
    let needs = ruleset.needs
    let tag = history.tags[update.new]
    let brought = newMembers(update, under: ruleset, alone: alone)
    var signatures = Dictionary(
      brought.map { ($0.commit.id, $0.signature) }, uniquingKeysWith: { first, _ in first })
    if let tag { signatures[tag.tag.id] = tag.signature }
    let releases = TestReleases(self, policy, ruleset)
    return Facts(
      newCommits: .known(brought.map(\.commit)), own: own,
      // What a merge of a case adds is stated, so nothing is touched beyond what the commits change.
      touched: .known([]),
      changes: history.changes(of: brought), sizes: history.sizes(of: brought),
      caseClashes: history.caseClashes(of: brought),
      arrivals: needs.sources.map { .known(arrivals(by: update, brought, from: $0)) }
        ?? .notGathered,
      secrets: needs.secrets.map { secrets(in: brought, $0) } ?? .notGathered,
      programs: answers(to: needs.programs),
      endorsements: endorsements(of: brought, on: update.name, policy),
      codeOwners: needs.codeOwners.map { owners($0) } ?? .notGathered,
      signatures: .known(signatures),
      isFastForward: update.kind == .update ? .known(isFastForward(update)) : .notGathered,
      target: .known(
        Target(tags: tag.map { [$0.tag] } ?? [], object: target.commit.id, kind: .commit)),
      holder: needs.branches.map { .known(holder(of: target, $0)) } ?? .notGathered,
      tagNames: .known(tagNames(besides: update.name)),
      lineage: needs.lineage.map { .known(lineage(of: update, $0)) } ?? .notGathered,
      isOfClone: false, evidence: evidence(on: update.new),
      declarations: declarations(of: target.commit.id, on: update.name, policy),
      debts: releases.debts(on: update.name),
      sinceRelease: releases.since(
        update.name, target, asksPaths: needs.kinds.contains(.pathsSinceRelease)),
      rollback: releases.rollback(update.name, target, tag?.tag), times: times,
      // Ids of tests are made up, so no message can name one that it takes back.
      reverts: .known([]),
      scope: needs.scope.map { promised(for: update.name, $0, policy) } ?? .notGathered,
      patch: .unknown(
        "a case states no lines, so how many changed ones are covered is not told"),
      baseEvidence: update.old.isZero ? .known(nil) : evidence(on: update.old).optional)
  }

  private func answers(to calls: [ProgramCall]) -> [String: Fact<ProgramAnswer>] {
    var answers: [String: Fact<ProgramAnswer>] = [:]
    for call in calls {
      answers[call.name] =
        programs[call.name].map { .known($0) }
        ?? .unknown(
          "the case does not state what `\(call.name)` answers: give it `exec: {\(call.name): accepted}`"
        )
    }
    return answers
  }

  /// The tags besides `name` that are there or come.
  private func tagNames(besides name: RefName) -> [Bytes] {
    let coming = updates.filter { $0.kind == .create }.map(\.name)
    return (history.refs.map(\.name) + coming).filter { $0.isTag && $0 != name }
      .map { Bytes($0.shortBytes) }
  }

  // MARK: - What people say

  /// What is declared of `commit`, as it counts on `ref`.
  func stated(
    of commit: ObjectID, on ref: RefName, _ policy: PolicyDocument
  ) -> [StatedDeclaration]? {
    declared?.filter { $0.commit == commit }.map { $0.stated(on: ref, policy, at: instant) }
  }

  private func declarations(
    of commit: ObjectID, on ref: RefName, _ policy: PolicyDocument
  ) -> Fact<[StatedDeclaration]> {
    stated(of: commit, on: ref, policy).map { .known($0) } ?? .unknown(Self.undeclared)
  }

  /// What is said of a case that does not say what is declared.
  static let undeclared =
    "the case does not state what people declare: give it `declared: [...]`, or `declared: none`"

  private func times(on ref: RefName, _ policy: PolicyDocument) -> Fact<[StatedDeclaration]> {
    guard let declared else { return .unknown(Self.undeclared) }
    return .known(
      declared.filter { $0.said.kind == .freeze || $0.said.kind == .duty }
        .map { $0.stated(on: ref, policy, at: instant) })
  }

  /// What is said so that rules need not hold for `update`.
  func claims(of update: RefUpdate, under policy: PolicyDocument) -> [OverrideClaim] {
    let commit = history.commit(at: update.new)?.commit.id
    return (declared ?? []).filter {
      $0.said.kind == .override && $0.commit != nil && $0.commit == commit
    }.map { one in
      OverrideClaim(
        rule: String(decoding: one.said.name, as: UTF8.self), person: one.person,
        reason: one.said.comment.printable, source: "statement \(one.digest.prefix(12))",
        fault: one.stated(on: update.name, policy, at: instant).fault)
    }
  }

  private func endorsements(
    of members: [TestHistory.Member], on ref: RefName, _ policy: PolicyDocument
  ) -> Fact<EndorsementReading> {
    guard let approvals else {
      return .unknown(
        "the case does not state what is approved in signed statements: give it `approvals: [{by: PERSON}]`, or `approvals: none`"
      )
    }
    var found: [ObjectID: [Endorsement]] = [:]
    var additions: [ObjectID: String] = [:]
    for member in members {
      let id = member.commit.id
      found[id] = approvals.filter { $0.commit == nil || $0.commit == id }
        .map { $0.endorsement(on: ref, policy, at: instant) }
      if member.commit.isMerge, let changes = member.changes, !changes.isEmpty {
        additions[id] = changes.prefix(3).map { "`\($0.path.prefix(80).printable)`" }
          .joined(separator: ", ")
      }
    }
    return .known(
      EndorsementReading(
        endorsements: found,
        cleanMerges: Set(
          members.filter { $0.commit.isMerge && $0.changes == [] }.map(\.commit.id)),
        additions: additions))
  }

  private func promised(
    for tag: RefName, _ source: ScopeSource, _ policy: PolicyDocument
  ) -> Fact<ScopeReading> {
    let versions = policy.tagVersions
    guard let version = versions.version(of: tag.shortBytes) else {
      return .known(.noVersion(versions))
    }
    switch (scope, source) {
    case (.unstated, _):
      return .unknown(
        "the case does not state which tickets are promised: give it `scope: [TICKETS]`, or `scope: none`"
      )
    case (.none, .file(let file)):
      return .known(.none(ScopePlace(path: file.path(of: version), in: "the case")))
    case (.promised(let promised), .file(let file)):
      return .known(.promised(promised, ScopePlace(path: file.path(of: version), in: "the case")))
    // A program always answers.
    case (.none, .program): return .unknown("the case states `scope: none`, and a program says it")
    case (.promised(let promised), .program(let call)):
      return .known(.told(promised, by: call.name))
    }
  }
}
