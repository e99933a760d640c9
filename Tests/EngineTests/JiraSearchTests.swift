import Foundation
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// A program of `Tests/` that answers as a Jira does, on a port of this machine.
private final class LocalJira {
  let url: String
  private let process = Process()
  private let input = Pipe()

  init(file: String = #filePath) throws {
    let folder = file.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
    let output = Pipe()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", folder + "/jira-server"]
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    url = "http://127.0.0.1:\(line.split(separator: "\n").first ?? "0")"
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }
}

@Suite struct JiraSearchTests {
  private static let environment = ProcessEnvironment(["PATH": "/usr/bin:/bin"])

  private func scope(
    _ url: String, _ version: String, token: String? = "good"
  ) throws -> ReleaseScope {
    let release = try #require(TagVersions.standard.version(of: Bytes("v1.4".utf8)))
    return try JiraSearch(
      url: url, token: token.map { Bytes($0.utf8) }, environment: Self.environment
    ).scope(project: "SHOP", version: version, of: release)
  }

  private func fault(_ url: String, _ version: String, token: String? = "good") -> String {
    do { return "\(try scope(url, version, token: token).tickets.count) tickets" } catch {
      guard let fault = error as? EngineFault else { return "\(error)" }
      return ([fault.message] + fault.hints).joined(separator: "; ")
        .replacing(url, with: "JIRA")
    }
  }

