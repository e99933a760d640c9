internal import GitModel
internal import Policy

extension TestHistoryReader {
  /// Reads a commit on top of `parent`; nil with the problem noted.
  mutating func readCommit(_ node: SettingsNode, on parent: ObjectID?) -> ObjectID? {
    let reader: SettingsReader
    switch node.value {
    case .map: reader = SettingsReader(node, name: "a commit", isKey: false, problems: problems)
    default:
      reader = SettingsReader(
        SettingsNode(.absent, at: node.position), name: "a commit", isKey: false,
        problems: problems)
      guard let text = reader.text(of: node, for: "a commit") else { return nil }
      let word = Self.isWord(text) ? text : nil
      return write(
        reader, message: text, word: word, wordPlace: node.position, parents: [parent])
    }
    let message = reader.text("message")
    let word = reader.text("id")
    guard let said = message ?? word else {
      for key in ["author", "committer", "trailers", "files", "merge", "signed-by"] {
        _ = reader.node(key)
      }
      reader.finish()
      if reader.node("message") == nil, reader.node("id") == nil {
        problems.add(
          "a commit has neither `message` nor `id`", at: node.position,
          hint: "write `{message: \"feat: one more\"}`")
      }
      return nil
    }
    if let word, !Self.isWord(word) {
      problems.add(
        "`\(word.printableText)` is no word to name a commit by",
        at: reader.node("id")?.position ?? node.position,
        hint: "ASCII letters, digits, dot, dash and underscore")
      return nil
    }
    let merged = (reader.items("merge") ?? []).map { revision($0, for: "merge") }
    guard !merged.contains(where: { $0 == nil }) else { return nil }
    return write(
      reader, message: said, word: word,
      wordPlace: reader.node("id")?.position ?? node.position, parents: [parent] + merged)
  }

