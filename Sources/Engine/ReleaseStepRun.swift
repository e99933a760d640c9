internal import Evidence
public import GitModel
public import Policy
public import Release

/// States what follows the tag of a release: `gitrel release rollout` and what is like it.
///
/// Who reads the statement judges it anew; here it is refused early, with a sentence.
public struct ReleaseStepRun {
  /// What became of it.
  public enum Outcome {
    /// It is stated; the release as it was before, and what is odd about it, each a clause.
    case stated(DeclareRun.Receipt, ReleaseRecord, notes: [String])
    /// It is so already, and nothing is stated: a clause.
    case done(String)
    /// It would count for nothing: a clause, and what can be done.
    case refused(String, hints: [String])
  }

  /// Who says it, and how.
  public struct Speaker: Sendable {
    /// The id of a person of the policy; nil for the one whose address git has.
    public let person: String?
    /// In which role; nil for none.
    public let role: String?
    /// A remark, for people.
    public let comment: String

    /// A speaker.
    public init(_ person: String?, as role: String?, comment: String) {
      (self.person, self.role, self.comment) = (person, role, comment)
    }
  }

  private let desk: StatementDesk
  private let gate: CloneGate
  private let remote: String?

  /// Statements signed at `desk` and carried to `remote`, on what `gate` sees.
  public init(_ desk: StatementDesk, _ gate: CloneGate, remote: String?) {
    (self.desk, self.gate, self.remote) = (desk, gate, remote)
  }

  /// States what `choose` makes of the release called `name`, or of the highest one, at `instant`.
  /// `before` is done first, once it is clear that the statement will count; what it answers keeps it from
  /// being made.
  public func state(
    of name: String?, by speaker: Speaker, at instant: Instant,
    _ choose: (ReleaseRecord) -> ReleaseStatement?,
    before: (ReleaseRecord, PolicyDocument) throws(EngineFault) -> String? = { _, _ in nil }
  ) throws(EngineFault) -> Outcome {
    let person = try desk.person(speaker.person, at: instant)
    let book = try ReleaseBook(gate, at: instant)
    let record = try book.record(name)
    guard let said = choose(record) else {
      return .refused(
        "\(record.name): there is no stage left; it is \(record.standing)",
        hints: [])
    }
    if let step = record.course.standing(said, by: person) {
      try desk.carry(at: instant, to: remote)
      return .done(
        "\(record.name) was \(step.words) by \(step.person.prefix(60).printable) \(step.time.utcText)"
      )
    }
    let last = record.course.steps.filter { $0.fault == nil }.map(\.time).max()
    let moment = try StatementDesk.moment(instant, after: last, "\(record.name): the last step")
    if let fault = record.course.fault(of: said, by: person, at: moment) {
      return .refused("\(record.name): \(fault)", hints: Self.hints(on: said, record))
    }
    if let fault = try before(record, gate.policy.document) {
      return .refused("\(record.name): \(fault)", hints: [])
    }
    let receipt = try DeclareRun(desk).declare(
      .release(said, comment: speaker.comment), about: record.commit.id, ref: record.course.ref,
      by: person, as: speaker.role, at: moment, remote: remote)
    return .stated(receipt, record, notes: try oddities(of: said, record, book))
  }

  /// What is odd about a statement that counts.
  private func oddities(
    of said: ReleaseStatement, _ record: ReleaseRecord, _ book: ReleaseBook
  ) throws(EngineFault) -> [String] {
    guard case .rollback(let tag) = said else { return [] }
    let other = try book.record(String(decoding: tag, as: UTF8.self))
    // A tag on the rollback lane is made for this.
    if case .known(.rollback) = other.trailers.lane { return [] }
    var notes: [String] = []
    if case .known(let target?) = record.trailers.rollbackTarget, target != other.name {
      notes.append("\(record.name) names \(target) as what it goes back to, and not \(other.name)")
    }
    if other.course.stage == nil, book.isAbove(other, record) {
      notes.append("\(other.name) was never rolled out, as far as is stated here")
    }
    return notes
  }

  /// What makes that count which would not now.
  private static func hints(on said: ReleaseStatement, _ record: ReleaseRecord) -> [String] {
    let show = "gitrel release show \(record.name) tells what is owed, and by whom"
    switch said {
    case .rollback([]):
      return [
        "name the tag that runs instead: gitrel release rollback \(record.name) --to TAG --reason ...",
        "gitrel release list shows those there are",
      ]
    case .close:
      let owed = record.owed.filter { !$0.command.isEmpty }
      return owed.isEmpty ? [show] : owed.map { "first \($0.command), by \($0.by)" }
    default: return [show]
    }
  }
}
