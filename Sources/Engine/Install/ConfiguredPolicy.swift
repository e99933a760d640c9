/// Where the policy is trusted from, as the configuration says it.
struct ConfiguredPolicy {
  /// The policy's path in a tree.
  static let path = ".gitrel/policy.yml"
  /// The place when nothing is configured.
  static let standard = "refs/heads/main:\(path)"

  /// `REF:PATH`, or an absolute path.
  let place: String

  init(_ site: InstallSite) throws(EngineFault) {
    place = try GitSettings(site.git).value("gitrel.policy") ?? Self.standard
  }

  /// The ref, nil for a file.
  var ref: String? {
    place.hasPrefix("/") ? nil : place.split(separator: ":").first.map(String.init)
  }

  /// Whether there is anything at that place; not whether it loads.
  func exists(_ site: InstallSite) throws(EngineFault) -> Bool {
    if place.hasPrefix("/") { return FileSystem.state(place)?.kind == .regular }
    return try site.git.run(unlessUnstarted: ["cat-file", "-e", place]).isSuccess
  }

  func adviceForServer(_ site: InstallSite) -> [String] {
    let repository = HookShim.quoted(site.gitDirectory)
    guard let ref else {
      return ["there is no policy at \(place): every push will be refused until there is one"]
    }
    return [
      "there is no policy at \(place): every push will be refused until there is one",
      "bring it in on this machine, past the hook: git --git-dir=\(repository) fetch CLONE "
        + "\(HookShim.quoted("\(ref):\(ref)")), where CLONE has it committed",
      "or keep it outside: gitrel install --server \(repository) --policy /etc/gitrel/policy.yml",
    ]
  }
}
