// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import Evidence
internal import GitModel

/// The commit that the ref is to have ran somewhere before, and for long enough.
public struct Deployed: Rule {
  public static let id: RuleID = "deployed"
  public static let summary = "this commit ran in an environment before, for long enough"

  /// Where it must run.
  public let environment: String
  /// For how long it must have run, in seconds.
  public let duration: Int64
  /// Of whom one must have signed that it runs.
  public let by: Who?

  public init(from reader: SettingsReader, context: PolicyContext) {
    if reader.lacks("environment") {
      reader.problems.add(
        "`deployed` names no environment", at: reader.position,
        hint: "write `deployed: {environment: staging, for: 24h, by: ci}`")
    }
    if reader.lacks("by") {
      reader.problems.add(
        "`deployed` does not say who deploys", at: reader.position,
        hint: "write `by:` with a person or a role, e.g. a bot")
    }
    environment = reader.text("environment") ?? ""
    duration = reader.duration("for") ?? 0
    by = reader.who("by", context)
  }

  public var needs: Needs { Needs([.target, .declarations, .declarationTimes]) }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedDeclarations { all in
      let tally = DeclarationTally(all, .deployed, by: by, at: matter.instant)
      let commit = matter.commitShort
      guard let first = tally.counted(environment).first else {
        return .violated(
          Explanation(
            "nothing says that \(commit) runs in \(environment.quoted)",
            expected: by.map { "signed by \($0.words(matter.people))" },
            findings: tally.findings(environment),
            fixes: [
              "gitrel attest \(commit) --deployed \(environment.asWord)    once it runs there"
            ]))
      }
      let since = first.time
      let end = Instant(seconds: since.seconds + duration)
      guard end <= matter.instant else {
        return .violated(
          Explanation(
            "\(commit) runs in \(environment.quoted) since \(since.utcText),"
              + " and must for \(durationWords(duration))",
            findings: [Finding(environment.cut(to: 60), first.datedSource)],
            mend: .wait("from \(end.utcText) on")))
      }
      return .satisfied(
        "runs in \(environment.quoted) since \(since.utcText)",
        [Finding(environment.cut(to: 60), first.source)])
    }
  }
}
