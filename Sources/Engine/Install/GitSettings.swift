import GitModel

/// The configuration of a repository as the git binary reads it.
struct GitSettings {
  /// The entries in git's order; a key without a value means true. Keys are as git prints them: the
  /// section and the name in small letters.
  var entries: [(key: String, value: String)]

  /// Reads the configuration that counts, or only the repository's own (`--local`).
  init(_ git: GitCommand, isLocal: Bool = false) throws(EngineFault) {
    let scope = isLocal ? ["--local"] : []
    let output = try git.run(
      unlessUnstarted: ["config"] + scope + ["--includes", "--null", "--list"])
    guard output.isSuccess else {
      throw EngineFault("cannot read git's configuration: \(output.complaint)")
    }
    entries = Self.parse(output.stdout)
  }

  init(entries: [(key: String, value: String)]) { self.entries = entries }

  /// The output of `git config --null --list`.
  static func parse(_ bytes: Bytes) -> [(key: String, value: String)] {
    bytes.split(separator: 0).map { entry in
      let parts = entry.split(separator: 0x0A, maxSplits: 1, omittingEmptySubsequences: false)
      return (
        String(decoding: parts[0], as: UTF8.self),
        parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "true"
      )
    }
  }

  func values(_ key: String) -> [String] { entries.filter { $0.key == key }.map(\.value) }

  /// The value that counts: the last one.
  func value(_ key: String) -> String? { values(key).last }

  /// Whether the value means yes to git.
  func isTrue(_ key: String) -> Bool {
    switch value(key)?.lowercased() {
    case nil, "", "false", "no", "off", "0": false
    default: true
    }
  }

  /// Whether receive-pack hides a ref: of all entries that match, the last one counts, and `!` shows.
  func isHidden(_ ref: String) -> Bool {
    let keys = ["transfer.hiderefs", "receive.hiderefs"]
    for entry in entries.reversed() where keys.contains(entry.key) {
      var pattern = entry.value[...]
      let isShown = pattern.hasPrefix("!")
      if isShown { pattern = pattern.dropFirst() }
      if pattern.hasPrefix("^") { pattern = pattern.dropFirst() }
      while pattern.hasSuffix("/") { pattern = pattern.dropLast() }
      if ref == pattern || ref.hasPrefix(pattern + "/") { return !isShown }
    }
    return false
  }
}

extension GitCommand {
  /// The names of the remotes.
  public func remotes() throws(EngineFault) -> [String] {
    try answer(["remote"]).split(separator: "\n").map(String.init)
  }

  /// Runs git and takes its answer; a status other than 0 is an error.
  func answer(_ arguments: [String]) throws(EngineFault) -> String {
    let output = try run(unlessUnstarted: arguments)
    guard output.isSuccess else {
      throw EngineFault("git \(arguments.first ?? ""): \(output.complaint)")
    }
    return output.text
  }

  /// Runs git; only that it cannot be started is an error.
  func run(unlessUnstarted arguments: [String]) throws(EngineFault) -> Output {
    do { return try run(arguments) } catch { throw EngineFault(error) }
  }

  /// Writes the repository's own configuration.
  func configure(_ site: InstallSite, _ arguments: [String]) throws(EngineFault) {
    _ = try answer(["config", "--local"] + arguments)
    FileSystem.giveToOwnerOfDirectory("\(site.gitDirectory)/config")
  }
}
