public import GitModel

/// Something in a calendar that is allowed and hardly meant.
public enum CalendarProblem: Hashable, Sendable {
  /// The windows leave no minute of the week open.
  case neverOpens
  /// Two freezes have this id.
  case repeatedFreeze(id: String)
  /// The clocks skip this start or end of a freeze; the end of the jump is taken, at `takenAs`.
  case skippedTime(freeze: String, local: LocalDateTime, takenAs: Instant)
  /// The clocks show this start or end of a freeze twice; the longer freeze, with `takenAs`, is
  /// taken.
  case repeatedTime(freeze: String, local: LocalDateTime, takenAs: Instant)
}

extension Calendar {
  /// What `gitrel policy validate` warns of.
  public var problems: [CalendarProblem] {
    var problems: [CalendarProblem] = []
    if neverOpens { problems.append(.neverOpens) }
    var ids: Set<String> = []
    for freeze in freezes {
      if !ids.insert(freeze.id).inserted { problems.append(.repeatedFreeze(id: freeze.id)) }
      for (local, isStart) in [(freeze.from, true), (freeze.until, false)] {
        switch zone.instants(of: local) {
        case .one: break
        case .gap(let instant):
          problems.append(.skippedTime(freeze: freeze.id, local: local, takenAs: instant))
        case .overlap(let first, let second):
          problems.append(
            .repeatedTime(freeze: freeze.id, local: local, takenAs: isStart ? first : second))
        }
      }
    }
    return problems
  }

  /// The problem as a sentence for people.
  public func explain(_ problem: CalendarProblem) -> String {
    switch problem {
    case .neverOpens:
      "the calendar \(quoted(name)) is never open: its windows leave no minute of the week"
    case .repeatedFreeze(let id):
      "the calendar \(quoted(name)) has two freezes called \(quoted(id))"
    case .skippedTime(let freeze, let local, let instant):
      "the freeze \(quoted(freeze)) names \(local), which the clocks of \(zone.identifier) skip;"
        + " taken as \(zone.format(instant))"
    case .repeatedTime(let freeze, let local, let instant):
      "the freeze \(quoted(freeze)) names \(local), which the clocks of \(zone.identifier) show"
        + " twice; taken as \(zone.format(instant))"
    }
  }
}
