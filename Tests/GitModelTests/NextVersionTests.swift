import GitModel
import Testing

private func version(_ text: String) throws -> Version {
  try #require(VersionScheme.semantic(allowShort: true).version(Bytes(text.utf8)))
}

private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

@Suite("next versions")
struct NextVersionTests {
  /// What is asked, as a line: `branch` as `@NAME`, a forced step as `--STEP`, a label as `+LABEL`, what
  /// the commits want as a bare word, candidates as `~VERSION`.
  private static func next(
    _ asked: String, tagged: String, allowShort: Bool = true
  ) throws -> String {
    var aim = VersionAim()
    var candidates: [Version] = []
    for word in words(asked) {
      let rest = String(word.dropFirst())
      switch word.first {
      case "@":
        aim.line = VersionLine(
          branch: RefName("refs/heads/\(rest)"), prefix: [UInt8(ascii: "v")])
      case "-": aim.step = VersionStep(rawValue: String(rest.dropFirst()))
      case "+": aim.label = Bytes(rest.utf8)
      case "~": candidates.append(try version(rest))
      default: aim.change = try #require(VersionStep(rawValue: word))
      }
    }
    let scheme = VersionScheme.semantic(allowShort: allowShort)
    let all = try words(tagged).map(version)
    do { return try scheme.next(aim, tagged: all, candidates: candidates).description } catch {
      return error.words
    }
  }

  @Test("semantic versions", arguments: table)
  func semantic(_ tagged: String, _ asked: String, _ wanted: String) throws {
    #expect(try Self.next(asked, tagged: tagged) == wanted)
  }

