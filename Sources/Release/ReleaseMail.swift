public import GitModel
public import Policy

/// The two mails of a release: what it brings, and what came of it.
public enum ReleaseMail {
  /// How many lines of notes are told.
  static let maximumLines = 500

  /// The mail about `record` to those whom `terms` name.
  public static func message(
    _ what: ReleaseStatement.Announcement, of record: ReleaseRecord, _ terms: ReleaseMailTerms,
    repository: Bytes
  ) -> MailMessage {
    let place = repository.isEmpty ? "" : "[\(repository.printable)] "
    let lines: [String]
    let subject: String
    switch what {
    case .scope:
      subject = "\(place)release \(record.name): what it brings"
      lines = scope(record)
    case .result:
      subject = "\(place)release \(record.name): \(record.state.name)"
      lines = result(record)
    }
    return MailMessage(
      from: terms.from, to: terms.to, subject: subject, date: record.instant,
      id: "\(record.name).\(what.rawValue).\(record.commit.id.hex).\(record.instant.seconds)",
      lines: lines)
  }

  private static func head(_ record: ReleaseRecord) -> [String] {
    var lines = [
      "Commit:    \(record.commit.id.short)  \(record.commit.subject.prefix(200).printable)"
    ]
    switch record.course.plan {
    case .stages(let strategy, let stages):
      lines.append(
        "Roll-out:  \(strategy.rawValue): \(stages.map(\.words).joined(separator: ", "))")
    case .none(let why): lines.append("Roll-out:  \(why.cleaned)")
    }
    if case .known(let target?) = record.trailers.rollbackTarget {
      lines.append("Back to:   \(target)")
    }
    return lines
  }

  private static func scope(_ record: ReleaseRecord) -> [String] {
    let notes = TrailerBlock.body(of: record.message[...]).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).map(\.printable).reversed().drop(while: \.isEmpty).reversed()
    let isEmpty = notes.allSatisfy(\.isEmpty)
    let told = notes.drop(while: \.isEmpty).prefix(maximumLines)
    let more = notes.count > maximumLines ? ["", "and more: git show \(record.name)"] : []
    return ["\(record.name) is going out.", ""] + head(record)
      + (isEmpty ? [] : ["", "What it brings:", ""]) + told + more
  }

  private static func result(_ record: ReleaseRecord) -> [String] {
    var lines = ["\(record.name): \(record.standing).", ""]
    lines += head(record) + ["", "What happened:", ""]
    for step in record.course.steps where step.fault == nil {
      let role = step.role.isEmpty ? "" : " as \(step.role.prefix(60).printable)"
      lines.append(
        "- \(step.time.utcText)  \(step.words), by \(step.person.prefix(60).printable)\(role)")
      if !step.comment.isEmpty { lines.append("    \(step.comment.prefix(200).printable)") }
    }
    let owed = record.owed.filter { $0.command.isEmpty || !$0.command.hasSuffix("--result") }
    if !owed.isEmpty {
      lines += ["", "What is owed:", ""]
      lines += owed.map { task in
        let due = task.due.map { ", by \($0.utcText)" } ?? ""
        return "- \(task.what)\(due) (\(task.by))".cleaned
      }
    }
    return lines
  }
}
