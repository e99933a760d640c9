/// A `gitrel tag` as it was or is to be typed.
///
/// What mends its plan is a change of the command itself: there is no tag yet that could be taken away,
/// made anew or pushed.
public struct TagCommand: Hashable, Sendable {
  /// An option with its value.
  public struct Option: Hashable, Sendable {
    let name: String
    let value: String
    /// Where it stands among others, as in the help.
    private let place: Int

    private init(_ place: Int, _ name: String, _ value: String) {
      (self.place, self.name, self.value) = (place, name, value)
    }

    /// `--lane hotfix`. Values are words of a shell here and below.
    public static func lane(_ value: String) -> Option { Option(0, "--lane", value) }

    /// `--strategy canary`.
    public static func strategy(_ value: String) -> Option { Option(1, "--strategy", value) }

    /// `--rollback-target v1.3`.
    public static func rollbackTarget(_ value: String) -> Option {
      Option(2, "--rollback-target", value)
    }

    /// `--risk high`.
    public static func risk(_ value: String) -> Option { Option(3, "--risk", value) }

    /// `--branch release/1.4`.
    public static func branch(_ value: String) -> Option { Option(4, "--branch", value) }

    /// One of the branches that these patterns mean: to be filled in, where there may be several.
    static func branch(_ patterns: [String]) -> Option {
      let isOne = patterns.count == 1 && !patterns[0].utf8.contains(UInt8(ascii: "*"))
      return branch(isOne ? patterns[0].asWord : "<BRANCH>")
    }

    static func isBefore(_ left: Option, _ right: Option) -> Bool { left.place < right.place }
  }

  private let name: String
  private let options: [Option]

  /// The command for the tag with this short name.
  public init(_ name: String, _ options: [Option] = []) {
    (self.name, self.options) = (name, options)
  }

  /// The command; with another name and other values of options where they are given.
  func text(calling newName: String? = nil, with others: [Option] = []) -> String {
    let kept = options.filter { option in !others.contains { $0.name == option.name } }
    let all = (kept + others).sorted(by: Option.isBefore)
    return (["gitrel tag", newName ?? name.asWord] + all.flatMap { [$0.name, $0.value] })
      .joined(separator: " ")
  }
}

extension ReleaseTrailers {
  /// What makes `gitrel tag` declare the same; without what cannot be read.
  public var options: [TagCommand.Option] {
    var options: [TagCommand.Option] = []
    if case .known(let lane) = lane, lane != .normal { options.append(.lane(lane.rawValue)) }
    if case .known(let strategy?) = strategy { options.append(.strategy(strategy.rawValue)) }
    if case .known(let target?) = rollbackTarget { options.append(.rollbackTarget(target.asWord)) }
    if case .known(let risk) = risk, risk != .unstated { options.append(.risk(risk.rawValue)) }
    return options
  }
}
