internal import GitModel
internal import Policy
internal import Signing

/// Reads `people` and `roles`.
enum PeopleReader {
  /// The people and roles, and the names of roles that could not be read.
  static func people(
    _ reader: SettingsReader, place: PolicyPlace
  ) -> (people: People, unreadRoles: [String]) {
    let problems = reader.problems
    var people: [Person] = []
    var places: [String: (id: String, line: Int)] = [:]
    for entry in reader.entries("people") {
      let person = person(entry, problems: problems)
      // One person counts once, so nothing that identifies one may stand in two places.
      let marks =
        person.emails.map { ("the address", $0.printable) }
        + person.logins.map { ("the login", $0) }
        + person.keys.compactMap { try? PublicKey(text: $0.utf8) }.map {
          ("the key", $0.fingerprint)
        }
      for (what, text) in marks {
        if let (other, line) = places["\(what) \(text)"] {
          let again =
            other == person.id ? "stands twice" : "belongs to `\(other)` (line \(line)) too"
          problems.add(
            "\(what) `\(text.printableText)` of `\(person.id)` \(again)", at: entry.position,
            hint: "one person, one entry")
        }
        places["\(what) \(text)"] = (person.id, entry.position.line)
      }
      people.append(person)
    }
    // A person also logs in under the id, so no id may be somebody else's login.
    for entry in reader.entries("people") {
      guard let (other, line) = places["the login \(entry.key)"], other != entry.key else {
        continue
      }
      problems.add(
        "`\(entry.key.printableText)` is a person, and a login of `\(other)` (line \(line)) too",
        at: entry.position, hint: "one person, one entry")
    }
    let authorities: [ListedAuthority]
    (people, authorities) = AllowedSignersReader.people(reader, people, place: place)
    let (roles, unread) = roles(reader, people: people.map(\.id))
    return (People(people, roles: roles, authorities: authorities), unread)
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
      let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
      guard isPlain, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
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
      keys: keys(reader),
      isBot: reader.flag("bot") ?? false)
    reader.finish()
    return person
  }

  /// The keys, each of which must be one that counts.
  private static func keys(_ reader: SettingsReader) -> [String] {
    (reader.items("keys") ?? []).compactMap { item -> String? in
      guard let text = reader.text(of: item, for: "keys") else { return nil }
      do throws(SigningFault) {
        return try PublicKey(text: text.utf8).text
      } catch {
        reader.problems.add(
          "a key of `\(reader.name)` \(error.words)", at: item.position,
          hint: "a line such as `ssh-ed25519 AAAA...`, or what `gpg --armor --export` writes")
        return nil
      }
    }
  }

  private static func roles(
    _ reader: SettingsReader, people: [String]
  ) -> (roles: [String: [String]], unread: [String]) {
    let problems = reader.problems
    let known = Set(people)
    var unread: [String] = []
    var roles: [String: [String]] = [:]
    for entry in reader.entries("roles") {
      _ = reader.records(.nothing, at: entry.node)
      if let file = entry.position.file, entry.node.value == .absent {
        problems.add(
          "\(file.printableText) wants the role \(entry.key.quoted), and nobody holds it",
          at: entry.position,
          hint: "write `\(entry.key.printableText): [PEOPLE]` under `roles` of the policy")
        unread.append(entry.key)
        continue
      }
      guard case .list(let items) = entry.node.value else {
        problems.add(
          "`\(entry.key.printableText)` takes a list of people", at: entry.node.position,
          hint: "write `\(entry.key.printableText): [alice, bob]`")
        unread.append(entry.key)
        continue
      }
      if !isName(entry.key) {
        problems.add(
          "`\(entry.key.printableText)` is no name for a role", at: entry.position,
          hint: "ASCII letters, digits, dot, dash and underscore, e.g. `tech-lead`")
      }
      var holders: [String] = []
      var seen: Set<String> = []
      for item in items {
        guard !reader.records(.person, at: item), let id = reader.text(of: item, for: entry.key)
        else { continue }
        if !known.contains(id) {
          problems.add(
            "there is no person `\(id.printableText)`", at: item.position,
            hint: Spelling.suggestion(for: id, among: people) ?? "state them under `people`")
        } else if seen.contains(id) {
          problems.add("`\(id)` holds `\(entry.key)` twice", at: item.position, hint: "keep one")
        }
        seen.insert(id)
        holders.append(id)
      }
      roles[entry.key] = holders
    }
    return (roles, unread)
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || "-_.".utf8.contains($0)
      }
  }
}
