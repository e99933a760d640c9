/// Who may say what of a release once its tag is there: what a policy says under `release.steps`.
public struct ReleaseSteps: Hashable, Sendable {
  /// What follows a tag.
  public enum Step: String, Hashable, Sendable, CaseIterable {
    /// It reaches a stage.
    case rollout
    /// Something goes wrong with it, or is over.
    case incident
    /// It is taken back.
    case rollback
    /// It is looked at afterwards.
    case review
    /// It is done with.
    case close
    /// Somebody is told of it.
    case announced
  }

  /// Of whom one must say so, by step; anybody in the policy where a step is not stated.
  public let people: [Step: Who]

  /// Anybody in the policy may say anything.
  public static let open = ReleaseSteps(people: [:])

  /// Steps from their parts.
  public init(people: [Step: Who]) { self.people = people }

  /// Reads `steps`.
  public init(from reader: SettingsReader, context: PolicyContext) {
    var people: [Step: Who] = [:]
    for step in Step.allCases {
      guard let who = reader.who(step.rawValue, context) else { continue }
      if who.people.isEmpty, who.names.allSatisfy({ context.people.roles[$0] != nil }) {
        reader.problems.add(
          "`\(step.rawValue)` names nobody",
          at: reader.node(step.rawValue)?.position ?? reader.position,
          hint: "nobody could take that step")
      }
      people[step] = who
    }
    self.people = people
  }

  /// Whether the person with this id may take a step.
  public func allows(_ person: String, _ step: Step) -> Bool {
    people[step]?.contains(person) ?? true
  }

  /// Who may take a step, for messages: `release-manager (rita)`.
  public func words(_ step: Step, _ people: People) -> String {
    self.people[step]?.words(people) ?? "anybody in the policy"
  }
}
