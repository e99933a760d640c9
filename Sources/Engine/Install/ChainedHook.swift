import Glibc

/// The hook that was there before gitrel, kept beside the shim and run after gitrel has accepted.
public enum ChainedHook {
  /// Runs the hook as git would have: its arguments, this standard input, this environment, the
  /// current directory. What it writes goes straight to this process's streams.
  ///
  /// - Returns: its exit status, 128 + signal when it was killed. Any but 0 refuses.
  /// - Throws: when it is gone, cannot be executed or cannot be started; that refuses as well.
  public static func run(
    path: String, arguments: [[UInt8]], stdin: [UInt8], environment: ProcessEnvironment
  ) throws(EngineFault) -> Int32 {
    guard FileSystem.isExecutable(path) else {
      throw EngineFault(
        "the hook that gitrel keeps is missing or not executable: '\(path)'",
        hints: ["put it back, or run `gitrel install` to go on without it"])
    }
    // A name without a slash would be looked for in PATH.
    let program = path.utf8.contains(UInt8(ascii: "/")) ? path : "./" + path
    let child = ChildProcess(
      program: program, arguments: arguments, environment: environment, isCaptured: false)
    do {
      do {
        return try child.run(input: stdin).status
      } catch  where error.code == ENOEXEC {
        // No `#!` line: git gives such a hook to sh, so it worked before gitrel came.
        var shell = child
        shell.program = "/bin/sh"
        shell.arguments = [Array(program.utf8)] + arguments
        return try shell.run(input: stdin).status
      }
    } catch {
      throw EngineFault("cannot \(error.call) the kept hook '\(path)': \(error.reason)")
    }
  }
}
