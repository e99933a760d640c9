import GitModel
import Testing

@Suite("Versions")
struct VersionTests {
  @Test("precedence as semver.org 2.0.0 section 11 lists it")
  func precedence() throws {
    let rising = [
      "0.0.0", "0.0.1", "0.9.9", "1.0.0-0", "1.0.0-1", "1.0.0-9", "1.0.0-10",
      "1.0.0-99999999999999999999999", "1.0.0--1", "1.0.0-A", "1.0.0-alpha", "1.0.0-alpha.1",
      "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
      "1.0.1", "1.2.0", "1.10.0", "2.0.0", "9.0.0", "18446744073709551615.0.0",
      "18446744073709551616.0.0", "99999999999999999999999999.0.0",
    ]
    let versions = try rising.map { try #require(semantic($0), "\($0)") }
    for (low, one) in versions.enumerated() {
      for (high, other) in versions.enumerated() {
        #expect((one < other) == (low < high), "\(one) < \(other)")
        #expect(one.hasSameRank(as: other) == (low == high))
      }
    }
  }

  @Test(
    "not semantic versions",
    arguments: [
      "", "1", "1.2", "1.2.3.4", "v1.2.3", "1.2.x", "01.2.3", "1.02.3", "1.2.03", "1.2.3-01",
      "1.2.3-", "1.2.3+", "1.2.3-a..b", "1.2.3-a.", "1.2.3+a..b", "1.2.3+a+b", "1.2.3-a_b",
      "-1.2.3",
      "+1.2.3", "1.2.3 ", " 1.2.3", "1.2.3\n", "1..3", "1.2.", ".1.2", "1.2.3-\u{E9}", "１.2.3",
      "1.2.3-" + String(repeating: "a", count: 200),
    ])
  func notSemantic(_ text: String) { #expect(semantic(text) == nil) }

  @Test("parts of a semantic version")
  func parts() throws {
    let version = try #require(semantic("1.20.3-0a.-01.7-x+001.sha-5"))
    #expect(version.numbers.map(\.value) == [1, 20, 3])
    #expect(version.prerelease.map(\.printable) == ["0a", "-01", "7-x"])
    #expect(version.build.map(\.printable) == ["001", "sha-5"])
    #expect(version.isPrerelease)
    #expect(version.description == "1.20.3-0a.-01.7-x+001.sha-5")
    #expect(semantic("1.0.0+a-b")?.isPrerelease == false)
  }

  @Test("build metadata and short spelling do not rank")
  func sameRank() throws {
    let plain = try #require(semantic("1.4.0"))
    for text in ["1.4.0+a", "1.4.0+b.1", "1.4"] {
      let other = try #require(Version(semantic: Bytes(text.utf8), allowShort: true))
      #expect(other.hasSameRank(as: plain))
      #expect(!(other < plain) && !(plain < other))
      #expect(other != plain)
    }
    let short = try #require(Version(semantic: Bytes("1.4-rc.1".utf8), allowShort: true))
    #expect(short < plain)
    #expect(short.description == "1.4-rc.1")
    #expect(Version(semantic: Bytes("1".utf8), allowShort: true) == nil)
  }

  @Test("a scheme takes off the prefix of a tag")
  func prefix() {
    let scheme = VersionScheme.semantic(allowShort: true)
    #expect(scheme.version(Bytes("v1.4".utf8), prefix: Bytes("v".utf8))?.description == "1.4")
    #expect(scheme.version(Bytes("1.4".utf8), prefix: Bytes("v".utf8)) == nil)
    #expect(scheme.version(Bytes("vv1.4".utf8), prefix: Bytes("v".utf8)) == nil)
    #expect(scheme.version(RefName("refs/tags/v1.4").shortBytes, prefix: Bytes("v".utf8)) != nil)
  }

  @Test(
    "calendar versions",
    arguments: [
      ("YYYY.0M.MICRO", "2024.02.0", true), ("YYYY.0M.MICRO", "2024.2.0", false),
      ("YYYY.0M.MICRO", "2024.13.0", false), ("YYYY.0M.MICRO", "2024.00.0", false),
      ("YYYY.0M.MICRO", "24.02.0", false), ("YYYY.0M.MICRO", "2024.02", false),
      ("YYYY.0M.MICRO", "2024.02.00", false), ("YYYY.0M.MICRO", "2024-02-0", false),
      ("YYYY.0M.MICRO", "2024.02.1.1", false), ("YYYY.0M.MICRO", "2024.002.1", false),
      ("YYYY.MM", "2024.2", true), ("YYYY.MM", "2024.02", false), ("YY.0W", "6.53", true),
      ("YY.0W", "06.53", false), ("YY.0W", "6.54", false), ("0Y.0M", "06.01", true),
      ("0Y.0M", "6.01", false), ("0Y.0M", "106.01", true), ("0Y.0M", "006.01", false),
      ("YYYY-0M-0D", "2024-02-30", true), ("YYYY-0M-0D", "2024-02-32", false),
      ("YYYY_DD", "2024_9", true), ("YYYY.MINOR", "2024.99999999999999999999999", true),
      ("YYYY.MINOR", "2024.-1", false), ("YYYY.MINOR", "2024.", false), ("YYYY.MINOR", "", false),
    ])
  func calendar(_ format: String, _ text: String, isVersion: Bool) throws {
    let format = try CalVerFormat(format)
    #expect((format.version(Bytes(text.utf8)) != nil) == isVersion)
  }

  @Test("calendar versions compare number by number")
  func calendarOrder() throws {
    let scheme = VersionScheme.calendar(try CalVerFormat("YY.MM.MICRO"))
    let rising = ["9.12.0", "24.1.0", "24.2.9", "24.2.10", "24.12.0", "25.1.0", "106.1.0"]
    let versions = try rising.map { try #require(scheme.version(Bytes($0.utf8))) }
    #expect(zip(versions, versions.dropFirst()).allSatisfy { $0 < $1 })
  }

  @Test(
    "formats that are none",
    arguments: [
      ("", "has ``, which is none of YYYY YY 0Y MM 0M WW 0W DD 0D MAJOR MINOR MICRO"),
      ("YYYY..MM", "has ``, which is none of YYYY YY 0Y MM 0M WW 0W DD 0D MAJOR MINOR MICRO"),
      ("yyyy", "has `yyyy`, which is none of YYYY YY 0Y MM 0M WW 0W DD 0D MAJOR MINOR MICRO"),
      ("YYYY.MM.MM", "has `MM` twice"), ("MAJOR.MINOR", "has no year"),
    ])
  func badFormat(_ text: String, _ words: String) {
    let fault = #expect(throws: CalVerFormat.Fault.self) { try CalVerFormat(text) }
    #expect(fault?.words == words)
  }
}

private func semantic(_ text: String) -> Version? { Version(semantic: Bytes(text.utf8)) }
