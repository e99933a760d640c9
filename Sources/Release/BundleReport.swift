public import GitModel

/// What checking an evidence bundle came to: what was proven, what was taken on trust, what is wrong.
public struct BundleReport: Hashable, Sendable {
  /// Whose keys the signatures were checked with.
  public enum Keys: Hashable, Sendable {
    /// Those of the policy that lies in the bundle.
    case ofPolicy
    /// Those of a file of the verifier's own.
    case given(file: String)
  }

  /// The decision that let the tag in, as the log has it.
  public struct Ruling: Hashable, Sendable {
    /// Its number.
    public let decision: Int
    /// Its moment.
    public let instant: Instant
    /// Who pushed, where that was authenticated.
    public let pusher: String?
    /// The policy that judged, for people.
    public let policy: String
    /// What was overridden.
    public let overrides: [String]

    /// A decision from its parts.
    public init(
      decision: Int, instant: Instant, pusher: String?, policy: String, overrides: [String]
    ) {
      (self.decision, self.instant, self.pusher) = (decision, instant, pusher)
      (self.policy, self.overrides) = (policy, overrides)
    }
  }

  /// A statement in the bundle.
  public struct Item: Hashable, Sendable {
    /// By what it is known: the SHA-256 of what was signed.
    public let digest: String
    /// Its kind, as policies call it.
    public let kind: String
    /// What it says.
    public let words: String
    /// When it was made, as its maker says.
    public let recorded: Instant?
    /// Who signed it: a clause.
    public let signers: String
    /// When it was taken back; nil where it was not.
    public let revoked: Instant?

    /// A statement from its parts.
    public init(
      digest: String, kind: String, words: String, recorded: Instant?, signers: String,
      revoked: Instant?
    ) {
      (self.digest, self.kind, self.words, self.recorded) = (digest, kind, words, recorded)
      (self.signers, self.revoked) = (signers, revoked)
    }
  }

  /// A control and since when it held, as the summary has it.
  public struct Control: Hashable, Sendable {
    /// Its name.
    public let name: String
    /// The short names of the refs.
    public let refs: [String]
    /// Since when.
    public let since: Instant

    /// A control from its parts.
    public init(name: String, refs: [String], since: Instant) {
      (self.name, self.refs, self.since) = (name, refs, since)
    }
  }

  /// Whose keys count.
  public let keys: Keys
  /// The release's short name; nil where not even that can be told.
  public var name: String?
  /// The tag object.
  public var tag: ObjectID?
  /// The commit that it stands on.
  public var commit: Commit?
  /// The decision.
  public var ruling: Ruling?
  /// SHA-256 of the last line of the log that is in the bundle.
  public var head: String?
  /// The statements.
  public var items: [Item] = []
  /// The level that the summary states.
  public var level: String?
  /// The controls that it states.
  public var controls: [Control] = []
  /// What was proven, each a sentence.
  public var proven: [String] = []
  /// What was taken on trust, each a sentence.
  public var trusted: [String] = []
  /// What is wrong, each a sentence.
  public var faults: [String] = []

  /// A report to be filled.
  public init(keys: Keys) { self.keys = keys }

  /// Whether nothing is wrong.
  public var holds: Bool { faults.isEmpty && ruling != nil }
}
