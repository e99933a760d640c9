import GitModel
import GitStore
import GitrelTestSupport
import Policy
import PolicyFile
import Testing

@testable import Engine

@Suite("replay of past updates")
struct ReplayTests {
  /// The same numbers in every run.
  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  static let policy = """
    version: 1
    people:
      ann: {emails: [ann@example.org]}
      bob: {emails: [bob@example.org]}
    calendars:
      office: {timezone: Europe/London, allow: [{days: Mon-Fri, hours: "08:00-18:00"}]}
    rulesets:
      - name: production
        refs: [main]
        rules:
          fast-forward-only:
          no-delete:
          commit-message: {subject-maximum: 4}
          trailers: {required: [Reviewed-by], exempt: [merge]}
          approvals: {scope: first-parent}
          window: {calendar: office}
      - name: files
        refs: ["*"]
        when: {paths: ["odd/"]}
        rules: {trailers: {required: [Never]}}

    """

  /// A rule's answer without what depends on the order in which equal commits are met.
  private struct Answer: Hashable {
    let rule: String
    let ruleset: String?
    let outcome: Verdict.Outcome
    let summary: String
    let findings: Set<Finding>

    init(_ judged: JudgedRule) {
      (rule, ruleset) = (judged.rule.text, judged.ruleset)
      outcome = judged.verdict.outcome
      summary = judged.verdict.explanation.summary
      findings = Set(judged.verdict.explanation.findings)
    }
  }

