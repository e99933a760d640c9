import Policy
import Testing

@Suite("did you mean")
struct SpellingTests {
  @Test(
    "the nearest word",
    arguments: [
      ("aprovals", "approvals"), ("aprroval", "approvals"), ("minimun", "minimum"),
      ("mniimum", "minimum"), ("Approvals", "approvals"), ("windwo", "window"), ("qb", "qa"),
    ])
  func near(_ typed: String, _ meant: String) {
    let words = ["approvals", "minimum", "window", "qa", "a"]
    #expect(Spelling.suggestion(for: typed, among: words) == "did you mean `\(meant)`?")
  }

  @Test("none where none is near", arguments: ["", "b", "zebra", "approve-it", "xy"])
  func far(_ typed: String) {
    #expect(Spelling.suggestion(for: typed, among: ["approvals", "window", "a"]) == nil)
    #expect(Spelling.suggestion(for: typed, among: []) == nil)
  }

  @Test("ties go by the alphabet, and novels are not compared")
  func extremes() {
    #expect(Spelling.suggestion(for: "cat", among: ["hat", "bat"]) == "did you mean `bat`?")
    let novel = String(repeating: "a", count: 100_000)
    #expect(Spelling.suggestion(for: novel, among: ["a"]) == nil)
    #expect(Spelling.suggestion(for: "aaa", among: [novel]) == nil)
  }
}
