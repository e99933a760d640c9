public import GitModel
public import Schedule

/// The stable name of a rule, such as `branch-name`.
public struct RuleID: Hashable, Sendable, Comparable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The name.
  public let text: String

  /// A name.
  public init(_ text: String) { self.text = text }
  /// A name.
  public init(stringLiteral value: String) { text = value }
  /// The name.
  public var description: String { text }
  /// In the order of the alphabet.
  public static func < (left: RuleID, right: RuleID) -> Bool { left.text < right.text }
}

/// What rules may refer to while they are read: the people and calendars of the same policy.
public struct PolicyContext: Sendable {
  /// The people and roles.
  public let people: People
  /// The calendars by name.
  public let calendars: [String: Calendar]
  /// The names of calendars and roles that are stated and have a problem of their own.
  public let broken: Set<String>
  /// How releases are made.
  public var release = ReleaseTerms()

  /// A context.
  public init(
    people: People = People(), calendars: [String: Calendar] = [:], broken: Set<String> = []
  ) {
    (self.people, self.calendars, self.broken) = (people, calendars, broken)
  }
}

/// One requirement of a policy on one ref update: a value that reads itself from the policy file and
/// judges without reading anything else.
public protocol Rule: Sendable {
  /// The name in the policy.
  static var id: RuleID { get }
  /// What the rule wants, in one clause for people: "new branches have a good name".
  static var summary: String { get }
  /// Reads the settings; problems go to the reader, which the caller finishes.
  init(from reader: SettingsReader, context: PolicyContext)
  /// On which refs it can judge anything.
  static var scope: RuleScope { get }
  /// Whether what it says of a commit holds on one ref only, so that no other ref hides the commit.
  var differsByRef: Bool { get }
  /// What must be known.
  var needs: Needs { get }
  /// The verdict on `matter`. Everything that can go wrong is in it; there is no second channel.
  func judge(_ matter: Matter) -> Verdict
}

/// The refs on which a rule can judge anything.
public enum RuleScope: Hashable, Sendable {
  case any, branches, tags
}

extension Rule {
  /// Most rules judge branches and tags alike.
  public static var scope: RuleScope { .any }
  /// Most rules say the same of a commit on whatever ref it comes.
  public var differsByRef: Bool { false }
  /// Most rules look at the hook line alone.
  public var needs: Needs { Needs() }
}

/// What a rule judges: one ref update of a push, with the facts that were asked for.
public final class Matter: Sendable {
  /// The update, with the old id that the repository really held.
  public let update: RefUpdate
  /// The facts.
  public let facts: Facts
  /// The moment of the decision, by the judging machine's clock.
  public let instant: Instant
  /// Who pushes, when that was authenticated.
  public let pusher: String?
  /// How the update comes; nil when nobody can tell.
  public let route: Route?
  /// The people of the policy.
  public let people: People
  /// What is said so that rules need not hold for this update.
  public let overrides: [OverrideClaim]
  /// Whether it is told from history, which does not record who pushed.
  public let isPast: Bool

  /// A matter from its parts.
  public init(
    update: RefUpdate, facts: Facts, instant: Instant, pusher: String? = nil,
    route: Route? = nil, people: People = People(), overrides: [OverrideClaim] = [],
    isPast: Bool = false
  ) {
    (self.update, self.facts, self.instant) = (update, facts, instant)
    (self.pusher, self.route, self.people) = (pusher, route, people)
    (self.overrides, self.isPast) = (overrides, isPast)
  }

  /// The person who pushes, when that was authenticated and the policy knows the login.
  public var pushingPerson: Person? { pusher.flatMap { people.person(login: $0) } }

  /// The short id of the commit that the ref is to have: behind a tag, when that is known.
  var commitShort: String {
    if case .known(let target) = facts.target { target.object.short } else { update.new.short }
  }

  /// The new commits as far as they are known, newest first.
  var knownCommits: [Commit] {
    if case .known(let commits) = facts.newCommits { commits } else { [] }
  }

  /// The verdict of `judge` on the new commits; not applicable to deletions and where nothing is new.
  func judgedNewCommits(_ judge: ([Commit]) -> Verdict) -> Verdict {
    if update.kind == .delete { return .notApplicable("a deletion brings no commits") }
    return facts.newCommits.judged { commits in
      commits.isEmpty
        ? .notApplicable(
          "nothing new here: every commit is on a ref that this ruleset guards already")
        : judge(commits)
    }
  }
}

/// All rules, in the order of the reference.
public enum RuleRegistry {
  /// Every rule type.
  public static let all: [any Rule.Type] = [
    BranchName.self,
    TagName.self,
    Namespaces.self,
    Pushers.self,
    FastForwardOnly.self,
    NoDelete.self,
    ImmutableTags.self,
    AnnotatedTags.self,
    SignedTags.self,
    TagOnBranch.self,
    VersionIncreases.self,
    Strategy.self,
    RollbackTarget.self,
    TicketScope.self,
    MergeFrom.self,
    LinearHistory.self,
    CommitMessage.self,
    Trailers.self,
    Tickets.self,
    SignOff.self,
    Identities.self,
    SignedCommits.self,
    Paths.self,
    FileSize.self,
    SecretsRule.self,
    Exec.self,
    Approvals.self,
    CodeOwnersRule.self,
    Tests.self,
    Coverage.self,
    Scan.self,
    Artifact.self,
    Checklist.self,
    Signoffs.self,
    Deployed.self,
    ReviewOwed.self,
    Window.self,
  ]

  /// The names of all rules.
  public static let names: [String] = all.map { $0.id.text }

  /// The rule called `id`, read from `reader`; nil when there is none of that name.
  public static func rule(
    named id: String, from reader: SettingsReader, context: PolicyContext
  ) -> (any Rule)? {
    guard let type = all.first(where: { $0.id.text == id }) else { return nil }
    return type.init(from: reader, context: context)
  }
}
