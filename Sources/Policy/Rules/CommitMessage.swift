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
  /// The longest subject, in characters; nil for any.
  public let subjectMaximum: Int?
  /// The shortest subject, in characters; nil for any.
  public let subjectMinimum: Int?
  /// The longest line of the body, in characters; nil for any. Lines without a space, such as URLs,
  /// and trailers are not counted.
  public let bodyLineMaximum: Int?
  /// Whether the second line is empty, as git wants it.
  public let blankSecondLine: Bool
  /// What the whole subject must match.
  public let matches: TextPattern?
  /// What no part of the message may match.
  public let forbids: TextPattern?
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  public init(from reader: SettingsReader, context: PolicyContext) {
    conventional = reader.flag("conventional") ?? false
    types = reader.texts("types") ?? []
    scopes = reader.texts("scopes") ?? []
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
    if !conventional, !(types + scopes).isEmpty {
      reader.problems.add(
        "`types` and `scopes` mean something only with `conventional: true`", at: reader.position)
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
      return .violated(.badMessages(bad, of: judged.count, newest: commits))
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
    if let matches, !matches.matchesAll(of: subject) {
      faults.append("subject is not like \(matches.text)")
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
      fixes: [Mend.reword(bad.map(\.commit), newest: newest)])
  }
}
