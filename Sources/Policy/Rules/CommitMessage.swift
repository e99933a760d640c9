// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Commit messages have the agreed form.
public struct CommitMessage: Rule {
  public static let id: RuleID = "commit-message"
  public static let summary = "every new commit's message has the agreed form"

  /// Whether subjects follow Conventional Commits 1.0.0.
  public let conventional: Bool
  /// The types that a conventional subject may have; empty for any.
  public let types: [String]
  /// The scopes that a conventional subject may have; empty for any.
  public let scopes: [String]
  /// Whether a conventional subject has a scope; nil for either.
  public let scope: ScopeWish?
  /// How types are written; empty for any way.
  public let typeCase: [LetterCase]
  /// How scopes are written; empty for any way.
  public let scopeCase: [LetterCase]
  /// How the description is written, which is the whole subject where it is not conventional; empty
  /// for any way.
  public let descriptionCase: [LetterCase]
  /// The longest description, in characters; nil for any.
  public let descriptionMaximum: Int?
  /// The shortest description, in characters; nil for any.
  public let descriptionMinimum: Int?
  /// Whether the subject may end with a full stop.
  public let fullStop: Bool
  /// The longest subject, in characters; nil for any.
  public let subjectMaximum: Int?
  /// The shortest subject, in characters; nil for any.
  public let subjectMinimum: Int?
  /// The longest line of the body, in characters; nil for any. Lines without a space, such as URLs,
  /// and trailers are not counted.
  public let bodyLineMaximum: Int?
  /// Whether the second line is empty, as git wants it.
  public let blankSecondLine: Bool
  /// How many characters the body has at least, without trailers and white space at its ends.
  public let bodyMinimum: Int?
  /// What some part of the message must match, white space at its end left out.
  public let contains: TextPattern?
  /// What the whole subject must match.
  public let matches: TextPattern?
  /// What no part of the message may match.
  public let forbids: TextPattern?
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  /// Whether a conventional subject has a scope.
  public enum ScopeWish: String, Hashable, Sendable, CaseIterable {
    /// Every subject has one.
    case required
    /// None has one.
    case forbidden
  }

  public init(from reader: SettingsReader, context: PolicyContext) {
    conventional = reader.flag("conventional") ?? false
    types = reader.texts("types") ?? []
    scopes = reader.texts("scopes") ?? []
    scope = reader.choice("scope")
    typeCase = reader.letterCases("type-case")
    scopeCase = reader.letterCases("scope-case")
    descriptionCase = reader.letterCases("description-case")
    descriptionMaximum = reader.integer("description-maximum", in: 1...10_000)
    descriptionMinimum = reader.integer("description-minimum", in: 1...10_000)
    fullStop = reader.flag("full-stop") ?? true
    bodyMinimum = reader.integer("body-minimum", in: 1...10_000)
    contains = reader.pattern("contains")
    subjectMaximum = reader.integer("subject-maximum", in: 1...10_000)
    subjectMinimum = reader.integer("subject-minimum", in: 1...10_000)
    bodyLineMaximum = reader.integer("body-line-maximum", in: 1...10_000)
    blankSecondLine = reader.flag("blank-second-line") ?? true
    matches = reader.pattern("matches")
    forbids = reader.pattern("forbids")
    exempt = reader.exemptions()
    if let subjectMinimum, let subjectMaximum, subjectMinimum > subjectMaximum {
      reader.problems.add(
        "no subject has at least \(subjectMinimum) and at most \(subjectMaximum) characters",
        at: reader.node("subject-minimum")?.position ?? reader.position)
    }
    if let descriptionMinimum, let descriptionMaximum, descriptionMinimum > descriptionMaximum {
      reader.problems.add(
        "no description has at least \(descriptionMinimum) and at most \(descriptionMaximum)"
          + " characters", at: reader.node("description-minimum")?.position ?? reader.position)
    }
    if !conventional, !(types + scopes).isEmpty {
      reader.problems.add(
        "`types` and `scopes` mean something only with `conventional: true`", at: reader.position)
    }
    for key in ["scope", "type-case", "scope-case"] where !conventional {
      guard let node = reader.node(key) else { continue }
      reader.problems.add(
        "`\(key)` means something only with `conventional: true`", at: node.position)
    }
    if scope == .forbidden, !scopes.isEmpty {
      reader.problems.add(
        "`scopes` lists what `scope: forbidden` forbids",
        at: reader.node("scopes")?.position ?? reader.position, hint: "keep one of the two")
    }
  }

