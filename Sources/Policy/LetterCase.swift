internal import GitModel

/// How a word or a description is written: by its letters, `A` to `Z` and their like in any script.
public enum LetterCase: String, Hashable, Sendable, CaseIterable {
  /// No capitals.
  case lower
  /// No small letters.
  case upper
  /// The first character is no capital.
  case lowerStart = "lower-start"
  /// The first character is no small letter.
  case upperStart = "upper-start"
  /// `kebab-case`: small ASCII letters and digits, with dashes.
  case kebab
  /// `snake_case`: small ASCII letters and digits, with underscores.
  case snake
  /// `camelCase`: ASCII letters and digits, a small letter first.
  case camel
  /// `PascalCase`: ASCII letters and digits, a capital first.
  case pascal

  /// Whether `bytes` are written so. Bytes that are no UTF-8 are no letters.
  func holds(for bytes: BytesSlice) -> Bool {
    func isWord(_ more: String) -> Bool {
      bytes.allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || more.utf8.contains($0)
      }
    }
    func isSmall(_ byte: UInt8) -> Bool { byte.isASCIILetter && byte & 0x20 != 0 }
    let text = String(decoding: bytes, as: UTF8.self).unicodeScalars
    switch self {
    case .lower: return !text.contains(where: \.isCapital)
    case .upper: return !text.contains(where: \.properties.isLowercase)
    case .lowerStart: return text.first.map { !$0.isCapital } ?? true
    case .upperStart: return text.first.map { !$0.properties.isLowercase } ?? true
    case .kebab: return isWord("-") && !text.contains(where: \.isCapital)
    case .snake: return isWord("_") && !text.contains(where: \.isCapital)
    case .camel: return isWord("") && bytes.first.map(isSmall) ?? true
    case .pascal:
      return isWord("") && bytes.first.map { $0.isASCIILetter && !isSmall($0) } ?? true
    }
  }
}

extension Unicode.Scalar {
  /// Whether it is a capital, title case included.
  fileprivate var isCapital: Bool {
    properties.isUppercase || properties.generalCategory == .titlecaseLetter
  }
}
