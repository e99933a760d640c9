internal import GitModel
internal import Policy

/// gitolite.conf: who may do what to which refs of one repository.
///
/// Gitolite takes the first line that matches a ref and a user. Each ref expression becomes a ruleset
/// that leaves out the narrower ones, with everybody whom the lines let through; a ref that no line
/// speaks of is nobody's, which a last ruleset says.
struct GitoliteImport {
  /// One line of permissions.
  private struct Access {
    let line: Int
    let permission: String
    /// The refs, as a start that is literal; nil for every ref.
    let region: Region
    let users: [String]
  }

  /// The refs that start with some text, or that one ref.
  private struct Region: Hashable {
    let start: String
    let isExact: Bool

    static let all = Region(start: "refs/", isExact: false)

    func contains(_ other: Region) -> Bool {
      isExact ? self == other : other.start.hasPrefix(start)
    }
  }

  /// A line about the content of a push (`VREF/...`).
  private struct Virtual {
    let line: Int
    let permission: String
    let name: String
    let users: [String]
  }

  private enum Kind: String, CaseIterable { case create, update, rewind, delete }

  /// How many permissions of one repository are imported: each is compared with all.
  static let maximumLines = 500

  private let source: ImportSource
  private var groups: [String: [String]] = [:]
  private var repositories: [(name: String, line: Int)] = []
  private var namedRepositories: Set<String> = []
  private var accesses: [(repositories: [String], access: Access)] = []
  private var virtuals: [(repositories: [String], virtual: Virtual)] = []
  private var current: [String] = []

  static func read(_ bytes: Bytes, _ source: ImportSource) {
    var reader = GitoliteImport(source: source)
    var held: (text: String, line: Int)?
    let lines = bytes.fileLines
    for (index, line) in lines.enumerated() {
      let start = held ?? ("", index + 1)
      if line.hasSuffix("\\") {
        held = (start.text + line.dropLast() + " ", start.line)
        continue
      }
      held = nil
      reader.read(start.text + line, number: start.line)
    }
    reader.finish()
  }

  private init(source: ImportSource) { self.source = source }

  private static func words(_ text: String) -> [String] {
    text.split { $0 == " " || $0 == "\t" || $0 == "\r" }.map(String.init)
  }

  private mutating func read(_ text: String, number: Int) {
    // `#` starts a comment where a word starts.
    var words: [String] = []
    for word in Self.words(text) {
      if word.hasPrefix("#") { break }
      words.append(word)
    }
    guard let first = words.first else { return }
    // `=` may stand without spaces round it.
    if !words.contains("="), let index = words.firstIndex(where: { $0.contains("=") }),
      first != "config", first != "option"
    {
      let parts = words[index].split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      words.replaceSubrange(
        index...index, with: [String(parts[0]), "=", String(parts[1])].filter { !$0.isEmpty })
    }
    switch first {
    case "repo":
      current = Array(words.dropFirst())
      for name in current where namedRepositories.insert(name).inserted {
        repositories.append((name, number))
      }
    case "include", "subconf":
      source.note(
        line: number, words.joined(separator: " ").shown, "other files are not followed",
        instead: "import them at the same time, or paste them in")
    case "config", "option":
      source.note(
        line: number, words.joined(separator: " ").shown,
        "a policy sets nothing in the repository", instead: "set it with `git config` there")
    case _ where first.hasPrefix("@"):
      guard words.count > 1, words[1] == "=" else { fallthrough }
      groups[first, default: []] += words.dropFirst(2)
    default:
      guard let equals = words.firstIndex(of: "="), Self.isPermission(first), !current.isEmpty
      else {
        source.note(
          line: number, words.joined(separator: " ").shown, "gitolite has no such line, or not here"
        )
        return
      }
      access(
        first, refs: Array(words[1..<equals]), users: Array(words[(equals + 1)...]), line: number)
    }
  }

  private static func isPermission(_ word: String) -> Bool {
    if ["-", "C", "R"].contains(word) { return true }
    guard word.hasPrefix("RW") else { return false }
    return word.dropFirst(2).allSatisfy { "+CDM".contains($0) }
  }

