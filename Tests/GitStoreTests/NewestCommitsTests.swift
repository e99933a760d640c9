import GitModel
import GitrelTestSupport
import Testing

@testable import GitStore

@Suite("the newest commits")
struct NewestCommitsTests {
  private static func repository() throws -> TestRepository {
    try TestRepository(bare: true) { git in
      for number in 1...5 { git.commit("old \(number)") }
      git.commit("side 1", on: "side", from: "old 3")
      git.commit("new 1")
      git.commit("side 2", on: "side")
      git.merge("merged", of: "side")
      git.commit("new 2")
    }
  }

  private func subjects(
    _ repo: TestRepository, hiding hidden: [String], limit: Int
  ) throws -> (subjects: [String], isCut: Bool) {
    let found = try Repository.open(at: repo.gitDirectory).newestCommits(
      from: repo["main"], hiding: hidden.map { repo[$0] }, limit: limit)
    return (found.commits.map { $0.subject.printable }, found.isCut)
  }

  @Test("all there are, by their dates")
  func all() throws {
    let repo = try Self.repository()
    let (found, isCut) = try subjects(repo, hiding: ["old 3"], limit: 100)
    #expect(found == ["new 2", "merged", "side 2", "new 1", "side 1", "old 5", "old 4"])
    #expect(!isCut)
    #expect(try subjects(repo, hiding: ["main"], limit: 100).subjects == [])
    #expect(try subjects(repo, hiding: [], limit: 10).isCut == false)
  }

  @Test("of more than the limit, the newest")
  func cut() throws {
    let repo = try Self.repository()
    let (found, isCut) = try subjects(repo, hiding: [], limit: 4)
    #expect(found == ["new 2", "merged", "side 2", "new 1"])
    #expect(isCut)
  }

  @Test("a clock that was wrong: what turns out to be hidden is taken out again")
  func skew() throws {
    let repo = try TestRepository(bare: true) { git in
      git.commit("root")
      git.commit("base", date: 2)
      git.commit("side", on: "side", from: "root")
      git.commit("ancient", on: "other", date: 1)
      git.commit("new", merging: ["side", "other"])
    }
    // By the dates `root` comes before `base`, through which it is hidden.
    let (found, isCut) = try subjects(repo, hiding: ["base"], limit: 100)
    #expect(found == ["new", "side", "ancient"])
    #expect(!isCut)
  }

  @Test("a tag stands for its commit, and a commit that is not there is an error")
  func ends() throws {
    let repo = try Self.repository()
    try repo.git("tag", "-a", "-m", "v1", "v1", "main")
    let store = try Repository.open(at: repo.gitDirectory)
    let found = try store.newestCommits(from: repo["v1"], hiding: [], limit: 1)
    #expect(found.commits.map(\.id) == [repo["main"]])
    #expect(throws: GitError.self) {
      try store.newestCommits(from: .zero, hiding: [], limit: 1)
    }
  }
}
