import GitModel
import Testing

@Suite("spans of time")
struct TimeSpanTests {
  /// 2026-03-31T10:00:00Z
  private static let now = Instant(seconds: 1_774_951_200)

  @Test("counted back", arguments: spans)
  func back(_ text: String, _ expected: String) throws {
    let span = try #require(TimeSpan(text), "\(text)")
    #expect(span.before(Self.now).utcText == expected)
  }

  static let spans: [(String, String)] = [
    ("1d", "2026-03-30T10:00:00Z"), ("90d", "2025-12-31T10:00:00Z"),
    ("90 days", "2025-12-31T10:00:00Z"), ("1 day ago", "2026-03-30T10:00:00Z"),
    ("12w", "2026-01-06T10:00:00Z"), ("2weeks", "2026-03-17T10:00:00Z"),
    // The last day where a month has no such day.
    ("1 month", "2026-02-28T10:00:00Z"), ("6 months ago", "2025-09-30T10:00:00Z"),
    ("4 months", "2025-11-30T10:00:00Z"), ("15 months", "2024-12-31T10:00:00Z"),
    ("25 months", "2024-02-29T10:00:00Z"),
    ("1y", "2025-03-31T10:00:00Z"), ("1 year", "2025-03-31T10:00:00Z"),
    ("9999 years", "-7973-03-31T10:00:00Z"),
  ]

  @Test(
    "no spans",
    arguments: [
      "", "d", "90", "90m", "0d", "09d", "10000d", "-1d", "+1d", "1.5y", "1  day", " 1d", "1d ",
      "1 dayss",
      "1 ds", "one year", "1 fortnight", "1d ago ago", "1dago", "yesterday", "1 YEAR", "１d", "1 mo",
    ])
  func none(_ text: String) {
    #expect(TimeSpan(text) == nil)
  }
}
