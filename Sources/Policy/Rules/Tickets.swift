// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import GitModel

/// Commits name a ticket.
///
/// A ticket counts as a whole word: no letter, digit or underscore stands right before or after it.
public struct Tickets: Rule {
  public static let id: RuleID = "tickets"
  public static let summary = "every new commit names a ticket"

  /// Where a ticket may stand.
  public enum Place: String, Hashable, Sendable, CaseIterable {
    /// In the first line of the message.
    case subject
    /// In any line below it.
    case body
    /// In the value of a trailer.
    case trailers
    /// In the short name of the ref, which then counts for all its commits.
    case branch
  }

  /// What a ticket is like; nil after a problem.
  public let pattern: TextPattern?
  /// Where one may stand.
  public let places: Set<Place>
  /// The trailers in which one may stand.
  public let keys: [String]
  /// With what a ticket starts, up to a byte that is no letter and no digit; empty for anything.
  public let projects: [String]
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  /// Jira's way, which most trackers took up.
  private static let usual = "[A-Z][A-Z0-9]+-[0-9]+"
  private static let usualKeys = ["Ticket", "Issue", "Refs", "Fixes", "Closes"]

  public init(from reader: SettingsReader, context: PolicyContext) {
    self.init(from: reader, isOfCommits: false)
  }

  /// Where a ticket may stand in a commit.
  private enum CommitPlace: String, CaseIterable {
    case subject, body, trailers
  }

  /// `isOfCommits`: only what a ticket is and where it may stand in a commit, for rules that ask which
  /// tickets commits name.
  init(from reader: SettingsReader, isOfCommits: Bool) {
    let problems = reader.problems
    let isStated = reader.node("pattern") != nil
    pattern = isStated ? reader.pattern("pattern") : try? TextPattern(Self.usual)
    if let pattern, pattern.matchesAll(of: Bytes()) {
      problems.add(
        "`pattern`: \(pattern.text.quoted) matches nothing, and a ticket is something",
        at: reader.node("pattern")?.position ?? reader.position)
    }
    let places = reader.items("in").map { items in
      items.compactMap { (item) -> Place? in
        guard isOfCommits else { return reader.choice(of: item, for: "in") }
        let place: CommitPlace? = reader.choice(of: item, for: "in")
        return place.flatMap { Place(rawValue: $0.rawValue) }
      }
    }
    if places == [], case .list([])? = reader.node("in")?.value {
      problems.add(
        "`in` is empty, so that no commit can name a ticket",
        at: reader.node("in")?.position ?? reader.position,
        hint: "leave it out, or list "
          + listed(
            isOfCommits ? CommitPlace.allCases.map(\.rawValue) : Place.allCases.map(\.rawValue),
            "or"))
    }
    self.places = Set(places ?? [.subject, .trailers])
    let keys = reader.trailerKeys("trailers")
    self.keys = keys.isEmpty ? Self.usualKeys : keys
    if !keys.isEmpty, !self.places.contains(.trailers) {
      problems.add(
        "`trailers` means something only with `in: [trailers]`",
        at: reader.node("trailers")?.position ?? reader.position)
    }
    projects = (reader.items("projects") ?? []).compactMap { item in
      guard let text = reader.text(of: item, for: "projects") else { return nil }
      guard Self.isProject(text) else {
        problems.add(
          "\(text.quoted) is no project", at: item.position,
          hint: "what stands before the number, as SHOP in SHOP-12")
        return nil
      }
      return text
    }
    exempt = isOfCommits ? [] : reader.exemptions()
  }

  /// Tickets like `pattern` in subjects and in the usual trailers, for release notes.
  public init(pattern: TextPattern) {
    self.pattern = pattern
    (places, keys) = ([.subject, .trailers], Self.usualKeys)
    (projects, exempt) = ([], [])
  }

  private static func isProject(_ text: String) -> Bool {
    guard let last = text.utf8.last else { return false }
    return isWord(last) && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
  }

