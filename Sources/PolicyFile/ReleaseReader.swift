internal import GitModel
internal import Policy

/// Reads `release`.
enum ReleaseReader {
  static func terms(_ root: SettingsReader, context: PolicyContext) -> ReleaseTerms {
    guard let node = root.node("release") else { return ReleaseTerms() }
    let reader = SettingsReader(node, name: "release", problems: root.problems)
    let branch = reader.text("branch").flatMap { name -> RefName? in
      let ref = RefName("refs/heads/\(name)")
      guard let fault = ref.fault else { return ref }
      reader.problems.add(
        "the branch `\(ref.short)` \(fault.words)",
        at: reader.node("branch")?.position ?? reader.position)
      return nil
    }
    let failure = ReleaseFailures(from: reader)
    reader.finish()
    return ReleaseTerms(branch: branch, failure: failure)
  }
}