  static let table: [(tagged: String, asked: String, wanted: String)] = [
    // By what the commits want.
    ("1.3.0", "patch", "1.3.1"),
    ("1.3.0", "minor", "1.4.0"),
    ("1.3.4", "major", "2.0.0"),
    ("1.3.9", "patch", "1.3.10"),
    ("1.9.0 1.10.0", "minor", "1.11.0"),
    // By what somebody asks for.
    ("1.3.0", "patch --major", "2.0.0"),
    ("1.3.0", "major --patch", "1.3.1"),
    ("1.3.7", "--minor", "1.4.0"),
    // The first one.
    ("", "patch", "0.1.0"),
    ("", "major", "0.1.0"),
    ("", "--patch", "0.0.1"),
    ("", "--major", "1.0.0"),
    ("", "+rc", "0.1.0-rc.1"),
    // semver.org, 4: major version zero.
    ("0.3.1", "patch", "0.3.2"),
    ("0.3.1", "minor", "0.4.0"),
    ("0.3.1", "major", "0.4.0"),
    ("0.3.1", "patch --major", "1.0.0"),
    // Pre-releases, and the release behind them.
    ("1.3.0", "minor +rc", "1.4.0-rc.1"),
    ("1.3.0 1.4.0-rc.1", "minor +rc ~1.4.0-rc.1", "1.4.0-rc.2"),
    ("1.3.0 1.4.0-rc.9", "minor +rc ~1.4.0-rc.9", "1.4.0-rc.10"),
    ("1.3.0 1.4.0-rc.2", "patch ~1.4.0-rc.2", "1.4.0"),
    ("1.3.0 1.4.0-rc.2", "patch +rc ~1.4.0-rc.2", "1.4.0-rc.3"),
    ("1.3.0 1.4.0-rc.2", "major ~1.4.0-rc.2", "2.0.0"),
    ("1.3.0 1.4.0-beta.3", "minor +rc ~1.4.0-beta.3", "1.4.0-rc.1"),
    ("1.3.0 1.4.0-pre.beta.3", "minor +pre.beta", "1.4.0-pre.beta.4"),
    ("1.3.0 1.4.0-alpha.1+b7", "minor +alpha", "1.4.0-alpha.2"),
    // A pre-release of something else that is not in this history announces nothing.
    ("1.3.0 2.0.0-rc.1", "patch", "1.3.1"),
    ("1.3.0 2.0.0-rc.1", "patch ~2.0.0-rc.1", "2.0.0"),
    ("1.3.0 1.4.0-rc.2", "--patch ~1.4.0-rc.2", "1.3.1"),
    ("1.0.0-rc.1", "patch ~1.0.0-rc.1", "1.0.0"),
    // git's own way to write them, and what it leads to.
    ("2.49.0 2.50.0-rc0", "minor +rc", "2.50.0-rc1"),
    (
      "2.49.0 2.50.0-rc9", "minor +rc",
      "rc10 would rank below 2.50.0-rc9, because `rc` and number are one word there"
    ),
    (
      "1.3.0 1.4.0-rc.1", "minor +beta",
      "a pre-release beta.1 would rank below 1.4.0-rc.1, which is tagged"
    ),
    // Labels that are none.
    ("1.3.0", "+rc.1", "the label `rc.1` has a number of its own, which is counted by itself"),
    ("1.3.0", "+007", "the label `007` has a number of its own, which is counted by itself"),
    (
      "1.3.0", "+a_b", "`a_b` is no label: one has letters, digits and dashes, with dots between"
    ),
    ("1.3.0", "+a..b", "`a..b` is no label: one has letters, digits and dashes, with dots between"),
    ("1.3.0", "+", "`` is no label: one has letters, digits and dashes, with dots between"),
    // Build metadata does not rank, and does not go on.
    ("1.3.0+build.7", "patch", "1.3.1"),
    ("1.3.0 1.3.0+other", "minor", "1.4.0"),
    // Numbers of any size.
    ("1.18446744073709551615.0", "minor", "1.18446744073709551616.0"),
    ("99999999999999999999.0.0", "major", "100000000000000000000.0.0"),
    ("1.0.9223372036854775807", "patch", "1.0.9223372036854775808"),
    // Two parts, where those before have two.
    ("1.3 1.4", "minor", "1.5"),
    ("1.4", "patch", "1.4.1"),
    ("1.4 1.4.1", "minor", "1.5"),
    ("1.4", "major", "2.0"),
    ("1.4", "minor +rc", "1.5-rc.1"),
    ("1.4 1.5-rc.1", "minor +rc", "1.5-rc.2"),
    ("1.4 1.5.0", "minor", "1.6.0"),
    // Lines.
    ("1.4.0 1.4.1 2.0.0", "minor @release/1.4", "1.4.2"),
    ("1.4.0 2.0.0", "major @release/1.4", "1.4.1"),
    ("1.3.0", "minor @release/1.4", "1.4.0"),
    ("1.3", "minor @release/1.4", "1.4"),
    ("1.3.0", "minor @release/1.4 +rc", "1.4.0-rc.1"),
    ("1.4.0 1.4.1-rc.1 2.0.0", "patch @release/v1.4 +rc", "1.4.1-rc.2"),
    ("1.4.0 2.0.0", "major @support/1.x", "1.5.0"),
    ("1.4.0 2.0.0", "patch @1.x", "1.4.1"),
    ("2.0.0", "patch @support/1.x", "1.0.0"),
    ("1.3.0", "patch @release/1.4.0", "1.4.0"),
    ("1.3.0 1.4.0-rc.1", "patch @hotfix/1.4.0 +rc", "1.4.0-rc.2"),
    ("1.4.0", "patch @release/1.4.0", "release/1.4.0 is for 1.4.0, and that is tagged"),
    (
      "1.4.0", "--minor @release/1.4",
      "release/1.4 is for 1.4.x, and a minor step leads out of that"
    ),
    ("1.4.0", "--major @1.x", "1.x is for 1.x, and a major step leads out of that"),
    ("1.4.0", "--patch @release/1.4", "1.4.1"),
    // What another line has is above what this branch would be.
    ("1.3.0 1.4.0", "patch", "1.4.1"),
  ]

  @Test("three parts where two are not allowed")
  func long() throws {
    #expect(try Self.next("minor", tagged: "1.3.0", allowShort: false) == "1.4.0")
  }

