internal import GitModel
internal import Policy
public import Release

/// The keys of DORA, as text for people.
public struct MetricsText {
  /// How wide lines may be; the tables are as wide as they have to be.
  private let width: Int

  /// A renderer.
  public init(width: Int = 80) { self.width = width }

  /// The lines: what was counted, each key with its band and its course, a table of the periods, notes.
  public func lines(_ report: MetricsReport) -> [String] {
    let metrics = report.metrics
    let from = report.policy.map { " by policy \($0.label)" } ?? ""
    let place = report.branch.map { " on \($0)" } ?? ""
    var lines = ["metrics\(place)\(from)".wrapped(to: width, hanging: 4).joined(separator: "\n")]
    if let start = metrics.start, let end = metrics.end {
      lines.append(
        "  \(ReplayText.grouped(metrics.releases.count, "release")) from \(start.day) to \(end.day),"
          + " by \(metrics.length.rawValue)")
    }
    let notes = report.notes.map { "note: \($0)" }.wrapped(to: width)
    guard !metrics.releases.isEmpty else {
      return lines + ["  there is nothing to count"] + (notes.isEmpty ? [] : [""] + notes)
    }
    lines += [""] + keys(metrics) + [""] + table(metrics)
    let legend = "E elite, H high, M medium, L low: \(MetricsBand.source)"
    return lines + [""] + [legend].wrapped(to: width) + notes
  }

  // MARK: - The keys over all

  private func keys(_ metrics: Metrics) -> [String] {
    let (whole, figures) = (metrics.whole, metrics.rows.map(\.figures))
    let rows: [[String]] = [
      [
        "deployment frequency", Self.frequency(whole), Self.word(whole.frequencyBand),
        Self.course(figures.map { $0.releases }),
      ],
      [
        "lead time, median", Self.duration(whole.leadTime?.median), Self.word(whole.leadTimeBand),
        Self.course(figures.map { $0.leadTime?.median }),
      ],
      [
        "lead time, 9 of 10", Self.duration(whole.leadTime?.p90), "",
        Self.course(figures.map { $0.leadTime?.p90 }),
      ],
      [
        "change failure rate",
        whole.failed.map { Self.share($0, of: whole.releases) } ?? "-",
        Self.word(whole.failureBand),
        Self.course(figures.map { row in row.failed.flatMap { Self.rate($0, row) } }),
      ],
      [
        "recovery time, median", Self.duration(whole.recovery?.median),
        Self.word(whole.recoveryBand), Self.course(figures.map { $0.recovery?.median }),
      ],
      [
        "rework rate", Self.share(whole.rework, of: whole.releases), "",
        Self.course(figures.map { Self.rate($0.rework, $0) }),
      ],
    ]
    return Self.aligned(rows, left: [0, 1, 2, 3])
  }

  private static func rate(_ part: Int, _ figures: MetricsFigures) -> Int? {
    figures.releases == 0 ? nil : part * 1000 / figures.releases
  }

  /// `3.1 a week`, in the shortest time in which there is at least one, else a year.
  static func frequency(_ figures: MetricsFigures) -> String {
    guard figures.seconds > 0, figures.releases > 0 else { return "none" }
    let spans = [
      (MetricsBand.day, "day"), (MetricsBand.week, "week"), (MetricsBand.month, "month"),
    ]
    for (span, unit) in spans {
      let tenths = tenths(figures, in: span)
      if tenths >= 10 { return "\(tenths / 10).\(tenths % 10) a \(unit)" }
    }
    let tenths = tenths(figures, in: 12 * MetricsBand.month)
    return "\(tenths / 10).\(tenths % 10) a year"
  }

  private static func tenths(_ figures: MetricsFigures, in span: Int64) -> Int {
    Int(Int128(figures.releases) * Int128(span) * 10 / Int128(figures.seconds))
  }

  /// `2 d 4 h`: the two largest units.
  static func duration(_ seconds: Int64?) -> String {
    guard let seconds else { return "-" }
    let (days, rest) = seconds.quotientAndRemainder(dividingBy: 86_400)
    let (hours, minutes) = (rest / 3600, rest % 3600 / 60)
    func two(_ large: Int64, _ unit: String, _ small: Int64, _ other: String) -> String {
      "\(ReplayText.grouped(Int(large))) \(unit)\(small == 0 ? "" : " \(small) \(other)")"
    }
    if days > 0 { return two(days, "d", hours, "h") }
    if hours > 0 { return two(hours, "h", minutes, "min") }
    return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
  }

  /// `67% (2 of 3)`.
  private static func share(_ part: Int, of whole: Int) -> String {
    guard whole > 0 else { return "-" }
    return "\((part * 200 + whole) / (whole * 2))% (\(part) of \(whole))"
  }

  private static func word(_ band: MetricsBand?) -> String { band?.rawValue ?? "" }

  /// A bar for each value, the largest one full; a dot where there is none.
  static func course<Value: BinaryInteger>(_ values: [Value?]) -> String {
    let bars = Array("▁▂▃▄▅▆▇█")
    let most = values.compactMap { $0 }.max() ?? 0
    return String(
      values.map { value -> Character in
        guard let value else { return "·" }
        guard most > 0 else { return bars[0] }
        return bars[Int(Double(value) / Double(most) * 7 + 0.5)]
      })
  }

  // MARK: - The periods

  private func table(_ metrics: Metrics) -> [String] {
    let head = [
      metrics.length.rawValue, "releases", "", "commits", "lead", "", "9 of 10", "failed", "",
      "recovery", "", "rework",
    ]
    let rows = metrics.rows.map { row -> [String] in
      let figures = row.figures
      let isEmpty = figures.releases == 0
      return [
        row.period.name, "\(figures.releases)", Self.letter(figures.frequencyBand),
        isEmpty ? "-" : Self.commits(figures),
        Self.duration(figures.leadTime?.median), Self.letter(figures.leadTimeBand),
        Self.duration(figures.leadTime?.p90),
        isEmpty ? "-" : figures.failed.map { "\($0)" } ?? "-", Self.letter(figures.failureBand),
        Self.duration(figures.recovery?.median), Self.letter(figures.recoveryBand),
        isEmpty ? "-" : "\(figures.rework)",
      ]
    }
    return Self.aligned([head] + rows, left: [0, 2, 5, 8, 10])
  }

  /// How many commits, as far as that can be told.
  private static func commits(_ figures: MetricsFigures) -> String {
    let known = ReplayText.grouped(figures.leadTime?.count ?? 0)
    if figures.untold == 0 { return known }
    return figures.leadTime == nil ? "?" : "\(known)+"
  }

  private static func letter(_ band: MetricsBand?) -> String {
    band.map { String($0.rawValue.prefix(1)).uppercased() } ?? ""
  }

  /// The rows as columns, those of `left` flush left and the others right. A band stands close to its
  /// figure.
  private static func aligned(_ rows: [[String]], left: Set<Int>) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += widths[column] == 1 ? " " : "  "
        line += left.contains(column) ? cell + padding : padding + cell
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
