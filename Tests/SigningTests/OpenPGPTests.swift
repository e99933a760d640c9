import GitModel
import Testing

@testable import Signing

@Suite struct OpenPGPTests {
  @Test("what gpg says", arguments: statuses)
  func status(lines: [String], expected: OpenPGPStatus) {
    let text = lines.map { "[GNUPG:] \($0)\n" }.joined()
    #expect(OpenPGPStatus(lines: Bytes(text.utf8)) == expected)
  }

  private static let one = String(repeating: "A1", count: 20)
  private static let two = String(repeating: "B2", count: 20)
  private static let valid =
    "VALIDSIG \(two) 2026-01-05 1767603600 0 4 0 22 8 00 \(one)"
  private static let several = OpenPGPStatus.refused(
    "holds several signatures, and one is what counts")
  private static let silent = OpenPGPStatus.undecided(
    "gpg did not say that the signature is good, nor why it is not")

  static let statuses: [([String], OpenPGPStatus)] = [
    (
      ["NEWSIG a@x", "KEY_CONSIDERED \(one) 0", "GOODSIG X A", valid, "TRUST_FULLY 0 shell"],
      .good(key: two, primary: one)
    ),
    (["NEWSIG", "EXPKEYSIG X A", valid], .refused("is by a key that has expired")),
    (["NEWSIG", "REVKEYSIG X A", valid], .refused("is by a key that was revoked")),
    (
      ["NEWSIG", "KEYREVOKED", "GOODSIG X A", valid],
      .refused("is by a key that was revoked")
    ),
    (["NEWSIG", "EXPSIG X A", valid], .refused("has expired")),
    (
      ["NEWSIG", "BADSIG X A"],
      .refused("does not fit what it stands on: one or the other was changed")
    ),
    (["NEWSIG", "ERRSIG X 22 8 00 1 9 \(two)", "NO_PUBKEY X"], .unknownKey(two)),
    (["NEWSIG", "ERRSIG X 22 8 00 1 9"], .unknownKey("X")),
    (
      ["NEWSIG", "ERRSIG X 99 8 00 1 4 -"],
      .refused("is of an algorithm that this gpg does not know")
    ),
    (["NEWSIG", "ERRSIG X 22 8 00 1 10 -"], .refused("cannot be checked by gpg (10)")),
    (["NEWSIG", "ERRSIG"], .refused("cannot be checked by gpg (no reason)")),
    (["NEWSIG", "GOODSIG X A", valid, "NEWSIG", "GOODSIG X A", valid], several),
    (["NEWSIG", "GOODSIG X A", valid, "NEWSIG", "BADSIG X A"], several),
    (["NEWSIG", "GOODSIG X A", valid, valid], several),
    (["NEWSIG", "GOODSIG X A"], silent),
    (["NEWSIG", valid], silent),
    (["GOODSIG X A", valid], silent),
    (["NEWSIG", "GOODSIG X A", "VALIDSIG \(two)"], silent),
    (["NEWSIG", "GOODSIG X A", valid.lowercased()], silent),
    (["NODATA 4", "FAILURE gpg-exit 33554433"], silent),
    ([], silent),
  ]

  @Test("a user id cannot write a line of status")
  func hostileUserID() {
    // gpg escapes line ends; a line that does not start as its own do is none.
    let text =
      "[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG X [GNUPG:] \(Self.valid)\n x[GNUPG:] \(Self.valid)\n"
    #expect(OpenPGPStatus(lines: Bytes(text.utf8)) == Self.silent)
  }

  // MARK: - Packets, made by hand

  private static func armour(_ type: String, _ bytes: Bytes, sum: String = "") -> Bytes {
    let body = String(decoding: Base64.encode(bytes), as: UTF8.self)
    return Bytes("-----BEGIN \(type)-----\n\n\(body)\n\(sum)-----END \(type)-----\n".utf8)
  }

  /// A packet of the old or the new form.
  private static func packet(_ tag: UInt8, _ body: Bytes, isNew: Bool = false) -> Bytes {
    isNew ? [0xC0 | tag, UInt8(body.count)] + body : [0x80 | tag << 2, UInt8(body.count)] + body
  }

