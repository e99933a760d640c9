internal import GitModel

/// What counts as an approval, and whose does not: what rules on approvals have in common.
public struct ApprovalSource: Hashable, Sendable {
  /// What an approval must be to count.
  public enum Trust: String, Hashable, Sendable, CaseIterable {
    /// A trailer: anybody can type one.
    case trailer
    /// A trailer of a commit that one of `writers` pushed or signed.
    case writer
    /// A signed statement on the very change (`gitrel approve`).
    case signed
  }

  /// Which commits must be approved themselves.
  public enum Scope: String, Hashable, Sendable, CaseIterable {
    /// Every new commit.
    case each
    /// Every new commit on the first-parent line; the approval of a merge covers what it brings in.
    case firstParent = "first-parent"
  }

  /// What an approval must be to count.
  public let trust: Trust
  /// The trailer keys that tell an approval.
  public let keys: [String]
  /// Other spellings and the key that they stand for.
  public let aliases: [String: String]
  /// Whether a line anywhere in the message counts, and not only a trailer.
  public let loose: Bool
  /// Whose commits may carry trailers that count; nil but for `trust: writer`.
  public let writers: Who?
  /// How old a signed approval may be, in seconds.
  public let age: Int64
  /// Which commits must be approved themselves.
  public let scope: Scope
  /// Whether the author's own approval does not count.
  public let notAuthor: Bool
  /// Whether the committer's approval does not count.
  public let notCommitter: Bool
  /// Whether the approval of somebody named in Co-authored-by or Co-developed-by does not count.
  public let notCoAuthor: Bool
  /// Whether the approval of who pushes does not count.
  public let notPusher: Bool

  /// How old a signed approval may be where nothing else is said: 30 days.
  static let usualAge: Int64 = 30 * 86_400

  init(from reader: SettingsReader, context: PolicyContext) {
    let problems = reader.problems
    trust = reader.choice("trust") ?? .trailer
    let keys = reader.trailerKeys("trailers")
    self.keys = keys.isEmpty ? ["Reviewed-by", "Approved-by"] : keys
    var aliases: [String: String] = [:]
    for entry in reader.entries("aliases") {
      guard let key = reader.text(of: entry.node, for: entry.key) else { continue }
      if !SettingsReader.isTrailerKey(entry.key) {
        problems.add(
          "\(entry.key.quoted) cannot be a trailer key", at: entry.position,
          hint: "keys are ASCII letters, digits and dashes")
      }
      if !self.keys.contains(where: { $0.lowercased() == key.lowercased() }) {
        problems.add(
          "\(entry.key.quoted) stands for \(key.quoted), which is not among `trailers`",
          at: entry.node.position,
          hint: Spelling.suggestion(for: key, among: self.keys)
            ?? "`trailers` has \(listed(self.keys))")
      }
      aliases[entry.key] = key
    }
    self.aliases = aliases
    writers = reader.who("writers", context)
    age = reader.duration("age") ?? Self.usualAge
    notAuthor = reader.flag("not-author") ?? true
    notCommitter = reader.flag("not-committer") ?? false
    notCoAuthor = reader.flag("not-co-author") ?? true
    notPusher = reader.flag("not-pusher") ?? false
    loose = reader.flag("loose") ?? false
    scope = reader.choice("scope") ?? .each
    checkTrust(reader, context)
    if notPusher, context.people.isEmpty {
      problems.add(
        "`not-pusher` needs `people` with `logins`: nothing else tells which address pushes",
        at: reader.node("not-pusher")?.position ?? reader.position)
    }
  }

  /// A setting that has no say in the kind of trust would be a promise that nobody keeps.
  private func checkTrust(_ reader: SettingsReader, _ context: PolicyContext) {
    let trusts: [(key: String, counts: [Trust])] = [
      ("writers", [.writer]), ("age", [.signed]), ("trailers", [.trailer, .writer]),
      ("aliases", [.trailer, .writer]), ("loose", [.trailer, .writer]),
    ]
    for (key, counts) in trusts where !counts.contains(trust) {
      guard let node = reader.node(key) else { continue }
      reader.problems.add(
        "`\(key)` counts only with `trust: \(listed(counts.map(\.rawValue), "or"))`",
        at: node.position,
        hint: key == "age" ? "a trailer does not tell when it was written" : "leave it out")
    }
    if trust == .writer, writers == nil {
      reader.problems.add(
        "`trust: writer` names no writers", at: reader.node("trust")?.position ?? reader.position,
        hint: "write `writers: [merge-bot]`: whose commits may carry approvals")
    }
    if trust == .signed, context.people.all.allSatisfy({ $0.keys.isEmpty && $0.listedKeys.isEmpty })
    {
      reader.problems.add(
        "`trust: signed` counts nobody: no one under `people` has a key",
        at: reader.node("trust")?.position ?? reader.position,
        hint: "give the people who approve their `keys`")
    }
  }

  var needs: Needs {
    var needs = Needs(.newCommits)
    switch trust {
    case .trailer: break
    case .writer: needs.add(Needs(.signatures))
    case .signed:
      // Who signed a commit is one of those who made it.
      needs.add(Needs(.signatures))
      needs.endorsements = EndorsementSearch(age: age)
    }
    return needs
  }

  /// What the approvals are, for a verdict.
  var trustWords: String {
    switch trust {
    case .trailer: "trust: trailer, as typed in commit messages"
    case .writer: "trust: writer, as typed in commits of \(listed(writers?.names ?? [], "or"))"
    case .signed: "trust: signed"
    }
  }

  /// The verdict when the pusher's approval must not count and nobody can tell which one that is; nil
  /// where it can be told or does not matter.
  func unknownPusher(_ matter: Matter) -> Verdict? {
    guard notPusher else { return nil }
    guard let pusher = matter.pusher else {
      return .indeterminate(
        "\(Matter.unknownPusher), and the pusher's own approval must not count",
        fix: [
          "ask the server's admin to install gitrel with `--identity`, so that it knows who pushes"
        ])
    }
    guard matter.people.person(login: pusher) == nil else { return nil }
    return .indeterminate(
      "\(Bytes(pusher.utf8).prefix(60).printable) pushes, and the policy names nobody with that login",
      fix: ["add the login to a person under `people` in the policy"])
  }
}
