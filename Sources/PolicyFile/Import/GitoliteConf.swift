internal import GitModel
internal import Policy

/// gitolite.conf as it is read: groups, repositories and the lines of permissions, in order.
struct GitoliteConf {
  /// One line of permissions, for one expression over refs.
  struct Access {
    let line: Int
    let permission: String
    /// The expression, from `refs/` on.
    let refex: String
    /// The same as it is written.
    let written: String
    let users: [String]
  }

  /// A line about the content of a push (`VREF/...`).
  struct Virtual {
    let line: Int
    let permission: String
    let name: String
    let users: [String]
  }

  private let source: ImportSource
  private var groups: [String: [String]] = [:]
  private var repositories: [(name: String, line: Int)] = []
  private var namedRepositories: Set<String> = []
  private var accesses: [(repositories: [String], access: Access)] = []
  private var virtuals: [(repositories: [String], virtual: Virtual)] = []
  private var current: [String] = []

  init(_ bytes: Bytes, _ source: ImportSource) {
    self.source = source
    var held: (text: String, line: Int)?
    let lines = bytes.fileLines
    for (index, line) in lines.enumerated() {
      let start = held ?? ("", index + 1)
      if line.hasSuffix("\\"), index + 1 < lines.count {
        held = (start.text + line.dropLast() + " ", start.line)
        continue
      }
      held = nil
      read(start.text + line, number: start.line)
    }
  }

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
    for ref in refs.isEmpty ? ["refs/"] : refs {
      if let name = ref.hasPrefix("VREF/")
        ? String(ref.dropFirst(5)) : ref.hasPrefix("NAME/") ? ref : nil
      {
        virtuals.append(
          (current, Virtual(line: line, permission: permission, name: name, users: users)))
        continue
      }
      let refex = ref.hasPrefix("refs/") ? ref : "refs/heads/" + ref
      accesses.append(
        (
          current,
          Access(line: line, permission: permission, refex: refex, written: ref, users: users)
        ))
    }
  }

  /// The users of a list, groups taken apart; nil for everybody.
  func people(_ names: [String]) -> Set<String>? {
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

  /// The repository that is asked for, or the first that is no example of gitolite's; the others are noted.
  func repository(_ wanted: String?) -> String {
    var names: [(name: String, line: Int)] = []
    var seen: Set<String> = []
    for (name, line) in repositories {
      if name == "@all" { continue }
      let members = name.hasPrefix("@") ? groups[name] ?? [] : [name]
      for member in members where seen.insert(member).inserted { names.append((member, line)) }
    }
    let chosen =
      wanted ?? names.first { $0.name != "gitolite-admin" && $0.name != "testing" }?.name
      ?? names.first?.name ?? "@all"
    for (name, line) in names where name != chosen {
      source.note(
        line: line, "repo \(name)".shown,
        "a policy speaks for one repository, here \(chosen.shown)",
        instead: "--repository \(name.printableText)")
    }
    return chosen
  }

  /// The lines that are about a repository.
  func lines(of repository: String) -> (accesses: [Access], virtuals: [Virtual]) {
    (
      accesses.filter { isAbout(repository, $0.repositories) }.map(\.access),
      virtuals.filter { isAbout(repository, $0.repositories) }.map(\.virtual)
    )
  }
}
