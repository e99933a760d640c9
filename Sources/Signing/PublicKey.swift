internal import GitModel

/// A key as it stands under `people` in a policy: a line with an SSH public key, or an armoured block
/// with an OpenPGP public key. (A fingerprint alone would be no key: nothing could be checked with it.)
public enum PublicKey: Hashable, Sendable {
  /// `ssh-ed25519 AAAA...`
  case ssh(SSHPublicKey)
  /// `-----BEGIN PGP PUBLIC KEY BLOCK-----`
  case openPGP(OpenPGPKey)

  /// Reads a key.
  public init(text: some Sequence<UInt8>) throws(SigningFault) {
    let text = Bytes(text).trimmed
    self =
      text.starts(with: "-----BEGIN ".utf8)
      ? .openPGP(try OpenPGPKey(armoured: text)) : .ssh(try SSHPublicKey(line: text))
  }

  /// What tells it from every other: `SHA256:...`, or 40 digits.
  public var fingerprint: String {
    switch self {
    case .ssh(let key): key.fingerprint
    case .openPGP(let key): key.fingerprint
    }
  }

  /// The key as a policy holds it, without comments, so that one SSH key is one text.
  public var text: String {
    switch self {
    case .ssh(let key):
      "\(key.kind.rawValue) " + String(decoding: Base64.encode(key.blob), as: UTF8.self)
    case .openPGP(let key): String(decoding: key.armoured, as: UTF8.self)
    }
  }
}
