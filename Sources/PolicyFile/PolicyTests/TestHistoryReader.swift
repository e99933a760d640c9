internal import GitModel
internal import Policy

/// Reads the refs and the push of a case into a history.
struct TestHistoryReader {
  let people: People
  let problems: ProblemList
  /// Who writes commits that name no author; nil where nothing says.
  private(set) var author: Identity?
  let instant: Instant?
  var history = TestHistory()
  /// While the push is read, what `REV` means a ref as it was before.
  private var before: [(name: RefName, value: ObjectID)]?

  init(
    people: People, problems: ProblemList, author: SettingsNode?, pusher: String?,
    instant: Instant?
  ) {
    (self.people, self.problems, self.instant) = (people, problems, instant)
    if let author {
      self.author = identity(author, for: "author")
    } else if let pusher, let person = people.person(login: pusher) {
      self.author = person.emails.first.map { identity(name: person.name, email: $0) }
    }
  }

  /// The repository before the push.
  mutating func readRefs(_ node: SettingsNode) {
    for entry in entries(node, "refs") {
      guard let name = refName(entry) else { continue }
      if let value = value(entry.node, of: name, mayDelete: false) {
        history.set(name, to: value)
      }
    }
  }

  /// The ref updates of the push, judged together.
  mutating func readPush(_ node: SettingsNode) -> [RefUpdate] {
    before = history.refs
    var updates: [RefUpdate] = []
    let stated = entries(node, "push")
    if stated.isEmpty, node.value == .absent || node.value == .map([]) {
      problems.add(
        "`push` pushes nothing", at: node.position,
        hint: "write `push: {main: [\"feat: one more\"]}`")
    }
    for entry in stated {
      guard let name = refName(entry),
        let value = value(entry.node, of: name, mayDelete: true)
      else { continue }
      let old = history.value(of: name) ?? .zero
      if value == old {
        problems.add(
          value.isZero
            ? "`\(name.short)` is not there, so it cannot be deleted"
            : "`\(name.short)` is there already: this changes nothing", at: entry.position)
        continue
      }
      updates.append(RefUpdate(name: name, old: old, new: value))
    }
    return updates
  }

  private func entries(_ node: SettingsNode, _ key: String) -> [SettingsNode.Entry] {
    switch node.value {
    case .map(let entries): return entries
    case .absent: return []
    case .scalar, .list:
      problems.add(
        "`\(key)` takes a map of refs", at: node.position,
        hint: "write `\(key): {main: [\"feat: one more\"]}`")
      return []
    }
  }

  private func refName(_ entry: SettingsNode.Entry) -> RefName? {
    let name = RefName(entry.key.hasPrefix("refs/") ? entry.key : "refs/heads/\(entry.key)")
    if let fault = name.fault {
      problems.add("the name `\(name.full)` \(fault.words)", at: entry.position)
      return nil
    }
    return name
  }

  // MARK: - Values of refs

  private mutating func value(
    _ node: SettingsNode, of name: RefName, mayDelete: Bool
  ) -> ObjectID? {
    switch node.value {
    case .scalar("delete", _) where mayDelete: return .zero
    case .scalar: return revision(node, for: name.short)
    case .list(let commits):
      return grow(from: history.value(of: name), commits, at: node.position, of: name)
    case .map: return mapValue(node, of: name)
    case .absent:
      problems.add(
        "`\(name.short)` has no value", at: node.position,
        hint: "write a list of commits, or the id of one" + (mayDelete ? ", or delete" : ""))
      return nil
    }
  }

  private mutating func mapValue(_ node: SettingsNode, of name: RefName) -> ObjectID? {
    let reader = SettingsReader(node, name: name.short, problems: problems)
    if reader.node("tag") != nil { return tag(reader, of: name) }
    let from = reader.node("from").flatMap { revision($0, for: "from") }
    let commits = reader.items("commits")
    reader.finish()
    if reader.node("from") == nil, commits == nil {
      problems.add(
        "`\(name.short)` has no value", at: node.position,
        hint: "write `{from: REV, commits: [...]}` or `{tag: REV}`")
      return nil
    }
    guard let start = reader.node("from") == nil ? history.value(of: name) : from else {
      return reader.node("from") == nil
        ? grow(from: nil, commits ?? [], at: node.position, of: name) : nil
    }
    guard let commits, !commits.isEmpty else { return start }
    return grow(from: start, commits, at: node.position, of: name)
  }

