/// What a policy takes for a release that failed, under `release: {failure: ...}`: for figures only,
/// nothing is refused by it.
public struct ReleaseFailures: Hashable, Sendable {
  /// A sign of failure.
  public enum Sign: String, Hashable, Sendable, CaseIterable {
    /// The release was taken back: by a statement, or by a tag in the lane `rollback` after it.
    case rollback
    /// An incident was opened on it.
    case incident
    /// A tag in the lane `hotfix` mends it.
    case hotfix
  }

  /// The signs, one of which is enough.
  public let signs: Set<Sign>

  /// All signs.
  public static let standard = ReleaseFailures(Set(Sign.allCases))

  /// These signs.
  public init(_ signs: Set<Sign>) { self.signs = signs }

  /// Reads `failure` of `release`.
  public init(from reader: SettingsReader) {
    let items = reader.items("failure")
    if let items, items.isEmpty {
      reader.problems.add(
        "`failure` is empty", at: reader.node("failure")?.position ?? reader.position,
        hint: "leave it out, or name what is a failure: rollback, incident, hotfix")
    }
    let signs: [Sign]? = items?.compactMap { reader.choice(of: $0, for: "failure") }
    self = signs.map { ReleaseFailures(Set($0)) } ?? .standard
  }
}
