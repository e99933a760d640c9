public import GitModel
public import GitStore
public import Policy

/// One judging of some ref updates by one policy: built-in checks, facts, rules, decision.
public struct Judging {
  private let repository: Repository
  private let view: RefView
  private let policy: LoadedPolicy
  private let instant: Instant
  private let pusher: String?
  private let route: Route?
  private let claimsOld: Bool
  private let handed: HandedReports?
  private let planned: PlannedTag?
  private let programs: ProgramFacts
  private let running: ProgramRunning
  private let options: [PushOption]
  private let quarantine: String?

  /// `claimsOld`: the old ids of the updates are a client's claims, to be compared with `view`.
  public init(
    repository: Repository, view: RefView, policy: LoadedPolicy, instant: Instant,
    pusher: String?, route: Route? = .push, claimsOld: Bool, handed: HandedReports? = nil,
    planned: PlannedTag? = nil, options: [PushOption] = [], running: ProgramRunning = .refused
  ) {
    self.init(
      repository: repository, view: view, policy: policy, instant: instant, pusher: pusher,
      route: route, claimsOld: claimsOld, handed: handed, planned: planned, running: running,
      programs: ProgramFacts(), options: options, quarantine: nil)
  }

  /// The same with programs that were asked before, and where git holds what is pushed.
  init(
    repository: Repository, view: RefView, policy: LoadedPolicy, instant: Instant,
    pusher: String?, route: Route?, claimsOld: Bool, handed: HandedReports? = nil,
    planned: PlannedTag? = nil, running: ProgramRunning, programs: ProgramFacts,
    options: [PushOption], quarantine: String?
  ) {
    self.options = options
    (self.programs, self.running, self.quarantine) = (programs, running, quarantine)
    (self.repository, self.view, self.policy) = (repository, view, policy)
    (self.instant, self.pusher, self.route) = (instant, pusher, route)
    (self.claimsOld, self.handed, self.planned) = (claimsOld, handed, planned)
  }

  /// The decision on `claimed`. A fault is thrown only when nothing at all can be judged.
  public func decision(on claimed: [RefUpdate]) throws(EngineFault) -> Decision {
    var updates: [RefUpdate] = []
    var stale: [RefName: JudgedRule] = [:]
    for claim in claimed {
      let held = claimsOld ? try held(claim.name) : claim.old
      if claimsOld, held != claim.old { stale[claim.name] = Self.stale(claim, held: held) }
      updates.append(RefUpdate(name: claim.name, old: held, new: claim.new))
    }
    let names = try NameCheck(view: view, updates: updates) { name in
      policy.document.rulesets.contains { $0.refs.opens(name) }
    }
    let gatherer = FactGatherer(
      repository: repository, view: view, updates: updates, handed: handed, planned: planned,
      policy: policy, trusted: try trustedTip(), instant: instant)
    let claims = try updates.map { update throws(EngineFault) in
      try gatherer.overrides(of: update, options, by: pusher)
    }
    let overridden = zip(updates, claims).filter { update, claims in
      policy.document.takes(claims, on: update.name)
    }.map(\.0.name)
    var proposed: [ProposedUpdate] = []
    for (update, claims) in zip(updates, claims) {
      var builtIn = names.verdicts(on: update)
      if let stale = stale[update.name] { builtIn.append(stale) }
      let rulesets = policy.document.rulesets(guarding: update.name)
      guard builtIn.isEmpty else {
        // What is called wrongly or rests on a false claim is not looked into any further.
        proposed.append(
          ProposedUpdate(update: update, builtIn: builtIn, matters: []))
        continue
      }
      if update.kind != .delete, let missing = missingObject(update.new) {
        proposed.append(ProposedUpdate(update: update, builtIn: [missing], matters: []))
        continue
      }
      builtIn += try PolicyChange(
        repository: repository, policy: policy, view: view, updates: updates
      ).verdicts(on: update)
      if update.name == EvidenceStore.ref {
        builtIn += EvidenceStore(repository).verdicts(
          on: update, at: instant, rights: policy.document.statements,
          people: policy.document.people, signatures: gatherer.signatures)
      }
      var matters: [(ruleset: Ruleset, facts: Facts)] = []
      for ruleset in rulesets {
        var (facts, history) = gatherer.gather(update, under: ruleset)
        for verdict in history where !builtIn.contains(verdict) { builtIn.append(verdict) }
        facts.debts = facts.debts.with(elsewhere: overridden.filter { $0 != update.name })
        askPrograms(update, &facts, under: ruleset)
        matters.append((ruleset, facts))
      }
      proposed.append(
        ProposedUpdate(
          update: update, builtIn: builtIn, matters: matters,
          overrides: claims))
    }
    let decision = Proposal(
      instant: instant, pusher: pusher, route: route, policy: policy.origin,
      people: policy.document.people,
      updates: proposed
    ).judged()
    guard decision.answer != .accepted, let stray = strayOption(updates) else { return decision }
    return decision.adding(stray)
  }

