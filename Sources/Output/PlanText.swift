internal import GitModel
internal import Policy
public import Release

/// A tag plan as text: first read as a plan, then as a receipt.
public struct PlanText {
  static let maximumLines = 15
  static let maximumTickets = 12
  private static let width = 78
  private static let indent = 12

  /// A renderer.
  public init() {}

  /// The lines of the plan, gates included.
  public func lines(_ plan: TagPlan) -> [String] {
    let notes = plan.notes
    var lines = ["release \(plan.name)"]
    lines += row("commit", "\(plan.commit.id.short)  \(plan.commit.subject.printable)")
    lines += row("branch", "\(plan.remote.cleaned)/\(plan.branch)")
    if let here = plan.branchHere?.cleaned {
      lines += row(
        "note", "you are on \(here), and this releases \(plan.branch): --branch \(here)")
    }
    let count =
      notes.isCut ? "more than \(notes.commits) commits" : counted(notes.commits, "commit")
    let start = plan.terms.lane == .rollback ? "undoes" : "since"
    lines += row(start, "\(plan.previous ?? "the beginning"), \(count)")
    lines += row("tickets", tickets(notes))
    lines += declared(plan)
    lines += row("evidence", plan.message.evidence?.short ?? "")
    lines.append("  notes")
    let text = plan.message.notes.split(separator: "\n").map { "    \(String($0).cleaned)" }
    lines += text.prefix(Self.maximumLines)
    if text.count > Self.maximumLines {
      lines.append("    and \(text.count - Self.maximumLines) more lines")
    }
    lines.append("  gates")
    lines += DecisionText(width: Self.width, isVerbose: true).lines(plan.decision).map { "  \($0)" }
    return lines
  }

  /// The lines once the tag is out.
  public func lines(_ receipt: TagReceipt, of plan: TagPlan) -> [String] {
    let signed = receipt.isSigned ? ", signed" : ""
    let evidence = receipt.hasEvidence ? ", and the statements with it" : ""
    var lines = row(
      "tag", "\(receipt.tag.short) on \(plan.commit.id.short)\(signed)\(evidence)")
    lines += row("with it", receipt.waited ?? "")
    lines += row(
      "decision", receipt.decision.map { "\($0) in the log of \(plan.remote.cleaned)" } ?? "")
    lines += row("notes", "gitrel notes \(plan.name)")
    lines += row("next", "gitrel release show \(plan.name)    what is owed now, and by whom")
    if let branch = plan.mergeBack {
      lines += row("owed", "the hotfix is not in \(branch.cleaned):")
      lines += row("", "git switch \(branch) && git merge \(plan.name)")
    }
    return lines
  }

  /// Lane, strategy, risk and target, as far as they are stated.
  private func declared(_ plan: TagPlan) -> [String] {
    let terms = plan.terms
    var lines: [String] = []
    if terms.lane != .normal {
      let words = plan.admissions.map { ($0.isMet ? "" : "refused: ") + $0.words }
      lines += row("lane", ([terms.lane.rawValue] + words).joined(separator: "; "))
      for fix in plan.admissions.compactMap(\.fix) {
        lines.append("            fix: \(fix.cleaned)")
      }
    }
    lines +=
      row("strategy", terms.strategy?.rawValue ?? "") + row("risk", terms.risk?.rawValue ?? "")
    lines += row("rollback", terms.rollbackTarget.map { "to \($0)" } ?? "")
    if let branch = plan.mergeBack {
      lines += row("owed", "to be merged back into \(branch) once it is out")
    }
    return lines
  }

  private func tickets(_ notes: ReleaseNotes) -> String {
    let shown = notes.tickets.prefix(Self.maximumTickets).map { $0.prefix(60).printable }
    let left = notes.tickets.count - shown.count
    return shown.joined(separator: ", ") + (left > 0 ? " and \(left) more" : "")
  }

  /// A word and what it is; nothing for what is not there.
  private func row(_ name: String, _ text: String) -> [String] {
    guard !text.isEmpty else { return [] }
    let padding = String(repeating: " ", count: max(1, Self.indent - 2 - name.count))
    return "  \(name)\(padding)\(text.cleaned)".wrapped(to: Self.width, hanging: Self.indent)
  }
}

/// A next version, for people.
public enum NextText {
  /// Why it is this one, below the version itself.
  public static func lines(_ next: NextRelease) -> [String] {
    let count = next.isCut ? "more than \(next.commits) commits" : counted(next.commits, "commit")
    var lines = ["\(count) since \(next.previous ?? "the beginning")"]
    if next.commits == 0 { lines.append("there is nothing to release") }
    if let step = next.step {
      lines.append("a \(step.rawValue) step, as asked for")
    } else if let cause = next.cause {
      let kind = cause.isBreaking ? "a breaking change" : "a feature"
      lines.append("\(kind): \(cause.commit.short) \(cause.text)")
    }
    if let above = next.above { lines.append("above \(above), which is on another branch") }
    return lines
  }
}
