/// Base64 (RFC 4648, 4 and 5), with padding.
public enum Base64 {
  private static let alphabet = Bytes(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The bytes in the standard alphabet.
  public static func encode(_ bytes: Bytes) -> Bytes {
    var out = Bytes()
    out.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let count = min(3, bytes.count - start)
      var group = UInt32(bytes[start]) << 16
      if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
      if count > 2 { group |= UInt32(bytes[start + 2]) }
      for place in 0..<4 {
        let shift = UInt32(18 - 6 * place)
        out.append(place <= count ? alphabet[Int(group >> shift & 63)] : UInt8(ascii: "="))
      }
    }
    return out
  }

  /// The bytes behind the text, in the standard alphabet or, where that is wanted, in the URL-safe one
  /// too; nil unless it is whole groups with padding, no other character, and no bit left over that
  /// could differ unseen.
  public static func decode(_ text: Bytes, orURLSafe: Bool = false) -> Bytes? {
    guard text.count.isMultiple(of: 4) else { return nil }
    var padding = 0
    while padding < 2, padding < text.count, text[text.count - 1 - padding] == UInt8(ascii: "=") {
      padding += 1
    }
    let values = orURLSafe ? safeValues : standardValues
    let characters = text.count - padding
    var isWhole = true
    let out = Bytes(unsafeUninitializedCapacity: text.count / 4 * 3) { out, count in
      var (group, bits): (UInt32, UInt32) = (0, 0)
      for place in 0..<characters {
        let value = values[Int(text[place])]
        guard value < 64 else {
          isWhole = false
          return
        }
        group = group << 6 | UInt32(value)
        bits += 6
        if bits >= 8 {
          bits -= 8
          out[count] = UInt8(truncatingIfNeeded: group >> bits)
          count += 1
          group &= (1 << bits) - 1
        }
      }
      isWhole = group == 0
    }
    return isWhole ? out : nil
  }

  /// Whether a byte can stand in the standard alphabet's text, its padding included.
  static func holds(_ byte: UInt8) -> Bool {
    standardValues[Int(byte)] < 64 || byte == UInt8(ascii: "=")
  }

  /// The value of each byte as a character of the alphabet; 64 for what is none.
  private static let standardValues: Bytes = {
    var values = Bytes(repeating: 64, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  private static let safeValues: Bytes = {
    var values = standardValues
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    return values
  }()
}
