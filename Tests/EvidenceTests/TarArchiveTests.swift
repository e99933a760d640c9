import GitModel
import GitrelTestSupport
import Testing

@testable import Evidence

/// An archive is read as gitrel writes it, and not at all otherwise.
@Suite struct TarArchiveTests {
  private static func archive(_ names: String...) throws -> TarArchive {
    try TarArchive(names.map { .init($0, Bytes("\($0)\n".utf8)) })
  }

  @Test func roundTrip() throws {
    for archive in [
      try TarArchive([]), try Self.archive("b", "a/b.c", "a/b-c_D"),
      try TarArchive([.init("empty", []), .init("block", Bytes(repeating: 7, count: 1024))]),
    ] {
      #expect(try TarArchive(parsing: archive.encoded) == archive)
    }
    #expect(try Self.archive("b", "a", "a.b").members.map(\.name) == ["a", "a.b", "b"])
  }

  /// tar reads what is written, and writes the same to the byte.
  @Test func tarAgrees() throws {
    let folder = try TemporaryDirectory()
    let archive = try Self.archive("notes.md", "log/lines", "statements/x.json")
    try write(archive.encoded, to: folder.file("it.tar"))
    let environment = HermeticEnvironment(home: folder.path)
    let script = """
      mkdir open && tar xf it.tar -C open && cd open && find * -type f | LC_ALL=C sort |
      tar cf ../again.tar --format=ustar --owner=:0 --group=:0 --numeric-owner --mode=0644 \
      --mtime=@0 -b 1 -T - && cat log/lines
      """
    let result = try run(["sh", "-c", script], environment: environment, in: folder.path)
    #expect(result.stdout == "log/lines\n")
    #expect(contents(of: folder.file("again.tar")) == archive.encoded)
  }

  @Test("what cannot be written", arguments: ["", "/a", "a//b", "../a", "a/./b", "a\n", "ä", "a/"])
  func names(_ name: String) {
    #expect(throws: EvidenceFault.self) { try Self.archive(name) }
  }

  @Test func limits() {
    #expect(throws: EvidenceFault("the archive would hold a twice")) {
      try Self.archive("a", "a")
    }
    let long = String(repeating: "a", count: 101)
    #expect(throws: EvidenceFault.self) { try Self.archive(long) }
    let many = (0...TarArchive.memberLimit).map { TarArchive.Member("\($0)", []) }
    #expect(throws: EvidenceFault.self) { try TarArchive(many) }
  }

  /// The archive of one file with bytes of its header changed, and the sum mended.
  private static func header(_ at: Int, _ bytes: String) throws -> Bytes {
    var archive = try archive("a").encoded
    archive.replaceSubrange(at..<at + bytes.utf8.count, with: bytes.utf8)
    archive.replaceSubrange(148..<156, with: "        ".utf8)
    let sum = archive[..<512].reduce(0) { $0 + Int($1) }
    let digits = String(sum, radix: 8)
    let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
    archive.replaceSubrange(148..<156, with: field.utf8)
    return archive
  }

  @Test func everythingElseIsRefused() throws {
    let good = try Self.archive("a", "b").encoded
    let one = try Self.archive("a").encoded
    let none = "file 1 of the archive, `a`, is none that gitrel wrote"
    let cases: [(String, Bytes, String)] = [
      ("nothing", [], "it is too short for an archive"),
      ("half a header", Bytes(good.prefix(300)), "it is too short for an archive"),
      ("half a file", Bytes(good.prefix(600)), "a is cut off in the archive"),
      ("no end", Bytes(good.dropLast(1024)), "the archive is cut off after 2 files"),
      ("half an end", Bytes(good.dropLast(512)), "the archive does not end as gitrel ends one"),
      (
        "more behind it", good + Bytes(repeating: 0, count: 512),
        "the archive does not end as gitrel ends one"
      ),
      ("a second archive", good + good, "the archive does not end as gitrel ends one"),
      ("a name twice", Bytes(one.prefix(1024)) + one, "the archive holds a twice"),
      (
        "another order", Bytes(good[1024..<2048]) + one, "a stands behind b"
      ),
      (
        "something in the padding", good.prefix(600) + [1] + good.dropFirst(601),
        "something stands behind the end of a"
      ),
      ("a link", try Self.header(156, "2"), none),
      ("a folder", try Self.header(156, "5"), none),
      ("another mode", try Self.header(100, "0000755"), none),
      ("an owner", try Self.header(265, "root"), none),
      ("a prefix", try Self.header(345, "../../etc"), none),
      ("a size without digits", try Self.header(124, "99999999999"), none),
      ("a size beyond the limit", try Self.header(124, "77777777777"), none),
      ("a size beyond the end", try Self.header(124, "00000010000"), "a is cut off in the archive"),
      (
        "a way out", try Self.header(0, "../a"),
        "file 1 of the archive, `../a`, is none that gitrel wrote"
      ),
      (
        "a wrong sum", Bytes(good.prefix(148)) + Bytes("000000".utf8) + good.dropFirst(154), none
      ),
    ]
    for (name, bytes, words) in cases {
      #expect(throws: EvidenceFault(words), "\(name)") { try TarArchive(parsing: bytes) }
    }
  }
}
