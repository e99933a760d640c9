import GitModel
import Policy
import Secrets
import Testing

@Suite struct ShippedPatternTests {
  @Test("there are many, and no id is there twice")
  func all() {
    #expect(shipped.count > 150)
    #expect(Set(shipped.map(\.id)).count == shipped.count)
  }

  @Test("each has an example, and each example a pattern")
  func examples() {
    #expect(Set(shipped.map(\.id)) == Set(Examples.all.map(\.id)))
    #expect(Examples.all.count == shipped.count)
  }

  @Test("each finds its example, among all the others, and not what only looks like it")
  func finds() throws {
    let scanner = try SecretScanner(shippedKinds)
    for example in Examples.all {
      let kind = try #require(shippedKinds.first { $0.id == example.id })
      let own = try SecretScanner([kind])
      #expect(
        try own.matches(in: example.finds).matches.map(\.kind) == [example.id],
        "\(example.id) does not find its example")
      #expect(
        try own.matches(in: example.misses).matches == [],
        "\(example.id) finds what is none: \(example.misses.printable)")
      // Another kind may be more special, but something must be found.
      #expect(
        try !scanner.matches(in: example.finds).matches.isEmpty,
        "all together do not find the example of \(example.id)")
    }
  }

  @Test("an example is found wherever it stands", arguments: ["", "x = \"", "\u{FEFF}", "\0\0\0"])
  func places(_ before: String) throws {
    let text = Bytes("first line\n\(before)".utf8)
    for example in Examples.all where !["generic-environment-secret"].contains(example.id) {
      let kind = try #require(shippedKinds.first { $0.id == example.id })
      let matches = try SecretScanner([kind]).matches(in: text + example.finds + Bytes("\r\n".utf8))
      #expect(matches.matches.map(\.kind) == [example.id], "\(example.id) behind \(before)")
      #expect((matches.matches.first?.line ?? 0) >= 2)
    }
  }

  @Test("what programs are full of is no secret")
  func ordinary() throws {
    let text = """
      let token = tokens.first(where: { $0.kind == .identifier })
      password = os.environ["DB_PASSWORD"]
      api_key: ${{ secrets.API_KEY }}
      secret: "my-favourite-secret-name"
      https://user:password@example.com/
      postgres://postgres:postgres@localhost:5432/test
      0123456789abcdef0123456789abcdef01234567
      export TOKEN=$(cat /run/secrets/token)
      Authorization: Bearer <token>
      AKIAIOSFODNN7EXAMPLE
      {-}BEGIN PUBLIC KEY{-}
      {-}BEGIN RSA PRIVATE KEY{-} is how such a file begins
      client_secret = "xxxxxxxxxxxxxxxxxxxxxxxx"
      machine translation login page password field

      """
    let lines = text.split(separator: "{-}", omittingEmptySubsequences: false)
    #expect(try found(shippedKinds, in: lines.joined(separator: "-----")) == [])
  }
}
