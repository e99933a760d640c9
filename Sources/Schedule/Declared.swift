public import GitModel

/// A freeze that somebody declared after the policy was written.
public struct DeclaredFreeze: Hashable, Sendable {
  /// What they call it.
  public let id: String
  /// What a refusal says.
  public let reason: String
  /// Who declared it.
  public let person: String
  /// When it begins.
  public let start: Instant
  /// When it is over, if nobody ends it before.
  public let end: Instant
  /// Whether they gave no end, and it is over when somebody says so.
  public let isOpenEnded: Bool

  /// A freeze from its parts.
  public init(
    id: String, reason: String, person: String, start: Instant, end: Instant, isOpenEnded: Bool
  ) {
    (self.id, self.reason, self.person) = (id, reason, person)
    (self.start, self.end, self.isOpenEnded) = (start, end, isOpenEnded)
  }
}

/// A time in which somebody says to be on duty.
public struct Duty: Hashable, Sendable {
  /// Who.
  public let person: String
  /// In which role.
  public let role: String
  /// From when.
  public let start: Instant
  /// The end, not included.
  public let end: Instant

  /// A duty from its parts.
  public init(person: String, role: String, start: Instant, end: Instant) {
    (self.person, self.role, self.start, self.end) = (person, role, start, end)
  }
}

/// What people have declared about a calendar.
public struct Declared: Hashable, Sendable {
  /// The freezes that count for it.
  public let freezes: [DeclaredFreeze]
  /// Who is on duty.
  public let duties: [Duty]

  /// Nothing, or this.
  public init(freezes: [DeclaredFreeze] = [], duties: [Duty] = []) {
    (self.freezes, self.duties) = (freezes, duties)
  }
}
