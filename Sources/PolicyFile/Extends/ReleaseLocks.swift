internal import Policy

/// What a file that locks rules locks of `release`: what it states itself of the keys below, and those by
/// which its locked rules go, also where it leaves them as they are. To state who may open an incident, or
/// through which stages a canary goes, can loosen a rule as well as its own settings.
struct ReleaseLocks {
  /// The keys that rules go by, and those that are owed whatever rules say.
  private static let keys = ["steps", "strategies", "review"]

  /// The keys by which a rule goes.
  private static let used: [RuleID: [String]] = [
    Strategy.id: ["strategies"], RollbackTarget.id: ["steps", "strategies"],
    ReviewOwed.id: ["steps", "review"],
  ]

  private var locks: [String: PolicyLocks.Lock] = [:]

  /// Why a later file may not state this key; nil when it may.
  func words(against key: String) -> String? { locks[key]?.words }

  /// Locks what `file` is to lock: `rules` are the ids of its locked rules with where each is locked,
  /// `laid` is what stands under `release`, as far as the file may speak for it.
  mutating func take(
    _ laid: [SettingsNode.Entry], rules: [(id: String, place: String)], of file: String
  ) {
    for key in Self.keys where locks[key] == nil {
      if let entry = laid.first(where: { $0.key == key }) {
        let place = entry.position.place
        locks[key] = PolicyLocks.Lock(
          place: place, words: "is locked where \(place) states it: \(file) locks rules")
      } else if let rule = rules.first(where: {
        Self.used[RuleID($0.id)]?.contains(key) ?? false
      }) {
        locks[key] = PolicyLocks.Lock(
          place: rule.place,
          words: "is locked as it is: the locked rule \(rule.id.quoted) (\(rule.place)) goes by it")
      }
    }
  }
}
