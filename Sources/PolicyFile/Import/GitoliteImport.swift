internal import GitModel
internal import Policy

/// gitolite.conf: who may do what to which refs of one repository.
///
/// Gitolite takes the first line that matches a ref and a user. Each ref expression becomes a ruleset
/// that leaves out the narrower ones, with everybody whom the lines let through; a ref that no line
/// speaks of is nobody's, which a last ruleset says. Where two expressions overlap in part both rulesets
/// hold, so that nobody gets through whom gitolite would stop.
struct GitoliteImport {
  /// A line of permissions with the refs that it is about.
  private struct Access {
    let line: Int
    let permission: String
    let region: GitoliteRegion
    let users: [String]

    init(_ access: GitoliteConf.Access, _ region: GitoliteRegion, users: [String]? = nil) {
      (line, permission) = (access.line, access.permission)
      (self.region, self.users) = (region, users ?? access.users)
    }
  }

  private enum Kind: String, CaseIterable { case create, update, rewind, delete }

  /// How many permissions of one repository are imported: each is compared with all.
  static let maximumLines = 500
  /// For how many people a line about `/USER/` is written out.
  static let maximumUsers = 50

  private let source: ImportSource
  private let conf: GitoliteConf
  /// The signs that any line has, those among them that are not carried: where nobody has a `C`, to create
  /// takes no more than to push.
  private var signs: Set<Character> = []
  private var carried: [Access] = []
  /// Lines that let somebody through and are not carried, with refs among which theirs are.
  private var dropped: [(line: Int, region: GitoliteRegion)] = []

  static func read(_ bytes: Bytes, _ source: ImportSource) {
    var reader = GitoliteImport(conf: GitoliteConf(bytes, source), source: source)
    let chosen = reader.conf.repository(source.draft.options.repository)
    let (accesses, virtuals) = reader.conf.lines(of: chosen)
    for access in accesses { reader.carry(access) }
    let count = max(accesses.count, reader.carried.count) + virtuals.count
    guard count <= maximumLines else {
      source.draft.refuse(
        ImportFault(
          "\(source.file) has \(count) permissions for \(chosen); \(maximumLines) at most are imported"
        ))
      return
    }
    reader.pushers(of: chosen)
    reader.virtual(virtuals)
  }

  private init(conf: GitoliteConf, source: ImportSource) {
    (self.conf, self.source) = (conf, source)
  }

  // MARK: - Lines

  /// Takes a line over. What globs cannot say lets nobody through, and forbids more than it did.
  private mutating func carry(_ access: GitoliteConf.Access) {
    signs.formUnion(access.permission)
    let forbids = access.permission == "-"
    guard access.refex.contains("/USER/") else {
      if let regions = GitoliteRegion.regions(of: access.refex, isWide: forbids) {
        carried += regions.map { Access(access, $0) }
      } else {
        round(access, access.refex, "refs here are told by globs, and this is more")
      }
      return
    }
    // `/USER/` stands for whoever pushes.
    guard let users = conf.people(access.users), users.count <= Self.maximumUsers else {
      let start = access.refex.prefix(
        upTo: access.refex.firstRange(of: "/USER/")?.lowerBound ?? access.refex.startIndex)
      round(
        access, start + "/.", "it is written out for \(Self.maximumUsers) people at most, by name")
      return
    }
    for user in users.sorted() {
      let name = forbids ? user : RegexText.quoted(user)
      let refex = access.refex.replacing("/USER/", with: "/\(name)/")
      if let regions = GitoliteRegion.regions(of: refex, isWide: forbids) {
        carried += regions.map { Access(access, $0, users: [user]) }
      } else {
        round(access, refex, "refs here are told by globs, and this is more", users: [user])
      }
    }
  }

  private mutating func round(
    _ access: GitoliteConf.Access, _ refex: some StringProtocol, _ why: String,
    users: [String]? = nil
  ) {
    let region = GitoliteRegion.around(String(refex))
    if access.permission == "-" {
      carried.append(Access(access, region, users: users))
      source.note(
        line: access.line, access.written.shown,
        "\(why): it forbids all of \(region.patterns.joined(separator: ", ").shown)",
        instead: "write a ruleset for these refs, with `pushers`")
    } else {
      dropped.append((access.line, region))
      source.note(
        line: access.line, access.written.shown, "\(why): nobody gets through by it",
        instead: "write a ruleset for these refs, with `pushers`")
    }
  }

  // MARK: - Refs and people

