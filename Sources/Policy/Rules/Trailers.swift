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
  /// Keys that no commit may have, also outside of the trailer block.
  public let forbidden: [String]
  /// Keys that a commit may have once at most.
  public let once: [String]
  /// What the whole value of a key must match.
  public let format: [(key: String, pattern: TextPattern)]
  /// What no part of the value of a key may match, also outside of the trailer block.
  public let forbiddenValues: [(key: String, pattern: TextPattern)]
  /// Keys that stand in this order, where they are there: all of the first before all of the second.
  public let order: [String]
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  public init(from reader: SettingsReader, context: PolicyContext) {
    required = reader.trailerKeys("required")
    forbidden = reader.trailerKeys("forbidden")
    once = reader.trailerKeys("once")
    format = reader.trailerPatterns("format")
    forbiddenValues = reader.trailerPatterns("forbidden-values")
    order = reader.trailerKeys("order")
    exempt = reader.exemptions()
    if required.isEmpty, forbidden.isEmpty, once.isEmpty, format.isEmpty, forbiddenValues.isEmpty,
      order.isEmpty
    {
      reader.problems.add(
        "`trailers` wants nothing", at: reader.position,
        hint: "give it `required`, `forbidden`, `once`, `format`, `forbidden-values` or `order`")
    }
    if order.count == 1 {
      reader.problems.add(
        "`order` takes two keys or more", at: reader.node("order")?.position ?? reader.position)
    }
    for (index, key) in order.enumerated()
    where order[..<index].contains(where: { $0.lowercased() == key.lowercased() }) {
      reader.problems.add(
        "`\(key)` stands twice in `order`", at: reader.node("order")?.position ?? reader.position)
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
        let why = matter.whyNotExempt(commit, exempt).map { [Fault.other($0)] } ?? []
        bad.append((commit, faults + why))
      }
      if bad.isEmpty {
        return .satisfied("\(counted(judged.count, "commit")) with the wanted trailers")
      }
      return .violated { [bad] in .badTrailers(bad, of: judged.count, newest: commits) }
    }
  }

  fileprivate enum Fault {
    /// A key that is not there, or has no value: what looks like it is searched for when somebody asks.
    case lacking(String, isEmpty: Bool)
    case other(String)

    /// What is wrong with `commit`, and the key where it only needs to be added.
    func told(of commit: Commit) -> (words: String, missing: String?) {
      switch self {
      case .other(let words): return (words, nil)
      case .lacking(let key, let isEmpty):
        let miss = TrailerBlock.misses(in: commit.message[...], keys: [Bytes(key.utf8)]).first
        return (
          "has \(isEmpty ? "an empty" : "no") `\(key)`" + (miss.map { "; \($0.words)" } ?? ""),
          isEmpty || miss != nil ? nil : key
        )
      }
    }
  }

  private func faults(of commit: Commit) -> [Fault] {
    let trailers = commit.trailers
    func all(_ key: String) -> [Trailer] {
      let wanted = Bytes(key.utf8)
      return trailers.filter { $0.isKey(wanted) }
    }
    var faults: [Fault] = []
    // What a fix shows for people to fill in is no value.
    let none = [Bytes(), Bytes(Placeholder.value.utf8)]
    for key in required where all(key).allSatisfy({ none.contains($0.value) }) {
      faults.append(.lacking(key, isEmpty: !all(key).isEmpty))
    }
    faults += forbiddenFaults(of: commit, all)
    for key in once where all(key).count > 1 {
      faults.append(.other("has `\(key)` \(all(key).count) times, once at most"))
    }
    for (key, pattern) in format {
      for trailer in all(key) where !pattern.matchesAll(of: trailer.value) {
        let value = trailer.value.prefix(60).printable
        faults.append(
          .other(
            "line \(trailer.line): `\(key)` is `\(value)`, not like \(pattern.text.cut(to: 60))"))
      }
    }
    return faults + [orderFault(of: trailers)].compactMap { $0 }
  }

  /// What is forbidden is looked for in the whole message: people and tools read it there too.
  private func forbiddenFaults(of commit: Commit, _ all: (String) -> [Trailer]) -> [Fault] {
    var faults: [Fault] = []
    for key in forbidden {
      if let first = all(key).first {
        faults.append(.other("line \(first.line) has `\(key)`, which is forbidden"))
      }
    }
    for (key, pattern) in forbiddenValues {
      for trailer in all(key) where pattern.isFound(in: trailer.value) {
        let value = trailer.value.prefix(60).printable
        faults.append(
          .other("line \(trailer.line): `\(key)` is `\(value)`, which is forbidden"))
      }
    }
    let keys = forbidden + forbiddenValues.map(\.key)
    guard !keys.isEmpty else { return faults }
    let misses = TrailerBlock.misses(in: commit.message[...], keys: keys.map { Bytes($0.utf8) })
    let loose = misses.filter { miss in
      forbidden.contains { miss.key == Bytes($0.utf8) }
        || forbiddenValues.contains { key, pattern in
          miss.key == Bytes(key.utf8) && pattern.isFound(in: miss.value)
        }
    }
    return faults
      + loose.prefix(3).map { miss in
        let text = miss.text.prefix(60).printable
        return .other("line \(miss.line) `\(text)` is forbidden outside of the trailer block too")
      }
  }

  private func orderFault(of trailers: [Trailer]) -> Fault? {
    var last: (place: Int, trailer: Trailer)?
    for trailer in trailers {
      guard let place = order.firstIndex(where: { trailer.isKey(Bytes($0.utf8)) }) else { continue }
      if let last, place < last.place {
        return .other(
          "line \(trailer.line): `\(order[place])` stands below the `\(order[last.place])`"
            + " of line \(last.trailer.line)")
      }
      last = (place, trailer)
    }
    return nil
  }
}

