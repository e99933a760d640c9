public import GitModel

/// Why an iCalendar file is not taken as one; a clause, and the line that it is about.
public struct ICSFault: WordedFault, Hashable, Sendable {
  /// The line, from 1.
  public let line: Int
  /// The clause.
  public let words: String

  init(_ words: String, line: Int) { (self.words, self.line) = (words, line) }
}

/// A content line of an iCalendar file (RFC 5545, 3.1), put together from the lines that it was folded
/// into.
struct ICSLine: Hashable {
  /// In capitals.
  let name: String
  /// What stands between the name and the colon that ends it.
  let parameters: BytesSlice
  let value: BytesSlice
  /// The line of the file that it starts on, from 1.
  let line: Int

  /// The parameter called `name`, without quotes; nil when there is none.
  func parameter(_ name: String) throws(ICSFault) -> String? {
    var rest = parameters
    var found: String?
    while let first = rest.first {
      guard first == UInt8(ascii: ";"), let equals = rest.firstIndex(of: UInt8(ascii: "=")) else {
        throw ICSFault("`\(self.name)` has parameters that cannot be read", line: line)
      }
      let key = String(decoding: rest[rest.startIndex + 1..<equals].asciiUppercased, as: UTF8.self)
      rest = rest[(equals + 1)...]
      var isQuoted = false
      let end =
        rest.firstIndex { byte in
          if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
          return byte == UInt8(ascii: ";") && !isQuoted
        } ?? rest.endIndex
      if key == name {
        guard found == nil else {
          throw ICSFault("`\(self.name)` has `\(name)` twice", line: line)
        }
        found = String(
          decoding: rest[..<end].filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
      }
      rest = rest[end...]
    }
    return found
  }
}

extension ICSLine {
  /// The largest file that is read.
  static let maximumSize = 1 << 20
  /// The longest line that is read, put together.
  private static let maximumLength = 1 << 16

  /// The lines of a file.
  static func all(of file: Bytes) throws(ICSFault) -> [ICSLine] {
    guard file.count <= maximumSize else {
      throw ICSFault("it has \(file.count) bytes, and \(maximumSize) at most are read", line: 1)
    }
    let mark: Bytes = [0xEF, 0xBB, 0xBF]
    let start = file.starts(with: mark) ? mark.count : 0
    var folded: (bytes: Bytes, line: Int)?
    var lines: [ICSLine] = []
    func close() throws(ICSFault) {
      if let folded { lines.append(try ICSLine(folded.bytes, line: folded.line)) }
      folded = nil
    }
    var number = 0
    for raw in file[start...].split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    {
      number += 1
      let text = raw.last == UInt8(ascii: "\r") ? raw.dropLast() : raw
      if let first = text.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
        guard folded != nil else {
          throw ICSFault("goes on with a line that there is not", line: number)
        }
        folded?.bytes += text.dropFirst()
        guard folded.map({ $0.bytes.count <= maximumLength }) ?? true else {
          throw ICSFault("is longer than \(maximumLength) bytes", line: number)
        }
        continue
      }
      try close()
      if !text.isEmpty { folded = (Bytes(text), number) }
    }
    try close()
    return lines
  }

  private init(_ bytes: Bytes, line: Int) throws(ICSFault) {
    let name = bytes.prefix { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
    var isQuoted = false
    let colon = bytes.firstIndex { byte in
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      return byte == UInt8(ascii: ":") && !isQuoted
    }
    guard !name.isEmpty, !bytes.contains(0), let colon,
      colon == name.endIndex || bytes[name.endIndex] == UInt8(ascii: ";")
    else {
      throw ICSFault("is no line of an iCalendar file: `\(bytes.prefix(40).printable)`", line: line)
    }
    self.name = String(decoding: name.asciiUppercased, as: UTF8.self)
    parameters = bytes[name.endIndex..<colon]
    value = bytes[(colon + 1)...]
    self.line = line
  }
}

extension BytesSlice {
  fileprivate var asciiUppercased: Bytes {
    map { 0x61...0x7A ~= $0 ? $0 - 0x20 : $0 }
  }
}
