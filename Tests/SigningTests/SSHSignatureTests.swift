import Foundation
import GitModel
import GitrelTestSupport
import Testing

@testable import Signing

/// Signatures of OpenSSH's own tests; what they stand on is quoted from there
/// (regress/unittests/sshsig/testdata/signed-data).
@Suite(.needsSamples) struct SSHSampleTests {
  static let message = Bytes("This is a test, this is only a test".utf8)
  static let namespace = Bytes("unittest".utf8)
  /// As `ssh-keygen -Y check-novalidate` (OpenSSH 9.2) prints them.
  static let fingerprints = [
    "ecdsa.sig": "YInG0FuXzFrI4twnU4WIDUE7/iFeM9DVtx6zdi61Pvg",
    "ecdsa_sk.sig": "/ALxJUlmDPE0gxeL1nZip4oXm1VG1qmR2xL5iUzZD1A",
    "ecdsa_sk_webauthn.sig": "CnLUlPNaYYz05nves7k8lkzRjnzbbkaxQnfzZrS3kSM",
    "ed25519.sig": "ZxTZQ/K7JZpz0mHqWqdmYCUcq3MAtnu9TYA66TCBkxM",
    "ed25519_sk.sig": "pbI9wlyrFSsUbp+GTiIAOqNMvoajbF2tHsPMECyrMYU",
    "rsa.sig": "PnEztoQ74skPJhb/bvdbzdOVa2whp8Ws4housCPVrkI",
  ]

  struct Expected: Decodable {
    let hash, keytype, namespace, sigalg: String
  }

  static func bytes(_ name: String) throws -> Bytes {
    Bytes(
      try Data(
        contentsOf: Samples.folder.appending(path: "sshsig/openssh-portable__\(name)")))
  }

