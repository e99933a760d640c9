internal import GitModel

/// How a release reaches those who use it, the weakest way first.
public enum RolloutStrategy: String, Hashable, Sendable, CaseIterable {
  /// Everywhere at once.
  case bigBang = "big-bang"
  /// One part after the other takes the place of what was there.
  case rolling
  /// A few meet it first, then more.
  case canary
  /// It stands beside what was there, and takes its place at once.
  case blueGreen = "blue-green"

  /// How much it shields; canary and blue-green shield alike.
  public var strength: Int {
    switch self {
    case .bigBang: 0
    case .rolling: 1
    case .canary, .blueGreen: 2
    }
  }
}

/// A stage of a roll-out.
public struct RolloutStage: Hashable, Sendable {
  /// The name, such as `canary-5`.
  public let name: String
  /// How long the release stays there at least before it goes on, in seconds.
  public let soak: Int64

  /// A stage.
  public init(_ name: String, soak: Int64 = 0) { (self.name, self.soak) = (name, soak) }

  /// For messages: `canary-5 (1h)`.
  public var words: String { soak == 0 ? name : "\(name) (\(durationWords(soak)))" }
}

/// The stages of each way to roll out: what a policy says under `release.strategies`.
public struct RolloutPlans: Hashable, Sendable {
  /// The stages of the ways that there are, the last one being the whole.
  public let stages: [RolloutStrategy: [RolloutStage]]

  /// How many stages a way may have.
  static let maximumStages = 20

  /// What holds where a policy states none.
  public static let standard = RolloutPlans(stages: [
    .bigBang: [RolloutStage("all")],
    .rolling: [RolloutStage("half", soak: 3600), RolloutStage("all")],
    .canary: [
      RolloutStage("canary-5", soak: 3600), RolloutStage("canary-50", soak: 4 * 3600),
      RolloutStage("all"),
    ],
    .blueGreen: [RolloutStage("green", soak: 3600), RolloutStage("all")],
  ])

  /// Plans from their parts.
  public init(stages: [RolloutStrategy: [RolloutStage]]) { self.stages = stages }

  /// Reads `strategies`: the ways that are stated are all that there are.
  public init(from reader: SettingsReader) {
    var stages: [RolloutStrategy: [RolloutStage]] = [:]
    for strategy in RolloutStrategy.allCases {
      let key = strategy.rawValue
      guard let node = reader.node(key) else { continue }
      let plan = SettingsReader(node, name: key, problems: reader.problems)
      stages[strategy] = Self.stages(plan)
      plan.finish()
    }
    if reader.lacks(RolloutStrategy.allCases.map(\.rawValue)) {
      reader.problems.add(
        "`strategies` states none", at: reader.position,
        hint: "write `strategies: {big-bang: {stages: [{name: all}]}}`, or leave it out")
    }
    self.stages = stages
  }

  private static func stages(_ reader: SettingsReader) -> [RolloutStage] {
    let items = reader.items("stages") ?? []
    let place = reader.node("stages")?.position ?? reader.position
    if reader.lacks("stages") || items.isEmpty {
      reader.problems.add(
        "`\(reader.name)` has no stages", at: place,
        hint: "write `stages: [{name: canary-5, soak: 1h}, {name: all}]`")
    }
    if items.count > maximumStages {
      reader.problems.add("`stages` takes \(maximumStages) at most", at: place)
    }
    var names: Set<String> = []
    return items.enumerated().compactMap { index, item in
      let stage = SettingsReader(item, name: "a stage", isKey: false, problems: reader.problems)
      let name = stage.text("name")
      let soak = stage.duration("soak")
      stage.finish()
      if stage.lacks("name") {
        reader.problems.add(
          "a stage has no `name`", at: item.position, hint: "write `{name: canary-5, soak: 1h}`")
      }
      guard let name else { return nil }
      if !isName(name) {
        reader.problems.add(
          "the name of a stage is letters, digits and `-_.%`, not \(name.quoted)",
          at: item.position)
      }
      if !names.insert(name).inserted {
        reader.problems.add("the stage \(name.quoted) stands here again", at: item.position)
      }
      if soak != nil, index == items.count - 1 {
        reader.problems.add(
          "the last stage has no `soak`: nothing comes after it", at: item.position)
      }
      return RolloutStage(name, soak: soak ?? 0)
    }
  }

  private static func isName(_ text: String) -> Bool {
    (1...60).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || "-_.%".utf8.contains($0)
      }
  }

  /// The stages of a release by what its tag says of its strategy, or why there are none; with no word
  /// it goes out at once.
  public func plan(_ stated: Fact<RolloutStrategy?>) -> RolloutPlan {
    switch stated {
    case .known(let strategy):
      let meant = strategy ?? .bigBang
      guard let stages = stages[meant], !stages.isEmpty else {
        return .none(
          strategy == nil
            ? "the tag names no strategy, and the policy has no `big-bang`"
            : "the policy has no strategy `\(meant.rawValue)`")
      }
      return .stages(meant, stages)
    case .unknown(let why): return .none(why)
    case .notGathered: return .none(Fact<RolloutStrategy?>.faultWords)
    }
  }
}

/// How one release is rolled out.
public enum RolloutPlan: Hashable, Sendable {
  /// In these stages.
  case stages(RolloutStrategy, [RolloutStage])
  /// In none, for this reason.
  case none(String)
}
