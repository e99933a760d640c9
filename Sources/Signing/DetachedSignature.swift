public import GitModel

/// A signature that stands beside what it signs. Whose key made it is another question (`KeyRing`).
public struct DetachedSignature: Sendable {
  /// The format.
  public let format: SignatureFormat
  private let read: Read

  private enum Read {
    case ssh(SSHSignature)
    case openPGP(OpenPGPSignature)
  }

  /// Reads an armoured signature, as strictly as a gate does.
  public init(armoured text: Bytes) throws(SigningFault) {
    switch SignatureFormat(of: text[...]) {
    case .ssh?: (format, read) = (.ssh, .ssh(try SSHSignature(armoured: text[...])))
    case .openpgp?:
      (format, read) = (.openpgp, .openPGP(try OpenPGPSignature(armoured: text[...])))
    case .x509?:
      throw SigningFault(
        "is of X.509, which is not supported here; sign with an SSH or OpenPGP key")
    case nil: throw SigningFault("is none: it does not start as one of SSH or OpenPGP does")
    }
  }

  /// The fingerprint of the key that made it, when it stands on this message and was made for this
  /// purpose. `openPGP` asks gpg with the keys that it has.
  public func fingerprint(
    over message: Bytes, namespace: Bytes, openPGP: KeyRing.OpenPGPVerifier
  ) throws(SigningFault) -> String {
    switch read {
    case .ssh(let signature):
      try signature.check(message, namespace: namespace)
      return signature.key.fingerprint
    case .openPGP(let signature):
      switch openPGP(signature.packet, message) {
      case .good(_, let primary): return primary
      case .refused(let words): throw SigningFault(words)
      case .undecided(let words): throw SigningFault("cannot be checked: \(words)")
      case .unknownKey(let id): throw SigningFault("is by a key that gpg does not have: \(id)")
      }
    }
  }
}
