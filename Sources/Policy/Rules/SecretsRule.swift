// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// No new blob holds a secret. (Named so because `Secrets` is the target that searches.)
public struct SecretsRule: Rule {
  public static let id: RuleID = "secrets"
  public static let summary = "no new commit brings in a secret"

  /// What is searched for, and what is allowed.
  public let search: SecretSearch

  public init(from reader: SettingsReader, context: PolicyContext) {
    let files = reader.treePaths("patterns")
    let only = reader.texts("only") ?? []
    let off = reader.texts("off") ?? []
    if let node = reader.node("only"), reader.items("only")?.isEmpty ?? false {
      reader.problems.add("`only` is empty: nothing would be searched for", at: node.position)
    }
    for id in only where off.contains(id) {
      reader.problems.add(
        "\(id.quoted) is both under `only` and under `off`", at: reader.position)
    }
    var allowed: (paths: PathSelection?, values: [String], fingerprints: Set<String>) = (
      nil, [], []
    )
    if let node = reader.node("allow") {
      let allow = SettingsReader(node, name: "allow", problems: reader.problems)
      allowed.paths = allow.paths("paths")?.selection
      allowed.values = allow.bytePatterns("values")
      allowed.fingerprints = Set(allow.fingerprints("fingerprints"))
      allow.finish()
    }
    search = SecretSearch(
      files: files, only: only, off: off, allowedPaths: allowed.paths,
      allowedValues: allowed.values, allowedFingerprints: allowed.fingerprints)
  }

  public var needs: Needs {
    var needs = Needs([.newCommits, .changes])
    needs.secrets = search
    return needs
  }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits { commits in
      matter.facts.secrets.judged { reading in
        if reading.total > 0 { return .violated(.secrets(reading, newest: commits)) }
        if reading.unreadTotal > 0 { return Verdict(.indeterminate, .unread(reading)) }
        let allowed =
          reading.allowed == 0 ? "" : "; \(counted(reading.allowed, "file")) on allowed paths"
        guard reading.blobs > 0 else {
          return .notApplicable("no new commit adds or changes a file that is searched\(allowed)")
        }
        return .satisfied(
          "no secret in \(counted(reading.blobs, "file")), by"
            + " \(counted(reading.patterns, "pattern"))\(allowed)")
      }
    }
  }
}

extension SettingsReader {
  /// The paths of files in the tree of the policy under `key`.
  func treePaths(_ key: String) -> [String] {
    (items(key) ?? []).compactMap { treePath(of: $0, for: key, like: ".gitrel/\(key).yml") }
  }

  /// The path of a file in the tree of the policy in `node`.
  func treePath(of node: SettingsNode, for key: String, like example: String) -> String? {
    guard let text = text(of: node, for: key) else { return nil }
    let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard
      !parts.contains(where: {
        $0.isEmpty || $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8)
      })
    else {
      problems.add(
        "`\(key)`: \(text.quoted) is no path in the tree of the policy", at: node.position,
        hint: "write it from the top, e.g. \(example)")
      return nil
    }
    return text
  }

  /// Regular expressions over bytes under `key`, checked.
  public func bytePatterns(_ key: String) -> [String] {
    (items(key) ?? []).compactMap { item in
      if records(.pattern, at: item) { return nil }
      guard let text = text(of: item, for: key) else { return nil }
      return problems.noting(at: item.position, "`\(key)`: the pattern \(text.quoted)") {
        () throws(TextPattern.Fault) in try BytePattern(text).text
      }
    }
  }

  /// Fingerprints of secrets under `key`; of longer ones the first 32 digits count.
  func fingerprints(_ key: String) -> [String] {
    (items(key) ?? []).compactMap { item in
      if records(.text, at: item) { return nil }
      guard case .scalar(let text, _) = item.value, (32...64).contains(text.utf8.count),
        text.utf8.allSatisfy({ $0.isASCIIDigit || (0x61...0x66).contains($0) })
      else {
        problems.add(
          "`\(key)` takes fingerprints, not \(item.kind)", at: item.position,
          hint: "32 small hexadecimal digits, as a refusal shows them")
        return nil
      }
      return String(text.prefix(32))
    }
  }
}

extension Explanation {
  fileprivate static func secrets(_ reading: SecretReading, newest: [Commit]) -> Explanation {
    let commits = newest.filter { commit in reading.secrets.contains { $0.commit.id == commit.id } }
    var prints: [String] = []
    for secret in reading.secrets where !prints.contains(secret.fingerprint) {
      prints.append(secret.fingerprint)
    }
    let shown = prints.prefix(10).joined(separator: ", ") + (prints.count > 10 ? ", ..." : "")
    let unread = reading.unread.map { Finding($0.commit, $0.path.shortPath + " " + $0.why) }
    return Explanation(
      "\(reading.isCut ? "at least " : "")\(counted(reading.total, "secret")) in"
        + " \(counted(commits.count, "new commit"))",
      expected: "each revoked first, where it was issued, and then taken out of the history",
      findings: reading.secrets.map { Finding($0.commit, $0.words) } + unread,
      total: reading.total + reading.unreadTotal,
      mend: .commits(
        CommitMend(
          commits, newest: newest,
          CommitMend.Deed(mayBeEmpty: true, byHand: ["take it out and `git add` that"]))),
      or: [
        "\(prints.count == 1 ? "if it is none" : "those that are none"):"
          + " `secrets: {allow: {fingerprints: [\(shown)]}}` in the policy"
      ])
  }

  fileprivate static func unread(_ reading: SecretReading) -> Explanation {
    Explanation(
      "\(counted(reading.unreadTotal, "file")) could not be searched for secrets",
      findings: reading.unread.map { Finding($0.commit, $0.path.shortPath + " " + $0.why) },
      total: reading.unreadTotal,
      fixes: ["where no secret can be: `secrets: {allow: {paths: [<PATTERN>]}}` in the policy"])
  }
}

extension FoundSecret {
  fileprivate var words: String {
    "\(path.shortPath):\(line):\(column) \(about) `\(start)...`, \(length) bytes (\(pattern),"
      + " fingerprint \(fingerprint))"
      + (elsewhere == 0 ? "" : "; in \(counted(elsewhere, "other place"))")
  }
}

extension Bytes {
  /// A path for people, cut in front when it is very long.
  fileprivate var shortPath: String {
    count <= 200 ? printable : "..." + suffix(200).printable
  }
}
