internal import Evidence
public import GitModel

/// One thing that was said of a release, and whether it counts.
public struct ReleaseStep: Hashable, Sendable {
  /// What was said; nil where it is of a kind that says something of a release, and says nothing.
  public let said: ReleaseStatement?
  /// The same for people: `rolled out to canary-5`.
  public let words: String
  /// By whom: the id of a person.
  public let person: Bytes
  /// In which role; empty for none.
  public let role: Bytes
  /// When, as the release counts it.
  public let time: Instant
  /// When, by the signer's clock.
  public let signed: Instant
  /// The remark.
  public let comment: Bytes
  /// The SHA-256 of the statement.
  public let digest: String
  /// Why it counts for nothing, a clause; nil where it counts.
  public let fault: String?

  /// What is declared, in the order in which it counts.
  static func ordered(_ all: [StatedDeclaration]) -> [StatedDeclaration] {
    // The signature of one statement can be put into an envelope anew by anybody: the first that counts is
    // enough.
    var seen: Set<String> = []
    return all.sorted {
      ($0.fault == nil ? 0 : 1, $0.time) < ($1.fault == nil ? 0 : 1, $1.time)
    }.filter {
      seen.insert($0.digest).inserted
    }.sorted { one, other in
      func rank(_ stated: StatedDeclaration) -> Int {
        (try? ReleaseStatement(stated.declaration))?.rank ?? 0
      }
      return (one.time.seconds, rank(one), one.declaration.recorded.seconds, one.digest)
        < (other.time.seconds, rank(other), other.declaration.recorded.seconds, other.digest)
    }
  }
}

/// What became of a release: what was said of it after its tag, each step judged by those before it.
///
/// Anybody can sign any statement, so that nothing counts for being there: a roll-out that jumps a stage,
/// or goes on before the soak time is over, counts for nothing, whoever stated it.
public struct ReleaseCourse: Hashable, Sendable {
  /// Where something stands since when.
  public struct Mark<Value: Hashable & Sendable>: Hashable, Sendable {
    /// What.
    public let value: Value
    /// Since when.
    public let since: Instant
  }

  /// The ref of the tag.
  public let ref: RefName
  /// The stages.
  public let plan: RolloutPlan
  /// Everything that was said, in its order.
  public private(set) var steps: [ReleaseStep] = []
  /// The stage that it reached, as its place in the plan; nil for none yet.
  public private(set) var stage: Mark<Int>?
  /// The tag that runs instead of it; nil where it was not taken back.
  public private(set) var rollback: Mark<Bytes>?
  /// Its incidents.
  public private(set) var incidents = IncidentState()
  /// When the last incident was over.
  public private(set) var resolved: Instant?
  /// Since when it is reviewed.
  public private(set) var reviewed: Instant?
  /// Since when it is closed.
  public private(set) var closed: Instant?
  /// What was announced.
  public private(set) var announced: Set<ReleaseStatement.Announcement> = []

  private let terms: ReleaseTerms
  private let releases: Set<Bytes>
  private let people: People

  /// The course of the release at `ref` by what is declared about its commit. `releases` are the short
  /// names of all release tags.
  public init(
    _ all: [StatedDeclaration], of ref: RefName, _ plan: RolloutPlan, _ terms: ReleaseTerms,
    releases: Set<Bytes>, people: People
  ) {
    (self.ref, self.plan, self.terms) = (ref, plan, terms)
    (self.releases, self.people) = (releases, people)
    for stated in ReleaseStep.ordered(all) { take(stated) }
  }

  private mutating func take(_ stated: StatedDeclaration) {
    let (declaration, time) = (stated.declaration, stated.time)
    var said: ReleaseStatement?
    var fault = stated.fault.map { "it \($0)" }
    do throws(ReleaseStatement.Fault) {
      said = try ReleaseStatement(declaration)
      guard said != nil else { return }
    } catch {
      fault = fault ?? error.words
    }
    // Several tags may stand on one commit: what names none is about none of them.
    if fault == nil, said?.step != nil, declaration.ref != ref {
      fault = "it does not say which tag it is about"
    }
    if let said, fault == nil {
      fault =
        stated.isOfPast
        ? self.fault(of: said, from: stated.person, at: time)
        : self.fault(of: said, by: stated.person, at: time)
      if fault == nil { apply(said, by: stated.person, at: time) }
    }
    let kind = "\(declaration.kind.rawValue) \(declaration.name.prefix(60).printable)"
    steps.append(
      ReleaseStep(
        said: said, words: said?.words ?? kind, person: declaration.person,
        role: declaration.role, time: time, signed: declaration.recorded,
        comment: declaration.comment, digest: stated.digest,
        fault: fault))
  }

  // MARK: - Judging

  /// Why what somebody says next would count for nothing, a clause; nil where it would count.
  public func fault(of said: ReleaseStatement, by person: String, at time: Instant) -> String? {
    if let step = said.step, !terms.steps.allows(person, step) {
      return "\(person) may not: \(terms.steps.words(step, people)) may"
    }
    return fault(of: said, from: person, at: time)
  }

