internal import Evidence
public import GitModel

/// Something that a rule wants to know about a ref update, as far as it could be found out.
public enum Fact<Value: Sendable>: Sendable {
  /// No rule declared that it needs this.
  case notGathered
  /// This is so.
  case known(Value)
  /// It could not be found out; the text says why.
  case unknown(String)

  /// The verdict of `judge` on the value; indeterminate where there is none.
  func judged(_ judge: (Value) -> Verdict) -> Verdict {
    switch self {
    case .known(let value): judge(value)
    case .unknown(let why): .indeterminate(why)
    case .notGathered: .indeterminate(Self.faultWords)
    }
  }

  /// What `transform` makes of the value; where there is none, the same.
  public func flatMap<Other>(_ transform: (Value) -> Fact<Other>) -> Fact<Other> {
    switch self {
    case .known(let value): transform(value)
    case .unknown(let why): .unknown(why)
    case .notGathered: .notGathered
    }
  }

  /// The same, where it always makes something.
  public func map<Other>(_ transform: (Value) -> Other) -> Fact<Other> {
    flatMap { .known(transform($0)) }
  }

  /// What is said of a fact that nobody asked for.
  static var faultWords: String {
    "a fact that this rule needs was not gathered; this is a fault in gitrel"
  }
}

/// What a rule needs to know. The engine gathers that and nothing else.
public struct Needs: Hashable, Sendable {
  /// The kinds of facts.
  public struct Kinds: OptionSet, Hashable, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Kinds from their bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// `Facts.newCommits`.
    public static let newCommits = Kinds(rawValue: 1)
    /// `Facts.isFastForward`.
    public static let ancestry = Kinds(rawValue: 2)
    /// `Facts.target`.
    public static let target = Kinds(rawValue: 4)
    /// `Facts.tagNames`.
    public static let tagNames = Kinds(rawValue: 8)
    /// `Facts.evidence`.
    public static let evidence = Kinds(rawValue: 16)
    /// `Facts.baseEvidence`.
    public static let baseEvidence = Kinds(rawValue: 32)
    /// `Facts.signatures`.
    public static let signatures = Kinds(rawValue: 64)
    /// `Facts.changes`.
    public static let changes = Kinds(rawValue: 128)
    /// `Facts.sizes`.
    public static let sizes = Kinds(rawValue: 1 << 12)
    /// `Facts.caseClashes`.
    public static let caseClashes = Kinds(rawValue: 1 << 13)
    /// `Facts.touched`.
    public static let touched = Kinds(rawValue: 1 << 14)
    /// `Facts.declarations`.
    public static let declarations = Kinds(rawValue: 1 << 15)
    /// `Facts.declarations` with when the server got each.
    public static let declarationTimes = Kinds(rawValue: 1 << 29)
    /// `Facts.debts`.
    public static let debts = Kinds(rawValue: 1 << 16)
    /// What states the lane: an annotated tag, and where none is, the new commits.
    public static let lane = Kinds(rawValue: 1 << 20)
    /// `Facts.sinceRelease`, without its paths.
    public static let sinceRelease = Kinds(rawValue: 1 << 24)
    /// `Facts.sinceRelease` with its paths.
    public static let pathsSinceRelease = Kinds(rawValue: 1 << 25)
    /// `Facts.rollback`.
    public static let rollback = Kinds(rawValue: 1 << 26)
    /// `Facts.reverts`, with `sinceRelease`.
    public static let reverts = Kinds(rawValue: 1 << 27)
    /// `Facts.times`.
    public static let times = Kinds(rawValue: 1 << 28)
    /// What states the risk: of a tag `Facts.sinceRelease`, else `Facts.newCommits`.
    public static let risk = Kinds(rawValue: 1 << 29)
    /// Whatever is told of the commits of a tag since the release before it.
    public static let brought: Kinds = [.sinceRelease, .pathsSinceRelease, .risk]
    /// Whatever is told of the releases before a tag.
    public static let release: Kinds = [.brought, .rollback]
    /// Whatever is told by the trees of the new commits.
    public static let content: Kinds = [.changes, .sizes, .caseClashes, .touched]
  }

  /// The kinds of facts.
  public var kinds: Kinds
  /// The branches of which one should hold the commit, for `Facts.holders`.
  public var branches: RefSelection?
  /// The branches that may be merged in, for `Facts.arrivals`.
  public var sources: RefSelection?
  /// What to search new blobs for, for `Facts.secrets`.
  public var secrets: SecretSearch?
  /// Which signed approvals to look for, for `Facts.endorsements`.
  public var endorsements: EndorsementSearch?
  /// Which changed files to look into line by line, for `Facts.patch`.
  public var patch: PatchSearch?
  /// Which CODEOWNERS to read, for `Facts.codeOwners`.
  public var codeOwners: CodeOwnersSearch?
  /// Who says what is promised, for `Facts.scope`.
  public var scope: ScopeSource?
  /// How versions are written that should stand on the release before, for `Facts.lineage`.
  public var lineage: TagVersions?
  /// From when on overrides owe a review, for `Facts.debts`; nil for all.
  public var debtsSince: Instant?
  /// The programs to be asked, for `Facts.programs`.
  public var programs: [ProgramCall] = []

  /// Nothing, or these kinds.
  public init(
    _ kinds: Kinds = [], branches: RefSelection? = nil, sources: RefSelection? = nil
  ) {
    (self.kinds, self.branches, self.sources) = (kinds, branches, sources)
  }

  /// Whether what is stated in the evidence ref decides.
  public var asksForStatements: Bool {
    endorsements != nil
      || !kinds.isDisjoint(with: [
        .evidence, .baseEvidence, .declarations, .declarationTimes, .debts, .times,
      ])
  }

  /// Adds what another rule of the same ruleset needs.
  public mutating func add(_ other: Needs) {
    branches = branches ?? other.branches
    sources = sources ?? other.sources
    secrets = secrets ?? other.secrets
    patch = patch ?? other.patch
    // The rules leave out themselves what is too old for them.
    endorsements = [endorsements, other.endorsements].compactMap { $0 }.max { $0.age < $1.age }
    codeOwners = codeOwners ?? other.codeOwners
    if other.kinds.contains(.debts) {
      // The rules leave out themselves what is too old for them.
      debtsSince =
        kinds.contains(.debts)
        ? debtsSince.flatMap { one in other.debtsSince.map { min(one, $0) } } : other.debtsSince
    }
    scope = scope ?? other.scope
    lineage = lineage ?? other.lineage
    kinds.formUnion(other.kinds)
    programs += other.programs
  }
}

