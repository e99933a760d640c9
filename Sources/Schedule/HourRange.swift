internal import GitModel

/// A stretch of the wall clock, the end not included: `09:00-16:00`, `00:00-24:00`, or
/// `22:00-06:00`, which goes over midnight and belongs to the day that it starts on.
public struct HourRange: Hashable, Sendable {
  /// The first minute inside.
  public let start: LocalTime
  /// The first minute after it.
  public let end: LocalTime

  /// From `start` to `end`, over midnight when `end` is the earlier one.
  public init(start: LocalTime, end: LocalTime) throws(ScheduleFault) {
    guard start.minutes < 1440 else {
      throw ScheduleFault("a range of hours cannot start at 24:00; write 00:00 of the next day")
    }
    guard start != end else {
      throw ScheduleFault(
        "`\(start)-\(end)` starts when it ends; write 00:00-24:00 for the whole day")
    }
    self.start = start
    self.end = end
  }

  /// What is written as `HH:MM-HH:MM`.
  public init(_ text: String) throws(ScheduleFault) {
    let bytes = Bytes(text.utf8)
    guard bytes.count == 11, bytes[5] == UInt8(ascii: "-") else {
      throw ScheduleFault("\(quoted(text)) is not a range of hours; write HH:MM-HH:MM")
    }
    try self.init(
      start: LocalTime(String(decoding: bytes[..<5], as: UTF8.self)),
      end: LocalTime(String(decoding: bytes[6...], as: UTF8.self)))
  }

  /// Whether the range goes on after midnight.
  public var crossesMidnight: Bool { end < start }
}

extension HourRange: CustomStringConvertible {
  /// The range as `HH:MM-HH:MM`.
  public var description: String { "\(start)-\(end)" }
}
