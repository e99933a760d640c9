// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import Evidence
internal import GitModel

/// What is built from the commit that the ref is to have is named by whoever builds, with its digest.
public struct Artifact: Rule {
  public static let id: RuleID = "artifact"
  public static let summary = "what is built from this commit is stated with its digest"

  /// What must have been built.
  public let names: [String]
  /// Of whom one must have signed it.
  public let by: Who?

  public init(from reader: SettingsReader, context: PolicyContext) {
    if reader.lacks("names") {
      reader.problems.add(
        "`artifact` names nothing that is built", at: reader.position,
        hint: "write `artifact: {names: [app.tar.gz], by: ci}`")
    }
    if reader.lacks("by") {
      reader.problems.add(
        "`artifact` does not say who builds", at: reader.position,
        hint: "write `by:` with a person or a role, e.g. a bot")
    }
    names = reader.names("names") ?? []
    by = reader.who("by", context)
  }

  public var needs: Needs { Needs([.target, .declarations]) }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedDeclarations { all in
      let tally = DeclarationTally(all, .artifact, by: by, at: matter.instant)
      var faults: [String] = []
      var findings: [Finding] = []
      for name in names {
        let digests = Set(tally.counted(name).map(\.declaration.value))
        if digests.isEmpty {
          faults.append("no digest of \(name.quoted) is stated for \(matter.commitShort)")
          findings += tally.findings(name)
        } else if digests.count > 1 {
          // Which of them is to be released nobody can tell.
          faults.append("\(name.quoted) is stated with \(digests.count) digests")
        }
        findings += tally.counted(name).map {
          Finding(name.cut(to: 60), "sha256 \($0.declaration.value.printable); \($0.source)")
        }
      }
      guard faults.isEmpty else {
        return .violated(
          Explanation(
            faults.joined(separator: "; "),
            expected: by.map { "signed by \($0.words(matter.people))" }, findings: findings,
            fixes: ["gitrel attest \(matter.commitShort) --artifact <FILE>    where it is built"]))
      }
      return .satisfied("\(counted(names.count, "artifact")) stated", findings)
    }
  }
}