  private mutating func access(_ permission: String, refs: [String], users: [String], line: Int) {
    if permission == "R" || permission == "C" {
      source.note(
        line: line, "\(permission) = \(users.joined(separator: " "))".shown,
        permission == "R" ? "a policy says nothing about reading" : "a policy makes no repository",
        instead: permission == "R" ? "leave that to the server" : nil)
      return
    }
    if permission.contains("M") {
      source.note(
        line: line, permission.shown, "the `M` is not carried: who may push may push a merge",
        instead: "`linear-history` lets nobody push one")
    }
    for ref in refs.isEmpty ? ["refs/"] : refs {
      if let name = ref.hasPrefix("VREF/")
        ? String(ref.dropFirst(5)) : ref.hasPrefix("NAME/") ? ref : nil
      {
        virtuals.append(
          (
            current,
            Virtual(line: line, permission: permission, name: name, users: users)
          ))
        continue
      }
      guard let region = Self.region(ref) else {
        source.note(
          line: line, ref.shown, "refs here are told by how they start, and this is more",
          instead: "write a ruleset for these refs, with `pushers`")
        continue
      }
      accesses.append(
        (
          current,
          Access(line: line, permission: permission, region: region, users: users)
        ))
    }
  }

  /// The refs of an expression, which gitolite looks for at the start of a ref's name.
  private static func region(_ expression: String) -> Region? {
    if expression.contains("USER") { return nil }
    let full = expression.hasPrefix("refs/") ? expression : "refs/heads/" + expression
    guard let branches = ForeignRegex(full)?.branches, branches.count == 1 else { return nil }
    var start = ""
    for (index, piece) in branches[0].pieces.enumerated() {
      switch piece {
      case .literal(let scalar): start.unicodeScalars.append(scalar)
      // A dot in the middle is meant as one; `.*` at the end says nothing.
      case .one where index + 1 < branches[0].pieces.count: start += "."
      case .run where index == branches[0].pieces.count - 1 && !branches[0].isEnd: break
      default: return nil
      }
    }
    return Region(start: start, isExact: branches[0].isEnd)
  }

  /// The users of a list, groups taken apart; nil for everybody.
  private func people(_ names: [String]) -> Set<String>? {
    var all: Set<String> = []
    var seen: Set<String> = []
    var pending = names
    while let name = pending.popLast() {
      if name == "@all" { return nil }
      guard seen.insert(name).inserted else { continue }
      if name.hasPrefix("@") { pending += groups[name] ?? [] } else { all.insert(name) }
    }
    return all
  }

  private func isAbout(_ repository: String, _ names: [String]) -> Bool {
    var seen: Set<String> = []
    var pending = names
    while let name = pending.popLast() {
      guard seen.insert(name).inserted else { continue }
      if name == "@all" || name == repository { return true }
      if name.hasPrefix("@") { pending += groups[name] ?? [] }
      // The name of a repository may be an expression.
      if name.contains(where: { "[*.|(\\".contains($0) }),
        let pattern = try? TextPattern(name), pattern.matchesAll(of: Bytes(repository.utf8))
      {
        return true
      }
    }
    return false
  }

  private mutating func finish() {
    var names: [(name: String, line: Int)] = []
    var seen: Set<String> = []
    for (name, line) in repositories {
      if name == "@all" { continue }
      let members = name.hasPrefix("@") ? groups[name] ?? [] : [name]
      for member in members where seen.insert(member).inserted { names.append((member, line)) }
    }
    let wanted = source.draft.options.repository
    let chosen =
      wanted ?? names.first { $0.name != "gitolite-admin" && $0.name != "testing" }?.name
      ?? names.first?.name ?? "@all"
    for (name, line) in names where name != chosen {
      source.note(
        line: line, "repo \(name)".shown,
        "a policy speaks for one repository, here \(chosen.shown)",
        instead: "--repository \(name.printableText)")
    }
    let mine = accesses.filter { isAbout(chosen, $0.repositories) }.map(\.access)
    let content = virtuals.filter { isAbout(chosen, $0.repositories) }.map(\.virtual)
    guard mine.count <= Self.maximumLines, content.count <= Self.maximumLines else {
      source.draft.refuse(
        ImportFault(
          "\(source.file) has \(mine.count + content.count) permissions for \(chosen);"
            + " \(Self.maximumLines) at most are imported"))
      return
    }
    pushers(mine, of: chosen)
    virtual(content)
  }

