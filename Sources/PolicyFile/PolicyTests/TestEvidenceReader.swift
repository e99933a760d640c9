internal import Evidence
internal import GitModel
internal import Policy

extension TestHistoryReader {
  /// The paths whose content holds a secret; nil with a problem noted.
  func secretPaths(_ node: SettingsNode) -> Set<Bytes>? {
    if case .scalar("none", _) = node.value { return [] }
    guard case .list(let items) = node.value, !items.isEmpty else {
      problems.add(
        "`secrets` takes the paths that hold one, or none", at: node.position,
        hint: "write `secrets: [config/dev.env]` or `secrets: none`")
      return nil
    }
    let reader = SettingsReader(
      SettingsNode(.absent, at: node.position), name: "secrets", problems: problems)
    let changed = Set(history.members.flatMap { ($0.changes ?? []).map(\.path) })
    var paths: Set<Bytes> = []
    for item in items {
      guard let text = reader.text(of: item, for: "secrets") else { continue }
      if !changed.contains(Bytes(text.utf8)) {
        problems.add(
          "`secrets`: no commit of this case changes `\(text.printableText)`", at: item.position,
          hint: "state it in the `files` of one")
      }
      paths.insert(Bytes(text.utf8))
    }
    return paths
  }

  /// What is stated about trees; nil with a problem noted.
  func evidence(_ node: SettingsNode, of updates: [RefUpdate]) -> [ObjectID: TreeEvidence]? {
    let items: [SettingsNode]
    switch node.value {
    case .scalar("none", _): return [:]
    case .list(let stated): items = stated
    case .map: items = [node]
    case .scalar, .absent:
      problems.add(
        "`evidence` takes what is stated, or none", at: node.position,
        hint: "write `evidence: {tests: {passed: 10}}` or `evidence: none`")
      return nil
    }
    var found: [ObjectID: TreeEvidence] = [:]
    for item in items {
      let reader = SettingsReader(
        item, name: "an item of `evidence`", isKey: false, problems: problems)
      let suite = reader.text("suite") ?? "default"
      let signers = signers(reader)
      let of = reader.node("of").map { revision($0, for: "of").map { [$0] } ?? [] }
      let tests = reader.node("tests").flatMap { self.tests($0) }
      let coverage = reader.node("coverage").flatMap { self.coverage($0) }
      let scan = reader.node("scan").flatMap { self.scan($0) }
      reader.finish()
      if reader.node("tests") == nil, reader.node("coverage") == nil, reader.node("scan") == nil {
        problems.add(
          "`evidence` states nothing", at: item.position,
          hint: "write `tests: {passed: 10}`, `coverage: {line: 80%}` or `scan: {error: 0}`")
      }
      for id in of ?? updates.map(\.new) {
        guard let tree = history.commit(at: id)?.commit.tree else { continue }
        found[tree, default: TreeEvidence(tree: tree)].add(
          tests: tests.map { [stated($0, suite, signers)] } ?? [],
          coverage: coverage.map { [stated($0, suite, signers)] } ?? [],
          scans: scan.map { [stated($0, suite, signers)] } ?? [])
      }
    }
    return found
  }

  private func stated<Figures>(
    _ figures: Figures, _ suite: String, _ signers: StatementSigners
  ) -> Stated<Figures> {
    Stated(
      suite: suite, recorded: instant ?? Instant(seconds: 0), figures: figures,
      source: "stated by the test", signers: signers)
  }

  /// What the signatures under `signed-by` come to, one or a list of them.
  private func signers(_ reader: SettingsReader) -> StatementSigners {
    guard let node = reader.node("signed-by") else { return .unsigned }
    let items = if case .list(let items) = node.value { items } else { [node] }
    return StatementSigners(items.compactMap { signature($0) })
  }

  private func tests(_ node: SettingsNode) -> TestFigures? {
    let reader = SettingsReader(node, name: "tests", problems: problems)
    var figures = TestFigures()
    func count(_ key: String) -> Int { reader.integer(key, in: 0...1_000_000_000) ?? 0 }
    figures.passed = count("passed")
    figures.failed = count("failed")
    figures.errored = count("errored")
    figures.skipped = count("skipped")
    figures.disabled = count("disabled")
    reader.finish()
    return figures
  }

  /// So many findings of each level and severity, none of them listed: all of them are new.
  private func scan(_ node: SettingsNode) -> ScanFigures? {
    let reader = SettingsReader(node, name: "scan", problems: problems)
    var figures = ScanFigures()
    func count(_ key: String) -> Int { reader.integer(key, in: 0...1_000_000_000) ?? 0 }
    for level in [ScanLevel.error, .warning, .note] {
      figures.count(ScanClass(level: level), count(level.rawValue))
    }
    for severity in [ScanSeverity.critical, .high, .medium, .low, .unknown] {
      figures.count(ScanClass(severity: severity), count(severity.rawValue))
    }
    figures.suppressed = count("suppressed")
    figures.runs = 1
    reader.finish()
    return figures
  }

  private func coverage(_ node: SettingsNode) -> CoverageFigures? {
    let reader = SettingsReader(node, name: "coverage", problems: problems)
    let lines = reader.node("line").flatMap { ratio($0, "line", reader) }
    let branches = reader.node("branch").flatMap { ratio($0, "branch", reader) }
    var files: [Bytes: Ratio] = [:]
    for entry in reader.entries("files") {
      files[Bytes(entry.key.utf8)] = ratio(entry.node, entry.key, reader)
    }
    reader.finish()
    guard reader.node("line") != nil else {
      problems.add(
        "`coverage` has no `line`", at: node.position, hint: "write `coverage: {line: 80%}`")
      return nil
    }
    return lines.map { CoverageFigures(lines: $0, branches: branches, files: files) }
  }

  /// `80%`, exact to a hundredth, or `801/1000`.
  private func ratio(_ node: SettingsNode, _ key: String, _ reader: SettingsReader) -> Ratio? {
    if case .scalar(let text, _) = node.value {
      if let share = Percentage(text) { return Ratio(covered: share.hundredths, valid: 10_000) }
      let counts = text.split(separator: "/", omittingEmptySubsequences: false)
      if counts.count == 2, let covered = Int(counts[0]), let valid = Int(counts[1]),
        let ratio = Ratio(covered: covered, valid: valid)
      {
        return ratio
      }
    }
    problems.add(
      "`\(key.printableText)` takes a share", at: node.position, hint: "write 80% or 801/1000")
    return nil
  }
}
