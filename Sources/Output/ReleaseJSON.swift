internal import GitModel
internal import Policy
public import Release

extension DecisionJSON {
  /// The document of one release.
  public static func text(_ record: ReleaseRecord) throws(JSONFault) -> String {
    try JSONFault.encode(ReleaseDocument(record))
  }

  /// The document of all releases.
  public static func text(_ records: [ReleaseRecord]) throws(JSONFault) -> String {
    try JSONFault.encode(ReleasesDocument(releases: records.map(ReleasePart.init)))
  }
}

private struct ReleaseDocument: Encodable {
  let version = 1
  let release: ReleasePart

  init(_ record: ReleaseRecord) { release = ReleasePart(record) }
}

private struct ReleasesDocument: Encodable {
  let version = 1
  let releases: [ReleasePart]
}

private struct ReleasePart: Encodable {
  let tag: String
  let commit: String
  let time: String
  let state: String
  let stage: String?
  let since: String?
  let soaksUntil: String?
  let rolledBackTo: String?
  let lane: String?
  let strategy: String?
  let stages: [StagePart]
  let rollbackTarget: String?
  let openIncidents: [String]
  let unreviewedIncidents: [String]
  let steps: [StepPart]
  let owed: [TaskPart]
  let possible: [TaskPart]

  init(_ record: ReleaseRecord) {
    let course = record.course
    (tag, commit, time) = (record.name, record.commit.id.hex, record.instant.utcText)
    state = record.state.name
    stage = course.stage.map { course.stages[$0.value].name }
    since = (course.rollback?.since ?? course.stage?.since)?.utcText
    soaksUntil = course.soakingUntil?.utcText
    rolledBackTo = course.rollback?.value.prefix(60).printable
    if case .known(let word) = record.trailers.lane { lane = word.rawValue } else { lane = nil }
    if case .stages(let word, _) = course.plan { strategy = word.rawValue } else { strategy = nil }
    if case .known(let name) = record.trailers.rollbackTarget {
      rollbackTarget = name
    } else {
      rollbackTarget = nil
    }
    stages = course.stages.map { StagePart(name: $0.name, soakSeconds: $0.soak) }
    openIncidents = course.incidents.open.map { $0.printable }
    unreviewedIncidents = course.incidents.unreviewed.map { $0.printable }
    steps = course.steps.map(StepPart.init)
    (owed, possible) = (record.owed.map(TaskPart.init), record.possible.map(TaskPart.init))
  }
}

private struct StagePart: Encodable {
  let name: String
  let soakSeconds: Int64
}

private struct StepPart: Encodable {
  let says: String
  let person: String
  let role: String?
  let time: String
  let signed: String
  let comment: String?
  let sha256: String
  let counts: Bool
  let fault: String?

  init(_ step: ReleaseStep) {
    (says, person, time) = (step.words, step.person.printable, step.time.utcText)
    signed = step.signed.utcText
    role = step.role.isEmpty ? nil : step.role.printable
    comment = step.comment.isEmpty ? nil : step.comment.printable
    (sha256, counts, fault) = (step.digest, step.fault == nil, step.fault?.cleaned)
  }
}

private struct TaskPart: Encodable {
  let what: String
  let command: String?
  let by: String
  let from: String?
  let due: String?
  let overdue: Bool

  init(_ task: ReleaseRecord.Task) {
    (what, by) = (task.what.cleaned, task.by.cleaned)
    command = task.command.isEmpty ? nil : task.command.cleaned
    (from, due, overdue) = (task.from?.utcText, task.due?.utcText, task.isOverdue)
  }
}
