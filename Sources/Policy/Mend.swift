internal import GitModel

/// What makes a refused update pass, as far as commands can: what each rule says by itself, and what the
/// plan of an update puts together.
///
/// A command comes first and whole, so that it can be copied; four spaces before what else to know. What
/// must be filled in stands between `<` and `>`, which the shell, git or the rule itself refuses.
enum Mend: Hashable, Sendable {
  /// Changes to new commits.
  case commits(CommitMend)
  /// A tag made anew.
  case tag(TagMend)
  /// Statements about the tree: the options of `gitrel attest`, the commit, and where or when to run it.
  case attest(options: String, commit: String, words: String)
  /// A push to another branch.
  case push(command: String, words: String)
  /// A later push; the words say from when.
  case wait(String)

  /// What the rule says by itself, best first; of a plan, with the command that is planned.
  func fixes(for command: TagCommand?) -> [String] {
    switch self {
    case .commits(let mend): [mend.fix]
    case .tag(let mend): command.map { [mend.step(for: $0).text] } ?? mend.fixes
    case .attest(let options, let commit, let words):
      [MendStep("gitrel attest \(commit) \(options)", [words]).text]
    case .push(let command, let words): [MendStep(command, [words]).text]
    case .wait(let from):
      [command.map { MendStep($0.text(), [from]).text } ?? "push again \(from)"]
    }
  }

  /// A push to a branch whose name fits; with an example where one can be derived. Only who pushes knows
  /// what the branch is called at home.
  static func rename(
    _ branch: RefName, fitting pattern: TextPattern?, unlike forbidden: TextPattern?
  ) -> Mend {
    guard let fit = NameSuggestion.name(for: branch, fitting: pattern, unlike: forbidden) else {
      return push(as: "<NEW-NAME>")
    }
    return push(as: fit.name.asWord, words: fit.isOwn ? "" : "or another name that fits")
  }

  /// A push of what is checked out to the branch `name`.
  static func push(as name: String, words: String = "") -> Mend {
    .push(command: "git push origin HEAD:\(name)", words: words)
  }
}

/// A command, and what else to know.
struct MendStep: Hashable, Sendable {
  /// The command; a sentence where there is none.
  let command: String
  /// Clauses.
  let words: [String]

  /// A step; empty words are none.
  init(_ command: String, _ words: [String] = []) {
    (self.command, self.words) = (command, words.filter { !$0.isEmpty })
  }

  /// One line.
  var text: String { words.isEmpty ? command : "\(command)    \(words.joined(separator: "; "))" }
}

/// A tag that is to be made anew, under its own name or another.
struct TagMend: Hashable, Sendable {
  /// What the tag must be.
  enum Kind: Hashable, Sendable {
    /// Annotated (`-a`) or signed (`-s`), on the object of this short id.
    case made(option: String, on: String)
    /// On a commit of a branch that the server has.
    case released
    /// As it is, but for the name.
    case any
  }

  /// The tag as it is pushed.
  let name: RefName
  /// Whether the server has it already: then it is never moved.
  let isThere: Bool
  /// What it is called then, where its own name does not do.
  let newName: String?
  /// With what `gitrel tag` makes it, beside what it declares.
  let options: [TagCommand.Option]
  /// What it declares as it is, which is to stay.
  let declared: [TagCommand.Option]
  /// What it must be.
  let kind: Kind
  /// What else to know.
  let words: [String]

  /// A tag to be made anew.
  init(
    _ update: RefUpdate, _ kind: Kind, calling newName: String? = nil,
    with options: [TagCommand.Option] = [], declaring declared: [TagCommand.Option] = [],
    words: String = ""
  ) {
    self.init(
      update.name, update.kind == .update, kind, newName, options, declared,
      [words].filter { !$0.isEmpty })
  }