  @Test("they are read as MANIFEST.tsv has them, and fit", arguments: Samples.entries("sshsig"))
  func samples(entry: Samples.Entry) throws {
    let expected = try JSONDecoder().decode(Expected.self, from: entry.expected)
    guard SSHPublicKey.Kind(rawValue: expected.keytype) != nil else {
      #expect(
        told { _ = try SSHSignature(armoured: try entry.bytes()[...]) }
          == "is by a key that is of the kind `\(expected.keytype)`, which is not known here")
      return
    }
    let signature = try SSHSignature(armoured: try entry.bytes()[...])
    #expect(signature.key.kind.rawValue == expected.keytype)
    #expect(signature.namespace.elementsEqual(expected.namespace.utf8))
    #expect(signature.hash.rawValue == expected.hash)
    #expect(signature.proof.name == expected.sigalg)
    let name = entry.path.replacing("sshsig/openssh-portable__", with: "")
    #expect(signature.key.fingerprint == Self.fingerprints[name].map { "SHA256:" + $0 })
    #expect(told { try signature.check(Self.message, namespace: Self.namespace) } == "good")
    #expect(
      told { try signature.check(Self.message + [10], namespace: Self.namespace) }
        .hasPrefix("does not fit what it stands on"))
    #expect(
      told { try signature.check(Self.message, namespace: Bytes("git".utf8)) }
        == "is for the namespace `unittest`, and `git` is wanted")
  }

  @Test("all seven samples are there")
  func count() { #expect(Samples.entries("sshsig").count == 7) }

  @Test("no bit of a signature can be turned", arguments: fingerprints.keys.sorted())
  func turnedBits(name: String) throws {
    let blob = try Forge(try Self.bytes(name)).blob
    for place in blob.indices {
      var turned = blob
      turned[place] ^= 1 << UInt8(place % 8)
      let words = told {
        let signature = try SSHSignature(blob: turned)
        try signature.check(Self.message, namespace: Self.namespace)
        // Another key would have to be somebody's.
        guard signature.key.fingerprint == "SHA256:" + (Self.fingerprints[name] ?? "") else {
          throw SigningFault("is by another key")
        }
      }
      #expect(words != "good", "\(place)")
    }
    for count in [0, 5, 6, 10, 100, blob.count - 1] {
      #expect(told { _ = try SSHSignature(blob: Bytes(blob.prefix(count))) } != "good", "\(count)")
    }
  }

  @Test("what a browser signed is compared with what stands there")
  func browser() throws {
    var forge = try Forge(try Self.bytes("ecdsa_sk_webauthn.sig"))
    let place = try #require(
      String(decoding: forge.signature, as: Unicode.ASCII.self).firstRange(of: "challenge"))
    let offset = String(decoding: forge.signature, as: Unicode.ASCII.self).distance(
      from: "".startIndex, to: place.lowerBound)
    forge.signature[offset + 14] ^= 1
    #expect(
      told { try SSHSignature(blob: forge.blob).check(Self.message, namespace: Self.namespace) }
        == "does not fit what it stands on: a browser signed something else")
  }

  @Test("what is refused by name", arguments: refusals)
  func refused(_ change: @Sendable (inout Forge) -> Void, _ words: String) throws {
    var forge = try Forge(try Self.bytes("rsa.sig"))
    change(&forge)
    #expect(
      told {
        try SSHSignature(armoured: forge.armoured[...]).check(
          Self.message, namespace: Self.namespace)
      } == words)
  }

  static let refusals: [(@Sendable (inout Forge) -> Void, String)] = [
    ({ _ in }, "good"),
    ({ $0.version = 2 }, "is of version 2, and only version 1 is known here"),
    ({ $0.magic[0] = 0 }, "is no SSHSIG"),
    ({ $0.namespace = [] }, "is for no namespace"),
    ({ $0.namespace = Bytes("git".utf8) }, "is for the namespace `git`, and `unittest` is wanted"),
    ({ $0.reserved = [0] }, "has bytes where nothing is reserved yet"),
    (
      { $0.hash = Bytes("sha1".utf8) },
      "hashes with `sha1`, and sha256 and sha512 are what counts"
    ),
    (
      { $0.hash = Bytes("sha256".utf8) },
      "does not fit what it stands on: one or the other was changed"
    ),
    ({ $0.tail = [0] }, "has 1 bytes too many at its end"),
    ({ $0.signature += [0] }, "has 1 bytes too many at its end"),
    ({ $0.key += [0] }, "is by a key that has 1 bytes too many at its end"),
    (
      { $0.signature = wire(Bytes("ssh-rsa".utf8), [1]) },
      "is an RSA signature over SHA-1 (ssh-rsa), which is too weak"
    ),
    (
      { $0.signature = wire(Bytes("ssh-ed25519".utf8), [1]) },
      "is of the kind `ssh-ed25519`, which no ssh-rsa key makes"
    ),
    (
      { $0.key = wire(Bytes("ssh-dss".utf8), [1]) },
      "is by a key that is a DSA key (ssh-dss), which is too weak"
    ),
    (
      { $0.key = wire(Bytes("ssh-ed25519-cert-v01@openssh.com".utf8)) },
      "is by a key that is cut short"
    ),
    (
      { $0.key = wire(Bytes("ssh-dss-cert-v01@openssh.com".utf8)) },
      "is by a key that has a certificate of the kind `ssh-dss-cert-v01@openssh.com`"
    ),
    (
      {
        $0.key = wire(Bytes("ssh-rsa".utf8), [1, 0, 1], [0x7F] + Bytes(repeating: 1, count: 255))
      },
      "is by a key that is an RSA key of 2047 bits, and fewer than 3072 are too weak"
    ),
    (
      {
        $0.key = wire(
          Bytes("ssh-rsa".utf8), [1, 0, 1], [0, 0xFF] + Bytes(repeating: 1, count: 2048))
      },
      "is by a key that is an RSA key of 16392 bits, and more than 16384 are not read"
    ),
    (
      {
        $0.key = wire(Bytes("ssh-rsa".utf8), [0, 1], [0, 0xFF] + Bytes(repeating: 1, count: 511))
      },
      "is by a key that holds a number with zeros before it"
    ),
    (
      { $0.key = wire(Bytes("ssh-rsa".utf8), [1], [0xFF] + Bytes(repeating: 1, count: 511)) },
      "is by a key that holds a number that is not positive"
    ),
    // The exponent 1 makes every signature its own proof.
    (
      {
        $0.key = wire(Bytes("ssh-rsa".utf8), [1], [0, 0xFF] + Bytes(repeating: 1, count: 511))
      }, "does not fit what it stands on: one or the other was changed"
    ),
    (
      { $0.key = wire(Bytes("ssh-ed25519".utf8), [1]) },
      "is by a key that has a point of 1 bytes where ssh-ed25519 has 32"
    ),
    (
      { $0.key = wire(Bytes("ecdsa-sha2-nistp256".utf8), Bytes("nistp384".utf8), [4]) },
      "is by a key that is on the curve `nistp384` where ecdsa-sha2-nistp256 has nistp256"
    ),
    (
      {
        $0.key = wire(
          Bytes("ecdsa-sha2-nistp256".utf8), Bytes("nistp256".utf8),
          [2] + Bytes(repeating: 1, count: 32))
      }, "is by a key that has a malformed point"
    ),
  ]

  @Test("armour as ssh-keygen reads it", arguments: armours)
  func armour(_ shape: @Sendable (Bytes) -> Bytes, _ words: String) throws {
    let blob = try Forge(try Self.bytes("ed25519.sig")).blob
    #expect(
      told {
        try SSHSignature(armoured: shape(blob)[...]).check(
          Self.message, namespace: Self.namespace)
      } == words)
  }

  static let armours: [(@Sendable (Bytes) -> Bytes, String)] = [
    ({ Forge.armour($0, width: 70) }, "good"),
    ({ Forge.armour($0, width: 76) }, "good"),
    ({ Forge.armour($0, width: 1) }, "good"),
    ({ Forge.armour($0, width: 10_000) }, "good"),
    (
      { Forge.armour($0, width: 64, lineEnd: "\r\n") },
      "does not start with the line of an SSH signature"
    ),
    ({ Forge.armour($0, width: 64, lineEnd: "\n\n") }, "good"),
    ({ Bytes(Forge.armour($0, width: 70).dropLast()) }, "good"),
    (
      { Forge.armour($0, width: 70) + "Approved-by: Bob\n".utf8 },
      "has text after its end, which nobody signed"
    ),
    ({ Bytes(Forge.armour($0, width: 70).dropLast(10)) }, "has no end"),
    ({ Bytes(" ".utf8) + Forge.armour($0, width: 70) }, notArmour),
    ({ Bytes(Forge.armour($0, width: 70).dropFirst()) }, notArmour),
    ({ _ in [] }, notArmour),
    ({ _ in Bytes("-----BEGIN SSH SIGNATURE-----".utf8) }, "has no end"),
    (
      { _ in Bytes("-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n".utf8) },
      "is no SSHSIG"
    ),
    (
      { _ in Bytes("-----BEGIN SSH SIGNATURE-----\nU1NI*\n-----END SSH SIGNATURE-----\n".utf8) },
      "is not whole: its lines are no Base64"
    ),
    (
      { Forge.armour($0 + Bytes(repeating: 0, count: 1 << 15), width: 70) },
      "is larger than 32768 bytes"
    ),
  ]

  private static let notArmour = "does not start with the line of an SSH signature"
}

