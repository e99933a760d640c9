internal import CLibGit2
internal import GitModel

/// Why something could not be read from or written to a repository, in git's way of saying it:
/// `cannot read commit '42ed1f0...': object not found`.
public struct GitError: Error, Hashable, Sendable {
  /// What went wrong, for callers that act on it.
  public let code: Code
  /// What was tried, as it stands after "cannot": `read commit`.
  public let action: String
  /// On what: an object id, a ref name or a path, fit to be shown.
  public let subject: String
  /// The cause, as a clause.
  public let detail: String
  /// What to do about it, if there is anything to do.
  public let hint: String?

  /// An error from its parts.
  public init(
    _ code: Code, _ action: String, _ subject: String, _ detail: String, hint: String? = nil
  ) {
    (self.code, self.action, self.subject) = (code, action, subject)
    (self.detail, self.hint) = (detail, hint)
  }
}

extension GitError: CustomStringConvertible {
  /// One line without the hint, as git words its errors (git: Documentation/CodingGuidelines).
  public var description: String { "cannot \(action) '\(subject)': \(detail)" }
}

extension GitError {
  /// The kind of an error. Negative codes are libgit2's own (git2/errors.h) and others may come;
  /// positive ones are the store's.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The number.
    public let rawValue: Int32

    /// Any number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// An error that libgit2 has no number for (`GIT_ERROR`).
    public static let general = Code(rawValue: GIT_ERROR.rawValue)
    /// A path, ref or key is not there (`GIT_ENOTFOUND`).
    public static let notFound = Code(rawValue: GIT_ENOTFOUND.rawValue)
    /// What was to be made is there already (`GIT_EEXISTS`).
    public static let exists = Code(rawValue: GIT_EEXISTS.rawValue)
    /// A short id or revision means several objects (`GIT_EAMBIGUOUS`).
    public static let ambiguous = Code(rawValue: GIT_EAMBIGUOUS.rawValue)
    /// A name that no ref can have, or a revision that is none (`GIT_EINVALIDSPEC`).
    public static let invalidName = Code(rawValue: GIT_EINVALIDSPEC.rawValue)
    /// Another process holds the lock file (`GIT_ELOCKED`).
    public static let locked = Code(rawValue: GIT_ELOCKED.rawValue)
    /// A ref does not hold the value that was expected (`GIT_EMODIFIED`).
    public static let modified = Code(rawValue: GIT_EMODIFIED.rawValue)
    /// The bytes of an object do not give its id (`GIT_EMISMATCH`).
    public static let mismatch = Code(rawValue: GIT_EMISMATCH.rawValue)
    /// The repository belongs to another user (`GIT_EOWNER`).
    public static let owner = Code(rawValue: GIT_EOWNER.rawValue)

    /// An object is not in the repository.
    public static let missing = Code(rawValue: 1)
    /// An object is there and is not what Git writes; for commits and tags the words of
    /// `ObjectFault`.
    public static let malformed = Code(rawValue: 2)
    /// An object is of another kind than was asked for.
    public static let wrongKind = Code(rawValue: 3)
    /// An object is larger than the limit; it was not read.
    public static let tooLarge = Code(rawValue: 4)
    /// There are more of something than the limit allows.
    public static let limit = Code(rawValue: 5)
    /// History is cut off here (a shallow clone).
    public static let shallow = Code(rawValue: 6)
    /// The repository is in a format that libgit2 cannot read.
    public static let format = Code(rawValue: 7)
    /// The quarantine directory is not one of this repository.
    public static let quarantine = Code(rawValue: 8)
    /// This handle only reads.
    public static let readOnly = Code(rawValue: 9)
    /// A file could not be read for a reason of the operating system.
    public static let system = Code(rawValue: 10)
    /// The file of an object is damaged: cut off, or not what zlib writes.
    public static let corrupt = Code(rawValue: 11)

    /// So that `catch` and `switch` take a code as a pattern.
    public static func ~= (pattern: Code, error: any Error) -> Bool {
      (error as? GitError)?.code == pattern
    }
  }
}

extension GitError {
  static func missing(_ action: String, _ id: ObjectID) -> GitError {
    GitError(.missing, action, id.hex, "object not found")
  }

  static func tooLarge(_ action: String, _ id: ObjectID, size: Int, limit: Int) -> GitError {
    GitError(
      .tooLarge, action, id.hex, "it has \(size) bytes, which is over the limit of \(limit)")
  }

  static func wrongKind(
    _ action: String, _ id: ObjectID, found: ObjectKind, wanted: ObjectKind
  ) -> GitError {
    GitError(.wrongKind, action, id.hex, "it is a \(found.rawValue), not a \(wanted.rawValue)")
  }

  static func malformed(_ action: String, _ fault: ObjectFault) -> GitError {
    GitError(.malformed, action, fault.id.hex, "it \(fault.words)")
  }
}
