import GitModel
import GitStore
import GitrelTestSupport
import Testing

@Suite struct ChangeTests {
  /// What a commit changes, as `+path`, `~path` and `-path`.
  private func told(
    _ repository: Repository, _ id: ObjectID, limit: Int = 100
  ) throws -> [String] {
    try repository.changes(of: repository.commit(id), limit: limit).map { change in
      let sign =
        switch change.kind {
        case .added: "+"
        case .modified: "~"
        case .deleted: "-"
        }
      return sign + change.path.printable
    }
  }

  @Test func oneParentAndNone() throws {
    let repo = try TestRepository { git in
      git.commit("base", files: ["a": "1", "d/x": "1", "d/e/y": "1", "d-": "1", "d.c": "1"])
      git.commit("edit", files: ["d/e/y": "2", "a": nil, "d/e/z": "1"])
      git.commit("same", files: [:])
      git.commit("folder to file", files: ["d/x": nil, "d/e/y": nil, "d/e/z": nil, "d": "1"])
      git.commit("file to folder", files: ["d": nil, "d/x": "1"])
    }
    let opened = try Repository.open(at: repo.path)
    #expect(try told(opened, repo["base"]) == ["+a", "+d-", "+d.c", "+d/e/y", "+d/x"])
    #expect(try told(opened, repo["edit"]) == ["-a", "~d/e/y", "+d/e/z"])
    #expect(try told(opened, repo["same"]) == [])
    #expect(try told(opened, repo["folder to file"]) == ["+d", "-d/e/y", "-d/e/z", "-d/x"])
    #expect(try told(opened, repo["file to folder"]) == ["-d", "+d/x"])
    let edit = try opened.changes(of: opened.commit(repo["edit"]), limit: 9)
    #expect(edit[1].old?.id == repo["\(repo["base"]):d/e/y"])
    #expect(edit[1].new?.id == repo["\(repo["edit"]):d/e/y"])
    #expect(edit[0].new == nil && edit[0].old?.kind == .file)
  }

  @Test func mergesOnlyAddWhatNoParentHas() throws {
    let repo = try TestRepository { git in
      git.commit("base", files: ["a": "1", "b": "1", "both": "1", "d/x": "1", "gone": "1"])
      git.commit("left", on: "left", from: "base", files: ["a": "2", "both": "l", "d/l": "1"])
      git.commit("right", on: "right", from: "base", files: ["b": "2", "both": "r", "d/r": "1"])
      git.commit(
        "clean", on: "main", from: "left", merging: ["right"],
        files: ["b": "2", "d/r": "1", "both": "r"])
      git.commit(
        "evil", on: "main", from: "left", merging: ["right"],
        files: ["b": "3", "d/r": "1", "both": "lr", "d/evil": "1", "gone": nil, "d/x": nil])
      git.commit(
        "half", on: "main", from: "left", merging: ["right"], files: ["d/l": nil, "b": "2"])
      git.commit(
        "octopus", on: "main", from: "left", merging: ["right", "base"],
        files: ["both": "1", "a": "1", "b": "9"])
    }
    let opened = try Repository.open(at: repo.path)
    #expect(try told(opened, repo["clean"]) == [])
    #expect(try told(opened, repo["evil"]) == ["~b", "~both", "+d/evil", "-d/x", "-gone"])
    #expect(try told(opened, repo["half"]) == [])
    var budget = 9
    let brought = try opened.changes(
      beyondFirstParentOf: opened.commit(repo["clean"]), spending: &budget)
    #expect(brought.map(\.path.printable) == ["b", "both", "d/r"])
    #expect(try told(opened, repo["octopus"]) == ["~b"])
  }

