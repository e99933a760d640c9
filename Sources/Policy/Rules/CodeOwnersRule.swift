// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// What new commits change is approved by its owners, as CODEOWNERS names them where the policy stands.
/// (Named so because `CodeOwners` is the file.)
public struct CodeOwnersRule: Rule {
  public static let id: RuleID = "code-owners"
  public static let summary = "what new commits change is approved by its owners in CODEOWNERS"

  /// Which file it is.
  public let search: CodeOwnersSearch
  /// Roles of the policy by the teams that the file names, in small letters.
  public let teams: [String: String]
  /// What counts as an approval, and whose does not.
  public let source: ApprovalSource

  public init(from reader: SettingsReader, context: PolicyContext) {
    let problems = reader.problems
    search = CodeOwnersSearch(
      file: reader.node("file").flatMap {
        reader.treePath(of: $0, for: "file", like: "CODEOWNERS")
      },
      syntax: reader.choice("syntax"))
    var teams: [String: String] = [:]
    for entry in reader.entries("teams") {
      guard let role = reader.text(of: entry.node, for: entry.key) else { continue }
      if !entry.key.hasPrefix("@") || entry.key.utf8.contains(where: \.isASCIISpace) {
        problems.add(
          "\(entry.key.quoted) is no team of CODEOWNERS", at: entry.position,
          hint: "write it as the file does, in quotes: \"@org/team\"")
      }
      if context.people.roles[role] == nil, !context.broken.contains(role) {
        problems.add(
          "there is no role \(role.quoted)", at: entry.node.position,
          hint: Spelling.suggestion(for: role, among: context.people.roles.keys.sorted())
            ?? "state it under `roles`")
      }
      let key = OwnerPeople.key(Bytes(entry.key.utf8))
      if teams.updateValue(role, forKey: key) != nil {
        problems.add("the team \(entry.key.quoted) stands here again", at: entry.position)
      }
    }
    self.teams = teams
    source = ApprovalSource(from: reader, context: context)
  }

  public var differsByRef: Bool { source.trust == .signed }

  public var needs: Needs {
    var needs = Needs([.newCommits, .changes, .touched])
    needs.add(source.needs)
    needs.codeOwners = search
    return needs
  }

  public func judge(_ matter: Matter) -> Verdict {
    source.judged(matter) { units in
      matter.facts.codeOwners.judged { file in
        matter.facts.changes.judged { changes in
          matter.facts.touched.judged { touched in
            verdict(
              OwnedChanges(units, changes, touched, of: file.owners), of: units, file, matter)
          }
        }
      }
    }
  }

  private func verdict(
    _ owned: OwnedChanges, of units: ApprovalUnits, _ file: CodeOwnersFile, _ matter: Matter
  ) -> Verdict {
    guard !owned.commits.isEmpty else {
      return .notApplicable("no changed path has an owner who must approve, by \(file.place)")
    }
    let people = OwnerPeople(matter.people, teams: teams, file.owners.syntax)
    var known: [Int: LineOwners] = [:]
    var uses: [StatementUse] = []
    var short: [Unowned] = []
    for (unit, lines) in owned.commits {
      let tally = ApprovalTally(unit, source: source, matter: matter)
      uses += tally.uses
      let lacking = lines.compactMap { line -> Unowned.Line? in
        let owners = known[line.entry.line] ?? LineOwners(line.entry.owners, people)
        known[line.entry.line] = owners
        let have = tally.counted.filter { owners.include($0, in: tally) }
        guard have.count < line.section.minimum else { return nil }
        return Unowned.Line(line: line, owners: owners, have: have)
      }
      if !lacking.isEmpty || !tally.vetoes.isEmpty {
        short.append(Unowned(tally: tally, lines: lacking))
      }
    }
    guard !short.isEmpty else {
      return .satisfied(
        "\(counted(owned.pathCount, "path")) approved by owners in \(file.place);"
          + " \(source.trustWords)", by: uses)
    }
    return .violated(despite: uses) { [short] in
      .unowned(short, of: owned.commits.count, file, source, newest: units.newest, matter)
    }
  }
}

/// The lines of CODEOWNERS that have a say over an update.
private struct OwnedChanges {
  /// Some paths of one commit, and the line that has the say over them.
  struct Line {
    let section: CodeOwners.Section
    let entry: CodeOwners.Entry
    var paths: [Bytes]
  }

