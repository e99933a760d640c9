public import GitModel

/// Why a key or a signature does not count, as a clause for people that goes after what the thing is
/// called: `is an RSA key of 2048 bits, and fewer than 3072 are too weak`.
public struct SigningFault: WordedFault, Hashable {
  /// The clause.
  public let words: String

  init(_ words: String) { self.words = words }
}
