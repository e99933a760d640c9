public import GitModel
public import Policy

/// A release from its tag on: where it stands, what is owed, and what may come next, at one moment.
public struct ReleaseRecord: Sendable {
  /// Where a release stands.
  public enum State: Hashable, Sendable {
    /// It is tagged, and nothing of it is rolled out.
    case cut
    /// It is at a stage since a moment, and stays there until another.
    case rollingOut(stage: String, since: Instant, until: Instant)
    /// It is everywhere.
    case rolledOut(since: Instant)
    /// These incidents are open.
    case incidentOpen([String])
    /// Another tag runs instead.
    case rolledBack(to: String, since: Instant)
    /// It was looked at.
    case reviewed(since: Instant)
    /// It is done with.
    case closed(since: Instant)

    /// One word for machines.
    public var name: String {
      switch self {
      case .cut: "cut"
      case .rollingOut: "rolling-out"
      case .rolledOut: "rolled-out"
      case .incidentOpen: "incident-open"
      case .rolledBack: "rolled-back"
      case .reviewed: "reviewed"
      case .closed: "closed"
      }
    }
  }

  /// Something that somebody may or has to do.
  public struct Task: Hashable, Sendable {
    /// What, a clause without a subject: `roll it out to canary-50`.
    public let what: String
    /// The command.
    public let command: String
    /// By whom, for people.
    public let by: String
    /// From when on; nil for at once.
    public let from: Instant?
    /// By when; nil for no day.
    public let due: Instant?
    /// Whether that is over.
    public let isOverdue: Bool
  }

  /// The short name of the tag.
  public let name: String
  /// The commit that it stands on.
  public let commit: Commit
  /// The message of the tag.
  public let message: Bytes
  /// What the tag says in trailers.
  public let trailers: ReleaseTrailers
  /// What became of it.
  public let course: ReleaseCourse
  /// The tags that statements about the same commit are for, and not for this one, once for each statement.
  public let others: [RefName]
  /// The moment at which it is told.
  public let instant: Instant
  private let terms: ReleaseTerms
  private let people: People

  /// The release at `course.ref`, whose tag stands on `commit` and says `message`.
  public init(
    commit: Commit, message: Bytes, course: ReleaseCourse, others: [RefName] = [],
    terms: ReleaseTerms, people: People, at instant: Instant
  ) {
    name = course.ref.short
    (self.commit, self.message, self.course) = (commit, message, course)
    (trailers, self.others) = (ReleaseTrailers(message), others)
    (self.terms, self.people, self.instant) = (terms, people, instant)
  }

  /// Where it stands. An open incident comes before everything else.
  public var state: State {
    if !course.incidents.open.isEmpty {
      return .incidentOpen(course.incidents.open.map { $0.prefix(60).printable })
    }
    if let closed = course.closed { return .closed(since: closed) }
    if let rolledBack { return rolledBack }
    if course.finished != nil, let reviewed = course.reviewed { return .reviewed(since: reviewed) }
    guard let stage = course.stage else { return .cut }
    guard let until = course.soakingUntil else { return .rolledOut(since: stage.since) }
    return .rollingOut(
      stage: course.stages[stage.value].name, since: stage.since, until: until)
  }

  private var rolledBack: State? {
    course.rollback.map { .rolledBack(to: $0.value.prefix(60).printable, since: $0.since) }
  }

  /// Where it stands, for people, with what weighs most first: that it was taken back is said whatever came
  /// after it.
  public var standing: String {
    var words = [state.words(at: instant)]
    if let rolledBack, rolledBack != state { words.insert(rolledBack.words(at: instant), at: 0) }
    if rolledBack == state, let reviewed = course.reviewed {
      words.append("reviewed \(reviewed.utcText)")
    }
    return words.joined(separator: ", ")
  }

  /// What somebody has to do, in the order in which it is to be done.
  public var owed: [Task] {
    guard course.closed == nil else { return [] }
    var tasks: [Task] = []
    let untold = course.owedAnnouncements
    if untold.contains(.scope) { tasks.append(announcement(.scope)) }
    for id in course.incidents.open { tasks.append(resolution(id)) }
    if case .none(let why) = course.plan, course.finished == nil {
      tasks.append(task("nothing of it can be rolled out: \(why)", nil, .rollout))
    }
    if let stage = course.nextStage { tasks.append(rollout(stage)) }
    if course.finished != nil, untold.contains(.result) { tasks.append(announcement(.result)) }
    if course.owesReview, course.incidents.open.isEmpty { tasks.append(review) }
    if course.finished != nil, tasks.isEmpty {
      tasks.append(task("close it", "close \(name)", .close))
    }
    return tasks
  }

  /// What may come next, besides what is owed.
  public var possible: [Task] {
    var tasks: [Task] = []
    if course.stage != nil {
      tasks.append(task("open an incident", "incident \(name) --open <ID>", .incident))
    }
    if course.stage != nil, course.rollback == nil {
      let target: String
      if case .known(let name?) = trailers.rollbackTarget {
        target = name
      } else {
        target = "<TAG>"
      }
      tasks.append(
        task("take it back", "rollback \(name) --to \(target) --reason <WHY>", .rollback))
    }
    return tasks
  }

  // MARK: - Tasks

  private func rollout(_ stage: RolloutStage) -> Task {
    let from = course.soakingUntil.flatMap { $0 > instant ? $0 : nil }
    return task(
      "roll it out to \(stage.name)", "rollout \(name) \(stage.name)", .rollout, from: from)
  }

  private func announcement(_ what: ReleaseStatement.Announcement) -> Task {
    task("tell people of its \(what.rawValue)", "mail \(name) --\(what.rawValue)", .announced)
  }

  private func resolution(_ id: Bytes) -> Task {
    let shown = id.prefix(60).printable
    return task(
      "end incident \(shown)", "incident \(name) --resolve \(shown.asWord)", .incident)
  }

  private var review: Task {
    task("review it", "review \(name) -m <WHAT WAS FOUND>", .review, due: course.reviewDue)
  }

  /// Who may take a step.
  private func who(_ step: ReleaseSteps.Step) -> String {
    let words = terms.steps.words(step, people)
    guard step == .review, !course.incidents.loners.isEmpty else { return words }
    return "\(words), but not \(course.incidents.loners.joined(separator: " or "))"
  }

  private func task(
    _ what: String, _ command: String?, _ step: ReleaseSteps.Step, from: Instant? = nil,
    due: Instant? = nil
  ) -> Task {
    Task(
      what: what, command: command.map { "gitrel release \($0)" } ?? "",
      by: who(step), from: from, due: due,
      isOverdue: due.map { $0 < instant } ?? false)
  }
}

extension ReleaseRecord.State {
  /// For people: `rolling out: canary-5 since ...`.
  fileprivate func words(at instant: Instant) -> String {
    switch self {
    case .cut: return "cut, not rolled out"
    case .rollingOut(let stage, let since, let until):
      let soak =
        until > instant ? "soaks there until \(until.utcText)" : "may go on since \(until.utcText)"
      return "rolling out: at \(stage) since \(since.utcText), \(soak)"
    case .rolledOut(let since): return "rolled out since \(since.utcText)"
    case .incidentOpen(let ids): return "incident open: \(ids.joined(separator: ", "))"
    case .rolledBack(let tag, let since): return "rolled back to \(tag) \(since.utcText)"
    case .reviewed(let since): return "reviewed \(since.utcText)"
    case .closed(let since): return "closed \(since.utcText)"
    }
  }
}
