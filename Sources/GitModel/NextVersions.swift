/// Which number of a version goes up; those behind it start again.
public enum VersionStep: String, Hashable, Sendable, CaseIterable, Comparable {
  case patch, minor, major

  /// By weight.
  public static func < (left: VersionStep, right: VersionStep) -> Bool {
    left.place > right.place
  }

  /// The place of the number in a semantic version.
  var place: Int {
    switch self {
    case .major: 0
    case .minor: 1
    case .patch: 2
    }
  }
}

/// Why there is no next version; a clause.
public struct VersionFault: WordedFault, Hashable, Sendable {
  /// The clause.
  public let words: String

  init(_ words: String) { self.words = words }
}

/// The versions that a branch is for, by its name: `release/1.4` is for 1.4.0, 1.4.1 and so on,
/// `support/1.x` for all of 1, `release/1.4.0` for that version alone.
public struct VersionLine: Hashable, Sendable {
  /// The branch's short name, fit to print.
  public let branch: String
  /// The numbers with which its versions start.
  public let numbers: [Version.Number]

  private static let words = [
    "release", "releases", "support", "hotfix", "maint", "maintenance", "stable",
  ]

  /// The line of a branch; nil where its name tells none. What stands before the numbers is one of a few
  /// words and a slash or dash, the tags' `prefix`, both or nothing.
  public init?(branch: RefName, prefix: Bytes) {
    guard branch.isBranch else { return nil }
    var rest = branch.shortBytes[...]
    for word in Self.words.map({ Bytes($0.utf8) }) {
      guard rest.starts(with: word), let end = rest.dropFirst(word.count).first else { continue }
      if end == UInt8(ascii: "/") || end == UInt8(ascii: "-") {
        rest = rest.dropFirst(word.count + 1)
        break
      }
    }
    if rest.starts(with: prefix) { rest = rest.dropFirst(prefix.count) }
    let isOpen = rest.suffix(2).elementsEqual(".x".utf8)
    if isOpen { rest = rest.dropLast(2) }
    let parts = rest.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard (1...(isOpen ? 2 : 3)).contains(parts.count) else { return nil }
    // A lone number may be anything, a year or a ticket.
    if parts.count == 1, !isOpen { return nil }
    var numbers: [Version.Number] = []
    for part in parts {
      guard let number = Version.Number(part), number.digits.count == part.count else {
        return nil
      }
      numbers.append(number)
    }
    (self.branch, self.numbers) = (branch.short, numbers)
  }

  /// Whether a version is one of the line.
  public func holds(_ version: Version) -> Bool {
    let padded = version.numbers + Array(repeating: .zero, count: 3)
    return padded.starts(with: numbers)
  }

  /// For people: `1.4.x`.
  var words: String {
    let digits = numbers.map { $0.digits.printable }.joined(separator: ".")
    return numbers.count < 3 ? digits + ".x" : digits
  }
}

/// What is known about the version that is to come.
public struct VersionAim: Hashable, Sendable {
  /// The step that somebody asks for; nil to go by `change`.
  public var step: VersionStep?
  /// The step that the commits since the last release want: major for a breaking change, minor for a
  /// feature, else patch.
  public var change: VersionStep
  /// The label of a pre-release, such as `rc`; nil for a release.
  public var label: Bytes?
  /// The versions that the branch is for.
  public var line: VersionLine?
  /// Today, for calendar versions; by UTC.
  public var instant: Instant

  /// An aim from its parts.
  public init(
    step: VersionStep? = nil, change: VersionStep = .patch, label: Bytes? = nil,
    line: VersionLine? = nil, at instant: Instant = Instant(seconds: 0)
  ) {
    (self.step, self.change, self.label, self.line) = (step, change, label, line)
    self.instant = instant
  }
}

extension VersionScheme {
  /// The version that comes next, where `tagged` are all that exist and `candidates` those pre-releases
  /// that the release to come has in its history.
  public func next(
    _ aim: VersionAim, tagged: [Version], candidates: [Version] = []
  ) throws(VersionFault) -> Version {
    let spelling: Bytes
    switch self {
    case .semantic(let allowShort):
      spelling = try SemanticStep(aim: aim, tagged: tagged, candidates: candidates)
        .spelling(allowShort: allowShort)
    case .calendar(let format): spelling = try format.next(aim, tagged: tagged)
    }
    guard spelling.count <= Version.maximumLength else {
      throw VersionFault(
        "the next version would have \(spelling.count) bytes, and a name has at most \(Version.maximumLength)"
      )
    }
    guard let version = version(spelling) else {
      throw VersionFault(
        "the next version would be `\(spelling.prefix(80).printable)`, which is none")
    }
    if let other = tagged.first(where: { $0.hasSameRank(as: version) }) {
      throw VersionFault("the next version would be \(version), and \(other) is tagged")
    }
    return version
  }
}

/// One step in semantic versions.
private struct SemanticStep {
  let aim: VersionAim
  let tagged: [Version]
  let candidates: [Version]

