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
