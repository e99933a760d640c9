import GitModel
import Output
import Policy
import PolicyFile
import Schedule
import Testing

@Suite struct PolicyYAMLTests {
  private static func read(_ text: String, _ files: [String: String] = [:]) throws -> PolicyDocument
  {
    let place = PolicyPlace(policy: "policy.yml") { (parts) throws(ExtendsFault) in
      guard let text = files[parts.joined(separator: "/")] else { throw ExtendsFault("is missing") }
      return Bytes(text.utf8)
    }
    return try PolicyReader.read(Bytes(text.utf8), file: "policy.yml", extending: place) {
      (_) throws(ZoneFault) in throw ZoneFault("no zone is needed")
    }
  }

  private static let policy = """
    version: 1
    extends: [base.yml]
    people: {alice: {name: "Alice: Ng", emails: [a@x.org]}}
    roles: {lead: [alice]}
    rulesets:
      - name: production
        rules:
          no-delete:
          branch-name: {matches: '(main|it''s)', enforce: evaluate}
      - {name: 'on', refs: ["refs/tags/**"], rules: {immutable-tags: }}

    """
  private static let base = """
    version: 1
    roles: {lead: }
    rulesets:
      - name: production
        refs:
          - main
          - "release/*"
        locked: false
        rules:
          no-delete: {enforce: evaluate}
          approvals:
            roles: {lead: 1}

    """

  @Test func everyLineHasItsPlace() throws {
    let policy = try Self.read(Self.policy, ["base.yml": Self.base])
    let lines = PolicyYAML.lines(policy.root, file: "policy.yml").map {
      $0.replacing(#/ +# /#, with: "  # ")
    }
    #expect(
      lines == [
        "version: 1  # policy.yml:1",
        "people: {alice: {name: 'Alice: Ng', emails: [a@x.org]}}  # policy.yml:3",
        "roles: {lead: [alice]}  # policy.yml:4",
        "rulesets:  # policy.yml:5",
        "  - name: production  # base.yml:4",
        "    refs:  # base.yml:5",
        "      - main  # base.yml:6",
        "      - 'release/*'  # base.yml:7",
        "    locked: false  # base.yml:8",
        "    rules:  # base.yml:9",
        "      no-delete:  # policy.yml:8",
        "      approvals:  # base.yml:11",
        "        roles: {lead: 1}  # base.yml:12",
        "      branch-name: {matches: '(main|it''s)', enforce: evaluate}  # policy.yml:9",
        "  - {name: 'on', refs: ['refs/tags/**'], rules: {immutable-tags: }}  # policy.yml:10",
      ])
  }

  @Test func whatIsShownIsThePolicy() throws {
    let policy = try Self.read(Self.policy, ["base.yml": Self.base])
    let again = try Self.read(
      PolicyYAML.lines(policy.root, file: "policy.yml").joined(separator: "\n"))
    #expect(again.root.value.bare == policy.root.value.bare)
    for pack in PolicyPack.all where pack.name != "regulated" {
      let roles = ["reviewers", "maintainers", "docs-owners", "build-owners", "release-managers"]
      let team =
        "version: 1\nextends: ['pack:\(pack.name)']\npeople: {al: {emails: [a@x.org]}}\nroles:\n"
        + roles.map { "  \($0): [al]\n" }.joined()
      let policy = try Self.read(team)
      let shown = PolicyYAML.lines(policy.root, file: "p").joined(separator: "\n")
      #expect(try Self.read(shown).root.value.bare == policy.root.value.bare, "\(pack.name)")
    }
  }

  @Test func nothingMovesTheCursor() throws {
    let policy = try Self.read(
      "version: 1\npeople: {a: {name: \"\\e[2J\\u202ex\"}}\nrulesets: [{name: \"a\\nb\", refs: [main], rules: {no-delete: }}]\n"
    )
    let lines = PolicyYAML.lines(policy.root, file: "p")
    #expect(lines[1].hasPrefix("people: {a: {name: \"\\u001b[2J\\u202ex\"}} "))
    #expect(lines[2].hasPrefix("rulesets: [{name: \"a\\nb\", refs: [main], "))
    #expect(try Self.read(lines.joined(separator: "\n")).root.value.bare == policy.root.value.bare)
  }

  @Test func json() throws {
    let policy = try Self.read(
      "version: 1\nrulesets:\n  - {name: a, refs: main, rules: {tests: {failed: 0, skipped: 5%}, no-delete: }}\n"
    )
    let origin = PolicyOrigin(label: "main@1", file: "policy.yml", digest: "ab")
    #expect(
      PolicyYAML.json(policy.root, origin: origin) == """
        {
          "version": 1,
          "policy": {
            "label": "main@1",
            "file": "policy.yml",
            "sha256": "ab"
          },
          "effective": {
            "version": 1,
            "rulesets": [
              {
                "name": "a",
                "refs": "main",
                "rules": {
                  "tests": {
                    "failed": 0,
                    "skipped": "5%"
                  },
                  "no-delete": null
                }
              }
            ]
          },
          "lines": {
            "/version": "policy.yml:1",
            "/rulesets": "policy.yml:2",
            "/rulesets/0": "policy.yml:3",
            "/rulesets/0/name": "policy.yml:3",
            "/rulesets/0/refs": "policy.yml:3",
            "/rulesets/0/rules": "policy.yml:3",
            "/rulesets/0/rules/tests": "policy.yml:3",
            "/rulesets/0/rules/tests/failed": "policy.yml:3",
            "/rulesets/0/rules/tests/skipped": "policy.yml:3",
            "/rulesets/0/rules/no-delete": "policy.yml:3"
          }
        }
        """)
  }
}

extension SettingsNode.Value {
  /// What stands here, without places and quotes.
  fileprivate var bare: String {
    switch self {
    case .absent: "-"
    case .scalar(let text, _): "'\(text)'"
    case .list(let items): "[\(items.map(\.value.bare).joined(separator: ","))]"
    case .map(let entries):
      "{\(entries.map { "\($0.key)=\($0.node.value.bare)" }.joined(separator: ","))}"
    }
  }
}
