internal import Crypto
public import GitModel

/// A public key of SSH, of a kind and a size that count.
public struct SSHPublicKey: Hashable, Sendable {
  /// The kinds of keys, by their names in SSH.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Edwards curve, in software.
    case ed25519 = "ssh-ed25519"
    /// The curve P-256.
    case ecdsa256 = "ecdsa-sha2-nistp256"
    /// The curve P-384.
    case ecdsa384 = "ecdsa-sha2-nistp384"
    /// The curve P-521.
    case ecdsa521 = "ecdsa-sha2-nistp521"
    /// RSA, from 3072 bits on.
    case rsa = "ssh-rsa"
    /// Edwards curve, in a security key.
    case securityKeyEd25519 = "sk-ssh-ed25519@openssh.com"
    /// The curve P-256, in a security key.
    case securityKeyECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"
  }

  /// The kind.
  public let kind: Kind
  /// The key as it stands in signatures and, in Base64, in files.
  public let blob: Bytes
  let numbers: Numbers

  /// What a key consists of.
  enum Numbers: Hashable, Sendable {
    /// The point on the curve; `application` is what a security key was asked for.
    case point(Bytes, application: Bytes?)
    case rsa(exponent: Bytes, modulus: Bytes)
  }

  /// How many bits the modulus of an RSA key may have.
  static let modulusBits = 3072...16384

  /// Two keys are one when their bytes are: the reader takes no second spelling.
  public static func == (left: SSHPublicKey, right: SSHPublicKey) -> Bool {
    left.blob == right.blob
  }

  /// Hashes the bytes.
  public func hash(into hasher: inout Hasher) { hasher.combine(blob) }

  /// The fingerprint as `ssh-keygen -l` prints it: `SHA256:` and Base64 without padding.
  public var fingerprint: String {
    let text = Base64.encode(Bytes(SHA256.hash(data: blob))).prefix { $0 != UInt8(ascii: "=") }
    return "SHA256:" + String(decoding: text, as: UTF8.self)
  }

  /// Reads the bytes of a key.
  public init(blob: Bytes) throws(SigningFault) {
    var reader = WireReader(blob[...])
    let kind = try Self.kind(named: try reader.string())
    switch kind {
    case .ed25519, .securityKeyEd25519:
      let point = try reader.string()
      guard point.count == 32 else {
        throw SigningFault("has a point of \(point.count) bytes where \(kind.rawValue) has 32")
      }
      let application = kind == .ed25519 ? nil : Bytes(try reader.string())
      numbers = .point(Bytes(point), application: application)
    case .ecdsa256, .ecdsa384, .ecdsa521, .securityKeyECDSA:
      let curve = try reader.string()
      let (name, size) = kind.curve
      guard curve.elementsEqual(name.utf8) else {
        throw SigningFault(
          "is on the curve `\(curve.prefix(60).printable)` where \(kind.rawValue) has \(name)")
      }
      // SSH knows uncompressed points only (RFC 5656, 3.1; sshbuf-getput-crypto.c).
      let point = try reader.string()
      guard point.first == 4, point.count == 1 + 2 * size else {
        throw SigningFault("has a malformed point")
      }
      let application = kind == .securityKeyECDSA ? Bytes(try reader.string()) : nil
      numbers = .point(Bytes(point), application: application)
    case .rsa:
      let exponent = try reader.magnitude()
      let modulus = try reader.magnitude()
      let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
      guard bits >= Self.modulusBits.lowerBound else {
        throw SigningFault(
          "is an RSA key of \(bits) bits, and fewer than \(Self.modulusBits.lowerBound) are too weak"
        )
      }
      guard bits <= Self.modulusBits.upperBound else {
        throw SigningFault(
          "is an RSA key of \(bits) bits, and more than \(Self.modulusBits.upperBound) are not read"
        )
      }
      numbers = .rsa(exponent: Bytes(exponent), modulus: Bytes(modulus))
    }
    try reader.finish()
    (self.kind, self.blob) = (kind, blob)
  }

  /// Reads a key as a line of authorized_keys has it, without options before it: the kind, the bytes
  /// in Base64, and a comment or none.
  public init(line: BytesSlice) throws(SigningFault) {
    let line = line.trimmed
    let words = line.split(maxSplits: 2) { $0 == UInt8(ascii: " ") || $0 == 0x09 }
    guard let name = words.first, !line.contains(UInt8(ascii: "\n")) else {
      throw SigningFault("is no line with a key")
    }
    let kind = try Self.kind(named: name)
    guard words.count > 1 else { throw SigningFault("ends after `\(kind.rawValue)`") }
    guard let blob = Base64.decode(Bytes(words[1])) else {
      throw SigningFault("is not whole: what stands after `\(kind.rawValue)` is no Base64")
    }
    try self.init(blob: blob)
    guard kind == self.kind else {
      throw SigningFault("says `\(kind.rawValue)` and is of the kind `\(self.kind.rawValue)`")
    }
  }

  private static func kind(named name: BytesSlice) throws(SigningFault) -> Kind {
    if let kind = Kind.allCases.first(where: { $0.rawValue.utf8.elementsEqual(name) }) {
      return kind
    }
    if name.elementsEqual("ssh-dss".utf8) {
      throw SigningFault("is a DSA key (ssh-dss), which is too weak")
    }
    if name.suffix(certificate.count).elementsEqual(certificate) {
      throw SigningFault(
        "is a certificate (\(name.prefix(60).printable)), and a key is wanted here")
    }
    throw SigningFault("is of the kind `\(name.prefix(60).printable)`, which is not known here")
  }

  private static let certificate = "-cert-v01@openssh.com".utf8
}

extension SSHPublicKey.Kind {
  /// The curve's name in SSH and the bytes of one coordinate; of the kinds that name a curve.
  var curve: (name: String, size: Int) {
    switch self {
    case .ecdsa384: ("nistp384", 48)
    case .ecdsa521: ("nistp521", 66)
    case .ecdsa256, .securityKeyECDSA, .ed25519, .securityKeyEd25519, .rsa: ("nistp256", 32)
    }
  }

  /// The names of the signatures that a key of this kind makes.
  var signatureNames: [String] {
    switch self {
    case .rsa: ["rsa-sha2-512", "rsa-sha2-256"]
    case .securityKeyECDSA: [rawValue, SSHProof.webauthn]
    case .ed25519, .ecdsa256, .ecdsa384, .ecdsa521, .securityKeyEd25519: [rawValue]
    }
  }
}
