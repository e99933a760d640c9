internal import CLibGit2
public import GitModel

extension Repository {
  /// The id that git gives to an object with this content, wherever it is: a repository is not needed.
  /// A content that is made to collide (SHAttered) is an error, as in git.
  public static func id(
    of content: Bytes, kind: ObjectKind
  ) throws(GitError) -> ObjectID {
    try Library.start()
    var oid = git_oid()
    try content.withRawBytes { bytes throws(GitError) in
      _ = try call("hash", "an object") {
        git_odb_hash(&oid, bytes.baseAddress, bytes.count, kind.type)
      }
    }
    return Key(oid).id
  }
}
