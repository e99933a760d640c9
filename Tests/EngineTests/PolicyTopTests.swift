import GitModel
import GitStore
import GitrelTestSupport
import Policy
import PolicyFile
import Schedule
import Testing

@testable import Engine

/// All that a policy in a file names is found from one folder.
@Suite("where the paths of a policy in a file start")
struct PolicyTopTests {
  private static let holidays = """
    BEGIN:VCALENDAR
    BEGIN:VEVENT
    SUMMARY:Christmas
    DTSTART;VALUE=DATE:20261225
    END:VEVENT
    END:VCALENDAR

    """

  @Test(
    arguments: [
      (".gitrel/policy.yml", ".gitrel/days.ics", "days.ics"),
      ("a/b/.gitrel/policy.yml", "a/b/days.ics", "days.ics"),
      ("conf/policy.yml", "conf/days.ics", "days.ics"),
      // In a working tree the paths are those that they have in the tree.
      ("tree/.gitrel/policy.yml", "tree/conf/days.ics", "conf/days.ics"),
      ("tree/conf/policy.yml", "tree/conf/days.ics", "conf/days.ics"),
      ("tree/a/.gitrel/policy.yml", "tree/a/days.ics", "a/days.ics"),
    ])
  func alike(_ policy: String, _ file: String, _ named: String) throws {
    // `.gitrel/days.ics` beside the policy is named from the folder that holds `.gitrel`.
    let path = policy.hasPrefix(".gitrel/") ? ".gitrel/\(named)" : named
    let folder = try TemporaryDirectory()
    try write("", to: folder.file("tree/.git/x"))
    try write(Self.holidays, to: folder.file(file))
    try write(
      """
      version: 1
      extends: [base.yml]
      calendars: {office: {timezone: UTC, holidays: [\(path)]}}

      """, to: folder.file(policy))
    let own = policy.split(separator: "/").dropLast().joined(separator: "/")
    try write(
      """
      version: 1
      rulesets: [{name: production, refs: [main], rules: {window: {calendar: office}}}]

      """, to: folder.file("\(own)/base.yml"))
    let repo = try TestRepository { git in git.commit("base", files: ["README": "x"]) }
    let repository = try Repository.open(at: repo.path)
    let loaded = try TrustedPolicy.named(folder.file(policy), in: repository)
    #expect(
      loaded.document.calendars["office"]?.holidays.first?.events.map(\.summary) == ["Christmas"])
    let trusted = TrustedFiles(
      repository: repository, source: .file(folder.file(policy)), trusted: nil)
    #expect(try trusted.bytes(at: path, limit: 1000, "the file") == Bytes(Self.holidays.utf8))
    #expect(try trusted.bytes(at: "nowhere.ics", limit: 1000, "the file") == nil)
  }

  @Test("messages name files as the policy was named")
  func prefixes() throws {
    let folder = try TemporaryDirectory()
    for name in ["a/.gitrel/policy.yml", "a/policy.yml"] {
      try write("version: 1\nextends: [base.yml]\n", to: folder.file(name))
      let text = String(decoding: contents(of: folder.file(name)) ?? [], as: UTF8.self)
      let expected = folder.file(name.replacing("policy.yml", with: "base.yml"))
      try write("version: 1\nnonsense: 1\n", to: expected)
      let fault = #expect(throws: EngineFault.self) {
        try TrustedPolicy.read(
          Bytes(text.utf8), file: name, label: name, source: .file(folder.file(name)),
          place: .folder(ofPolicy: folder.file(name)))
      }
      #expect(fault?.message.contains(expected) == true, "\(fault?.message ?? "")")
    }
  }
}
