import Crypto

/// SHA-256 (FIPS 180-4) in the spelling that evidence uses: 64 small hexadecimal digits.
public enum SHA256Digest {
  /// The digest of bytes.
  public static func hex(of bytes: [UInt8]) -> String {
    var digest = Incremental()
    bytes.withUnsafeBytes { digest.update($0) }
    return digest.hex
  }

  /// The digest of any sequence of bytes, which need not be in memory at once.
  public static func hex(of bytes: some Sequence<UInt8>) -> String {
    var digest = Incremental()
    var part: [UInt8] = []
    for byte in bytes {
      part.append(byte)
      if part.count == 1 << 14 {
        part.withUnsafeBytes { digest.update($0) }
        part.removeAll(keepingCapacity: true)
      }
    }
    part.withUnsafeBytes { digest.update($0) }
    return digest.hex
  }

  /// A digest that is fed in parts, while a file streams by.
  public struct Incremental: Sendable {
    private var state = SHA256()

    /// A digest of nothing so far.
    public init() {}

    /// Adds the next bytes.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
      state.update(bufferPointer: bytes)
    }

    /// The digest of what was added so far; more may be added after.
    public var hex: String {
      var out: [UInt8] = []
      out.reserveCapacity(64)
      for byte in state.finalize() {
        for nibble in [byte >> 4, byte & 15] {
          out.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + (nibble - 10))
        }
      }
      return String(decoding: out, as: UTF8.self)
    }
  }
}
