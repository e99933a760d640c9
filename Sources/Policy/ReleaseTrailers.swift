public import GitModel

/// What an annotated tag says of its release, in trailers of its message. Whoever made the tag typed it.
public struct ReleaseTrailers: Sendable {
  /// The lane; normal where the tag names none.
  public let lane: Fact<Lane>
  /// The way of rolling it out; nil where the tag names none.
  public let strategy: Fact<RolloutStrategy?>
  /// The short name of the tag to which one would go back; nil where the tag names none.
  public let rollbackTarget: Fact<String?>
  /// The risk; unstated where the tag names none.
  public let risk: Fact<Risk>

  /// The trailers of `message`; what is said twice and not alike is not known.
  public init(_ message: Bytes) {
    let block = TrailerBlock(message: message[...])
    lane = Self.word("Lane", in: block).map { $0 ?? .normal }
    strategy = Self.word("Strategy", in: block)
    risk = Self.word("Risk", in: block).map { $0 ?? .unstated }
    rollbackTarget = Self.one("Rollback-Target", in: block).flatMap { name in
      guard let name else { return .known(nil) }
      let ref = RefName(Bytes("refs/tags/".utf8) + name)
      if let fault = ref.fault {
        return .unknown("`Rollback-Target: \(ref.short.cut(to: 60))` \(fault.words)")
      }
      return .known(ref.short)
    }
  }

  /// What a tag says that is not annotated.
  public static let none = ReleaseTrailers([])

  private static func one(_ key: String, in block: TrailerBlock) -> Fact<Bytes?> {
    let values = block.trailers(for: Bytes(key.utf8)).map(\.value)
    guard let first = values.first else { return .known(nil) }
    if let other = values.first(where: { $0 != first }) {
      let both = [first, other].map { "`\(key): \($0.prefix(40).printable)`" }
      return .unknown("the tag says \(both[0]) and \(both[1])")
    }
    return .known(first)
  }

  private static func word<Word: RawRepresentable<String> & CaseIterable>(
    _ key: String, in block: TrailerBlock
  ) -> Fact<Word?> {
    one(key, in: block).flatMap { value in
      guard let value else { return .known(nil) }
      let text = String(decoding: value.asciiLowercased, as: UTF8.self)
      guard let word = Word(rawValue: text) else {
        let words = listed(Word.allCases.map(\.rawValue), "or")
        return .unknown("`\(key): \(value.prefix(40).printable)` is none of \(words)")
      }
      return .known(word)
    }
  }
}
