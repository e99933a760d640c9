import GitModel
import Testing

@Suite("Ref names")
struct RefNameTests {
  @Test(
    "names that are accepted",
    arguments: [
      "refs/heads/main", "refs/heads/feature/ABC-1-x", "refs/tags/v1.4.0-rc.1+b7", "refs/notes/ci",
      "refs/heads/a@b", "refs/heads/user@host/x#1,y=z%", "refs/heads/headless",
      "refs/heads/a.b/c_d",
      "refs/heads/\(String(repeating: "a", count: 189))", "refs/heads/deadbeef",
      "refs/gitrel/evidence", "refs/heads/lock", "refs/heads/x.locks", "refs/remotes/origin/HEAD",
      "refs/heads/refsx", "refs/tags/tag/s", "refs/heads/@x", "refs/heads/a-",
    ])
  func accepted(_ text: String) { #expect(RefName(text).fault == nil) }

  @Test("names that are not", arguments: refusedNames)
  func refused(_ text: String, _ words: String) {
    #expect(RefName(text).fault?.words == words)
  }

  @Test("a byte that is not ASCII is named", arguments: [0x80, 0xC3, 0xFF] as [UInt8])
  func notASCII(_ byte: UInt8) {
    let name = RefName(Bytes("refs/heads/a".utf8) + [byte])
    #expect(name.fault == .byte(byte))
    #expect(name.full == "refs/heads/a\\x\(String(byte, radix: 16))")
  }

  @Test("shown, no two names are alike, and none is raw or long")
  func shown() {
    #expect(RefName("refs/heads/m\u{430}in").full == "refs/heads/m\\u{430}in")
    #expect(RefName("refs/heads/a\u{202E}b\u{1B}").short == "a\\u{202e}b\\u{1b}")
    let long = RefName("refs/heads/" + String(repeating: "a", count: 60_000))
    #expect(long.full.utf8.count < 230)
    #expect(long.full.hasSuffix("... (60011 bytes)"))
    let one = RefName("refs/heads/caf\u{E9}")
    let other = RefName("refs/heads/cafe\u{301}")
    #expect(one != other)
    #expect(Set([one, other]).count == 2)
  }

  @Test("short names and kinds")
  func kinds() {
    #expect(RefName("refs/heads/a/b").short == "a/b")
    #expect(RefName("refs/tags/v1").short == "v1")
    #expect(RefName("refs/notes/x").short == "refs/notes/x")
    #expect(RefName("refs/heads/a").isBranch)
    #expect(!RefName("refs/heads/").isBranch)
    #expect(!RefName("refs/headsx/a").isBranch)
    #expect(RefName("refs/tags/a").isTag)
    #expect(RefName("refs/heads/B") < RefName("refs/heads/a"))
  }

  @Test("what an update does")
  func updates() throws {
    let one = try #require(ObjectID(hex: String(repeating: "1", count: 40)))
    let name = RefName("refs/heads/a")
    #expect(RefUpdate(name: name, old: .zero, new: one).kind == .create)
    #expect(RefUpdate(name: name, old: one, new: one).kind == .update)
    #expect(RefUpdate(name: name, old: one, new: .zero).kind == .delete)
    #expect(Instant(seconds: 1) < Instant(seconds: 2))
  }
}

private let outside = "which is not one of A-Z a-z 0-9 - . _ / @ + # , = %"

private let refusedNames: [(String, String)] = [
  ("", "does not start with refs/"),
  ("HEAD", "does not start with refs/"),
  ("main", "does not start with refs/"),
  ("refs", "does not start with refs/"),
  ("Refs/heads/a", "does not start with refs/"),
  ("refs/", "has nothing after its first folder"),
  ("refs/heads", "has nothing after its first folder"),
  ("refs/stash", "has nothing after its first folder"),
  ("refs/heads/", "has an empty part between slashes"),
  ("refs//heads/a", "has an empty part between slashes"),
  ("refs/heads/a//b", "has an empty part between slashes"),
  ("refs/heads/a/", "has an empty part between slashes"),
  ("refs/heads/.a", "has a part that starts with a dot"),
  ("refs/heads/a/.b", "has a part that starts with a dot"),
  ("refs/heads/..", "has a part that starts with a dot"),
  ("refs/heads/-x", "has a part that starts with a dash"),
  ("refs/heads/a/--force", "has a part that starts with a dash"),
  ("refs/heads/a.", "has a part that ends with a dot"),
  ("refs/heads/a./b", "has a part that ends with a dot"),
  ("refs/heads/a.lock", "has a part that ends with .lock"),
  ("refs/heads/a.lock/b", "has a part that ends with .lock"),
  ("refs/heads/a..b", "holds two dots in a row"),
  ("refs/heads/a b", "holds a space, \(outside)"),
  ("refs/heads/a~1", "holds `~`, \(outside)"),
  ("refs/heads/a^", "holds `^`, \(outside)"),
  ("refs/heads/a:b", "holds `:`, \(outside)"),
  ("refs/heads/a?", "holds `?`, \(outside)"),
  ("refs/heads/*", "holds `*`, \(outside)"),
  ("refs/heads/[a]", "holds `[`, \(outside)"),
  ("refs/heads/a\\b", "holds `\\`, \(outside)"),
  ("refs/heads/a@{1}", "holds `{`, \(outside)"),
  ("refs/heads/`id`", "holds ```, \(outside)"),
  ("refs/heads/a;b", "holds `;`, \(outside)"),
  ("refs/heads/$(id)", "holds `$`, \(outside)"),
  ("refs/heads/a|b", "holds `|`, \(outside)"),
  ("refs/heads/<b>", "holds `<`, \(outside)"),
  ("refs/heads/'a'", "holds `'`, \(outside)"),
  ("refs/heads/!a", "holds `!`, \(outside)"),
  ("refs/heads/a\u{1B}", "holds `\\u{1b}`, \(outside)"),
  ("refs/heads/a\n", "holds `\\u{a}`, \(outside)"),
  ("refs/heads/a\0", "holds `\\u{0}`, \(outside)"),
  ("refs/heads/a\u{7F}", "holds `\\u{7f}`, \(outside)"),
  (
    "refs/heads/m\u{430}in",
    "holds the byte 0xd0, which is not ASCII: names that look alike must not be different"
  ),
  (
    "refs/heads/a\u{9B}",
    "holds the byte 0xc2, which is not ASCII: names that look alike must not be different"
  ),
  ("refs/heads/@", "reads like HEAD, which `@` means to git"),
  ("refs/heads/HEAD", "reads like HEAD"),
  ("refs/tags/head", "reads like HEAD"),
  ("refs/heads/refs/heads/main", "reads like a full ref name"),
  ("refs/heads/heads/main", "reads like a partly qualified ref name"),
  ("refs/tags/tags/v1", "reads like a partly qualified ref name"),
  ("refs/heads/remotes/x", "reads like a partly qualified ref name"),
  ("refs/heads/\(String(repeating: "a", count: 40))", "reads like an object id"),
  ("refs/tags/\(String(repeating: "A1", count: 32))", "reads like an object id"),
  ("refs/heads/\(String(repeating: "a", count: 190))", "is longer than 200 bytes"),
]