  public var needs: Needs { exempt.needs }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits(except: exempt) { judged, commits in
      var bad: [(commit: Commit, faults: [String])] = []
      for commit in judged {
        let faults = faults(of: commit)
        if !faults.isEmpty {
          bad.append((commit, faults + [matter.whyNotExempt(commit, exempt)].compactMap { $0 }))
        }
      }
      if bad.isEmpty { return .satisfied("\(counted(judged.count, "message")) as agreed") }
      return .violated { [bad] in .badMessages(bad, of: judged.count, newest: commits) }
    }
  }

  private func faults(of commit: Commit) -> [String] {
    var faults: [String] = []
    let subject = commit.subject
    if subject.trimmed.isEmpty { faults.append("has no subject") }
    let length = Self.characters(of: subject)
    if let subjectMaximum, length > subjectMaximum {
      faults.append("subject has \(length) characters, at most \(subjectMaximum)")
    }
    if let subjectMinimum, length < subjectMinimum {
      faults.append("subject has \(length) characters, at least \(subjectMinimum)")
    }
    if conventional,
      let fault = ConventionalSubject.fault(of: subject, types: types, scopes: scopes)
    {
      faults.append(fault)
    }
    faults += describedFaults(of: subject)
    if !fullStop, subject.trimmed.last == UInt8(ascii: "."),
      !subject.trimmed.suffix(3).elementsEqual("...".utf8)
    {
      faults.append("subject ends with a full stop")
    }
    if let matches, !matches.matchesAll(of: subject) {
      faults.append("subject is not like \(matches.text)")
    }
    if let contains, !contains.isFound(in: commit.message[...].withoutSpaceAtEnd) {
      faults.append("holds nothing like \(contains.text)")
    }
    if let forbids, forbids.isFound(in: commit.message) {
      faults.append("holds what \(forbids.text) forbids")
    }
    let lines = commit.message.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let body = lines.drop { $0.trimmed.isEmpty }.dropFirst()
    if blankSecondLine, let second = body.first, !second.trimmed.isEmpty {
      faults.append("the line after the subject is not empty")
    }
    if let bodyMinimum {
      let length = Self.characters(of: TrailerBlock.body(of: commit.message[...]).trimmed)
      if length < bodyMinimum {
        faults.append(
          length == 0 ? "has no body" : "body has \(length) characters, at least \(bodyMinimum)")
      }
    }
    if let bodyLineMaximum {
      for number in body.indices {
        let line =
          lines[number].last == UInt8(ascii: "\r") ? lines[number].dropLast() : lines[number]
        let length = Self.characters(of: line)
        // A URL cannot be broken, and a trailer must not be.
        guard length > bodyLineMaximum, line.trimmed.contains(UInt8(ascii: " ")),
          !Self.isTrailer(line)
        else { continue }
        faults.append("line \(number + 1) has \(length) characters, at most \(bodyLineMaximum)")
        break
      }
    }
    return faults
  }

  /// What is wrong with the parts of the subject.
  private func describedFaults(of subject: BytesSlice) -> [String] {
    var faults: [String] = []
    let parts = conventional ? ConventionalSubject.Parts(subject) : nil
    // A subject that is not conventional was told already; its parts are nowhere.
    if conventional, parts == nil { return [] }
    if let parts {
      switch (scope, parts.scope) {
      case (.required?, nil): faults.append("subject has no scope")
      case (.forbidden?, let scope?):
        faults.append("subject has the scope `\(scope.printable)`, and none is wanted")
      default: break
      }
      faults += Self.fault(of: parts.type, "type", typeCase)
      faults += parts.scope.map { Self.fault(of: $0, "scope", scopeCase) } ?? []
    }
    let description = parts?.description ?? subject.trimmed
    faults += Self.fault(of: description, parts == nil ? "subject" : "description", descriptionCase)
    let length = Self.characters(of: description)
    if let descriptionMaximum, length > descriptionMaximum {
      faults.append("description has \(length) characters, at most \(descriptionMaximum)")
    }
    if let descriptionMinimum, length < descriptionMinimum {
      faults.append("description has \(length) characters, at least \(descriptionMinimum)")
    }
    return faults
  }

  private static func fault(of text: BytesSlice, _ what: String, _ cases: [LetterCase]) -> [String]
  {
    guard !cases.isEmpty, !cases.contains(where: { $0.holds(for: text) }) else { return [] }
    let wanted = cases.map(\.rawValue).joined(separator: ", ")
    return ["\(what) `\(text.prefix(60).printable)` is not in the case \(wanted)"]
  }

  /// Code points, and one for each run of bytes that are no UTF-8.
  private static func characters(of bytes: BytesSlice) -> Int {
    bytes.allSatisfy { $0 < 0x80 }
      ? bytes.count : String(decoding: bytes, as: UTF8.self).unicodeScalars.count
  }

  private static func isTrailer(_ line: BytesSlice) -> Bool {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
      return false
    }
    return line[..<colon].allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-")
    }
  }
}

extension SettingsReader {
  /// The cases listed under `key`.
  fileprivate func letterCases(_ key: String) -> [LetterCase] {
    (items(key) ?? []).compactMap { item -> LetterCase? in choice(of: item, for: key) }
  }
}

extension BytesSlice {
  /// The bytes up to the white space at their end, which git puts there.
  fileprivate var withoutSpaceAtEnd: BytesSlice {
    var slice = self
    while let last = slice.last, last.isASCIISpace { slice = slice.dropLast() }
    return slice
  }
}

extension Explanation {
  fileprivate static func badMessages(
    _ bad: [(commit: Commit, faults: [String])], of count: Int, newest: [Commit]
  ) -> Explanation {
    Explanation(
      "\(bad.count) of \(counted(count, "new commit")) \(bad.count == 1 ? "has" : "have")"
        + " a message that does not fit",
      findings: bad.prefix(maximumFindings).map {
        Finding($0.commit, $0.faults.joined(separator: "; "))
      }, total: bad.count,
      mend: .commits(
        CommitMend(bad.map(\.commit), newest: newest, CommitMend.Deed(isReworded: true))))
  }
}
