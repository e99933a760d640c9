import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Policy
import Testing

@testable import Engine

/// Programs of the rule `exec`, from well-behaved to hostile.
@Suite struct ProgramRunTests {
  let folder: TemporaryDirectory

  init() throws { folder = try TemporaryDirectory() }

  private func call(
    _ script: String, timeout: Int = 10, memory: Int = 256_000_000, output: Int = 64_000
  ) -> ProgramCall {
    ProgramCall(
      name: "x", command: ["/bin/sh", "-c", script], timeout: timeout, memory: memory,
      output: output)
  }

  private func told(_ call: ProgramCall, input: Bytes = Bytes("{}\n".utf8)) -> String {
    let run = ProgramRun(
      call: call, gitDirectory: folder.path, objectsDirectory: folder.path + "/objects",
      quarantine: nil)
    switch run.answer(to: input) {
    case .known(let answer): return "\(answer.outcome.rawValue): \(answer.summary)"
    case .unknown(let why): return why
    case .notGathered: return "not gathered"
    }
  }

  private func said(_ summary: String) -> String {
    #"printf '{"version":1,"verdict":"satisfied","summary":"%s"}' "\#(summary)""#
  }

  @Test("an answer")
  func answer() {
    #expect(told(call(said("fine"))) == "satisfied: fine")
    #expect(told(call("cat >/dev/null; " + said("read"))) == "satisfied: read")
    #expect(told(call(said("$(cat)")), input: Bytes("told".utf8)) == "satisfied: told")
    // What it writes to its standard error is its own affair when it answers.
    #expect(told(call("echo hm >&2; " + said("fine"))) == "satisfied: fine")
  }

