import GitModel
import Testing

@testable import Policy

/// Approvals with `trust: signed` and `trust: writer`, over facts as the engine finds them.
@Suite struct SignedApprovalsTests {
  private static let team = People(
    [
      Person(
        id: "alice", emails: [Bytes("alice@example.com".utf8)], keys: ["ssh-ed25519 AAAA"]),
      Person(id: "bob", emails: [Bytes("bob@example.com".utf8)], logins: ["bob"]),
      Person(id: "carol", emails: [Bytes("carol@example.com".utf8)]),
      Person(
        id: "robot", emails: [Bytes("robot@example.com".utf8)], logins: ["robot"], isBot: true),
    ], roles: ["lead": ["alice", "carol"], "qa": ["carol"]])

  private static let change = commit(1, "Add", by: "bob@example.com")

  private static func said(
    _ person: String, as role: String? = nil, veto: Bool = false, days: Int64 = 1,
    _ standing: Endorsement.Standing = .exact
  ) -> Endorsement {
    Endorsement(
      person: person, role: role, isVeto: veto,
      recorded: Instant(seconds: now.seconds - days * 86_400),
      digest: String(repeating: "ab", count: 32), standing: standing)
  }

  private static let now = Instant(seconds: 1_767_787_200)

  private func told(
    _ settings: Setting, _ endorsements: [Endorsement], clean: Set<ObjectID> = [],
    signedBy signer: String? = nil, commits: [Commit] = [change], pusher: String? = nil
  ) -> Verdict {
    let rule = PolicyTests.rule(Approvals.self, settings, PolicyContext(people: Self.team))
    var facts = Facts()
    facts.newCommits = .known(commits)
    facts.endorsements = .known(
      EndorsementReading(
        endorsements: commits.isEmpty ? [:] : [commits[0].id: endorsements], cleanMerges: clean))
    facts.signatures = .known(
      Dictionary(
        uniqueKeysWithValues: commits.map { commit in
          (
            commit.id,
            signer.map { .good(person: $0, fingerprint: "SHA256:x", format: .ssh) } ?? .unsigned
          )
        }))
    let update = RefUpdate(
      name: RefName("refs/heads/main"), old: commit(9, "old").id, new: Self.change.id)
    return rule.judge(
      Matter(update: update, facts: facts, instant: Self.now, pusher: pusher, people: Self.team))
  }

  private static let signed: Setting = ["trust": "signed"]

