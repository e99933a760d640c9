import GitrelTestSupport
import Policy
import Testing

@testable import Engine

@Suite("running policy tests")
struct PolicyTestRunTests {
  @Test("the packs do what their tests say, and every rule of theirs is shown to refuse")
  func packs() throws {
    var folder = #filePath[...]
    while let slash = folder.lastIndex(of: "/"), !folder.hasSuffix("/Tests") {
      folder = folder[..<slash]
    }
    let report = try PolicyTestRun.report(of: ["\(folder.dropLast("Tests".count))policies/tests"])
    #expect(Set(report.cases.map(\.file)).count == 4)
    for failure in report.failures {
      Issue.record("\(failure.place) \(failure.name): \(failure.mismatches)")
    }
  }

  private static let policy = """
    version: 1
    people: {alice: {emails: [alice@example.com]}}
    rulesets: [{name: production, refs: [main], rules: {no-delete: , approvals: }}]

    """

  private static let test = """
    given: {at: 2026-11-19T10:00Z, refs: {main: [base]}}
    cases: [{name: stays, push: {main: delete}, expect: {refused-by: no-delete}}]

    """

  @Test("the usual policy is that of the nearest folder above, whatever the working directory")
  func usual() throws {
    let folder = try TemporaryDirectory("gitrel-policy-tests")
    try write(Self.policy, to: folder.file(".gitrel/policy.yml"))
    try write(Self.test, to: folder.file(".gitrel/tests/deep/one.yaml"))
    try write("policy: ../.gitrel/policy.yml\n" + Self.test, to: folder.file("other/two.yml"))
    try write("no test\n", to: folder.file("other/README.md"))
    let report = try PolicyTestRun.report(of: [folder.file(".gitrel/tests"), folder.file("other")])
    #expect(report.cases.map(\.holds) == [true, true])
    #expect(report.untested.map(\.rule) == ["approvals"])
  }

  @Test("holidays are named from the top of the tree, wherever tests are run from")
  func holidays() throws {
    let folder = try TemporaryDirectory("gitrel-policy-tests")
    try write(
      """
      version: 1
      calendars:
        office: {timezone: UTC, allow: [{days: daily, hours: "00:00-24:00"}], holidays: [days.ics]}
      rulesets: [{name: production, refs: [main], rules: {window: {calendar: office}}}]

      """, to: folder.file(".gitrel/policy.yml"))
    try write(
      "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20261119\r\nSUMMARY:Founders\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
      to: folder.file("days.ics"))
    func told(_ own: String) throws(EngineFault) -> [Bool] {
      try? write(
        own + "given: {refs: {main: [base]}, push: {main: [x]}}\ncases:\n"
          + "  - {name: a, at: 2026-11-19T10:00Z, expect: {refused-by: window, says: Founders}}\n"
          + "  - {name: b, at: 2026-11-20T10:00Z, expect: accepted}\n",
        to: folder.file(".gitrel/tests/one.yml"))
      return try PolicyTestRun.report(of: [folder.file(".gitrel/tests")]).cases.map(\.holds)
    }
    #expect(try told("") == [true, true])
    let mine = "allow: [{days: daily, hours: \"00:00-24:00\"}], holidays: [days.ics]"
    #expect(try told("calendars: {office: {timezone: Asia/Tokyo, \(mine)}}\n") == [true, true])
    do throws(EngineFault) {
      _ = try told("calendars: {office: {timezone: UTC, holidays: [gone.ics]}}\n")
      Issue.record("it is run")
    } catch {
      #expect(
        error.message.hasSuffix(
          "one.yml:1:48: the file `gone.ics` is no file that can be read; policies are named as seen from this file, as ../policy.yml, and files of calendars from the top of the tree"
        ), "\(error.message)")
    }
  }

  @Test("a file that is named twice is run once")
  func twice() throws {
    let folder = try TemporaryDirectory("gitrel-policy-tests")
    try write(Self.policy, to: folder.file("policy.yml"))
    try write("policy: policy.yml\n" + Self.test, to: folder.file("one.yml"))
    let file = folder.file("one.yml")
    #expect(try PolicyTestRun.report(of: [file, file]).cases.count == 1)
  }

  @Test("what there is none of, or cannot be read", arguments: faults)
  func faulty(_ text: String, _ expected: String) throws {
    let folder = try TemporaryDirectory("gitrel-policy-tests")
    try write(text, to: folder.file("one.yml"))
    do throws(EngineFault) {
      _ = try PolicyTestRun.report(of: [folder.file("one.yml")])
      Issue.record("it is run")
    } catch {
      #expect(error.message.contains(expected), "\(error.message)")
    }
  }

  static let faults = [
    ("", "one.yml:1:1: the file is empty"),
    ("cases: [{name: x}]\n", "no folder above has .gitrel/policy.yml"),
    ("policy: pack:trnk\ncases: [{name: x}]\n", "pack:trnk is no pack; did you mean `pack:trunk`?"),
    (
      "policy: gone.yml\ncases: [{name: x}]\n",
      "one.yml:1:9: `policy`: gone.yml is no file that can be read"
    ),
    (
      "policy: pack:trunk\nroles: {reviewers: [nobody]}\n" + test,
      "one.yml:2:21: there is no person `nobody`"
    ),
  ]

  @Test("a file that cannot be read says why")
  func unreadable() throws {
    let folder = try TemporaryDirectory("gitrel-policy-tests")
    try write(String(repeating: "#", count: 1 << 20) + "\n", to: folder.file("large.yml"))
    #expect(
      throws: EngineFault(
        "the tests cannot be read\n  \(folder.file("large.yml")) cannot be read: it has 1048577 bytes, and 1048576 at most are read"
      )
    ) {
      try PolicyTestRun.report(of: [folder.file("large.yml")])
    }
    #expect(FileBytes.fault(of: folder.file("nowhere"), limit: 1) == "no such file or directory")
    #expect(FileBytes.fault(of: folder.path, limit: 1) == "it is no plain file")
  }

  @Test("a folder without tests, and a path without anything")
  func empty() throws {
    let folder = try TemporaryDirectory("gitrel-policy-tests")
    for path in [folder.path, folder.file("gone")] {
      #expect(throws: EngineFault.self) { try PolicyTestRun.report(of: [path]) }
    }
  }
}
