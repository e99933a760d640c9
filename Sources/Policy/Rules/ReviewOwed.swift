// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import Evidence
public import GitModel

/// Nothing goes out while an override that came before has not been reviewed by a second person, or an
/// incident of a release is open or was not looked at.
///
/// The debts are those of the decision log, so nobody can leave one out; what is overridden for the
/// judged ref itself is owed by the next one.
public struct ReviewOwed: Rule {
  public static let id: RuleID = "review-owed"
  public static let summary = "every override and incident before this one was reviewed"

  /// Whose review settles; nil for anybody whom the policy knows.
  public let by: Who?
  /// Decisions before this moment owe nothing; nil for none.
  public let since: Instant?
  private let terms: ReleaseTerms

  public init(from reader: SettingsReader, context: PolicyContext) {
    by = reader.who("by", context)
    since = reader.moment("since")
    terms = context.release
    if let by, by.people.count < 2, by.names.allSatisfy({ context.people.roles[$0] != nil }) {
      reader.problems.add(
        by.people.isEmpty
          ? "`by` names nobody" : "`by` names one person, who cannot review their own override",
        at: reader.node("by")?.position ?? reader.position, hint: "name more people or another role"
      )
    }
  }

  public var needs: Needs {
    var needs = Needs([.target, .debts])
    needs.debtsSince = since
    return needs
  }

  public func judge(_ matter: Matter) -> Verdict {
    guard matter.update.kind != .delete else {
      return .notApplicable("a deletion releases nothing")
    }
    return matter.facts.debts.judged { reading in
      let due = reading.debts.filter { debt in since.map { debt.instant >= $0 } ?? true }
      let owed = due.filter { !isSettled($0) }
      guard owed.isEmpty, reading.elsewhere.isEmpty, reading.incidents.isEmpty else {
        return .violated(unreviewed(owed, reading, matter.people))
      }
      return .satisfied(
        due.isEmpty
          ? "no override and no incident to review" : "\(counted(due.count, "override")) reviewed")
    }
  }

  private func isSettled(_ debt: Debt) -> Bool {
    debt.reviews.contains { why($0, doesNotSettle: debt) == nil }
  }

  /// Why a review does not settle a debt; nil where it does.
  private func why(_ review: StatedDeclaration, doesNotSettle debt: Debt) -> String? {
    if let fault = review.fault { return fault }
    if debt.people.contains(review.person) { return "is by who overrode or pushed it" }
    if let by, !review.isOfPast, !by.contains(review.person) {
      return "is by nobody whom the rule names"
    }
    return nil
  }

  private func unreviewed(
    _ owed: [Debt], _ reading: DebtReading, _ people: People
  ) -> Explanation {
    var findings: [Finding] = []
    for debt in owed {
      let title = "decision \(debt.decision)"
      findings += debt.overrides.map { Finding(title, $0) }
      for review in debt.reviews {
        if let why = why(review, doesNotSettle: debt) {
          findings.append(Finding(title, "review by \(review.source), \(why)"))
        }
      }
    }
    findings += reading.elsewhere.map {
      Finding($0.short, "is overridden in this very push, which nobody can have reviewed")
    }
    for release in reading.incidents {
      findings += release.state.open.map {
        Finding(release.tag.short, "incident \($0.prefix(60).printable) is open")
      }
      findings += release.state.unreviewed.map {
        Finding(release.tag.short, "incident \($0.prefix(60).printable) was not looked at yet")
      }
      findings += release.state.loners.compactMap {
        release.state.loneliness(of: $0, terms, people)
      }.map { Finding(release.tag.short, $0) }
    }
    let who = by.map { $0.words(people) } ?? "somebody in the policy"
    var summary: [String] = []
    if !owed.isEmpty { summary.append("\(counted(owed.count, "override")) not reviewed yet") }
    if !reading.incidents.isEmpty {
      summary.append(
        "incidents of \(listed(reading.incidents.prefix(3).map(\.tag.short))) are not settled")
    }
    if !reading.elsewhere.isEmpty { summary.append("this push overrides rules on other refs") }
    return Explanation(
      summary.joined(separator: "; "),
      expected: owed.isEmpty && reading.elsewhere.isEmpty
        ? nil : "a review by \(who), by none who overrode or pushed it", findings: findings,
      fixes: owed.map { "gitrel review \($0.decision) --comment TEXT" }
        + reading.incidents.flatMap { release in
          release.state.open.map {
            "gitrel release incident \(release.tag.short.asWord) --resolve \($0.prefix(60).printable.asWord)"
          } + ["gitrel release review \(release.tag.short.asWord)"]
        }
        + (reading.elsewhere.isEmpty
          ? [] : ["push \(listed(reading.elsewhere.map(\.short))) first, by itself"]))
  }
}
