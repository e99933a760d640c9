/// Text as Git stores it: bytes in no declared encoding. Swift's `String` compares by Unicode
/// rules and repairs what is not UTF-8, so it is used for display only.
public typealias Bytes = [UInt8]

/// A view of bytes, used while parsing so that nothing is copied before it is kept.
public typealias BytesSlice = ArraySlice<UInt8>

extension RandomAccessCollection<UInt8> {
  /// The bytes with ASCII capitals folded to small letters; every other byte stays as it is.
  /// (Unicode folding would make the Kelvin sign a `k`.)
  @inlinable public var asciiLowercased: Bytes {
    map { $0 >= UInt8(ascii: "A") && $0 <= UInt8(ascii: "Z") ? $0 | 0x20 : $0 }
  }

  /// The bytes without leading and trailing ASCII white space (space, TAB, LF, VT, FF, CR).
  @inlinable public var trimmed: SubSequence {
    var slice = self[...]
    while let first = slice.first, first.isASCIISpace { slice = slice.dropFirst() }
    while let last = slice.last, last.isASCIISpace { slice = slice.dropLast() }
    return slice
  }

  /// The bytes as text fit for a terminal, a log and a machine: printable ASCII and well-formed,
  /// visible Unicode as they are; control characters, invisible and bidirectional marks and bytes
  /// that are not UTF-8 escaped as `\u{...}` or `\xNN`, so that nothing pushed can move a cursor. A
  /// backslash that would read as such an escape is escaped itself.
  public var printable: String {
    // Nearly everything is plain, and is made without a look at each element through a protocol.
    let plain = withContiguousStorageIfAvailable { PrintableText.plain($0) }
    return (plain ?? nil) ?? PrintableText.of(self)
  }
}

extension UInt8 {
  /// Whether C's `isspace` holds in the "C" locale: space, TAB, LF, VT, FF, CR.
  @inlinable public var isASCIISpace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }

  /// Whether git's own `isspace` holds: space, TAB, LF, CR. (`sane_ctype` in git's ctype.c leaves
  /// out VT and FF, so a line that holds only these is no blank line for git.)
  @inlinable public var isGitSpace: Bool {
    self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0D
  }

  /// Whether this is one of `0`...`9`.
  @inlinable public var isASCIIDigit: Bool {
    self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9")
  }

  /// Whether this is an ASCII letter.
  @inlinable public var isASCIILetter: Bool {
    let lower = self | 0x20
    return lower >= UInt8(ascii: "a") && lower <= UInt8(ascii: "z")
  }
}

enum PrintableText {
  /// The text of bytes that are shown as they are; nil when one of them is not.
  static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    for byte in bytes where byte < 0x20 || byte >= 0x7F || byte == backslash { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func of(_ bytes: some RandomAccessCollection<UInt8>) -> String {
    if bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != backslash }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var out = ""
    // Decoding scalar by scalar; an ill-formed byte is shown as itself, so that two different byte
    // strings never give the same text.
    var rest = Array(bytes)[...]
    var last: Unicode.Scalar = " "
    while let first = rest.first {
      var iterator = rest.makeIterator()
      var decoder = UTF8()
      switch decoder.decode(&iterator) {
      case .scalarValue(let scalar):
        rest = rest.dropFirst(UTF8.width(scalar))
        let isShown = scalar == "\\" ? !readsAsEscape(rest) : isVisible(scalar, after: last)
        out += isShown ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        last = scalar
      case .emptyInput, .error:
        let hex = String(first, radix: 16)
        out += "\\x" + (hex.count == 1 ? "0" : "") + hex
        rest = rest.dropFirst()
        last = " "
      }
    }
    return out
  }

  private static let backslash = UInt8(ascii: "\\")

  /// Whether a backslash before `rest` looks like the start of an escape made here.
  private static func readsAsEscape(_ rest: BytesSlice) -> Bool {
    rest.first == UInt8(ascii: "x") || rest.starts(with: "u{".utf8)
  }

  /// Letters, marks, numbers, punctuation and symbols are shown; controls (Cc), formats (Cf, which
  /// holds the bidirectional and zero-width ones), separators other than space, surrogates, private
  /// use and unassigned code points are not, nor letters and marks that have no ink. (The variation
  /// selector that follows many an emoji is let through behind one.)
  private static func isVisible(_ scalar: Unicode.Scalar, after last: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
    if scalar == "\u{FE0F}" { return last.properties.isEmoji && !last.isASCII }
    if scalar.properties.isDefaultIgnorableCodePoint || scalar == "\u{2800}" { return false }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate,
      .privateUse, .unassigned:
      return false
    default:
      return true
    }
  }
}