  private func pushers(_ accesses: [Access], of repository: String) {
    guard !accesses.isEmpty else {
      source.note(line: 1, "repo \(repository)".shown, "nobody may push to it there")
      return
    }
    var regions: [Region] = []
    for access in accesses where !regions.contains(access.region) { regions.append(access.region) }
    if !regions.contains(.all) { regions.append(.all) }
    // The narrowest first, as a reader looks for them.
    let order = regions.enumerated().sorted {
      ($0.element == .all ? 1 : 0, $0.offset) < ($1.element == .all ? 1 : 0, $1.offset)
    }.map(\.element)
    for region in order {
      let inner = order.filter { $0 != region && region.contains($0) }
      let deciding = accesses.filter { $0.region.contains(region) }
      let name = region == .all ? "pushers of \(repository)" : "pushers of \(short(region))"
      let refs = patterns(region) + inner.flatMap(patterns).map { "!" + $0 }
      let reaches = reaches(deciding, all: accesses)
      let named = deciding.flatMap(\.users)
      var rule = ImportedRule("pushers")
      rule.settings = settings(reaches, groups: named)
      var ruleset = ImportedRuleset(
        name, refs: refs, remarks: deciding.isEmpty ? ["no line lets anybody push here"] : [])
      if !rule.settings.isEmpty { ruleset.add(rule) }
      source.draft.add(ruleset)
      // Everybody but some: those have a ruleset of their own.
      var seen: [Set<String>] = []
      for case .everybody(let left) in reaches.map(\.reach)
      where !left.isEmpty && !seen.contains(left) {
        seen.append(left)
        var barred = ImportedRuleset("\(name), not for all", refs: refs)
        barred.when = [.init("pusher", .texts(who(left, groups: named)))]
        let kinds = reaches.filter { $0.reach == .everybody(except: left) }.map(\.kind)
        barred.add(
          ImportedRule(
            "pushers",
            kinds.count == Kind.allCases.count
              ? [("any", .list([]))] : kinds.map { ($0.rawValue, .list([])) }))
        source.draft.add(barred)
      }
    }
  }

  private func short(_ region: Region) -> String {
    let name =
      region.start.hasPrefix("refs/heads/")
      ? String(region.start.dropFirst("refs/heads/".count)) : region.start
    return (region.isExact ? name : name + "*").fitForTerminal
  }

  private func patterns(_ region: Region) -> [String] {
    if region.isExact { return ForeignGlob.ref(region.start).map { [$0.text] } ?? [] }
    if "refs/heads/".hasPrefix(region.start) {
      return region.start == "refs/heads/" ? ["**"] : ["**", "refs/tags/**"]
    }
    return [(ForeignGlob.ref(region.start)?.text ?? region.start) + "**"]
  }

  /// Whom the lines let do something.
  private enum Reach: Hashable {
    case everybody(except: Set<String>)
    case some(Set<String>)
  }

  /// Who may do what, where `accesses` decide.
  private func reaches(
    _ accesses: [Access], all: [Access]
  ) -> [(kind: Kind, reach: Reach)] {
    let hasCreate = all.contains { $0.permission.contains("C") }
    let hasDelete = all.contains { $0.permission.contains("D") }
    return Kind.allCases.map { kind in
      let sign: Character =
        switch kind {
        case .create: hasCreate ? "C" : "W"
        case .update: "W"
        case .rewind: "+"
        case .delete: hasDelete ? "D" : "+"
        }
      return (kind, reach(accesses, sign))
    }
  }

