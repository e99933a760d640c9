/// How one key of a `when` or `except` was answered, for who asks why a rule applies.
public struct ConditionReading: Hashable, Sendable {
  /// The three answers.
  public enum Answer: String, Hashable, Sendable {
    /// It holds.
    case holds
    /// It does not.
    case fails
    /// It could not be told.
    case unknown
  }

  /// Whether the ruleset states it, and not the rule alone.
  public let isOfRuleset: Bool
  /// Whether it stands under `except`, and not under `when`.
  public let isException: Bool
  /// The key, such as `lane`.
  public let key: String
  /// The answer.
  public let answer: Answer
  /// What was found, in one clause.
  public let words: String

  /// A reading from its parts.
  public init(
    isOfRuleset: Bool, isException: Bool, key: String, answer: Answer, words: String
  ) {
    (self.isOfRuleset, self.isException) = (isOfRuleset, isException)
    (self.key, self.answer, self.words) = (key, answer, words.cleaned)
  }
}

extension Conditions {
  /// How each key is answered. None is passed over because another decides already.
  func readings(on matter: Matter, isOfRuleset: Bool) -> [ConditionReading] {
    [(when, false), (except, true)].flatMap { condition, isException in
      (condition?.answers(on: matter, isException: isException) ?? []).map { key, answer in
        let (kind, words): (ConditionReading.Answer, String) =
          switch answer {
          case .holds(let words): (.holds, words)
          case .fails(let words): (.fails, words)
          case .unknown(let words): (.unknown, words)
          }
        return ConditionReading(
          isOfRuleset: isOfRuleset, isException: isException, key: key, answer: kind, words: words)
      }
    }
  }
}
