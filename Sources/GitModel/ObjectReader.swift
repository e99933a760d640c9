/// Why a commit or tag is not read: it is malformed, or git and libgit2 would read it differently.
public struct ObjectFault: Error, Hashable, Sendable {
  /// The object.
  public let id: ObjectID
  /// What is wrong, as a clause after "commit 1234567": `has two author lines`.
  public let words: String

  /// A fault of object `id`.
  public init(id: ObjectID, words: String) { (self.id, self.words) = (id, words) }
}

extension Commit {
  /// Reads the content of a commit object strictly: what `git fsck` calls an error, and everything
  /// that git and libgit2 read differently, is a fault.
  ///
  /// The headers are `tree`, any `parent`, `author`, `committer`, each once and in this order, then
  /// others in any order, of which `encoding`, `gpgsig` and `gpgsig-sha256` may stand once. This is
  /// meant for new commits on guarded refs. Old histories hold commits that git bears with and this
  /// reader does not (time zones such as `+051800`, addresses with angle brackets in them).
  public convenience init(id: ObjectID, content: BytesSlice) throws(ObjectFault) {
    var reader = try HeaderReader(id: id, content: content)
    let tree = try reader.objectID("tree")
    var parents: [ObjectID] = []
    while reader.isAt("parent") { parents.append(try reader.objectID("parent")) }
    let author = try reader.identity("author")
    let committer = try reader.identity("committer")
    let signature = try reader.extraHeaders(after: "committer")
    self.init(
      id: id, tree: tree, parents: parents, author: author, committer: committer,
      message: Bytes(reader.body), signature: signature)
  }
}

extension Tag {
  /// Reads the content of a tag object strictly, as `Commit` is read: `object`, `type`, `tag`,
  /// `tagger` in this order, then nothing but the signature headers of the other hash algorithm.
  /// The `tagger` may be missing, as it is in tags from before July 2005.
  public init(id: ObjectID, content: BytesSlice) throws(ObjectFault) {
    var reader = try HeaderReader(id: id, content: content)
    let target = try reader.objectID("object")
    let typeName = try reader.line("type")
    let kinds: [ObjectKind] = [.commit, .tag, .tree, .blob]
    guard let kind = kinds.first(where: { $0.rawValue.utf8.elementsEqual(typeName) }) else {
      throw reader.fault("has the unknown type `\(typeName.prefix(60).printable)`")
    }
    let name = try reader.line("tag")
    guard !name.isEmpty else { throw reader.fault("has an empty name in its tag line") }
    var tagger: Identity?
    if reader.isAt("tagger") { tagger = try reader.identity("tagger") }
    _ = try reader.extraHeaders(after: tagger == nil ? "tag" : "tagger", signaturesOnly: true)
    let body = reader.body
    let signature = SignatureFormat.signature(endingTag: body).flatMap {
      // In what is none, git would find trailers; so it stays in the message.
      SignatureFormat.isWhole(body[$0.start...]) ? $0 : nil
    }
    self.init(
      id: id, target: target, targetKind: kind, name: Bytes(name), tagger: tagger,
      message: Bytes(body[..<(signature?.start ?? body.endIndex)]),
      signature: signature.map { Bytes(body[$0.start...]) })
  }
}

/// Walks the header lines of a commit or a tag from the first to the blank line.
private struct HeaderReader {
  private let id: ObjectID
  private let content: BytesSlice
  private var position: Int

  init(id: ObjectID, content: BytesSlice) throws(ObjectFault) {
    (self.id, self.content, position) = (id, content, content.startIndex)
    guard !content.holdsNUL else {
      // Everything after it would be invisible to git and to libgit2, but not to the hash.
      throw fault("holds a NUL byte")
    }
  }

  func fault(_ words: String) -> ObjectFault { ObjectFault(id: id, words: words) }

  /// Everything after the blank line; nothing when there is none, which is how git reads a commit
  /// that ends after its headers.
  var body: BytesSlice { content[min(position + 1, content.endIndex)...] }

  /// Whether the next line is a header named `key`.
  func isAt(_ key: String) -> Bool {
    let rest = content[position...]
    let length = key.utf8.count
    return rest.count > length && rest.starts(with: key.utf8)
      && rest[rest.startIndex + length] == UInt8(ascii: " ")
  }

  /// The value of the next line, which must be a header named `key`, on one line.
  mutating func line(_ key: String) throws(ObjectFault) -> BytesSlice {
    guard isAt(key) else { throw misplaced(key) }
    let start = position + key.utf8.count + 1
    guard let end = content[start...].firstIndex(of: UInt8(ascii: "\n")) else {
      throw fault("ends in the middle of its \(key) line")
    }
    position = end + 1
    if position < content.endIndex, content[position] == UInt8(ascii: " ") {
      throw fault("has a \(key) that goes on over a second line")
    }
    return content[start..<end]
  }

  mutating func objectID(_ key: String) throws(ObjectFault) -> ObjectID {
    let value = try line(key)
    guard let id = ObjectID(hex: value) else {
      throw fault("has a malformed \(key) line: `\(value.prefix(60).printable)`")
    }
    return id
  }

