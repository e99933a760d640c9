import GitModel
import GitrelTestSupport
import Testing

/// The support that all tests stand on.
@Suite struct SupportTests {
  @Test func idsAreReproducible() throws {
    func ids() throws -> [ObjectID] {
      let repo = try TestRepository { git in
        git.commit("base", files: ["README": "hello\n"])
        git.commit(
          "feature", on: "topic", from: "main",
          trailers: [.init("Approved-by", "Bo <bo@example.org>")])
        git.merge("merged", of: "topic")
        git.tag("v1.0")
      }
      #expect(
        try repo.git("log", "-1", "--format=%(trailers:only)", "topic")
          == "Approved-by: Bo <bo@example.org>")
      #expect(try repo.git("status", "--porcelain") == "")
      return ["base", "feature", "merged", "v1.0"].map { repo[$0] }
    }
    let first = try ids()
    #expect(try ids() == first)
    #expect(first[0].hex == "954a9e74877fce70df4bc466e2a9e0ccf9ba8355")
    #expect(!first.contains(.zero))
  }

  @Test func commandsRunWithAClearedEnvironment() throws {
    let folder = try TemporaryDirectory()
    let environment = HermeticEnvironment(home: folder.path).adding(["MORE": "yes"])
    let result = try run(
      ["sh", "-c", "cat; pwd; env; echo oops >&2; exit 3"], input: Array("in\n".utf8),
      environment: environment, in: folder.path)
    #expect(result.status == 3)
    #expect(result.stderr == "oops\n")
    #expect(result.stdout.hasPrefix("in\n\(folder.path)\n"))
    #expect(result.stdout.contains("\nMORE=yes\n") && result.stdout.contains("\nLC_ALL=C\n"))
    #expect(!result.stdout.contains("\nUSER="))
    let killed = try run(["sh", "-c", "kill -9 $$"], environment: environment, in: folder.path)
    #expect(killed.status == 137)
    #expect(throws: SupportError.self) {
      try run(["no-such-command"], environment: environment, in: folder.path)
    }
  }

  @Test func snapshotsAreRecordedAndFailOnce() throws {
    let folder = try TemporaryDirectory()
    let file = folder.path + "/Tests/SomeTests/SomeTests.swift"
    #expect(Snapshot.difference("one\n", "a/b", file: file)?.hasPrefix("recorded ") == true)
    #expect(Snapshot.difference("one\n", "a/b", file: file) == nil)
    #expect(Snapshot.difference("two\n", "a/b", file: file)?.contains("now:      two") == true)
  }
}