  private mutating func grow(
    from start: ObjectID?, _ commits: [SettingsNode], at position: Position, of name: RefName
  ) -> ObjectID? {
    guard !commits.isEmpty else {
      problems.add(
        "`\(name.short)` lists no commits", at: position, hint: "write at least one: `[base]`")
      return nil
    }
    var tip = start.flatMap { history.commit(at: $0)?.commit.id }
    for commit in commits {
      guard let made = readCommit(commit, on: tip) else { return nil }
      tip = made
    }
    return tip
  }

  /// An annotated tag.
  private mutating func tag(_ reader: SettingsReader, of name: RefName) -> ObjectID? {
    let target = reader.node("tag").flatMap { revision($0, for: "tag") }
    let message = reader.text("message") ?? name.short
    let tagger = reader.node("tagger").flatMap { identity($0, for: "tagger") } ?? author
    let trailers = trailerLines(reader)
    let signature = reader.node("signed-by").map { self.signature($0) } ?? .unsigned
    let place = reader.node("tag")?.position ?? reader.position
    reader.finish()
    if !name.isTag {
      problems.add(
        "`\(name.short)` is a branch, and a branch stands on a commit", at: place,
        hint: "write refs/tags/NAME for a tag")
      return nil
    }
    guard let target, let signature, let trailers else { return nil }
    let tag = Tag(
      id: history.freshID(), target: target, targetKind: .commit, name: Bytes(name.shortBytes),
      tagger: tagger ?? nobody, message: Self.message(message, trailers))
    history.add(tag, signature)
    return tag.id
  }

  /// The commit that a word means: its id in the file, or a ref as it is before the push.
  func revision(_ node: SettingsNode, for key: String) -> ObjectID? {
    guard case .scalar(let text, _) = node.value else {
      problems.add(
        "`\(key)` takes the id of a commit or a ref", at: node.position,
        hint: "give the commit an `id` and write that")
      return nil
    }
    if let id = history.words[text] { return id }
    let refs = before ?? history.refs
    let name = RefName(text.hasPrefix("refs/") ? text : "refs/heads/\(text)")
    if let ref = refs.first(where: { $0.name == name }) {
      return history.commit(at: ref.value)?.commit.id ?? ref.value
    }
    let known = history.words.keys.sorted() + refs.map(\.name.short)
    problems.add(
      "`\(key)`: nothing above is called `\(text.printableText)`", at: node.position,
      hint: Spelling.suggestion(for: text, among: known)
        ?? (known.isEmpty ? nil : "there is \(known.prefix(20).joined(separator: ", "))"))
    return nil
  }

  // MARK: - People

  /// Somebody whom no policy knows: `.invalid` is nobody's (RFC 2606).
  var nobody: Identity {
    identity(name: "Nobody Known", email: Bytes("nobody@gitrel.invalid".utf8))
  }

  func identity(name: String, email: Bytes) -> Identity {
    Identity(
      name: Bytes(name.utf8), email: email, seconds: instant?.seconds ?? 0, offsetMinutes: 0)
  }

  /// A person of the policy by id, or `Name <address>`.
  func identity(_ node: SettingsNode, for key: String) -> Identity? {
    guard case .scalar(let text, _) = node.value else {
      problems.add(
        "`\(key)` takes a person or `Name <address>`", at: node.position,
        hint: "write `\(key): alice` or `\(key): Alice Ng <alice@example.com>`")
      return nil
    }
    if text.hasSuffix(">"), let angle = text.firstIndex(of: "<") {
      let name = Bytes(text[..<angle].utf8).trimmed
      let email = Bytes(text[text.index(after: angle)...].dropLast().utf8)
      guard !email.contains(where: { "<>".utf8.contains($0) }) else {
        problems.add("`\(key)`: `\(text.printableText)` has two addresses", at: node.position)
        return nil
      }
      return identity(name: String(decoding: name, as: UTF8.self), email: email)
    }
    guard let person = person(text, for: key, at: node.position) else { return nil }
    guard let email = person.emails.first else {
      problems.add(
        "`\(key)`: `\(person.id)` has no address in the policy", at: node.position,
        hint: "state `emails`, or write `Name <address>`")
      return nil
    }
    return identity(name: person.name, email: email)
  }

  func person(_ id: String, for key: String, at position: Position) -> Person? {
    if let person = people.all.first(where: { $0.id == id }) { return person }
    problems.add(
      "`\(key)`: there is no person `\(id.printableText)`", at: position,
      hint: Spelling.suggestion(for: id, among: people.all.map(\.id))
        ?? "state them under `people`, or write `Name <address>`")
    return nil
  }
}