  private init(
    _ name: RefName, _ isThere: Bool, _ kind: Kind, _ newName: String?,
    _ options: [TagCommand.Option], _ declared: [TagCommand.Option], _ words: [String]
  ) {
    (self.name, self.isThere, self.kind, self.newName) = (name, isThere, kind, newName)
    (self.options, self.declared, self.words) = (options, declared, words)
  }

  private static let fromRemote = "tags what the remote branch has"

  /// What the rule says by itself.
  var fixes: [String] {
    let old = name.short.asWord
    let new = newName ?? old
    let cut = TagCommand(name.short, declared).text(calling: newName, with: options)
    if isThere, newName == nil {
      return [
        "\(TagCommand(name.short, declared).text(calling: "<NEW-VERSION>", with: options))    a tag that was pushed is never moved; leave \(name.short) out of the push"
      ]
    }
    switch kind {
    case .made(let option, let target):
      return [
        MendStep("git tag -d \(old) && git tag \(option) -m \(new) \(new) \(target)", words).text,
        "git tag -d \(old) && \(cut)    \(Self.fromRemote)",
      ]
    case .released:
      return [
        MendStep(
          newName == nil ? "git tag -d \(old) && \(cut)" : cut,
          words.isEmpty ? [Self.fromRemote] : words
        ).text
      ]
    case .any:
      return [
        "\(cut)    and leave \(name.short) out of the push",
        "git tag -a -m \(new) \(new) \("\(name.short)^{}".asWord) && git tag -d \(old)    then push \(new)",
      ]
    }
  }

  /// The planned `command` as it is to be given instead: there is no tag yet to be taken away or pushed.
  func step(for command: TagCommand) -> MendStep {
    MendStep(command.text(calling: newName, with: options), words)
  }

  /// What two rules want at once. Of two names the one that is still to be chosen stands, with the words
  /// that say how.
  func merged(with other: TagMend) -> TagMend {
    let isOpen = other.newName?.hasPrefix("<") ?? false
    let kinds = [kind, other.kind]
    let kind =
      kinds.first { $0 == .released }
      ?? kinds.first { if case .made("-s", _) = $0 { true } else { false } }
      ?? kinds.first { $0 != .any } ?? .any
    return TagMend(
      name, isThere || other.isThere, kind, isOpen ? other.newName : newName ?? other.newName,
      options + other.options.filter { option in !options.contains { $0.name == option.name } },
      declared.isEmpty ? other.declared : declared,
      words + other.words.filter { !words.contains($0) })
  }

  /// The steps, in order; `branches` are those of the same push that will be pushed anew before.
  func steps(after branches: [String]) -> [MendStep] {
    let old = name.short.asWord
    let new = newName ?? (isThere ? "<NEW-VERSION>" : old)
    let first = branches.isEmpty ? [] : ["once \(listed(branches)) is pushed"]
    guard branches.isEmpty, kind != .released else {
      return [
        MendStep("git tag -d \(old)"),
        MendStep(
          TagCommand(name.short, declared).text(calling: new, with: options),
          first + ["it \(Self.fromRemote)"] + words),
      ]
    }
    var option = "-a"
    var target = "\(name.short)^{}".asWord
    if case .made(let wanted, let id) = kind { (option, target) = (wanted, id) }
    let remake = "git tag \(option) -m \(new) \(new) \(target)"
    let isSame = new == old
    return [
      MendStep(
        isSame ? "git tag -d \(old) && \(remake)" : "\(remake) && git tag -d \(old)", words),
      MendStep("git push origin \(new)"),
    ]
  }
}

extension String {
  /// The text as one word of a shell.
  public var asWord: String {
    let isPlain =
      !isEmpty && utf8.first != UInt8(ascii: "-")
      && utf8.allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || $0 >= 0x80 || "/._-+@,:=%".utf8.contains($0)
      }
    return isPlain
      ? self
      : "'" + split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#)
        + "'"
  }

  /// The text where it means itself between double quotes, with single quotes around it.
  var isPlainValue: Bool {
    !isEmpty && utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && !"'\"`$\\!".utf8.contains($0) }
  }
}
