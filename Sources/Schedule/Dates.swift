internal import GitModel

/// Some days that come once, at least one: `2026-12-24`, or `2026-12-24..2027-01-01` with both ends.
public struct Dates: Hashable, Sendable {
  /// Ascending, none overlapping another.
  private let ranges: [ClosedRange<LocalDate>]

  /// How many items a list may have.
  public static let limit = 1000

  /// The days that a policy lists. A day that is named twice is a fault, for the author meant
  /// something else.
  public init(_ texts: [String]) throws(ScheduleFault) {
    guard !texts.isEmpty else { throw ScheduleFault("there is no date") }
    guard texts.count <= Self.limit else {
      throw ScheduleFault("there are \(texts.count) dates, and \(Self.limit) at most are read")
    }
    var ranges: [ClosedRange<LocalDate>] = []
    for text in texts { ranges.append(try Self.range(text)) }
    ranges.sort { $0.lowerBound < $1.lowerBound }
    for (range, next) in zip(ranges, ranges.dropFirst()) where next.lowerBound <= range.upperBound {
      throw ScheduleFault("\(next.lowerBound) is named twice")
    }
    self.ranges = ranges
  }

  private static func range(_ text: String) throws(ScheduleFault) -> ClosedRange<LocalDate> {
    let bytes = Bytes(text.utf8)
    guard bytes.count == 22, bytes[10...11].elementsEqual("..".utf8) else {
      let date = try LocalDate(text)
      return date...date
    }
    let first = try LocalDate(String(decoding: bytes[..<10], as: UTF8.self))
    let last = try LocalDate(String(decoding: bytes[12...], as: UTF8.self))
    guard first <= last else { throw ScheduleFault("\(quoted(text)) ends before it starts") }
    return first...last
  }

  /// The last day.
  public var last: LocalDate { ranges[ranges.count - 1].upperBound }

  /// Whether `date` is one of them.
  public func contains(_ date: LocalDate) -> Bool { first(from: date) == date }

  /// The first of them that is `date` or later.
  func first(from date: LocalDate) -> LocalDate? {
    let index = ranges.partitioningIndex { $0.upperBound >= date }
    return index < ranges.count ? max(ranges[index].lowerBound, date) : nil
  }
}

extension Dates: CustomStringConvertible {
  /// The days as a policy lists them; the rest of a long list is counted.
  public var description: String {
    let shown = ranges.prefix(3).map {
      $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound)..\($0.upperBound)"
    }
    let more = ranges.count - shown.count
    return shown.joined(separator: ",") + (more > 0 ? " and \(more) more" : "")
  }
}