  mutating func identity(_ key: String) throws(ObjectFault) -> Identity {
    switch IdentityReader.read(try line(key)) {
    case .success(let identity): return identity
    case .failure(let reason): throw fault("has a malformed \(key) line: \(reason.words)")
    }
  }

  /// Reads the headers that may follow `last`, to the blank line or the end, and gives the signature.
  mutating func extraHeaders(
    after last: String, signaturesOnly: Bool = false
  ) throws(ObjectFault) -> Bytes? {
    var signature: Bytes?
    var seen: Set<String> = []
    while position < content.endIndex, content[position] != UInt8(ascii: "\n") {
      let start = position
      guard let key = nextKey() else {
        let line = content[start...].prefix { $0 != UInt8(ascii: "\n") }
        throw fault("has a malformed header line: `\(line.prefix(60).printable)`")
      }
      // Once each, because git takes the first and libgit2 may take the last.
      var isSignature = false
      if let once = Self.onceOnly.first(where: { $0.utf8.elementsEqual(key) }) {
        guard !Self.ordered.contains(once) else {
          throw misplaced(once, after: last)
        }
        guard seen.insert(once).inserted else { throw fault("has two \(once) headers") }
        isSignature = once != "encoding"
      }
      if signaturesOnly && !isSignature {
        throw fault("has a header that no tag has: `\(key.prefix(60).printable)`")
      }
      let value = try foldedValue(of: key)
      if key.elementsEqual("gpgsig".utf8) { signature = Self.unfolded(value) }
      if key.elementsEqual("encoding".utf8) {
        guard TextEncoding.keepsASCII(value) else {
          // git would decode the message before it looks for trailers; gitrel reads the bytes.
          throw fault("is written in the encoding `\(value.prefix(60).printable)`; use UTF-8")
        }
      }
    }
    return signature
  }

  private static let ordered = ["tree", "parent", "author", "committer"]
  private static let onceOnly = ordered + ["encoding", "gpgsig", "gpgsig-sha256"]

  /// The name of the header at the position, which moves behind the space; nil when it has no form.
  private mutating func nextKey() -> BytesSlice? {
    var end = position
    while end < content.endIndex, content[end] > 0x20, content[end] < 0x7F { end += 1 }
    guard end > position, end < content.endIndex, content[end] == UInt8(ascii: " ") else {
      return nil
    }
    let key = content[position..<end]
    position = end + 1
    return key
  }

  /// The rest of the line at the position and the lines that continue it, without the last LF.
  private mutating func foldedValue(of key: BytesSlice) throws(ObjectFault) -> BytesSlice {
    let start = position
    while true {
      guard let end = content[position...].firstIndex(of: UInt8(ascii: "\n")) else {
        throw fault("ends in the middle of its `\(key.prefix(60).printable)` header")
      }
      position = end + 1
      guard position < content.endIndex, content[position] == UInt8(ascii: " ") else {
        return content[start..<end]
      }
    }
  }

  /// A folded value as git hands it to the verifier: without the space that starts each further
  /// line, and with an LF at the end.
  private static func unfolded(_ value: BytesSlice) -> Bytes {
    var out = Bytes()
    out.reserveCapacity(value.count + 1)
    var afterLF = false
    for byte in value {
      if !afterLF { out.append(byte) }
      afterLF = byte == UInt8(ascii: "\n")
    }
    out.append(UInt8(ascii: "\n"))
    return out
  }

  /// Says why the header `key` is not where it should be.
  private func misplaced(_ key: String, after last: String? = nil) -> ObjectFault {
    var rest = content[content.startIndex...]
    var counts: [Bytes: Int] = [:]
    while let first = rest.first, first != UInt8(ascii: "\n") {
      let line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest[min(line.endIndex + 1, rest.endIndex)...]
      let name = line.prefix { $0 != UInt8(ascii: " ") }
      if name.count < line.count { counts[Bytes(name), default: 0] += 1 }
    }
    for once in ["tree", "author", "committer", "object", "type", "tag", "tagger"]
    where counts[Bytes(once.utf8), default: 0] > 1 {
      return fault("has two \(once) lines")
    }
    guard counts[Bytes(key.utf8)] != nil else { return fault("has no \(key) line") }
    if let last { return fault("has a \(key) line after its \(last) line") }
    let here = content[position...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: " ") }
    return fault("has a `\(here.prefix(60).printable)` line before its \(key) line")
  }
}

/// Reads `name <addr> seconds zone`.
private enum IdentityReader {
  struct Reason: Error {
    let words: String
  }

  /// 9999-12-31T23:59:59Z: a later date has no common spelling and sits near overflows.
  static let lastSecond: Int64 = 253_402_300_799

