import Evidence
import GitModel
import Policy

/// Something that a person of `team` declares of the commit; `fault` says why it counts for nothing.
func declared(
  _ kind: Declaration.Kind, _ name: String = "", value: String = "", by person: String = "carol",
  as role: String = "", at second: Int64 = 0, of tag: String? = nil, comment: String = "",
  fault: String? = nil
) -> StatedDeclaration {
  StatedDeclaration(
    Declaration(
      kind, ref: tag.map { RefName("refs/tags/\($0)") }, name: Bytes(name.utf8),
      value: Bytes(value.utf8), person: Bytes(person.utf8), role: Bytes(role.utf8),
      recorded: Instant(seconds: second), comment: Bytes(comment.utf8)),
    digest: String(repeating: "a", count: 60) + "\(second)", fault: fault)
}

/// What a rule says of declarations, at a moment.
func told(
  _ rule: some Rule, _ declarations: StatedDeclaration..., at instant: Int64 = 1000
) -> String {
  rule.judge(
    matter("refs/heads/main", at: instant, people: team) {
      $0.declarations = .known(declarations)
    }
  ).told
}

/// What every rule on declarations says where there is nothing to judge or to know.
func toldOfNothing(_ rule: some Rule) -> [String] {
  [
    rule.judge(matter("refs/heads/x", .delete)).told,
    rule.judge(matter { $0.declarations = .unknown("why") }).told,
    rule.judge(matter()).told,
  ]
}

/// That.
let nothingIsDeclared = [
  "notApplicable: nothing is declared of a deletion", "indeterminate: why",
  "indeterminate: a fact that this rule needs was not gathered; this is a fault in gitrel",
]

/// The people and roles that rules are read with.
let teamContext = PolicyContext(people: team)