/// What one commit changes: the paths whose entry differs from that in every parent. A merge that adds
/// nothing of its own changes none.
public struct CommitChanges: Hashable, Sendable {
  /// The commit.
  public let commit: Commit
  /// The changes in the order of the tree.
  public let changes: [Change]

  /// What `commit` changes.
  public init(commit: Commit, changes: [Change]) { (self.commit, self.changes) = (commit, changes) }
}

/// A path that a commit adds, and another of the same tree that differs from it in ASCII capitals alone:
/// where file systems do not tell them apart, one takes the other's place.
public struct CaseClash: Hashable, Sendable {
  /// The path that the commit adds.
  public let added: Bytes
  /// The other path.
  public let other: Bytes

  /// A clash of two paths.
  public init(added: Bytes, other: Bytes) { (self.added, self.other) = (added, other) }
}

/// How a new commit of the first-parent line comes to a branch: as a merge, of which each further parent
/// is an arrival of its own, or directly.
public struct Arrival: Hashable, Sendable {
  /// The commit on the first-parent line.
  public let commit: Commit
  /// What it brings in: a further parent of a merge, and else the commit itself.
  public let brought: ObjectID
  /// The first branch of `Needs.sources`, the judged one left out, that holds what is brought in, as it
  /// is before the push or as the push makes it; nil when none does.
  public let branch: RefName?

