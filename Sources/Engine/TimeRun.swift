internal import Evidence
public import GitModel
public import GitStore
public import Policy
public import Schedule

/// Signs that nothing goes out from now on, that it does again, or that somebody is on duty: `gitrel freeze`
/// and `gitrel duty`.
public struct TimeRun {
  /// What was signed.
  public struct Receipt: Sendable {
    /// The statement, as its file is called.
    public let digest: String
    /// Who signed.
    public let person: String
    /// The names of the calendars that it is about.
    public let calendars: [String]
    /// From when on it counts no more.
    public let until: Instant
  }

  private let desk: StatementDesk

  /// A run at `desk`.
  public init(_ desk: StatementDesk) { self.desk = desk }

  /// Freezes the calendars that the person may freeze, or `calendar` alone, until `until` or until somebody
  /// ends it.
  public func start(
    _ id: String, _ calendar: String?, reason: String, until: Instant?, by person: String?,
    at now: Instant, remote: String?
  ) throws(EngineFault) -> Receipt {
    let instant = try moment(now, onFreeze: id, remote: remote)
    let last = Instant(seconds: instant.seconds + DeclaredTimes.longestFreeze)
    if let until, until <= instant || until > last {
      throw EngineFault(
        until <= instant
          ? "the freeze would be over at \(until.utcText)"
          : "a freeze counts for a year at most, to \(last.utcText)",
        hints: until <= instant ? [] : ["write a longer one into the policy, under `freezes`"])
    }
    return try freeze(
      id, calendar, value: "start", comment: reason, until: until, by: person, at: instant,
      remote: remote)
  }

  /// Ends a freeze that is on.
  public func end(
    _ id: String, _ calendar: String?, by person: String?, at now: Instant, remote: String?
  ) throws(EngineFault) -> Receipt {
    let instant = try moment(now, onFreeze: id, remote: remote)
    let on = try standing(remote: remote, at: instant).filter { one in
      calendar.map { $0 == one.calendar.name } ?? true
    }
    guard on.contains(where: { $0.freeze.id == Bytes(id.utf8).printable }) else {
      let ids = Set(on.map(\.freeze.id)).sorted()
      throw EngineFault(
        "no freeze `\(Bytes(id.utf8).prefix(60).printable)` is on, as far as is known here",
        hints: [
          ids.isEmpty
            ? "gitrel fetch brings news of it"
            : "those that are on: \(ids.prefix(10).joined(separator: ", "))"
        ])
    }
    return try freeze(
      id, calendar, value: "end", comment: "", until: nil, by: person, at: instant, remote: remote)
  }

  /// When something is said of the freeze `id`: what was said last counts, so it comes after all that is known
  /// of it.
  private func moment(
    _ now: Instant, onFreeze id: String, remote: String?
  ) throws(EngineFault) -> Instant {
    try desk.fetch(from: remote)
    let view = try CalendarView(desk.repository, policy: desk.policy, remote: remote, at: now)
    let name = Bytes(id.utf8)
    return try StatementDesk.moment(
      now, after: view.times.lastWord(onFreeze: name, of: view.policy.calendars.values),
      "the last word on the freeze `\(name.prefix(60).printable)`")
  }

