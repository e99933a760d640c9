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
    let mail = part("mail", of: reader) { ReleaseMailTerms(from: $0) }
    let notes = ReleaseNotesReader.terms(reader)
    let review = part("review", of: reader) { ReleaseReview(from: $0) }
    let steps = part("steps", of: reader) { ReleaseSteps(from: $0, context: context) }
    let strategies = part("strategies", of: reader) { RolloutPlans(from: $0) }
    reader.finish()
    return ReleaseTerms(
      branch: branch, failure: failure, mail: mail ?? nil, notes: notes, review: review ?? nil,
      steps: steps ?? .open,
      strategies: strategies ?? .standard)
  }

  /// What `read` makes of the map under `key`; nil where there is none.
  private static func part<Part>(
    _ key: String, of reader: SettingsReader, _ read: (SettingsReader) -> Part
  ) -> Part? {
    guard let node = reader.node(key) else { return nil }
    let inner = SettingsReader(node, name: key, problems: reader.problems)
    let part = read(inner)
    inner.finish()
    return part
  }
}
