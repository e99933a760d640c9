import Evidence
import GitModel
import GitStore
import GitrelTestSupport
import Output
import Policy
import Release
import Testing

@testable import Engine

/// 2026-01-01, and the first moment after 2026-06-15.
private let (start, end): (Int64, Int64) = (1_767_225_600, 1_781_568_000)
private let day: Int64 = 86_400

/// Releases are found in tags, what became of them in what is signed, and the figures are those that another
/// program works out from what git says.
@Suite struct MetricsRunTests {
  /// A server with releases and what is stated of them.
  private final class Shop {
    let server: Server
    private let keys: SSHKeys
    private var files: [(path: String, mode: String, content: Bytes)] = []
    /// What was stated, a line each, for a program that cannot read statements.
    private(set) var said = ""

    init(_ release: String = "", _ tell: (inout History) throws -> Void) throws {
      keys = try SSHKeys()
      try keys.make("mallory")
      server = try Server(
        """
        version: 1
        repository: shop
        people:
          rita: {emails: [rita@example.org], keys: [\(try keys.make("rita"))]}
        \(release)
        rulesets:
          - name: tags
            refs: ["refs/tags/v*"]
            rules: {annotated-tags: }

        """, tell)
    }

    /// States something of the release `tag`.
    func state(
      _ kind: Declaration.Kind, of tag: String, _ name: String = "-", _ value: String = "-",
      at seconds: Int64, by key: String? = "rita", counts: Bool = true
    ) throws {
      let commit = server.repo["\(tag)^{commit}"]
      let declaration = Declaration(
        kind, repository: Bytes("shop".utf8), ref: RefName("refs/tags/\(tag)"),
        name: Bytes(name.utf8), value: Bytes(value.utf8), person: Bytes("rita".utf8),
        recorded: Instant(seconds: seconds))
      let statement = Statement(
        subjects: [Subject(tree: try server.tree(of: commit), commit: commit)],
        predicate: .declaration(declaration))
      var envelope = Envelope(payload: statement.encoded)
      if let key { envelope = try keys.signed(envelope, by: key) }
      files.append(EvidenceRefTests.file(envelope.encoded, about: commit))
      if counts { said += "\(tag) \(kind.rawValue) \(name) \(value) \(seconds)\n" }
    }

    /// Pushes what was stated through the gate.
    func push(at seconds: Int64) throws {
      server.time = seconds
      let old = server.held(EvidenceStore.ref.full)
      let tip = try EvidenceRefTests.commit(server, files, on: old.isZero ? [] : [old])
      let outcome = try server.push(server.line(EvidenceStore.ref.full, tip))
      #expect(outcome.answer == .accepted, "\(outcome.words)")
    }

    func report(
      by length: MetricsPeriod.Length = .month, since first: Int64 = 1_767_225_600,
      branch: String? = nil, in path: String? = nil, remote: String? = nil
    ) throws -> MetricsReport {
      if !files.isEmpty, server.held(DecisionLog.ref.full).isZero {
        try server.set(EvidenceStore.ref.full, try EvidenceRefTests.commit(server, files))
      }
      let repository = try Repository.open(at: path ?? server.repo.path)
      let run = try MetricsRun(
        repository, remote: remote, search: CloneGate.find(repository, remote: remote),
        log: DecisionLog(
          repository, ref: remote.map { DecisionLog.copy(of: $0) } ?? DecisionLog.ref))
      return try run.report(
        by: length, since: Instant(seconds: first),
        branch: branch.map { RefName("refs/heads/\($0)") },
        at: Instant(seconds: end - 1))
    }
  }

  private static func note(_ report: MetricsReport, _ word: String) -> String? {
    report.notes.first { $0.contains(word) }
  }

  // MARK: - Against git