  /// The commits that change what somebody owns, in the order of the units.
  private(set) var commits: [(unit: ApprovalUnit, lines: [Line])] = []
  /// How many different paths somebody owns.
  private(set) var pathCount = 0

  init(
    _ units: ApprovalUnits, _ changes: [CommitChanges], _ touched: [Bytes], of owners: CodeOwners
  ) {
    let paths = Dictionary(
      changes.map { ($0.commit.id, $0.changes.map(\.path)) }, uniquingKeysWith: { one, _ in one })
    let all = Set(paths.values.joined())
    // What a merge takes from a parent that was guarded before, no new commit changes: who approves the
    // newest merge answers for it. Plain merges add nothing of their own.
    let merges = units.newest.filter { $0.isMerge && !units.clean.contains($0.id) }
    let isPlain = merges.isEmpty && units.newest.contains(where: \.isMerge)
    let rest = isPlain ? [] : touched.filter { !all.contains($0) }
    let heir =
      units.all.first { $0.commit.isMerge && !units.clean.contains($0.commit.id) }
      ?? units.all.first
    var known: [Bytes: [(section: CodeOwners.Section, entry: CodeOwners.Entry)]] = [:]
    for unit in units.all {
      var changed = ([unit.commit] + unit.covered).flatMap { paths[$0.id] ?? [] }
      if unit.commit.id == heir?.commit.id { changed += rest }
      var lines: [Int: Line] = [:]
      for path in Set(changed).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
        let deciding = known[path] ?? owners.deciding(path[...])
        known[path] = deciding
        for (section, entry) in deciding where !section.isOptional && !entry.owners.isEmpty {
          lines[entry.line, default: Line(section: section, entry: entry, paths: [])]
            .paths.append(path)
        }
      }
      if !lines.isEmpty {
        commits.append((unit, lines.values.sorted { $0.entry.line < $1.entry.line }))
      }
    }
    pathCount =
      known.values.filter { deciding in
        deciding.contains { !$0.section.isOptional && !$0.entry.owners.isEmpty }
      }.count
  }
}

/// A commit with lines whose owners have not approved it.
private struct Unowned {
  /// A line, and who of its owners approved.
  struct Line {
    let line: OwnedChanges.Line
    let owners: LineOwners
    let have: [Party]

    var missing: Int { line.section.minimum - have.count }
  }

  let tally: ApprovalTally
  let lines: [Line]

  /// Owners of `line` who could still approve.
  func free(_ line: Line, _ people: People) -> [Party] {
    let barred = tally.barred
    return line.owners.everybody(people).filter {
      !line.have.contains($0) && barred.reason($0) == nil
    }
  }

  func findings(_ people: People) -> [Finding] {
    let vetoes = tally.vetoes.map { Finding(tally.commit, "vetoed by \($0.source)") }
    // Why others do not count is told once.
    var others = (tally.ignored + tally.missed).prefix(6).joined(separator: "; ")
    if !others.isEmpty { others = "; \(others)" }
    let told = lines.enumerated().map { index, line in
      Finding(tally.commit, words(line, people) + (index == 0 ? others : ""))
    }
    return vetoes + told
  }

  private func words(_ line: Line, _ people: People) -> String {
    let (entry, section, paths) = (line.line.entry, line.line.section, line.line.paths)
    let more = paths.count == 1 ? "" : " and \(paths.count - 1) more"
    let name = section.name.map { " of [\($0.prefix(60).printable)]" } ?? ""
    let place =
      "`\(paths[0].shownAsPath)`\(more): line \(entry.line) `\(entry.pattern.shownAsPath)`\(name)"
    let unknown = line.owners.unknown.map { owner in
      "`\(owner.text.prefix(80).printable)` of line \(entry.ownersLine) is nobody in the policy"
    }
    let everybody = line.owners.everybody(people)
    guard !everybody.isEmpty else {
      let roles = line.owners.roles.map { "nobody holds \($0)" }
      return "\(place) has nobody who may approve: \(listed(roles + unknown.prefix(4)))"
    }
    var parts = [
      "\(place) needs \(section.minimum == 1 ? "" : "\(section.minimum) of ")"
        + line.owners.words(people)
    ]
    let who = line.have.isEmpty ? tally.counted : line.have
    parts.append(
      who.isEmpty
        ? "has nobody"
        : "has \(listed(who.map(\.display)))\(line.have.isEmpty ? ", no owner" : "")")
    if free(line, people).count < line.missing {
      let barred = tally.barred
      let taken = everybody.compactMap { party in
        barred.reason(party).map { "\(party.display) \($0)" }
      }
      parts.append("too few are left who may" + (taken.isEmpty ? "" : ": \(listed(taken))"))
    }
    return (parts + unknown.prefix(4)).joined(separator: "; ")
  }

