internal import GitModel
internal import Policy
public import Release

/// Releases as text for people.
public enum ReleaseText {
  /// One release: where it stands, its timeline, what is owed, and what may come.
  public static func lines(_ record: ReleaseRecord) -> [String] {
    var lines = [
      "release \(record.name) on \(record.commit.id.short)  \(record.commit.subject.prefix(72).printable)",
      "  state     \(record.standing)",
      "  lane      \(words(record.trailers.lane) { $0.rawValue })",
      "  strategy  \(strategy(record))",
    ]
    let target = words(record.trailers.rollbackTarget) { $0 ?? "" }
    if !target.isEmpty { lines.append("  back to   \(target)") }
    lines.append("  timeline")
    if record.course.steps.isEmpty { lines.append("    nothing was stated yet") }
    for step in record.course.steps {
      let role = step.role.isEmpty ? "" : " as \(step.role.prefix(60).printable)"
      lines.append(
        "    \(step.fault == nil ? "o" : "x") \(step.time.utcText)  \(step.words)  \(step.person.prefix(60).printable)\(role)"
      )
      if step.time.seconds - step.signed.seconds >= 60 {
        lines.append("    |     signed as of \(step.signed.utcText); the server got it then")
      }
      if let fault = step.fault { lines.append("    |     not counted: \(fault.cleaned)") }
      if !step.comment.isEmpty { lines.append("    |     \(step.comment.prefix(200).printable)") }
    }
    if !record.others.isEmpty {
      let names = Set(record.others.map { $0.short.prefix(60).description }).sorted()
      let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", ..." : "")
      lines.append(
        "    - \(counted(record.others.count, "statement")) about this commit for \(shown.cleaned)")
    }
    if record.course.closed == nil {
      lines.append("  owed")
      lines += record.owed.isEmpty ? ["    nothing"] : record.owed.flatMap(task)
    }
    if !record.possible.isEmpty { lines += ["  may come"] + record.possible.flatMap(task) }
    return lines
  }

  /// A line for each release: where it stands, and what is owed first.
  public static func lines(_ records: [ReleaseRecord]) -> [String] {
    guard !records.isEmpty else { return ["there is no release here"] }
    let width = records.map(\.name.count).max() ?? 0
    return records.map { record in
      let name = record.name + String(repeating: " ", count: width - record.name.count)
      let owed = record.owed
      guard let first = owed.first else {
        return "\(name)  \(record.standing)"
      }
      let late = owed.contains(where: \.isOverdue) ? "overdue: " : "owed: "
      let shown = owed.first(where: \.isOverdue) ?? first
      let more = owed.count > 1 ? " and \(owed.count - 1) more" : ""
      return
        "\(name)  \(record.standing); \(late)\(shown.what) (\(shown.by))\(more)"
    }
  }

  private static func task(_ task: ReleaseRecord.Task) -> [String] {
    var words = task.what
    if let from = task.from { words += ", from \(from.utcText)" }
    if let due = task.due {
      words += task.isOverdue ? ", overdue since \(due.utcText)" : ", by \(due.utcText)"
    }
    words += ", by \(task.by)"
    return ["    \(words.cleaned)"]
      + (task.command.isEmpty ? [] : ["      \(task.command.cleaned)"])
  }

  private static func strategy(_ record: ReleaseRecord) -> String {
    switch record.course.plan {
    case .stages(let strategy, let stages):
      "\(strategy.rawValue): \(stages.map(\.words).joined(separator: ", "))"
    case .none(let why): why.cleaned
    }
  }

  private static func words<Value>(_ fact: Fact<Value>, _ told: (Value) -> String) -> String {
    switch fact {
    case .known(let value): told(value)
    case .unknown(let why): why.cleaned
    case .notGathered: ""
    }
  }
}
