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

  /// A part of the file in which the last match has the say: all of it, or a section of GitLab's.
  private struct Section {
    let name: String?
    let number: Int
    var isOptional = false
    var approvals = 1
    var owners: [Owner] = []
    var lines: [Line] = []
  }

  /// How many lines are imported: each is compared with those after it.
  static let maximumLines = 2_000
  /// How many lines all rulesets together may leave out.
  static let maximumExcluded = 20_000

  private let source: ImportSource
  private let isGitLab: Bool
  private var sections: [Section] = []
  private var sets: [Set<Owner>: Int] = [:]
  private var teams: [(name: String, line: Int)] = []

  static func read(_ bytes: Bytes, _ source: ImportSource) {
    let lines = bytes.fileLines
    let isGitLab =
      source.file.contains(".gitlab") || lines.contains { Self.heading($0) != nil }
    var reader = CodeOwnersImport(source: source, isGitLab: isGitLab)
    for (index, line) in lines.enumerated() { reader.read(line, number: index + 1) }
    let count = reader.sections.reduce(0) { $0 + $1.lines.count }
    guard count <= Self.maximumLines else {
      source.draft.refuse(
        ImportFault("\(source.file) has \(count) rules; \(maximumLines) at most are imported"))
      return
    }
    reader.finish()
  }

  private init(source: ImportSource, isGitLab: Bool) {
    (self.source, self.isGitLab) = (source, isGitLab)
    sections = [Section(name: nil, number: 1)]
  }

  /// The parts of `^[Name][2] owner...`.
  private static func heading(
    _ line: String
  ) -> (isOptional: Bool, name: String, approvals: Int, rest: Substring)? {
    var rest = line[...].drop { $0 == " " || $0 == "\t" }
    let isOptional = rest.first == "^"
    if isOptional { rest = rest.dropFirst() }
    guard rest.first == "[", let close = rest.firstIndex(of: "]") else { return nil }
    let name = rest[rest.index(after: rest.startIndex)..<close]
    guard !name.isEmpty else { return nil }
    rest = rest[rest.index(after: close)...]
    var approvals = 1
    if rest.first == "[", let end = rest.firstIndex(of: "]"),
      let number = Int(rest[rest.index(after: rest.startIndex)..<end])
    {
      approvals = max(1, min(number, 20))
      rest = rest[rest.index(after: end)...]
    }
    guard rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
    return (isOptional, String(name), approvals, rest)
  }

  private mutating func read(_ line: String, number: Int) {
    if isGitLab, let heading = Self.heading(line) {
      let owners = owners(Self.words(heading.rest), line: number)
      let same = sections.firstIndex { $0.name?.lowercased() == heading.name.lowercased() }
      if let same {
        // The same name again goes on with the same section.
        sections.append(sections.remove(at: same))
      } else {
        sections.append(
          Section(
            name: heading.name, number: number, isOptional: heading.isOptional,
            approvals: heading.approvals))
      }
      sections[sections.count - 1].owners = owners
      return
    }
    let words = Self.words(line[...])
    guard let pattern = words.first else { return }
    let title = pattern.shown
    if isGitLab, pattern.hasPrefix("!") {
      let excluded = ForeignGlob.owned(String(pattern.dropFirst()), isAnywhere: true)
      guard let excluded else {
        source.note(line: number, title, "no pattern of paths here says the same")
        return
      }
      append(excluded, written: pattern, owners: [], number: number)
      return
    }
    guard let patterns = ForeignGlob.owned(pattern, isAnywhere: isGitLab) else {
      source.note(
        line: number, title, "no pattern of paths here says the same",
        instead: "write what it means into a ruleset with `when: {paths: [...]}`")
      return
    }
    var owners = owners(Array(words.dropFirst()), line: number)
    let section = sections[sections.count - 1]
    if words.count == 1 { owners = section.owners }
    if owners.isEmpty, words.count > 1 || isGitLab {
      source.note(
        line: number, title, "none of its owners can be told",
        instead: isGitLab
          ? "GitLab lets anybody approve it then; state people, and a ruleset for these paths"
          : "GitHub leaves such a line out; state people, and a ruleset for these paths")
      if !isGitLab { return }
    }
    append(patterns, written: pattern, owners: owners, number: number)
  }

  private mutating func append(
    _ patterns: [String], written: String, owners: [Owner], number: Int
  ) {
    let start = patterns.first.flatMap(Self.literalStart)
    let set = sets[Set(owners), default: sets.count]
    sets[Set(owners)] = set
    sections[sections.count - 1].lines.append(
      Line(
        number: number, written: written, patterns: patterns, start: start, owners: owners,
        set: set))
  }

  /// What every path of the pattern starts with; nil where that is nothing in particular.
  private static func literalStart(_ pattern: String) -> String? {
    guard pattern.dropLast().contains("/") else { return nil }
    let body = pattern.hasPrefix("/") ? pattern.dropFirst() : pattern[...]
    let start = body.prefix { !"*?[{".contains($0) }
    return start.isEmpty ? nil : String(start)
  }

  /// The words of a line; a backslash takes the next character as it is, `#` starts a comment.
  private static func words(_ line: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var isEscaped = false
    for character in line {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == " " || character == "\t" || character == "\r" {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else if character == "#", word.isEmpty {
        break
      } else {
        word.append(character)
      }
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  private mutating func owners(_ words: [String], line: Int) -> [Owner] {
    var owners: [Owner] = []
    for word in words {
      guard let owner = owner(word, line: line) else { continue }
      if !owners.contains(owner) { owners.append(owner) }
    }
    return owners
  }

  private mutating func owner(_ word: String, line: Int) -> Owner? {
    if word.hasPrefix("@@") {
      source.note(
        line: line, word.shown, "who has this role in GitLab, the file does not say",
        instead: "state the people under `roles`")
      return nil
    }
    let name = word.hasPrefix("@") ? String(word.dropFirst()) : word
    // An address, also with the `@` before it that Codeup writes.
    if name.contains("@") {
      guard source.draft.people.person(email: name) != nil else {
        source.note(line: line, word.shown, "it is no plain address")
        return nil
      }
      return .address(name)
    }
    guard word.hasPrefix("@"), !name.isEmpty else {
      source.note(line: line, word.shown, "it is neither `@name` nor an address")
      return nil
    }
    guard name.contains("/") else { return .login(name) }
    if !teams.contains(where: { $0.name == name }) { teams.append((name, line)) }
    return .team(name)
  }

  private mutating func finish() {
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
