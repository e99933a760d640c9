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
