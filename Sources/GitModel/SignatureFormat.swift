/// The kinds of signatures that git makes (git-config(1), `gpg.format`).
public enum SignatureFormat: String, Hashable, Sendable, CaseIterable {
  /// SSHSIG.
  case ssh
  /// OpenPGP.
  case openpgp
  /// X.509 in CMS, which gitsign makes too.
  case x509

  /// The first lines (`openpgp_sigs`, `x509_sigs`, `ssh_sigs` in git's gpg-interface.c).
  private var starts: [String] {
    switch self {
    case .ssh: ["-----BEGIN SSH SIGNATURE-----"]
    case .openpgp: ["-----BEGIN PGP SIGNATURE-----", "-----BEGIN PGP MESSAGE-----"]
    case .x509: ["-----BEGIN SIGNED MESSAGE-----"]
    }
  }

  /// The format of a signature, as git tells it by how the text begins; nil when it is none.
  public init?(of text: BytesSlice) {
    let format = Self.allCases.first { $0.starts.contains { text.starts(with: $0.utf8) } }
    guard let format else { return nil }
    self = format
  }

  /// Whether `text` is one signature in armour and nothing else: between its first line and its end stand
  /// headers of armour and Base64, and white space alone behind that. git hands all of it to a verifier,
  /// and reads trailers in it where it is none.
  static func isWhole(_ text: BytesSlice) -> Bool {
    var isOver = false
    for (number, line) in text.split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).enumerated() where number > 0 {
      if isOver {
        guard line.allSatisfy(\.isGitSpace) else { return false }
      } else if line.starts(with: "-----END ".utf8) {
        isOver = true
      } else {
        let isHeader = armourKeys.contains { line.starts(with: $0.utf8) }
        guard isHeader || line.allSatisfy({ Base64.holds($0) || $0.isGitSpace }) else {
          return false
        }
      }
    }
    return isOver
  }

  /// How the headers of an armour begin (RFC 9580, 6.2.2).
  public static let armourKeys = ["Version: ", "Comment: ", "Hash: ", "Charset: ", "MessageID: "]

  /// The signature at the end of a tag: everything from the last line on that starts one
  /// (`parse_signature`, gpg-interface.c of git). Nil where no line does.
  public static func signature(endingTag text: BytesSlice) -> (format: Self, start: Int)? {
    var found: (Self, Int)?
    var line = text
    while !line.isEmpty {
      if let format = Self(of: line) { found = (format, line.startIndex) }
      line = line.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
    }
    return found
  }
}