  @Test("says what the gate says when the updates are pushed one by one", arguments: 1...8)
  func equalsPushing(_ seed: Int) throws {
    var numbers = Numbers(state: UInt64(seed) &* 7919)
    let server = try Server(Self.policy) { git in
      var marks = ["base"]
      for number in 0..<24 {
        let name = "c\(number)"
        let isMain = number % 3 == 2
        let date = 1_767_603_600 + Int64(number) * 20_000
        let others =
          isMain && Bool.random(using: &numbers)
          ? [marks.filter { $0 != "base" }.randomElement(using: &numbers)].compactMap { $0 } : []
        let octopus = isMain && number == 23 ? marks.suffix(2) : []
        git.commit(
          name, on: isMain ? "main" : "refs/heads/c/\(number)",
          from: isMain ? nil : marks.randomElement(using: &numbers) ?? "base",
          merging: octopus.isEmpty ? others : Array(octopus),
          files: [number % 4 == 0 ? "odd/\(name)" : name: "\(number)\n"],
          trailers: Bool.random(using: &numbers)
            ? [.init("Reviewed-by", "Bob <bob@example.org>")] : [],
          date: date + Int64.random(in: -50_000...50_000, using: &numbers))
        marks.append(name)
      }
    }
    let tip = server.main
    let repository = try Repository.open(at: server.repo.path)
    let view = RefView.server(repository)
    let policy = try TrustedPolicy.load(.standard, in: repository, view: view)
    var segments: [ReplaySegment] = []
    let line = ReplayLine(name: RefName("refs/heads/main"))
    let isCut = try line.walk(from: tip, since: nil, in: repository) { segments.append($0) }
    #expect(!isCut)
    let judge = ReplayJudge(
      repository, policies: [policy], evidenceTips: [], trusted: server.mainOnce)
    var replayed: [(past: PastUpdate, judged: [JudgedRule])] = []
    for segment in segments {
      judge.start(after: segment.base)
      line.updates(of: segment, in: repository) { _, updates in
        for past in updates {
          replayed.append((past, judge.judged(past).flatMap(\.replayed.judged)))
        }
      }
    }
    #expect(replayed.count == 9)
    try server.set("main", server.mainOnce)
    for (past, judged) in replayed.reversed().dropFirst() {
      server.time = past.instant.seconds
      let pushed = try server.judge(server.line("main", past.update.new))
      let told = pushed.decision.updates.flatMap(\.judged).filter {
        $0.ruleset != nil || $0.rule == BuiltIn.history
      }
      #expect(
        Set(judged.map(Answer.init)) == Set(told.map(Answer.init)), "\(past.update.new.short)")
      try server.set("main", past.update.new)
    }
  }

  private func counts(_ outcome: Replay.Outcome) -> [String] {
    outcome.counted.flatMap { counted in
      counted.tally.rules.map {
        "\($0.rule) \($0.refused) \($0.held) \($0.notApplicable) \($0.untold)"
      }
    }
  }

  private func replay(
    _ server: Server, _ policies: [String], since: Instant? = nil,
    _ run: (Replay, Repository, RefView) throws -> Replay.Outcome
  ) throws -> Replay.Outcome {
    let repository = try Repository.open(at: server.repo.path)
    let loaded = try policies.map { text in
      try TrustedPolicy.read(
        Bytes(text.utf8), file: "p.yml", label: "p.yml", source: .file("p.yml"),
        place: .nowhere())
    }
    let replay = Replay(policies: loaded, since: since, examples: 1)
    return try run(replay, repository, .server(repository))
  }

  private func tags(
    _ server: Server, _ policy: String, _ pattern: String = "refs/tags/v*"
  ) throws -> Replay.Outcome {
    try replay(server, [policy]) { replay, repository, view in
      try replay.tags(RefSelection([pattern]), called: pattern, in: repository, view: view)
    }
  }

  private static func stating(_ rules: String, refs: String = "[main]") -> String {
    "version: 1\nrulesets: [{name: r, refs: \(refs), rules: {\(rules)}}]\n"
  }

  @Test("counts by rule, and says what could not be told")
  func counted() throws {
    let server = try Server { git in
      git.commit("one", trailers: [.init("Reviewed-by", "Bob <bob@example.org>")])
      git.commit("two")
      git.commit("side", on: "side", from: "base")
      git.merge("three", of: "side")
    }
    let policy = Self.stating(
      "trailers: {required: [Reviewed-by], exempt: [merge]}, tests: , no-delete: ,"
        + " tag-on-branch: {branches: [main]}")
    let outcome = try replay(server, [policy]) { replay, repository, view in
      try replay.history(
        of: RefName("refs/heads/main"), from: server.main, in: repository, view: view)
    }
    #expect(
      counts(outcome) == [
        "trailers 3 1 0 0", "tests 0 0 0 4", "no-delete 0 0 4 0", "tag-on-branch 0 0 4 0",
      ])
    let tally = try #require(outcome.counted.first?.tally)
    #expect((tally.updates, tally.commits, tally.refused, tally.untold) == (4, 5, 3, 1))
    #expect(tally.rules[0].examples.map(\.title) == ["three"])
    #expect(
      tally.rules[1].reasons.map { "\($0.count) \($0.why)" } == [
        "4 no evidence is recorded in this repository"
      ])
  }

  @Test("content is read, secrets are searched for, and programs are not run")
  func content() throws {
    let token = "glpat-" + "aB3dE5fG7hJ9kL1mN2pQ"
    let server = try Server { git in
      git.commit("one", files: ["config": "token = \(token)\n"])
      git.commit("two", files: ["big": String(repeating: "x", count: 2000)])
      git.commit("three", files: ["a/file": "x\n", "A/file": "y\n"])
    }
    let policy = Self.stating(
      "secrets: , file-size: {maximum: 1kB}, paths: {case-clashes: true, extensions: [exe]},"
        + " exec: {licences: {command: [/bin/false]}}, linear-history: , signed-commits: ")
    let outcome = try replay(server, [policy]) { replay, repository, view in
      try replay.history(
        of: RefName("refs/heads/main"), from: server.main, in: repository, view: view)
    }
    #expect(
      counts(outcome) == [
        "secrets 1 3 0 0", "file-size 1 3 0 0", "paths 1 3 0 0", "exec 0 0 0 4",
        "linear-history 0 4 0 0", "signed-commits 4 0 0 0",
      ])
    #expect(
      outcome.counted.first?.tally.rules.prefix(3).flatMap(\.examples).map(\.title) == [
        "one", "two", "three",
      ])
  }

  @Test("updates before a day are left out, and hide what they brought")
  func since() throws {
    let server = try Server { git in
      for number in 0..<5 { git.commit("c\(number)") }
    }
    let start = Instant(seconds: HermeticEnvironment.start + 60 * 5)
    let outcome = try replay(
      server, [Self.stating("trailers: {required: [Never]}")], since: start
    ) { replay, repository, view in
      try replay.history(
        of: RefName("refs/heads/main"), from: server.main, in: repository, view: view)
    }
    // `base` is made in the first minute.
    #expect(counts(outcome) == ["trailers 2 0 0 0"])
  }

  @Test("grandfathered history is left out by id and by date")
  func grandfathered() throws {
    let server = try Server { git in
      git.commit("one")
      git.commit("two")
      git.commit("three")
    }
    let rules = "rules: {trailers: {required: [Never]}}"
    let day = "2030-01-01"
    for (what, left) in [
      ("commits: [\"\(server.repo["two"].hex)\"]", "trailers 1 0 3 0"),
      ("before: \(day)", "trailers 0 0 4 0"),
    ] {
      let policy =
        "version: 1\nrulesets: [{name: r, refs: [main], grandfathered: {\(what)}, \(rules)}]\n"
      let outcome = try replay(server, [policy]) { replay, repository, view in
        try replay.history(
          of: RefName("refs/heads/main"), from: server.main, in: repository, view: view)
      }
      #expect(counts(outcome) == [left])
    }
  }

  @Test("tags are created in the order of their dates")
  func tags() throws {
    let server = try Server { git in
      git.tag("v1.1")
      git.commit("one")
      git.tag("v1.0")
      git.commit("two")
      git.tag("v1.2")
      git.commit("side", on: "side", from: "one")
      git.tag("v1.3", of: "side")
    }
    let policy = Self.stating(
      "version-increases: , tag-on-branch: {branches: [main]}, annotated-tags: ",
      refs: "[\"refs/tags/v*\"]")
    let outcome = try tags(server, policy)
    #expect(
      counts(outcome) == [
        "version-increases 1 3 0 0", "tag-on-branch 1 3 0 0", "annotated-tags 0 4 0 0",
      ])
    #expect(
      outcome.counted.first?.tally.rules[0].examples.map { $0.update.name.short } == ["v1.0"])
  }

  @Test("what a tag brought since the release before it, and its risk, are those of then")
  func risks() throws {
    let server = try Server { git in
      git.commit("first", message: "first\n\nRisk: high\n")
      git.tag("v1.0.0", message: "v1.0.0\n\nStrategy: canary\n")
      git.commit("calm", message: "calm\n\nRisk: low\n")
      git.tag("v1.1.0", message: "v1.1.0\n\nStrategy: big-bang\n")
      git.commit("bold", message: "bold\n\nRisk: high\n")
      git.tag("v1.2.0", message: "v1.2.0\n\nStrategy: big-bang\nRollback-Target: v1.1.0\n")
    }
    let policy = Self.stating(
      "strategy: {unstated: low}, rollback-target: , ticket-scope: , annotated-tags: {when: {risk: [high]}}",
      refs: "[\"refs/tags/v*\"]")
    let outcome = try tags(server, policy)
    #expect(
      counts(outcome) == [
        "strategy 1 2 0 0", "rollback-target 0 0 0 3", "ticket-scope 0 0 0 3",
        "annotated-tags 0 2 1 0",
      ])
    // What other tags are called has no say.
    let other =
      "rulesets: [{name: nights, refs: [\"refs/tags/n*\"], rules: {tag-name: {scheme: calver, format: YYYY.MM.DD}}}, "
    let own = Self.stating(
      "tag-name: {scheme: semver}, strategy: {unstated: low}", refs: "[\"refs/tags/v*\"]")
    #expect(
      try counts(tags(server, own.replacing("rulesets: [", with: other))) == [
        "tag-name 0 3 0 0", "strategy 1 2 0 0",
      ])
    let rules = outcome.counted.first?.tally.rules ?? []
    #expect(rules[0].examples.map { $0.update.name.short } == ["v1.2.0"])
    #expect(
      rules.flatMap(\.reasons).map { "\($0.count) \($0.why)" } == [
        "3 no evidence is recorded in this repository",
        "3 what was promised then is not looked at in a replay",
      ])
  }

  @Test("a tag that does not stand on the release before it")
  func lineage() throws {
    let server = try Server { git in
      git.tag("v1.0")
      git.commit("one")
      git.tag("v1.1")
      git.commit("side", on: "side", from: "base")
      git.tag("v1.2", of: "side")
      git.commit("two")
      git.tag("v1.1.1")
    }
    let policy = Self.stating(
      "version-increases: {descends: true, within: minor}", refs: "[\"refs/tags/v*\"]")
    let outcome = try tags(server, policy)
    #expect(counts(outcome) == ["version-increases 1 3 0 0"])
    #expect(
      outcome.counted.first?.tally.rules[0].examples.map { $0.update.name.short } == ["v1.2"])
  }

  @Test("nobody is told to tell a server who pushed long ago")
  func pushers() throws {
    let server = try Server { $0.commit("one") }
    let policy =
      "version: 1\npeople: {ann: }\nrulesets: [{name: r, refs: [main], rules: {pushers: {any: [ann]}, no-delete: {when: {pusher: ann}}}}]\n"
    let outcome = try replay(server, [policy]) { replay, repository, view in
      try replay.history(
        of: RefName("refs/heads/main"), from: server.mainOnce, in: repository, view: view)
    }
    let reasons = outcome.counted.flatMap(\.tally.rules).flatMap(\.reasons).map(\.why)
    #expect(reasons.count > 1 && reasons.allSatisfy { $0.hasSuffix("who pushed is not recorded") })
  }

  @Test("the reflog has the real updates, rewinds among them")
  func reflog() throws {
    let server = try Server { git in
      git.commit("one")
      git.commit("two")
    }
    try server.repo.git("config", "core.logAllRefUpdates", "always")
    try server.set("main", server.mainOnce)
    try server.set("main", server.repo["one"])
    try server.set("main", server.mainOnce)
    let outcome = try replay(
      server, [Self.stating("fast-forward-only: , trailers: {required: [Never]}")]
    ) { replay, repository, view in
      try replay.reflog(of: RefName("refs/heads/main"), in: repository, view: view)
    }
    #expect(counts(outcome) == ["fast-forward-only 2 1 0 0", "trailers 1 0 2 0"])
  }

  @Test("there is no reflog, and no such tag")
  func nothing() throws {
    let server = try Server()
    #expect(throws: EngineFault.self) {
      _ = try replay(server, [Server.policy]) { replay, repository, view in
        try replay.reflog(of: RefName("refs/heads/main"), in: repository, view: view)
      }
    }
    #expect(throws: EngineFault.self) {
      _ = try tags(server, Server.policy, "refs/tags/w*")
    }
  }

  @Test("two policies over one history")
  func difference() throws {
    let server = try Server { git in
      git.commit("one", trailers: [.init("Reviewed-by", "Bob <bob@example.org>")])
      git.commit("two", trailers: [.init("Tested-by", "Bob <bob@example.org>")])
      git.commit("three")
    }
    let outcome = try replay(
      server,
      [
        Self.stating("trailers: {required: [Reviewed-by]}"),
        Self.stating(
          "trailers: {required: [Tested-by]}, branch-name: {matches: other, enforce: evaluate}"),
      ]
    ) { replay, repository, view in
      try replay.history(
        of: RefName("refs/heads/main"), from: server.main, in: repository, view: view)
    }
    let difference = try #require(outcome.difference)
    #expect(difference.updates == 4)
    #expect((difference.newlyRefused, difference.noLongerRefused) == (1, 1))
    #expect(difference.refusedByBoth == 2)
    #expect(difference.refusing.flatMap(\.examples).map(\.title) == ["one"])
    #expect(difference.released.flatMap(\.examples).map(\.title) == ["two"])
  }

  @Test("a shallow clone judges what it has, and says that there was more")
  func shallow() throws {
    let server = try Server { git in
      git.commit("one")
      git.commit("two")
    }
    let folder = try TemporaryDirectory("gitrel-shallow")
    try server.repo.git(
      "clone", "--quiet", "--bare", "--depth", "2", "file://\(server.repo.path)",
      folder.file("s.git"))
    let repository = try Repository.open(at: folder.file("s.git"))
    let policy = try TrustedPolicy.read(
      Bytes(Self.stating("no-delete: ").utf8), file: "p.yml", label: "p.yml",
      source: .file("p.yml"), place: .nowhere())
    let outcome = try Replay(policies: [policy], since: nil, examples: 1).history(
      of: RefName("refs/heads/main"), from: server.main, in: repository,
      view: .server(repository))
    #expect(outcome.counted.first?.tally.updates == 1)
    #expect(
      outcome.notes.last
        == "history is cut off (a shallow clone): older updates are not known here")
  }
}