  public var needs: Needs { exempt.needs }

  public func judge(_ matter: Matter) -> Verdict {
    guard let pattern else {
      return .indeterminate("the policy does not say what a ticket is like")
    }
    return matter.judgedNewCommits(except: exempt) { judged, commits in
      if places.contains(.branch), !tickets(in: matter.update.name.shortBytes, pattern).good.isEmpty
      {
        return .satisfied("\(matter.update.name.short) names a ticket for all its commits")
      }
      if places == [.branch] { return .violated(.noTicketInName(matter.update.name, self)) }
      let bad = judged.compactMap { commit in
        strange(in: commit, pattern).map { strange in
          Lacking(commit: commit, strange: strange, note: matter.whyNotExempt(commit, exempt))
        }
      }
      if bad.isEmpty {
        return .satisfied(
          judged.count == 1
            ? "the commit names a ticket" : "all \(judged.count) commits name a ticket")
      }
      return .violated { .noTicket(bad, of: judged.count, newest: commits, self) }
    }
  }

  /// A commit that names no ticket.
  fileprivate struct Lacking {
    let commit: Commit
    /// What is like a ticket and is of no project.
    let strange: [BytesSlice]
    let note: String?
  }

  /// What in a commit is like a ticket and is of no project; nil when it names a ticket.
  private func strange(in commit: Commit, _ pattern: TextPattern) -> [BytesSlice]? {
    var strange: [BytesSlice] = []
    for place in Place.allCases where places.contains(place) {
      for text in texts(of: commit, in: place) {
        let found = tickets(in: text, pattern)
        if !found.good.isEmpty { return nil }
        strange += found.strange
      }
    }
    return strange
  }

  fileprivate func words(_ lacking: Lacking) -> String {
    var words = ["names no ticket"]
    if let first = lacking.strange.first {
      words = [
        "names `\(first.prefix(40).printable)`, which is no ticket of \(listed(projects, "or"))"
      ]
    }
    if let pattern, places.contains(.trailers), !places.contains(.body) {
      let misses = TrailerBlock.misses(
        in: lacking.commit.message[...], keys: keys.map { Bytes($0.utf8) }
      ).filter { !tickets(in: $0.text[...], pattern).good.isEmpty }
      words += misses.prefix(3).map(\.words)
    }
    return (words + [lacking.note].compactMap { $0 }).joined(separator: "; ")
  }

  /// The tickets that a commit names, in the order of the places, each once.
  public func named(by commit: Commit) -> [Bytes] {
    Array(everyOne(namedBy: commit).prefix(Self.namedLimit))
  }

  /// How many tickets of one commit are told.
  private static let namedLimit = 20

  /// The same, however many there are.
  func everyOne(namedBy commit: Commit) -> [Bytes] {
    Place.allCases.filter(places.contains).flatMap { place in
      texts(of: commit, in: place).flatMap { named(in: $0) }
    }.withoutRepeats
  }

  /// The tickets in `text`.
  func named(in text: BytesSlice) -> [Bytes] {
    pattern.map { tickets(in: text, $0).good.map { Bytes($0) } } ?? []
  }

  /// Whether `text` is a ticket and nothing else.
  func isTicket(_ text: Bytes) -> Bool { named(in: text[...]) == [text] }

  private func texts(of commit: Commit, in place: Place) -> [BytesSlice] {
    switch place {
    case .subject: return [commit.subject]
    case .body: return [commit.message[commit.subject.endIndex...]]
    case .trailers:
      let keys = keys.map { Bytes($0.utf8) }
      return commit.trailers
        .filter { trailer in keys.contains { trailer.isKey($0) } }.map { $0.value[...] }
    case .branch: return []
    }
  }

