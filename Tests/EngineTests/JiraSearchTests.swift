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

  @Test("what is no answer is none at all")
  func faults() throws {
    let jira = try LocalJira()
    let table: [(String, String)] = [
      ("1.5", "JIRA answers 400: The value '1.5' does not exist for the field 'fixVersion'."),
      ("malformed", "JIRA does not answer as a Jira: at 1:27 it is cut short"),
      ("no issues", "JIRA does not answer as a Jira: no such page of `issues`"),
      ("other page", "JIRA does not answer as a Jira: no such page of `issues`"),
      (
        "half an issue",
        "JIRA does not answer as a Jira: an issue without `key`, `summary` or `status`"
      ),
      ("moved", "JIRA answers 302"),
      ("too many", "JIRA has 10001 tickets of too many, and a release 10000 at most"),
      ("short", "JIRA says that there are 3 tickets, and hands out 0"),
      ("twice", "what JIRA says has the ticket SHOP-1 twice; run it again"),
      ("growing", "JIRA changed while it was read: 2 tickets, then 3; run it again"),
    ]
    for (version, told) in table { #expect(fault(jira.url, version) == told) }
    #expect(fault(jira.url, "huge").hasPrefix("JIRA "))
    #expect(fault(jira.url, "huge") != "0 tickets")
    #expect(
      fault(jira.url + "/wiki", "1.4").hasPrefix("JIRA has no /rest/api/2/search; is it"))
    #expect(
      fault(jira.url, "1.4", token: "bad")
        == "JIRA does not let you in: 401; is the token in the file still good, and may it see the"
        + " project?")
    #expect(
      fault(jira.url, "1.4", token: nil)
        == "JIRA does not let you in: 401; --token-file FILE, with a token or name:password in it")
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
          search, project: "SHOP", fixVersion: "1.4", under: folder.path)
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
