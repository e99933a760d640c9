/// One trailer: `Key: value`.
public struct Trailer: Hashable, Sendable {
  /// The key as written.
  public let key: Bytes
  /// The value, unfolded and trimmed.
  public let value: Bytes
  /// The line of the message on which it starts, counted from 1.
  public let line: Int

  /// A trailer from its parts.
  public init(key: Bytes, value: Bytes, line: Int) {
    (self.key, self.value, self.line) = (key, value, line)
  }
}

/// The trailers of a commit message exactly as `git log --format=%(trailers:only,unfold)` reads them
/// (git's trailer.c with no trailer configuration, comment character `#`, no divider).
public struct TrailerBlock: Hashable, Sendable {
  /// The trailers in order; empty when the message has no block.
  public let trailers: [Trailer]

  /// Reads `message`.
  public init(message: BytesSlice) { trailers = [] }
}