  /// The same where it does not matter whether today's policy lets them say it.
  private func fault(of said: ReleaseStatement, from person: String, at time: Instant) -> String? {
    switch said {
    case .signOff, .deployed, .announced(.scope): return nil
    case .rollout(let stage): return rolloutFault(to: stage, at: time)
    case .incident, .review:
      var other = incidents
      if let fault = other.take(said, by: person, terms, people) { return fault }
      if said == .review, finished == nil, resolved == nil {
        return "there is nothing to review: \(whereItIs)"
      }
      return nil
    case .rollback(let tag):
      if let rollback { return "it runs no more: \(rollback.value.prefix(60).printable) does" }
      if stage == nil { return "nothing of it was rolled out" }
      if tag.isEmpty { return "nobody says what runs instead" }
      if tag.elementsEqual(ref.shortBytes) { return "a release does not take its own place" }
      if !releases.contains(tag) {
        return "`\(tag.prefix(60).printable)` is no release here"
      }
      return nil
    case .announced(.result):
      return finished == nil ? "there is no result yet: \(whereItIs)" : nil
    case .close:
      if closed != nil { return "it is closed already" }
      if finished == nil { return whereItIs }
      if !incidents.open.isEmpty { return "\(incidents.words) is open" }
      if owesReview { return "it is not reviewed" }
      let untold = owedAnnouncements
      return untold.isEmpty
        ? nil : "nobody was told of its \(listed(untold.map(\.rawValue), "or"))"
    }
  }

  private func rolloutFault(to name: Bytes, at time: Instant) -> String? {
    let shown = name.prefix(60).printable
    let strategy: RolloutStrategy
    let stages: [RolloutStage]
    switch plan {
    case .none(let why): return why
    case .stages(let named, let list): (strategy, stages) = (named, list)
    }
    if let rollback {
      return "it was rolled back: \(rollback.value.prefix(60).printable) runs"
    }
    if !incidents.open.isEmpty { return "\(incidents.words) is open" }
    guard let place = stages.firstIndex(where: { $0.name.utf8.elementsEqual(name) }) else {
      return
        "`\(shown)` is no stage of \(strategy.rawValue): \(stages.map(\.name).joined(separator: ", "))"
    }
    let next = (stage?.value ?? -1) + 1
    if place < next { return "it has been at \(shown) already" }
    if place > next { return "\(shown) is not its turn: \(stages[next].name) comes first" }
    if let until = soakingUntil, time < until, let stage {
      return
        "it soaks at \(stages[stage.value].name) until \(until.utcText)"
    }
    return nil
  }

  private mutating func apply(_ said: ReleaseStatement, by person: String, at time: Instant) {
    switch said {
    case .signOff, .deployed: break
    case .rollout: stage = Mark(value: (stage?.value ?? -1) + 1, since: time)
    case .incident(_, let isOpen):
      _ = incidents.take(said, by: person, terms, people)
      // What was looked at and done with is so no more.
      if isOpen { (reviewed, closed) = (nil, nil) } else { resolved = time }
    case .rollback(let tag):
      rollback = Mark(value: tag, since: time)
      (reviewed, closed) = (nil, nil)
    case .announced(let what): announced.insert(what)
    case .review:
      _ = incidents.take(said, by: person, terms, people)
      reviewed = time
    case .close: closed = time
    }
  }

  // MARK: - What it comes to

  /// The step with which the very same was said, where it still stands: a second close, or a second review
  /// by the same person, would change nothing.
  public func standing(_ said: ReleaseStatement, by person: String) -> ReleaseStep? {
    guard said == .review ? reviewed != nil && incidents.isSettled : said == .close && closed != nil
    else { return nil }
    let undone = steps.lastIndex { step in
      switch step.said {
      case .incident, .rollback: step.fault == nil
      default: false
      }
    }
    return steps[((undone ?? -1) + 1)...].last { step in
      step.said == said && step.fault == nil
        && (said == .close || step.person.elementsEqual(person.utf8))
    }
  }

  /// The stages; none where there is no plan.
  public var stages: [RolloutStage] {
    if case .stages(_, let stages) = plan { stages } else { [] }
  }

  /// The stage that comes next; nil where there is none.
  public var nextStage: RolloutStage? {
    let next = (stage?.value ?? -1) + 1
    return rollback == nil && next < stages.count ? stages[next] : nil
  }

  /// Until when the release stays at least where it is; nil where nothing comes after that.
  public var soakingUntil: Instant? {
    guard let stage, nextStage != nil else { return nil }
    return Instant(seconds: stage.since.seconds + stages[stage.value].soak)
  }

  /// Since when it is everywhere, or taken back; nil while it is under way.
  public var finished: Instant? {
    if let rollback { return rollback.since }
    guard let stage, nextStage == nil else { return nil }
    return stage.since
  }

  /// Whether somebody has to look at it yet.
  public var owesReview: Bool {
    guard finished != nil, reviewed == nil else { return !incidents.unreviewed.isEmpty }
    return terms.review?.within != nil || rollback != nil || !incidents.unreviewed.isEmpty
  }

  /// By when it is to be looked at; nil where nobody has to, or not by any day.
  public var reviewDue: Instant? {
    guard owesReview, let within = terms.review?.within, let finished else { return nil }
    return Instant(seconds: max(finished, resolved ?? finished).seconds + within)
  }

  /// Of what somebody is to be told yet, where the policy says that people are told.
  public var owedAnnouncements: [ReleaseStatement.Announcement] {
    guard terms.mail != nil || terms.steps.people[.announced] != nil else { return [] }
    return ReleaseStatement.Announcement.allCases.filter { !announced.contains($0) }
  }

  /// How far it got, a clause.
  private var whereItIs: String {
    guard let stage else { return "it was not rolled out" }
    return "it is at \(stages[stage.value].name)"
  }
}
