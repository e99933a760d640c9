internal import GitModel
internal import Policy
public import Release

/// A tag plan as text: first read as a plan, then done.
public struct PlanText {
  static let maximumLines = 15

  /// A renderer.
  public init() {}

  /// The lines of the plan, gates included.
  public func lines(_ plan: TagPlan) -> [String] {
    var lines = [
      "release \(plan.name)",
      "  commit    \(plan.commit.id.short)  \(plan.commit.subject.printable)",
      "  branch    \(plan.remote)/\(plan.branch)",
      "  since     \(plan.previous ?? "the beginning"), \(counted(plan.commits.count, "commit"))",
    ]
    lines.append("  notes")
    let notes = plan.notes.markdown.split(separator: "\n").map { "    \($0)" }
    lines += notes.prefix(Self.maximumLines)
    if notes.count > Self.maximumLines {
      lines.append("    and \(notes.count - Self.maximumLines) more lines")
    }
    lines.append("  gates")
    lines += DecisionText(width: 78, isVerbose: true).lines(plan.decision).map { "  \($0)" }
    return lines
  }
}
