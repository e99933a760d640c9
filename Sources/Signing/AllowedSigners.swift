public import GitModel

/// An allowed_signers file (ssh-keygen(1), ALLOWED SIGNERS): which keys may sign, for whom, for what
/// and when. A line that ssh-keygen would pass over because it cannot be read is a fault here.
public struct AllowedSigners: Hashable, Sendable {
  /// One line.
  public struct Entry: Hashable, Sendable {
    /// The number of the line, from 1.
    public let line: Int
    /// For whom: patterns, separated by commas, of which `!` ones take out again.
    public let principals: Bytes
    /// Whether the key signs certificates. It signs nothing else.
    public let isAuthority: Bool
    /// For what and when.
    public let terms: KeyTerms
    /// The key.
    public let key: SSHPublicKey

    /// The one whom the line names without any pattern; nil where it may be several.
    public var person: Bytes? {
      principals.contains { ",*?!".utf8.contains($0) } ? nil : principals
    }
  }

  /// Why a file is not read: a line, and what is wrong with it.
  public struct Fault: WordedFault, Hashable {
    /// The number of the line, from 1.
    public let line: Int
    /// `line 3 states \`namespaces\` twice`
    public let words: String
  }

  /// The lines that hold a key, in order.
  public let entries: [Entry]

  /// How large a file may be.
  static let maximumSize = 1 << 20

  /// Reads a file.
  public init(content: Bytes) throws(Fault) {
    guard content.count <= Self.maximumSize else {
      throw Fault(line: 1, words: "is larger than \(Self.maximumSize) bytes")
    }
    var entries: [Entry] = []
    let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let line = line.trimmed
      guard let first = line.first, first != UInt8(ascii: "#") else { continue }
      do throws(SigningFault) {
        var reader = AllowedSignerReader(line)
        entries.append(try reader.entry(at: index + 1))
      } catch {
        throw Fault(line: index + 1, words: "line \(index + 1) \(error.words)")
      }
    }
    self.entries = entries
  }

  /// The line that lets `key` sign for `namespace` at this moment, and for `principal` where one is
  /// wanted; the first that does. The moment is the judging machine's: what an object says of its own
  /// time is typed by anybody.
  public func entry(
    for key: SSHPublicKey, principal: Bytes? = nil, namespace: Bytes, at instant: Instant
  ) throws(SigningFault) -> Entry {
    var reason = SigningFault("is by a key that no line allows")
    for entry in entries where entry.key == key {
      if entry.isAuthority {
        reason = SigningFault("is by a key that signs certificates only (line \(entry.line))")
      } else if let principal, !PatternList.matches(principal, entry.principals) {
        reason = SigningFault(
          "is by a key that is not of `\(principal.prefix(60).printable)` (line \(entry.line))")
      } else if let refusal = entry.terms.refusal(of: namespace, at: instant) {
        reason = refusal
      } else {
        return entry
      }
    }
    throw reason
  }
}

/// Reads one line: `principals [options] kind base64 [comment]`.
private struct AllowedSignerReader {
  private var rest: BytesSlice
  private var isAuthority = false
  private var namespaces: Bytes?
  private var validAfter: Instant?
  private var validBefore: Instant?

  init(_ line: BytesSlice) { rest = line }

  mutating func entry(at line: Int) throws(SigningFault) -> AllowedSigners.Entry {
    let principals = try word()
    guard !principals.isEmpty else { throw SigningFault("names nobody") }
    skipBlanks()
    let name = rest.prefix { !Self.isBlank($0) }
    // Where no key stands, options do, as ssh-keygen has it.
    let isKey = SSHPublicKey.Kind.allCases.contains { $0.rawValue.utf8.elementsEqual(name) }
    if !isKey, Self.options.contains(where: { name.asciiLowercased.starts(with: $0.utf8) }) {
      try readOptions()
      skipBlanks()
    }
    let key: SSHPublicKey
    do { key = try SSHPublicKey(line: rest) } catch {
      throw SigningFault("has a key that \(error.words)")
    }
    if let validAfter, let validBefore, validBefore <= validAfter {
      throw SigningFault("has a valid-before that is not after its valid-after")
    }
    return AllowedSigners.Entry(
      line: line, principals: principals, isAuthority: isAuthority,
      terms: KeyTerms(
        line: line, namespaces: namespaces, validAfter: validAfter, validBefore: validBefore),
      key: key)
  }

