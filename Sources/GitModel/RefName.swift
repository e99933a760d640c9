/// The full name of a ref, such as `refs/heads/main`, as the bytes that git holds.
public struct RefName: Hashable, Comparable, Sendable {
  /// The bytes of the name.
  public let bytes: Bytes

  /// Any bytes; ask `fault` whether gitrel accepts them as a name.
  public init(_ bytes: some Sequence<UInt8>) { self.bytes = Bytes(bytes) }

  /// The bytes of `text`.
  public init(_ text: String) { bytes = Bytes(text.utf8) }

  /// The longest name that is accepted, in bytes.
  public static let maximumLength = 200

  /// Names in the order of their bytes, as git sorts refs.
  public static func < (left: RefName, right: RefName) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }

  /// Whether this is `refs/heads/` and something.
  public var isBranch: Bool { hasPrefix("refs/heads/") }

  /// Whether this is `refs/tags/` and something.
  public var isTag: Bool { hasPrefix("refs/tags/") }

  /// Whether the name starts with the bytes of `prefix` and goes on.
  public func hasPrefix(_ prefix: String) -> Bool {
    bytes.count > prefix.utf8.count && bytes.starts(with: prefix.utf8)
  }

  /// The name without `refs/heads/` or `refs/tags/`; the whole name elsewhere.
  public var shortBytes: BytesSlice {
    if isBranch { return bytes.dropFirst("refs/heads/".utf8.count) }
    if isTag { return bytes.dropFirst("refs/tags/".utf8.count) }
    return bytes[...]
  }

  /// `shortBytes` for people: never raw, and cut when somebody pushes a novel.
  public var short: String { Self.display(shortBytes) }

  /// The full name for people: never raw, and cut when it is too long.
  public var full: String { Self.display(bytes[...]) }

  private static func display(_ bytes: BytesSlice) -> String {
    // Names are ASCII or refused, and what is refused must not look like what is not.
    let shown = bytes.prefix(maximumLength).printable.unicodeScalars.map { scalar in
      scalar.isASCII ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
    }.joined()
    return bytes.count <= maximumLength ? shown : "\(shown)... (\(bytes.count) bytes)"
  }
}

extension RefName: CustomStringConvertible {
  /// The full name for people.
  public var description: String { full }
}

extension RefName {
  /// What is wrong with a name; the words go after "the name".
  public enum Fault: Error, Hashable, Sendable {
    /// Longer than `maximumLength`.
    case tooLong
    /// Holds a byte outside the alphabet.
    case byte(UInt8)
    /// git-check-ref-format(1) would not have it; the text says which of its rules.
    case form(String)
    /// Reads like something else: an object id, `HEAD`, a full ref name under a short one.
    case confusable(String)

    /// One clause for people.
    public var words: String {
      switch self {
      case .tooLong: "is longer than \(RefName.maximumLength) bytes"
      case .byte(let byte) where byte < 0x80:
        "holds \([byte].printable == " " ? "a space" : "`\([byte].printable)`"), which is not one of A-Z a-z 0-9 - . _ / @ + # , = %"
      case .byte(let byte):
        "holds the byte 0x\(String(byte, radix: 16)), which is not ASCII: names that look alike must not be different"
      case .form(let rule): rule
      case .confusable(let what): "reads like \(what)"
      }
    }
  }

  /// Why gitrel does not accept this name, or nil when it does.
  ///
  /// The form is git-check-ref-format(1). The alphabet is narrower than git's, as gitolite's is:
  /// names are typed, pasted into shells and shown in logs, and two that look alike are an attack.
  public var fault: Fault? {
    guard bytes.count <= Self.maximumLength else { return .tooLong }
    for byte in bytes where !Self.isAllowed(byte) { return .byte(byte) }
    guard bytes.starts(with: "refs/".utf8) else { return .form("does not start with refs/") }
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return .form("has nothing after its first folder") }
    for part in parts {
      if part.isEmpty { return .form("has an empty part between slashes") }
      if part.first == UInt8(ascii: ".") { return .form("has a part that starts with a dot") }
      if part.first == UInt8(ascii: "-") { return .form("has a part that starts with a dash") }
      if part.last == UInt8(ascii: ".") { return .form("has a part that ends with a dot") }
      if part.suffix(5).elementsEqual(".lock".utf8) {
        return .form("has a part that ends with .lock")
      }
    }
    for (left, right) in zip(bytes, bytes.dropFirst())
    where left == UInt8(ascii: ".") && right == UInt8(ascii: ".") {
      return .form("holds two dots in a row")
    }
    let short = shortBytes
    if isBranch || isTag {
      if short.elementsEqual("@".utf8) { return .confusable("HEAD, which `@` means to git") }
      let upper = short.asciiLowercased
      if upper == Bytes("head".utf8) { return .confusable("HEAD") }
      if short.suffix(5).elementsEqual("_HEAD".utf8), !short.contains(UInt8(ascii: "/")) {
        return .confusable("one of git's own heads")
      }
      if short.starts(with: "refs/".utf8) { return .confusable("a full ref name") }
      if short.starts(with: "heads/".utf8) || short.starts(with: "tags/".utf8)
        || short.starts(with: "remotes/".utf8)
      {
        return .confusable("a partly qualified ref name")
      }
      if short.count == 40 || short.count == 64, short.allSatisfy(Self.isHex) {
        return .confusable("an object id")
      }
    }
    return nil
  }

  private static func isAllowed(_ byte: UInt8) -> Bool {
    if byte.isASCIILetter || byte.isASCIIDigit { return true }
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "/"),
      UInt8(ascii: "@"), UInt8(ascii: "+"), UInt8(ascii: "#"), UInt8(ascii: ","),
      UInt8(ascii: "="), UInt8(ascii: "%"):
      return true
    default: return false
    }
  }

  private static func isHex(_ byte: UInt8) -> Bool {
    byte.isASCIIDigit || (byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "f"))
  }
}
