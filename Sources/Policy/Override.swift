/// What somebody says so that a rule need not hold for one update.
public struct OverrideClaim: Hashable, Sendable {
  /// The rule, as its id or as `RULESET/ID`.
  public let rule: String
  /// The person of the policy who says so; nil where nobody can tell.
  public let person: String?
  /// Why.
  public let reason: String
  /// Where it was said, for people: `by push option`, `statement 1a2b3c`.
  public let source: String
  /// Why it counts for nothing, whoever may; nil where it may count.
  public let fault: String?

  /// How long a statement may count, in seconds: 4 hours.
  public static let longest: Int64 = 4 * 3600

  /// A claim from its parts.
  public init(
    rule: String, person: String?, reason: String, source: String, fault: String? = nil
  ) {
    (self.rule, self.person, self.reason) = (rule, person, reason)
    (self.source, self.fault) = (source, fault)
  }
}

/// What the policy says to overriding a verdict that would refuse.
public enum OverrideAnswer: Hashable, Sendable {
  /// Nobody asked for it; these may.
  case open(by: String)
  /// Somebody asked who may not, or not so; a clause.
  case refused(String, by: String)
  /// It is overridden: the rule does not refuse.
  case accepted(person: String, reason: String, source: String)
}

extension StatedRule {
  /// Whether `name` is the rule's id, or its `RULESET/ID` in that ruleset.
  public func isCalled(_ name: String, in ruleset: String) -> Bool {
    name == id.text || name == "\(ruleset)/\(id)"
  }

  /// What becomes of a verdict that would refuse; nil where the rule cannot be overridden.
  func overriding(_ matter: Matter, in ruleset: String) -> OverrideAnswer? {
    guard let overrideBy else { return nil }
    let names = overrideBy.words(matter.people)
    var refusal: String?
    for claim in matter.overrides where isCalled(claim.rule, in: ruleset) {
      let fault = fault(of: claim, overrideBy)
      guard let fault else {
        return .accepted(
          person: claim.person ?? "", reason: claim.reason.cleaned, source: claim.source)
      }
      refusal = refusal ?? fault
    }
    return refusal.map { .refused($0, by: names) } ?? .open(by: names)
  }

  private func fault(of claim: OverrideClaim, _ overrideBy: Who) -> String? {
    if let fault = claim.fault { return "\(claim.source) does not count: it \(fault)" }
    guard let person = claim.person else {
      return "\(claim.source) does not count: who pushes is not known"
    }
    guard overrideBy.contains(person) else {
      return "\(claim.source) does not count: \(person.cleaned) may not"
    }
    // Whoever looks at it afterwards needs to know why.
    guard claim.reason.unicodeScalars.contains(where: \.properties.isAlphabetic) else {
      return "\(claim.source) does not count: it gives no reason"
    }
    return nil
  }
}

extension JudgedRule {
  /// Whether somebody who may has lifted the rule for this update.
  public var isOverridden: Bool {
    if case .accepted? = self.override { true } else { false }
  }
}
