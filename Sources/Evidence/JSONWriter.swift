import GitModel

/// Writes values, canonical and for people.
enum JSONWriter {
  static func write(_ value: JSONValue, to out: inout Bytes) {
    switch value {
    case .null: out += "null".utf8
    case .bool(let bool): out += (bool ? "true" : "false").utf8
    case .integer(let integer): out += String(integer).utf8
    case .number(let text): out += text
    case .string(let bytes): write(string: bytes, to: &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(element, to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      let sorted = members.sorted { $0.name.lexicographicallyPrecedes($1.name) }
      for (index, member) in sorted.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        write(string: member.name, to: &out)
        out.append(UInt8(ascii: ":"))
        write(member.value, to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  static func writePretty(_ value: JSONValue, indent: Int, to out: inout Bytes) {
    func newLine(_ indent: Int) {
      out.append(UInt8(ascii: "\n"))
      out.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent))
    }
    switch value {
    case .array(let elements) where !elements.isEmpty:
      out.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newLine(indent + 2)
        writePretty(element, indent: indent + 2, to: &out)
      }
      newLine(indent)
      out.append(UInt8(ascii: "]"))
    case .object(let members) where !members.isEmpty:
      out.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { out.append(UInt8(ascii: ",")) }
        newLine(indent + 2)
        write(string: member.name, to: &out)
        out += ": ".utf8
        writePretty(member.value, indent: indent + 2, to: &out)
      }
      newLine(indent)
      out.append(UInt8(ascii: "}"))
    default: write(value, to: &out)
    }
  }

  private static func write(string: Bytes, to out: inout Bytes) {
    out.append(UInt8(ascii: "\""))
    for scalar in String(decoding: string, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\"": out += "\\\"".utf8
      case "\\": out += "\\\\".utf8
      case "\u{08}": out += "\\b".utf8
      case "\u{0C}": out += "\\f".utf8
      case "\n": out += "\\n".utf8
      case "\r": out += "\\r".utf8
      case "\t": out += "\\t".utf8
      case " "..."~": out.append(UInt8(truncatingIfNeeded: scalar.value))
      default:
        for unit in UTF16.encode(scalar).map({ Array($0) }) ?? [] {
          out += "\\u".utf8
          for shift in [12, 8, 4, 0] as [UInt16] {
            out.append(Hex.digit(UInt8(truncatingIfNeeded: unit >> shift) & 15))
          }
        }
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