  @Test("a number that makes the name too long")
  func tooLong() throws {
    let nines = String(repeating: "9", count: Version.maximumLength - 4)
    #expect(
      try Self.next("major", tagged: "\(nines).0.0")
        == "the next version would have \(Version.maximumLength + 1) bytes, and a name has at most \(Version.maximumLength)"
    )
  }

  @Test(
    "branches that are a line, and others",
    arguments: [
      ("release/1.4", "1.4"), ("release-1.4", "1.4"), ("release/v1.4", "1.4"),
      ("releases/1.4.x", "1.4"), ("maint/2.x", "2"), ("1.4", "1.4"), ("v1.4.2", "1.4.2"),
      ("hotfix/1.4.2", "1.4.2"), ("1.x", "1"), ("main", nil), ("release/2026", nil),
      ("feature/1.4", nil), ("release/1.04", nil), ("release/1.4-beta", nil), ("release/", nil),
      ("hotfix/SHOP-12", nil), ("release/1.2.3.4", nil), ("1.2.3.x", nil), ("x", nil), (".x", nil),
      ("release/1..4", nil),
    ])
  func lines(_ branch: String, _ wanted: String?) {
    let line = VersionLine(branch: RefName("refs/heads/\(branch)"), prefix: [UInt8(ascii: "v")])
    #expect(line?.numbers.map(\.digits.printable).joined(separator: ".") == wanted)
  }

  @Test("a tag is no line")
  func tag() {
    #expect(VersionLine(branch: RefName("refs/tags/1.4"), prefix: []) == nil)
  }

  @Test("calendar versions", arguments: calendars)
  func calendar(
    _ format: String, _ tagged: String, _ day: String, _ step: VersionStep?, _ wanted: String
  ) throws {
    let format = try CalVerFormat(format)
    let scheme = VersionScheme.calendar(format)
    let instant = try #require(Instant(utcText: Bytes("\(day)T12:00:00Z".utf8)))
    let all = try words(tagged).map { try #require(scheme.version(Bytes($0.utf8))) }
    var found: String
    do {
      found = try scheme.next(VersionAim(step: step, at: instant), tagged: all).description
    } catch { found = error.words }
    #expect(found == wanted)
  }

  static let calendars: [(String, String, String, VersionStep?, String)] = [
    ("YYYY.0M.MICRO", "", "2026-11-25", nil, "2026.11.0"),
    ("YYYY.0M.MICRO", "2026.11.0", "2026-11-25", nil, "2026.11.1"),
    ("YYYY.0M.MICRO", "2026.11.9 2026.11.10", "2026-11-25", nil, "2026.11.11"),
    ("YYYY.0M.MICRO", "2026.10.3", "2026-11-25", nil, "2026.11.0"),
    ("YYYY.0M.MICRO", "2025.12.3", "2026-01-01", nil, "2026.01.0"),
    ("YYYY.0M.MICRO", "2026.10.3", "2026-11-25", .patch, "2026.11.0"),
    ("YYYY.0M.MICRO", "2026.11.3", "2026-11-25", .patch, "2026.11.4"),
    ("YYYY.0M.MICRO", "2026.11.3", "2026-11-25", .minor, "the format YYYY.0M.MICRO has no MINOR"),
    (
      "YYYY.0M.MICRO", "2027.01.0", "2026-11-25", nil,
      "2027.01.0 is tagged, which is ahead of today"
    ),
    (
      "YYYY.MM.DD", "2026.11.25", "2026-11-25", nil,
      "2026.11.25 is tagged, and the format YYYY.MM.DD has no number for a second one of its date"
    ),
    ("YYYY.MM.DD", "2026.11.24", "2026-11-25", nil, "2026.11.25"),
    ("YY.MINOR.MICRO", "26.1.2", "2026-11-25", nil, "26.1.3"),
    ("YY.MINOR.MICRO", "26.1.2", "2026-11-25", .minor, "26.2.0"),
    ("YY.MINOR.MICRO", "26.1.2", "2027-02-01", .minor, "27.0.0"),
    ("MAJOR.YYYY.MICRO", "3.2026.4", "2027-02-01", nil, "3.2027.0"),
    ("MAJOR.YYYY.MICRO", "3.2026.4", "2026-02-01", .major, "4.2026.0"),
    ("YYYY-0W", "2026-01", "2026-12-31", nil, "2026-53"),
    ("YYYY-0W", "2026-53", "2027-01-01", nil, "2027-01"),
    ("0Y.0M_MICRO", "", "2009-03-01", nil, "09.03_0"),
    ("YY.MM", "", "2106-03-01", nil, "106.3"),
    (
      "YYYY.MICRO", "2026.18446744073709551615", "2026-03-01", nil, "2026.18446744073709551616"
    ),
  ]

  @Test("calendar versions have no pre-releases")
  func calendarLabel() throws {
    let scheme = VersionScheme.calendar(try CalVerFormat("YYYY.MICRO"))
    #expect(
      throws: VersionFault.self,
      performing: { try scheme.next(VersionAim(label: Bytes("rc".utf8)), tagged: []) })
  }

  @Test("every next version ranks above all of its line")
  func ranks() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      let tagged = try (0..<Int.random(in: 1...6, using: &generator)).map { _ in
        let numbers = (0..<3).map { _ in String(Int.random(in: 0...3, using: &generator)) }
        let end = ["", "", "-rc.1", "-rc.2"].randomElement(using: &generator) ?? ""
        return try version(numbers.joined(separator: ".") + end)
      }
      let last = tagged.filter { !$0.isPrerelease }.max()
      let change = VersionStep.allCases.randomElement(using: &generator) ?? .patch
      let next = try VersionScheme.semantic(allowShort: false).next(
        VersionAim(change: change), tagged: tagged,
        candidates: tagged.filter { one in one.isPrerelease && (last.map { $0 < one } ?? true) })
      #expect(tagged.allSatisfy { $0 < next }, "\(tagged) \(next)")
    }
  }
}
