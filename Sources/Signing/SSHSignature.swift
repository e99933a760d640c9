internal import Crypto
public import GitModel

/// A signature that `ssh-keygen -Y sign` made (OpenSSH, PROTOCOL.sshsig), read and not yet checked.
public struct SSHSignature: Hashable, Sendable {
  /// The key that it says it was made with.
  public let key: SSHPublicKey
  /// The certificate of that key, where it was made with one.
  public let certificate: SSHCertificate?
  /// What it was made for: `git`, `file`.
  public let namespace: Bytes
  let hash: Hash
  let proof: SSHProof

  /// How the message is hashed before it is signed.
  enum Hash: String, CaseIterable {
    case sha256, sha512

    func callAsFunction(_ message: Bytes) -> Bytes {
      switch self {
      case .sha256: Bytes(SHA256.hash(data: message))
      case .sha512: Bytes(SHA512.hash(data: message))
      }
    }
  }

  static let begin = Bytes("-----BEGIN SSH SIGNATURE-----".utf8)
  static let end = Bytes("-----END SSH SIGNATURE-----".utf8)
  static let magic = Bytes("SSHSIG".utf8)
  /// No kind of key makes an armoured signature near as large.
  static let maximumSize = 1 << 15

  /// Reads an armoured signature. The lines between its first and its last may have any length, as
  /// ssh-keygen reads them; after the last there is nothing but white space, which ssh-keygen does not
  /// mind either.
  public init(armoured text: BytesSlice) throws(SigningFault) {
    guard text.count <= Self.maximumSize else {
      throw SigningFault("is larger than \(Self.maximumSize) bytes")
    }
    let first = text.prefix { $0 != UInt8(ascii: "\n") }
    // git and ssh-keygen read no line that ends in CR as the first.
    guard first.elementsEqual(Self.begin) else {
      throw SigningFault("does not start with the line of an SSH signature")
    }
    var rest = text[first.endIndex...]
    var base64 = Bytes()
    while true {
      guard !rest.isEmpty else { throw SigningFault("has no end") }
      // At an LF.
      let line = rest.dropFirst()
      if line.starts(with: Self.end) {
        guard line.dropFirst(Self.end.count).allSatisfy(\.isASCIISpace) else {
          throw SigningFault("has text after its end, which nobody signed")
        }
        break
      }
      let stop = line.firstIndex(of: UInt8(ascii: "\n")) ?? line.endIndex
      base64 += line[..<stop].filter { !$0.isASCIISpace }
      rest = line[stop...]
    }
    guard let blob = Base64.decode(base64) else {
      throw SigningFault("is not whole: its lines are no Base64")
    }
    try self.init(blob: blob)
  }

  /// Reads the bytes of a signature.
  init(blob: Bytes) throws(SigningFault) {
    var reader = WireReader(blob[...])
    guard blob.starts(with: Self.magic), try reader.bytes(Self.magic.count).count > 0 else {
      throw SigningFault("is no SSHSIG")
    }
    let version = try reader.number()
    guard version == 1 else {
      throw SigningFault("is of version \(version), and only version 1 is known here")
    }
    let keyBlob = Bytes(try reader.string())
    do throws(SigningFault) {
      if SSHCertificate.isOne(keyBlob) {
        let found = try SSHCertificate(blob: keyBlob)
        (certificate, key) = (found, found.key)
      } else {
        (certificate, key) = (nil, try SSHPublicKey(blob: keyBlob))
      }
    } catch {
      throw SigningFault("is by a key that \(error.words)")
    }
    namespace = Bytes(try reader.string())
    guard !namespace.isEmpty else { throw SigningFault("is for no namespace") }
    // What is reserved is not signed by any OpenSSH there is, so it could be changed unseen.
    guard try reader.string().isEmpty else {
      throw SigningFault("has bytes where nothing is reserved yet")
    }
    let hashName = try reader.string()
    guard let hash = Hash.allCases.first(where: { $0.rawValue.utf8.elementsEqual(hashName) }) else {
      throw SigningFault(
        "hashes with `\(hashName.prefix(60).printable)`, and sha256 and sha512 are what counts")
    }
    self.hash = hash
    let inner = try reader.string()
    try reader.finish()
    proof = try SSHProof(inner, by: key)
  }

  /// Checks that the key signed this message for this purpose. Whose key that is, is another question.
  public func check(_ message: Bytes, namespace wanted: Bytes) throws(SigningFault) {
    guard !wanted.isEmpty, namespace == wanted else {
      throw SigningFault(
        "is for the namespace `\(namespace.prefix(60).printable)`, and `\(wanted.printable)` is wanted"
      )
    }
    var signed = WireWriter(Self.magic)
    signed.string(namespace)
    signed.string([])
    signed.string(Bytes(hash.rawValue.utf8))
    signed.string(hash(message))
    guard try proof.holds(for: signed.bytes) else {
      throw SigningFault("does not fit what it stands on: one or the other was changed")
    }
  }
}
