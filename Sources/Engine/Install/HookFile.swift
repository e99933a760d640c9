/// One hook's file: the shim, and beside it the hook that was there before.
struct HookFile {
  /// What the record says about the hook that was there before.
  enum Before: String {
    /// There was none.
    case none
    /// There was one that git did not run (not executable, a dangling link): kept, not run.
    case kept
    /// There was one: kept and run after gitrel has accepted.
    case chained
  }

  let hook: HookName
  let path: String

  /// Whether the file lies where the repository's hooks may lie. The record belongs to the account
  /// that serves the repository, and root must not be led elsewhere by it.
  func belongs(to site: InstallSite) -> Bool {
    guard site.side == .server else { return true }
    let directory = FileSystem.resolvedAsFarAsPossible(FileSystem.directory(of: path))
    return FileSystem.isPath(directory, within: site.gitDirectory)
      && !directory.split(separator: "/").contains("..")
  }

  var keptPath: String { path + HookShim.keptSuffix }

  /// Writes the shim where it is missing or has drifted.
  func install(
    _ plain: HookShim, binary: String, in gitDirectory: String, _ record: inout InstallRecord,
    _ report: inout InstallReport
  ) throws(EngineFault) {
    let name = hook.rawValue
    let existing = FileSystem.linkState(path)
    let bytes = existing?.kind == .regular ? FileSystem.contents(path) : nil
    // A shim of ours that something emptied is no hook of somebody else's to be kept.
    let isEmptied = bytes?.isEmpty == true && record["shim.\(hook.rawValue)"] != nil
    let isOurs = isEmptied || bytes.map(HookShim.isShim) ?? false
    let hasKept = FileSystem.linkState(keptPath) != nil

    var before = Before.none
    if existing != nil, !isOurs {
      guard existing?.kind != .directory else {
        throw EngineFault("'\(path)' is a directory", hints: ["move it away"])
      }
      guard !hasKept else {
        throw EngineFault(
          "'\(path)' is not gitrel's, and '\(keptPath)' is there as well",
          hints: ["merge the two into one, or remove one of them, and run this again"])
      }
      // A link to a shim is not chained: gitrel would run twice.
      let isShimBehind = FileSystem.contents(path).map(HookShim.isShim) ?? false
      before = FileSystem.isExecutable(path) && !isShimBehind ? .chained : .kept
    } else if hasKept {
      before = FileSystem.isExecutable(keptPath) ? .chained : .kept
    }

    var shim = plain
    shim.isChained = before == .chained
    let wanted = Array(shim.text(binary: binary).utf8)
    let previous = record["shim.\(name)"]
    record["path.\(name)"] = path
    record["before.\(name)"] = before.rawValue
    record["shim.\(name)"] = HookShim.fingerprint(wanted)

    let isAsWanted =
      bytes == wanted && existing?.isWritableByOthers == false && FileSystem.isExecutable(path)
    if isAsWanted { return }
    // First the record, then the change: whatever is interrupted can be put back.
    try record.write(in: gitDirectory)
    if existing != nil, !isOurs {
      try FileSystem.keep(path, as: keptPath)
      report.did(
        before == .chained
          ? "\(name): the hook that was there is kept as \(keptPath) and runs after gitrel"
          : "\(name): a file that git did not run is kept as \(keptPath)")
    }
    if let bytes, isOurs, !isEmptied, bytes != wanted, HookShim.fingerprint(bytes) != previous {
      let copy = path + HookShim.editedSuffix
      try FileSystem.replace(copy, with: bytes, mode: 0o644)
      report.did("\(name): it was edited by hand; that text is kept as \(copy)")
    }
    try FileSystem.replace(path, with: wanted, mode: 0o755)
    report.did("\(name): \(isOurs ? "written anew" : "installed") at \(path)")
  }

  /// Puts back what was there before.
  ///
  /// - Returns: whether the record may forget the hook.
  func remove(
    _ record: inout InstallRecord, _ report: inout InstallReport
  ) throws(EngineFault) -> Bool {
    let name = hook.rawValue
    let hasKept = FileSystem.linkState(keptPath) != nil
    if FileSystem.linkState(path) != nil {
      let bytes =
        FileSystem.linkState(path)?.kind == .regular ? FileSystem.contents(path) ?? [] : []
      guard HookShim.isShim(bytes) else {
        report.advice.append("\(name): '\(path)' is not gitrel's any more; left as it is")
        if hasKept {
          report.advice.append("\(name): the hook from before gitrel is still '\(keptPath)'")
        }
        return true
      }
      guard HookShim.fingerprint(bytes) == record["shim.\(name)"] else {
        report.advice.append(
          "\(name): '\(path)' was edited by hand; left as it is, and it still calls gitrel")
        report.advice.append(
          hasKept
            ? "to take it out: mv \(HookShim.quoted(keptPath)) \(HookShim.quoted(path))"
            : "to take it out: rm \(HookShim.quoted(path))")
        return false
      }
    }
    if hasKept {
      try FileSystem.move(keptPath, to: path)
      report.did("\(name): the hook from before gitrel is back at \(path)")
    } else if FileSystem.linkState(path) != nil {
      try FileSystem.remove(path)
      report.did("\(name): removed \(path)")
    }
    return true
  }
}
