internal import Evidence
public import GitModel
public import Schedule

/// The freezes and duties that people have declared, as a calendar takes them.
///
/// A freeze is there from its `start` on until its end, a year at most, or until somebody who may freeze
/// the calendar says `end` later than that. It is for one calendar where its name is `office/outage`, and
/// for every calendar that its author may freeze where it is `outage`.
///
/// What the server has not got cannot count: who withholds the evidence withholds the freeze, and who
/// wants to freeze sees to it that it arrives. Nobody else can take it back from there: statements are only
/// ever added. An `end` that is withheld leaves the calendar closed. One that is brought again ends only
/// what was started before it.
public struct DeclaredTimes: Sendable {
  /// The longest freeze, in seconds: whoever means it longer writes it into the policy.
  public static let longestFreeze: Int64 = 366 * 86_400
  /// The longest duty, in seconds.
  public static let longestDuty: Int64 = 7 * 86_400

  private let all: [StatedDeclaration]
  private let now: Instant

  /// What is declared, at `now`. What somebody says whose clock is a little ahead counts from now on.
  public init(_ all: [StatedDeclaration], at now: Instant) { (self.all, self.now) = (all, now) }

  /// What counts for `calendar`.
  public func declared(for calendar: Calendar) -> Declared {
    let said = all.filter { fault(of: $0, for: calendar) == nil }
    let freezes = starts(for: calendar, said)
    let duties = said.filter { $0.declaration.kind == .duty }.compactMap { duty in
      duty.declaration.until.map { end in
        let start = duty.declaration.recorded
        let last = Instant(seconds: start.seconds + Self.longestDuty)
        return Duty(
          person: duty.person, role: duty.declaration.name.printable, start: min(start, now),
          end: min(end, last))
      }
    }
    return Declared(freezes: freezes, duties: duties)
  }

  private func starts(for calendar: Calendar, _ said: [StatedDeclaration]) -> [DeclaredFreeze] {
    let words = said.filter { $0.declaration.kind == .freeze }
    let ends = words.filter { $0.declaration.value.elementsEqual("end".utf8) }
    return words.filter { start in
      start.declaration.value.elementsEqual("start".utf8)
        && !ends.contains { end in
          Self.id(of: end) == Self.id(of: start)
            && end.declaration.recorded > start.declaration.recorded
        }
    }.map { start in
      let last = Instant(seconds: start.declaration.recorded.seconds + Self.longestFreeze)
      return DeclaredFreeze(
        id: Self.id(of: start).printable, reason: start.declaration.comment.printable,
        person: start.person, start: min(start.declaration.recorded, now),
        end: min(start.declaration.until ?? last, last),
        isOpenEnded: start.declaration.until == nil)
    }
  }

  /// When a freeze called `id` was last started or ended by somebody who may freeze one of `calendars`; nil
  /// when never. What comes after it must be said later.
  public func lastWord(
    onFreeze id: Bytes, of calendars: some Collection<Calendar>
  ) -> Instant? {
    all.filter { stated in
      stated.declaration.kind == .freeze && Self.id(of: stated) == id
        && calendars.contains { isAbout(stated, $0) && $0.freezers.contains(stated.person) }
    }.map(\.declaration.recorded).max()
  }

  /// What is declared of `calendar`, is not over at `instant`, and counts for nothing there, with why.
  func others(for calendar: Calendar, at instant: Instant) -> [Finding] {
    all.compactMap { stated in
      let said = stated.declaration
      let longest = said.kind == .freeze ? Self.longestFreeze : Self.longestDuty
      guard (said.until ?? Instant(seconds: said.recorded.seconds + longest)) > instant,
        isAbout(stated, calendar), let fault = fault(of: stated, for: calendar)
      else {
        return nil
      }
      return Finding(stated.declaration.name.prefix(60).printable, "\(stated.source), \(fault)")
    }
  }

  private func isAbout(_ stated: StatedDeclaration, _ calendar: Calendar) -> Bool {
    let name = stated.declaration.name
    switch stated.declaration.kind {
    case .freeze:
      guard let slash = name.firstIndex(of: UInt8(ascii: "/")) else {
        return !calendar.freezers.isEmpty
      }
      return name[..<slash].elementsEqual(calendar.name.utf8)
    case .duty:
      return calendar.staffing?.posts.contains { name.elementsEqual($0.role.utf8) } ?? false
    default: return false
    }
  }

  private func fault(of stated: StatedDeclaration, for calendar: Calendar) -> String? {
    guard isAbout(stated, calendar) else { return "is about another calendar" }
    if let fault = stated.fault { return fault }
    switch stated.declaration.kind {
    case .freeze:
      let value = stated.declaration.value
      guard value.elementsEqual("start".utf8) || value.elementsEqual("end".utf8) else {
        return "says neither `start` nor `end`"
      }
      return calendar.freezers.contains(stated.person)
        ? nil : "and \(stated.person.cleaned) may not freeze `\(calendar.name)`"
    default:
      let role = String(decoding: stated.declaration.name, as: UTF8.self)
      let posts = calendar.staffing?.posts ?? []
      guard posts.contains(where: { $0.role == role && $0.holders.contains(stated.person) }) else {
        return "and \(stated.person.cleaned) does not hold the role"
      }
      return stated.declaration.until == nil ? "says no end" : nil
    }
  }

  /// What a freeze is called, without the calendar.
  private static func id(of stated: StatedDeclaration) -> Bytes {
    let name = stated.declaration.name
    return name.firstIndex(of: UInt8(ascii: "/")).map { Bytes(name[($0 + 1)...]) } ?? name
  }
}
