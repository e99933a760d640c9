internal import GitModel

/// A setting as it is to be written into a policy.
indirect enum PolicyValue: Hashable, Sendable {
  /// Text, quoted where YAML or a policy's reader would take it for something else.
  case text(String)
  /// A whole number.
  case number(Int)
  /// A size in bytes with its unit, as `5MB`.
  case size(Int, unit: String)
  /// `true` or `false`.
  case flag(Bool)
  /// A list.
  case list([PolicyValue])
  /// A map in its order.
  case map([Setting])

  /// One key and what it holds.
  struct Setting: Hashable, Sendable {
    let key: String
    var value: PolicyValue

    init(_ key: String, _ value: PolicyValue) { (self.key, self.value) = (key, value) }
  }

  /// A list of texts.
  static func texts(_ texts: [String]) -> PolicyValue { .list(texts.map(PolicyValue.text)) }

  /// Every text in it.
  var texts: [String] {
    switch self {
    case .text(let text): [text]
    case .list(let items): items.flatMap(\.texts)
    case .map(let settings): settings.flatMap(\.value.texts)
    case .number, .size, .flag: []
    }
  }

  /// The value on one line.
  var inline: String {
    switch self {
    case .text(let text): YAMLText.scalar(text)
    case .number(let number): String(number)
    case .size(let size, let unit): "\(size)\(unit)"
    case .flag(let flag): flag ? "true" : "false"
    case .list(let items): "[" + items.map(\.inline).joined(separator: ", ") + "]"
    case .map(let settings): "{" + settings.map(\.inline).joined(separator: ", ") + "}"
    }
  }

  /// The lines of `key: value`, on one line where it fits into `width` columns.
  static func lines(_ setting: Setting, indent: Int, width: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    let whole = space + setting.inline
    if whole.unicodeScalars.count <= width { return [whole] }
    let head = "\(space)\(YAMLText.scalar(setting.key)):"
    switch setting.value {
    case .list(let items) where !items.isEmpty:
      return [head] + items.map { "\(space)  - \($0.inline)" }
    case .map(let settings) where !settings.isEmpty:
      return [head] + settings.flatMap { lines($0, indent: indent + 2, width: width) }
    default: return [whole]
    }
  }
}

extension PolicyValue.Setting {
  fileprivate var inline: String {
    if case .map(let settings) = value, settings.isEmpty { return "\(YAMLText.scalar(key)):" }
    return "\(YAMLText.scalar(key)): \(value.inline)"
  }
}

/// How text is written so that every YAML reader gives back the same text.
enum YAMLText {
  /// Plain words that YAML 1.1 takes for a truth value or for nothing.
  private static let words: Set<String> = [
    "y", "n", "yes", "no", "on", "off", "true", "false", "null",
  ]

  /// The text plain where that is safe, else in single quotes, else in double quotes with escapes.
  static func scalar(_ text: String) -> String {
    if isPlain(text) { return text }
    if text.unicodeScalars.allSatisfy(isShown) {
      return
        "'\(text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
    }
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      case _ where isShown(scalar): quoted.unicodeScalars.append(scalar)
      default:
        let hex = String(scalar.value, radix: 16)
        let width = scalar.value <= 0xFF ? 2 : scalar.value <= 0xFFFF ? 4 : 8
        quoted += ["\\x", "\\u", "\\U"][width == 2 ? 0 : width == 4 ? 1 : 2]
        quoted += String(repeating: "0", count: width - hex.count) + hex
      }
    }
    return quoted + "\""
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isASCIILetter, let last = text.utf8.last,
      last.isASCIILetter || last.isASCIIDigit, !words.contains(text.lowercased())
    else { return false }
    return text.utf8.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || " -_./@+=".utf8.contains($0)
    }
  }

  /// Whether a character can stand in quotes as it is: no control, nothing invisible.
  private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.value >= 0x20 && scalar.value < 0x7F }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      return false
    default: return true
    }
  }
}