  private func settings(
    _ reaches: [(kind: Kind, reach: Reach)], groups: [String]
  ) -> [PolicyValue.Setting] {
    let values = reaches.map { _, reach -> PolicyValue? in
      if case .some(let users) = reach { .texts(who(users, groups: groups)) } else { nil }
    }
    if let first = values[0], values.allSatisfy({ $0 == first }) { return [.init("any", first)] }
    return zip(reaches, values).compactMap { reach, value in
      value.map { .init(reach.kind.rawValue, $0) }
    }
  }

  /// Whom the lines let do what `sign` stands for.
  private func reach(_ accesses: [Access], _ sign: Character) -> Reach {
    var allowed: Set<String> = []
    var denied: Set<String> = []
    for access in accesses {
      let users = people(access.users)
      if access.permission == "-" {
        guard let users else { return .some(allowed) }
        denied.formUnion(users.subtracting(allowed))
      } else if access.permission.contains(sign) {
        guard let users else { return .everybody(except: denied) }
        allowed.formUnion(users.subtracting(denied))
      }
    }
    return .some(allowed)
  }

  /// A set of users by names, and by those groups that the lines name.
  private func who(_ users: Set<String>, groups named: [String]) -> [String] {
    var left = users
    var names: [String] = []
    var seen: Set<String> = []
    let groups = named.filter { $0.hasPrefix("@") && seen.insert($0).inserted }
      .compactMap { name in people([name]).map { (name: name, members: $0) } }
    // The largest first: who is in two groups is named once.
    for (group, members) in groups.sorted(by: { $0.members.count > $1.members.count }) {
      guard members.count > 1, members.isSubset(of: users), !members.isDisjoint(with: left)
      else { continue }
      let ids = members.sorted().map { source.person($0) }
      names.append(source.draft.people.role(String(group.dropFirst()), members: ids))
      left.subtract(members)
    }
    return names + left.sorted().map { source.person($0) }
  }

  private func virtual(_ virtuals: [Virtual]) {
    for (index, virtual) in virtuals.enumerated() {
      let title = "VREF/\(virtual.name)".shown
      guard virtual.permission == "-" else {
        // A line that lets somebody through belongs to one that stops the others.
        let isUsed = virtuals[index...].contains {
          $0.permission == "-" && $0.name == virtual.name
        }
        if !isUsed {
          source.note(
            line: virtual.line, title, "it lets somebody do what nothing here forbids",
            instead: "`paths: {allowed: [...]}` names the only paths that may change")
        }
        continue
      }
      guard virtual.name.hasPrefix("NAME/"),
        let path = ForeignRegex("^" + virtual.name.dropFirst(5))?.globs()
      else {
        let what =
          virtual.name.hasPrefix("EMAIL-CHECK")
          ? "`identity: {pusher: author}`"
          : virtual.name.hasPrefix("MAX_NEWBIN_SIZE")
            ? "`file-size: {maximum: SIZE}`" : "the rule `exec`"
        source.note(line: virtual.line, title, "it is a program", instead: "\(what) is near to it")
        continue
      }
      var ruleset = ImportedRuleset("paths of VREF/\(virtual.name)".fitForTerminal, refs: ["**"])
      if let users = people(virtual.users) {
        ruleset.when = [.init("pusher", .texts(who(users, groups: virtual.users)))]
      }
      let others = virtuals[..<index].filter { $0.permission != "-" && $0.name == virtual.name }
      let free = others.map { people($0.users) }
      if free.contains(nil) { continue }
      let exempt = free.compactMap { $0 }.reduce(into: Set<String>()) { $0.formUnion($1) }
      if !exempt.isEmpty {
        ruleset.except = [
          .init("pusher", .texts(who(exempt, groups: others.flatMap(\.users))))
        ]
      }
      ruleset.add(
        ImportedRule("paths", [("forbidden", .texts(path.map(ForeignGlob.path(whole:))))]))
      source.draft.add(ruleset)
    }
  }
}
