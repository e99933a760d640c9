import GitModel
import Policy
import PolicyFile
import Schedule
import Testing

private let alice =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC/L8E1DfiZ9cHzygqx0IzRCSAlmh4tXH7mZPwWZEY1L"
private let other =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH0w3hDQZDR9z4rVaySalkElrb8ByU8/51nr3UeysmB5"

private let people = """
  people:
    alice: {emails: [alice@x.org, a@y.org]}
    bob: {emails: [bob@x.org]}

  """

private func read(
  _ policy: String, signers: String?, base: String? = nil
) throws(PolicyFault) -> (PolicyDocument, PolicyPlace) {
  let place = PolicyPlace(policy: ".gitrel/policy.yml") { (parts) throws(ExtendsFault) in
    switch parts.joined(separator: "/") {
    case ".gitrel/allowed_signers":
      guard let signers else { throw ExtendsFault("is not in the tree of 1234567") }
      return Bytes(signers.utf8)
    case ".gitrel/base.yml":
      if let base { return Bytes(base.utf8) }
    default: break
    }
    throw ExtendsFault("is not there")
  }
  let rulesets = "rulesets: [{name: a, refs: [main], rules: {no-delete: }}]\n"
  let whole = "version: 1\n\(policy)\(policy.contains("extends") ? "" : rulesets)"
  let document = try PolicyReader.read(
    Bytes(whole.utf8), file: "p.yml", extending: place, zone: SystemZones.zone)
  return (document, place)
}

private func lines(_ policy: String, signers: String?, base: String? = nil) -> [String] {
  do throws(PolicyFault) {
    _ = try read(policy, signers: signers, base: base)
    return []
  } catch { return error.lines }
}

@Suite("lists of allowed signers, and who may state what")
struct AllowedSignersReaderTests {
  private static let named = people + "allowed-signers: .gitrel/allowed_signers\n"

  @Test("lines are keys of the people whose addresses they name")
  func keys() throws {
    let (policy, place) = try read(
      Self.named,
      signers: """
        # a list as git takes one
        ALICE@x.org,a@y.org namespaces="gitrel",valid-before="20261201Z" \(alice) laptop

        *@x.org cert-authority \(other)
        """)
    let keys = policy.people.all.map(\.listedKeys)
    #expect(
      keys == [
        [
          ListedKey(
            text: alice, line: 2, namespaces: Bytes("gitrel".utf8),
            validBefore: Instant(utcText: Bytes("2026-12-01T00:00:00Z".utf8)))
        ], [],
      ])
    // It is a part of the policy, so that its digest is one of the policy's.
    #expect(place.files.map(\.name) == [".gitrel/allowed_signers"])
  }

  @Test("what is no list of keys of people is an error of the policy", arguments: faults)
  func faulty(_ signers: String?, _ expected: String) {
    let told = lines(Self.named, signers: signers).map {
      $0.replacing(/SHA256:[^ ,]{43}/, with: "SHA256:KEY")
    }
    #expect(told == ["p.yml:5:18: `allowed-signers`: \(expected)"])
  }

  static let faults: [(String?, String)] = [
    (nil, ".gitrel/allowed_signers is not in the tree of 1234567"),
    (
      "alice@x.org ssh-ed25519 AAAA\n",
      ".gitrel/allowed_signers line 1 has a key that is cut short"
    ),
    (
      "*@x.org \(alice)\n",
      ".gitrel/allowed_signers line 1 names `*@x.org`, a pattern; one key, one person: write the address"
    ),
    (
      "!bob@x.org \(alice)\n",
      ".gitrel/allowed_signers line 1 names `!bob@x.org`, a pattern; one key, one person: write the address"
    ),
    (
      "eve@x.org \(alice)\n",
      ".gitrel/allowed_signers line 1 names `eve@x.org`, which is no address of anybody here; state it under `emails` of a person"
    ),
    (
      "alice@x.org,bob@x.org \(alice)\n",
      ".gitrel/allowed_signers line 1 names alice and bob; one key, one person"
    ),
    (
      "alice@x.org \(alice)\nbob@x.org \(alice)\n",
      ".gitrel/allowed_signers line 2 gives bob the key SHA256:"
        + "KEY, which `alice` has on another line; one key, one person, one place"
    ),
  ]

  @Test("a key that stands under `keys` too would lose its terms")
  func twice() {
    let policy = Self.named.replacing(
      "{emails: [bob@x.org]}", with: "{emails: [bob@x.org], keys: [\(alice)]}")
    for name in ["bob", "alice"] {
      let told = lines(policy, signers: "\(name)@x.org valid-before=\"20200101\" \(alice)\n")
      #expect(told.count == 1)
      #expect(told.allSatisfy { $0.contains("which `bob` has under `keys`") })
    }
  }

  @Test("who may state what")
  func statements() throws {
    let (policy, _) = try read(
      people + "roles: {ci: [bob]}\nstatements: {signed: true, tests: [ci], sign-off: alice}\n",
      signers: nil)
    let rights = policy.statements
    #expect(rights.isSigned)
    #expect(rights.byKind.mapValues(\.names) == ["tests": ["ci"], "sign-off": ["alice"]])
    #expect(try read(people, signers: nil).0.statements == .open)
    func told(_ statements: String) -> [String] {
      lines(people + "roles: {none: []}\nstatements: \(statements)\n", signers: nil)
    }
    #expect(
      told("{}") == [
        "p.yml:6:13: `statements` asks for nothing; write `statements: {signed: true}` or `statements: {tests: [ci]}`"
      ])
    #expect(told("{tests: [none]}") == ["p.yml:6:21: `tests` names nobody; nobody could state it"])
    #expect(
      told("{tests: [eve]}") == [
        "p.yml:6:22: there is no person and no role `eve`; state it under `people` or `roles`"
      ])
    #expect(
      told("{test: [bob]}").first?.contains("knows no key `test`; did you mean `tests`?") == true)
  }

  @Test("locks hold against both: a list could give a locked person another key")
  func locks() {
    let base = """
      version: 1
      people: {alice: {emails: [alice@x.org]}}
      statements: {tests: [alice]}
      rulesets: [{name: a, refs: [main], locked: true, rules: {tests: {by: [alice]}}}]

      """
    let extending = "extends: [base.yml]\n"
    #expect(lines(extending, signers: nil, base: base) == [])
    let told = lines(
      extending + "statements: {signed: true}\nallowed-signers: .gitrel/allowed_signers\n",
      signers: "alice@x.org \(other)\n", base: base)
    #expect(told.count == 2)
    #expect(
      told.first?.contains("`statements` is locked where .gitrel/base.yml:3 states it") == true)
    #expect(
      told.last?.contains("`allowed-signers` could give `alice` another key, who is locked") == true
    )
    // The file that locks may name a list itself.
    #expect(
      lines(
        extending, signers: "alice@x.org \(other)\n",
        base: base + "allowed-signers: .gitrel/allowed_signers\n") == [])
  }
}
