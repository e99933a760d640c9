/// The environment of a process as the bytes it is made of: `NAME=value` entries in their order.
/// Push options and paths need not be UTF-8, so nothing is repaired on the way to a child.
public struct ProcessEnvironment: Sendable, Hashable {
  /// The entries, each `NAME=value` without the final NUL.
  public private(set) var entries: [[UInt8]]

  /// Takes entries as `environ` holds them.
  public init(entries: [[UInt8]]) { self.entries = entries }

  /// An environment of these variables and no other, in the order of their names.
  public init(_ variables: [String: String]) {
    entries = variables.sorted { $0.key < $1.key }.map { Array("\($0.key)=\($0.value)".utf8) }
  }

  /// The value of a variable, nil when it is not set. Setting nil removes it.
  public subscript(name: String) -> String? {
    get {
      let prefix = Array("\(name)=".utf8)
      guard let entry = entries.first(where: { $0.starts(with: prefix) }) else { return nil }
      return String(decoding: entry.dropFirst(prefix.count), as: UTF8.self)
    }
    set {
      let prefix = Array("\(name)=".utf8)
      entries.removeAll { $0.starts(with: prefix) }
      if let newValue { entries.append(prefix + Array(newValue.utf8)) }
    }
  }

  /// The value of a variable as bytes, nil when it is not set.
  public func bytes(_ name: String) -> [UInt8]? {
    let prefix = Array("\(name)=".utf8)
    return entries.first { $0.starts(with: prefix) }.map { Array($0.dropFirst(prefix.count)) }
  }

  /// The environment without what points git at another repository or hands it other
  /// configuration: every `GIT_*` variable but the ones that only say how to talk
  /// (`GIT_CONFIG_GLOBAL`, `GIT_CONFIG_SYSTEM`, `GIT_CONFIG_NOSYSTEM`, `GIT_SSH*`, `GIT_TRACE*`).
  public var withoutRepository: ProcessEnvironment {
    let kept = [
      "GIT_CONFIG_GLOBAL=", "GIT_CONFIG_SYSTEM=", "GIT_CONFIG_NOSYSTEM=", "GIT_SSH", "GIT_TRACE",
    ].map { Array($0.utf8) }
    let git = Array("GIT_".utf8)
    return ProcessEnvironment(
      entries: entries.filter { entry in
        !entry.starts(with: git) || kept.contains { entry.starts(with: $0) }
      })
  }
}
