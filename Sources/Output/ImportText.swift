internal import GitModel
public import Policy

/// What `gitrel policy import` tells beside the policy itself.
public enum ImportText {
  /// What could not be carried, a line each, and whether the policy guards anything.
  public static func lines(_ report: ImportReport) -> [String] {
    var lines: [String] = []
    let count = report.notes.count + report.notesLeft
    if count > 0 {
      lines.append("gitrel: \(counted(count, "thing")) not carried, or not quite:")
      lines += report.notes.map { "  \($0.text)" }
      if report.notesLeft > 0 { lines.append("  and \(report.notesLeft) more") }
    }
    if !report.isGuarding {
      lines.append("gitrel: warning: nothing of it guards anything yet: the policy only reports")
    }
    if report.waiting > 0 {
      lines.append(
        "gitrel: warning: \(report.waiting) of \(counted(report.rulesets, "ruleset"))"
          + " \(report.waiting == 1 ? "is" : "are") commented out: what each waits for stands above it"
      )
    }
    return lines
  }

  /// The policy and what could not be carried, as one JSON document.
  public static func json(_ report: ImportReport) throws(JSONFault) -> String {
    try JSONFault.encode(ImportDocument(report))
  }
}

private struct ImportDocument: Encodable {
  let version = 1
  let inputs: [String]
  let policy: String
  let guards: Bool
  let rulesets: Int
  let rulesetsWaiting: Int
  let notCarried: [NotePart]
  let notCarriedTotal: Int

  init(_ report: ImportReport) {
    (inputs, policy, guards) = (report.inputs, report.policy, report.isGuarding)
    (rulesets, rulesetsWaiting) = (report.rulesets, report.waiting)
    notCarried = report.notes.map(NotePart.init)
    notCarriedTotal = report.notes.count + report.notesLeft
  }
}

private struct NotePart: Encodable {
  let file: String
  let line: Int
  let what: String
  let why: String
  let instead: String?

  init(_ note: ImportNote) {
    (file, line, what) = (note.file, note.line, note.what)
    (why, instead) = (note.why, note.instead)
  }
}
