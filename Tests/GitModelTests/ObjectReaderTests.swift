import Foundation
import GitModel
import GitrelTestSupport
import Testing

private struct Expected: Decodable {
  var kind: String
  var signature: String?
  var signaturePlace: String?

  enum CodingKeys: String, CodingKey {
    case kind
    case signature
    case signaturePlace = "signature_in"
  }
}

@Suite("Strict reader of commits and tags")
struct ObjectReaderTests {
  @Test("there are 27 real objects to read", .needsSamples)
  func samplesAreThere() { #expect(Samples.entries("git-object").count == 27) }

  @Test("reads real objects", arguments: Samples.entries("git-object"))
  func readsSample(_ sample: Samples.Entry) throws {
    let expected = try JSONDecoder().decode(Expected.self, from: sample.expected)
    let id = try #require(ObjectID(hex: sample.id))
    let content = try sample.bytes()
    if expected.kind == "tag" {
      let tag = try Tag(id: id, content: content[...])
      #expect(tag.targetKind == .commit)
      #expect(tag.tagger != nil)
      #expect(sample.path.contains(tag.name.printable))
      return
    }
    let commit = try Commit(id: id, content: content[...])
    #expect((commit.signature != nil) == (expected.signaturePlace == "header"))
    if let words = expected.signature, let signature = commit.signature {
      #expect(signature.starts(with: "-----BEGIN \(words)-----\n".utf8))
      // git writes PGP signatures with an empty folded line at their end in some versions.
      #expect(
        String(decoding: signature.trimmed, as: UTF8.self).hasSuffix("-----END \(words)-----"))
    }
    #expect(!commit.subject.isEmpty)
    #expect(!commit.author.email.isEmpty)
  }