  /// The tickets in `text`, and what is like one and is of no project.
  private func tickets(
    in text: BytesSlice, _ pattern: TextPattern
  ) -> (good: [BytesSlice], strange: [BytesSlice]) {
    let whole = Bytes(text)
    let words = pattern.matches(in: text).filter { match in
      let before = match.startIndex == 0 ? nil : whole[match.startIndex - 1]
      let after = match.endIndex == whole.count ? nil : whole[match.endIndex]
      return !(Self.isWord(before) && Self.isWord(match.first))
        && !(Self.isWord(after) && Self.isWord(match.last))
    }
    guard !projects.isEmpty else { return (words, []) }
    let good = words.filter { word in
      projects.contains { project in
        let rest = word.dropFirst(project.utf8.count)
        return word.prefix(project.utf8.count).asciiLowercased
          == Bytes(project.utf8).asciiLowercased
          && !(rest.first.map { $0.isASCIILetter || $0.isASCIIDigit } ?? true)
      }
    }
    return (good, good.isEmpty ? words : [])
  }

  /// Whether a word goes on with this byte. Beyond ASCII are also scripts that put no spaces between
  /// words, so those bytes end one.
  private static func isWord(_ byte: UInt8?) -> Bool {
    guard let byte else { return false }
    return byte.isASCIILetter || byte.isASCIIDigit || byte == UInt8(ascii: "_")
  }

  /// A ticket for a trailer, with a part that only people can fill in, and none as it stands; nil where
  /// there is no such text.
  fileprivate var placeholder: String? {
    guard let pattern, places.contains(.trailers) else { return nil }
    let projects = projects.filter { pattern.matchesAll(of: Bytes("\($0)-123".utf8)) }
    return (projects.map { "\($0)-<NUMBER>" } + ["<TICKET>", "<...>"]).first {
      $0.isPlainValue && tickets(in: Bytes($0.utf8)[...], pattern).good.isEmpty
    }
  }

  /// What a ticket is, for messages.
  var wanted: String {
    let like = "a ticket like \((pattern?.text ?? "").cut(to: 60))"
    return projects.isEmpty ? like : like + " of \(listed(projects, "or"))"
  }

  /// Where it may stand, for messages.
  fileprivate var wantedPlaces: String {
    let words = Place.allCases.filter(places.contains).map { place in
      switch place {
      case .subject: "the subject"
      case .body: "the body"
      case .trailers: "a trailer (\(keys.joined(separator: ", ")))"
      case .branch: "the name of the branch"
      }
    }
    return listed(words, "or")
  }
}

extension [Bytes] {
  fileprivate var withoutRepeats: [Bytes] {
    var seen: Set<Bytes> = []
    return filter { seen.insert($0).inserted }
  }
}

extension Explanation {
  fileprivate static func noTicket(
    _ bad: [Tickets.Lacking], of count: Int, newest: [Commit], _ rule: Tickets
  ) -> Explanation {
    let key = rule.keys.first ?? "Ticket"
    let commits = bad.map(\.commit)
    let deed =
      rule.placeholder.map { CommitMend.Deed(options: [.trailer(key: key, value: $0)]) }
      ?? CommitMend.Deed(isReworded: true, adding: ["the ticket"])
    return Explanation(
      "\(bad.count) of \(counted(count, "new commit")) \(bad.count == 1 ? "names" : "name")"
        + " no ticket",
      expected: "\(rule.wanted) in \(rule.wantedPlaces)",
      findings: bad.prefix(maximumFindings).map { Finding($0.commit, rule.words($0)) },
      total: bad.count, mend: .commits(CommitMend(commits, newest: newest, deed)))
  }

  fileprivate static func noTicketInName(_ name: RefName, _ rule: Tickets) -> Explanation {
    let words = "the name \(name.short) has no ticket"
    let expected = "\(rule.wanted) in \(rule.wantedPlaces)"
    return name.isBranch
      ? Explanation(words, expected: expected, mend: .push(as: "<NAME-WITH-TICKET>"))
      : Explanation(words, expected: expected, fixes: ["push under a name with a ticket"])
  }
}
