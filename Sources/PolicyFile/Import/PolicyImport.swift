public import GitModel
public import Policy

/// What an import cannot know from its files.
public struct ImportOptions: Hashable, Sendable {
  /// The branch that other systems call the default one.
  public var defaultBranch: String
  /// Which repository of a gitolite.conf the policy is for; nil for the first.
  public var repository: String?
  /// Whether there is a CODEOWNERS among the files.
  var hasOwners = false

  /// Options.
  public init(defaultBranch: String = "main", repository: String? = nil) {
    (self.defaultBranch, self.repository) = (defaultBranch, repository)
  }
}

/// Makes one policy of the files of other systems, and lists what of them it does not say.
public enum PolicyImport {
  /// The largest file that is read, in bytes; GitHub reads CODEOWNERS up to 3 MB.
  public static let maximumSize = 4 << 20

  /// Imports `files`, all of them of the kind `kind` where that is given.
  public static func report(
    on files: [(name: String, bytes: Bytes)], kind: ImportKind? = nil,
    options: ImportOptions = ImportOptions()
  ) throws(ImportFault) -> ImportReport {
    var documents: [ImportDocument] = []
    for (name, bytes) in files {
      guard bytes.count <= maximumSize else {
        throw ImportFault(
          "\(name) has \(bytes.count) bytes; \(maximumSize) at most are read")
      }
      documents.append(try ImportDocument(bytes, file: name, kind: kind))
    }
    guard !documents.isEmpty else { throw ImportFault("no file is given") }
    var options = options
    options.hasOwners = documents.contains { $0.kind == .codeowners }
    let draft = ImportDraft(options)
    // What the host wants of owners is known before their file is read.
    let order =
      documents.filter { $0.kind != .codeowners } + documents.filter { $0.kind == .codeowners }
    for document in order { read(document, into: draft) }
    if let fault = draft.fault { throw fault }
    draft.settle()
    if let (first, names) = draft.withoutAddress {
      draft.note(
        first, 1, "people: \(names)", "the files do not say their addresses",
        instead: "add `emails`: approvals and commits name people by address")
    }
    let rank = Dictionary(
      documents.enumerated().map { ($0.element.file.fitForTerminal, $0.offset) },
      uniquingKeysWith: min)
    let notes = draft.notes.enumerated().sorted {
      (rank[$0.element.file] ?? 0, $0.element.line, $0.offset)
        < (rank[$1.element.file] ?? 0, $1.element.line, $1.offset)
    }.map(\.element)
    let inputs = documents.map { "\($0.file) (\($0.kind.title))".fitForTerminal }
    let names = documents.map {
      "\(ImportSource(file: $0.file, draft: draft).name) (\($0.kind.title))".fitForTerminal
    }
    let policy = PolicyWriter(draft: draft, inputs: names, left: notes.count + draft.notesLeft)
      .text
    guard policy.utf8.count <= PolicyReader.maximumSize else {
      throw ImportFault(
        "what is imported makes a policy of \(policy.utf8.count) bytes, and one has"
          + " \(PolicyReader.maximumSize) at most")
    }
    return ImportReport(
      inputs: inputs, policy: policy, rulesets: draft.rulesets.count,
      waiting: draft.rulesets.count { !$0.isGuarding },
      notes: notes, notesLeft: draft.notesLeft)
  }

  private static func read(_ document: ImportDocument, into draft: ImportDraft) {
    let source = ImportSource(file: document.file, draft: draft)
    switch (document.kind, document.root) {
    case (.codeowners, _): CodeOwnersImport.read(document.bytes, source)
    case (.gitolite, _): GitoliteImport.read(document.bytes, source)
    case (.githubRuleset, let root?): GitHubRulesetImport.read(root, source)
    case (.githubProtection, let root?): GitHubProtectionImport.read(root, source)
    case (.gitlabPushRules, let root?): GitLabPushRulesImport.read(root, source)
    case (.commitlint, let root?): CommitlintImport.read(root, source)
    case (.policyBot, let root?): PolicyBotImport.read(root, source)
    case (.yacc, let root?): YaccImport.read(root, source)
    case (_, nil): break
    }
  }
}

extension ImportDraft {
  /// Looks at every rule once more, now that it is known whom the policy names.
  fileprivate func settle() {
    people.keep(Set(rulesets.flatMap(\.names)))
    let count = people.people.count
    change { rule in
      if rule.needsPeople {
        rule.isDraft = rule.isDraft || count == 0
        rule.remarks.append(
          count == 0
            ? "state `people`, then take the `#` away"
            : "only reports: state all `people`, then take `enforce: evaluate` out")
      }
      guard rule.id == "approvals", count > 0, case .number(let minimum)? = rule["minimum"],
        minimum > count
      else { return }
      // Where people are named, nobody else counts.
      rule.isDraft = true
      rule.remarks.append(
        "state \(minimum) people who may approve, then take the `#` away: only \(count) "
          + (count == 1 ? "is known" : "are known"))
    }
  }

  /// The people of whom no address is known, where approvals ask for people.
  fileprivate var withoutAddress: (file: String, names: String)? {
    guard let file = peopleFile else { return nil }
    let names = people.people.filter(\.emails.isEmpty).map(\.id)
    guard !names.isEmpty else { return nil }
    let shown = names.prefix(8).joined(separator: ", ")
    return (file, names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown)
  }
}