  /// Who could approve so that it is enough.
  func proposed(_ people: People) -> [String] {
    var proposed = ProposedApprovals(tally)
    for line in lines {
      let free = free(line, people)
      let coming = proposed.taken.filter(free.contains).count
      guard free.count >= line.missing else { continue }
      let ids = free.compactMap { if case .person(let id) = $0 { id } else { nil } }
      for _ in 0..<max(0, line.missing - coming) { proposed.add(oneOf: ids) }
    }
    return proposed.values
  }
}

extension Explanation {
  fileprivate static func unowned(
    _ short: [Unowned], of count: Int, _ file: CodeOwnersFile, _ source: ApprovalSource,
    newest: [Commit], _ matter: Matter
  ) -> Explanation {
    let people = matter.people
    let summary =
      "\(short.count) of \(counted(count, "new commit")) that \(count == 1 ? "changes" : "change")"
      + " what is owned \(short.count == 1 ? "lacks" : "lack") approval"
    let expected = "owners as \(file.place) names them; \(source.trustWords)"
    let findings = short.flatMap { $0.findings(people) }
    let other = fixes(short, file, people)
    guard source.trust != .signed else {
      return Explanation(
        summary, expected: expected, findings: findings,
        fixes: source.revocations(of: short.map(\.tally))
          + commands(short, source, matter) + other)
    }
    let lacking = short.map { (commit: $0.tally.commit, values: $0.proposed(people)) }
      .filter { !$0.values.isEmpty }
    guard !lacking.isEmpty else {
      return Explanation(summary, expected: expected, findings: findings, fixes: other)
    }
    return Explanation(
      summary, expected: expected, findings: findings,
      mend: .commits(source.mend(lacking, newest: newest)), or: other)
  }

  /// What owners type, one command for each set of them.
  private static func commands(
    _ short: [Unowned], _ source: ApprovalSource, _ matter: Matter
  ) -> [String] {
    var groups: [(who: String, commits: [Commit])] = []
    for commit in short {
      for line in commit.lines {
        let free = commit.free(line, matter.people)
        guard free.count >= line.missing else { continue }
        let many = line.missing == 1 ? "" : "\(line.missing) of "
        let who = many + listed(free.map(\.display), "or")
        let place = groups.firstIndex { $0.who == who } ?? groups.count
        if place == groups.count { groups.append((who, [])) }
        if groups[place].commits.last?.id != commit.tally.commit.id {
          groups[place].commits.append(commit.tally.commit)
        }
      }
    }
    return groups.prefix(5).map { source.command(for: $0.commits, by: $0.who, matter) }
  }

  /// What to do where those who are named cannot be enough.
  private static func fixes(
    _ short: [Unowned], _ file: CodeOwnersFile, _ people: People
  ) -> [String] {
    var unknown: [Bytes] = []
    var tooFew: Set<Int> = []
    for commit in short {
      for line in commit.lines where commit.free(line, people).count < line.missing {
        for owner in line.owners.unknown where !unknown.contains(owner.text) {
          unknown.append(owner.text)
        }
        if line.owners.unknown.isEmpty { tooFew.insert(line.line.entry.ownersLine) }
      }
    }
    let say = unknown.prefix(3).map { text in
      let shown = text.prefix(80).printable
      guard text.first == UInt8(ascii: "@") else {
        return "say whose address \(shown) is in the policy, under `emails`"
      }
      let isTeam = text.contains(UInt8(ascii: "/"))
      return "say who \(shown) is in the policy: `code-owners: {teams: {\"\(shown)\": ROLE}}`"
        + (isTeam ? "" : ", or under `logins`")
    }
    let lines = tooFew.sorted().prefix(3).map { "name more owners on line \($0) of \(file.place)" }
    return say + lines
  }
}
