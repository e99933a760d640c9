internal import Evidence
public import GitModel

/// What is stated about a commit, by whom, and whether it counts.
public struct EvidenceListing: Sendable {
  /// One statement.
  public struct Item: Sendable {
    /// The SHA-256 of what was signed, in hexadecimal; of one that cannot be read, that of its file.
    public let digest: String
    /// Its kind, as `statements` of a policy calls it; empty when it cannot be read.
    public let kind: String
    /// When it was stated, as it claims; nil when it does not say.
    public let recorded: Instant?
    /// What it says.
    public let words: String
    /// Who signed it.
    public let signers: StatementSigners
    /// Why it counts for nothing, whatever a rule asks; nil where it may count.
    public let fault: String?

    /// A statement that was read.
    public init(
      digest: String, kind: String, recorded: Instant?, words: String, signers: StatementSigners,
      fault: String? = nil
    ) {
      (self.digest, self.kind, self.recorded) = (digest, kind, recorded)
      (self.words, self.signers, self.fault) = (words.cleaned, signers, fault?.cleaned)
    }

    /// One that cannot be read, for this reason.
    public init(digest: String, fault: String) {
      (self.digest, kind, recorded, words) = (digest, "", nil, "")
      (signers, self.fault) = (.unsigned, fault.cleaned)
    }
  }

  /// The commit.
  public let commit: ObjectID
  /// Its tree.
  public let tree: ObjectID
  /// The policy whose people are known; nil where there is none.
  public let policy: PolicyOrigin?
  /// The statements, the oldest first.
  public let items: [Item]

  /// A listing from its parts.
  public init(commit: ObjectID, tree: ObjectID, policy: PolicyOrigin?, items: [Item]) {
    (self.commit, self.tree, self.policy) = (commit, tree, policy)
    let oldest = Instant(seconds: .min)
    self.items = items.sorted {
      ($0.recorded ?? oldest, $0.digest) < ($1.recorded ?? oldest, $1.digest)
    }
  }
}
