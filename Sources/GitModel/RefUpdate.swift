/// One ref update of a push: a name, the value it has and the value it is to have.
public struct RefUpdate: Hashable, Sendable {
  /// The ref.
  public let name: RefName
  /// The value before the push, the zero id when there is none. In a decision this is what the
  /// repository really held, never what the client claimed.
  public let old: ObjectID
  /// The value asked for, the zero id for a deletion.
  public let new: ObjectID

  /// An update of `name` from `old` to `new`.
  public init(name: RefName, old: ObjectID, new: ObjectID) {
    (self.name, self.old, self.new) = (name, old, new)
  }

  /// What an update does to its ref.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The ref did not exist.
    case create
    /// The ref exists and gets another value.
    case update
    /// The ref goes away.
    case delete
  }

  /// What this update does. (Whether an update is a fast-forward or a rewind is a fact about history.)
  public var kind: Kind {
    if new.isZero { return .delete }
    return old.isZero ? .create : .update
  }
}
