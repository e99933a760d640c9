import GitModel
import GitStore
import GitrelTestSupport
import Glibc
import Testing

@Suite struct OpeningTests {
  private func codeOf(_ body: () throws(GitError) -> Void) -> GitError? {
    do { try body() } catch { return error }
    return nil
  }

  @Test func worktreeGitDirectoryAndSubfolder() throws {
    let repo = try TestRepository { $0.commit("base", files: ["a/b.txt": "x\n"]) }
    for path in [repo.path, repo.path + "/", repo.path + "/.git", repo.path + "/a/.."] {
      let opened = try Repository.open(at: path)
      #expect(opened.gitDirectory == repo.path + "/.git")
      #expect(!opened.isBare)
      #expect(try opened.commit(repo["base"]).subject.printable == "base")
    }
    let found = try Repository.discover(from: repo.path + "/a")
    #expect(found.gitDirectory == repo.path + "/.git")
    let error = codeOf { () throws(GitError) in _ = try Repository.open(at: repo.path + "/a") }
    #expect(
      error?.description == "cannot open repository '\(repo.path)/a': it is not a git repository")
    #expect(
      codeOf { () throws(GitError) in _ = try Repository.discover(from: repo.directory.path) }?.code
        == .notFound)
  }

  @Test func bare() throws {
    let repo = try TestRepository(bare: true, name: "a:b.git") { $0.commit("base") }
    let opened = try Repository.open(at: repo.path)
    #expect(opened.isBare)
    #expect(try !opened.isShallow)
    #expect(opened.objectsDirectory == repo.path + "/objects")
    #expect(
      try Repository.openForJudging(at: repo.path, quarantine: nil).commit(repo["base"]).id
        == repo["base"])
  }

  @Test func linkedWorktree() throws {
    let repo = try TestRepository { $0.commit("base") }
    let linked = repo.directory.file("linked")
    try repo.git("worktree", "add", "--quiet", "-b", "side", linked)
    let opened = try Repository.open(at: linked)
    #expect(opened.gitDirectory == repo.path + "/.git/worktrees/linked")
    #expect(opened.commonDirectory == repo.path + "/.git")
    #expect(!opened.isBare)
    #expect(try opened.value(of: RefName("HEAD")) == .symbolic(RefName("refs/heads/side")))
    #expect(try opened.value(of: RefName("refs/heads/main")) == .direct(repo["base"]))
    #expect(try opened.refs().map(\.name.full) == ["refs/heads/main", "refs/heads/side"])
    #expect(try opened.commit(repo["base"]).id == repo["base"])
    let id = try opened.write(blob: Bytes("from there".utf8))
    #expect(try repo.git("cat-file", "-p", id.hex) == "from there")
  }

  @Test func environmentHasNoEffect() async {
    // In a process of its own, because the environment belongs to all threads of one.
    await #expect(processExitsWith: .success) {
      let repo = try TestRepository { $0.commit("base") }
      let other = try TestRepository { $0.commit("other") }
      for name in [
        "GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR", "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_WORK_TREE", "GIT_NAMESPACE", "GIT_INDEX_FILE", "GIT_CEILING_DIRECTORIES",
      ] {
        setenv(name, other.gitDirectory, 1)
      }
      let opened = try Repository.open(at: repo.path)
      let found = try Repository.discover(from: repo.path)
      let judging = try Repository.openForJudging(at: repo.gitDirectory, quarantine: nil)
      let log = try Repository.openForLog(at: repo.gitDirectory)
      for handle in [opened, found, judging, log] {
        #expect(handle.gitDirectory == repo.gitDirectory)
        #expect(try handle.header(of: repo["base"]) != nil)
        #expect(try handle.header(of: other["other"]) == nil)
      }
      let id = try log.write(blob: Bytes("log".utf8))
      #expect(contents(of: repo.looseFile(id)) != nil)
    }
  }

  @Test func onlyTheRepositorysOwnConfiguration() throws {
    let repo = try TestRepository { $0.commit("base") }
    try repo.git("config", "gitrel.policy", "refs/heads/main:p.yml")
    let opened = try Repository.open(at: repo.path)
    #expect(try opened.config("gitrel.policy") == "refs/heads/main:p.yml")
    #expect(try opened.config("gitrel.other") == nil)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give files away"))
  func foreignOwner() throws {
    let repo = try TestRepository(bare: true) { $0.commit("base") }
    #expect(chown(repo.path, 65534, 65534) == 0)
    let error = codeOf { () throws(GitError) in
      _ = try Repository.openForJudging(at: repo.path, quarantine: nil)
    }
    #expect(error?.code == .owner)
    #expect(
      error?.description == "cannot open repository '\(repo.path)': it is owned by another user "
        + "(uid 65534), and this process runs as uid 0")
    #expect(error?.hint?.contains("chown") == true)
  }

  @Test func formats() throws {
    let sha256 = try TestRepository(bare: true, format: "sha256")
    let error = codeOf { () throws(GitError) in _ = try Repository.open(at: sha256.path) }
    #expect(error?.code == .format)
    #expect(error?.detail == "its objects are named by SHA-256, which libgit2 1.5 does not read")

    func formatError(_ settings: [(String, String)]) throws -> GitError? {
      let repo = try TestRepository(bare: true) { $0.commit("base") }
      var config = String(decoding: contents(of: repo.path + "/config") ?? [], as: UTF8.self)
      for (key, value) in settings {
        let parts = key.split(separator: ".")
        config += "[\(parts[0])]\n\t\(parts[1]) = \(value)\n"
      }
      try write(config, to: repo.path + "/config")
      return codeOf { () throws(GitError) in _ = try Repository.open(at: repo.path) }
    }
    let version = "core.repositoryformatversion"
    #expect(try formatError([(version, "2")])?.code == .format)
    #expect(
      try formatError([(version, "2")])?.detail
        == "it has format version 2, and versions 0 and 1 are known")
    #expect(
      try formatError([(version, "1"), ("extensions.fancy", "true")])?.detail
        == "it needs the extension `fancy`, which is not known here")
    #expect(
      try formatError([(version, "1"), ("extensions.refStorage", "reftable")])?.code == .format)
    #expect(try formatError([(version, "many")]) != nil)
    #expect(try formatError([(version, "0"), ("extensions.fancy", "true")]) == nil)
    for harmless in ["partialClone", "worktreeConfig", "preciousObjects"] {
      #expect(try formatError([(version, "1"), ("extensions." + harmless, "true")]) == nil)
    }
  }

  @Test func alternates() throws {
    let repo = try TestRepository(bare: true) { $0.commit("base") }
    let borrower = repo.directory.file("borrower.git")
    try repo.git(["clone", "--quiet", "--bare", "--shared", repo.path, borrower])
    #expect(try Repository.open(at: borrower).commit(repo["base"]).id == repo["base"])
  }
}

