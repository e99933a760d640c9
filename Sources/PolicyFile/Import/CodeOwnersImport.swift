internal import GitModel
internal import Policy

/// CODEOWNERS of GitHub and GitLab: who owns a path approves what changes it.
///
/// The last line that matches a path has the say. A ruleset takes the paths of its lines and leaves
/// out those of later lines that other people own.
struct CodeOwnersImport {
  /// One line: the patterns of what it speaks of, as paths of a policy, and who owns that.
  private struct Line {
    let number: Int
    let written: String
    let patterns: [String]
    /// What all of them start with, up to the first wildcard; nil where a name in any folder is meant.
    let start: String?
    let owners: [Owner]
    /// The number of this set of owners, so that sets are compared at once.
    let set: Int
  }

  private enum Owner: Hashable {
    case login(String)
    case address(String)
    case team(String)
  }

  /// A part of the file in which the last match has the say.
  private struct Section {
    let name: String?
    let isOptional: Bool
    let approvals: Int
    var lines: [Line] = []
  }

  /// How many lines are imported: each is compared with those after it.
  static let maximumLines = 2_000
  /// How many lines all rulesets together may leave out.
  static let maximumExcluded = 20_000

  private let source: ImportSource
  private let isGitLab: Bool
  private var sets: [Set<Owner>: Int] = [:]
  private var teams: [(name: String, line: Int)] = []
  /// Owners that were told to be nobody, by line: those of a heading are read with each of its lines.
  private var told: Set<String> = []

  static func read(_ bytes: Bytes, _ source: ImportSource) {
    let file = CodeOwners(bytes, syntax: CodeOwners.usualSyntax(of: bytes, at: source.file))
    guard file.count <= Self.maximumLines else {
      source.draft.refuse(
        ImportFault("\(source.file) has \(file.count) rules; \(maximumLines) at most are imported"))
      return
    }
    for fault in file.faults {
      source.note(
        line: fault.line, fault.text.isEmpty ? "the line" : fault.text.text.shown, fault.words,
        instead: "write what it means into a ruleset with `when: {paths: [...]}`")
    }
    var reader = CodeOwnersImport(source: source, isGitLab: file.syntax == .gitlab)
    let sections = file.sections.map { reader.section($0) }
    reader.finish(sections)
  }

  private init(source: ImportSource, isGitLab: Bool) {
    (self.source, self.isGitLab) = (source, isGitLab)
  }

  private mutating func section(_ section: CodeOwners.Section) -> Section {
    var read = Section(
      name: section.name?.text, isOptional: section.isOptional,
      approvals: min(section.minimum, 20))
    for entry in section.entries {
      guard let line = line(entry) else { continue }
      read.lines.append(line)
    }
    return read
  }

  private mutating func line(_ entry: CodeOwners.Entry) -> Line? {
    let written = entry.pattern.text
    let pattern = entry.isExclusion ? String(written.dropFirst()) : written
    guard let patterns = ForeignGlob.owned(pattern, isAnywhere: isGitLab) else {
      source.note(
        line: entry.line, written.shown, "no pattern of paths here says the same",
        instead: "write what it means into a ruleset with `when: {paths: [...]}`")
      return nil
    }
    let owners = owners(entry.owners, line: entry.ownersLine)
    if owners.isEmpty, !entry.isExclusion, !entry.owners.isEmpty || isGitLab {
      source.note(
        line: entry.line, written.shown, "none of its owners can be told",
        instead: isGitLab
          ? "GitLab lets anybody approve it then; state people, and a ruleset for these paths"
          : "GitHub leaves such a line out; state people, and a ruleset for these paths")
      if !isGitLab { return nil }
    }
    let set = sets[Set(owners), default: sets.count]
    sets[Set(owners)] = set
    return Line(
      number: entry.line, written: written, patterns: patterns,
      start: patterns.first.flatMap(Self.literalStart), owners: owners, set: set)
  }

  /// What every path of the pattern starts with; nil where that is nothing in particular.
  private static func literalStart(_ pattern: String) -> String? {
    guard pattern.dropLast().contains("/") else { return nil }
    let body = pattern.hasPrefix("/") ? pattern.dropFirst() : pattern[...]
    let start = body.prefix { !"*?[{".contains($0) }
    return start.isEmpty ? nil : String(start)
  }

  private mutating func owners(_ written: [CodeOwners.Owner], line: Int) -> [Owner] {
    var owners: [Owner] = []
    for one in written {
      guard let owner = owner(one, line: line), !owners.contains(owner) else { continue }
      owners.append(owner)
    }
    return owners
  }

  private mutating func owner(_ owner: CodeOwners.Owner, line: Int) -> Owner? {
    let shown = owner.text.text.shown
    switch owner {
    case .login(let name): return .login(name.text)
    case .team(let name):
      if !teams.contains(where: { $0.name == name.text }) { teams.append((name.text, line)) }
      return .team(name.text)
    case .address(let address):
      if source.draft.people.person(email: address.text) != nil { return .address(address.text) }
      tell(line, shown, "it is no plain address")
    case .role:
      tell(
        line, shown, "who has this role in GitLab, the file does not say",
        instead: "state the people under `roles`")
    case .other: tell(line, shown, "it is neither `@name` nor an address")
    }
    return nil
  }

