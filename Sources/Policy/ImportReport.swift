internal import GitModel

/// Something of an imported file that is not in the policy, or not as it was there: where it stands,
/// what it is, why it is not carried, and what a person could do instead. Fit for a terminal.
public struct ImportNote: Hashable, Sendable {
  /// The file's name.
  public let file: String
  /// The line in it, from 1.
  public let line: Int
  /// What stands there.
  public let what: String
  /// Why the policy does not say it.
  public let why: String
  /// What a person could do instead, where there is something.
  public let instead: String?

  /// A note from its parts; what comes from a file is made fit for a terminal.
  public init(file: String, line: Int, what: String, why: String, instead: String?) {
    (self.file, self.line) = (file.cleaned, line)
    (self.what, self.why, self.instead) = (what.cleaned, why.cleaned, instead?.cleaned)
  }

  /// The whole as one line: `file:line: what: why; what to do`.
  public var text: String {
    "\(file):\(line): \(what): \(why)\(instead.map { "; \($0)" } ?? "")"
  }
}

/// What an import came to: one policy made of files of other systems, and what it does not say.
public struct ImportReport: Hashable, Sendable {
  /// The files and what they are, as `ruleset.json (GitHub ruleset)`.
  public let inputs: [String]
  /// The policy, as YAML.
  public let policy: String
  /// How many rulesets were made of them.
  public let rulesets: Int
  /// How many of those are comments, which wait for a person.
  public let waiting: Int
  /// What could not be carried, by file in the order in which they were given, then by line.
  public let notes: [ImportNote]
  /// How many such things there are beyond those.
  public let notesLeft: Int

  /// Whether it guards anything; where it does not, one ruleset that only reports stands in.
  public var isGuarding: Bool { waiting < rulesets }

  /// A report from its parts.
  public init(
    inputs: [String], policy: String, rulesets: Int, waiting: Int, notes: [ImportNote],
    notesLeft: Int = 0
  ) {
    (self.inputs, self.policy) = (inputs, policy)
    (self.rulesets, self.waiting) = (rulesets, waiting)
    (self.notes, self.notesLeft) = (notes, notesLeft)
  }
}
