// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// The tag of a release names the release to which one goes back when it fails.
public struct RollbackTarget: Rule {
  public static let id: RuleID = "rollback-target"
  public static let summary = "the tag names an earlier release to go back to"
  public static let scope = RuleScope.tags

  /// Whether the target must have been rolled out to its last stage, by statements.
  public let rolledOut: Bool
  private let terms: ReleaseTerms

  public init(from reader: SettingsReader, context: PolicyContext) {
    rolledOut = reader.flag("rolled-out") ?? false
    terms = context.release
  }

  public var needs: Needs { Needs([.target, .rollback]) }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.kind != .delete else { return .notApplicable("a deletion releases nothing") }
    return matter.facts.target.judged { target in
      guard let tag = target.tags.first else {
        return .notApplicable("\(update.name.short) is no annotated tag, which could name one")
      }
      let trailers = ReleaseTrailers(tag.message)
      return trailers.lane.judged { lane in
        trailers.rollbackTarget.judged { name in
          matter.facts.rollback.judged { judge(name, lane, $0, target, trailers, matter) }
        }
      }
    }
  }

  private func judge(
    _ name: String?, _ lane: Lane, _ reading: RollbackReading, _ new: Target,
    _ trailers: ReleaseTrailers, _ matter: Matter
  ) -> Verdict {
    let short = matter.update.name.short
    // What was refused just now is not proposed again.
    let proposed = reading.previous == name ? nil : reading.previous
    let mend = Mend.tag(
      TagMend(
        matter.update, .released, with: [.rollbackTarget(proposed?.asWord ?? "<TAG>")],
        declaring: trailers.options))
    guard let name else {
      if reading.previous == nil, lane != .rollback {
        return .notApplicable("there is no earlier release to go back to")
      }
      return .violated(
        Explanation(
          "\(short) does not say which release one goes back to",
          expected: "a `Rollback-Target:` trailer in the tag", mend: mend))
    }
    func violated(_ words: String, _ findings: [Finding] = []) -> Verdict {
      .violated(Explanation(words, findings: findings, mend: mend))
    }
    guard let target = reading.target else {
      return violated("\(short) would go back to \(name), which is no release here")
    }
    guard target.tag != nil else {
      return violated("\(short) would go back to \(name), which is no annotated tag")
    }
    guard target.isOlder else {
      return violated("\(short) would go back to \(name), which is not older")
    }
    if let fault = fault(of: target, name, reading, matter) {
      return violated("\(short) would go back to \(name), which \(fault)")
    }
    guard lane == .rollback else { return .satisfied("one goes back to \(name)") }
    guard reading.tree == target.tree else {
      return .violated(
        Explanation(
          "\(short) is a rollback to \(name), and has something else in it",
          expected: "the content of \(name), at \(target.commit.short)",
          findings: [
            Finding(short, "tree \(reading.tree.short) of \(new.object.short)"),
            Finding(name, "tree \(target.tree.short) of \(target.commit.short)"),
          ],
          fixes: ["git revert what came since \(name), or tag \(target.commit.short) itself"]))
    }
    return .satisfied("\(short) is \(name) again")
  }

  /// What is wrong with a target that is there; nil when one can go back to it.
  private func fault(
    of target: ReleasedTarget, _ name: String, _ reading: RollbackReading, _ matter: Matter
  ) -> String? {
    let course = ReleaseCourse(
      target.declarations, of: RefName("refs/tags/\(name)"),
      terms.strategies.plan(ReleaseTrailers(target.tag?.message ?? []).strategy), terms,
      releases: reading.releases.union([Bytes(matter.update.name.shortBytes)]),
      people: matter.people)
    if let rollback = course.rollback {
      return "was itself taken back, to \(rollback.value.prefix(60).printable)"
    }
    if !course.incidents.open.isEmpty { return "has an open incident" }
    if rolledOut, course.finished == nil {
      let last = course.steps.last { $0.fault != nil }
      return "was never rolled out" + (last?.fault.map { " (not counted: \($0))" } ?? "")
    }
    return nil
  }
}