  @Test("gives every part of a commit")
  func parts() throws {
    let commit = try read(
      """
      tree \(tree)
      parent \(one)
      parent \(two)
      author A U Thor <author@example.com> 1112911993 -0730
      committer  <> 0 +0545
      encoding iso8859-1
      mergetag object \(two)
       type commit
       tag v1
      \u{20}
       -----BEGIN SSH SIGNATURE-----
      gpgsig -----BEGIN PGP SIGNATURE-----
      \u{20}
       abcd
       -----END PGP SIGNATURE-----
      HG:rename a:b

      Title

      Body

      """)
    #expect(commit.tree.hex == tree)
    #expect(commit.parents.map(\.hex) == [one, two])
    #expect(
      commit.author
        == Identity(
          name: Bytes("A U Thor".utf8), email: Bytes("author@example.com".utf8),
          seconds: 1_112_911_993, offsetMinutes: -450))
    #expect(commit.committer == Identity(name: [], email: [], seconds: 0, offsetMinutes: 345))
    #expect(commit.message == Bytes("Title\n\nBody\n".utf8))
    #expect(
      commit.signature
        == Bytes("-----BEGIN PGP SIGNATURE-----\n\nabcd\n-----END PGP SIGNATURE-----\n".utf8))
    #expect(commit.isMerge)
  }

  @Test("a commit may end after its headers or right after the blank line")
  func noMessage() throws {
    #expect(try read("tree \(tree)\n\(people)").message == [])
    #expect(try read("tree \(tree)\n\(people)\n").message == [])
    #expect(try read("tree \(tree)\n\(people)\n\n").message == Bytes("\n".utf8))
  }

  @Test("a slice that does not start at zero reads the same")
  func slice() throws {
    let content = Bytes("tree \(tree)\n\(people)\nmessage\n".utf8)
    let padded = Bytes("0123456789\n".utf8) + content
    #expect(try Commit(id: .zero, content: padded.dropFirst(11)).message == Bytes("message\n".utf8))
  }

  @Test("refuses what git and libgit2 read differently", arguments: hostileCommits)
  func hostile(_ sample: Hostile) {
    let fault = #expect(throws: ObjectFault.self) {
      try Commit(id: .zero, content: sample.content[...])
    }
    #expect(fault?.words == sample.words)
  }

  @Test("tolerates what both read the same", arguments: toleratedIdentities)
  func tolerated(_ line: String) throws {
    _ = try read("tree \(tree)\nauthor \(line)\ncommitter C <c@x> 1 +0000\n\nmessage\n")
  }

  @Test("refuses identities", arguments: hostileIdentities)
  func hostileIdentity(_ line: String, _ words: String) {
    let fault = #expect(throws: ObjectFault.self) {
      try read("tree \(tree)\nauthor \(line)\ncommitter C <c@x> 1 +0000\n\nmessage\n")
    }
    #expect(fault?.words == "has a malformed author line: \(words)")
  }

  @Test(
    "an encoding must keep ASCII as it is",
    arguments: [
      ("UTF-8", true), ("utf8", true), ("ISO-8859-15", true), ("iso8859-2", true),
      ("Latin1", true), ("CP1252", true), ("windows-1251", true), ("KOI8-R", true),
      ("EUC-JP", true), ("US-ASCII", true), ("UTF-16", false), ("UTF-7", false),
      ("ISO-2022-JP", false), ("SHIFT_JIS", false), ("CP037", false), ("CP1259", false),
      ("ISO-8859-17", false), ("ISO-8859-01", false), ("ISO-8859-", false), ("", false),
      ("UTF-8 ", false), ("UTF-8\r", false), ("\u{212A}OI8-R", false),
    ])
  func encoding(_ name: String, isRead: Bool) {
    let text = "tree \(tree)\n\(people)encoding \(name)\n\nmessage\n"
    if isRead {
      #expect(throws: Never.self) { try read(text) }
    } else {
      #expect(throws: ObjectFault.self) { try read(text) }
    }
  }

  @Test("refuses tags", arguments: hostileTags)
  func hostileTag(_ text: String, _ words: String) {
    let fault = #expect(throws: ObjectFault.self) {
      try Tag(id: .zero, content: Bytes(text.utf8)[...])
    }
    #expect(fault?.words == words)
  }

  @Test("reads tags of every kind, without a tagger, with a signature of the other hash")
  func tags() throws {
    for kind in [ObjectKind.commit, .tree, .blob, .tag] {
      let tag = try Tag(
        id: .zero,
        content: Bytes("object \(one)\ntype \(kind.rawValue)\ntag v0.99\n\nold\n".utf8)[...])
      #expect(tag.targetKind == kind)
      #expect(tag.tagger == nil)
      #expect(tag.message == Bytes("old\n".utf8))
    }
    let tag = try Tag(
      id: .zero,
      content: Bytes(
        """
        object \(one)
        type commit
        tag v1
        tagger T <t@x> 1 +0000
        gpgsig-sha256 -----BEGIN PGP SIGNATURE-----
         x

        m
        """.utf8)[...])
    #expect(tag.message == Bytes("m".utf8))
  }

  @Test(
    "a signature at the end of a tag is none of its message, so that its trailers are its last lines"
  )
  func signedTag() throws {
    let signature = "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n"
    func read(_ message: String) throws -> GitModel.Tag {
      try GitModel.Tag(
        id: ObjectID.zero,
        content: Bytes(
          "object \(one)\ntype commit\ntag v1\ntagger T <t@x> 1 +0000\n\n\(message)".utf8)[...])
    }
    let tag = try read("v1\n\nLane: hotfix\nRisk: high\n\(signature)")
    #expect(tag.message == Bytes("v1\n\nLane: hotfix\nRisk: high\n".utf8))
    #expect(tag.signature == Bytes(signature.utf8))
    #expect(TrailerBlock(message: tag.message[...]).trailers.map(\.key.count) == [4, 4])
    // Git takes the last line that starts one.
    let two = try read("v1\n\n\(signature)Risk: low\n\(signature)")
    #expect(two.message == Bytes("v1\n\n\(signature)Risk: low\n".utf8))
    #expect(try read(signature).message == [])
    for behind in ["Lane: hotfix\n", "\nLane: hotfix\n", "."] {
      let text = "v1\n\n\(signature)\(behind)"
      #expect(try read(text).message == Bytes(text.utf8))
    }
    for inside in ["x\n\nLane: hotfix", "Lane: hotfix", "-----BEGIN x"] {
      // What git finds in it is found here too.
      let text = "v1\n\n" + signature.replacing("U1NI", with: inside)
      #expect(try read(text).message == Bytes(text.utf8))
      #expect(try read(text).signature == nil)
    }
    #expect(try read("v1\n").signature == nil)
  }

  @Test("cut anywhere, an object is read or refused, never a crash")
  func cut() throws {
    for sample in Samples.entries("git-object") {
      let content = try sample.bytes()
      for length in 0...min(content.count, 700) {
        _ = try? Commit(id: .zero, content: content.prefix(length))
        _ = try? Tag(id: .zero, content: content.prefix(length))
      }
    }
  }
}

private let tree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
private let one = "1111111111111111111111111111111111111111"
private let two = "2222222222222222222222222222222222222222"
private let author = "author A <a@x> 1 +0000\n"
private let committer = "committer C <c@x> 1 +0000\n"
private let people = author + committer

private func read(_ text: String) throws(ObjectFault) -> Commit {
  try Commit(id: .zero, content: Bytes(text.utf8)[...])
}