  static func read(_ line: BytesSlice) -> Result<Identity, Reason> {
    func no(_ words: String) -> Result<Identity, Reason> { .failure(Reason(words: words)) }
    guard let open = line.firstIndex(of: UInt8(ascii: "<")) else { return no("it has no `<`") }
    guard let close = line.firstIndex(of: UInt8(ascii: ">")) else { return no("it has no `>`") }
    // Of two pairs git takes the first address and libgit2 the last.
    guard open < close,
      !line[(open + 1)...].contains(UInt8(ascii: "<")),
      !line[(close + 1)...].contains(UInt8(ascii: ">"))
    else { return no("it does not have exactly one pair of angle brackets") }
    guard open > line.startIndex, line[open - 1] == UInt8(ascii: " ") else {
      return no("there is no space before the `<`")
    }

    // Both readers drop white space before the `<`. At the front libgit2 drops it and git does not,
    // and other control characters libgit2 drops at either end. (It also drops `.,:;"'\` at the ends
    // of a name, which people whose name ends in `Jr.` have; gitrel never asks libgit2 for a name,
    // and people are told apart by their address, where nothing of this is let through.)
    var name = line[..<open]
    while let last = name.last, last.isGitSpace { name = name.dropLast() }
    if let first = name.first, let last = name.last, first <= 0x20 || last <= 0x20 {
      return no("the name starts or ends with a control character or space")
    }
    let email = line[(open + 1)..<close]
    if let first = email.first, let last = email.last, isCrud(first) || isCrud(last) {
      return no("the address starts or ends with a space or punctuation")
    }

    let parts = line[(close + 1)...].split(
      separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty else {
      return no("after the address there is not a time and a zone")
    }
    guard let seconds = Self.seconds(parts[1]) else {
      return no("the time `\(parts[1].prefix(40).printable)` is no second from 1970 to 9999")
    }
    guard let offset = Self.offset(parts[2]) else {
      return no("the zone `\(parts[2].prefix(40).printable)` is not between -1459 and +1459")
    }
    return .success(
      Identity(name: Bytes(name), email: Bytes(email), seconds: seconds, offsetMinutes: offset))
  }

  /// What libgit2 strips at both ends of an address (`is_crud`, signature.c), and git does not.
  private static func isCrud(_ byte: UInt8) -> Bool {
    switch byte {
    case 0...0x20, UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: ";"),
      UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "'"):
      return true
    default: return false
    }
  }

  /// Digits only, and no leading zero, which fsck calls an error.
  private static func seconds(_ digits: BytesSlice) -> Int64? {
    guard (1...12).contains(digits.count), digits.count == 1 || digits.first != UInt8(ascii: "0")
    else { return nil }
    var value: Int64 = 0
    for digit in digits {
      guard digit.isASCIIDigit else { return nil }
      value = value * 10 + Int64(digit - UInt8(ascii: "0"))
    }
    return value <= lastSecond ? value : nil
  }

  /// `+HHMM` or `-HHMM` with at most 14 hours, beyond which libgit2 reads zero, and 59 minutes.
  private static func offset(_ zone: BytesSlice) -> Int? {
    guard zone.count == 5, let sign = zone.first,
      sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-")
    else { return nil }
    var value = 0
    for digit in zone.dropFirst() {
      guard digit.isASCIIDigit else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    let (hours, minutes) = value.quotientAndRemainder(dividingBy: 100)
    guard hours <= 14, minutes <= 59 else { return nil }
    return (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
  }
}

/// Names in `encoding` headers.
private enum TextEncoding {
  /// Whether `name` is an encoding in which every byte below 0x80 is the ASCII character and nothing
  /// else, so that keys, addresses and line ends are the same bytes before and after decoding.
  /// (Shift-JIS, ISO-2022, UTF-7, UTF-16 and EBCDIC are not.)
  static func keepsASCII(_ name: BytesSlice) -> Bool {
    guard name.count <= 20 else { return false }
    let folded = name.asciiLowercased
    if plain.contains(folded) { return true }
    for (prefix, numbers) in numbered where folded.starts(with: prefix) {
      let digits = folded.dropFirst(prefix.count)
      guard (1...4).contains(digits.count), digits.first != UInt8(ascii: "0"),
        digits.allSatisfy(\.isASCIIDigit)
      else { continue }
      let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      if numbers.contains(number) { return true }
    }
    return false
  }

  private static let plain: Set<Bytes> = Set(
    [
      "utf-8", "utf8", "us-ascii", "ascii", "latin1", "latin-1", "koi8-r", "koi8-u",
      "euc-jp", "euc-kr", "euc-cn", "euc-tw", "eucjp", "euckr", "euccn", "euctw",
    ].map { Bytes($0.utf8) })

  private static let numbered: [(prefix: Bytes, numbers: ClosedRange<Int>)] = [
    (Bytes("iso-8859-".utf8), 1...16), (Bytes("iso8859-".utf8), 1...16),
    (Bytes("windows-".utf8), 1250...1258), (Bytes("cp".utf8), 1250...1258),
  ]
}

extension BytesSlice {
  /// Whether a byte is zero; eight at a time, because this runs over all that is pushed.
  fileprivate var holdsNUL: Bool {
    withUnsafeBytes { buffer in
      var offset = 0
      while offset + 8 <= buffer.count {
        let word = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        if (word &- 0x0101_0101_0101_0101) & ~word & 0x8080_8080_8080_8080 != 0 { return true }
        offset += 8
      }
      while offset < buffer.count {
        if buffer[offset] == 0 { return true }
        offset += 1
      }
      return false
    }
  }
}