extension TrailerMiss {
  /// What stands behind the colon.
  fileprivate var value: BytesSlice { text.drop { $0 != UInt8(ascii: ":") }.dropFirst() }
}

extension SettingsReader {
  /// The trailer keys listed under `key`.
  func trailerKeys(_ key: String) -> [String] {
    (items(key) ?? []).compactMap { item in
      guard !records(.trailerKey, at: item), let text = text(of: item, for: key) else { return nil }
      guard Self.isTrailerKey(text) else {
        problems.add(
          "\(text.quoted) cannot be a trailer key", at: item.position,
          hint: "keys are ASCII letters, digits and dashes")
        return nil
      }
      return text
    }
  }

  /// The patterns under `key`, each with the trailer key before it.
  func trailerPatterns(_ key: String) -> [(key: String, pattern: TextPattern)] {
    entries(key).compactMap { entry in
      guard Self.isTrailerKey(entry.key) else {
        problems.add(
          "\(entry.key.quoted) cannot be a trailer key", at: entry.position,
          hint: "keys are ASCII letters, digits and dashes")
        return nil
      }
      return pattern(of: entry.node, for: entry.key).map { (entry.key, $0) }
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
    // Where keys are missing and nothing else is wrong, they only need to be added.
    let told = bad.map { commit, faults in
      (commit: commit, faults: faults.map { $0.told(of: commit) })
    }
    let deeds = told.map { commit, faults in
      let missing = faults.compactMap(\.missing)
      let deed =
        missing.count == faults.count
        ? CommitMend.Deed(options: missing.map { .trailer(key: $0, value: Placeholder.value) })
        : CommitMend.Deed(isReworded: true)
      return (commit: commit, deed: deed)
    }
    return Explanation(
      "\(bad.count) of \(counted(count, "new commit")) \(bad.count == 1 ? "has" : "have")"
        + " wrong or missing trailers",
      findings: told.prefix(maximumFindings).map {
        Finding($0.commit, $0.faults.map(\.words).joined(separator: "; "))
      }, total: bad.count, mend: .commits(CommitMend(deeds, newest: newest)))
  }
}