  @Test("a statement on the change counts, and is spent on it")
  func satisfied() {
    for standing in [Endorsement.Standing.exact, .replayed] {
      let verdict = told(Self.signed, [Self.said("alice", standing)])
      #expect(verdict.told == "satisfied: 1 commit approved; trust: signed")
      #expect(
        verdict.uses == [
          StatementUse(digest: String(repeating: "ab", count: 32), commit: Self.change.id)
        ])
    }
  }

  @Test("what speaks for a change that is let in all the same is spent, too")
  func spentUnderAnOverride() {
    let short = told(["trust": "signed", "minimum": 2], [Self.said("alice")])
    #expect(short.outcome == .violated && short.uses.map(\.commit) == [Self.change.id])
    #expect(told(Self.signed, [Self.said("bob")]).uses.isEmpty)
  }

  @Test("a veto counts until it ends, however old it is")
  func oldVeto() {
    let verdict = told(
      ["trust": "signed", "age": .plain("1d")],
      [Self.said("alice", days: 0), Self.said("carol", veto: true, days: 300)])
    #expect(
      verdict.explanation.findings.map(\.detail) == [
        "vetoed by carol, statement abababababab; has alice"
      ])
  }

  @Test("each that does not count is named with why", arguments: refusals)
  func refused(_ settings: Setting, _ said: [Endorsement], _ signer: String?, _ words: String) {
    let verdict = told(settings, said, signedBy: signer)
    #expect(verdict.outcome == .violated)
    #expect(verdict.explanation.findings.map(\.detail) == [words])
  }

  static let refusals: [(Setting, [Endorsement], String?, String)] = [
    (signed, [], nil, "has nobody; needs 1"),
    (
      signed, [said("alice", .void("is for dev, not for main"))], nil,
      "has nobody; needs 1; alice, statement abababababab: is for dev, not for main"
    ),
    (
      signed, [said("bob")], nil,
      "has nobody; needs 1; bob, statement abababababab: is its author"
    ),
    // Whoever signed a change made it, whatever address it names.
    (
      signed, [said("alice")], "alice",
      "has nobody; needs 1; alice, statement abababababab: signed it"
    ),
    (
      signed, [said("alice", days: 31)], nil,
      "has nobody; needs 1; alice, statement abababababab: is older than 30d"
    ),
    (
      ["trust": "signed", "age": .plain("12h")], [said("alice")], nil,
      "has nobody; needs 1; alice, statement abababababab: is older than 12h"
    ),
    (
      signed, [said("alice"), said("carol", veto: true)], nil,
      "vetoed by carol, statement abababababab; has alice"
    ),
    // Who approves in one role fills no place of another.
    (
      ["trust": "signed", "roles": ["qa": 1]], [said("carol", as: "lead")], nil,
      "has carol; needs qa (carol)"
    ),
    (
      ["trust": "signed", "minimum": 2], [said("alice"), said("alice")], nil,
      "has alice; needs 1 more"
    ),
  ]

  @Test("the commands are for those who may")
  func fixes() {
    #expect(
      told(["trust": "signed", "roles": ["lead": 1]], []).explanation.fixes == [
        "gitrel approve \(Self.change.id.short) --as lead --ref main    by alice or carol"
      ])
    #expect(
      told(Self.signed, []).explanation.fixes == [
        "gitrel approve \(Self.change.id.short) --ref main    by somebody who did not write it"
      ])
  }

  @Test("two statements of one person fill what each says")
  func roles() {
    #expect(
      told(
        ["trust": "signed", "roles": ["qa": 1]],
        [Self.said("carol", as: "lead"), Self.said("carol", as: "qa")]
      ).outcome == .satisfied)
  }

  @Test("a merge that adds nothing needs nobody, and one that adds needs somebody")
  func merges() {
    let merge = commit(1, "Merge", by: "bob@example.com", parents: [9, 2])
    #expect(
      told(Self.signed, [], clean: [merge.id], commits: [merge]).told
        == "notApplicable: the new commits are merges that add nothing of their own")
    #expect(told(Self.signed, [], commits: [merge]).outcome == .violated)
    // Where the merge speaks for all that it brings, it must be approved however clean it is.
    #expect(
      told(
        ["trust": "signed", "scope": "first-parent"], [], clean: [merge.id], commits: [merge]
      ).outcome == .violated)
  }

  @Test("what was not found out refuses")
  func unknown() {
    let rule = PolicyTests.rule(
      Approvals.self, Self.signed, PolicyContext(people: Self.team))
    #expect(rule.needs.endorsements == EndorsementSearch(age: 30 * 86_400))
    var facts = Facts()
    facts.newCommits = .known([Self.change])
    facts.endorsements = .unknown("the evidence cannot be read")
    let update = RefUpdate(
      name: RefName("refs/heads/main"), old: commit(9, "old").id, new: Self.change.id)
    #expect(
      rule.judge(Matter(update: update, facts: facts, instant: Self.now, people: Self.team)).told
        == "indeterminate: the evidence cannot be read")
  }

  @Test("trailers of a writer's commits count, and of nobody else's")
  func writers() {
    let settings: Setting = ["trust": "writer", "writers": ["robot"]]
    let typed = commit(
      1, "Add\n\nReviewed-by: Alice <alice@example.com>\n", by: "bob@example.com")
    let words = "satisfied: 1 commit approved; trust: writer, as typed in commits of robot"
    #expect(told(settings, [], commits: [typed], pusher: "robot").told == words)
    #expect(told(settings, [], signedBy: "robot", commits: [typed]).told == words)
    let verdict = told(settings, [], signedBy: "bob", commits: [typed], pusher: "bob")
    #expect(
      verdict.explanation.findings.map(\.detail) == [
        "has nobody; needs 1; line 3 stands in a commit that no writer pushed or signed"
      ])
  }

  @Test("settings that would promise what nobody keeps", arguments: faults)
  func problems(_ settings: Setting, _ people: People, _ problems: [String]) {
    #expect(read(Approvals.self, settings, PolicyContext(people: people)).problems == problems)
  }

  static let faults: [(Setting, People, [String])] = [
    (
      ["trust": "signed", "trailers": ["Acked-by"]], team,
      ["`trailers` counts only with `trust: trailer or writer`; leave it out"]
    ),
    (
      ["age": .plain("3d")], team,
      ["`age` counts only with `trust: signed`; a trailer does not tell when it was written"]
    ),
    (
      ["trust": "writer"], team,
      [
        "`trust: writer` names no writers; write `writers: [merge-bot]`: whose commits may carry approvals"
      ]
    ),
    (
      ["trust": "signed"], People([Person(id: "x")]),
      [
        "`trust: signed` counts nobody: no one under `people` has a key; give the people who approve their `keys`"
      ]
    ),
    (
      ["trust": "signed", "age": "soon"], team,
      [
        "`age` takes a length of time, not the text \"soon\"; write `age: 30d`; `m`, `h`, `d` and `w` are minutes, hours, days and weeks"
      ]
    ),
  ]
}
