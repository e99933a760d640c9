/// Why a commit or tag is not read: it is malformed, or git and libgit2 would read it differently.
public struct ObjectFault: Error, Hashable, Sendable {
  /// The object.
  public let id: ObjectID
  /// What is wrong, as a clause after "commit 1234567": `has two author lines`.
  public let words: String

  /// A fault of object `id`.
  public init(id: ObjectID, words: String) { (self.id, self.words) = (id, words) }
}

extension Commit {
  /// Reads the content of a commit object strictly.
  public init(id: ObjectID, content: BytesSlice) throws(ObjectFault) {
    throw ObjectFault(id: id, words: "is not read yet")
  }
}

extension Tag {
  /// Reads the content of a tag object strictly.
  public init(id: ObjectID, content: BytesSlice) throws(ObjectFault) {
    throw ObjectFault(id: id, words: "is not read yet")
  }
}