  func spelling(allowShort: Bool) throws(VersionFault) -> Bytes {
    let core = try core()
    // X.Y.0 is spelled as the highest of its kind was.
    let model = tagged.filter { $0.padded[2] == .zero }.max()
    let isShort = allowShort && model?.numbers.count == 2 && core[2] == .zero
    let numbers = core.prefix(isShort ? 2 : 3).map(\.digits)
    let text = Bytes(numbers.joined(separator: [UInt8(ascii: ".")]))
    guard let label = aim.label else { return text }
    let parts = try prerelease(label, of: core)
    return text + [UInt8(ascii: "-")] + Bytes(parts.joined(separator: [UInt8(ascii: ".")]))
  }

  /// Major, minor and patch.
  private func core() throws(VersionFault) -> [Version.Number] {
    let releases = tagged.filter { !$0.isPrerelease && aim.line?.holds($0) ?? true }
    let last = releases.max()
    if let line = aim.line { return try core(of: line, after: last) }
    guard let last else {
      let first = Self.bumped([.zero, .zero, .zero], aim.step ?? .minor)
      return aim.step == nil ? higher(of: first, than: nil) : first
    }
    // "Major version zero (0.y.z) is for initial development. Anything MAY change at any time."
    // (semver.org, 4): it is left when somebody says so, and not by a commit.
    let isInitial = last.padded[0] == .zero
    let step = aim.step ?? (isInitial ? min(aim.change, .minor) : aim.change)
    let core = Self.bumped(last.padded, step)
    return aim.step == nil ? higher(of: core, than: last) : core
  }

  private func core(
    of line: VersionLine, after last: Version?
  ) throws(VersionFault) -> [Version.Number] {
    if let step = aim.step, step.place < line.numbers.count {
      throw VersionFault(
        "\(line.branch) is for \(line.words), and a \(step.rawValue) step leads out of that")
    }
    guard let last else {
      return Array((line.numbers + [.zero, .zero]).prefix(3))
    }
    guard line.numbers.count < 3 else {
      throw VersionFault("\(line.branch) is for \(line.words), and that is tagged")
    }
    let least: VersionStep = line.numbers.count == 1 ? .minor : .patch
    let core = Self.bumped(last.padded, aim.step ?? min(aim.change, least))
    return aim.step == nil ? higher(of: core, than: last) : core
  }

  /// What candidates announce, where that is more than the commits want.
  private func higher(of core: [Version.Number], than last: Version?) -> [Version.Number] {
    let announced = candidates.filter { candidate in
      candidate.isPrerelease && aim.line?.holds(candidate) ?? true
        && last.map { $0 < candidate } ?? true
    }.max()
    guard let announced, core.lexicographicallyPrecedes(announced.padded) else { return core }
    return announced.padded
  }

  private static func bumped(
    _ numbers: [Version.Number], _ step: VersionStep
  ) -> [Version.Number] {
    numbers.enumerated().map { place, number in
      place < step.place ? number : place == step.place ? number.next : .zero
    }
  }

  /// What stands behind the `-`: the label with the number after the last one. A label that was written
  /// `rc1` goes on so.
  private func prerelease(
    _ label: Bytes, of core: [Version.Number]
  ) throws(VersionFault) -> [Bytes] {
    let shown = label.prefix(60).printable
    let parts = label.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isKeyByte) }) else {
      throw VersionFault(
        "`\(shown)` is no label: one has letters, digits and dashes, with dots between")
    }
    guard !parts.contains(where: { $0.allSatisfy(\.isASCIIDigit) }) else {
      throw VersionFault("the label `\(shown)` has a number of its own, which is counted by itself")
    }
    let before = tagged.filter { $0.isPrerelease && $0.padded == core }
    let words = parts.map { Bytes($0) }
    let highest = before.max()
    if let highest, words.count == 1, highest.prerelease.count == 1,
      highest.prerelease[0].starts(with: words[0]),
      let number = Version.Number(highest.prerelease[0].dropFirst(words[0].count))
    {
      let next = words[0] + number.next.digits
      // "Identifiers with letters or hyphens are compared lexically in ASCII sort order."
      guard highest.prerelease[0].lexicographicallyPrecedes(next) else {
        throw VersionFault(
          "\(next.printable) would rank below \(highest), because `\(words[0].printable)` and number are one word there"
        )
      }
      return [next]
    }
    let counted = before.compactMap { version -> Version.Number? in
      guard version.prerelease.count == words.count + 1, version.prerelease.starts(with: words)
      else { return nil }
      return version.prerelease.last.flatMap { Version.Number($0) }
    }
    let next = words + [(counted.max() ?? .zero).next.digits]
    let version = Version(spelling: [], numbers: core, prerelease: next)
    if let highest, !(highest < version) {
      let text = Bytes(next.joined(separator: [UInt8(ascii: ".")])).printable
      throw VersionFault("a pre-release \(text) would rank below \(highest), which is tagged")
    }
    return next
  }
}

extension Version {
  /// Major, minor and patch, where a number that is not written is zero.
  fileprivate var padded: [Number] { Array((numbers + [.zero, .zero, .zero]).prefix(3)) }
}

extension [Version.Number] {
  fileprivate func lexicographicallyPrecedes(_ other: [Version.Number]) -> Bool {
    lexicographicallyPrecedes(other, by: <)
  }
}
