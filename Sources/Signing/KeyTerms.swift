public import GitModel

/// For what and when a key may sign, as a line of a file of allowed signers says it.
public struct KeyTerms: Hashable, Sendable {
  /// The number of the line, from 1.
  public let line: Int
  /// For what, as patterns separated by commas; nil for anything.
  public let namespaces: Bytes?
  /// From when on; before that the key is not valid.
  public let validAfter: Instant?
  /// Until when; from then on the key is not valid.
  public let validBefore: Instant?

  /// Terms from their parts.
  public init(line: Int, namespaces: Bytes?, validAfter: Instant?, validBefore: Instant?) {
    (self.line, self.namespaces) = (line, namespaces)
    (self.validAfter, self.validBefore) = (validAfter, validBefore)
  }

  /// Why a signature for `namespace` does not count at this moment; nil when it does. The moment is the
  /// judging machine's: what an object says of its own time is typed by anybody.
  func refusal(of namespace: Bytes, at instant: Instant) -> SigningFault? {
    if let namespaces, !PatternList.matches(namespace, namespaces) {
      return SigningFault(
        "is by a key that is not for `\(namespace.prefix(60).printable)` (line \(line))")
    }
    if let start = validAfter, instant < start {
      return SigningFault("is by a key that is valid from \(start.utcText) on (line \(line))")
    }
    if let end = validBefore, instant >= end {
      return SigningFault("is by a key that was valid until \(end.utcText) (line \(line))")
    }
    return nil
  }
}
