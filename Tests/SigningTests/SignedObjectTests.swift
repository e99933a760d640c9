import Foundation
import GitModel
import GitrelTestSupport
import Testing

@testable import Signing

@Suite struct SignedObjectTests {
  @Test("commits, as git cuts them apart", arguments: commits)
  func readCommits(text: String, format: SignatureFormat?, told expected: String) {
    check(text, .commit, format, expected)
  }

  private func check(
    _ text: String, _ kind: ObjectKind, _ format: SignatureFormat?, _ expected: String
  ) {
    var words = ""
    let fault = told {
      let object = try SignedObject.of(Bytes(text.utf8)[...], kind: kind)
      #expect(object?.format == format)
      words =
        object.map {
          String(decoding: $0.signature, as: UTF8.self) + "--\n"
            + String(decoding: $0.payload, as: UTF8.self)
        } ?? "unsigned"
    }
    #expect((fault == "good" ? words : fault) == expected)
  }

  private static let ssh = "-----BEGIN SSH SIGNATURE-----"

  static let commits: [(String, SignatureFormat?, String)] = [
    ("tree t\nauthor a\ncommitter c\n\nwords\n", nil, "unsigned"),
    (
      "tree t\ncommitter c\ngpgsig \(ssh)\n one\n \n two\n\nwords\ngpgsig no\n", .ssh,
      "\(ssh)\none\n\ntwo\n--\ntree t\ncommitter c\n\nwords\ngpgsig no\n"
    ),
    (
      "tree t\ngpgsig \(ssh)\n one\ncommitter c\n\nwords", .ssh,
      "\(ssh)\none\n--\ntree t\ncommitter c\n\nwords"
    ),
    // The other algorithm's signature is signed by neither.
    (
      "tree t\ngpgsig-sha256 \(ssh)\n x\ngpgsig \(ssh)\n one\nencoding e\n\nwords", .ssh,
      "\(ssh)\none\n--\ntree t\nencoding e\n\nwords"
    ),
    ("tree t\ngpgsig-sha256 \(ssh)\n x\n\nwords", nil, "unsigned"),
    // A merged tag's signature is the tag's.
    ("tree t\nmergetag object o\n tag v1\n \n \(ssh)\n x\n\nwords", nil, "unsigned"),
    ("tree t\nmergetag object o\n gpgsig \(ssh)\n\nwords", nil, "unsigned"),
    ("tree t\n\ngpgsig \(ssh)\n x\n", nil, "unsigned"),
    ("tree t\ngpgsig \(ssh)\n x\ngpgsig \(ssh)\n y\n\nwords", nil, "has two gpgsig headers"),
    (
      "tree t\ngpgsig \(ssh)\n x\nauthor a\ngpgsig \(ssh)\n y\n\nwords", nil,
      "has two gpgsig headers"
    ),
    (
      "tree t\ngpgsig-sha256 x\ngpgsig-sha256 y\n\nwords", nil, "has two gpgsig-sha256 headers"
    ),
    (
      "tree t\ngpgsigned no\n\nwords", nil,
      "has a header `gpgsigned`, which git leaves out of what is signed"
    ),
    (
      "tree t\ngpgsig\n\nwords", nil,
      "has a header `gpgsig`, which git leaves out of what is signed"
    ),
    ("tree t\ngpgsig hello\n\nwords", nil, "has a gpgsig header that is no signature"),
    ("", nil, "unsigned"),
    ("gpgsig", nil, "has a header `gpgsig`, which git leaves out of what is signed"),
    (
      "gpgsig -----BEGIN PGP MESSAGE-----", .openpgp, "-----BEGIN PGP MESSAGE-------\n"
    ),
    (
      "tree t\ngpgsig -----BEGIN SIGNED MESSAGE-----\n x\n\nw", .x509,
      "-----BEGIN SIGNED MESSAGE-----\nx\n--\ntree t\n\nw"
    ),
  ]

  @Test("tags, as git cuts them apart", arguments: tags)
  func readTags(text: String, format: SignatureFormat?, told expected: String) {
    check(text, .tag, format, expected)
  }

  static let tags: [(String, SignatureFormat?, String)] = [
    ("object o\ntag v1\n\nwords\n", nil, "unsigned"),
    (
      "object o\ntag v1\n\nwords\n\(ssh)\none\n", .ssh,
      "\(ssh)\none\n--\nobject o\ntag v1\n\nwords\n"
    ),
    // The last one is the signature, and what stands before it is signed.
    (
      "object o\n\nwords\n\(ssh)\none\n-----BEGIN PGP SIGNATURE-----\ntwo\n", .openpgp,
      "-----BEGIN PGP SIGNATURE-----\ntwo\n--\nobject o\n\nwords\n\(ssh)\none\n"
    ),
    ("object o\n\nsee \(ssh)\n", nil, "unsigned"),
    (
      "object o\ngpgsig-sha256 \(ssh)\n x\ntagger t\n\nwords\n\(ssh)\none\n", .ssh,
      "\(ssh)\none\n--\nobject o\ntagger t\n\nwords\n"
    ),
    (
      "object o\ngpgsig \(ssh)\n x\n\nwords\n\(ssh)\none\n", nil,
      "has a gpgsig header, which a tag has at its end"
    ),
  ]

  @Test("trees and blobs have none")
  func others() throws {
    #expect(try SignedObject.of(Bytes(Self.ssh.utf8)[...], kind: .blob) == nil)
    #expect(try SignedObject.of(Bytes(Self.ssh.utf8)[...], kind: .tree) == nil)
  }

  struct Expected: Decodable {
    let kind: String
    let signature: String?
  }

  static let untouched = ["SHA256:JDubEpIXO0CfnM+iagFQce4MiJJDqTvgbBR80SuRwTQ"]

  @Test(
    "real objects are signed as MANIFEST.tsv has it, and git's good ones fit", .needsSamples,
    arguments: Samples.entries("git-object"))
  func samples(entry: Samples.Entry) throws {
    let expected = try JSONDecoder().decode(Expected.self, from: entry.expected)
    let kind = try #require(ObjectKind(rawValue: expected.kind))
    let content = try entry.bytes()
    let object = try SignedObject.of(content[...], kind: kind)
    let names: [String: SignatureFormat] = [
      "SSH SIGNATURE": .ssh, "PGP SIGNATURE": .openpgp, "SIGNED MESSAGE": .x509,
    ]
    #expect(object?.format == expected.signature.flatMap { names[$0] })
    guard let object else { return }
    if object.format == .ssh {
      let signature = try SSHSignature(armoured: object.signature[...])
      // One of their keys is set up to sign without a touch, which git does not mind.
      let isTouched = !Self.untouched.contains(signature.key.fingerprint)
      #expect(
        told { try signature.check(object.payload, namespace: Bytes("git".utf8)) }
          == (isTouched ? "good" : "was made by a security key that nobody touched"))
      let tools = String(decoding: entry.tools, as: UTF8.self)
      if tools.contains("Good") { #expect(tools.contains(signature.key.fingerprint)) }
    }
    if object.format == .openpgp {
      // As long as gpg has no key there is nothing more to say of it.
      #expect(try OpenPGPSignature(armoured: object.signature[...]).issuer != nil)
    }
  }

  @Test("all 27 samples are there", .needsSamples)
  func count() { #expect(Samples.entries("git-object").count == 27) }
}