struct Hostile: CustomTestStringConvertible, Sendable {
  let content: Bytes
  let words: String
  var testDescription: String { words }

  init(_ text: String, _ words: String) { (content, self.words) = (Bytes(text.utf8), words) }
}

private let hostileCommits = [
  Hostile("", "has no tree line"),
  Hostile("\n", "has no tree line"),
  Hostile("tree", "has no tree line"),
  Hostile("tree \(tree)", "ends in the middle of its tree line"),
  Hostile("tree \(tree)\n", "has no author line"),
  Hostile("tree \(tree)\n\n\(people)\nm", "has no author line"),
  Hostile("tree \(tree)\n\(author)", "has no committer line"),
  Hostile("tree \(tree)\n\(author)\nm", "has no committer line"),
  Hostile("tree \(tree)\n\(committer)\nm", "has no author line"),
  Hostile("\(people)\nm", "has no tree line"),
  Hostile("tree \(tree)\ntree \(tree)\n\(people)\nm", "has two tree lines"),
  Hostile("tree \(tree)\n\(people)tree \(tree)\n\nm", "has two tree lines"),
  Hostile("tree \(tree)\n\(author)\(people)\nm", "has two author lines"),
  Hostile("tree \(tree)\n\(people)\(author)\nm", "has two author lines"),
  Hostile("tree \(tree)\n\(people)\(committer)\nm", "has two committer lines"),
  Hostile("parent \(one)\ntree \(tree)\n\(people)\nm", "has a `parent` line before its tree line"),
  Hostile(
    "tree \(tree)\n\(author)parent \(one)\n\(committer)\nm",
    "has a `parent` line before its committer line"),
  Hostile(
    "tree \(tree)\n\(people)parent \(one)\n\nm", "has a parent line after its committer line"),
  Hostile(
    "tree \(tree)\n\(committer)\(author)\nm", "has a `committer` line before its author line"),
  Hostile("tree \(tree)\nx y\n\(people)\nm", "has a `x` line before its author line"),
  Hostile("Tree \(tree)\n\(people)\nm", "has no tree line"),
  Hostile(
    "tree \(tree.uppercased())\n\(people)\nm", "has a malformed tree line: `\(tree.uppercased())`"),
  Hostile("tree \(tree) \n\(people)\nm", "has a malformed tree line: `\(tree) `"),
  Hostile("tree \(tree)\r\n\(people)\nm", "has a malformed tree line: `\(tree)\\u{d}`"),
  Hostile(
    "tree \(tree)\nparent \(one.dropLast())\n\(people)\nm",
    "has a malformed parent line: `\(one.dropLast())`"),
  Hostile("tree \(tree)\n \(one)\n\(people)\nm", "has a tree that goes on over a second line"),
  Hostile("tree \(tree)\n\(people) x\n\nm", "has a committer that goes on over a second line"),
  Hostile("tree \(tree)\n\(people)\nm\0", "holds a NUL byte"),
  Hostile("tree \(tree)\n\(people)\nm\0Reviewed-by: B <b@x>\n", "holds a NUL byte"),
  Hostile("tree \(tree)\n\(people)x\n\nm", "has a malformed header line: `x`"),
  Hostile("tree \(tree)\n\(people)\u{1B}[2J x\n\nm", "has a malformed header line: `\\u{1b}[2J x`"),
  Hostile("tree \(tree)\n\(people)x y", "ends in the middle of its `x` header"),
  Hostile("tree \(tree)\n\(people)x y\n z", "ends in the middle of its `x` header"),
  Hostile("tree \(tree)\n\(people)gpgsig a\ngpgsig b\n\nm", "has two gpgsig headers"),
  Hostile(
    "tree \(tree)\n\(people)gpgsig-sha256 a\ngpgsig-sha256 b\n\nm", "has two gpgsig-sha256 headers"),
  Hostile(
    "tree \(tree)\n\(people)encoding UTF-8\nencoding UTF-8\n\nm", "has two encoding headers"),
  Hostile(
    "tree \(tree)\n\(people)encoding UTF-8\n x\n\nm",
    "is written in the encoding `UTF-8\\u{a} x`; use UTF-8"),
  Hostile(
    "tree \(tree)\n\(people)encoding UTF-16\n\nm", "is written in the encoding `UTF-16`; use UTF-8"),
]

private let toleratedIdentities = [
  "A <a@x> 1 +0000", " <a@x> 1 +0000", "A <> 1 +0000", "A  <a@x> 1 +0000",
  "Sammy Davis Jr. <sammy@x> 1 -0000", "\"A\" <a@x> 0 +1459",
  "\u{C1}\u{301} <a@x> 253402300799 -1459", "A <a b@x> 1 +0000",
]