  private func freeze(
    _ id: String, _ calendar: String?, value: String, comment: String, until: Instant?,
    by person: String?, at instant: Instant, remote: String?
  ) throws(EngineFault) -> Receipt {
    let isPlain = id.utf8.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || "._-".utf8.contains($0)
    }
    guard isPlain, 1...60 ~= id.utf8.count else {
      throw EngineFault(
        "`\(Bytes(id.utf8).prefix(60).printable)` is no name for a freeze",
        hints: ["ASCII letters, digits, dot, dash and underscore, e.g. outage-4711"])
    }
    let person = try desk.person(person, at: instant)
    let calendars = try calendars(calendar, of: person)
    let name = calendar.map { "\($0)/\(id)" } ?? id
    let declaration = Declaration(
      .freeze, repository: desk.policy.document.repository, name: Bytes(name.utf8),
      value: Bytes(value.utf8), person: Bytes(person.utf8), recorded: instant, until: until,
      comment: Bytes(comment.utf8.prefix(Approval.commentLimit)))
    let digest = try publish(
      declaration, about: EvidencePlace.freezes(of: instant), by: person, at: instant,
      remote: remote)
    return Receipt(
      digest: digest, person: person, calendars: calendars.map(\.name),
      until: until ?? Instant(seconds: instant.seconds + DeclaredTimes.longestFreeze))
  }

  /// Says that the person is on duty in a role for some time.
  public func duty(
    _ role: String, for seconds: Int64, by person: String?, at instant: Instant, remote: String?
  ) throws(EngineFault) -> Receipt {
    guard 60...DeclaredTimes.longestDuty ~= seconds else {
      throw EngineFault("a duty lasts from a minute to a week")
    }
    let person = try desk.person(person, at: instant)
    try desk.check(role, of: person)
    let calendars = desk.policy.document.calendars.values.filter { calendar in
      calendar.staffing?.posts.contains { $0.role == role } ?? false
    }
    guard !calendars.isEmpty else {
      throw EngineFault(
        "no calendar of the policy wants somebody on duty as `\(Bytes(role.utf8).printable)`")
    }
    let until = Instant(seconds: instant.seconds + seconds)
    let declaration = Declaration(
      .duty, repository: desk.policy.document.repository, name: Bytes(role.utf8),
      person: Bytes(person.utf8), role: Bytes(role.utf8), recorded: instant, until: until)
    let digest = try publish(
      declaration, about: EvidencePlace.duties(of: instant), by: person, at: instant,
      remote: remote)
    return Receipt(
      digest: digest, person: person, calendars: calendars.map(\.name).sorted(),
      until: until)
  }

  private func publish(
    _ declaration: Declaration, about subject: Subject, by person: String, at instant: Instant,
    remote: String?
  ) throws(EngineFault) -> String {
    guard declaration.name.count <= Declaration.nameLimit else {
      throw EngineFault("a name has \(Declaration.nameLimit) bytes at most")
    }
    let statement = Statement(subjects: [subject], predicate: .declaration(declaration))
    let signed = try desk.signed(statement, by: person, at: instant)
    try desk.publish([signed], at: instant, remote: remote)
    return signed.digest
  }

  /// The calendars that a freeze of `person` is about.
  private func calendars(
    _ named: String?, of person: String
  ) throws(EngineFault) -> [Calendar] {
    let all = desk.policy.document.calendars
    if let named {
      guard let calendar = all[named] else {
        throw EngineFault(
          "the policy has no calendar `\(Bytes(named.utf8).prefix(60).printable)`",
          hints: all.isEmpty ? [] : ["it has \(all.keys.sorted().joined(separator: ", "))"])
      }
      guard calendar.freezers.contains(person) else {
        throw EngineFault(
          "\(person) may not freeze `\(named)`",
          hints: [
            calendar.freezers.isEmpty
              ? "the policy names nobody who may: `freeze-by` of the calendar"
              : "the policy names \(calendar.freezers.sorted().joined(separator: ", "))"
          ])
      }
      return [calendar]
    }
    let calendars = all.values.filter { $0.freezers.contains(person) }
    guard !calendars.isEmpty else {
      throw EngineFault(
        "\(person) may freeze no calendar of the policy",
        hints: ["`freeze-by` of a calendar says who may"])
    }
    return calendars.sorted { $0.name < $1.name }
  }

  private func standing(
    remote: String?, at instant: Instant
  ) throws(EngineFault) -> [StandingFreeze] {
    try CalendarView(desk.repository, policy: desk.policy, remote: remote, at: instant)
      .declared
  }
}

/// A freeze that somebody declared, on the calendar that it counts for.
public struct StandingFreeze: Sendable {
  /// The calendar.
  public let calendar: Calendar
  /// The freeze.
  public let freeze: DeclaredFreeze
}

extension CloneGate {
  /// Whether freezes and duties that people declare count for any calendar.
  public var hasDeclaredTimes: Bool {
    policy.document.calendars.values.contains(where: \.listens)
  }
}

/// The calendars of a policy at a moment, with what people have declared as far as a clone knows.
public struct CalendarView {
  /// The policy.
  public let policy: PolicyDocument
  /// The moment.
  public let instant: Instant
  /// What is declared.
  public let times: DeclaredTimes

  /// The calendars of `policy`, with the statements of `repository` and of its copies of `remote`.
  public init(
    _ repository: Repository, policy: LoadedPolicy, remote: String?, at instant: Instant
  ) throws(EngineFault) {
    (self.policy, self.instant) = (policy.document, instant)
    guard policy.document.calendars.values.contains(where: \.listens) else {
      times = DeclaredTimes([], at: instant)
      return
    }
    let view = CloneGate.EvidenceView(repository, remote: remote)
    let statements = try PersonalStatements(repository, view.refs, policy, at: instant)
    // Nothing that is declared of times is about a ref.
    times = DeclaredTimes(
      try TimeFacts(statements: statements).stated(on: RefName("HEAD")), at: instant)
  }

  /// The freezes that people have declared and that are on.
  public var declared: [StandingFreeze] {
    policy.calendars.values.sorted { $0.name < $1.name }.flatMap { calendar in
      times.declared(for: calendar).freezes.filter { $0.end > instant }
        .map { StandingFreeze(calendar: calendar, freeze: $0) }
    }
  }
}