  /// Tells of a rule that a push option names and that none of the refs has: a slip of the keyboard would
  /// look like a refused override.
  private func strayOption(_ updates: [RefUpdate]) -> JudgedRule? {
    let stated = updates.flatMap { policy.document.rulesets(guarding: $0.name) }.flatMap { set in
      set.rules.map { (rule: $0, ruleset: set.name) }
    }
    let named = options.filter { $0.key == OverrideFacts.option }.flatMap {
      $0.value.split(separator: ",").map { String($0) }
    }
    let known = [OverrideFacts.option, OverrideFacts.reasonOption]
    if let unknown = options.first(where: { $0.key.hasPrefix("gitrel.") && !known.contains($0.key) }
    ) {
      return JudgedRule(
        builtIn: BuiltIn.pushOptions,
        .violated(
          Explanation(
            "there is no push option `\(unknown.key.cleaned)`",
            fixes: ["write \(known.joined(separator: " and "))"])))
    }
    let stray = named.first { name in !stated.contains { $0.rule.isCalled(name, in: $0.ruleset) } }
    guard let stray else { return nil }
    let open = Set(stated.filter { $0.rule.overrideBy != nil }.map(\.rule.id.text)).sorted()
    return JudgedRule(
      builtIn: BuiltIn.pushOptions,
      .violated(
        Explanation(
          "the push option names `\(stray.cleaned)`, a rule that these refs do not have",
          fixes: [
            open.isEmpty
              ? "leave it out: nothing can be overridden here"
              : "name one that can be overridden here: \(open.joined(separator: ", "))"
          ])))
  }

  /// Asks the programs that the rules of `ruleset` want asked about this update.
  private func askPrograms(_ update: RefUpdate, _ facts: inout Facts, under ruleset: Ruleset) {
    let needs = ruleset.needs
    let matter = Matter(
      update: update, facts: facts, instant: instant, pusher: pusher, route: route,
      people: policy.document.people)
    if !needs.programs.isEmpty {
      facts.programs = programs.answers(
        ruleset.programs(for: matter), on: matter, ruleset: ruleset.name, policy: policy.origin,
        in: repository, quarantine: quarantine, running)
    }
    if case .program = needs.scope, update.name.isTag, update.kind != .delete,
      let call = ruleset.scopeProgram(for: matter)
    {
      facts.scope = programs.scope(
        call, of: update.name, policy.document.tagVersions, at: instant, in: repository,
        quarantine: quarantine, running)
    }
    for index in facts.own.indices {
      facts.own[index].programs = facts.programs
      facts.own[index].scope = facts.scope
    }
  }

  private func held(_ name: RefName) throws(EngineFault) -> ObjectID {
    do { return try view.value(of: name) ?? .zero } catch {
      // HEAD, say: the name alone refuses it, and what it leads to is not asked.
      guard name.fault == nil else { return .zero }
      throw error
    }
  }

  private func trustedTip() throws(EngineFault) -> ObjectID? {
    guard case .ref(let name, _) = policy.source else { return nil }
    return try view.value(of: name)
  }

  private static func stale(_ claim: RefUpdate, held: ObjectID) -> JudgedRule {
    let words =
      held.isZero
      ? "\(claim.name.short) does not exist, and the push says that it is at \(claim.old.short)"
      : claim.old.isZero
        ? "\(claim.name.short) exists (\(held.short)), and the push says that it does not"
        : "\(claim.name.short) is at \(held.short), and the push says that it is at \(claim.old.short)"
    return JudgedRule(
      builtIn: BuiltIn.stale, .violated(Explanation(words, fixes: ["git fetch, then push again"])))
  }

  private func missingObject(_ id: ObjectID) -> JudgedRule? {
    do {
      if try repository.header(of: id) != nil { return nil }
      return JudgedRule(
        builtIn: BuiltIn.object,
        .indeterminate(
          "the new object \(id.hex) is not visible here",
          fix: [
            "push it with the ref; on a server: was GIT_QUARANTINE_PATH taken out of the hook's environment?"
          ]))
    } catch {
      return JudgedRule(
        builtIn: BuiltIn.object,
        .indeterminate(error.description, fix: error.hint.map { [$0] } ?? []))
    }
  }
}