  @Test("nothing of this process but what is documented reaches it")
  func environment() {
    let names =
      "$(env | cut -d= -f1 | sort | grep -v -x -e PWD -e SHLVL -e _ -e OLDPWD | tr '\\n' ' ')"
    #expect(told(call(said(names))) == "satisfied: GITREL_REPOSITORY GIT_DIR LANG PATH ")
    #expect(told(call(said("$(pwd)"))) == "satisfied: \(folder.path)")
    // Asked with what is built into the shell, which opens no file for it.
    let files =
      "n=; i=3; while [ $i -lt 200 ]; do [ -e /proc/$$/fd/$i ] && n=\"$n $i\"; i=$((i+1)); done; "
    #expect(told(call(files + said("open:$n"))) == "satisfied: open:")
    #expect(told(call(said("$(ulimit -c) $(ulimit -t)"), timeout: 7)) == "satisfied: 0 7")
    let run = ProgramRun(
      call: call(""), gitDirectory: "/srv/a.git", objectsDirectory: "/srv/a:b.git/objects",
      quarantine: "/srv/a.git/objects/incoming")
    #expect(
      run.environment.entries.map { String(decoding: $0, as: UTF8.self) } == [
        "GITREL_REPOSITORY=/srv/a.git",
        "GIT_ALTERNATE_OBJECT_DIRECTORIES=\"/srv/a:b.git/objects\"", "GIT_DIR=/srv/a.git",
        "GIT_OBJECT_DIRECTORY=/srv/a.git/objects/incoming",
        "GIT_QUARANTINE_PATH=/srv/a.git/objects/incoming", "LANG=C.UTF-8",
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      ])
  }

  @Test("each way not to answer has its own sentence", arguments: failures)
  func failure(_ script: String, _ told: String) {
    #expect(self.told(call(script, timeout: 2, output: 1000)) == told)
  }

  static let failures: [(String, String)] = [
    ("", "it answered nothing"),
    ("echo no", "it answered, and at 1:1 it is no JSON: a value was expected"),
    ("exit 3", "it ended with the status 3"),
    ("echo one >&2; echo two >&2; exit 3", "it ended with the status 3\none\ntwo"),
    (
      "for i in 1 2 3 4 5 6 7; do echo $i >&2; done; exit 1",
      "it ended with the status 1\n1\n2\n3\n4\n5\nand 2 lines more"
    ),
    ("printf '\\033[2J\\377' >&2; exit 1", "it ended with the status 1\n\\u{1b}[2J\\xff"),
    ("kill -SEGV $$", "it was ended by the signal 11 (it crashed)"),
    ("kill -KILL $$", "it was ended by the signal 9 (killed)"),
    ("sleep 60", "it did not answer within 2 s, and was killed"),
    ("exec >&-; sleep 60", "it did not answer within 2 s, and was killed"),
    ("trap '' TERM INT HUP; sleep 60", "it did not answer within 2 s, and was killed"),
    ("exec >&-; sleep 0.3; exit 4", "it ended with the status 4"),
    ("head -c 2000 /dev/zero", "it wrote more than 1000 bytes, and was killed"),
    ("yes", "it wrote more than 1000 bytes, and was killed"),
    (
      #"echo '{"version":1,"verdict":"satisfied","summary":"fine"}'; exit 1"#,
      "it ended with the status 1"
    ),
  ]

  @Test("processor time")
  func processor() {
    let words = told(call("while :; do :; done & while :; do :; done", timeout: 1))
    #expect(
      [
        "it did not answer within 1 s, and was killed", "it used more than 1 s of processor time",
      ].contains(words))
  }

  @Test("memory")
  func memory() {
    let script =
      "dd if=/dev/zero of=/dev/null bs=100M count=1 2>/dev/null || exit 9; " + said("much")
    #expect(told(call(script, memory: 20_000_000)) == "it ended with the status 9")
    #expect(told(call(script)) == "satisfied: much")
  }

  @Test("programs that are none")
  func none() throws {
    func told(_ path: String) -> String {
      self.told(ProgramCall(name: "x", command: [path], timeout: 1, memory: 1 << 28, output: 1000))
    }
    #expect(told("/nowhere/x") == "cannot start /nowhere/x: No such file or directory")
    #expect(told("/etc/passwd") == "cannot start /etc/passwd: Permission denied")
    #expect(told("/tmp") == "cannot start /tmp: Permission denied")
    try write("no program\n", to: folder.file("text"), mode: 0o755)
    #expect(told(folder.file("text")) == "cannot start \(folder.file("text")): Exec format error")
  }

  @Test("what it is told may be large, and need not be read")
  func large() {
    let much = Bytes(repeating: UInt8(ascii: "x"), count: 4 << 20)
    #expect(told(call(said("fine")), input: much) == "satisfied: fine")
    #expect(told(call(said("$(wc -c)")), input: much) == "satisfied: 4194304")
    #expect(told(call("exec <&-; sleep 0.2; " + said("fine")), input: much) == "satisfied: fine")
  }

  @Test("what it starts does not outlive it, and does not hold up the answer")
  func children() throws {
    let pid = folder.file("pid")
    #expect(told(call("sleep 60 & echo $! >\(pid); " + said("fine"))) == "satisfied: fine")
    #expect(
      told(call("sleep 60 & echo $! >\(pid)2; wait", timeout: 1)).hasPrefix("it did not answer"))
    // A session of its own, and a parent that has gone, are no way out either.
    let away = "setsid sh -c 'echo $$ >\(pid)3; exec sleep 60' >/dev/null 2>&1 &"
    #expect(told(call("(\(away)); sleep 0.3; " + said("fine"))) == "satisfied: fine")
    for file in [pid, pid + "2", pid + "3"] {
      let text = String(decoding: try #require(contents(of: file)), as: UTF8.self)
      let child = try #require(Int32(text.dropLast()))
      // It is gone, or waits as a zombie for who has inherited it; on a busy machine not at once.
      var state: String?
      for _ in 0..<100 {
        state = contents(of: "/proc/\(child)/stat").map { String(decoding: $0, as: UTF8.self) }
        if state == nil || state?.contains(") Z ") == true { break }
        usleep(100_000)
      }
      #expect(state == nil || state?.contains(") Z ") == true, "\(state ?? "")")
    }
  }

  @Test("the quarantine is seen through git")
  func quarantine() throws {
    let repo = try TestRepository(bare: true) { $0.commit("base", files: ["a": "b\n"]) }
    let incoming = repo.path + "/objects/incoming"
    mkdir(incoming, 0o755)
    let run = ProgramRun(
      call: call("git cat-file -e \(repo["base"].hex) && " + said("seen") + " || exit 1"),
      gitDirectory: repo.path, objectsDirectory: repo.path + "/objects", quarantine: incoming)
    guard case .known(let answer) = run.answer(to: []) else {
      Issue.record("\(run.answer(to: []))")
      return
    }
    #expect(answer.summary == "seen")
  }
}