  @Test("the tickets of a version, page by page")
  func pages() throws {
    let jira = try LocalJira()
    #expect(
      try scope(jira.url + "/", "1.4").json(source: nil)
        == Bytes(
          """
          {
            "version": "1.4",
            "tickets": [
              {
                "ticket": "SHOP-12",
                "title": "Price tiers",
                "status": "Done"
              },
              {
                "ticket": "SHOP-13",
                "title": "Say \\"hi\\"",
                "status": "In Progress"
              }
            ]
          }

          """.utf8))
    let many = try scope(jira.url, "many", token: "rita:secret\n").tickets.map { ticket in
      String(decoding: ticket.name, as: UTF8.self)
    }
    #expect(many == (1...130).map { "SHOP-\($0)" })
    #expect(try scope(jira.url, "none").tickets == [])
    #expect(
      try scope(jira.url, "odd \"name\" \\").tickets.map(\.title) == [Bytes("ä\u{1B}[31m".utf8)])
  }

  @Test("a Jira Cloud, which has another search: each page names the next")
  func cloud() throws {
    let jira = try LocalJira()
    for url in [jira.url + "/cloud", jira.url + "/newer/"] {
      #expect(
        try scope(url, "1.4").tickets.map(\.status)
          == ["Done", "In Progress"].map { Bytes($0.utf8) })
      let many = try scope(url, "many", token: "rita:secret\n").tickets.map { ticket in
        String(decoding: ticket.name, as: UTF8.self)
      }
      #expect(many == (1...130).map { "SHOP-\($0)" })
      #expect(try scope(url, "none").tickets == [])
      #expect(try scope(url, "odd \"name\" \\").tickets.map(\.name) == [Bytes("SHOP-1".utf8)])
    }
  }

  private static let login =
    "; is the token in the file still good, and may it see the project? a Jira Cloud wants"
    + " ADDRESS:TOKEN"

  @Test("what either search may answer that is no answer", arguments: ["", "/cloud"])
  func both(_ path: String) throws {
    let jira = try LocalJira()
    let table: [(String, String)] = [
      ("1.5", "JIRA answers 400: The value '1.5' does not exist for the field 'fixVersion'."),
      ("no issues", "JIRA does not answer as a Jira: no such page of `issues`"),
      (
        "half an issue",
        "JIRA does not answer as a Jira: an issue without `key`, `summary` or `status`"
      ),
      ("twice", "what JIRA says has the ticket SHOP-1 twice; run it again"),
      ("forbidden", "JIRA does not let you in: 403" + Self.login),
      (
        "gone",
        path.isEmpty
          ? "JIRA has no search of a Jira; is it the address of a Jira?"
          : "JIRA answers 410: This is gone as well."
      ),
      ("busy", "JIRA is asked too much: 429; run it again in 30 s"),
      ("busy for long", "JIRA is asked too much: 429; run it again later"),
      (
        "web page",
        "JIRA answers with a web page, as where people log in; is it the address of the Jira itself?"
          + " programs may need another one"
      ),
      (
        "web page as JSON",
        "JIRA answers with a web page, as where people log in; is it the address of the Jira itself?"
          + " programs may need another one"
      ),
      ("broken", "JIRA answers 503"),
      (
        "moved",
        "JIRA leads elsewhere, to SERVER/login/***: 302; no link is followed, for the token would go"
          + " with it: name the Jira's own address"
      ),
      ("echo", "JIRA answers 400: you sent Bearer ***; or rather rita:secret, that is secret"),
    ]
    for (version, told) in table {
      #expect(
        fault(jira.url + path, version).replacing(jira.url, with: "SERVER")
          .replacing("JIRA/login", with: "SERVER/login") == told)
    }
    // Whatever comes back, nothing of the login is told.
    #expect(
      fault(jira.url + path, "echo", token: "rita:secret")
        == "JIRA answers 400: you sent Basic ***; or rather ***, that is ***")
    #expect(
      fault(jira.url + path, "1.4", token: "bad") == "JIRA does not let you in: 401" + Self.login)
    #expect(
      fault(jira.url + path, "1.4", token: nil)
        == "JIRA does not let you in: 401; --token-file FILE, with a token or name:password in it")
  }

  @Test("what a Jira Cloud answers that is no answer")
  func cloudFaults() throws {
    let jira = try LocalJira()
    let table: [(String, String)] = [
      ("no end", "JIRA hands out pages without end; run it again"),
      ("round", "JIRA hands out pages without end; run it again"),
      ("no way on", "JIRA says that there are more tickets, and not where"),
      ("odd token", "JIRA does not answer as a Jira: a `nextPageToken` that is no text"),
      ("flood", "JIRA has more than 10000 tickets of flood, and a release 10000 at most"),
    ]
    for (version, told) in table { #expect(fault(jira.url + "/cloud", version) == told) }
    #expect(
      fault(jira.url + "/cloud", "1.4", token: "rita:old")
        == "JIRA does not know you, and answers as it does to anybody" + Self.login)
  }

  @Test("what is no answer is none at all")
  func faults() throws {
    let jira = try LocalJira()
    let table: [(String, String)] = [
      ("malformed", "JIRA does not answer as a Jira: at 1:27 it is cut short"),
      ("other page", "JIRA does not answer as a Jira: no such page of `issues`"),
      ("too many", "JIRA has 10001 tickets of too many, and a release 10000 at most"),
      ("short", "JIRA says that there are 3 tickets, and hands out 0"),
      ("growing", "JIRA changed while it was read: 2 tickets, then 3; run it again"),
    ]
    for (version, told) in table { #expect(fault(jira.url, version) == told) }
    #expect(fault(jira.url, "huge").hasPrefix("JIRA "))
    #expect(fault(jira.url, "huge") != "0 tickets")
    #expect(
      fault(jira.url + "/wiki", "1.4")
        == "JIRA has no search of a Jira; is it the address of a Jira?")
  }

  @Test("what a Jira promises becomes the file that the policy names, and no link is followed")
  func snapshot() throws {
    let jira = try LocalJira()
    let policy = """
      version: 1
      rulesets:
        - name: releases
          refs: ["refs/tags/v*"]
          rules:
            ticket-scope: {snapshot: "plans/{version}.csv"}

      """
    let server = try Server(policy)
    let gate = try CloneGate(try Repository.open(at: server.repo.path), remote: nil)
    let folder = try TemporaryDirectory()
    func fetch(_ tag: String) throws -> String {
      let search = try JiraSearch(
        url: jira.url, token: Bytes("good".utf8), environment: Self.environment)
      do throws(EngineFault) {
        let run = try ScopeRun(gate, tag: tag)
        let count = try run.fetch(
          .jira(search, project: "SHOP", fixVersion: "1.4"), under: folder.path,
          at: Instant(seconds: 0))
        return "\(count) in \(run.path)"
      } catch { return error.message.replacing(folder.path, with: "TOP") }
    }
    #expect(try fetch("v1.4.0") == "2 in plans/1.4.0.csv")
    #expect(
      contents(of: folder.file("plans/1.4.0.csv"))
        == Bytes(
          """
          ticket,title,status
          "SHOP-12","Price tiers","Done"
          "SHOP-13","Say ""hi\""","In Progress"

          """.utf8))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("plans/1.5.0.csv"), withDestinationPath: folder.file("elsewhere"))
    #expect(try fetch("v1.5.0") == "TOP/plans/1.5.0.csv is in the way")
    #expect(contents(of: folder.file("elsewhere")) == nil)
    try FileManager.default.removeItem(atPath: folder.file("plans"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("plans"), withDestinationPath: "/tmp")
    #expect(try fetch("v1.4.0") == "TOP/plans is in the way")
    #expect(
      try fetch("nightly") == "`nightly` is not a version such as v1.4 or v1.4.0 (semver.org)")
    #expect(try fetch("v../x") == "`v../x` is not a version such as v1.4 or v1.4.0 (semver.org)")
  }

  @Test("a program by hand: its answer becomes the file, or nothing does")
  func program() throws {
    let policy = """
      version: 1
      rulesets:
        - name: releases
          refs: ["refs/tags/v*"]
          rules:
            ticket-scope:
        - name: others
          refs: ["refs/tags/v9*"]
          rules:
            ticket-scope: {exec: {command: [/bin/scope]}}

      """
    let server = try Server(policy.replacing("v*", with: "v1*"))
    let gate = try CloneGate(try Repository.open(at: server.repo.path), remote: nil)
    let folder = try TemporaryDirectory()
    func fetch(_ tag: String, _ command: [String]) throws -> String {
      do throws(EngineFault) {
        let count = try ScopeRun(gate, tag: tag).fetch(
          .program(command, ProcessEnvironment(["PATH": "/usr/bin:/bin", "TRACKER": "mine"])),
          under: folder.path, at: Instant(seconds: 0))
        return "\(count)"
      } catch { return ([error.message] + error.hints).joined(separator: "; ") }
    }
    func script(_ text: String) -> [String] { ["/bin/sh", "-c", text, "scope", "--team", "shop"] }
    // It is told what is wanted, in the environment of who asks, at the top of the working tree.
    let echo = #"""
      printf '{"version":"1.4","tickets":[{"ticket":"A-1","title":"%s"}]}' \
        "$TRACKER $1 $2 $(pwd) $(tr -d '\n' | sed 's/"/|/g')"
      """#
    #expect(try fetch("v1.4", script(echo)) == "1")
    #expect(
      contents(of: folder.file(".gitrel/scope/1.4.json"))
        == Bytes(
          """
          {
            "version": "1.4",
            "source": "/bin/sh",
            "tickets": [
              {
                "ticket": "A-1",
                "title": "mine --team shop \(folder.path) {|program|:|ticket-scope|,|ref|:|refs\
          /tags/v1.4|,|release|:|1.4|,|time|:|1970-01-01T00:00:00Z|,|version|:1}",
                "status": ""
              }
            ]
          }

          """.utf8))
    #expect(
      try fetch("v1.5", script(echo))
        == "/bin/sh: it answered for the release 1.4, and was asked for 1.5")
    #expect(
      try fetch("v1.5", script("echo no such release >&2; exit 3"))
        == "/bin/sh: it ended with the status 3\n  no such release")
    #expect(
      try fetch("v1.5", script("kill -SEGV $$"))
        == "/bin/sh: it was ended by the signal 11 (it crashed)")
    #expect(
      try fetch("v1.5", script("yes"))
        == "/bin/sh: it wrote more than 4194304 bytes, and was killed")
    #expect(
      try fetch("v1.5", ["/nowhere/scope"])
        == "/nowhere/scope: cannot start /nowhere/scope: No such file or directory")
    #expect(
      try fetch("v1.5", ["scope"]) == "`scope` is no absolute path; --exec \"$PWD/...\"")
    #expect(contents(of: folder.file(".gitrel/scope/1.5.json")) == nil)
    #expect(
      try fetch("v9.0", script(echo))
        == "there is no file to write: a program tells the server what v9.0 promises;"
        + " gitrel explain ticket-scope")
  }

  @Test(
    "what is no address, and what is no token",
    arguments: [
      ("ftp://jira.example.com", nil, "ftp://jira.example.com is not encrypted"),
      ("http://jira.example.com", nil, "http://jira.example.com is not encrypted"),
      ("http://localhost.example.com", nil, "http://localhost.example.com is not encrypted"),
      ("http://localhost@example.com", nil, "http://localhost@example.com is no address of a Jira"),
      ("https://x/?a=b", nil, "https://x/?a=b is no address of a Jira"),
      ("https://", nil, "https:// is no address of a Jira"),
      ("-o/etc/passwd", nil, "-o/etc/passwd is no address of a Jira"),
      ("https://x\n", nil, "https://x\\u{a} is no address of a Jira"),
      ("https://x", "", "the file of the token does not hold one word"),
      ("https://x", "two words", "the file of the token does not hold one word"),
      ("https://x", "one\ntwo", "the file of the token does not hold one word"),
    ] as [(String, String?, String)])
  func hostile(_ url: String, _ token: String?, _ told: String) {
    #expect(fault(url, "1.4", token: token).replacing("JIRA", with: url).hasPrefix(told))
  }
}
