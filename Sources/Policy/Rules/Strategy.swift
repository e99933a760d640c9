// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

public import GitModel

/// The tag of a release names a way to roll it out that shields as much as the risk asks for.
public struct Strategy: Rule {
  public static let id: RuleID = "strategy"
  public static let summary =
    "the tag says how it is rolled out, and that is careful enough for its risk"
  public static let scope = RuleScope.tags

  /// The paths whose change is a risk of itself, by risk.
  public let paths: [Risk: PathSelection]
  /// The weakest way that each risk allows.
  public let weakest: [Risk: RolloutStrategy]
  /// The risk of what nobody says anything of.
  public let unstated: Risk
  private let plans: RolloutPlans

  /// The weakest way where a policy states none.
  public static let standard: [Risk: RolloutStrategy] = [
    .low: .bigBang, .medium: .rolling, .high: .canary,
  ]
  private static let risks: [Risk] = [.high, .medium, .low]

  public init(from reader: SettingsReader, context: PolicyContext) {
    var paths: [Risk: PathSelection] = [:]
    if let node = reader.node("risk") {
      let risks = SettingsReader(node, name: "risk", problems: reader.problems)
      for risk in [Risk.high, .medium] {
        paths[risk] = risks.paths(risk.rawValue)?.selection
      }
      risks.finish()
    }
    var weakest = Self.standard
    if let node = reader.node("weakest") {
      let stated = SettingsReader(node, name: "weakest", problems: reader.problems)
      for risk in Self.risks {
        if let strategy: RolloutStrategy = stated.choice(risk.rawValue) { weakest[risk] = strategy }
      }
      stated.finish()
      let order = Self.risks.reversed().compactMap { weakest[$0]?.strength }
      if order != order.sorted() {
        reader.problems.add(
          "`weakest` asks for less where the risk is higher", at: node.position)
      }
    }
    (self.paths, self.weakest) = (paths, weakest)
    unstated = reader.choice("unstated") ?? .unstated
    plans = context.release.strategies
  }

  public var needs: Needs {
    Needs([.target, paths.isEmpty ? .sinceRelease : .pathsSinceRelease])
  }

  public func judge(_ matter: Matter) -> Verdict {
    guard matter.update.kind != .delete else {
      return .notApplicable("a deletion releases nothing")
    }
    return matter.facts.target.judged { target in
      guard let tag = target.tags.first else {
        return .notApplicable(
          "\(matter.update.name.short) is no annotated tag, which could say how")
      }
      let trailers = ReleaseTrailers(tag.message)
      return trailers.risk.judged { stated in
        matter.facts.sinceRelease.judged { since in
          trailers.strategy.judged { strategy in
            judge(strategy, risk(stated, since), trailers, matter)
          }
        }
      }
    }
  }

  private func judge(
    _ strategy: RolloutStrategy?, _ risk: Result<Reasoned, Untold>, _ trailers: ReleaseTrailers,
    _ matter: Matter
  ) -> Verdict {
    let found: Reasoned
    switch risk {
    case .success(let reasoned): found = reasoned
    case .failure(let why): return .indeterminate(why.words)
    }
    let name = matter.update.name.short
    func mend(_ options: TagCommand.Option...) -> Mend {
      .tag(TagMend(matter.update, .released, with: options, declaring: trailers.options))
    }
    if let strategy, case .none(let why) = plans.plan(.known(strategy)) {
      return .violated(
        Explanation(
          why, expected: "one of \(listed(plans.stages.keys.map(\.rawValue).sorted(), "or"))",
          mend: mend(.strategy("<STRATEGY>"))))
    }
    guard found.risk != .unstated else {
      return .violated(
        Explanation(
          "nothing says what risk \(name) is",
          expected: "a `Risk:` trailer in the tag, or in each new commit: low, medium or high",
          mend: mend(.strategy("<STRATEGY>"), .risk("<RISK>"))))
    }
    let least = weakest[found.risk] ?? .blueGreen
    guard let strategy else {
      return .violated(
        Explanation(
          "\(name) does not say how it is rolled out",
          expected: Self.words(least, found), findings: found.findings,
          mend: mend(.strategy(least.rawValue))))
    }
    guard strategy.strength >= least.strength else {
      return .violated(
        Explanation(
          "\(name) is rolled out by \(strategy.rawValue), which is too weak",
          expected: Self.words(least, found), findings: found.findings,
          mend: mend(.strategy(least.rawValue))))
    }
    return .satisfied(
      "\(strategy.rawValue); the risk is \(found.risk.rawValue): \(found.why)", found.findings)
  }

  private static func words(_ least: RolloutStrategy, _ found: Reasoned) -> String {
    let ways = RolloutStrategy.allCases.filter { $0.strength >= least.strength }.map(\.rawValue)
    return "\(listed(ways, "or")), for the risk is \(found.risk.rawValue): \(found.why)"
  }

  // MARK: - The risk

  /// A risk, why it is so, and what shows it.
  private struct Reasoned {
    let risk: Risk
    let why: String
    var findings: [Finding] = []
  }

  /// The highest risk that paths, commits or the tag tell.
  private func risk(_ tag: Risk, _ since: SinceRelease) -> Result<Reasoned, Untold> {
    var said: [Reasoned] = []
    if tag != .unstated { said.append(Reasoned(risk: tag, why: "the tag says so")) }
    var silent = 0
    for commit in since.commits {
      let words = commit.trailers.filter { $0.isKey(Bytes("Risk".utf8)) }
      // A merge need not say anything; what it says counts as that of any other.
      if words.isEmpty, !commit.isMerge { silent += 1 }
      for word in words {
        guard let risk = Risk(rawValue: String(decoding: word.value.asciiLowercased, as: UTF8.self))
        else {
          return .failure(
            Untold(
              words:
                "`Risk: \(word.value.prefix(40).printable)` of \(commit.id.short) is none of low, medium or high"
            ))
        }
        guard risk != .unstated else { continue }
        said.append(
          Reasoned(
            risk: risk, why: "a new commit says so",
            findings: [Finding(commit, "says `Risk: \(risk.rawValue)`")]))
      }
    }
    for risk in [Risk.high, .medium] {
      guard let selection = paths[risk],
        let path = since.paths.first(where: { selection.contains($0) })
      else { continue }
      said.append(
        Reasoned(
          risk: risk, why: "\(path.prefix(80).printable) is changed since \(since.words)"))
    }
    // A commit that says nothing may be of any risk, where neither the tag nor the paths say it for all.
    if tag == .unstated, paths.isEmpty, silent > 0 || since.commits.isEmpty {
      if unstated == .unstated, !said.contains(where: { $0.risk == .high }) {
        return .success(Reasoned(risk: .unstated, why: ""))
      }
      said.append(Reasoned(risk: unstated, why: "nobody says another"))
    }
    if !paths.isEmpty {
      said.append(
        Reasoned(risk: .low, why: "no path of a higher one is changed since \(since.words)"))
    }
    let highest = Self.risks.lazy.compactMap { risk in said.first { $0.risk == risk } }.first
    return .success(highest ?? Reasoned(risk: .unstated, why: ""))
  }
}