  private static let options = ["cert-authority", "namespaces", "valid-after", "valid-before"]

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == 0x09 }

  private mutating func skipBlanks() { rest = rest.drop(while: Self.isBlank) }

  /// The first word, in quotes or not.
  private mutating func word() throws(SigningFault) -> Bytes {
    if rest.first == UInt8(ascii: "\"") { return try quoted() }
    let word = rest.prefix { !Self.isBlank($0) }
    rest = rest[word.endIndex...]
    return Bytes(word)
  }

  /// A text in quotes, in which `\"` is a quote.
  private mutating func quoted() throws(SigningFault) -> Bytes {
    guard rest.popFirst() == UInt8(ascii: "\"") else {
      throw SigningFault("has an option without quotes around its value")
    }
    var out = Bytes()
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\"") { return out }
      if byte == UInt8(ascii: "\\"), rest.first == UInt8(ascii: "\"") {
        rest = rest.dropFirst()
        out.append(UInt8(ascii: "\""))
      } else {
        out.append(byte)
      }
    }
    throw SigningFault("has a quote that does not end")
  }

  private mutating func readOptions() throws(SigningFault) {
    var seen: Set<Bytes> = []
    while true {
      let written = rest.prefix { !Self.isBlank($0) && !"=,".utf8.contains($0) }
      rest = rest[written.endIndex...]
      let name = written.asciiLowercased
      guard Self.options.contains(where: { $0.utf8.elementsEqual(name) }) else {
        throw SigningFault("has the option `\(written.prefix(60).printable)`, which there is not")
      }
      guard seen.insert(name).inserted else {
        throw SigningFault("states `\(name.printable)` twice")
      }
      if name.elementsEqual("cert-authority".utf8) {
        isAuthority = true
      } else {
        guard rest.popFirst() == UInt8(ascii: "=") else {
          throw SigningFault("has no value for `\(name.printable)`")
        }
        try take(try quoted(), for: name)
      }
      guard let next = rest.first, !Self.isBlank(next) else { return }
      guard rest.popFirst() == UInt8(ascii: ","), let after = rest.first, !Self.isBlank(after)
      else {
        throw SigningFault("has no comma between its options")
      }
    }
  }

  private mutating func take(_ value: Bytes, for name: Bytes) throws(SigningFault) {
    guard !value.isEmpty else { throw SigningFault("has no value for `\(name.printable)`") }
    if name.elementsEqual("namespaces".utf8) {
      namespaces = value
      return
    }
    guard let time = AllowedTime(value) else {
      throw SigningFault(
        "has the time `\(value.prefix(60).printable)`; write it as 20261224 or 202612241800Z")
    }
    if name.elementsEqual("valid-after".utf8) {
      validAfter = time.latest
    } else {
      validBefore = time.earliest
    }
  }
}

/// `YYYYMMDD[HHMM[SS]][Z]`. Without the Z, ssh-keygen takes the zone of whoever looks. A gate's answer
/// must not hang on that: it takes the moment at which the time has come in every zone, or in none.
private struct AllowedTime {
  /// The first moment at which a clock somewhere shows the time.
  let earliest: Instant
  /// The last such moment.
  let latest: Instant

  init?(_ text: Bytes) {
    let isUTC = text.last == UInt8(ascii: "Z")
    var digits = isUTC ? Bytes(text.dropLast()) : text
    guard [8, 12, 14].contains(digits.count) else { return nil }
    digits += [UInt8](repeating: UInt8(ascii: "0"), count: 14 - digits.count)
    var spelled = Bytes()
    for (index, digit) in digits.enumerated() {
      if let mark = [4: "-", 6: "-", 8: "T", 10: ":", 12: ":"][index] { spelled += mark.utf8 }
      spelled.append(digit)
    }
    guard let instant = Instant(utcText: spelled + "Z".utf8) else { return nil }
    // Clocks stand between 12 hours behind and 14 hours ahead of UTC.
    let (ahead, behind): (Int64, Int64) = isUTC ? (0, 0) : (14 * 3600, 12 * 3600)
    earliest = Instant(seconds: instant.seconds - ahead)
    latest = Instant(seconds: instant.seconds + behind)
  }
}

/// Lists of patterns as OpenSSH matches them (match.c): `*` and `?`, separated by commas; one with
/// `!` that matches beats all others.
enum PatternList {
  static func matches(_ text: Bytes, _ list: Bytes) -> Bool {
    var found = false
    for pattern in list.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      let isNegated = pattern.first == UInt8(ascii: "!")
      guard matches(text, pattern: Bytes(isNegated ? pattern.dropFirst() : pattern)) else {
        continue
      }
      if isNegated { return false }
      found = true
    }
    return found
  }

  /// One star at a time: on a mismatch only the last star takes one byte more, so that the work is at
  /// most the product of the lengths.
  private static func matches(_ text: Bytes, pattern: Bytes) -> Bool {
    var (at, place) = (0, 0)
    var retry: (at: Int, place: Int)?
    while at < text.count {
      if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
        retry = (at, place)
        place += 1
      } else if place < pattern.count,
        pattern[place] == UInt8(ascii: "?") || pattern[place] == text[at]
      {
        (at, place) = (at + 1, place + 1)
      } else if let last = retry {
        retry = (last.at + 1, last.place)
        (at, place) = (last.at + 1, last.place + 1)
      } else {
        return false
      }
    }
    return pattern[place...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
