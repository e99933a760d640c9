public import GitModel

/// What gpg says of one signature on its `--status-fd` (GnuPG, doc/DETAILS).
public enum OpenPGPStatus: Hashable, Sendable {
  /// It fits, and the key may sign: both fingerprints, 40 capital digits each.
  case good(key: String, primary: String)
  /// It does not count; a clause after "the signature".
  case refused(String)
  /// gpg has no key that made it.
  case unknownKey(String)
  /// gpg did not tell; a clause that says why.
  case undecided(String)

  /// Reads the lines. Only one answer counts: one new signature, good, valid, of a key that is
  /// neither expired nor revoked; everything else is something else.
  public init(lines: Bytes) {
    var seen: [String: [[BytesSlice]]] = [:]
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count > 1, words[0].elementsEqual("[GNUPG:]".utf8) else { continue }
      seen[String(decoding: words[1], as: UTF8.self), default: []].append(Array(words.dropFirst(2)))
    }
    func count(_ names: [String]) -> Int { names.reduce(0) { $0 + (seen[$1]?.count ?? 0) } }
    let outcomes = ["GOODSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG", "BADSIG", "ERRSIG"]
    guard count(["NEWSIG"]) <= 1, count(outcomes) <= 1, count(["VALIDSIG"]) <= 1 else {
      self = .refused("holds several signatures, and one is what counts")
      return
    }
    for (name, words) in Self.refusals where seen[name] != nil {
      self = .refused(words)
      return
    }
    if let error = seen["ERRSIG"]?.first {
      self = Self.error(error)
      return
    }
    guard count(["NEWSIG"]) == 1, seen["GOODSIG"] != nil, let valid = seen["VALIDSIG"]?.first,
      // VALIDSIG <fpr> <date> <time> <expires> <version> <reserved> <pubkey> <hash> <class> <primary>
      valid.count == 10, let key = Self.fingerprint(valid[0]),
      let primary = Self.fingerprint(valid[9])
    else {
      self = .undecided("gpg did not say that the signature is good, nor why it is not")
      return
    }
    self = .good(key: key, primary: primary)
  }

  private static let refusals = [
    ("BADSIG", "does not fit what it stands on: one or the other was changed"),
    ("REVKEYSIG", "is by a key that was revoked"),
    ("KEYREVOKED", "is by a key that was revoked"),
    ("EXPKEYSIG", "is by a key that has expired"),
    ("EXPSIG", "has expired"),
  ]

  /// ERRSIG <keyid> <pubkey> <hash> <class> <time> <rc> <fpr>
  private static func error(_ words: [BytesSlice]) -> OpenPGPStatus {
    let code = words.count > 5 ? String(decoding: words[5], as: UTF8.self) : ""
    switch code {
    case "9": return .unknownKey((words.count > 6 ? words[6] : words[0]).prefix(40).printable)
    case "4": return .refused("is of an algorithm that this gpg does not know")
    default:
      return .refused(
        "cannot be checked by gpg (\(code.isEmpty ? "no reason" : code.prefix(8).description))")
    }
  }

  private static func fingerprint(_ word: BytesSlice) -> String? {
    let isHex = word.allSatisfy {
      $0.isASCIIDigit || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains($0)
    }
    return word.count == 40 && isHex ? String(decoding: word, as: UTF8.self) : nil
  }
}
