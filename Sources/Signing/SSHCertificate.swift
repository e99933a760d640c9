public import GitModel

/// A certificate of OpenSSH (PROTOCOL.certkeys): an authority says whose a key is, and for how long.
public struct SSHCertificate: Hashable, Sendable {
  /// The key that is certified.
  public let key: SSHPublicKey
  /// The key of the authority.
  public let authority: SSHPublicKey
  /// Whose the key is: the names that the authority gives.
  public let principals: [Bytes]
  private let isOfUser: Bool
  /// Seconds since 1970, the second not included.
  private let validAfter, validBefore: UInt64
  /// What must be understood to trust the certificate.
  private let criticalOptions: [Bytes]
  private let signed: Bytes
  private let proof: SSHProof

  private static let suffix = Bytes("-cert-v01@openssh.com".utf8)
  /// How many principals are read; sshd reads as many (SSHKEY_CERT_MAX_PRINCIPALS).
  private static let maximumPrincipals = 256

  /// The name of certificates of a kind of key.
  private static func name(of kind: SSHPublicKey.Kind) -> Bytes {
    Bytes(kind.rawValue.utf8.prefix { $0 != UInt8(ascii: "@") }) + suffix
  }

  /// Whether the bytes of a key are those of a certificate.
  static func isOne(_ blob: Bytes) -> Bool {
    var reader = WireReader(blob[...])
    guard let name = try? reader.string() else { return false }
    return name.suffix(suffix.count).elementsEqual(suffix)
  }

  /// Reads the bytes of a certificate. Whether its authority made it is asked by `refusal`.
  init(blob: Bytes) throws(SigningFault) {
    var reader = WireReader(blob[...])
    let name = try reader.string()
    guard
      let kind = SSHPublicKey.Kind.allCases.first(where: { Self.name(of: $0).elementsEqual(name) })
    else {
      throw SigningFault("has a certificate of the kind `\(name.prefix(60).printable)`")
    }
    // A nonce, by which the authority cannot be led to sign what somebody prepared.
    _ = try reader.string()
    var plain = WireWriter()
    plain.string(Bytes(kind.rawValue.utf8))
    for _ in 0..<kind.parts { plain.string(try reader.string()) }
    key = try SSHPublicKey(blob: plain.bytes)
    // The serial number.
    _ = try reader.bytes(8)
    isOfUser = try reader.number() == 1
    // What the authority calls it.
    _ = try reader.string()
    principals = try Self.strings(try reader.string())
    validAfter = try reader.longNumber()
    validBefore = try reader.longNumber()
    // Each option is a name and a value.
    let options = try Self.strings(try reader.string())
    criticalOptions = options.indices.filter { $0 % 2 == 0 }.map { options[$0] }
    // Extensions grant what a login may do; and what is reserved.
    _ = try reader.string()
    _ = try reader.string()
    do { authority = try SSHPublicKey(blob: Bytes(try reader.string())) } catch {
      throw SigningFault("has a certificate by an authority whose key \(error.words)")
    }
    signed = Bytes(blob.prefix(blob.count - reader.remaining.count))
    let signature = try reader.string()
    try reader.finish()
    proof = try SSHProof(signature, by: authority)
  }

  private static func strings(_ bytes: BytesSlice) throws(SigningFault) -> [Bytes] {
    var reader = WireReader(bytes)
    var found: [Bytes] = []
    while !reader.remaining.isEmpty {
      found.append(Bytes(try reader.string()))
      guard found.count <= maximumPrincipals else {
        throw SigningFault("has a certificate with too many names")
      }
    }
    return found
  }

  /// Why the certificate says nothing at this moment, whoever asks; nil where it does. The moment is
  /// that of the decision.
  func refusal(at instant: Instant) -> SigningFault? {
    guard isOfUser else { return SigningFault("is by a certificate for hosts") }
    let now = UInt64(max(0, instant.seconds))
    guard validAfter <= now else {
      return SigningFault("is by a certificate that is not valid yet")
    }
    guard now < validBefore else { return SigningFault("is by a certificate that has expired") }
    // ssh-keygen passes over them. An authority that ties a key to a host or a command did not mean
    // that it signs whatever it likes.
    if let option = criticalOptions.first {
      return SigningFault(
        "is by a certificate for something else: it is tied by `\(option.prefix(60).printable)`")
    }
    do throws(SigningFault) {
      guard try proof.holds(for: signed) else {
        return SigningFault("is by a certificate that its authority did not make")
      }
    } catch {
      return SigningFault("is by a certificate whose own signature \(error.words)")
    }
    return nil
  }
}

/// A key that certifies keys: a line of a file of allowed signers with `cert-authority`.
public struct CertificateAuthority: Hashable, Sendable {
  /// The key.
  public let key: SSHPublicKey
  /// For whom it may speak: patterns, separated by commas, of which `!` ones take out again.
  public let principals: Bytes
  /// For what and when.
  public let terms: KeyTerms

  /// An authority from its parts.
  public init(key: SSHPublicKey, principals: Bytes, terms: KeyTerms) {
    (self.key, self.principals, self.terms) = (key, principals, terms)
  }
}

extension SSHPublicKey.Kind {
  /// How many parts follow the name in the bytes of a key.
  fileprivate var parts: Int {
    switch self {
    case .ed25519: 1
    case .ecdsa256, .ecdsa384, .ecdsa521, .rsa, .securityKeyEd25519: 2
    case .securityKeyECDSA: 3
    }
  }
}
