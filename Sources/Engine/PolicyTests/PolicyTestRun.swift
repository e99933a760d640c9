internal import GitModel
public import Policy
internal import PolicyFile
internal import Signing

/// Runs the policy tests of some files and folders. Nothing is written, and no repository is looked at.
public enum PolicyTestRun {
  /// Where tests lie when nobody says otherwise.
  public static let usualFolder = ".gitrel/tests"

  /// How many files one run reads.
  static let maximumFiles = 1000
  /// How deep folders are searched.
  static let maximumDepth = 16

  /// What came of the cases whose `file: name` holds `filter`, in the files and below the folders of
  /// `paths`. A path without tests is a fault: what tests nothing must not look like success.
  public static func report(
    of paths: [String], filter: String? = nil
  ) throws(EngineFault) -> PolicyTestReport {
    var files: [String] = []
    for path in paths {
      for file in try Self.files(at: path) where !files.contains(file) { files.append(file) }
    }
    var cases: [TestedCase] = []
    var untested: [UntestedRule] = []
    var policies: [(label: String, document: PolicyDocument, digest: String, cases: [TestedCase])] =
      []
    var problems: [String] = []
    for file in files {
      guard let bytes = FileBytes.read(file, limit: PolicyReader.maximumSize) else {
        let why = FileBytes.fault(of: file, limit: PolicyReader.maximumSize)
        problems.append("\(Bytes(file.utf8).printable) cannot be read: \(why)")
        continue
      }
      do {
        let read = try read(bytes, file)
        let all = read.tested()
        cases += all
        // The rules of a policy may be tested by several files.
        if let known = policies.firstIndex(where: { $0.digest == read.origin.digest }) {
          policies[known].cases += all
        } else {
          policies.append((read.origin.label, read.policy, read.origin.digest, all))
        }
      } catch { problems += error.lines }
    }
    guard problems.isEmpty else {
      let more = problems.count > 40 ? "\n  and \(problems.count - 40) more" : ""
      throw EngineFault(
        "the tests cannot be read\(problems.prefix(40).map { "\n  \($0)" }.joined())\(more)")
    }
    for policy in policies {
      untested += PolicyTestReport.untested(
        of: policy.document, called: policy.label, in: policy.cases)
    }
    guard let filter else { return PolicyTestReport(cases: cases, untested: untested) }
    let chosen = cases.filter { "\($0.file): \($0.name)".contains(filter) }
    guard !chosen.isEmpty else {
      throw EngineFault(
        "no case is called like `\(Bytes(filter.utf8).printable)`",
        hints: ["--filter takes a part of `file: name`; there are \(cases.count) cases"])
    }
    return PolicyTestReport(cases: chosen, untested: [])
  }

  private static func read(
    _ bytes: Bytes, _ file: String
  ) throws(PolicyFault) -> PolicyTestFile {
    let site = PolicyTestSite(file)
    return try PolicyTestReader.read(
      bytes, file: Bytes(file.utf8).printable, in: site.place,
      zone: ZoneDirectory.zone, usual: { () throws(PolicyTestFault) in try site.usualPolicy() },
      identify: Self.origin)
  }

  /// Which policy the files are that were read for a test, the policy itself first.
  private static func origin(_ files: [PolicyPlace.File]) -> PolicyOrigin {
    let name = files.first?.name ?? ""
    let list = files.map { "\(SHA256Digest.hex(of: $0.bytes))  \($0.name)\n" }
    return PolicyOrigin(
      label: name, file: name, digest: SHA256Digest.hex(of: Bytes(list.joined().utf8)))
  }

  // MARK: - Files

  private static func files(at path: String) throws(EngineFault) -> [String] {
    let shown = Bytes(path.utf8).printable
    guard let state = FileSystem.state(path) else {
      throw EngineFault(
        "there is no file and no folder \(shown)",
        hints: ["tests are YAML files; docs/policy-tests.md shows one"])
    }
    guard state.kind == .directory else { return [path] }
    var found: [String] = []
    try search(path, depth: 0, into: &found)
    guard !found.isEmpty else {
      throw EngineFault(
        "the folder \(shown) has no tests",
        hints: ["tests are files that end in .yml or .yaml; docs/policy-tests.md shows one"])
    }
    return found
  }

  private static func search(
    _ folder: String, depth: Int, into found: inout [String]
  ) throws(EngineFault) {
    for name in FileSystem.names(in: folder).sorted() where !name.hasPrefix(".") {
      let path = joined(folder, name)
      // Links are not followed below what was named, so that no search goes round in a circle.
      switch FileSystem.linkState(path)?.kind {
      case .directory where depth < maximumDepth:
        try search(path, depth: depth + 1, into: &found)
      case .regular where name.hasSuffix(".yml") || name.hasSuffix(".yaml"):
        found.append(path)
      default: break
      }
      guard found.count <= maximumFiles else {
        throw EngineFault("there are more than \(maximumFiles) files of tests")
      }
    }
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder == "."
      ? name : folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