private let hostileIdentities: [(String, String)] = [
  ("A", "it has no `<`"),
  ("A <a@x 1 +0000", "it has no `>`"),
  ("A a@x> 1 +0000", "it has no `<`"),
  ("A >a@x< 1 +0000", "it does not have exactly one pair of angle brackets"),
  ("A <a@x> <b@x> 1 +0000", "it does not have exactly one pair of angle brackets"),
  ("A <a> B <b> 1 +0000", "it does not have exactly one pair of angle brackets"),
  ("A <a@x>> 1 +0000", "it does not have exactly one pair of angle brackets"),
  ("A <<a@x> 1 +0000", "it does not have exactly one pair of angle brackets"),
  ("<a@x> 1 +0000", "there is no space before the `<`"),
  ("A<a@x> 1 +0000", "there is no space before the `<`"),
  ("  A <a@x> 1 +0000", "the name starts or ends with a control character or space"),
  ("A\u{B} <a@x> 1 +0000", "the name starts or ends with a control character or space"),
  ("A < a@x> 1 +0000", "the address starts or ends with a space or punctuation"),
  ("A <a@x.> 1 +0000", "the address starts or ends with a space or punctuation"),
  ("A <'a@x'> 1 +0000", "the address starts or ends with a space or punctuation"),
  ("A <a@x>", "after the address there is not a time and a zone"),
  ("A <a@x> 1", "after the address there is not a time and a zone"),
  ("A <a@x>1 +0000", "after the address there is not a time and a zone"),
  ("A <a@x>  1 +0000", "after the address there is not a time and a zone"),
  ("A <a@x> 1  +0000", "after the address there is not a time and a zone"),
  ("A <a@x> 1 +0000 ", "after the address there is not a time and a zone"),
  ("A <a@x> 1 +0000 x", "after the address there is not a time and a zone"),
  ("A <a@x> -1 +0000", "the time `-1` is no second from 1970 to 9999"),
  ("A <a@x> +1 +0000", "the time `+1` is no second from 1970 to 9999"),
  ("A <a@x> 01 +0000", "the time `01` is no second from 1970 to 9999"),
  ("A <a@x> 1.5 +0000", "the time `1.5` is no second from 1970 to 9999"),
  ("A <a@x> 253402300800 +0000", "the time `253402300800` is no second from 1970 to 9999"),
  (
    "A <a@x> 9223372036854775807 +0000",
    "the time `9223372036854775807` is no second from 1970 to 9999"
  ),
  (
    "A <a@x> 99999999999999999999 +0000",
    "the time `99999999999999999999` is no second from 1970 to 9999"
  ),
  ("A <a@x> 1 0000", "the zone `0000` is not between -1459 and +1459"),
  ("A <a@x> 1 Z", "the zone `Z` is not between -1459 and +1459"),
  ("A <a@x> 1 +000", "the zone `+000` is not between -1459 and +1459"),
  ("A <a@x> 1 +7:00", "the zone `+7:00` is not between -1459 and +1459"),
  ("A <a@x> 1 +1500", "the zone `+1500` is not between -1459 and +1459"),
  ("A <a@x> 1 +9999", "the zone `+9999` is not between -1459 and +1459"),
  ("A <a@x> 1 +0060", "the zone `+0060` is not between -1459 and +1459"),
  ("A <a@x> 1 +051800", "the zone `+051800` is not between -1459 and +1459"),
  ("A <a@x> 1 +0000\r", "the zone `+0000\\u{d}` is not between -1459 and +1459"),
]

private let hostileTags: [(String, String)] = [
  ("", "has no object line"),
  ("object \(one)\n", "has no type line"),
  ("object \(one)\ntype commit\n", "has no tag line"),
  ("object \(one)\ntype commit\ntag v1", "ends in the middle of its tag line"),
  ("object \(one)\ntype commit\ntag \n\nm", "has an empty name in its tag line"),
  ("object \(one)\ntype Commit\ntag v1\n\nm", "has the unknown type `Commit`"),
  ("object \(one)\ntype commit\ntag v1\ntag v2\n\nm", "has a header that no tag has: `tag`"),
  ("object \(one)\ntag v1\ntype commit\n\nm", "has a `tag` line before its type line"),
  (
    "object \(one)\ntype commit\ntag v1\ntagger T\n\nm",
    "has a malformed tagger line: it has no `<`"
  ),
  (
    "object \(one)\ntype commit\ntag v1\ntagger T <t> 1 +0000\nx y\n\nm",
    "has a header that no tag has: `x`"
  ),
  ("object \(one)\ntype commit\ntag v1\0\n\nm", "holds a NUL byte"),
]
