/// The name of a Git object: the SHA-1 of its header and content, 20 bytes.
///
/// Repositories in SHA-256 format cannot be read by libgit2 1.5; the store refuses them with a
/// sentence of its own, so a 32-byte id never gets here.
public struct ObjectID: Hashable, Comparable, Sendable {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// The id that stands for "no object" in hook lines (githooks(5), pre-receive).
  public static let zero = ObjectID(high: 0, middle: 0, low: 0)

  /// How many hexadecimal digits an id has in text.
  public static let hexLength = 40

  private init(high: UInt64, middle: UInt64, low: UInt32) {
    (self.high, self.middle, self.low) = (high, middle, low)
  }

  /// An id from its 20 raw bytes; nil for any other count.
  public init?(raw bytes: some Collection<UInt8>) {
    guard bytes.count == 20 else { return nil }
    // Walks read ids by the ten thousand, so the common case is three loads.
    let loaded = bytes.withContiguousStorageIfAvailable { buffer in
      let raw = UnsafeRawBufferPointer(buffer)
      return ObjectID(
        high: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
        middle: UInt64(bigEndian: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
        low: UInt32(bigEndian: raw.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
    }
    if let loaded {
      self = loaded
    } else {
      self.init(raw: Bytes(bytes))
    }
  }

  /// An id from exactly 40 small hexadecimal digits, the only spelling git writes; nil otherwise.
  public init?(hex digits: some Collection<UInt8>) {
    guard digits.count == Self.hexLength else { return nil }
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    for (position, digit) in digits.enumerated() {
      let nibble: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): nibble = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): nibble = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      switch position {
      case 0..<16: words.0 = words.0 << 4 | UInt64(nibble)
      case 16..<32: words.1 = words.1 << 4 | UInt64(nibble)
      default: words.2 = words.2 << 4 | UInt32(nibble)
      }
    }
    self.init(high: words.0, middle: words.1, low: words.2)
  }

  /// An id from exactly 40 small hexadecimal digits in a string; nil otherwise.
  public init?(hex text: String) { self.init(hex: Array(text.utf8)) }

  /// The 20 raw bytes.
  public var raw: Bytes {
    var bytes = Bytes()
    bytes.reserveCapacity(20)
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: high >> UInt64(shift)))
    }
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: middle >> UInt64(shift)))
    }
    for shift in stride(from: 24, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: low >> UInt32(shift)))
    }
    return bytes
  }

  /// Whether this is the zero id.
  public var isZero: Bool { self == .zero }

  /// The 40 hexadecimal digits.
  public var hex: String { digits(Self.hexLength) }

  /// The first seven digits, for people.
  public var short: String { digits(7) }

  private func digits(_ count: Int) -> String {
    String(unsafeUninitializedCapacity: count) { buffer in
      for position in 0..<count {
        let word = position < 16 ? high : position < 32 ? middle : UInt64(low) << 32
        let nibble = UInt8(truncatingIfNeeded: word >> UInt64(60 - position % 16 * 4)) & 15
        buffer[position] = nibble < 10 ? nibble + 0x30 : nibble + 0x57
      }
      return count
    }
  }

  /// Ids in the order of their bytes.
  public static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }
}

extension ObjectID: CustomStringConvertible {
  /// The 40 hexadecimal digits.
  public var description: String { hex }
}
