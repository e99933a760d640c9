internal import GitModel
internal import Policy
public import Release

/// What is released and what came of it, as JSON for machines. The shape is version 1; keys are only ever
/// added.
public enum PlanJSON {
  /// The document of a plan and, once the tag was pushed, of its receipt.
  public static func text(_ plan: TagPlan, _ receipt: TagReceipt? = nil) throws(JSONFault) -> String
  {
    try JSONFault.encode(PlanDocument(plan, receipt))
  }

  /// The document of a next version.
  public static func text(_ next: NextRelease) throws(JSONFault) -> String {
    try JSONFault.encode(NextDocument(next))
  }

  /// The document of notes.
  public static func text(
    _ notes: ReleaseNotes, _ head: NotesHead, text: String
  ) throws(JSONFault) -> String {
    try JSONFault.encode(NotesDocument(notes, head, text: text))
  }
}

private struct PlanDocument: Encodable {
  let version = 1
  let tag: String
  let remote: String
  let branch: String
  let commit: String
  let previous: String?
  let state: String
  let commits: Int
  let isCut: Bool
  let tickets: [String]
  let notes: String
  let lane: String
  let strategy: String?
  let rollbackTarget: String?
  let risk: String?
  let evidence: String?
  let admissions: [AdmissionPart]
  let mergeBack: String?
  let ready: Bool
  let message: String
  let decision: DecisionDocument
  let receipt: ReceiptPart?

  init(_ plan: TagPlan, _ receipt: TagReceipt?) {
    (tag, remote, branch) = (plan.name, plan.remote.cleaned, plan.branch)
    (commit, previous, commits) = (plan.commit.id.hex, plan.previous, plan.notes.commits)
    switch plan.state {
    case .new: state = "new"
    case .made: state = "made"
    case .done: state = "done"
    case .taken: state = "taken"
    }
    tickets = plan.notes.tickets.map(\.printable)
    (isCut, notes) = (plan.notes.isCut, plan.message.notes)
    (lane, strategy) = (plan.terms.lane.rawValue, plan.terms.strategy?.rawValue)
    (rollbackTarget, risk) = (plan.terms.rollbackTarget?.cleaned, plan.terms.risk?.rawValue)
    evidence = plan.message.evidence?.hex
    admissions = plan.admissions.map(AdmissionPart.init)
    (mergeBack, ready, message) = (plan.mergeBack, plan.isReady, plan.message.text)
    decision = DecisionDocument(plan.decision)
    self.receipt = receipt.map(ReceiptPart.init)
  }
}

private struct AdmissionPart: Encodable {
  let met: Bool
  let detail: String
  let fix: String?

  init(_ admission: TagPlan.Admission) {
    (met, detail, fix) = (admission.isMet, admission.words.cleaned, admission.fix?.cleaned)
  }
}

private struct ReceiptPart: Encodable {
  let tag: String
  let signed: Bool
  let decision: Int?
  let evidence: Bool

  init(_ receipt: TagReceipt) {
    (tag, signed) = (receipt.tag.hex, receipt.isSigned)
    (decision, evidence) = (receipt.decision, receipt.hasEvidence)
  }
}

private struct NextDocument: Encodable {
  let version = 1
  let next: String
  let previous: String?
  let above: String?
  let step: String?
  let change: String
  let cause: ChangePart?
  let commits: Int
  let isCut: Bool

  init(_ next: NextRelease) {
    (self.next, previous, above) = (next.name, next.previous, next.above)
    (step, change) = (next.step?.rawValue, (next.cause?.step ?? .patch).rawValue)
    (cause, commits, isCut) = (next.cause.map(ChangePart.init), next.commits, next.isCut)
  }
}

private struct NotesDocument: Encodable {
  let version = 1
  let tag: String?
  let previous: String?
  let commit: String?
  let commits: Int
  let isCut: Bool
  let left: Int
  let sections: [SectionPart]
  let reverts: [RevertPart]
  let tickets: [String]
  let contributors: [PersonPart]
  let approvers: [PersonPart]
  let notes: String

  init(_ notes: ReleaseNotes, _ head: NotesHead, text: String) {
    tag = head.version.isEmpty ? nil : head.version
    (previous, commit) = (head.previous, head.commit?.hex)
    (commits, isCut, left) = (notes.commits, notes.isCut, notes.left)
    sections = notes.sections.map(SectionPart.init)
    reverts = notes.reverts.map { RevertPart(by: $0.by.hex, change: ChangePart($0.change)) }
    tickets = notes.tickets.map(\.printable)
    contributors = notes.contributors.map(PersonPart.init)
    (approvers, self.notes) = (notes.approvers.map(PersonPart.init), text)
  }
}

private struct SectionPart: Encodable {
  let title: String
  let changes: [ChangePart]

  init(_ section: ReleaseNotes.Section) {
    (title, changes) = (section.title, section.changes.map(ChangePart.init))
  }
}

private struct RevertPart: Encodable {
  let by: String
  let change: ChangePart
}

private struct ChangePart: Encodable {
  let commit: String
  let copies: [String]
  let type: String
  let scope: String?
  let description: String
  let isBreaking: Bool
  let breaking: String?
  let tickets: [String]
  let author: String

  init(_ change: NotesChange) {
    (commit, copies) = (change.commit.hex, change.copies.map(\.hex))
    (type, scope, description) = (change.type, change.scope, change.description)
    (isBreaking, breaking) = (change.isBreaking, change.breaking)
    (tickets, author) = (change.tickets.map(\.printable), change.author)
  }
}

private struct PersonPart: Encodable {
  let name: String
  let commits: Int
  let signed: Bool

  init(_ person: NotesPerson) {
    (name, commits, signed) = (person.name, person.commits, person.isSigned)
  }
}