  /// An arrival from its parts.
  public init(commit: Commit, brought: ObjectID, branch: RefName?) {
    (self.commit, self.brought, self.branch) = (commit, brought, branch)
  }
}

/// What a verifier says of the signature of a commit or tag, judged at the moment of the decision.
public enum SignatureReading: Hashable, Sendable {
  /// It is not signed.
  case unsigned
  /// It is signed by a key of this person of the policy.
  case good(person: String, fingerprint: String, format: SignatureFormat)
  /// It is signed by a key that the policy gives to nobody.
  case unknownKey(fingerprint: String, format: SignatureFormat)
  /// The signature does not hold; the clause says why.
  case bad(String)
  /// It cannot be told whether it holds; the clause says why.
  case unknown(String)
  /// It is a tag that `gitrel tag` has not made yet. No push brings such a one.
  case planned
}

/// What a ref points at, through tags.
public struct Target: Hashable, Sendable {
  /// The annotated tags on the way, outermost first; empty for a ref that points at a commit.
  public let tags: [Tag]
  /// The object at the end.
  public let object: ObjectID
  /// Its kind.
  public let kind: ObjectKind

  /// A target from its parts.
  public init(tags: [Tag], object: ObjectID, kind: ObjectKind) {
    (self.tags, self.object, self.kind) = (tags, object, kind)
  }
}

/// The facts about one ref update under one ruleset.
public struct Facts: Sendable {
  /// The commits reachable from the new id and from no ref that the same ruleset guarded before the
  /// push, children before parents.
  public var newCommits: Fact<[Commit]>
  /// The same facts with only what this very ref had counted as judged, for rules of which another ref
  /// may have been spared by a condition. One, or none where no such rule asks; a list because a value
  /// cannot hold itself.
  public var own: [Facts]
  /// The paths at which the ref comes to hold something else, also where no new commit changes them: a
  /// merge can take an old state from a parent that is guarded already.
  public var touched: Fact<[Bytes]>
  /// What each new commit changes, in the order of `newCommits`.
  public var changes: Fact<[CommitChanges]>
  /// The size of each blob that `changes` bring in.
  public var sizes: Fact<[ObjectID: Int]>
  /// The clashes that new commits bring in, by commit.
  public var caseClashes: Fact<[ObjectID: [CaseClash]]>
  /// How the new commits of the first-parent line come, the newest first.
  public var arrivals: Fact<[Arrival]>
  /// The secrets that the new commits bring in.
  public var secrets: Fact<SecretReading>
  /// What the programs of the rule `exec` answer, by their names there. A program that had not to be
  /// asked is not in it.
  public var programs: [String: Fact<ProgramAnswer>]
  /// What is signed about the new commits.
  public var endorsements: Fact<EndorsementReading>
  /// Who owns which paths, by the file where the policy stands.
  public var codeOwners: Fact<CodeOwnersFile>
  /// Who signed the new commits and the annotated tags on the way to the target, by their ids. What is
  /// not signed is in it too.
  public var signatures: Fact<[ObjectID: SignatureReading]>
  /// Whether the old id is an ancestor of the new one.
  public var isFastForward: Fact<Bool>
  /// What the new id is.
  public var target: Fact<Target>
  /// The first branch of `Needs.branches` that holds the target commit, as it is before the push or
  /// as this same push makes it; nil when none does.
  public var holder: Fact<RefName?>
  /// The short names of the tags that existed before the push.
  public var tagNames: Fact<[Bytes]>
  /// The release before the version that a new tag names; nil where there is none.
  public var lineage: Fact<VersionLineage?>
  /// Whether a clone judges, which knows the server's refs by its copies and has tags of its own.
  public var isOfClone: Bool
  /// What is stated about the tree of the target commit.
  public var evidence: Fact<TreeEvidence>
  /// What is declared of the target commit, whether it counts or not.
  public var declarations: Fact<[StatedDeclaration]>
  /// The overrides that were let in before, and their reviews.
  public var debts: Fact<DebtReading>
  /// What a new tag brings since the release before it.
  public var sinceRelease: Fact<SinceRelease>
  /// Where one could go back to from a new tag.
  public var rollback: Fact<RollbackReading>
  /// The freezes and duties that people declare, whether they count or not.
  public var times: Fact<[StatedDeclaration]>
  /// Which of the commits since then take back another of them, and do nothing else.
  public var reverts: Fact<Set<ObjectID>>
  /// What was promised for the release, by the file where the policy stands.
  public var scope: Fact<ScopeReading>
  /// Which lines of a branch are new: against what it had, or, where it is new itself, against the branch
  /// that holds the policy.
  public var patch: Fact<PatchReading>
  /// What is stated about the tree of the old id; nil where the ref is new.
  public var baseEvidence: Fact<TreeEvidence?>

