public import GitModel

/// Who signed an object or a statement, as far as the keys of a policy tell.
public enum SignatureCheck: Hashable, Sendable {
  /// There is no signature.
  case unsigned
  /// A key of a known person signed just this.
  case good(Signer)
  /// The signature names a key that nobody of the policy has. Whether it fits was not looked at.
  case unknownKey(fingerprint: String, format: SignatureFormat)
  /// There is a signature, and it does not count; a clause after "the signature".
  case refused(String)
  /// It cannot be told, which is no yes; a clause that says why.
  case undecided(String)

  /// Whose key signed.
  public struct Signer: Hashable, Sendable {
    /// The person's id in the policy.
    public let person: String
    /// How.
    public let format: SignatureFormat
    /// The key: `SHA256:...` of SSH, or the 40 digits of the primary key of OpenPGP.
    public let fingerprint: String

    /// A signer from its parts.
    public init(person: String, format: SignatureFormat, fingerprint: String) {
      (self.person, self.format, self.fingerprint) = (person, format, fingerprint)
    }
  }
}
