public import GitModel

/// Why a zone cannot be used; the words are a clause for people.
public struct ZoneFault: WordedFault, Hashable, Sendable, CustomStringConvertible {
  /// The clause, such as "`EST` is an abbreviation, not a place; ...".
  public let words: String

  /// A fault with this clause.
  public init(_ words: String) { self.words = words }

  /// The clause.
  public var description: String { words }
}

/// A time zone: what the clocks on the walls of a place show at an instant.
///
/// It is made from the bytes of the operating system's file, so that an update of the zone data
/// needs no new gitrel, and so that nothing in the environment has a say.
public struct Zone: Hashable, Sendable {
  /// The IANA name, such as `Europe/London`.
  public let identifier: String

  private let file: ZoneFile

  /// Instants further from 1970 than this many seconds are taken for this one, some 35 million
  /// years away; it keeps the arithmetic on hostile numbers from overflowing.
  static let farthest: Int64 = 1 << 50

  /// The zone of this name, from the bytes of its TZif file.
  public init(identifier: String, tzif: [UInt8]) throws(ZoneFault) {
    if let fault = Self.fault(inIdentifier: identifier) { throw fault }
    self.identifier = identifier
    do {
      file = try ZoneFile(tzif)
    } catch {
      throw ZoneFault("\(quoted(identifier)) cannot be used: \(error.words)")
    }
  }

  /// A zone that no file of the operating system describes.
  init(made name: String, _ file: ZoneFile) { (identifier, self.file) = (name, file) }

  /// Seconds that the local time is ahead of UTC, negative west of Greenwich.
  public func offset(at instant: Instant) -> Int { type(at: Self.near(instant)).offset }

  /// What the local time is called there and then: `GMT`, `BST`, `+0545`.
  public func abbreviation(at instant: Instant) -> String {
    type(at: Self.near(instant)).abbreviation
  }

  /// What the clocks show at `instant`.
  public func local(at instant: Instant) -> LocalDateTime {
    let seconds = Self.near(instant)
    return LocalDateTime(wallSeconds: Int(seconds) + type(at: seconds).offset)
  }

  /// The first instant after `instant` at which the clocks may be set; nil when they never are.
  public func nextChange(after instant: Instant) -> Instant? {
    nextChange(after: Self.near(instant)).map(Instant.init(seconds:))
  }

  static func near(_ instant: Instant) -> Int64 {
    instant.seconds.clamped(to: -farthest...farthest)
  }

  func type(at seconds: Int64) -> ZoneFile.LocalTimeType {
    let passed = file.transitions.partitioningIndex { $0 > seconds }
    if passed == file.transitions.count, let rule = file.rule { return rule.type(at: seconds) }
    return file.types[passed == 0 ? 0 : file.typeIndexes[passed - 1]]
  }

  func nextChange(after seconds: Int64) -> Int64? {
    let passed = file.transitions.partitioningIndex { $0 > seconds }
    let next =
      passed < file.transitions.count
      ? file.transitions[passed] : file.rule?.nextChange(after: seconds)
    return next.flatMap { $0 <= Self.farthest ? $0 : nil }
  }
}

/// When the clocks of a zone show a given time.
public enum ZonedInstants: Hashable, Sendable {
  /// Once, as nearly always.
  case one(Instant)
  /// Never: the clocks jump over it. The instant is the first after the jump.
  case gap(after: Instant)
  /// Twice, for the clocks are set back over it.
  case overlap(first: Instant, second: Instant)
}

extension Zone {
  /// When the clocks show `local`.
  public func instants(of local: LocalDateTime) -> ZonedInstants {
    let wall = Int64(local.wallSeconds).clamped(to: -Self.farthest...Self.farthest)
    // No place is more than 26 hours from UTC, so the answer lies within these.
    var start = wall - 100_000
    let last = wall + 100_000
    var found: [Int64] = []
    var afterGap = last
    while start <= last {
      let end = nextChange(after: start) ?? Int64.max
      let offset = Int64(type(at: start).offset)
      let candidate = wall - offset
      if start <= candidate && candidate < end { found.append(candidate) }
      if start + offset > wall { afterGap = min(afterGap, start) }
      start = end
    }
    guard let first = found.first, let second = found.last else {
      return .gap(after: Instant(seconds: afterGap))
    }
    return first == second
      ? .one(Instant(seconds: first))
      : .overlap(first: Instant(seconds: first), second: Instant(seconds: second))
  }
}

extension Zone {
  /// Whether `identifier` has the shape of a name that gitrel takes; whether there is such a zone,
  /// only the zone data can say.
  public static func isPlausible(_ identifier: String) -> Bool {
    fault(inIdentifier: identifier) == nil
  }

  /// Why `identifier` is not taken as the name of a zone: only `Area/City` and `UTC` are.
  /// Abbreviations mean several places or none, `localtime` depends on the machine, and the name is
  /// going to be part of a path.
  public static func fault(inIdentifier identifier: String) -> ZoneFault? {
    if identifier == "UTC" || identifier == "Etc/UTC" { return nil }
    let bytes = Bytes(identifier.utf8)
    let name = quoted(identifier)
    let advice = "write an IANA name such as Europe/London, or UTC"
    if bytes.isEmpty { return ZoneFault("the zone has no name; \(advice)") }
    if bytes.asciiLowercased.elementsEqual("localtime".utf8) {
      return ZoneFault("\(name) is whatever the machine is set to; \(advice)")
    }
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    if bytes.count > 64 || parts.count > 3 || parts.contains(where: \.isEmpty)
      || bytes.contains(UInt8(ascii: "."))
    {
      return ZoneFault("\(name) is not the name of a zone; \(advice)")
    }
    if parts[0].elementsEqual("posix".utf8) || parts[0].elementsEqual("right".utf8) {
      return ZoneFault("\(name) names a variant of the zone data, not a zone; \(advice)")
    }
    if parts.count == 1 {
      return ZoneFault("\(name) is an abbreviation or a short name, not a place; \(advice)")
    }
    if parts[0].elementsEqual("Etc".utf8) {
      return ZoneFault(
        "\(name) is not a place, and the signs of Etc/GMT+1 and its like are reversed; \(advice)")
    }
    guard parts.allSatisfy(isPart) else {
      return ZoneFault(
        "\(name) is not the name of a zone; names are spelled exactly, with capitals, as in"
          + " Europe/London")
    }
    return nil
  }

  /// `London`, `Port-au-Prince`, `North_Dakota`: a capital, then letters, digits, `_` and `-`.
  private static func isPart(_ part: BytesSlice) -> Bool {
    guard let first = part.first, first.isASCIILetter, first & 0x20 == 0 else { return false }
    return part.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
    }
  }
}

extension Array {
  /// The first index whose element is `beyond`, in an array where all such come last.
  func partitioningIndex(where beyond: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if beyond(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
