internal import Synchronization

/// The four kinds of Git objects.
public enum ObjectKind: String, Hashable, Sendable {
  case commit, tree, blob, tag
}

/// A person as a commit or tag names one: `name <email> seconds zone`. A claim, never an authentication.
public struct Identity: Hashable, Sendable {
  /// The name, any bytes but `<`, `>`, LF and NUL.
  public let name: Bytes
  /// The address between the angle brackets.
  public let email: Bytes
  /// Seconds since 1970-01-01T00:00:00Z as the object claims them. No rule decides on this.
  public let seconds: Int64
  /// Minutes east of UTC as the object claims them.
  public let offsetMinutes: Int

  /// An identity from its parts.
  public init(name: Bytes, email: Bytes, seconds: Int64, offsetMinutes: Int) {
    (self.name, self.email) = (name, email)
    (self.seconds, self.offsetMinutes) = (seconds, offsetMinutes)
  }
}

/// A commit as the strict reader gives it. Immutable, and a class only because pushes hold ten thousand
/// of them: a value with ten arrays in it costs ten counts each time it is handed on.
public final class Commit: Hashable, Sendable {
  /// Its id.
  public let id: ObjectID
  /// The tree it records.
  public let tree: ObjectID
  /// Its parents in order; the first is the branch that was merged into.
  public let parents: [ObjectID]
  /// Who wrote the change, as claimed.
  public let author: Identity
  /// Who made the commit, as claimed.
  public let committer: Identity
  /// Everything after the first blank line.
  public let message: Bytes
  /// The value of the `gpgsig` header as git hands it to a verifier: unfolded, every line ended by
  /// LF. Nil when the commit itself is not signed (a `mergetag` may hold a signature all the same).
  public let signature: Bytes?
  private let keptTrailers = Mutex<[Trailer]?>(nil)

  /// A commit from its parts.
  public init(
    id: ObjectID, tree: ObjectID, parents: [ObjectID], author: Identity, committer: Identity,
    message: Bytes, signature: Bytes? = nil
  ) {
    (self.id, self.tree, self.parents) = (id, tree, parents)
    (self.author, self.committer, self.message) = (author, committer, message)
    self.signature = signature
  }

  /// Equal when everything is.
  public static func == (left: Commit, right: Commit) -> Bool {
    left === right
      || left.id == right.id && left.tree == right.tree && left.parents == right.parents
        && left.author == right.author && left.committer == right.committer
        && left.message == right.message && left.signature == right.signature
  }

  /// Hashes the id.
  public func hash(into hasher: inout Hasher) { hasher.combine(id) }

  /// Whether it has more than one parent.
  public var isMerge: Bool { parents.count > 1 }

  /// The trailers of the message, as git reads them; read once, however many rules ask.
  public var trailers: [Trailer] {
    keptTrailers.withLock { kept in
      if let kept { return kept }
      let trailers = TrailerBlock(message: message[...]).trailers
      // A message of nothing but trailers would take many times its size for as long as it is judged.
      if trailers.count <= Self.keptTrailersCount { kept = trailers }
      return trailers
    }
  }

  private static let keptTrailersCount = 64

  /// Whether a line of the message starts with `text`, which has small letters, whatever its own are.
  public func hasLine(startingWith text: Bytes) -> Bool {
    var rest = message[...]
    while !rest.isEmpty {
      if rest.prefix(text.count).equalsIgnoringASCIICase(text) { return true }
      guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { return false }
      rest = rest[(end + 1)...]
    }
    return false
  }

  /// The first line of the message, without its line end.
  public var subject: BytesSlice {
    let start = message.drop { $0 == UInt8(ascii: "\n") }
    let line = start.prefix { $0 != UInt8(ascii: "\n") }
    return line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }
}

/// An annotated tag as the strict reader gives it.
public struct Tag: Hashable, Sendable {
  /// Its own id.
  public let id: ObjectID
  /// What it points at.
  public let target: ObjectID
  /// The kind of object that it says it points at.
  public let targetKind: ObjectKind
  /// The name inside the object, which need not be the ref's.
  public let name: Bytes
  /// Who made the tag, as claimed; very old tags have none.
  public let tagger: Identity?
  /// Everything after the first blank line, without a whole signature at its end.
  public let message: Bytes
  /// The signature at its end, armour and all; nil where there is none.
  public let signature: Bytes?

  /// A tag from its parts.
  public init(
    id: ObjectID, target: ObjectID, targetKind: ObjectKind, name: Bytes, tagger: Identity?,
    message: Bytes, signature: Bytes? = nil
  ) {
    (self.id, self.target, self.targetKind) = (id, target, targetKind)
    (self.name, self.tagger, self.message) = (name, tagger, message)
    self.signature = signature
  }
}
