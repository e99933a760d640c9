import Glibc

/// The directory of hooks that `gitrel shell` gives to git by `core.hooksPath`: one for all
/// repositories, outside each of them, owned by the administrator.
public enum HooksDirectory {
  /// Writes the server's shims. Written by rename, so a push meanwhile meets the old or the new.
  public static func write(
    _ directory: String, binary: String, identity: PusherSource = .shell
  ) throws(EngineFault) -> InstallReport {
    var report = InstallReport()
    try FileSystem.makeDirectory(directory)
    for hook in HookName.server {
      let path = "\(directory)/\(hook.rawValue)"
      let wanted = Array(HookShim(hook, identity: identity).text(binary: binary).utf8)
      if let state = FileSystem.linkState(path), state.kind == .regular,
        !state.isWritableByOthers, FileSystem.isExecutable(path),
        FileSystem.contents(path) == wanted
      {
        continue
      }
      try FileSystem.replace(path, with: wanted, mode: 0o755)
      report.did("\(hook.rawValue): written to \(path)")
    }
    if !report.isChanged { report.done.append("already written in \(directory)") }
    return report
  }

  /// The directory without links, if git may be trusted with it: a `pre-receive` that is a regular
  /// file, not empty, executable, and that nobody but its owner can write or replace. Git itself
  /// would go on without a word if any of this failed.
  public static func checked(_ directory: String) throws(EngineFault) -> String {
    let advice = "server admin: gitrel install --hooks-dir \(HookShim.quoted(directory))"
    func refused(_ reason: String) -> EngineFault {
      EngineFault("the hooks directory is not fit: \(reason)", hints: [advice])
    }
    guard directory.hasPrefix("/") else { throw refused("'\(directory)' is not absolute") }
    guard let real = FileSystem.resolved(directory), FileSystem.isDirectory(real) else {
      throw refused("no directory '\(directory)'")
    }
    let hook = "\(real)/\(HookName.preReceive.rawValue)"
    guard let state = FileSystem.linkState(hook) else { throw refused("no '\(hook)'") }
    guard state.kind == .regular else { throw refused("'\(hook)' is not a regular file") }
    guard state.size > 0 else { throw refused("'\(hook)' is empty") }
    guard FileSystem.isExecutable(hook) else { throw refused("'\(hook)' is not executable") }
    for path in [hook, real] {
      guard let state = FileSystem.state(path), !state.isWritableByOthers else {
        throw refused("'\(path)' can be written by others")
      }
      guard state.owner == 0 || state.owner == geteuid() else {
        throw refused("'\(path)' belongs to another user")
      }
    }
    var above = FileSystem.directory(of: real)
    while true {
      // In a sticky directory nobody can rename what belongs to another.
      guard let state = FileSystem.state(above), state.mode & 0o1002 != 0o0002 else {
        throw refused("'\(above)' can be written by everybody")
      }
      if above == "/" { return real }
      above = FileSystem.directory(of: above)
    }
  }
}
