public import GitModel
public import Policy

/// Everything that `gitrel tag` is going to do, as a value: shown, asked about, and then done.
public struct TagPlan: Hashable, Sendable {
  /// What stands in the way of nothing, of everything, or has been done before.
  public enum State: Hashable, Sendable {
    /// The tag does not exist.
    case new
    /// It was made here before, as this object, and the remote has not got it yet.
    case made(ObjectID)
    /// The remote has this tag on this very commit: there is nothing to do.
    case done
    /// A tag of this name is on another commit; it is never moved.
    case taken(by: ObjectID)
  }

  /// Something that the lane wants, beside what rules want.
  public struct Admission: Hashable, Sendable {
    /// Whether it is so.
    public let isMet: Bool
    /// What is so, or what is not.
    public let words: String
    /// The command that mends it.
    public let fix: String?

    /// An answer from its parts.
    public init(_ isMet: Bool, _ words: String, fix: String? = nil) {
      (self.isMet, self.words, self.fix) = (isMet, words, fix)
    }
  }

  /// The tag's short name.
  public let name: String
  /// The remote.
  public let remote: String
  /// The branch on whose remote tip the tag goes.
  public let branch: String
  /// The commit that it goes on: that tip or, in the rollback lane, what the target stands on.
  public let commit: Commit
  /// The version tag before this one, among the ancestors; nil for a first version. In the rollback
  /// lane, the release that is taken back.
  public let previous: String?
  /// What it brings; in the rollback lane, what it takes back.
  public let notes: ReleaseNotes
  /// The message of the tag.
  public let message: TagMessage
  /// What exists already.
  public let state: State
  /// What the lane wants.
  public let admissions: [Admission]
  /// The branch into which the commit is to be merged back; nil where nothing is owed.
  public let mergeBack: String?
  /// The branch of releases that is checked out, where it is another than the one that is released.
  public let branchHere: String?
  /// The prefix of versions, when the name lacks it and would be guarded with it.
  public let versionPrefix: String?
  /// What the server would say now, as far as a clone can tell.
  public let decision: Decision
  /// The people of the policy.
  public let people: People

  /// A plan from its parts.
  public init(
    name: String, remote: String, branch: String, commit: Commit, previous: String?,
    notes: ReleaseNotes, message: TagMessage, state: State, admissions: [Admission] = [],
    mergeBack: String? = nil, branchHere: String? = nil, versionPrefix: String? = nil,
    decision: Decision,
    people: People = People()
  ) {
    self.people = people
    (self.name, self.remote, self.branch, self.commit) = (name, remote, branch, commit)
    (self.previous, self.notes, self.message) = (previous, notes, message)
    (self.state, self.admissions, self.mergeBack) = (state, admissions, mergeBack)
    self.branchHere = branchHere
    (self.versionPrefix, self.decision) = (versionPrefix, decision)
  }

  /// What the tag declares.
  public var terms: TagTerms { message.terms }

  /// Whether a ruleset guards the tag.
  public var isGuarded: Bool { decision.updates.contains(where: \.isGuarded) }

  /// Whether nothing stands in the way of the cut.
  public var isReady: Bool {
    isGuarded && decision.answer == .accepted && admissions.allSatisfy(\.isMet)
  }
}

/// What came of a tag that was pushed.
public struct TagReceipt: Hashable, Sendable {
  /// The tag object.
  public let tag: ObjectID
  /// Whether it is signed.
  public let isSigned: Bool
  /// The number of the server's decision in its log; nil where the server did not tell.
  public let decision: Int?
  /// Whether statements went with it.
  public let hasEvidence: Bool
  /// Those of them that waited here, and what they say; nil where none did.
  public let waited: String?
  /// What git and the server said.
  public let said: Bytes

  /// A receipt from its parts.
  public init(
    tag: ObjectID, isSigned: Bool, decision: Int?, hasEvidence: Bool, waited: String? = nil,
    said: Bytes
  ) {
    (self.tag, self.isSigned, self.decision) = (tag, isSigned, decision)
    (self.hasEvidence, self.waited, self.said) = (hasEvidence, waited, said)
  }
}
