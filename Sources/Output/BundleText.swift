internal import GitModel
internal import Policy
public import Release

/// What checking an evidence bundle came to, as text for people.
public enum BundleText {
  /// All of it: what it is about, what was proven, what was taken on trust, what is wrong.
  public static func lines(_ report: BundleReport, width: Int) -> [String] {
    var lines = head(report)
    lines += list("proven", report.proven, mark: "o", width)
    if !report.items.isEmpty { lines += ["  statements"] + report.items.flatMap(item) }
    if !report.controls.isEmpty {
      lines += ["  controls, \(report.level ?? "")"] + report.controls.map(control)
    }
    lines += list("taken on trust", report.trusted, mark: "?", width)
    lines += list("wrong", report.faults, mark: "x", width)
    return lines
  }

  /// The last line: whether it holds.
  public static func verdict(_ report: BundleReport) -> String {
    let name = report.name ?? "the file"
    if report.holds {
      return "\(name) holds, with \(counted(report.trusted.count, "thing")) taken on trust"
    }
    return "\(name) does not hold: \(counted(report.faults.count, "fault"))"
  }

  private static func head(_ report: BundleReport) -> [String] {
    guard let name = report.name else { return [] }
    var lines = ["release \(name)"]
    if let commit = report.commit {
      lines[0] += " on \(commit.id.short)  \(commit.subject.prefix(72).printable)"
    }
    if let ruling = report.ruling {
      let pusher = ruling.pusher.map { ", pushed by \($0)" } ?? ""
      lines.append(
        "  decision  \(ruling.decision), \(ruling.instant.utcText), accepted by policy \(ruling.policy)\(pusher)"
      )
      for override in ruling.overrides { lines.append("            ! overridden: \(override)") }
    }
    if let head = report.head { lines.append("  log head  \(head)") }
    switch report.keys {
    case .ofPolicy: lines.append("  keys      those of the policy in the bundle")
    case .given(let file): lines.append("  keys      those of \(file)")
    }
    return lines
  }

  private static func list(
    _ title: String, _ sentences: [String], mark: String, _ width: Int
  ) -> [String] {
    guard !sentences.isEmpty else { return [] }
    return ["  \(title)"] + sentences.flatMap { "    \(mark) \($0)".wrapped(to: width, hanging: 8) }
  }

  private static func item(_ item: BundleReport.Item) -> [String] {
    let revoked = item.revoked.map { ["        revoked \($0.utcText)"] } ?? []
    let time = item.recorded.map { "\($0.utcText), " } ?? ""
    return [
      "    \(item.digest.prefix(12))  \(titled(item.words, kind: item.kind.cleaned))",
      "        \(time)\(item.signers)",
    ] + revoked
  }

  private static func control(_ control: BundleReport.Control) -> String {
    "    \(control.name)  since \(control.since.utcText) on \(control.refs.joined(separator: ", "))"
  }
}