  private mutating func tell(_ line: Int, _ what: String, _ why: String, instead: String? = nil) {
    guard told.insert("\(line) \(what)").inserted else { return }
    source.note(line: line, what, why, instead: instead)
  }

  private func finish(_ sections: [Section]) {
    for (name, line) in teams {
      source.note(
        line: line, "@\(name)".shown, "who is in this team, the file does not say",
        instead: "state its people under `roles`, and take the `#` from what needs them")
    }
    let count = source.draft.rulesets.count
    for section in sections where !section.lines.isEmpty { write(section) }
    let made = source.draft.rulesets[count...]
    guard !made.isEmpty, !made.contains(where: \.isGuarding) else { return }
    source.note(
      line: 1, "the whole file",
      "nobody has to approve anything by it yet: it names too few people",
      instead: "who is in its teams, you know: state them under `roles`")
  }

  /// Whether a path may match both.
  private static func mayOverlap(_ left: Line, _ right: Line) -> Bool {
    guard let one = left.start, let other = right.start else { return true }
    return one.hasPrefix(other) || other.hasPrefix(one)
  }

  private func write(_ section: Section) {
    // Lines of the same owners share a ruleset while none of what one must leave out is another's.
    var groups: [(lines: [Line], excluded: [Line])] = []
    var excluded = 0
    for (index, line) in section.lines.enumerated() where !line.owners.isEmpty {
      let later = section.lines[(index + 1)...].filter {
        $0.set != line.set && Self.mayOverlap(line, $0)
      }
      excluded += later.count
      guard excluded <= Self.maximumExcluded else {
        source.draft.refuse(
          ImportFault("\(source.file) has more rules that overlap than can be imported"))
        return
      }
      let group = groups.firstIndex { group in
        group.lines[0].set == line.set
          && !group.excluded.contains { $0.number < line.number && Self.mayOverlap($0, line) }
      }
      if let group {
        groups[group].lines.append(line)
        let there = Set(groups[group].excluded.map(\.number))
        groups[group].excluded += later.filter { !there.contains($0.number) }
      } else {
        groups.append(([line], later))
      }
    }
    for group in groups { write(group.lines, except: group.excluded, of: section) }
  }

  private func write(_ lines: [Line], except excluded: [Line], of section: Section) {
    guard let first = lines.first else { return }
    let draft = source.draft
    let label = section.name ?? first.written
    var seen: Set<String> = []
    var paths: [String] = []
    for pattern in lines.flatMap(\.patterns) where seen.insert(pattern).inserted {
      paths.append(pattern)
    }
    if paths.contains("**") { paths = ["**"] }
    let left = excluded.flatMap(\.patterns)
    // What is left out whole leaves nothing.
    if left.contains("**") { return }
    var unique: [String] = []
    seen = []
    for pattern in left where seen.insert(pattern).inserted { unique.append(pattern) }
    let members = first.owners.compactMap { owner -> String? in
      switch owner {
      case .login(let login): source.person(login)
      case .address(let address): draft.people.person(email: address)
      case .team: nil
      }
    }
    var teams: [String] = []
    for case .team(let team) in first.owners { teams.append(team) }
    let isDraft = members.count < section.approvals
    let known = teams.count == 1 && members.isEmpty
    let name =
      known
      ? teams[0].split(separator: "/").last.map(String.init) ?? teams[0]
      : first.patterns.contains("**") && section.name == nil
        ? "owners" : "owners-\(Self.word(label))"
    let others = teams.map { "@" + $0 }.joined(separator: ", ")
    let role = draft.people.role(
      name, members: members, for: teams.isEmpty ? nil : others.fitForTerminal)
    var ruleset = ImportedRuleset(
      "owners of \(label)".fitForTerminal, refs: draft.ownersWanted?.refs ?? [draft.defaultBranch])
    ruleset.when =
      paths == ["**"] && unique.isEmpty
      ? [] : [PolicyValue.Setting("paths", .texts(paths + unique.map { "!" + $0 }))]
    ruleset.isEvaluated = section.isOptional || draft.ownersWanted?.isRequired == false
    if section.isOptional { ruleset.remarks.append("this section is optional, so it only reports") }
    if draft.ownersWanted?.isRequired == false {
      ruleset.remarks.append("the host does not want owners to approve, so this only reports")
    }
    if !teams.isEmpty {
      ruleset.remarks.append(
        isDraft
          ? "nobody is known of \(others): state the role, then take the `#` away".fitForTerminal
          : "add the people of \(others) to the role \(role)".fitForTerminal)
    }
    if isDraft, teams.isEmpty {
      ruleset.remarks.append("state \(section.approvals) owners, then take the `#` away")
      source.note(
        line: first.number, first.written.shown,
        "it wants \(section.approvals) approvals and has \(counted(members.count, "owner"))",
        instead: "add people to the role \(role), and take the `#` from what needs them")
    }
    ruleset.isDraft = isDraft
    ruleset.add(
      ImportedRule("approvals", [("roles", .map([.init(role, .number(section.approvals))]))]))
    draft.add(ruleset)
  }

  /// A pattern or a section's name as part of a role's name.
  private static func word(_ text: String) -> String {
    let parts = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    return parts.isEmpty ? "files" : parts.joined(separator: "-").lowercased()
  }
}

extension Bytes {
  /// The bytes as text; names and patterns of other systems are taken as UTF-8.
  fileprivate var text: String { String(decoding: self, as: UTF8.self) }
}
