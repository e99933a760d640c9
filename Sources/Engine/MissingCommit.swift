internal import GitModel
public import GitStore

extension EngineFault {
  /// Nothing here is called `revision`; `hints` say what else may help.
  public static func noCommit(
    _ revision: String, in repository: Repository, hints: [String] = []
  ) -> EngineFault {
    // Where that cannot be told, the other hint is right as well.
    let isShallow = (try? repository.isShallow) ?? false
    let hint =
      isShallow
      ? "history is cut off here (a shallow clone): git fetch --unshallow"
      : "git fetch brings what was pushed; what is on another machine alone is to be pushed there first"
    return EngineFault(
      "there is no commit `\(Bytes(revision.utf8).prefix(80).printable)` here",
      hints: [hint] + hints)
  }
}
