/// A person as a trailer's value names one. A claim that anyone can type.
public struct TrailerPerson: Hashable, Sendable {
  /// The name, trimmed; may be empty.
  public let name: Bytes
  /// The address, nil when there is none.
  public let email: Bytes?

  /// A person from the parts.
  public init(name: Bytes, email: Bytes?) { (self.name, self.email) = (name, email) }
}

extension Trailer {
  /// The people that the value names: `Name <mail>`, several with commas between them.
  ///
  /// What stands between an address and the next comma is a comment, `(maintainer)`, and `#` after an
  /// address starts one to the end. A comma between double quotes is part of a name. A part without
  /// an address is taken together with a next part that has one (`Doe, John <john@example.com>`), so
  /// that one person is never counted as two. A bare address counts as one.
  public var people: [TrailerPerson] {
    var people: [TrailerPerson] = []
    // Where the person being read starts, and where the name begins that would be one by itself.
    var start = value.startIndex
    var pending: [BytesSlice] = []
    var part = start
    var isQuoted = false
    var isUnclosed = false
    var index = start
    func named(_ slice: BytesSlice) -> TrailerPerson? {
      let text = slice.trimmed
      guard !text.isEmpty else { return nil }
      return Self.isAddress(text)
        ? TrailerPerson(name: [], email: Bytes(text))
        : TrailerPerson(name: Self.unquoted(text), email: nil)
    }
    while index < value.endIndex {
      switch value[index] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        pending.append(value[part..<index])
        part = index + 1
      case UInt8(ascii: "<") where !isQuoted && !isUnclosed:
        guard let close = value[index...].firstIndex(of: UInt8(ascii: ">")) else {
          isUnclosed = true
          break
        }
        let email = value[(index + 1)..<close].trimmed
        people.append(
          TrailerPerson(
            name: Self.unquoted(value[start..<index].trimmed),
            email: email.isEmpty || email.contains(UInt8(ascii: "<")) ? nil : Bytes(email)))
        pending = []
        index = Self.endOfComment(value, after: close)
        start = index + 1
        part = start
      default: break
      }
      index += 1
    }
    if part < value.endIndex { pending.append(value[part...]) }
    return people + pending.compactMap(named)
  }

  /// The comma that ends the comment behind an address, or the end.
  private static func endOfComment(_ value: Bytes, after close: Int) -> Int {
    var depth = 0
    for index in (close + 1)..<value.endIndex {
      switch value[index] {
      case UInt8(ascii: "#") where depth == 0: return value.endIndex
      case UInt8(ascii: "("): depth += 1
      case UInt8(ascii: ")"): depth = max(0, depth - 1)
      case UInt8(ascii: ",") where depth == 0: return index
      default: break
      }
    }
    return value.endIndex
  }

  private static func unquoted(_ name: BytesSlice) -> Bytes {
    let quote = UInt8(ascii: "\"")
    guard name.count >= 2, name.first == quote, name.last == quote else { return Bytes(name) }
    return Bytes(name.dropFirst().dropLast().trimmed)
  }

  /// Whether the text is `local@domain` and nothing else.
  private static func isAddress(_ text: BytesSlice) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
      && text.allSatisfy { $0 > 0x20 && !notInAddresses.contains($0) }
  }

  private static let notInAddresses = Bytes("<>()\",;:".utf8)
}
