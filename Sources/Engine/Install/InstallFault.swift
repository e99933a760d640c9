/// Why something could not be installed, removed, checked or served.
public struct InstallFault: Error, Hashable {
  /// What went wrong, in git's voice: no capital, no full stop.
  public let message: String
  /// What to do about it.
  public let hints: [String]

  init(_ message: String, hints: [String] = []) {
    (self.message, self.hints) = (message, hints)
  }

  init(_ fault: GitCommandFault) {
    self.init(fault.description, hints: ["gitrel needs the git binary in PATH"])
  }
}