  /// No facts.
  public init() {
    self.init(
      newCommits: .notGathered, own: [], touched: .notGathered, changes: .notGathered,
      sizes: .notGathered, caseClashes: .notGathered, arrivals: .notGathered, secrets: .notGathered,
      programs: [:], endorsements: .notGathered, codeOwners: .notGathered, signatures: .notGathered,
      isFastForward: .notGathered, target: .notGathered, holder: .notGathered,
      tagNames: .notGathered, lineage: .notGathered, isOfClone: false, evidence: .notGathered,
      declarations: .notGathered, debts: .notGathered, sinceRelease: .notGathered,
      rollback: .notGathered, times: .notGathered, reverts: .notGathered, scope: .notGathered,
      patch: .notGathered, baseEvidence: .notGathered)
  }

  /// All facts. No property has a value of its own, so a source that is made of this names every one: a
  /// new fact does not compile until each of them says whether it knows it, and if not, why.
  public init(
    newCommits: Fact<[Commit]>, own: [Facts], touched: Fact<[Bytes]>,
    changes: Fact<[CommitChanges]>, sizes: Fact<[ObjectID: Int]>,
    caseClashes: Fact<[ObjectID: [CaseClash]]>, arrivals: Fact<[Arrival]>,
    secrets: Fact<SecretReading>, programs: [String: Fact<ProgramAnswer>],
    endorsements: Fact<EndorsementReading>, codeOwners: Fact<CodeOwnersFile>,
    signatures: Fact<[ObjectID: SignatureReading]>, isFastForward: Fact<Bool>, target: Fact<Target>,
    holder: Fact<RefName?>, tagNames: Fact<[Bytes]>, lineage: Fact<VersionLineage?>,
    isOfClone: Bool, evidence: Fact<TreeEvidence>, declarations: Fact<[StatedDeclaration]>,
    debts: Fact<DebtReading>, sinceRelease: Fact<SinceRelease>, rollback: Fact<RollbackReading>,
    times: Fact<[StatedDeclaration]>, reverts: Fact<Set<ObjectID>>, scope: Fact<ScopeReading>,
    patch: Fact<PatchReading>, baseEvidence: Fact<TreeEvidence?>
  ) {
    self.newCommits = newCommits
    self.own = own
    self.touched = touched
    self.changes = changes
    self.sizes = sizes
    self.caseClashes = caseClashes
    self.arrivals = arrivals
    self.secrets = secrets
    self.programs = programs
    self.endorsements = endorsements
    self.codeOwners = codeOwners
    self.signatures = signatures
    self.isFastForward = isFastForward
    self.target = target
    self.holder = holder
    self.tagNames = tagNames
    self.lineage = lineage
    self.isOfClone = isOfClone
    self.evidence = evidence
    self.declarations = declarations
    self.debts = debts
    self.sinceRelease = sinceRelease
    self.rollback = rollback
    self.times = times
    self.reverts = reverts
    self.scope = scope
    self.patch = patch
    self.baseEvidence = baseEvidence
  }
}
