/// The gitrel binary that hooks call.
enum BinaryFile {
  /// Refuses a binary that cannot be one.
  static func check(_ path: String) throws(EngineFault) {
    if let problem = problem(path) {
      throw EngineFault(problem, hints: ["name it with --binary PATH, an absolute path"])
    }
  }

  /// What is wrong with the file; nil when nothing is.
  static func problem(_ path: String) -> String? {
    guard path.hasPrefix("/") else { return "the binary's path is not absolute: '\(path)'" }
    guard !path.utf8.contains(where: { $0 < 0x20 }) else {
      return "the binary's path has a control character"
    }
    guard let state = FileSystem.state(path) else { return "no binary at '\(path)'" }
    guard state.kind == .regular else { return "'\(path)' is not a file" }
    guard state.size > 0 else { return "'\(path)' is empty: an interrupted upgrade?" }
    guard FileSystem.isExecutable(path) else { return "'\(path)' is not executable" }
    return nil
  }
}
