import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Testing

@testable import Engine

/// The rule `secrets` at the server's gate: which blobs are searched, and by whose word.
@Suite struct SecretFactsTests {
  static func policy(_ secrets: String) -> String {
    """
    version: 1
    rulesets:
      - name: production
        refs: [main, "release/*"]
        rules:
          secrets: \(secrets)

    """
  }

  static let patterns = """
    version: 1
    patterns:
      - {id: own-token, description: token of our own, pattern: '\\b(own_[0-9]{8})\\b', keywords: [own_]}

    """

  /// Made here and not written down: no scanner is to find it in this file.
  static let stripe = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc"

  private func verdict(_ outcome: ServerGate.Outcome) throws -> Verdict {
    try #require(
      outcome.decision.updates.first?.judged.first { $0.rule.text == "secrets" }?.verdict)
  }

  /// The verdict on a push of `commit` to main.
  private func verdict(on commit: ObjectID, of server: Server) throws -> Verdict {
    try verdict(server.judge(server.line("main", commit)))
  }

  @Test("the commit that brings it in is named, not those that keep it")
  func history() throws {
    let server = try Server(Self.policy("{}")) { git in
      git.commit("one", on: "work", from: "base", files: ["deep/a.env": "x\nkey=\(Self.stripe)\n"])
      git.commit(
        "two", on: "work", files: ["deep/a.env": "y\nkey=\(Self.stripe)\n", "b": "\(Self.stripe)"])
      git.commit("three", on: "work", files: ["deep/a.env": nil, "b": nil])
    }
    let verdict = try verdict(on: server.repo["three"], of: server)
    #expect(verdict.outcome == .violated)
    #expect(verdict.explanation.summary == "1 secret in 1 new commit")
    #expect(verdict.explanation.findings.first?.commit == server.repo["one"])
    let detail = verdict.explanation.findings.first?.detail ?? ""
    #expect(
      detail.hasPrefix("deep/a.env:2:5 Stripe live secret key `sk_l...`, 32 bytes (stripe-live-key")
    )
    #expect(detail.hasSuffix("; in 2 other places"))
    #expect(!detail.contains(Self.stripe.dropFirst(5)))
    // Nothing of it is in the log either.
    let log = try server.repo.git("log", "-p", "refs/gitrel/log")
    #expect(!log.contains(Self.stripe.dropFirst(5)))
  }

  @Test("a merge brings in what neither parent has, and nothing else")
  func merges() throws {
    let server = try Server(Self.policy("{}")) { git in
      git.commit("side", on: "work", from: "base", files: ["s": "side\n"])
      git.commit("main", on: "next", from: "base", files: ["m": "main\n"])
      git.merge("clean", on: "next", of: "side")
      git.commit("evil", on: "bad", from: "main", merging: ["side"], files: ["m": Self.stripe])
    }
    #expect(try verdict(on: server.repo["clean"], of: server).outcome == .satisfied)
    let evil = try verdict(on: server.repo["evil"], of: server)
    #expect(evil.outcome == .violated)
    #expect(evil.explanation.findings.map(\.commit) == [server.repo["evil"]])
  }

  @Test("paths, values and fingerprints are allowed by the policy, and only there")
  func allowed() throws {
    func outcome(_ secrets: String) throws -> Verdict {
      let server = try Server(Self.policy(secrets)) { git in
        git.commit(
          "add", on: "work", from: "base",
          files: ["tests/a": "\(Self.stripe) # gitrel:allow gitleaks:allow nosec\n"])
      }
      return try verdict(on: server.repo["add"], of: server)
    }
    let refused = try outcome("{}")
    #expect(refused.outcome == .violated)
    let words = refused.explanation.findings.first?.detail ?? ""
    let fingerprint =
      words.split(separator: "fingerprint ").last.map { String($0.prefix(32)) } ?? ""
    #expect(try outcome("{allow: {fingerprints: [\(fingerprint)]}}").outcome == .satisfied)
    #expect(
      try outcome("{allow: {fingerprints: [\(String(fingerprint.reversed()))]}}").outcome
        == .violated)
    #expect(try outcome("{allow: {values: ['sk_live_4eC.*']}}").outcome == .satisfied)
    #expect(try outcome("{allow: {values: ['4eC.*']}}").outcome == .violated)
    #expect(
      try outcome("{allow: {paths: [tests/]}}").explanation.summary
        == "no new commit adds or changes a file that is searched; 1 file on allowed paths")
    #expect(try outcome("{off: [stripe-live-key]}").outcome == .satisfied)
    #expect(try outcome("{only: [npm-token]}").outcome == .satisfied)
    #expect(try outcome("{only: [stripe-live-key]}").outcome == .violated)
    #expect(
      try outcome("{off: [stripe-live-kay]}").explanation.summary
        == "`secrets`: there is no pattern `stripe-live-kay`; did you mean `stripe-live-key`?")
    #expect(try outcome("{off: [stripe-live-kay]}").outcome == .indeterminate)
  }

  @Test("patterns of one's own are read from the trusted tree before the push")
  func ownPatterns() throws {
    let server = try Server(Self.policy("{patterns: [.gitrel/secrets.yml]}")) { git in
      git.commit("patterns", files: [".gitrel/secrets.yml": Self.patterns])
      git.commit("bad", on: "work", from: "patterns", files: ["x": "own_12345678\n"])
      // The push takes the pattern away and brings in the secret.
      git.commit(
        "sly", on: "sly", from: "patterns",
        files: [
          ".gitrel/secrets.yml": Self.patterns.replacing("{8}", with: "{9}"), "x": "own_12345678\n",
        ])
    }
    for name in ["bad", "sly"] {
      let verdict = try verdict(on: server.repo[name], of: server)
      #expect(verdict.outcome == .violated)
      #expect(
        verdict.explanation.findings.first?.detail.hasPrefix(
          "x:1:1 token of our own `own...`, 12 bytes")
          == true, "\(verdict)")
    }
  }

  @Test("a push must not leave a file of patterns that does not load")
  func brokenPatterns() throws {
    let server = try Server(Self.policy("{patterns: [.gitrel/secrets.yml]}")) { git in
      git.commit("patterns", files: [".gitrel/secrets.yml": Self.patterns])
      git.commit("gone", on: "gone", from: "patterns", files: [".gitrel/secrets.yml": nil])
      git.commit(
        "unproven", on: "unproven", from: "patterns",
        files: [".gitrel/secrets.yml": Self.patterns.replacing("[own_]", with: "[other]")])
    }
    let gone = try server.judge(server.line("main", server.repo["gone"]))
    #expect(gone.refusing == ["main policy-change"])
    #expect(gone.words.contains("has no file .gitrel/secrets.yml, which `secrets` names"))
    let unproven = try server.judge(server.line("main", server.repo["unproven"]))
    #expect(unproven.refusing == ["main policy-change"])
    #expect(unproven.words.contains(".gitrel/secrets.yml:3:93: it cannot be proven that"))
  }

  @Test("files of patterns that are not there make it indeterminate")
  func missingPatterns() throws {
    let server = try Server(Self.policy("{patterns: [.gitrel/secrets.yml]}")) { git in
      git.commit("add", on: "work", from: "base", files: ["x": "y\n"])
    }
    let outcome = try server.judge(
      "\(ObjectID.zero.hex) \(server.repo["add"].hex) refs/heads/release/2\n")
    let verdict = try verdict(outcome)
    #expect(verdict.outcome == .indeterminate)
    #expect(verdict.explanation.summary.contains("has no file .gitrel/secrets.yml"))
  }

  @Test("links and programs are searched, a change of mode and a submodule are not")
  func kinds() throws {
    let server = try Server(Self.policy("{}"))
    let blob = try server.blob("\(Self.stripe)\n")
    func commit(_ mode: String, _ name: String, _ id: ObjectID, on parent: ObjectID) throws
      -> ObjectID
    {
      let folder = try server.tree([("100644", "policy.yml", try server.blob(Self.policy("{}")))])
      return try server.commit(
        "add", on: [parent],
        tree: server.tree([
          ("40000", ".gitrel", folder), ("100644", "README", try server.blob("hello\n")),
          (mode, name, id),
        ]))
    }
    let link = try commit("120000", "link", blob, on: server.main)
    #expect(try verdict(on: link, of: server).outcome == .violated)
    let program = try commit("100755", "tool", blob, on: server.main)
    #expect(try verdict(on: program, of: server).outcome == .violated)
    let module = try commit("160000", "module", .nowhere, on: server.main)
    #expect(try verdict(on: module, of: server).outcome == .notApplicable)
    // As if it had got in before there was the rule.
    try server.set("main", program)
    let mode = try commit("100644", "tool", blob, on: program)
    #expect(try verdict(on: mode, of: server).outcome == .notApplicable)
  }

  @Test("what is too large to search is told, and refuses")
  func large() throws {
    let server = try Server(Self.policy("{}"))
    let text = Bytes(repeating: UInt8(ascii: "x"), count: SecretFacts.maximumBlob + 1)
    let blob = try server.repo.writeObject(.blob, text)
    let folder = try server.tree([("100644", "policy.yml", try server.blob(Self.policy("{}")))])
    let tree = try server.tree([("40000", ".gitrel", folder), ("100644", "film", blob)])
    let verdict = try verdict(on: server.commit("film", on: [server.main], tree: tree), of: server)
    #expect(verdict.outcome == .indeterminate)
    #expect(verdict.explanation.summary == "1 file could not be searched for secrets")
    #expect(
      verdict.explanation.findings.map(\.detail)
        == ["film is larger than 32MiB, which is the most that is searched"])
  }
}
