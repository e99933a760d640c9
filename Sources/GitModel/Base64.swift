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
    var out = Bytes()
    out.reserveCapacity(text.count / 4 * 3)
    var (group, bits): (UInt32, UInt32) = (0, 0)
    for character in text.dropLast(padding) {
      guard let value = value(character, orURLSafe: orURLSafe) else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        out.append(UInt8(truncatingIfNeeded: group >> bits))
        group &= (1 << bits) - 1
      }
    }
    return group == 0 ? out : nil
  }

  private static func value(_ character: UInt8, orURLSafe: Bool) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): return character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): return character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): return 62
    case UInt8(ascii: "/"): return 63
    case UInt8(ascii: "-") where orURLSafe: return 62
    case UInt8(ascii: "_") where orURLSafe: return 63
    default: return nil
    }
  }
}