  private struct Numbers: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
  }

  /// Half a year of a main line with side branches, and an older line that gets hotfixes.
  private static func generated(_ seed: Int) throws -> Shop {
    var numbers = Numbers(state: UInt64(seed))
    var tags: [(name: String, date: Int64)] = []
    let shop = try Shop { git in
      var (minor, patch, now) = (0, 0, start - 40 * day)
      git.branch("old", at: "base")
      for number in 0..<50 {
        now += Int64.random(in: 3600...7 * day, using: &numbers)
        let date = now - Int64.random(in: -3600...2 * day, using: &numbers)
        let line = Int.random(in: 0..<5, using: &numbers) == 0 ? "old" : "main"
        if Int.random(in: 0..<4, using: &numbers) == 0 {
          git.commit("s\(number)", on: "side\(number)", from: line, date: date - 3600)
          git.commit("c\(number)", on: line, merging: ["s\(number)"], files: [:], date: date)
        } else {
          git.commit("c\(number)", on: line, date: date)
        }
        guard Bool.random(using: &numbers) else { continue }
        if line == "main" { minor += 1 } else { patch += 1 }
        let lane = ["normal", "normal", "hotfix", "rollback"].randomElement(using: &numbers) ?? ""
        let name = line == "main" ? "v1.\(minor)" : "v0.9.\(patch)"
        now += Int64.random(in: 60...day, using: &numbers)
        git.tag(name, of: line, message: "\(name)\n\nLane: \(lane)\nStrategy: rolling\n", date: now)
        tags.append((name, now))
      }
      git.tag("v9.0.0-rc.1", date: now + 1)
    }
    for (number, tag) in tags.enumerated() {
      var times = (0..<4).map { _ in Int64.random(in: 1...4 * day, using: &numbers) }
      times = times.map { tag.date + $0 }.sorted()
      switch Int.random(in: 0..<6, using: &numbers) {
      case 0: try shop.state(.rollout, of: tag.name, "half", at: times[0])
      case 1:
        try shop.state(.rollout, of: tag.name, "all", at: times[1] + 3600)
        try shop.state(.rollout, of: tag.name, "half", at: times[0])
      case 2:
        try shop.state(.rollout, of: tag.name, "half", at: times[0])
        let other = tags[number == 0 ? 1 : 0].name
        try shop.state(.rollback, of: tag.name, other, at: times[2])
      case 4:
        // Neither jumps a stage nor what never went out is taken back.
        try shop.state(.rollout, of: tag.name, "all", at: times[0], counts: false)
        try shop.state(.rollback, of: tag.name, tags[0].name, at: times[2], counts: false)
      case 3:
        try shop.state(.incident, of: tag.name, "i\(number)", "open", at: times[1])
        try shop.state(.incident, of: tag.name, "j\(number)", "open", at: times[0])
        try shop.state(.incident, of: tag.name, "j\(number)", "resolved", at: times[2])
        if seed % 2 == 0 {
          try shop.state(.incident, of: tag.name, "i\(number)", "resolved", at: times[3])
        }
      default: break
      }
    }
    return shop
  }

  @Test(arguments: 1...6)
  func figuresAreThoseThatGitGives(_ seed: Int) throws {
    let shop = try Self.generated(seed)
    if seed % 3 == 0 { try shop.server.repo.git("commit-graph", "write", "--reachable") }
    let length: MetricsPeriod.Length = seed % 2 == 0 ? .month : .quarter
    // Also where releases before hide what they brought.
    let first = seed > 3 ? start + 60 * day : start
    let report = try shop.report(by: length, since: first)
    let said = shop.server.repo.directory.file("said")
    try write(Array(shop.said.utf8), to: said)
    let script = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
    let told = try run(
      [
        "\(script)/metrics-against-git", shop.server.repo.path, length.rawValue, "\(first)",
        "\(end)", said,
      ], environment: shop.server.repo.environment, in: shop.server.repo.path)
    #expect(told.status == 0 && told.stderr.isEmpty, "\(told.stderr)")
    #expect(MetricsCSV.lines(report).map { $0 + "\n" }.joined() == told.stdout)
    // The history is worth counting.
    #expect(report.metrics.releases.count > 5 && report.metrics.failures.count > 2)
    #expect(report.metrics.whole.recovery != nil)
  }

  // MARK: - When a release went out

  @Test func aRolloutBeatsTheLogAndTheLogTheTagger() throws {
    let shop = try Shop { git in
      for name in ["v1.0", "v1.1", "v1.2"] {
        git.commit("for \(name)", date: start + day)
        git.tag(name, message: "\(name)\n\nStrategy: rolling\n", date: start + 2 * day)
      }
    }
    let server = shop.server
    for name in ["v1.0", "v1.1"] {
      let tag = server.repo["refs/tags/\(name)"]
      try server.set("refs/tags/\(name)", .zero)
      server.time = start + 3 * day
      try server.push("\(ObjectID.zero.hex) \(tag.hex) refs/tags/\(name)\n")
    }
    try shop.state(.rollout, of: "v1.0", "half", at: start + 5 * day)
    try shop.push(at: start + 5 * day)
    try shop.state(.rollout, of: "v1.0", "all", at: start + 6 * day)
    try shop.push(at: start + 6 * day)
    let report = try shop.report()
    #expect(
      report.metrics.releases.map {
        "\($0.name) \($0.source) \(($0.deployed.seconds - start) / day)"
      }
        == ["v1.2 tagger 2", "v1.1 log 3", "v1.0 rollout 5"])
    #expect(Self.note(report, "dated by the tagger")?.hasPrefix("1 of 3 releases") == true)
    // v1.2 went out first, and brought what all of them have.
    #expect(report.metrics.releases.map(\.changes.count) == [4, 0, 0])
  }

  @Test func whatIsDatedBackCountsFromWhenTheServerHeardOfIt() throws {
    let shop = try Shop { git in
      git.commit("one", date: start)
      git.tag("v1.0", date: start)
    }
    for kind in ["open", "resolved"] {
      try shop.state(.incident, of: "v1.0", "i", kind, at: start + day)
      try shop.push(at: start + (kind == "open" ? 10 : 13) * day)
    }
    try shop.state(.rollout, of: "v1.0", "all", at: start + 2 * day)
    try shop.push(at: start + 20 * day)
    let metrics = try shop.report().metrics
    #expect(metrics.releases.map(\.deployed.seconds) == [start + 20 * day])
    let incident = try #require(metrics.releases.first?.incidents.first)
    #expect(incident.opened.seconds == start + 10 * day)
    #expect(incident.resolved?.seconds == start + 13 * day)
  }

  @Test func aLogThatCannotBeReadIsTold() throws {
    let shop = try Shop { git in git.tag("v1.0", date: start) }
    try shop.state(.incident, of: "v1.0", "i", "open", at: start + day)
    let report = try shop.report()
    #expect(report.metrics.failures.count == 1 && Self.note(report, "by the clocks") == nil)
    try shop.server.set(DecisionLog.ref.full, shop.server.main)
    let told = try shop.report()
    #expect(told.metrics.releases.map(\.source) == [.tagger])
    #expect(Self.note(told, "to its start")?.contains("is not a line that gitrel wrote") == true)
    #expect(told.metrics.failures.count == 1)
    #expect(
      Self.note(told, "by the clocks")?.hasPrefix(
        "statements count by the clocks of who signed them: log entry ") == true)
  }

  // MARK: - What is no release, and what counts for nothing

  @Test func onlyAnnotatedVersionsThatWentOut() throws {
    let shop = try Shop { git in
      git.commit("one", date: start)
      git.tag("v1.0", date: start + day)
      git.tag("v1.1-rc.1", date: start + day)
      git.tag("release-2", date: start + day)
      git.tag("v1.2", message: "v1.2\n\nLane: express\n", date: start + 2 * day)
      git.tag("v3.0", date: end + 365 * day)
      git.blob("text", "no commit")
      git.tag("v4.0", of: "text", date: start)
    }
    try shop.server.set("refs/tags/v5.0", shop.server.main)
    let report = try shop.report()
    #expect(report.metrics.releases.map(\.name) == ["v1.0", "v1.2"])
    #expect(
      report.notes.dropFirst(3) == [
        "1 tag without a tag object, no release: git tag -a makes one",
        "v3.0 is left out: it is dated 2027-06-16T00:00:00Z",
        "v1.2 is taken for a normal release: `Lane: express` is none of normal, hotfix or rollback",
      ])
  }

  @Test func whatNobodySignedCountsForNothing() throws {
    let shop = try Shop { git in
      git.commit("one", date: start)
      git.tag("v1.0", date: start + day)
      git.tag("v1.1", date: start + 2 * day)
    }
    let late = start + 3 * day
    try shop.state(.rollback, of: "v1.0", at: late, by: nil, counts: false)
    try shop.state(.incident, of: "v1.0", "i", "open", at: late, by: "mallory")
    try shop.state(.incident, of: "v1.0", "i", "open", at: end + day)
    try shop.state(.rollout, of: "v1.0", "canary-5", at: late)
    // Both tags stand on one commit: what is stated of one says nothing of the other.
    try shop.state(.rollout, of: "v1.1", "all", at: late)
    try shop.state(.rollback, of: "v1.1", "v1.0", at: late + 1)
    let report = try shop.report()
    #expect(report.metrics.failures.keys.sorted() == ["v1.1"])
    let told = report.notes.filter { $0.hasPrefix("counts for nothing: ") }.map {
      $0.replacing(/statement [0-9a-f]{12}/, with: "S").replacing(/SHA256:[^ ]{43}/, with: "KEY")
    }.sorted()
    #expect(
      told == [
        "counts for nothing: v1.0 incident i opened, S: it is from the future",
        "counts for nothing: v1.0 incident i opened, S: it is signed by a key that the policy gives to nobody: KEY, and by which policy it came in is not known",
        "counts for nothing: v1.0 rolled back to -, S: it is not signed",
        "counts for nothing: v1.0 rolled out to canary-5, S: `canary-5` is no stage of big-bang: all",
      ])
  }

  @Test func thePolicySaysWhatAFailureIs() throws {
    for (stated, failed) in [
      ("", ["v1.0", "v1.1"]), ("release: {failure: [incident]}", ["v1.1"]),
      ("release: {failure: hotfix}", ["v1.0"]), ("release: {failure: rollback}", []),
    ] {
      let shop = try Shop(stated) { git in
        git.commit("one", date: start)
        git.tag("v1.0", date: start + day)
        git.commit("two", date: start + day)
        git.tag("v1.1", message: "v1.1\n\nLane: Hotfix\n", date: start + 2 * day)
      }
      try shop.state(.incident, of: "v1.1", "i", "open", at: start + 3 * day)
      #expect(try shop.report().metrics.failures.keys.sorted() == failed, "\(stated)")
    }
  }

  // MARK: - Less than everything

  @Test func onlyTheReleasesOfABranch() throws {
    let shop = try Shop { git in
      git.commit("one", date: start)
      git.tag("v1.0", date: start + day)
      git.commit("fix", on: "old", from: "one", date: start + day)
      git.tag("v1.0.1", of: "old", message: "v1.0.1\n\nLane: hotfix\n", date: start + 4 * day)
      git.commit("two", date: start + 2 * day)
      git.tag("v1.1", date: start + 3 * day)
    }
    let all = try shop.report().metrics
    #expect(all.releases.map(\.name) == ["v1.0", "v1.1", "v1.0.1"])
    // The hotfix mends the line that it goes on from, not what went out right before it.
    #expect(all.failures.keys.sorted() == ["v1.0"])
    let main = try shop.report(branch: "main")
    #expect(main.metrics.releases.map(\.name) == ["v1.0", "v1.1"])
    #expect(main.branch == "main" && main.metrics.failures.isEmpty)
    #expect(throws: EngineFault("there is no branch gone", hints: ["git fetch, or name another"])) {
      try shop.report(branch: "gone")
    }
  }

  @Test func aShallowCloneSaysSo() throws {
    let shop = try Shop { git in
      for number in 0..<6 {
        git.commit("c\(number)", date: start + Int64(number) * day)
        git.tag("v1.\(number)", date: start + Int64(number) * day + 3600)
      }
    }
    let clone = shop.server.repo.directory.file("clone")
    try shop.server.repo.git(
      "clone", "--quiet", "--depth=2", "file://\(shop.server.repo.path)", clone)
    // Only the newest tags come with it.
    let report = try shop.report(in: clone, remote: "origin")
    #expect(report.policy?.label.hasPrefix("origin/main@") == true)
    let counts = Dictionary(
      report.metrics.releases.map { ($0.name, $0.changes.count) }, uniquingKeysWith: { $1 })
    #expect(counts["v1.5"] == 1 && counts["v1.4"] == .some(nil))
    #expect(report.metrics.whole.untold == counts.count - 1)
    #expect(
      report.notes.contains(
        "what v1.4 brought cannot be told: this clone is shallow; git fetch --unshallow brings the rest of its history"
      ))
    #expect(report.metrics.whole.leadTime?.median == 3600)
  }

  @Test func withoutAPolicyVersionsAreSemantic() throws {
    let repo = try TestRepository { git in
      git.commit("one", date: start)
      git.tag("v1.0", date: start + day)
    }
    let shop = try Shop { _ in }
    let report = try shop.report(in: repo.path)
    #expect(report.policy == nil && report.metrics.releases.map(\.name) == ["v1.0"])
    #expect(
      Self.note(report, "no statement counts")
        == "main has no .gitrel/policy.yml, so no statement counts")
    let empty = try TestRepository()
    #expect(try shop.report(in: empty.path).metrics.releases.isEmpty)
  }

  @Test func tooManyPeriodsAreRefused() throws {
    let shop = try Shop { _ in }
    #expect(throws: EngineFault("that is more than 600 periods", hints: ["take a later --since"])) {
      try shop.report(since: 0)
    }
    #expect(try shop.report(by: .quarter, since: 0).metrics.rows.count == 226)
  }
}

extension MetricsRelease.Changes {
  /// How many there are, where that can be told.
  fileprivate var count: Int? {
    if case .known(let dates) = self { dates.count } else { nil }
  }
}