  /// A signature of version 4: type, SHA-256, the key id in the part that is not hashed.
  private static func signature(
    version: UInt8 = 4, type: UInt8 = 0, hash: UInt8 = 8,
    id: Bytes = Bytes(repeating: 0xAB, count: 8)
  ) -> Bytes {
    [version, type, 22, hash, 0, 0, 0, UInt8(id.count + 2), UInt8(id.count + 1), 16] + id + [0, 0]
  }

  @Test("signatures, as far as they are read here", arguments: signatures)
  func readSignatures(text: Bytes, words: String) {
    var issuer: String?
    let fault = told { issuer = try OpenPGPSignature(armoured: text[...]).issuer }
    #expect((fault == "good" ? issuer ?? "nobody" : fault) == words)
  }

  private static let type = "PGP SIGNATURE"
  static let signatures: [(Bytes, String)] = [
    (armour(type, packet(2, signature())), "ABABABABABABABAB"),
    (armour(type, packet(2, signature(), isNew: true)), "ABABABABABABABAB"),
    (armour(type, packet(2, signature(id: []))), "nobody"),
    // RFC 9580, 6.1: a checksum that does not fit is no reason to reject.
    (armour(type, packet(2, signature()), sum: "=AAAA\n"), "ABABABABABABABAB"),
    (
      armour(type, packet(2, signature()) + packet(2, signature())),
      "holds 2 signatures, and one is what counts"
    ),
    (armour(type, packet(8, [1, 2])), "holds something else than a signature"),
    (
      armour(type, packet(2, signature()) + packet(11, [1])),
      "holds something else than a signature"
    ),
    (
      armour(type, packet(2, signature(version: 3))),
      "is of version 3, and version 4 is what is read here"
    ),
    (
      armour(type, packet(2, signature(type: 1))),
      "is not made over bytes as they are (gpg --detach-sign without --textmode)"
    ),
    (
      armour(type, packet(2, signature(hash: 2))),
      "hashes with SHA-1, and SHA-256, SHA-384 and SHA-512 are what counts"
    ),
    (
      armour(type, packet(2, signature(hash: 99))),
      "hashes with the algorithm 99, and SHA-256, SHA-384 and SHA-512 are what counts"
    ),
    (armour(type, packet(2, Bytes(signature().prefix(9)))), "is cut short"),
    (armour(type, Bytes(packet(2, signature()).dropLast())), "is cut short"),
    (armour(type, [0x8B] + signature()), "holds a packet that does not say its length"),
    (armour(type, [0xC2, 0xE1] + signature()), "holds a packet that does not say its length"),
    (armour(type, [0x02]), "holds what is no OpenPGP packet"),
    (
      armour(type, packet(2, signature())) + "Approved-by: Bob\n".utf8,
      "has text after its end, which nobody signed"
    ),
    (armour(type, []), "is not whole: its lines are no Base64"),
    (
      armour("PGP MESSAGE", packet(2, signature())),
      "does not start with the line `-----BEGIN PGP SIGNATURE-----`"
    ),
    (
      Bytes("-----BEGIN PGP SIGNATURE-----\nApproved-by: Bob\n\nAAAA\n".utf8),
      "has the line `Approved-by: Bob` where its header ends"
    ),
    (Bytes("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n".utf8), "has no end"),
    (Bytes(repeating: 0x41, count: 40_000), "is larger than 32768 bytes"),
  ]

  @Test("keys, as far as they are read here", arguments: keys)
  func readKeys(text: Bytes, words: String) {
    #expect(told { _ = try OpenPGPKey(armoured: text[...]) } == words)
  }

  private static func key(_ algorithm: UInt8 = 22, version: UInt8 = 4) -> Bytes {
    [version, 0, 0, 0, 0, algorithm, 12, 0] + Bytes(repeating: 1, count: 40)
  }

