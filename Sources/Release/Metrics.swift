public import GitModel
public import Policy

/// The five keys of DORA over some time: deployment frequency, lead time for changes, change failure rate,
/// failed-deployment recovery time and rework rate.
///
/// A release belongs, with all that it brought and all that became of it, to the period in which it went
/// out.
public struct Metrics: Hashable, Sendable {
  /// A period and its figures.
  public struct Row: Hashable, Sendable {
    /// The period.
    public let period: MetricsPeriod
    /// The figures.
    public let figures: MetricsFigures
  }

  /// How time is cut.
  public let length: MetricsPeriod.Length
  /// Each period, the first one first; also those without a release.
  public let rows: [Row]
  /// The figures of all periods together.
  public let whole: MetricsFigures
  /// The releases of all periods, the first one first.
  public let releases: [MetricsRelease]
  /// Those of them that failed, by name.
  public let failures: [String: MetricsFailure]

  /// The first moment that is looked at.
  public var start: Instant? { rows.first?.period.start }
  /// The first moment that is not looked at any more.
  public var end: Instant? { rows.last?.period.end }

  /// The figures of those of `releases`, in any order, that went out in `periods`, which follow one
  /// another. One that went out later can mend one that is looked at.
  public init(
    _ all: [MetricsRelease], length: MetricsPeriod.Length, periods: [MetricsPeriod],
    signs: ReleaseFailures
  ) {
    let all = all.sorted { ($0.deployed, $0.name) < ($1.deployed, $1.name) }
    var repairs: [String: [MetricsRelease]] = [:]
    for release in all {
      if let name = release.repairs { repairs[name, default: []].append(release) }
    }
    var failures: [String: MetricsFailure] = [:]
    for release in all {
      failures[release.name] = MetricsFailure(
        release, repairs: repairs[release.name] ?? [], signs: signs)
    }
    func within(_ start: Instant, _ end: Instant) -> [MetricsRelease] {
      all.filter { $0.deployed >= start && $0.deployed < end }
    }
    let isTold = all.contains(where: \.tellsOutcome)
    func figures(
      _ releases: [MetricsRelease], _ start: Instant, _ end: Instant, isWhole: Bool
    ) -> MetricsFigures {
      MetricsFigures(
        releases, isTold ? failures : nil, seconds: end.seconds - start.seconds, isWhole: isWhole)
    }
    self.length = length
    rows = periods.map {
      Row(
        period: $0,
        figures: figures(
          within($0.start, $0.end), $0.start, $0.end, isWhole: $0.isWhole))
    }
    guard let start = periods.first?.start, let end = periods.last?.end else {
      whole = MetricsFigures([], nil, seconds: 0, isWhole: false)
      (self.releases, self.failures) = ([], [:])
      return
    }
    let releases = within(start, end)
    whole = figures(releases, start, end, isWhole: periods.contains(where: \.isWhole))
    let names = Set(releases.map(\.name))
    self.failures = failures.filter { names.contains($0.key) }
    self.releases = releases
  }
}

/// The figures of some releases. Counts and seconds, never rounded shares.
public struct MetricsFigures: Hashable, Sendable {
  /// How long the time is that they are of.
  public let seconds: Int64
  /// How many releases went out.
  public let releases: Int
  /// From a commit by its committer's date to the first release that has it.
  public let leadTime: MetricsSpread?
  /// Commits that claim to be later than their release; they count as having taken no time.
  public let early: Int
  /// Releases of which it cannot be told what they brought.
  public let untold: Int
  /// Releases that failed; nil where nothing says of any release what became of it.
  public let failed: Int?
  /// Whether the time is long enough to tell how often releases go out.
  public let isWhole: Bool
  /// From failure to recovery, of those that are over.
  public let recovery: MetricsSpread?
  /// Releases that went out to mend or take back another: in the lanes `hotfix` and `rollback`.
  public let rework: Int

  init(
    _ releases: [MetricsRelease], _ failures: [String: MetricsFailure]?, seconds: Int64,
    isWhole: Bool
  ) {
    var leads: [Int64] = []
    var (early, untold) = (0, 0)
    for release in releases {
      switch release.changes {
      case .unknown: untold += 1
      case .known(let dates):
        for date in dates {
          // A date that somebody typed may be any number.
          let (lead, overflows) = release.deployed.seconds.subtractingReportingOverflow(date)
          if lead < 0 && !overflows || overflows && date > 0 { early += 1 }
          leads.append(overflows ? (date > 0 ? 0 : .max) : max(0, lead))
        }
      }
    }
    let failed = failures.map { failures in releases.compactMap { failures[$0.name] } }
    (self.seconds, self.releases, self.isWhole) = (seconds, releases.count, isWhole)
    (self.early, self.untold, self.failed) = (early, untold, failed?.count)
    leadTime = MetricsSpread(leads)
    recovery = MetricsSpread((failed ?? []).compactMap(\.seconds))
    rework = releases.count { $0.lane != .normal }
  }

  /// The band of how often releases go out; none for a part of a period.
  public var frequencyBand: MetricsBand? {
    isWhole ? .frequency(releases, in: seconds) : nil
  }
  /// The band of the median lead time.
  public var leadTimeBand: MetricsBand? { leadTime.map { .leadTime($0.median) } }
  /// The band of the share of releases that failed.
  public var failureBand: MetricsBand? { failed.flatMap { .failureRate($0, of: releases) } }
  /// The band of the median recovery.
  public var recoveryBand: MetricsBand? { recovery.map { .recovery($0.median) } }
}

/// How some durations are spread.
public struct MetricsSpread: Hashable, Sendable {
  /// How many there are.
  public let count: Int
  /// The one in the middle, in seconds; of an even number the mean of both, rounded down.
  public let median: Int64
  /// The smallest that at least nine of ten do not exceed.
  public let p90: Int64

  /// The spread of `seconds`, none below zero; nil where there are none.
  init?(_ seconds: [Int64]) {
    guard !seconds.isEmpty else { return nil }
    let sorted = seconds.sorted()
    count = sorted.count
    let (low, high) = (sorted[(count - 1) / 2], sorted[count / 2])
    median = low + (high - low) / 2
    p90 = sorted[(count * 9 + 9) / 10 - 1]
  }
}
