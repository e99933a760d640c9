public import GitModel

/// Why a ruleset guards a ref, or does not.
public enum RefMatch: Hashable, Sendable {
  /// This pattern selects it.
  case selected(by: String)
  /// A pattern selects it, and this one, with its `!`, takes it out again.
  case takenOut(by: String)
  /// No pattern selects it.
  case unmatched
}

extension Ruleset {
  /// Why this ruleset guards `name`, or does not; the pattern is told as written.
  public func match(_ name: RefName) -> RefMatch {
    let written = patterns.filter { !$0.hasPrefix("!") }
    let excluding = patterns.filter { $0.hasPrefix("!") }
    func first(_ globs: [Glob], _ written: [String]) -> String? {
      zip(globs, written).first { $0.0.matches(name.bytes) }?.1
    }
    guard let selecting = first(refs.included, written) else { return .unmatched }
    return first(refs.excluded, excluding).map { .takenOut(by: $0) } ?? .selected(by: selecting)
  }
}
