import GitModel
import GitStore
import GitrelTestSupport
import Policy

@testable import Engine

/// A bare repository with a policy on main, hook lines put straight to its gate, and objects put
/// straight into it, as receive-pack leaves them when the hook runs.
final class Server {
  let repo: TestRepository
  /// The server's clock, which stands still unless a test moves it. A Wednesday, 12:00 UTC.
  var time: Int64 = 1_767_787_200

  static let policy = """
    version: 1
    rulesets:
      - name: production
        refs: [main, "release/*"]
        rules:
          fast-forward-only:
          no-delete:
          approvals: {minimum: 1, trust: trailer}
      - name: tags
        refs: ["refs/tags/v*"]
        rules:
          annotated-tags:
          immutable-tags:
          tag-on-branch: {branches: [main]}

    """

  /// A server whose main has one commit, `base`, with the policy.
  init(
    _ policy: String = Server.policy, name: String = "server.git",
    _ tell: (inout History) throws -> Void = { _ in }
  ) throws {
    repo = try TestRepository(bare: true, name: name) { git in
      git.commit("base", files: [".gitrel/policy.yml": policy, "README": "hello\n"])
      try tell(&git)
    }
  }

  var main: ObjectID { repo["refs/heads/main"] }
  /// Where main was at first.
  var mainOnce: ObjectID { repo["base"] }

  // MARK: Pushing

  static func full(_ name: String) -> String {
    name.hasPrefix("refs/") ? name : "refs/heads/" + name
  }

  /// What the ref holds now, zeros when it does not exist.
  func held(_ name: String) -> ObjectID { repo[Self.full(name)] }

  /// The hook line that moves `name` from what it holds (or the client claims) to `new`.
  func line(_ name: String, _ new: ObjectID, from old: ObjectID? = nil) -> String {
    "\((old ?? held(name)).hex) \(new.hex) \(Self.full(name))\n"
  }

  func gate(quarantine: String? = nil, lockWait: Int = 5) throws -> ServerGate {
    try ServerGate(gitDirectory: repo.path, quarantine: quarantine, lockWait: lockWait)
  }

  /// Gives `input` to the gate, which says yes or no and moves nothing.
  func judge(_ input: Bytes, pusher: String? = nil) throws -> ServerGate.Outcome {
    try gate().receive(input, pusher: pusher) { Instant(seconds: time) }
  }

  func judge(_ lines: String..., pusher: String? = nil) throws -> ServerGate.Outcome {
    try judge(Bytes(lines.joined().utf8), pusher: pusher)
  }

  /// Judges, and moves the refs as git does after a yes, and records that as post-receive does.
  @discardableResult
  func push(_ lines: String...) throws -> ServerGate.Outcome {
    let outcome = try judge(Bytes(lines.joined().utf8))
    guard outcome.decision.answer == .accepted else { return outcome }
    for update in outcome.decision.updates.map(\.update) {
      try set(String(decoding: update.name.bytes, as: UTF8.self), update.new)
    }
    try AppliedUpdates.record(
      Bytes(lines.joined().utf8), at: Instant(seconds: time), gitDirectory: repo.path)
    return outcome
  }

  /// Moves a ref behind gitrel's back.
  func set(_ name: String, _ id: ObjectID) throws {
    if id.isZero {
      try repo.git("update-ref", "-d", Self.full(name))
    } else {
      try repo.git("update-ref", Self.full(name), id.hex)
    }
  }

  /// What `gitrel log verify` finds.
  func audit(known: String? = nil) throws -> LogAudit {
    let repository = try Repository.open(at: repo.path)
    return try LogAudit.run(
      DecisionLog(repository, ref: DecisionLog.ref), against: repository, known: known)
  }

  /// The entries of the log, oldest first.
  func entries() throws -> [LogEntry] {
    var entries: [LogEntry] = []
    try DecisionLog(try Repository.open(at: repo.path), ref: DecisionLog.ref).walk {
      entry, _, _ throws(EngineFault) in
      entries.insert(entry, at: 0)
      return true
    }
    return entries
  }