  private static let block = "PGP PUBLIC KEY BLOCK"
  static let keys: [(Bytes, String)] = [
    (armour(block, packet(6, key()) + packet(13, [65]) + packet(14, key(1))), "good"),
    (
      armour(block, packet(6, key()) + packet(6, key(1))),
      "holds two keys; write one block for each"
    ),
    (armour(block, packet(13, [65]) + packet(6, key())), "does not start with a public key"),
    (armour(block, packet(14, key())), "does not start with a public key"),
    (armour(block, packet(5, key())), "holds a packet of type 5, which no public key has"),
    (
      armour(block, packet(6, key(version: 3))),
      "is a key of version 3, and version 4 is what is read here"
    ),
    (armour(block, packet(6, [])), "is a key of version 0, and version 4 is what is read here"),
    (armour(block, packet(6, [4])), "is cut short"),
    (
      Bytes("-----BEGIN PGP PRIVATE KEY BLOCK-----\n".utf8),
      "is a private key; take it away and make a new one: it is no secret any more"
    ),
  ]

  // MARK: - The ring

  private static let mine = armour(block, packet(6, key()) + packet(14, key(1, bits: 2048)))
  private static func key(_ algorithm: UInt8, bits: Int) -> Bytes {
    [4, 0, 0, 0, 0, algorithm, UInt8(bits >> 8), UInt8(bits & 0xFF)]
      + Bytes(repeating: 1, count: 40)
  }

  @Test("whose key it is, by its primary fingerprint")
  func ring() throws {
    let key = try OpenPGPKey(armoured: Self.mine[...])
    let subkey = try #require(key.parts.keys.first { $0 != key.fingerprint })
    let ring = KeyRing(
      [(id: "alice", keys: [String(decoding: Self.mine, as: UTF8.self)])], at: Instant(seconds: 0))
    #expect(ring.problems.isEmpty)
    #expect(ring.openPGPKeys == [key.packets])
    func check(_ status: OpenPGPStatus, id: String) -> SignatureCheck {
      let id = stride(from: 0, to: 16, by: 2).map { offset -> UInt8 in
        let start = id.index(id.startIndex, offsetBy: offset)
        return UInt8(id[start..<id.index(start, offsetBy: 2)], radix: 16) ?? 0
      }
      let armoured = Self.armour(Self.type, Self.packet(2, Self.signature(id: id)))
      return ring.check(armoured, of: .openpgp, over: [], namespace: []) { _, _ in status }
    }
    let id = String(key.fingerprint.suffix(16))
    let other = Self.one
    #expect(
      check(.good(key: key.fingerprint, primary: key.fingerprint), id: id)
        == .good(.init(person: "alice", format: .openpgp, fingerprint: key.fingerprint)))
    #expect(
      check(.good(key: subkey, primary: key.fingerprint), id: id)
        == .refused(
          "is by a key that is an RSA key of 2048 bits, and fewer than 3072 are too weak"))
    // A key that gpg knows and the policy does not, whatever the signature claimed.
    #expect(
      check(.good(key: other, primary: other), id: id)
        == .unknownKey(fingerprint: other, format: .openpgp))
    #expect(
      check(.good(key: other, primary: key.fingerprint), id: id)
        == .unknownKey(fingerprint: key.fingerprint, format: .openpgp))
    // gpg is not asked about strangers.
    #expect(
      check(.undecided("asked"), id: "0123456789ABCDEF")
        == .unknownKey(fingerprint: "0123456789ABCDEF", format: .openpgp))
    #expect(check(.undecided("gone"), id: id) == .undecided("gone"))
    #expect(check(.refused("is old"), id: id) == .refused("is old"))
  }

  @Test("keys that do not count are told, and nothing they signed counts")
  func problems() {
    let key = SSHPublicKeyTests.ed25519
    let ring = KeyRing(
      [(id: "alice", keys: [key + " one"]), (id: "bob", keys: [key + " two", "ssh-dss AAAA"])],
      at: Instant(seconds: 0))
    #expect(
      ring.problems.map { "\($0.person) \($0.words)" } == [
        "bob is a DSA key (ssh-dss), which is too weak",
        "alice is a key of `bob` too", "bob is a key of `alice` too",
      ])
  }

  @Test("X.509 is not supported")
  func x509() {
    let check = KeyRing([], at: Instant(seconds: 0)).check(
      Bytes("tree t\ngpgsig -----BEGIN SIGNED MESSAGE-----\n x\n\nw".utf8)[...], kind: .commit
    ) { _, _ in .undecided("asked") }
    #expect(
      check
        == .refused("is of X.509, which is not supported here; sign with an SSH or OpenPGP key"))
  }
}