@Suite struct QuarantineTests {
  /// A server, and a directory of objects below its own as git-receive-pack makes one.
  private func pushed(
    packed: Bool
  ) throws -> (repo: TestRepository, quarantine: String, new: ObjectID) {
    let repo = try TestRepository(bare: true) { $0.commit("base") }
    let quarantine = repo.path + "/objects/tmp_objdir-incoming-Ab1"
    mkdir(quarantine, 0o755)
    mkdir(quarantine + "/pack", 0o755)
    let variables = [
      "GIT_OBJECT_DIRECTORY": quarantine,
      "GIT_ALTERNATE_OBJECT_DIRECTORIES": repo.path + "/objects",
    ]
    let tree = try repo.git(["write-tree"], adding: variables)
    let new = try repo.git(
      ["commit-tree", tree, "-p", repo["base"].hex, "-m", "pushed"], adding: variables)
    if packed {
      try repo.git(
        ["pack-objects", "-q", "--revs", quarantine + "/pack/pack"],
        input: Bytes("\(new)\n^\(repo["base"].hex)\n".utf8), adding: variables)
      try repo.git(["prune-packed", "-q"], adding: variables)
    }
    return (repo, quarantine, try #require(ObjectID(hex: new)))
  }

  @Test(arguments: [false, true])
  func newObjectsAreSeenOnlyByTheHandleThatJudges(packed: Bool) throws {
    let (repo, quarantine, new) = try pushed(packed: packed)
    let judging = try Repository.openForJudging(at: repo.path, quarantine: quarantine)
    #expect(try judging.commit(new).parents == [repo["base"]])
    #expect(try judging.resolve(new.hex) == new)
    let commits = try judging.newCommits(from: [new], hiding: [repo["base"]], limit: 10)
    #expect(commits.map(\.id) == [new])
    #expect(
      try judging.newCommits(from: [new], hiding: [], limit: 10).map(\.id) == [new, repo["base"]])
    #expect(try judging.isAncestor(repo["base"], of: new))
    #expect(try !judging.isAncestor(new, of: repo["base"]))

    #expect(try Repository.openForLog(at: repo.path).header(of: new) == nil)
    let blind = try Repository.openForJudging(at: repo.path, quarantine: nil)
    #expect(try blind.header(of: new) == nil)
    #expect {
      try blind.newCommits(from: [new], hiding: [], limit: 10)
    } throws: { ($0 as? GitError)?.description == "cannot read commit '\(new)': object not found" }
  }

  @Test func mustLieInTheRepositorysObjects() throws {
    let repo = try TestRepository(bare: true) { $0.commit("base") }
    let outside = repo.directory.file("elsewhere")
    mkdir(outside, 0o755)
    symlink(outside, repo.path + "/objects/tmp_objdir-link")
    for path in [
      outside, repo.path + "/objects/tmp_objdir-link", repo.path + "/objects",
      repo.path + "/objects/../..", repo.path + "/objects/absent", "",
    ] {
      #expect(throws: GitError.self) {
        try Repository.openForJudging(at: repo.path, quarantine: path)
      }
    }
  }

  @Test func hashesAreVerifiedThere() throws {
    let (repo, quarantine, new) = try pushed(packed: false)
    // Another object under the name of the pushed one.
    let file = "\(quarantine)/\(new.hex.prefix(2))/\(new.hex.dropFirst(2))"
    let other = try #require(contents(of: repo.looseFileOfBase()))
    try write(other, to: file)
    let judging = try Repository.openForJudging(at: repo.path, quarantine: quarantine)
    #expect { try judging.commit(new) } throws: { ($0 as? GitError)?.code == .mismatch }
  }

  @Test func writesAreRefused() throws {
    let (repo, quarantine, new) = try pushed(packed: false)
    let judging = try Repository.openForJudging(at: repo.path, quarantine: quarantine)
    let commit = try judging.commit(new)
    let writes: [() throws -> Void] = [
      { _ = try judging.write(blob: []) },
      { _ = try judging.write(tree: []) },
      {
        _ = try judging.writeCommit(
          tree: commit.tree, parents: [], author: commit.author, committer: commit.committer,
          message: [])
      },
      { try judging.update(RefName("refs/heads/x"), to: new, expecting: .zero, message: "") },
      { try judging.delete(RefName("refs/heads/main"), expecting: repo["base"]) },
    ]
    for write in writes {
      #expect { try write() } throws: { ($0 as? GitError)?.code == .readOnly }
    }
    #expect(try judging.refs().map(\.name.full) == ["refs/heads/main"])
  }
}

extension TestRepository {
  /// The file of the `base` commit, unpacked if fast-import packed it.
  fileprivate func looseFileOfBase() throws -> String {
    let id = try writeObject(.commit, Bytes(try git("cat-file", "commit", self["base"].hex).utf8))
    return looseFile(id)
  }
}