  @Test func kindsAndModes() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let blob = try repo.writeObject(.blob, Bytes("x".utf8))
    func commit(_ modes: [(String, String)], parents: [ObjectID] = []) throws -> ObjectID {
      var tree = Bytes()
      for (mode, name) in modes { tree += Bytes("\(mode) \(name)\0".utf8) + blob.raw }
      let root = try repo.writeObject(.tree, tree)
      return try repo.writeObject(
        .commit,
        Bytes(
          ("tree \(root)\n" + parents.map { "parent \($0)\n" }.joined()
            + "author A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n").utf8))
    }
    let first = try commit([
      ("100644", "a"), ("100755", "b"), ("120000", "c"), ("160000", "d"), ("100664", "e"),
    ])
    let kinds = try opened.changes(of: opened.commit(first), limit: 9).map { $0.new?.kind }
    #expect(kinds == [.file, .executable, .link, .submodule, .file])
    let second = try commit(
      [("100755", "a"), ("100755", "b"), ("120000", "c"), ("160000", "d"), ("100644", "e")],
      parents: [first])
    #expect(try told(opened, second) == ["~a"])
    #expect(try opened.blobSize(of: blob) == 1)
    #expect { try opened.blobSize(of: first) } throws: { ($0 as? GitError)?.code == .wrongKind }
    #expect { try opened.blobSize(of: .zero) } throws: { ($0 as? GitError)?.code == .missing }
    let unsorted = try commit([("100644", "b"), ("100644", "a")], parents: [first])
    #expect { try told(opened, unsorted) } throws: { ($0 as? GitError)?.code == .malformed }
    let twice = try commit([("100644", "a"), ("100644", "a.c"), ("40000", "a")])
    #expect { try told(opened, twice) } throws: { ($0 as? GitError)?.code == .malformed }
  }

  /// A commit of a tree whose entries all are `inner`, which holds `width` times itself, and so on.
  private func nest(
    _ repo: TestRepository, depth: Int, width: Int, name: String = "n", leaf: Bool = true
  ) throws -> ObjectID {
    let blob = try repo.writeObject(.blob, [])
    var tree = try repo.writeObject(.tree, leaf ? Bytes("100644 f\0".utf8) + blob.raw : [])
    for _ in 0..<depth {
      var content = Bytes()
      for number in 0..<width { content += Bytes("40000 \(name)\(number)\0".utf8) + tree.raw }
      tree = try repo.writeObject(.tree, content)
    }
    return try repo.writeObject(
      .commit, Bytes("tree \(tree)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n".utf8))
  }

  @Test func bombsEnd() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    for leaf in [true, false] {
      let bomb = try nest(repo, depth: 10, width: 10, leaf: leaf)
      let spent = ContinuousClock().measure {
        #expect { try told(opened, bomb, limit: 10_000) } throws: {
          ($0 as? GitError)?.description
            == "cannot find the changes of '\(bomb)': it changes more than the limit allows"
        }
      }
      #expect(spent < .seconds(20))
    }
    let deep = try nest(repo, depth: 300, width: 1)
    #expect { try told(opened, deep, limit: 10_000) } throws: {
      ($0 as? GitError)?.detail == "a path is deeper than 256"
    }
    let long = try nest(repo, depth: 20, width: 1, name: String(repeating: "n", count: 250))
    #expect { try told(opened, long, limit: 10_000) } throws: {
      ($0 as? GitError)?.detail == "a path is longer than 4096 bytes"
    }
  }

  @Test func manyCommitsShareABudget() throws {
    let repo = try TestRepository { git in
      git.commit("base", files: ["a": "1", "d/x": "1"])
      git.commit("edit", files: ["a": "2", "d/x": "2"])
    }
    let opened = try Repository.open(at: repo.path)
    var budget = 6
    let base = try opened.commit(repo["base"])
    #expect(try opened.changes(of: base, spending: &budget).count == 2)
    #expect(budget == 3)
    #expect(try opened.changes(of: opened.commit(repo["edit"]), spending: &budget).count == 2)
    #expect(budget == 0)
    #expect { try opened.changes(of: base, spending: &budget) } throws: {
      ($0 as? GitError)?.code == .limit
    }
    #expect(try told(opened, repo["base"], limit: 3) == ["+a", "+d/x"])
    #expect { try told(opened, repo["base"], limit: 2) } throws: {
      ($0 as? GitError)?.code == .limit
    }
  }

  @Test func aMissingTreeIsNoEmptyOne() throws {
    let repo = try TestRepository { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    let nothing = String(repeating: "42", count: 20)
    let commit = try repo.writeObject(
      .commit,
      Bytes(
        "tree \(nothing)\nparent \(repo["base"])\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n"
          .utf8))
    #expect { try told(opened, commit) } throws: { ($0 as? GitError)?.code == .missing }
    let orphan = try repo.writeObject(
      .commit,
      Bytes(
        "tree \(repo["main^{tree}"])\nparent \(nothing)\nauthor A <a> 1 +0000\ncommitter A <a> 1 +0000\n\n"
          .utf8))
    #expect { try told(opened, orphan) } throws: { ($0 as? GitError)?.code == .missing }
  }
}

@Suite struct CaseClashTests {
  @Test(
    arguments: [
      ("readme", "README"), ("docs/a", "Docs/a"), ("DOCS/Sub/x", "Docs/sub/X"),
      ("docs", "Docs"), ("File/x", "file"), ("file/y", "file"), ("README", nil),
      ("docs/b", nil), ("Docs/a", nil), ("new", nil), ("readme2", nil),
    ] as [(String, String?)])
  func others(_ path: String, _ other: String?) throws {
    let repo = try TestRepository { git in
      git.commit(
        "base",
        files: ["README": "1", "Docs/a": "1", "Docs/sub/X": "1", "file": "1", "z/README": "1"]
      )
    }
    let opened = try Repository.open(at: repo.path)
    let found = try opened.caseClashes(
      of: [Bytes(path.utf8)], inTree: opened.commit(repo["base"]).tree)
    #expect(found.map(\.other.printable) == (other.map { [$0] } ?? []))
  }

  @Test func twoFoldersOfOneContent() throws {
    let repo = try TestRepository { git in
      git.commit("base", files: ["A/b/x": "1", "a/B/x": "1", "a/b/x": "1"])
    }
    let opened = try Repository.open(at: repo.path)
    let tree = try opened.commit(repo["base"]).tree
    for path in ["A/b/x", "a/B/x", "a/b/x"] {
      #expect(try opened.caseClashes(of: [Bytes(path.utf8)], inTree: tree).count == 1, "\(path)")
    }
  }

  @Test func foldersDoNotMultiply() throws {
    let repo = try TestRepository { $0.commit("base") }
    let blob = try repo.writeObject(.blob, [])
    var tree = try repo.writeObject(.tree, Bytes("100644 x\0".utf8) + blob.raw)
    for _ in 0..<20 {
      var content = Bytes()
      for name in ["AA", "Aa", "aA", "aa"] { content += Bytes("40000 \(name)\0".utf8) + tree.raw }
      tree = try repo.writeObject(.tree, content)
    }
    let path = Bytes((String(repeating: "aa/", count: 20) + "y").utf8)
    let opened = try Repository.open(at: repo.path)
    #expect(try opened.caseClashes(of: [path], inTree: tree).isEmpty)
    let there = Bytes((String(repeating: "aa/", count: 20) + "x").utf8)
    #expect(try opened.caseClashes(of: [there], inTree: tree).count == 1)
  }
}
