import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Testing

@Suite struct ObjectTests {
  private static let people =
    "author A <a@x.org> 1767603600 +0000\ncommitter C <c@x.org> 1767603600 +0000\n"

  @Test func commitsTreesAndBlobs() throws {
    let repo = try TestRepository { git in
      git.commit("base", files: ["a/b/c.txt": "deep\n", "a.txt": "x", "a-b": "y", "top": "z"])
    }
    let opened = try Repository.open(at: repo.path)
    let commit = try opened.commit(repo["base"])
    #expect(commit.author.name == Bytes("Ann Author".utf8))
    #expect(commit.message == Bytes("base\n".utf8))
    let entries = try opened.tree(commit.tree)
    #expect(entries.map(\.name.printable) == ["a-b", "a.txt", "a", "top"])
    #expect(entries.map(\.mode) == [0o100644, 0o100644, 0o040000, 0o100644])
    let path = ["a", "b", "c.txt"].map { Bytes($0.utf8) }
    let entry = try #require(try opened.entry(at: path, inTree: commit.tree))
    #expect(try opened.blob(entry.id, limit: 5) == Bytes("deep\n".utf8))
    #expect { try opened.blob(entry.id, limit: 4) } throws: { ($0 as? GitError)?.code == .tooLarge }
    #expect(try opened.entry(at: ["top", "x"].map { Bytes($0.utf8) }, inTree: commit.tree) == nil)
    #expect(try opened.entry(at: ["nope"].map { Bytes($0.utf8) }, inTree: commit.tree) == nil)
    #expect(try opened.header(of: entry.id) == ObjectHeader(kind: .blob, size: 5))
    #expect(try opened.resolve("main^{tree}") == commit.tree)
    #expect(try opened.resolve("nowhere") == nil)
    #expect(try opened.resolve("main~~~~~") == nil)
    #expect { try opened.commit(commit.tree) } throws: {
      ($0 as? GitError)?.description
        == "cannot read commit '\(commit.tree)': it is a tree, not a commit"
    }
  }

  @Test func absent() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let nothing = try #require(ObjectID(hex: String(repeating: "42", count: 20)))
    #expect(try opened.header(of: nothing) == nil)
    #expect { try opened.commit(nothing) } throws: {
      let error = $0 as? GitError
      return error?.code == .missing
        && error?.description == "cannot read commit '\(nothing)': object not found"
    }
    #expect { try opened.peel(.zero) } throws: { ($0 as? GitError)?.code == .missing }
  }

  @Test func objectsThatComeLater() throws {
    let repo = try TestRepository(bare: true) { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let id = try repo.writeObject(.blob, Bytes("later".utf8))
    #expect(try opened.blob(id, limit: 10) == Bytes("later".utf8))
    try repo.tell { $0.commit("packed later", on: "other") }
    try repo.git("repack", "-adq")
    #expect(try opened.commit(repo["packed later"]).parents == [])
    #expect(try opened.commit(repo["base"]).parents == [])
  }

  @Test func damagedLooseObjects() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let text = Bytes(String(repeating: "some words that go on ", count: 2000).utf8)
    let id = try repo.writeObject(.blob, text)
    let file = repo.looseFile(id)
    let whole = try #require(contents(of: file))
    // Every cut, and libgit2 1.5.1 would hang on most of them.
    for length in [0, 1, 2, 10, 20, whole.count / 2, whole.count - 5, whole.count - 1] {
      try write(Bytes(whole.prefix(length)), to: file)
      #expect(throws: GitError.self, "cut to \(length)") { try opened.blob(id, limit: 1 << 20) }
    }
    var flipped = whole
    flipped[whole.count / 2] ^= 0xFF
    try write(flipped, to: file)
    #expect(throws: GitError.self) { try opened.blob(id, limit: 1 << 20) }
    try write(Bytes("not zlib".utf8), to: file)
    #expect { try opened.blob(id, limit: 1 << 20) } throws: { ($0 as? GitError)?.code == .corrupt }
    try write(whole, to: file)
    #expect(try opened.blob(id, limit: 1 << 20) == text)
  }

  @Test func sizeIsReadFromTheHeader() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let tree = try opened.commit(repo["base"]).tree.hex
    let head = Bytes("tree \(tree)\n\(Self.people)\n".utf8)
    let huge = try repo.writeObject(.commit, head + Bytes(repeating: 0x61, count: 5 << 20))
    #expect { try opened.commit(huge) } throws: { ($0 as? GitError)?.code == .tooLarge }
    #expect { try opened.newCommits(from: [huge], hiding: [], limit: 10) } throws: {
      ($0 as? GitError)?.code == .tooLarge
    }
    // A hidden one is followed nevertheless.
    #expect(try opened.newCommits(from: [repo["base"]], hiding: [huge], limit: 9).count == 1)
  }

  @Test func messagesAreBytes() throws {
    let latin: Bytes = [0x63, 0x61, 0x66, 0xE9, 0x0A]
    let repo = try TestRepository { git in
      git.commit(
        "latin", bytes: latin,
        author: .init(name: [0x4A, 0xF6, 0x72, 0x67], email: Bytes("j@x.org".utf8)))
    }
    let opened = try Repository.open(at: repo.path)
    let commit = try opened.commit(repo["latin"])
    #expect(commit.message == latin)
    #expect(commit.author.name == [0x4A, 0xF6, 0x72, 0x67])
    let withNUL = try repo.writeObject(
      .commit, Bytes("tree \(commit.tree)\n\(Self.people)\nseen".utf8) + [0] + Bytes("unseen".utf8))
    #expect { try opened.commit(withNUL) } throws: {
      ($0 as? GitError)?.code == .malformed && "\($0)".contains("NUL")
    }
    #expect { try opened.newCommits(from: [withNUL], hiding: [], limit: 9) } throws: {
      ($0 as? GitError)?.code == .malformed
    }
    #expect(try opened.newCommits(from: [withNUL], hiding: [withNUL], limit: 9).isEmpty)
  }

  @Test func tagsOfTagsAndOfBlobs() throws {
    let repo = try TestRepository { git in
      git.commit("base")
      git.tag("v1")
      git.blob("key", "a public key\n")
      git.tag("of-blob", of: "key")
    }
    var outer = repo["v1"]
    for depth in 1...9 {
      outer = try repo.writeObject(
        .tag,
        Bytes(
          "object \(outer)\ntype tag\ntag n\(depth)\ntagger C <c@x.org> 1767603600 +0000\n\nx\n"
            .utf8))
      let opened = try Repository.open(at: repo.path)
      if depth < 8 {
        let peeled = try opened.peel(outer)
        #expect(peeled.target == repo["base"] && peeled.kind == .commit)
        #expect(peeled.tags.count == depth + 1 && peeled.tags.first?.id == outer)
      } else {
        #expect { try opened.peel(outer) } throws: { ($0 as? GitError)?.code == .limit }
      }
    }
    let opened = try Repository.open(at: repo.path)
    let blob = try opened.peel(repo["of-blob"])
    #expect(blob.kind == .blob && blob.tags.map(\.name.printable) == ["of-blob"])
    #expect(try opened.newCommits(from: [repo["of-blob"]], hiding: [], limit: 9).isEmpty)
    #expect(
      try opened.newCommits(from: [repo["v1"]], hiding: [], limit: 9).map(\.id) == [repo["base"]])
    #expect(try opened.newCommits(from: [repo["base"]], hiding: [repo["v1"]], limit: 9).isEmpty)
    #expect(try opened.tag(repo["v1"]).name.printable == "v1")

    let liar = try repo.writeObject(
      .tag,
      Bytes(
        "object \(repo["base"])\ntype blob\ntag x\ntagger C <c@x.org> 1767603600 +0000\n\nx\n".utf8)
    )
    #expect { try opened.peel(liar) } throws: { ($0 as? GitError)?.code == .malformed }
  }

  @Test func treesWithRepeatedNames() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let id = try repo.writeObject(.blob, Bytes("x".utf8)).raw
    func line(_ mode: String, _ name: String) -> Bytes { Bytes("\(mode) \(name)\u{0}".utf8) + id }
    let bad = [
      line("100644", "a") + line("100644", "a"),
      line("100644", "a") + line("100644", "a.b") + line("40000", "a"),
      line("100644", "b") + line("100644", "a"),
      line("100644", ""), line("100644", "a/b"), line("", "a"),
      Bytes(line("100644", "a").dropLast()),
    ]
    for content in bad {
      let tree = try repo.writeObject(.tree, content)
      #expect { try opened.tree(tree) } throws: { ($0 as? GitError)?.code == .malformed }
    }
    let good = try repo.writeObject(.tree, line("100644", "a-b") + line("40000", "a"))
    #expect(try opened.tree(good).count == 2)
  }

  @Test func replacementsAndGraftsAreIgnored() throws {
    let repo = try TestRepository { git in
      git.commit("one")
      git.commit("two")
      git.commit("impostor", on: "other")
    }
    try repo.git("replace", repo["two"].hex, repo["impostor"].hex)
    try write("\(repo["two"])\n", to: repo.gitDirectory + "/info/grafts")
    #expect(try repo.git("log", "-1", "--format=%s", repo["two"].hex) == "impostor")
    let opened = try Repository.open(at: repo.path)
    #expect(try opened.commit(repo["two"]).subject.printable == "two")
    #expect(
      try opened.newCommits(from: [repo["two"]], hiding: [], limit: 9).map(\.id)
        == [repo["two"], repo["one"]])
  }
}