  // MARK: Objects

  func blob(_ text: String) throws -> ObjectID { try repo.writeObject(.blob, Bytes(text.utf8)) }

  /// A tree of entries that come in git's order, or as wrong as a test wants them.
  func tree(_ entries: [(mode: String, name: String, id: ObjectID)]) throws -> ObjectID {
    var content = Bytes()
    for entry in entries {
      content += Bytes("\(entry.mode) \(entry.name)".utf8) + [0] + entry.id.raw
    }
    return try repo.writeObject(.tree, content)
  }

  /// The tree of a commit.
  func tree(of commit: ObjectID) throws -> ObjectID { repo["\(commit.hex)^{tree}"] }

  static let author = "Ann Author <ann@example.org> 1767603600 +0000"

  /// A commit of any bytes, on the tree of its first parent unless another is given.
  func commit(
    _ message: String, on parents: [ObjectID], tree: ObjectID? = nil,
    author: String = Server.author, committer: String = Server.author, headers: String = ""
  ) throws -> ObjectID {
    let tree = try tree ?? parents.first.map { try self.tree(of: $0) } ?? self.tree([])
    var text = "tree \(tree.hex)\n"
    for parent in parents { text += "parent \(parent.hex)\n" }
    text += "author \(author)\ncommitter \(committer)\n\(headers)\n\(message)"
    return try repo.writeObject(.commit, Bytes(text.utf8))
  }

  /// A commit that Bob reviewed.
  func approved(
    _ subject: String, on parents: [ObjectID], tree: ObjectID? = nil,
    author: String = Server.author
  ) throws -> ObjectID {
    try commit(
      "\(subject)\n\nReviewed-by: Bob <bob@example.org>\n", on: parents, tree: tree, author: author)
  }

  /// A commit on main's tip whose policy is what `entry` makes of it.
  func policyCommit(_ mode: String, _ id: ObjectID, subject: String = "policy") throws -> ObjectID {
    let folder = try tree([(mode, "policy.yml", id)])
    let root = try tree([("40000", ".gitrel", folder), ("100644", "README", try blob("hello\n"))])
    return try approved(subject, on: [main], tree: root)
  }

  func tag(
    _ name: String, of target: ObjectID, kind: String = "commit"
  ) throws -> ObjectID {
    let text =
      "object \(target.hex)\ntype \(kind)\ntag \(name)\n"
      + "tagger Cem <cem@example.org> 1767603600 +0000\n\n\(name)\n"
    return try repo.writeObject(.tag, Bytes(text.utf8))
  }
}

extension ServerGate.Outcome {
  var answer: Decision.Answer { decision.answer }

  /// The rules that refuse, each as `ref rule` (or `rule` for the push as a whole), sorted.
  var refusing: [String] {
    let whole = decision.whole.filter(\.refuses).map(\.rule.text)
    let parts = decision.updates.flatMap { update in
      update.judged.filter(\.refuses).map { "\(update.update.name.short) \($0.rule)" }
    }
    return (whole + parts).sorted()
  }

  /// Every sentence of it.
  var words: String {
    decision.all.map { judged in
      let explanation = judged.verdict.explanation
      return
        ([explanation.summary, explanation.expected ?? ""] + explanation.fixes
        + explanation.findings.flatMap { [$0.title, $0.detail] }).joined(separator: "\n")
    }.joined(separator: "\n")
  }

  /// The outcome of the rule `id` on the ref whose short name is `name`.
  func outcome(_ id: String, on name: String) -> Verdict.Outcome? {
    decision.updates.first { $0.update.name.short == name }?
      .judged.first { $0.rule.text == id }?.verdict.outcome
  }
}

extension ObjectID {
  /// An id that no object has.
  static let nowhere =
    ObjectID(hex: Bytes("1234567812345678123456781234567812345678".utf8)) ?? .zero
}