  private func pushers(of repository: String) {
    if carried.isEmpty, dropped.isEmpty {
      source.note(line: 1, "repo \(repository)".shown, "nobody may push to it there")
    }
    var regions: [GitoliteRegion] = []
    for access in carried where !regions.contains(access.region) { regions.append(access.region) }
    if !regions.contains(.all) { regions.append(.all) }
    // The narrowest first, as a reader looks for them.
    let order = regions.enumerated().sorted {
      ($0.element == .all ? 1 : 0, $0.offset) < ($1.element == .all ? 1 : 0, $1.offset)
    }.map(\.element)
    for region in order {
      let inner = order.filter { $0 != region && region.contains($0) }
      let deciding = carried.filter { $0.region.contains(region) }
      let name = region == .all ? "pushers of \(repository)" : "pushers of \(region.name)"
      let refs = region.patterns + inner.flatMap(\.patterns).map { "!" + $0 }
      let reaches = reaches(deciding)
      let named = deciding.flatMap(\.users)
      var rule = ImportedRule("pushers")
      rule.settings = settings(reaches, groups: named)
      var ruleset = ImportedRuleset(name, refs: refs, remarks: remarks(region, deciding, inner))
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
      if let merges = merges(deciding, reaches, called: "\(name), merges", refs: refs) {
        source.draft.add(merges)
      }
    }
  }

  private func remarks(
    _ region: GitoliteRegion, _ deciding: [Access], _ inner: [GitoliteRegion]
  ) -> [String] {
    // What lies in a narrower region is told there.
    let lines = dropped.filter { drop in
      drop.region.mayMeet(region) && !inner.contains { $0.contains(drop.region) }
    }.map { "\($0.line)" }
    guard lines.isEmpty else {
      let all = Set(lines).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
      return [
        all.count == 1
          ? "line \(all[0]) lets people push to some of these refs, and is not carried"
          : "lines \(all.joined(separator: ", ")) let people push to some of these refs, and are not carried"
      ]
    }
    return deciding.isEmpty ? ["no line lets anybody push here"] : []
  }

  /// What keeps merges for those who have an `M`, where any line has one.
  private func merges(
    _ deciding: [Access], _ reaches: [(kind: Kind, reach: Reach)], called name: String,
    refs: [String]
  ) -> ImportedRuleset? {
    guard signs.contains("M") else { return nil }
    var ruleset = ImportedRuleset(name, refs: refs)
    let named = deciding.flatMap(\.users)
    switch reach(deciding, "M") {
    case .everybody(let left):
      guard !left.isEmpty else { return nil }
      ruleset.when = [.init("pusher", .texts(who(left, groups: named)))]
    case .some(let users):
      // Where nobody else may push, nobody else pushes a merge.
      let mayPush = reaches.allSatisfy { _, reach in
        if case .some(let some) = reach { some.isSubset(of: users) } else { false }
      }
      if mayPush { return nil }
      if !users.isEmpty { ruleset.except = [.init("pusher", .texts(who(users, groups: named)))] }
    }
    ruleset.add(ImportedRule("linear-history"))
    return ruleset
  }

  /// Whom the lines let do something.
  private enum Reach: Hashable {
    case everybody(except: Set<String>)
    case some(Set<String>)
  }

  /// Who may do what, where `accesses` decide.
  private func reaches(
    _ accesses: [Access]
  ) -> [(kind: Kind, reach: Reach)] {
    Kind.allCases.map { kind in
      let sign: Character =
        switch kind {
        case .create: signs.contains("C") ? "C" : "W"
        case .update: "W"
        case .rewind: "+"
        case .delete: signs.contains("D") ? "D" : "+"
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
      let users = conf.people(access.users)
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
      .compactMap { name in conf.people([name]).map { (name: name, members: $0) } }
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

  private func virtual(_ virtuals: [GitoliteConf.Virtual]) {
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
        let isPath = virtual.name.hasPrefix("NAME/")
        source.note(
          line: virtual.line, title,
          isPath ? "paths here are told by globs, and this is more" : "it is a program",
          instead: isPath
            ? "`paths: {forbidden: [...]}` says what may not change" : "\(what) is near to it")
        continue
      }
      var ruleset = ImportedRuleset("paths of VREF/\(virtual.name)".fitForTerminal, refs: ["**"])
      if let users = conf.people(virtual.users) {
        ruleset.when = [.init("pusher", .texts(who(users, groups: virtual.users)))]
      }
      let others = virtuals[..<index].filter { $0.permission != "-" && $0.name == virtual.name }
      let free = others.map { conf.people($0.users) }
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