/// docs/exec.md: its program is run on a push, its documents are what is really said.
@Suite struct ExecDocumentTests {
  private let blocks: [(language: String, text: String)]

  init() throws {
    let root = #filePath.split(separator: "/").dropLast(3).map { "/\($0)" }.joined()
    let text = String(decoding: try #require(contents(of: root + "/docs/exec.md")), as: UTF8.self)
    blocks = text.split(separator: "```", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { part in
        let lines = part.element.split(
          separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(lines[0]), String(lines.last ?? ""))
      }
  }

  private func block(_ language: String, _ number: Int = 0) throws -> String {
    let found = blocks.filter { $0.language == language }.map(\.text)
    try #require(number < found.count)
    return found[number]
  }

  @Test func theExampleRuns() throws {
    let folder = try TemporaryDirectory()
    let program = folder.file("licences")
    try write(try block("sh"), to: program, mode: 0o755)
    let policy =
      "version: 1\n" + (try block("yaml")).replacing("/usr/local/libexec/licences", with: program)
    let server = try Server(policy) { git in
      git.commit("bad", on: "bad", from: "base", files: ["hello.c": "int main() {}\n"])
      git.commit(
        "good", on: "good", from: "base",
        files: ["hello.c": "// SPDX-License-Identifier: MIT\nint main() {}\n"])
    }
    let bad = try server.judge(server.line("main", server.repo["bad"]))
    let blob = server.repo["bad:hello.c"]
    let verdict = try #require(bad.decision.updates.first?.judged.first?.verdict)
    #expect(verdict.outcome == .violated, "\(bad.words)")
    #expect(verdict.explanation.summary == "licences: new files without a licence")
    #expect(verdict.explanation.findings == [Finding(blob.hex, "its first line names no licence")])
    let good = try server.judge(server.line("main", server.repo["good"]))
    #expect(good.answer == .accepted, "\(good.words)")
    // In a clone it would be the repository that runs programs.
    let gate = try CloneGate(try Repository.open(at: server.repo.path), remote: nil)
    let update = RefUpdate(
      name: RefName("refs/heads/main"), old: server.main, new: server.repo["good"])
    func here(_ running: ProgramRunning) throws -> Verdict? {
      try gate.decision(on: [update], at: Instant(seconds: 0), pusher: nil, running: running)
        .updates.first?.judged.first?.verdict
    }
    #expect(
      try here(.refused)
        == .indeterminate(
          "licences: is run by the server only; gitrel check --run-programs runs it here"))
    #expect(try here(.allowed)?.outcome == .satisfied)
  }

  @Test("a ruleset whose conditions may spare another ref has its programs asked all the same")
  func conditions() throws {
    let server = try Server(
      #"""
      version: 1
      rulesets:
        - name: production
          refs: [main, "release/*"]
          except: {kind: [create]}
          rules:
            exec: {yes: {command: [/bin/echo, '{"version":1,"verdict":"satisfied","summary":"fine"}']}}

      """#
    ) { git in git.commit("next", on: "next", from: "base") }
    let outcome = try server.judge(server.line("main", server.repo["next"]))
    #expect(
      outcome.decision.updates.flatMap(\.judged).map(\.verdict.explanation.summary)
        == ["yes: fine"])
  }

  @Test func theDocumentsAreWhatIsSaid() throws {
    let answer = try ProgramAnswer(document: Bytes(block("json", 1).utf8), limit: 64_000)
    #expect(answer.outcome == .violated && answer.findings.count == 1 && answer.fixes.count == 1)
    let shown = try JSONValue(parsing: Bytes(block("json").utf8), limits: JSONLimits(bytes: 64_000))
    let nobody = Identity(
      name: Bytes("N".utf8), email: Bytes("e".utf8), seconds: 0, offsetMinutes: 0)
    let commit = Commit(
      id: .nowhere, tree: .nowhere, parents: [.nowhere], author: nobody, committer: nobody,
      message: [])
    var facts = Facts()
    facts.newCommits = .known([commit])
    facts.isFastForward = .known(true)
    facts.changes = .known([
      CommitChanges(
        commit: commit,
        changes: [
          Change(path: Bytes("p".utf8), kind: .added(Change.Entry(mode: 0o100644, id: .nowhere)))
        ])
    ])
    let matter = Matter(
      update: RefUpdate(name: RefName("refs/heads/main"), old: .nowhere, new: .nowhere),
      facts: facts,
      instant: Instant(seconds: 0))
    let said = try JSONValue(
      parsing: ProgramQuestion.document(
        on: matter, program: "x", ruleset: "r", policy: "p", time: Instant(seconds: 0)),
      limits: JSONLimits(bytes: 64_000))
    #expect(Self.shape(shown) == Self.shape(said))
    #expect(shown["version"] == .integer(1))
  }

  @Test func theProgramThatTellsAScopeRuns() throws {
    let folder = try TemporaryDirectory()
    let program = folder.file("scope")
    let answer = try block("json", 3)
    try write(answer, to: folder.file("1.4.json"))
    try write(
      try block("sh", 1).replacing("/srv/tracker", with: folder.path), to: program, mode: 0o755)
    let policy =
      "version: 1\n" + (try block("yaml", 1)).replacing("/usr/local/libexec/scope", with: program)
    let server = try Server(policy) { git in git.commit("SHOP-12 Price tiers", on: "main") }
    func told(_ name: String) throws -> String {
      let tag = "refs/tags/\(name)"
      try server.repo.git("tag", "-a", "-m", name, name, "main")
      let value = server.held(tag)
      try server.set(tag, .zero)
      let judged = try server.judge(server.line(tag, value)).decision.updates.flatMap(\.judged)
      let explanation = judged.first { $0.rule == TicketScope.id }?.verdict.explanation
      return
        ([explanation?.summary ?? "nothing"]
        + (explanation?.findings ?? []).map { "\($0.title): \($0.detail)" })
        .joined(separator: "\n").replacing(program, with: "PROGRAM")
    }
    #expect(
      try told("v1.4")
        == "1 ticket promised, and judged by 2 commits since the beginning; 1 commit without a ticket"
    )
    #expect(
      try told("v1.5").hasPrefix("PROGRAM: it ended with the status 1\nstderr: cat: "))
    try write(answer, to: folder.file("1.6.json"))
    #expect(
      try told("v1.6") == "PROGRAM: it answered for the release 1.4, and was asked for 1.6")
    #expect(try told("vx") == "`vx` is no version, and tickets are promised for versions")
    // The question is the one on the page.
    let version = try #require(TagVersions.standard.version(of: Bytes("v1.4".utf8)))
    let said = ScopeQuestion.document(
      of: version, RefName("refs/tags/v1.4"),
      at: Instant(utcText: Bytes("2026-11-19T10:05:00Z".utf8)))
    #expect(try Bytes(block("json", 2).utf8) == said)
    let scope = try ReleaseScope(answer: Bytes(answer.utf8), of: version)
    #expect(scope.tickets.map(\.status) == [Bytes("Done".utf8)])
  }

  /// The names of all members, with where they stand.
  private static func shape(_ value: JSONValue, at path: String = "") -> Set<String> {
    switch value {
    case .object(let members):
      return members.reduce(into: []) { names, member in
        let name = path + "." + String(decoding: member.name, as: UTF8.self)
        names.formUnion(shape(member.value, at: name).union([name]))
      }
    case .array(let elements):
      return elements.reduce(into: []) { $0.formUnion(shape($1, at: path + "[]")) }
    default: return []
    }
  }
}
