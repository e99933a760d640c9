public import GitModel

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

/// One policy made of the files of other systems, and what of them it does not say.
public struct PolicyImport: Hashable, Sendable {
  /// The largest file that is read, in bytes; GitHub reads CODEOWNERS up to 3 MB.
  public static let maximumSize = 4 << 20

  /// The policy, as YAML.
  public let text: String
  /// What could not be carried, by file in the order in which they were given, then by line.
  public let notes: [ImportNote]
  /// How many such things there are beyond those.
  public let notesLeft: Int
  /// Whether the policy guards anything; where it does not, one ruleset that only reports stands in.
  public let isGuarding: Bool
  /// The files and what they are, as `CODEOWNERS (CODEOWNERS)`.
  public let inputs: [String]

  /// Imports `files`, all of them of the kind `kind` where that is given.
  public init(
    _ files: [(name: String, bytes: Bytes)], kind: ImportKind? = nil,
    options: ImportOptions = ImportOptions()
  ) throws(ImportFault) {
    var documents: [ImportDocument] = []
    for (name, bytes) in files {
      guard bytes.count <= Self.maximumSize else {
        throw ImportFault(
          "\(name) has \(bytes.count) bytes; \(Self.maximumSize) at most are read")
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
    for document in order { Self.read(document, into: draft) }
    if let (first, names) = draft.withoutAddress {
      draft.note(
        first, 1, "people: \(names)", "the files do not say their addresses",
        instead: "add `emails`: approvals and commits name people by address")
    }
    let rank = Dictionary(
      documents.enumerated().map { ($0.element.file.fitForTerminal, $0.offset) },
      uniquingKeysWith: min)
    notes = draft.notes.enumerated().sorted {
      (rank[$0.element.file] ?? 0, $0.element.line, $0.offset)
        < (rank[$1.element.file] ?? 0, $1.element.line, $1.offset)
    }.map(\.element)
    notesLeft = draft.notesLeft
    isGuarding = draft.rulesets.contains(where: \.isGuarding)
    inputs = documents.map { "\($0.file) (\($0.kind.title))".fitForTerminal }
    text = PolicyWriter(draft: draft, inputs: inputs, left: notes.count + draft.notesLeft).text
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
  /// The people of whom no address is known, where approvals ask for people.
  fileprivate var withoutAddress: (file: String, names: String)? {
    guard let file = needsAddressesFile else { return nil }
    let names = people.people.filter(\.emails.isEmpty).map(\.id)
    guard !names.isEmpty else { return nil }
    let shown = names.prefix(8).joined(separator: ", ")
    return (file, names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown)
  }
}
