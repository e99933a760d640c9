internal import GitModel

/// Who is told of a release by mail: what a policy says under `release.mail`.
public struct ReleaseMailTerms: Hashable, Sendable {
  /// The address that mail comes from.
  public let from: String
  /// The addresses that it goes to.
  public let to: [String]

  /// How many addresses there may be.
  static let maximumCount = 100

  /// Terms from their parts.
  public init(from: String, to: [String]) { (self.from, self.to) = (from, to) }

  /// Reads `mail`.
  public init?(from reader: SettingsReader) {
    let from = reader.node("from").flatMap { Self.address(of: $0, for: "from", reader) }
    let items = reader.items("to") ?? []
    let to = items.compactMap { Self.address(of: $0, for: "to", reader) }
    for key in ["from", "to"] where reader.lacks(key) {
      reader.problems.add(
        "`mail` has no `\(key)`", at: reader.position,
        hint: "write `mail: {from: releases@example.com, to: [team@example.com]}`")
    }
    let place = reader.node("to")?.position ?? reader.position
    if reader.node("to") != nil, items.isEmpty {
      reader.problems.add("`to` is empty", at: place)
    }
    if items.count > Self.maximumCount {
      reader.problems.add("`to` takes \(Self.maximumCount) addresses at most", at: place)
    }
    guard let from, !to.isEmpty else { return nil }
    (self.from, self.to) = (from, to)
  }

  private static func address(
    of node: SettingsNode, for key: String, _ reader: SettingsReader
  ) -> String? {
    guard let text = reader.text(of: node, for: key) else { return nil }
    guard isAddress(text) else {
      reader.problems.add(
        "`\(key)`: \(text.quoted) is no bare address", at: node.position,
        hint: "write it without a name: releases@example.com")
      return nil
    }
    return text
  }

  /// Whether a text is an address as RFC 5322 3.4.1 writes it with dot-atoms (`addr-spec`), and so holds
  /// nothing that could end a header or be an option of a program.
  public static func isAddress(_ text: String) -> Bool {
    let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, text.utf8.count <= 254, text.utf8.first != UInt8(ascii: "-") else {
      return false
    }
    let isLocal = isDotAtom(parts[0], others: "!#$%&'*+-/=?^_`{|}~")
    return isLocal && isDotAtom(parts[1], others: "-")
  }

  private static func isDotAtom(_ part: Substring.UTF8View.SubSequence, others: String) -> Bool {
    part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { atom in
      !atom.isEmpty
        && atom.allSatisfy {
          $0.isASCIILetter || $0.isASCIIDigit || others.utf8.contains($0)
        }
    }
  }
}
