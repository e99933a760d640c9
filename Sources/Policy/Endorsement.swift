public import GitModel

/// A signed statement on a change, and how it stands to one new commit.
public struct Endorsement: Hashable, Sendable {
  /// Whether it says something of this very commit.
  public enum Standing: Hashable, Sendable {
    /// It was signed for this commit's own tree on this parent's tree.
    case exact
    /// A plain merge of the signed change onto the parent makes this commit's tree.
    case replayed
    /// It counts for nothing; a clause, such as `is signed by nobody whom the policy knows`.
    case void(String)

    /// Whether it speaks of the commit.
    public var holds: Bool { if case .void = self { false } else { true } }
  }

  /// Who signed it, or who it says did.
  public let person: String
  /// In which role alone it was said; nil for all that the person holds.
  public let role: String?
  /// Whether it is a veto.
  public let isVeto: Bool
  /// When it was said, as its signer's clock had it.
  public let recorded: Instant
  /// The SHA-256 of the statement.
  public let digest: String
  /// How it stands.
  public let standing: Standing

  /// An endorsement from its parts.
  public init(
    person: String, role: String? = nil, isVeto: Bool = false, recorded: Instant, digest: String,
    standing: Standing
  ) {
    (self.person, self.role, self.isVeto) = (person, role, isVeto)
    (self.recorded, self.digest, self.standing) = (recorded, digest, standing)
  }

  /// Whose statement it is, for people: `carol, statement 0123456789ab`.
  public var source: String { "\(person), statement \(digest.prefix(12))" }
}

/// What is signed about the new commits of an update.
public struct EndorsementReading: Hashable, Sendable {
  /// The statements that say something of a commit or nearly do, by commit.
  public let endorsements: [ObjectID: [Endorsement]]
  /// Merges that are no more than a plain merge of their parents, and so add nothing to approve.
  public let cleanMerges: Set<ObjectID>

  /// Where other merges are something else, in words, by commit.
  public let additions: [ObjectID: String]

  /// A reading from its parts.
  public init(
    endorsements: [ObjectID: [Endorsement]], cleanMerges: Set<ObjectID>,
    additions: [ObjectID: String] = [:]
  ) {
    (self.endorsements, self.cleanMerges) = (endorsements, cleanMerges)
    self.additions = additions
  }
}

/// Which signed approvals a rule looks for.
public struct EndorsementSearch: Hashable, Sendable {
  /// How old they may be, in seconds.
  public let age: Int64

  /// Those that are at most so old.
  public init(age: Int64) { self.age = age }
}

/// A statement that a verdict rests on: it is spent on this commit.
public struct StatementUse: Hashable, Sendable, Comparable {
  /// The SHA-256 of the statement.
  public let digest: String
  /// The commit that it let in.
  public let commit: ObjectID

  /// A use of a statement.
  public init(digest: String, commit: ObjectID) { (self.digest, self.commit) = (digest, commit) }

  /// By statement, then by commit.
  public static func < (left: StatementUse, right: StatementUse) -> Bool {
    (left.digest, left.commit) < (right.digest, right.commit)
  }
}
