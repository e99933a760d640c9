import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Policy
import Release
import Testing

@testable import Engine

/// A server with a release v1.0 on the commit `release`, whose people state things and come and go.
final class StatementShop {
  static let tag = RefName("refs/tags/v1.0")

  let server: Server
  let keys: SSHKeys
  /// The public keys, by name.
  private let texts: [String: String]
  private var files: [(path: String, mode: String, content: Bytes)] = []
  /// Rules on tags, and what stands under `release`.
  private let (rules, release): (String, String)

  /// Rita is release manager, and all of qa, rita and dev are people; `rita2` is a key of nobody.
  init(rules: String, release: String = "") throws {
    keys = try SSHKeys()
    var texts: [String: String] = [:]
    for name in ["rita", "rita2", "qa", "dev"] { texts[name] = try keys.make(name) }
    (self.texts, self.rules, self.release) = (texts, rules, release)
    let policy = Self.policy(texts, ["rita": "rita", "qa": "qa", "dev": "dev"], rules, release)
    server = try Server(policy) { git in
      git.commit("release", files: ["file": "1\n"])
    }
  }

  private static func policy(
    _ texts: [String: String], _ people: [String: String], _ rules: String, _ release: String,
    managers: [String]? = nil, logins: [String: String] = [:]
  ) -> String {
    let lines = people.sorted { $0.key < $1.key }.map { id, key in
      "  \(id): {emails: [\(id)@example.org], logins: [\(logins[id] ?? id)], keys: [\(texts[key] ?? "")]}\n"
    }
    let stated = (managers ?? ["rita"]).filter { people[$0] != nil }
    let held = stated.isEmpty ? Array(people.keys.sorted().prefix(1)) : stated
    let reporters = ["release-manager", "qa"].filter { $0 != "qa" || people["qa"] != nil }
    return """
      version: 1
      repository: shop
      people:
      \(lines.joined())roles: {release-manager: [\(held.joined(separator: ", "))]}
      release:
        strategies: {big-bang: {stages: [{name: all}]}, canary: {stages: [{name: some, soak: 1h}, {name: all}]}}
        steps: {rollout: [release-manager], incident: [\(reporters.joined(separator: ", "))]}
      \(release.isEmpty ? "" : "  \(release)\n")rulesets:
        - name: releases
          refs: ["refs/tags/v*"]
          rules:
            \(rules)

      """
  }

  /// Changes who there is, by id with the name of the key, through the gate.
  func change(
    people: [String: String], managers: [String]? = nil, logins: [String: String] = [:]
  ) throws {
    let text = Self.policy(
      texts, people, rules, release, managers: managers, logins: logins)
    let commit = try server.policyCommit("100644", try server.blob(text))
    try push(server.line("main", commit))
  }

  /// Pushes through the gate a minute later, and wants it accepted.
  func push(_ lines: String...) throws {
    server.time += 60
    let outcome = try server.push(lines.joined())
    guard outcome.answer == .accepted else { throw SupportError(outcome.words) }
  }

  var commit: ObjectID { server.repo["release"] }

  func tagged(_ message: String = "v1.0") throws {
    let text =
      "object \(commit.hex)\ntype commit\ntag v1.0\ntagger Cem <cem@example.org> 1767603600 +0000\n\n\(message)\n"
    try push(
      server.line(
        Self.tag.full, try server.repo.writeObject(.tag, Bytes(text.utf8))))
  }

  /// Something that is said `ago` seconds before now.
  func said(
    _ kind: Declaration.Kind, _ name: String = "", _ value: String = "", by person: String,
    as role: String = "", ago: Int64 = 0, ref: RefName? = StatementShop.tag
  ) -> Declaration {
    Declaration(
      kind, repository: Bytes("shop".utf8), ref: ref, name: Bytes(name.utf8),
      value: Bytes(value.utf8), person: Bytes(person.utf8), role: Bytes(role.utf8),
      recorded: Instant(seconds: server.time - ago))
  }

  func envelope(_ said: Declaration, _ subject: Subject? = nil, key: String? = nil) throws
    -> Envelope
  {
    let subject = try subject ?? Subject(tree: server.tree(of: commit), commit: commit)
    let statement = Statement(subjects: [subject], predicate: .declaration(said))
    return try keys.signed(
      Envelope(payload: statement.encoded),
      by: key ?? String(decoding: said.person, as: UTF8.self))
  }

  /// The evidence with one statement more.
  func evidence(_ envelope: Envelope, at place: ObjectID? = nil) throws -> ObjectID {
    files.append(EvidenceRefTests.file(envelope.encoded, about: place ?? commit))
    let old = server.held(EvidenceStore.ref.full)
    return try EvidenceRefTests.commit(server, files, on: old.isZero ? [] : [old])
  }

  /// Takes the last statement away again, which was not let in.
  func forget() { files.removeLast() }

  /// Signs something, and pushes it.
  @discardableResult
  func state(_ said: Declaration, key: String? = nil) throws -> Envelope {
    let envelope = try envelope(said, key: key)
    try push(server.line(EvidenceStore.ref.full, try evidence(envelope)))
    return envelope
  }

  /// What a rule says of a tag on the commit, with other updates in the same push.
  func told(
    _ rule: RuleID, _ tag: String = "v1.1", _ message: String = "", with others: String = ""
  ) throws -> String {
    let text =
      "object \(commit.hex)\ntype commit\ntag \(tag)\n"
      + "tagger Cem <cem@example.org> 1767603600 +0000\n\n\(tag)\n\n\(message)\n"
    let id = try server.repo.writeObject(.tag, Bytes(text.utf8))
    let outcome = try server.judge(others + server.line("refs/tags/\(tag)", id))
    return Self.told(outcome.decision, rule)
  }

  static func told(_ decision: Decision, _ rule: RuleID) -> String {
    let judged = decision.updates.flatMap(\.judged).first { $0.rule == rule }
    guard let verdict = judged?.verdict else { return "no verdict" }
    return
      ([verdict.explanation.summary]
      + verdict.explanation.findings.map { "\($0.title) \($0.detail)" })
      .joined(separator: "; ").replacing(/statement [0-9a-f]{12}/, with: "S")
      .replacing(/SHA256:[^ ,]{43}/, with: "KEY").replacing(/[0-9a-f]{7} runs/, with: "COMMIT runs")
  }

  /// The release as the server sees it, or a clone.
  func record(in path: String? = nil, remote: String? = nil) throws -> ReleaseRecord {
    let repository = try Repository.open(at: path ?? server.repo.path)
    return try ReleaseBook(
      CloneGate(repository, remote: remote), at: Instant(seconds: server.time)
    ).record("v1.0")
  }

  /// The timeline, each step in seconds before now.
  func timeline(in path: String? = nil, remote: String? = nil) throws -> [String] {
    try record(in: path, remote: remote).course.steps.map { step in
      let line = "\(server.time - step.time.seconds) \(step.words)"
      return step.fault.map {
        "\(line): \($0)".replacing(/SHA256:[^ ,]{43}/, with: "KEY")
      } ?? line
    }
  }
}
