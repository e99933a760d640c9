// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import Evidence
internal import GitModel

/// Every item of a checklist is signed for the commit that the ref is to have.
public struct Checklist: Rule {
  public static let id: RuleID = "checklist"
  public static let summary = "every item of the checklist is signed for this commit"

  /// The items.
  public let items: [String]
  /// Of whom one must have signed each; nil for anybody whom the policy knows.
  public let by: Who?
  /// How old a signature may be, in seconds; nil for any age.
  public let age: Int64?

  public init(from reader: SettingsReader, context: PolicyContext) {
    if reader.lacks("items") {
      reader.problems.add(
        "`checklist` names no items", at: reader.position,
        hint: "write `checklist: {items: [rollback-plan]}`")
    }
    items = reader.names("items") ?? []
    by = reader.who("by", context)
    age = reader.duration("age")
  }

  public var needs: Needs { Needs([.target, .declarations]) }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedDeclarations { all in
      let tally = DeclarationTally(all, .checklist, by: by, age: age, at: matter.instant)
      let open = items.filter { tally.counted($0).isEmpty }
      guard open.isEmpty else {
        let commit = matter.commitShort
        return .violated(
          Explanation(
            "\(counted(open.count, "item")) of \(items.count) not signed for \(commit):"
              + " \(listed(open.map { $0.cut(to: 60) }))",
            expected: by.map { "each by \($0.words(matter.people))" },
            findings: open.flatMap { tally.findings($0) },
            fixes: [
              "gitrel attest \(commit) "
                + open.map { "--checklist \($0.asWord)" }.joined(separator: " ")
            ]))
      }
      return .satisfied(
        "\(counted(items.count, "item")) signed",
        items.compactMap { item in
          tally.counted(item).last.map { Finding(item.cut(to: 60), $0.source) }
        })
    }
  }
}
