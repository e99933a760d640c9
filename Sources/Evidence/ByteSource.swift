public import GitModel

/// Where the bytes of a report come from, pulled a buffer at a time so that a file of any size is
/// read in constant memory.
public struct ByteSource {
  /// Fills the front of the buffer and says how many bytes it wrote; 0 means the end. May throw
  /// what reading throws.
  public let read: (UnsafeMutableRawBufferPointer) throws -> Int

  /// A source that pulls from a closure.
  public init(_ read: @escaping (UnsafeMutableRawBufferPointer) throws -> Int) { self.read = read }

  /// A source over bytes in memory.
  public static func bytes(_ bytes: Bytes) -> ByteSource {
    var rest = bytes[...]
    return ByteSource { buffer in
      let part = rest.prefix(buffer.count)
      buffer.copyBytes(from: part)
      rest = rest.dropFirst(part.count)
      return part.count
    }
  }
}

extension ByteSource {
  /// Reads the front of a report, so that its format can be told.
  ///
  /// - Returns: the first `count` bytes, or all if there are fewer, and a source that gives the
  ///   whole report from its start.
  func peeking(_ count: Int) throws -> (head: Bytes, whole: ByteSource) {
    var head = Bytes(repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = try head.withUnsafeMutableBytes { bytes in
        try read(UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]))
      }
      if got == 0 { break }
      filled += got
    }
    head.removeLast(count - filled)
    var rest = head[...]
    let whole = ByteSource { buffer in
      guard !rest.isEmpty else { return try read(buffer) }
      let part = rest.prefix(buffer.count)
      buffer.copyBytes(from: part)
      rest = rest.dropFirst(part.count)
      return part.count
    }
    return (head, whole)
  }
}
