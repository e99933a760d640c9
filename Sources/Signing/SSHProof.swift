internal import Crypto
internal import CryptoExtras
internal import GitModel

// The kinds of signatures inside an SSHSIG: RFC 8332 (RSA), 5656 (ECDSA), 8709 (Ed25519), and OpenSSH's
// PROTOCOL.u2f (security keys).
/// What proves that a key signed something: inside an SSHSIG, or at the end of a certificate.
struct SSHProof: Hashable, Sendable {
  /// The key that it says it was made with.
  let key: SSHPublicKey
  /// One of `SSHPublicKey.Kind.signatureNames`.
  let name: String
  /// What follows the name.
  private let proof: Bytes

  static let webauthn = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"

  /// Reads a proof that `key` is said to have made.
  init(_ bytes: BytesSlice, by key: SSHPublicKey) throws(SigningFault) {
    var reader = WireReader(bytes)
    let written = try reader.string()
    guard let name = key.kind.signatureNames.first(where: { $0.utf8.elementsEqual(written) })
    else {
      if key.kind == .rsa, written.elementsEqual("ssh-rsa".utf8) {
        throw SigningFault("is an RSA signature over SHA-1 (ssh-rsa), which is too weak")
      }
      throw SigningFault(
        "is of the kind `\(written.prefix(60).printable)`, which no \(key.kind.rawValue) key makes")
    }
    (self.key, self.name, proof) = (key, name, Bytes(reader.remaining))
  }

  /// Whether it proves that the key signed `message`.
  func holds(for message: Bytes) throws(SigningFault) -> Bool {
    var reader = WireReader(proof[...])
    let signature = Bytes(try reader.string())
    switch key.numbers {
    case .rsa(let exponent, let modulus):
      try reader.finish()
      return Self.isRSA(signature, message, exponent, modulus, isSHA512: name == "rsa-sha2-512")
    case .point(let point, nil):
      try reader.finish()
      return try isCurve(signature, of: message, at: point)
    case .point(let point, let application?):
      let flags = try reader.byte()
      var covered = WireWriter(SHA256.hash(data: application))
      covered.byte(flags)
      covered.number(try reader.number())
      if name == Self.webauthn {
        let browser = try Browser(&reader)
        try browser.check(flags: flags, message: message)
        covered.raw(browser.extensions)
        covered.raw(SHA256.hash(data: browser.clientData))
      } else {
        covered.raw(SHA256.hash(data: message))
      }
      try reader.finish()
      guard try isCurve(signature, of: covered.bytes, at: point) else { return false }
      // Bit 0: somebody touched the security key.
      guard flags & 1 == 1 else {
        throw SigningFault("was made by a security key that nobody touched")
      }
      return true
    }
  }

  /// What a browser adds when it signs (`webauthn-sk-...`).
  private struct Browser {
    let origin: Bytes
    let clientData: Bytes
    let extensions: Bytes

    init(_ reader: inout WireReader) throws(SigningFault) {
      origin = Bytes(try reader.string())
      clientData = Bytes(try reader.string())
      extensions = Bytes(try reader.string())
    }

    /// The client data is JSON that must begin in one way only (WebAuthn, 5.8.1.1), so that it is
    /// compared and not parsed, as OpenSSH does.
    func check(flags: UInt8, message: Bytes) throws(SigningFault) {
      // Bit 6: attested credential data, which is not here; bit 7: extensions.
      guard !origin.contains(UInt8(ascii: "\"")), flags & 0x40 == 0,
        (flags & 0x80 == 0) == extensions.isEmpty
      else { throw SigningFault("has flags of a browser that do not fit what follows them") }
      let challenge = Base64.encode(message).compactMap { byte -> UInt8? in
        switch byte {
        case UInt8(ascii: "+"): UInt8(ascii: "-")
        case UInt8(ascii: "/"): UInt8(ascii: "_")
        case UInt8(ascii: "="): nil
        default: byte
        }
      }
      let start =
        Bytes(#"{"type":"webauthn.get","challenge":""#.utf8) + challenge
        + Bytes(#"","origin":""#.utf8) + origin + Bytes(#"""#.utf8)
      guard clientData.starts(with: start) else {
        throw SigningFault("does not fit what it stands on: a browser signed something else")
      }
    }
  }

  private func isCurve(
    _ signature: Bytes, of message: Bytes, at point: Bytes
  ) throws(SigningFault) -> Bool {
    switch key.kind {
    case .rsa: return false
    case .ed25519, .securityKeyEd25519:
      guard signature.count == 64 else {
        throw SigningFault("has \(signature.count) bytes where an Ed25519 signature has 64")
      }
      let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point)
      return key?.isValidSignature(signature, for: message) ?? false
    case .ecdsa256, .securityKeyECDSA:
      let raw = try coordinates(signature)
      guard let key = try? P256.Signing.PublicKey(x963Representation: point),
        let signature = try? P256.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: SHA256.hash(data: message))
    case .ecdsa384:
      let raw = try coordinates(signature)
      guard let key = try? P384.Signing.PublicKey(x963Representation: point),
        let signature = try? P384.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: SHA384.hash(data: message))
    case .ecdsa521:
      let raw = try coordinates(signature)
      guard let key = try? P521.Signing.PublicKey(x963Representation: point),
        let signature = try? P521.Signing.ECDSASignature(rawRepresentation: raw)
      else { return false }
      return key.isValidSignature(signature, for: SHA512.hash(data: message))
    }
  }

  /// The two numbers of an ECDSA signature, each as long as a coordinate, one after the other.
  private func coordinates(_ signature: Bytes) throws(SigningFault) -> Bytes {
    var reader = WireReader(signature[...])
    let size = key.kind.curve.size
    var out = Bytes()
    for _ in 0..<2 {
      let number = try reader.magnitude()
      guard number.count <= size else { throw SigningFault("holds a number that is too large") }
      out += [UInt8](repeating: 0, count: size - number.count) + number
    }
    try reader.finish()
    return out
  }

  private static func isRSA(
    _ signature: Bytes, _ message: Bytes, _ exponent: Bytes, _ modulus: Bytes, isSHA512: Bool
  ) -> Bool {
    // RFC 8332, 3: as long as the modulus; OpenSSH takes one whose leading zeros were dropped.
    guard signature.count <= modulus.count,
      let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent)
    else { return false }
    let padding = [UInt8](repeating: 0, count: modulus.count - signature.count)
    let whole = _RSA.Signing.RSASignature(rawRepresentation: padding + signature)
    return isSHA512
      ? key.isValidSignature(whole, for: SHA512.hash(data: message), padding: .insecurePKCS1v1_5)
      : key.isValidSignature(whole, for: SHA256.hash(data: message), padding: .insecurePKCS1v1_5)
  }
}