@Suite struct SSHPublicKeyTests {
  static let ed25519 =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/L8E1DfiZ9cHzygqx0IzRCSAlmh4tXH7mZPwWZEY1L"

  @Test("lines of authorized_keys", arguments: lines)
  func readLines(text: String, words: String) {
    #expect(told { _ = try SSHPublicKey(line: Bytes(text.utf8)[...]) } == words)
  }

  static let lines = [
    (ed25519, "good"),
    (ed25519 + " tim@multitalents.net  at home", "good"),
    ("\t" + ed25519.replacing(" ", with: "\t") + "\r\n", "good"),
    ("", "is no line with a key"),
    (ed25519 + "\n" + ed25519, "is no line with a key"),
    ("ssh-ed25519", "ends after `ssh-ed25519`"),
    ("ssh-ed25519 AAAA...", "is not whole: what stands after `ssh-ed25519` is no Base64"),
    ("ssh-ed25519 AAAA", "is cut short"),
    (
      ed25519.replacing("ssh-", with: "sk-ssh-"),
      "is of the kind `sk-ssh-ed25519`, which is not known here"
    ),
    (
      ed25519.replacing("ssh-ed25519", with: "ssh-rsa"),
      "says `ssh-rsa` and is of the kind `ssh-ed25519`"
    ),
    (
      "restrict " + ed25519, "is of the kind `restrict`, which is not known here"
    ),
    ("ssh-dss AAAA", "is a DSA key (ssh-dss), which is too weak"),
    (
      "ssh-rsa-cert-v01@openssh.com AAAA",
      "is a certificate (ssh-rsa-cert-v01@openssh.com), and a key is wanted here"
    ),
    ("\u{1B}[2J x", "is of the kind `\\u{1b}[2J`, which is not known here"),
  ]

  @Test("a key as a policy holds it has no comment")
  func text() throws {
    #expect(try PublicKey(text: (Self.ed25519 + " me").utf8).text == Self.ed25519)
  }
}