  private static func isWord(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "-_.".utf8.contains($0) }
  }

  private mutating func write(
    _ reader: SettingsReader, message: String, word: String?, wordPlace: Position,
    parents: [ObjectID?]
  ) -> ObjectID? {
    if let word, history.words[word] != nil {
      problems.add(
        "a commit above is called `\(word)` already", at: wordPlace,
        hint: "give this one an `id` of its own")
      return nil
    }
    let author = reader.node("author").map { identity($0, for: "author") } ?? self.author ?? nobody
    let committer = reader.node("committer").map { identity($0, for: "committer") } ?? author
    let trailers = trailerLines(reader)
    let signature = reader.node("signed-by").map { self.signature($0) } ?? .unsigned
    let parents = parents.compactMap { $0 }
    let files = reader.node("files")
    let isMerge = reader.node("merge") != nil
    let (changes, tree) = changes(files, reader, on: parents, isMerge: isMerge)
    reader.finish()
    guard let author, let committer, let signature, let trailers else { return nil }
    // Where nothing changes, or nothing is said, trees differ as little or as much as can be.
    let base = parents.first.flatMap { history.member($0) }
    let treeID =
      if changes == [], !isMerge, let base { base.commit.tree } else { history.freshID() }
    let commit = Commit(
      id: history.freshID(), tree: treeID, parents: parents, author: author,
      committer: committer, message: Self.message(message, trailers),
      signature: signature == .unsigned ? nil : Bytes("stated by a policy test\n".utf8))
    history.add(
      TestHistory.Member(
        commit: commit, changes: changes, signature: signature, tree: tree, word: word))
    return commit.id
  }

  // MARK: - Messages

  /// The message with the trailers at its end, as git-interpret-trailers(1) puts them.
  static func message(_ text: String, _ trailers: [Bytes]) -> Bytes {
    var message = Bytes(text.utf8)
    while message.last == UInt8(ascii: "\n") { message.removeLast() }
    message.append(UInt8(ascii: "\n"))
    guard !trailers.isEmpty else { return message }
    if TrailerBlock(message: message[...]).trailers.isEmpty {
      message.append(UInt8(ascii: "\n"))
    }
    for line in trailers { message += line + [UInt8(ascii: "\n")] }
    return message
  }

  /// `Key: value` lines; nil when a value is none.
  func trailerLines(_ reader: SettingsReader) -> [Bytes]? {
    var lines: [Bytes] = []
    for entry in reader.entries("trailers") {
      guard !entry.key.isEmpty,
        entry.key.utf8.allSatisfy({
          $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-")
        })
      else {
        problems.add(
          "`\(entry.key.printableText)` cannot be a trailer key", at: entry.position,
          hint: "keys are ASCII letters, digits and dashes")
        return nil
      }
      let items: [SettingsNode] =
        if case .list(let items) = entry.node.value { items } else { [entry.node] }
      for item in items {
        guard let value = trailerValue(item, key: entry.key, reader) else { return nil }
        lines.append(Bytes("\(entry.key): ".utf8) + value)
      }
    }
    return lines
  }

  /// The value of a trailer. Whoever a key that ends in `-by` names by id is written out.
  private func trailerValue(
    _ node: SettingsNode, key: String, _ reader: SettingsReader
  ) -> Bytes? {
    guard case .scalar(let text, _) = node.value else {
      problems.add("`\(key)` takes text", at: node.position)
      return nil
    }
    guard key.lowercased().hasSuffix("-by"),
      let person = people.all.first(where: { $0.id == text })
    else { return Bytes(text.utf8) }
    guard let identity = identity(node, for: key) else { return nil }
    return Bytes(person.name.utf8) + Bytes(" <".utf8) + identity.email + [UInt8(ascii: ">")]
  }

  // MARK: - Signatures

  /// What a verifier says of a signature.
  func signature(_ node: SettingsNode) -> SignatureReading? {
    var format = SignatureFormat.ssh
    var named = node
    if case .map = node.value {
      let reader = SettingsReader(node, name: "signed-by", problems: problems)
      format = reader.choice("format") ?? .ssh
      let person = reader.node("person")
      reader.finish()
      guard let person else {
        problems.add(
          "`signed-by` names no `person`", at: node.position,
          hint: "write `signed-by: alice` or `signed-by: {person: alice, format: ssh}`")
        return nil
      }
      named = person
    }
    guard case .scalar(let text, _) = named.value else {
      problems.add(
        "`signed-by` takes a person, unknown or bad", at: named.position,
        hint: "write `signed-by: alice`")
      return nil
    }
    switch text {
    case "bad": return .bad("it does not fit what it signs")
    case "unknown":
      return .unknownKey(fingerprint: "SHA256:stated-by-a-policy-test", format: format)
    default: break
    }
    guard let person = person(text, for: "signed-by", at: named.position) else { return nil }
    return signature(of: person, for: "signed-by", format, at: named.position)
  }

  /// A signature of somebody that holds. Nobody without a key in the policy can sign anything that a
  /// server takes for theirs.
  func signature(
    of person: Person, for key: String, _ format: SignatureFormat = .ssh, at place: Position
  ) -> SignatureReading? {
    guard !person.keys.isEmpty || !person.listedKeys.isEmpty else {
      problems.add(
        "`\(key)`: `\(person.id)` has no key in the policy", at: place,
        hint: "state `keys` for that person")
      return nil
    }
    return .good(
      person: person.id, fingerprint: "SHA256:stated-by-a-policy-test", format: format)
  }

  // MARK: - Files

  /// What a commit changes, as far as it is stated, and what its tree then holds.
  private mutating func changes(
    _ files: SettingsNode?, _ reader: SettingsReader, on parents: [ObjectID], isMerge: Bool
  ) -> (changes: [Change]?, tree: [Bytes: Change.Entry]) {
    var tree: [Bytes: Change.Entry] = [:]
    for parent in parents {
      tree.merge(history.member(parent)?.tree ?? [:]) { first, _ in first }
    }
    guard let files else { return (isMerge ? [] : nil, tree) }
    var changes: [Change] = []
    let stated: [(path: String, position: Position, node: SettingsNode?)]
    switch files.value {
    case .map(let entries): stated = entries.map { ($0.key, $0.position, $0.node) }
    case .absent: stated = []
    case .list, .scalar:
      stated = (reader.items("files") ?? []).compactMap { item in
        reader.text(of: item, for: "files").map { ($0, item.position, nil) }
      }
    }
    for (text, position, node) in stated {
      let path = Bytes(text.utf8)
      guard !path.isEmpty, path.first != UInt8(ascii: "/"), path.last != UInt8(ascii: "/") else {
        problems.add(
          "`files`: `\(text.printableText)` is no path from the top of the tree", at: position,
          hint: "write it without a `/` at its start or end")
        continue
      }
      let old = tree[path]
      guard let new = entry(node, at: position) else {
        guard let gone = old else {
          problems.add(
            "`files`: `\(text.printableText)` is not there, so it cannot be deleted",
            at: position, hint: "state it in the `files` of a commit above")
          continue
        }
        tree[path] = nil
        changes.append(Change(path: path, kind: .deleted(gone)))
        continue
      }
      tree[path] = new
      changes.append(
        Change(path: path, kind: old.map { .modified(from: $0, to: new) } ?? .added(new)))
    }
    changes.sort { $0.path.lexicographicallyPrecedes($1.path) }
    return (changes, tree)
  }

  /// What stands at a path; nil where it is deleted.
  private mutating func entry(_ node: SettingsNode?, at position: Position) -> Change.Entry? {
    guard let node else { return file(size: nil, content: nil, kind: .file) }
    guard case .map = node.value else {
      if node.value == .absent { return file(size: 0, content: [], kind: .file) }
      let reader = SettingsReader(
        SettingsNode(.absent, at: node.position), name: "a file", isKey: false,
        problems: problems)
      let content = Bytes((reader.text(of: node, for: "files") ?? "").utf8)
      return file(size: content.count, content: content, kind: .file)
    }
    let reader = SettingsReader(node, name: "a file", isKey: false, problems: problems)
    let isDeleted = reader.flag("deleted") ?? false
    let content = reader.text("content").map { Bytes($0.utf8) }
    let size = reader.size("size", in: 0...(1 << 40))
    let kind: Change.Entry.Kind = reader.choice("kind") ?? .file
    reader.finish()
    if isDeleted { return nil }
    if let content, let size, content.count != size {
      problems.add(
        "the content has \(content.count) bytes, and `size` says \(size)", at: node.position,
        hint: "leave `size` out")
    }
    return file(size: size ?? content?.count, content: content, kind: kind)
  }

  private mutating func file(
    size: Int?, content: Bytes?, kind: Change.Entry.Kind
  ) -> Change.Entry {
    let mode =
      switch kind {
      case .file: 0o100644
      case .executable: 0o100755
      case .link: 0o120000
      case .submodule: 0o160000
      }
    return Change.Entry(
      mode: mode, id: history.blob(TestHistory.Blob(size: size, content: content), kind: kind))
  }
}
