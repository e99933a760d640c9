/// JSON to be written, its keys in a chosen order.
public indirect enum JSONText: Hashable, Sendable {
  /// One key of an object.
  public struct Member: Hashable, Sendable {
    /// The key.
    public let key: String
    /// What it holds.
    public let value: JSONText
  }

  /// An object.
  case members([Member])
  /// A list.
  case array([JSONText])
  /// Text.
  case string(String)
  /// A whole number.
  case number(Int)
  /// `true` or `false`.
  case flag(Bool)
  /// `null`.
  case null

  /// An object of these keys, in this order.
  public static func object(_ members: [(String, JSONText)]) -> JSONText {
    .members(members.map { Member(key: $0.0, value: $0.1) })
  }

  /// A list of text.
  public static func strings(_ texts: [String]) -> JSONText { .array(texts.map { .string($0) }) }

  /// The text, indented by two blanks a level; without a line end behind it.
  public var text: String {
    var out = ""
    write(to: &out, indent: 0)
    return out
  }

  private func write(to out: inout String, indent: Int) {
    let inner = String(repeating: "  ", count: indent + 1)
    let outer = String(repeating: "  ", count: indent)
    switch self {
    case .members(let members):
      if members.isEmpty {
        out += "{}"
        return
      }
      out += "{\n"
      for (index, member) in members.enumerated() {
        out += inner
        Self.write(member.key, to: &out)
        out += ": "
        member.value.write(to: &out, indent: indent + 1)
        out += index + 1 < members.count ? ",\n" : "\n"
      }
      out += outer + "}"
    case .array(let items):
      let isFlat = items.allSatisfy(\.isSingle)
      out += isFlat ? "[" : "[\n"
      for (index, item) in items.enumerated() {
        if !isFlat { out += inner }
        item.write(to: &out, indent: indent + 1)
        if index + 1 < items.count { out += isFlat ? ", " : "," }
        if !isFlat { out += "\n" }
      }
      out += isFlat ? "]" : outer + "]"
    case .string(let text): Self.write(text, to: &out)
    case .number(let number): out += String(number)
    case .flag(let flag): out += flag ? "true" : "false"
    case .null: out += "null"
    }
  }

  private var isSingle: Bool {
    switch self {
    case .members, .array: false
    case .string, .number, .flag, .null: true
    }
  }

  private static func write(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      // Controls, and whatever could move the text of a terminal about, as escapes.
      case _ where scalar.value < 0x20 || scalar.value >= 0x7F:
        for unit in String(scalar).utf16 {
          let hex = String(unit, radix: 16)
          out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}
