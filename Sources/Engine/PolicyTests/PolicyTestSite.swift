internal import GitModel
internal import PolicyFile

/// Where a test file lies, for finding the policy that it tests: the working directory or, for a file
/// that lies elsewhere, the whole file system. Whoever runs tests may read what they name.
struct PolicyTestSite {
  /// The parts of the path from the top.
  private let parts: [String]
  /// What leads to the top: nothing in the working directory, else `/`.
  private let top: String

  init(_ file: String) {
    let typed = file.split(separator: "/").map(String.init).filter { $0 != "." }
    let here = PolicyTestSite(parts: typed, top: "")
    guard file.hasPrefix("/") || typed.contains("..") || here.usualEntry == nil else {
      self = here
      return
    }
    let real = FileSystem.resolved(file) ?? file
    self.init(parts: real.split(separator: "/").map(String.init), top: "/")
  }

  private init(parts: [String], top: String) { (self.parts, self.top) = (parts, top) }

  /// The place in which the test file is read like a policy that extends the one it tests.
  var place: PolicyPlace {
    let top = self.top
    return PolicyPlace(policy: parts.joined(separator: "/"), prefix: top, home: home) {
      (parts) throws(ExtendsFault) in
      let path = top + parts.joined(separator: "/")
      guard let bytes = FileBytes.read(path, limit: PolicyReader.maximumSize) else {
        throw ExtendsFault(
          "is no file that can be read",
          hint:
            "policies are named as seen from this file, as ../policy.yml, and files of calendars from the top of the tree"
        )
      }
      return bytes
    }
  }

  /// The entry for the policy of the nearest folder that has one at the usual place.
  func usualPolicy() throws(PolicyTestFault) -> String {
    guard let entry = usualEntry else {
      throw PolicyTestFault(
        "none is named, and no folder above has .gitrel/policy.yml; write `policy: PATH` or `policy: pack:trunk`"
      )
    }
    return entry
  }

  private var usualEntry: String? {
    depth(of: [".gitrel", "policy.yml"], .regular).map {
      String(repeating: "../", count: $0) + ".gitrel/policy.yml"
    }
  }

  /// The top of the tree that the policy is meant for. Where tests lie in the working directory that is
  /// the top of it; else the nearest folder that has a policy or a repository, or the one of the tests.
  private var home: [String] {
    guard !top.isEmpty else { return [] }
    let depths = [
      depth(of: [".gitrel", "policy.yml"], .regular), depth(of: [".git"], .directory),
      depth(of: [".git"], .regular),
    ].compactMap { $0 }
    return Array(parts.dropLast((depths.min() ?? 0) + 1))
  }

  /// How many folders above that of the file the nearest is that has `name`.
  private func depth(of name: [String], _ kind: FileState.Kind) -> Int? {
    parts.indices.first { depth in
      let path = top + (parts.dropLast(depth + 1) + name).joined(separator: "/")
      return FileSystem.state(path)?.kind == kind
    }
  }
}
