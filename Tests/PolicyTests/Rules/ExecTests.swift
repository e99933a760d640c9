import GitModel
import Policy
import Testing

@Suite("exec")
struct ExecTests {
  static let one: Setting = ["licences": ["command": ["/usr/local/libexec/licences", "--strict"]]]
  static let two: Setting = [
    "licences": ["command": ["/bin/licences"]], "owners": ["command": "/bin/owners"],
  ]

  func told(_ settings: Setting, _ answers: [String: Fact<ProgramAnswer>]) -> String {
    rule(Exec.self, settings).judge(
      matter {
        $0.newCommits = .known([commit(1, "Add\n")])
        $0.programs = answers
      }
    ).told
  }

  @Test("one program speaks for itself", arguments: answers)
  func one(_ answer: Fact<ProgramAnswer>, _ told: String) {
    #expect(self.told(Self.one, ["licences": answer]) == told)
  }

  static let answers: [(Fact<ProgramAnswer>, String)] = [
    (
      .known(ProgramAnswer(.satisfied, "all 12 files have a licence")),
      "satisfied: licences: all 12 files have a licence"
    ),
    (
      .known(
        ProgramAnswer(
          .violated, "1 file has no licence",
          findings: [Finding("src/a.c", "no SPDX line")], fixes: ["add one"])),
      """
      violated: licences: 1 file has no licence
      - src/a.c: no SPDX line
      fix: add one
      """
    ),
    (
      .known(ProgramAnswer(.notApplicable, "no source file changes")),
      "notApplicable: licences: no source file changes"
    ),
    (
      .known(ProgramAnswer(.indeterminate, "the licence server is down")),
      "indeterminate: licences: the licence server is down"
    ),
    (
      .unknown("it ended with the status 3\ncannot open x\nand 4 lines more"),
      """
      indeterminate: licences: it ended with the status 3
      - stderr: cannot open x
      - stderr: and 4 lines more
      """
    ),
    (
      .notGathered,
      "indeterminate: licences: a fact that this rule needs was not gathered; this is a fault in gitrel"
    ),
  ]

  @Test("of several the gravest speaks")
  func several() {
    let good = ProgramAnswer(.satisfied, "fine")
    let bad = ProgramAnswer(.violated, "bad", findings: [Finding("x", "y")])
    #expect(
      told(Self.two, ["licences": .known(good), "owners": .known(good)])
        == "satisfied: licences: fine; owners: fine")
    #expect(
      told(Self.two, ["licences": .known(good), "owners": .known(bad)])
        == "violated: owners: bad\n- owners: x: y")
    #expect(
      told(Self.two, ["licences": .unknown("it is late"), "owners": .known(bad)])
        == "violated: licences: it is late; owners: bad\n- owners: x: y")
    #expect(
      told(Self.two, ["licences": .unknown("it is late"), "owners": .known(good)])
        == "indeterminate: licences: it is late")
    let none = ProgramAnswer(.notApplicable, "nothing")
    #expect(
      told(Self.two, ["licences": .known(none), "owners": .known(good)])
        == "satisfied: owners: fine")
    // One that was not asked is not silently left out.
    #expect(told(Self.two, ["licences": .known(good)]).hasPrefix("indeterminate: owners: a fact"))
  }

  @Test("calls as stated")
  func calls() {
    #expect(
      rule(Exec.self, Self.one).programs == [
        ProgramCall(
          name: "licences", command: ["/usr/local/libexec/licences", "--strict"], timeout: 10,
          memory: 256_000_000, output: 64_000)
      ])
    let all = rule(
      Exec.self,
      .map([
        (
          "x",
          .map([
            ("command", "/x"), ("timeout", 3), ("memory", .plain("1GB")),
            ("output", .plain("1MiB")),
          ])
        )
      ]))
    #expect(
      all.programs == [
        ProgramCall(
          name: "x", command: ["/x"], timeout: 3, memory: 1_000_000_000, output: 1 << 20)
      ])
    #expect(all.needs.programs == all.programs)
  }

  @Test("settings", arguments: settings)
  func problems(_ settings: Setting, _ problems: [String]) {
    #expect(read(Exec.self, settings).problems == problems)
  }

  static let settings: [(Setting, [String])] = [
    (
      .absent,
      [
        "`exec` names no program; write `exec: {licences: {command: [/usr/local/libexec/licences]}}`"
      ]
    ),
    (
      ["x": ["command": "licences"]],
      ["`licences` is no absolute path; no shell looks for it; write where it lies on the server"]
    ),
    (["x": ["command": []]], ["`command` is empty"]),
    (
      ["x": .absent],
      ["`x` has no `command`; write `command: [/usr/local/libexec/x]`"]
    ),
    (
      ["A b": ["command": "/x"]],
      [
        "`A b` is no name for a program; small ASCII letters, digits and dashes, 32 at most"
      ]
    ),
    (
      ["x": ["command": "/x", "timeout": 60]],
      ["`timeout` takes a number from 1 to 20, not 60"]
    ),
    (
      ["x": ["command": "/x", "shell": true]],
      ["`x` knows no key `shell`; it knows command, memory, output, timeout"]
    ),
  ]
}
