import GitModel
import Policy
import Testing

@Suite("people")
struct PeopleTests {
  private func party(_ email: String) -> Party { team.party(email: Bytes(email.utf8)) }

  @Test("one person, however many addresses and names")
  func persons() {
    #expect(party("alice@example.com") == .person("alice"))
    #expect(party("ALICE@Home.Example") == .person("alice"))
    #expect(party("carol@example.com") == .person("carol"))
    #expect(team.person(login: "ang")?.id == "alice")
    #expect(team.person(login: "alice")?.id == "alice")
    #expect(team.person(login: "Alice") == nil)
    #expect(team.holders(of: "qa") == ["alice", "carol"])
    #expect(team.holders(of: "none") == [])
    #expect(!team.isEmpty && People().isEmpty)
  }

  @Test("capitals are folded in ASCII only")
  func folding() {
    let people = People([Person(id: "k", emails: [Bytes("k@example.com".utf8)])])
    #expect(people.person(email: Bytes("K@EXAMPLE.COM".utf8))?.id == "k")
    #expect(people.person(email: Bytes("\u{212A}@example.com".utf8)) == nil)
  }

  @Test(
    "addresses that nobody has stand for somebody, without their tag",
    arguments: [
      ("Mallory+x@Example.com", "mallory@example.com"), ("m@x", "m@x"), ("+x@y", "+x@y"),
      ("a+b+c@x", "a@x"), ("no address", "no address"), ("a+b", "a+b"), ("a@b+c@d", "a@b@d"),
      ("a@b+c", "a@b+c"), ("", ""),
    ])
  func addresses(_ email: String, _ bare: String) {
    #expect(party(email) == .address(Bytes(bare.utf8)))
  }

  @Test("a tag hides nobody")
  func possible() {
    let people = People([
      Person(id: "ann", emails: [Bytes("team+ann@x".utf8)]),
      Person(id: "ben", emails: [Bytes("team+ben@x".utf8)]),
    ])
    func possible(_ email: String) -> [Party] {
      people.possibleParties(email: Bytes(email.utf8))
    }
    #expect(possible("team+ann@x") == [.person("ann")])
    #expect(
      possible("team+zoe@x") == [.address(Bytes("team@x".utf8)), .person("ann"), .person("ben")])
    #expect(possible("zoe@x") == [.address(Bytes("zoe@x".utf8))])
  }

  @Test("display is never raw")
  func display() {
    #expect(Party.address(Bytes("a\u{1B}@x".utf8)).display == "a\\u{1b}@x")
    #expect(Party.person("alice").display == "alice")
  }
}
