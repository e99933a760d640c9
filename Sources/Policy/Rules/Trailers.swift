// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Commits carry the trailers that the policy wants, and none that it does not.
///
/// Trailers are read as git reads them (`git log --format=%(trailers:only,unfold)`); a line that looks
/// like one and is none is named with the reason. Keys are compared without regard to ASCII case.
public struct Trailers: Rule {
  public static let id: RuleID = "trailers"
  public static let summary = "every new commit carries the wanted trailers, and no forbidden one"

  /// Keys that every commit must have.
  public let required: [String]
  /// Keys that no commit may have.
  public let forbidden: [String]
  /// Keys that a commit may have once at most.
  public let once: [String]
  /// What the whole value of a key must match.
  public let format: [(key: String, pattern: TextPattern)]
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  public init(from reader: SettingsReader, context: PolicyContext) {
    required = reader.trailerKeys("required")
    forbidden = reader.trailerKeys("forbidden")
    once = reader.trailerKeys("once")
    format = reader.entries("format").compactMap { entry in
      guard SettingsReader.isTrailerKey(entry.key) else {
        reader.problems.add(
          "\(entry.key.quoted) cannot be a trailer key", at: entry.position,
          hint: "keys are ASCII letters, digits and dashes")
        return nil
      }
      return reader.pattern(of: entry.node, for: entry.key).map { (entry.key, $0) }
    }
    exempt = reader.exemptions()
    if required.isEmpty, forbidden.isEmpty, once.isEmpty, format.isEmpty {
      reader.problems.add(
        "`trailers` wants nothing", at: reader.position,
        hint: "give it `required`, `forbidden`, `once` or `format`")
    }
    for key in required
    where forbidden.contains(where: { $0.lowercased() == key.lowercased() }) {
      reader.problems.add("`\(key)` is both required and forbidden", at: reader.position)
    }
  }

  public var needs: Needs { exempt.needs }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits(except: exempt) { judged, commits in
      var bad: [(commit: Commit, faults: [Fault])] = []
      for commit in judged {
        let faults = faults(of: commit)
        guard !faults.isEmpty else { continue }
        let why = matter.whyNotExempt(commit, exempt).map { [Fault(words: $0)] } ?? []
        bad.append((commit, faults + why))
      }
      if bad.isEmpty {
        return .satisfied("\(counted(judged.count, "commit")) with the wanted trailers")
      }
      return .violated(.badTrailers(bad, of: judged.count, newest: commits))
    }
  }

  fileprivate struct Fault {
    let words: String
    /// The key that only needs to be added.
    var missing: String?
  }

  private func faults(of commit: Commit) -> [Fault] {
    let trailers = TrailerBlock(message: commit.message[...]).trailers
    func all(_ key: String) -> [Trailer] { trailers.filter { $0.isKey(Bytes(key.utf8)) } }
    var faults: [Fault] = []
    for key in required where all(key).allSatisfy({ $0.value.isEmpty }) {
      let misses = TrailerBlock.misses(in: commit.message[...], keys: [Bytes(key.utf8)])
      let isMissing = all(key).isEmpty
      let words =
        "has \(isMissing ? "no" : "an empty") `\(key)`"
        + (misses.first.map { "; \($0.words)" } ?? "")
      faults.append(Fault(words: words, missing: isMissing && misses.isEmpty ? key : nil))
    }
    for key in forbidden {
      if let first = all(key).first {
        faults.append(Fault(words: "line \(first.line) has `\(key)`, which is forbidden"))
      }
    }
    for key in once where all(key).count > 1 {
      faults.append(Fault(words: "has `\(key)` \(all(key).count) times, once at most"))
    }
    for (key, pattern) in format {
      for trailer in all(key) where !pattern.matchesAll(of: trailer.value) {
        let value = trailer.value.prefix(60).printable
        faults.append(
          Fault(
            words:
              "line \(trailer.line): `\(key)` is `\(value)`, not like \(pattern.text.cut(to: 60))"))
      }
    }
    return faults
  }
}

extension SettingsReader {
  /// The trailer keys listed under `key`.
  func trailerKeys(_ key: String) -> [String] {
    (items(key) ?? []).compactMap { item in
      guard let text = text(of: item, for: key) else { return nil }
      guard Self.isTrailerKey(text) else {
        problems.add(
          "\(text.quoted) cannot be a trailer key", at: item.position,
          hint: "keys are ASCII letters, digits and dashes")
        return nil
      }
      return text
    }
  }

  static func isTrailerKey(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
  }
}

extension Explanation {
  fileprivate static func badTrailers(
    _ bad: [(commit: Commit, faults: [Trailers.Fault])], of count: Int, newest: [Commit]
  ) -> Explanation {
    let faults = bad.flatMap(\.faults)
    let missing = bad[0].faults.compactMap(\.missing)
    // Where each commit lacks the same keys and has no other fault, they only need to be added.
    let isAdding =
      faults.allSatisfy { $0.missing != nil }
      && bad.allSatisfy { $0.faults.compactMap(\.missing) == missing }
    let commits = bad.map(\.commit)
    let fix =
      isAdding
      ? Mend.amend(
        commits, newest: newest,
        with: missing.map { "--trailer '\($0): VALUE'" }.joined(separator: " "),
        adding: listed(missing.map { "`\($0): VALUE`" }))
      : Mend.reword(commits, newest: newest)
    return Explanation(
      "\(bad.count) of \(counted(count, "new commit")) \(bad.count == 1 ? "has" : "have")"
        + " wrong or missing trailers",
      findings: bad.prefix(maximumFindings).map {
        Finding($0.commit, $0.faults.map(\.words).joined(separator: "; "))
      }, total: bad.count, fixes: [fix])
  }
}
