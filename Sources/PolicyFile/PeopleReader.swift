internal import GitModel
internal import Policy

/// Reads `people` and `roles`.
enum PeopleReader {
  static func people(_ reader: SettingsReader) -> People {
    let problems = reader.problems
    var people: [Person] = []
    var places: [String: (id: String, line: Int)] = [:]
    for entry in reader.entries("people") {
      let person = person(entry, problems: problems)
      // One person counts once, so nothing that identifies one may stand in two places.
      let marks =
        person.emails.map { ("the address", $0.printable) }
        + person.logins.map { ("the login", $0) } + person.keys.map { ("the key", $0) }
      for (what, text) in marks {
        if let (other, line) = places["\(what) \(text)"] {
          let again =
            other == person.id ? "stands twice here" : "belongs to `\(other)` (line \(line)) too"
          problems.add(
            "\(what) `\(text.prefix(60))` of `\(person.id)` \(again)", at: entry.position,
            hint: "one person, one entry")
        }
        places["\(what) \(text)"] = (person.id, entry.position.line)
      }
      people.append(person)
    }
    for person in people {
      for other in people where other.id != person.id && other.logins.contains(person.id) {
        problems.add("`\(person.id)` is a person and a login of `\(other.id)`", at: reader.position)
      }
    }
    return People(people, roles: roles(reader, people: people.map(\.id)))
  }

  private static func person(_ entry: SettingsNode.Entry, problems: ProblemList) -> Person {
    let reader = SettingsReader(entry.node, name: entry.key, problems: problems)
    if !isName(entry.key) {
      problems.add(
        "`\(entry.key.printableText)` is no name for a person", at: entry.position,
        hint: "ASCII letters, digits, dot, dash and underscore, e.g. `alice`")
    }
    let emails = (reader.items("emails") ?? []).compactMap { item -> Bytes? in
      guard let text = reader.text(of: item, for: "emails") else { return nil }
      let bytes = Bytes(text.utf8)
      let isPlain = bytes.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>,*?\"".utf8.contains($0) }
      guard isPlain, bytes.split(separator: UInt8(ascii: "@")).count == 2 else {
        problems.add(
          "`\(text.printableText)` is no address", at: item.position,
          hint: "one plain address, e.g. alice@example.com; no patterns")
        return nil
      }
      return bytes
    }
    let person = Person(
      id: entry.key, name: reader.text("name"), emails: emails,
      logins: reader.texts("logins") ?? [],
      keys: (reader.texts("keys") ?? []).map { key in
        key.split(separator: " ").prefix(2).joined(separator: " ")
      },
      isBot: reader.flag("bot") ?? false)
    reader.finish()
    return person
  }

  private static func roles(_ reader: SettingsReader, people: [String]) -> [String: [String]] {
    let problems = reader.problems
    var roles: [String: [String]] = [:]
    for entry in reader.entries("roles") {
      guard case .list(let items) = entry.node.value else {
        problems.add(
          "`\(entry.key.printableText)` takes a list of people", at: entry.node.position,
          hint: "write `\(entry.key.printableText): [alice, bob]`")
        continue
      }
      if !isName(entry.key) {
        problems.add(
          "`\(entry.key.printableText)` is no name for a role", at: entry.position,
          hint: "ASCII letters, digits, dot, dash and underscore, e.g. `tech-lead`")
      }
      var holders: [String] = []
      for item in items {
        guard let id = reader.text(of: item, for: entry.key) else { continue }
        if !people.contains(id) {
          problems.add(
            "there is no person `\(id.printableText)`", at: item.position,
            hint: Spelling.suggestion(for: id, among: people) ?? "state them under `people`")
        } else if holders.contains(id) {
          problems.add("`\(id)` holds `\(entry.key)` twice", at: item.position, hint: "keep one")
        }
        holders.append(id)
      }
      roles[entry.key] = holders
    }
    return roles
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || "-_.".utf8.contains($0)
      }
  }
}
