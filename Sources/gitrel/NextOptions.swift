import ArgumentParser
import Engine
import GitModel
import Policy
import Release

/// Which number of the version goes up.
enum StepFlag: String, EnumerableFlag {
  case major, minor, patch

  static func help(for value: StepFlag) -> ArgumentHelp? {
    switch value {
    case .major: "The first number goes up, whatever the commits say."
    case .minor: "The second number goes up."
    case .patch: "The last number goes up."
    }
  }
}

/// What the next version is to be.
struct NextOptions: ParsableArguments {
  @Flag var step: StepFlag?

  @Option(
    name: .customLong("pre"),
    help: ArgumentHelp("A pre-release: rc for -rc.1, -rc.2 and so on.", valueName: "label"))
  var label: String?

  /// Whether anything is said.
  var isStated: Bool { step != nil || label != nil }

  /// What is said, as it is typed.
  var words: String {
    ((step.map { ["--\($0.rawValue)"] } ?? []) + (label == nil ? [] : ["--pre"]))
      .joined(separator: " ")
  }

  var aim: VersionAim {
    VersionAim(
      step: step.flatMap { VersionStep(rawValue: $0.rawValue) },
      label: label.map { Bytes($0.utf8) })
  }
}

/// What a tag declares.
struct TermOptions: ParsableArguments {
  enum LaneWord: String, ExpressibleByArgument, CaseIterable {
    case normal, hotfix, rollback
  }

  enum RiskWord: String, ExpressibleByArgument, CaseIterable {
    case low, medium, high
  }

  @Option(help: "On which lane it goes out: normal, hotfix or rollback.")
  var lane: LaneWord = .normal

  @Option(
    help: ArgumentHelp(
      "How it is rolled out: \(RolloutStrategy.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var strategy: String?

  @Option(help: ArgumentHelp("The release to go back to.", valueName: "tag"))
  var rollbackTarget: String?

  @Option(help: "The risk that you declare: low, medium or high.")
  var risk: RiskWord?

  func validate() throws {
    if let strategy, RolloutStrategy(rawValue: strategy) == nil {
      let names = RolloutStrategy.allCases.map(\.rawValue).joined(separator: ", ")
      throw ValidationError("--strategy takes one of \(names)")
    }
    if let rollbackTarget, let fault = RefName("refs/tags/\(rollbackTarget)").fault {
      throw ValidationError("--rollback-target takes a tag, and this name \(fault.words)")
    }
    if lane == .rollback, rollbackTarget == nil {
      throw ValidationError("--lane rollback needs --rollback-target, the release to go back to")
    }
  }

  var terms: TagTerms {
    var terms = TagTerms()
    terms.lane = Lane(rawValue: lane.rawValue) ?? .normal
    terms.risk = risk.flatMap { Risk(rawValue: $0.rawValue) }
    terms.strategy = strategy.flatMap { RolloutStrategy(rawValue: $0) }
    terms.rollbackTarget = rollbackTarget
    return terms
  }
}
