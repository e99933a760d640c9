internal import GitModel
internal import Policy
public import Release

/// The keys of DORA, as JSON. The shape is version 1; keys are only ever added.
public enum MetricsJSON {
  /// The document.
  public static func text(_ report: MetricsReport) throws(JSONFault) -> String {
    try JSONFault.encode(Document(report))
  }

  private struct Document: Encodable {
    let version = 1
    let by: String
    let branch: String?
    let policy: String?
    let policySha256: String?
    let from: String?
    let until: String?
    let failure: [String]
    let bands = MetricsBand.source
    let all: Figures
    let periods: [Period]
    let releases: [Release]
    let notes: [String]

    init(_ report: MetricsReport) {
      let metrics = report.metrics
      (by, branch, notes) = (metrics.length.rawValue, report.branch, report.notes)
      (policy, policySha256) = (report.policy?.label, report.policy?.digest)
      (from, until) = (metrics.start?.utcText, metrics.end?.utcText)
      failure = report.signs.signs.map(\.rawValue).sorted()
      all = Figures(metrics.whole)
      periods = metrics.rows.map { Period($0) }
      releases = metrics.releases.map { Release($0, metrics.failures[$0.name]) }
    }
  }

  private struct Period: Encodable {
    let period: String
    let from: String
    let until: String
    let figures: Figures

    init(_ row: Metrics.Row) {
      period = row.period.name
      (from, until) = (row.period.start.utcText, row.period.end.utcText)
      figures = Figures(row.figures)
    }
  }

  private struct Figures: Encodable {
    let seconds: Int64
    let releases: Int
    let frequencyBand: String?
    let commits: Int
    let early: Int
    let notTold: Int
    let leadMedian: Int64?
    let leadP90: Int64?
    let leadBand: String?
    let failed: Int?
    let failureBand: String?
    let recovered: Int
    let recoveryMedian: Int64?
    let recoveryP90: Int64?
    let recoveryBand: String?
    let rework: Int

    init(_ figures: MetricsFigures) {
      (seconds, releases) = (figures.seconds, figures.releases)
      frequencyBand = figures.frequencyBand?.rawValue
      commits = figures.leadTime?.count ?? 0
      (early, notTold) = (figures.early, figures.untold)
      (leadMedian, leadP90) = (figures.leadTime?.median, figures.leadTime?.p90)
      leadBand = figures.leadTimeBand?.rawValue
      (failed, failureBand) = (figures.failed, figures.failureBand?.rawValue)
      recovered = figures.recovery?.count ?? 0
      (recoveryMedian, recoveryP90) = (figures.recovery?.median, figures.recovery?.p90)
      (recoveryBand, rework) = (figures.recoveryBand?.rawValue, figures.rework)
    }
  }

  private struct Release: Encodable {
    let tag: String
    let time: String
    let source: String
    let lane: String
    let commits: Int?
    let notTold: String?
    let repairs: String?
    let failed: Bool
    let failedFrom: String?
    let recovered: String?

    init(_ release: MetricsRelease, _ failure: MetricsFailure?) {
      tag = Bytes(release.name.utf8).printable
      (time, source) = (release.deployed.utcText, release.source.rawValue)
      (lane, repairs) = (release.lane.rawValue, release.repairs)
      switch release.changes {
      case .known(let dates): (commits, notTold) = (dates.count, nil)
      case .unknown(let why): (commits, notTold) = (nil, why)
      }
      failed = failure != nil
      (failedFrom, recovered) = (failure?.began.utcText, failure?.recovered?.utcText)
    }
  }
}

/// The keys of DORA as CSV (RFC 4180): a line for each period, and one for all of them.
public enum MetricsCSV {
  /// The lines, the names of the columns first.
  public static func lines(_ report: MetricsReport) -> [String] {
    let metrics = report.metrics
    var lines = [
      "period,from,until,releases,frequency_band,commits,lead_median,lead_p90,lead_band,failed,"
        + "failure_band,recovered,recovery_median,recovery_band,rework"
    ]
    lines += metrics.rows.map { line($0.period.name, $0.period.start, $0.period.end, $0.figures) }
    if let start = metrics.start, let end = metrics.end {
      lines.append(line("all", start, end, metrics.whole))
    }
    return lines
  }

  private static func line(
    _ name: String, _ start: Instant, _ end: Instant, _ figures: MetricsFigures
  ) -> String {
    func optional(_ number: Int64?) -> String { number.map { "\($0)" } ?? "" }
    func optional(_ band: MetricsBand?) -> String { band?.rawValue ?? "" }
    return [
      name, start.utcText, end.utcText, "\(figures.releases)", optional(figures.frequencyBand),
      "\(figures.leadTime?.count ?? 0)", optional(figures.leadTime?.median),
      optional(figures.leadTime?.p90), optional(figures.leadTimeBand),
      figures.failed.map { "\($0)" } ?? "",
      optional(figures.failureBand), "\(figures.recovery?.count ?? 0)",
      optional(figures.recovery?.median), optional(figures.recoveryBand), "\(figures.rework)",
    ].joined(separator: ",")
  }
}