@Suite struct RefTests {
  @Test func looseAndPacked() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("one")
      git.branch("release/1.0", at: "one")
      git.tag("v1")
    }
    try repo.git("pack-refs", "--all")
    try repo.tell { $0.commit("two", on: "work") }
    try repo.git("update-ref", "refs/heads/release/1.0", repo["two"].hex)
    let opened = try Repository.open(at: repo.path)
    let expected = try repo.git("for-each-ref", "--format=%(refname) %(objectname)")
    let all = try opened.refs().map { "\($0.name) \($0.value)" }.joined(separator: "\n")
    #expect(all == expected)
    #expect(
      try opened.refs(under: "refs/heads/").map(\.name.short) == ["main", "release/1.0", "work"])
    #expect(try opened.refs(under: "refs/heads/rel").map(\.name.short) == ["release/1.0"])
    #expect(try opened.refs(under: "refs/none/").isEmpty)
    #expect(try opened.value(of: RefName("refs/heads/release/1.0")) == .direct(repo["two"]))
    #expect(try opened.value(of: RefName("refs/heads/main")) == .direct(repo["one"]))
    #expect(try opened.value(of: RefName("refs/tags/v1")) == .direct(repo["v1"]))
    #expect(try opened.value(of: RefName("refs/heads/release")) == nil)
    #expect(try opened.value(of: RefName("refs/heads/main/x")) == nil)
    // A change of the packed file is seen.
    try repo.git("update-ref", "-d", "refs/heads/main")
    #expect(try opened.value(of: RefName("refs/heads/main")) == nil)
  }

  @Test func symbolicRefsAreNotFollowed() throws {
    let repo = try TestRepository(bare: true) { $0.commit("one") }
    try repo.git("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    symlink("refs/heads/main", repo.path + "/refs/heads/old-style")
    let opened = try Repository.open(at: repo.path)
    let main = RefName("refs/heads/main")
    #expect(try opened.value(of: RefName("refs/heads/alias")) == .symbolic(main))
    #expect(try opened.value(of: RefName("refs/heads/old-style")) == .symbolic(main))
    #expect(try opened.value(of: RefName("HEAD")) == .symbolic(main))
    #expect(try opened.refs().map(\.name) == [main])
    #expect {
      try opened.update(RefName("refs/heads/alias"), to: repo["one"], expecting: .zero, message: "")
    } throws: { ($0 as? GitError)?.code == .modified }
  }

  @Test func oddNames() throws {
    let repo = try TestRepository(bare: true) { $0.commit("one") }
    let opened = try Repository.open(at: repo.path)
    for name in [
      "", "/", "refs", "refs/", "refs//heads/main", "refs/heads/../../config", "../x", "config",
      "refs/heads/main.lock", "refs/heads/.x", "refs/heads/a b", "refs/heads/a\u{0}b",
      "refs/heads/a\nb", "/etc/passwd", "refs/heads/x.", "refs/heads/@{",
      "refs/heads/" + String(repeating: "a", count: 60_000),
      "refs/heads/" + String(repeating: "a", count: 300),
    ] {
      #expect(try opened.value(of: RefName(name)) == nil)
    }
    // git accepts these.
    for name in ["refs/heads/-x", "refs/heads/@", "refs/heads/HEAD", "refs/heads/m\u{430}in"] {
      try repo.git("update-ref", name, repo["one"].hex)
      #expect(try opened.value(of: RefName(name)) == .direct(repo["one"]))
    }
    let bytes = Bytes("refs/heads/".utf8) + [0xE9]
    try write("\(repo["one"])\n", to: repo.path + "/refs/heads/broken-later")
    #expect(try opened.value(of: RefName(bytes)) == nil)
    try write("", to: repo.path + "/refs/heads/broken-later")
    #expect { try opened.refs() } throws: { ($0 as? GitError)?.code == .malformed }
  }

  @Test func compareAndSwap() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("one")
      git.commit("two")
    }
    let opened = try Repository.openForLog(at: repo.path)
    let name = RefName("refs/gitrel/log")
    func code(_ body: () throws -> Void) -> GitError.Code? {
      do { try body() } catch { return (error as? GitError)?.code }
      return nil
    }
    let (one, two) = (repo["one"], repo["two"])
    #expect(code { try opened.update(name, to: two, expecting: one, message: "m") } == .modified)
    #expect(code { try opened.update(name, to: one, expecting: .zero, message: "m") } == nil)
    #expect(code { try opened.update(name, to: two, expecting: .zero, message: "m") } == .modified)
    #expect(code { try opened.update(name, to: one, expecting: two, message: "m") } == .modified)
    #expect(try repo.git("rev-parse", "refs/gitrel/log") == one.hex)
    #expect(code { try opened.update(name, to: two, expecting: one, message: "m") } == nil)
    try repo.git("pack-refs", "--all")
    #expect(code { try opened.delete(name, expecting: one) } == .modified)
    #expect(code { try opened.update(name, to: one, expecting: two, message: "m") } == nil)
    #expect(code { try opened.delete(name, expecting: one) } == nil)
    #expect(code { try opened.delete(name, expecting: one) } == .modified)
    #expect(try repo.git("for-each-ref", "refs/gitrel") == "")
    do {
      try opened.update(RefName("refs/heads/main"), to: one, expecting: one, message: "m")
      Issue.record("went through")
    } catch {
      #expect(error.detail == "it is at \(two.short) and was expected at \(one.short)")
    }
    let below = RefName("refs/heads/main/below")
    #expect(code { try opened.update(below, to: one, expecting: .zero, message: "m") } == .general)
    try write("", to: repo.path + "/refs/heads/main.lock")
    #expect(
      code { try opened.update(RefName("refs/heads/main"), to: one, expecting: two, message: "") }
        == .locked)
  }

  @Test func writing() throws {
    let repo = try TestRepository(bare: true) { $0.commit("one") }
    let opened = try Repository.openForLog(at: repo.path)
    let blob = try opened.write(blob: Bytes("hello\n".utf8))
    let inner = try opened.write(tree: [TreeEntry(name: Bytes("x".utf8), mode: 0o100644, id: blob)])
    let tree = try opened.write(tree: [
      TreeEntry(name: Bytes("a".utf8), mode: 0o040000, id: inner),
      TreeEntry(name: Bytes("a.b".utf8), mode: 0o100755, id: blob),
    ])
    let who = Identity(
      name: Bytes("gitrel".utf8), email: Bytes("gitrel@localhost".utf8), seconds: 1_767_603_600,
      offsetMinutes: -330)
    let id = try opened.writeCommit(
      tree: tree, parents: [repo["one"]], author: who, committer: who,
      message: Bytes("entry\n".utf8))
    #expect(try opened.commit(id).author == who)
    #expect(
      try repo.git("log", "-1", "--format=%an %ad %s", "--date=raw", id.hex)
        == "gitrel 1767603600 -0530 entry")
    #expect(try repo.git("ls-tree", "-r", "--name-only", id.hex) == "a.b\na/x")
    try opened.update(RefName("refs/heads/main"), to: id, expecting: repo["one"], message: "x")
    #expect(try repo.git("fsck", "--strict").isEmpty)
    let twice = TreeEntry(name: Bytes("a".utf8), mode: 0o100644, id: blob)
    #expect(throws: GitError.self) { try opened.write(tree: [twice, twice]) }
    #expect(throws: GitError.self) {
      try opened.write(tree: [twice, TreeEntry(name: Bytes("a".utf8), mode: 0o040000, id: inner)])
    }
    let bad = Identity(name: Bytes("a\nb".utf8), email: [], seconds: 0, offsetMinutes: 0)
    #expect(throws: GitError.self) {
      try opened.writeCommit(tree: tree, parents: [], author: bad, committer: who, message: [])
    }
  }

  @Test("names, ids and abbreviations mean what git says, whatever the commit is like")
  func revisions() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("one")
      git.commit("two", on: "topic")
      git.tag("v1", of: "main", message: "v1")
    }
    // libgit2 does not read a commit with such a date.
    let tree = try repo.git("rev-parse", "main^{tree}")
    let text =
      "tree \(tree)\nauthor A <a@x> 99999999999999999999 +0000\n"
      + "committer A <a@x> 99999999999999999999 +0000\n\nodd\n"
    let odd = try repo.writeObject(.commit, Bytes(text.utf8)).hex
    try repo.git("update-ref", "refs/heads/odd", odd)
    try repo.git("update-ref", "refs/remotes/origin/main", repo["one"].hex)
    try repo.git("symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    // A tag goes before a branch of the same name.
    try repo.git("update-ref", "refs/heads/v1", repo["two"].hex)
    let opened = try Repository.open(at: repo.path)
    for name in [
      "main", "HEAD", "@", "heads/topic", "refs/heads/topic", "tags/v1", "v1", "odd", "origin",
      "origin/main", String(odd.prefix(7)), odd, odd.prefix(12).uppercased(),
      String(repo["two"].hex.prefix(4)), "topic~0", "v1^{}",
    ] {
      let expected = try repo.git("rev-parse", name)
      #expect(try opened.resolve(name)?.hex == expected, "\(name)")
    }
    for name in [
      "nowhere", "abc", "Main", "refs", "", "ffffffff", String(repeating: "f", count: 40),
    ] {
      #expect(try opened.resolve(name) == nil, "\(name)")
    }
    let id = try #require(ObjectID(hex: odd))
    #expect(throws: GitError.self) { try opened.commit(id) }
    #expect(try opened.tree(of: id).hex == tree)
    #expect(throws: GitError.self) { try opened.tree(of: try #require(ObjectID(hex: tree))) }
  }
}
