internal import GitModel
internal import Policy
internal import Schedule

/// Moments as tests write them.
enum TestMoment {
  /// `2026-11-19T10:00Z`, `2026-11-19T10:00+01:00`, or a local time with a zone:
  /// `2026-11-20T16:45 Europe/London`. Nil with the problem noted for anything else.
  static func instant(
    _ text: String, for key: String = "at",
    hint usual: String = "write 2026-11-19T10:00Z, or 2026-11-20T16:45 Europe/London",
    at position: Position, problems: ProblemList,
    zone: (String) throws(ZoneFault) -> Zone
  ) -> Instant? {
    func noted(_ words: String, hint: String? = nil) -> Instant? {
      problems.add(
        "`\(key)`: \(words)", at: position, hint: hint ?? usual)
      return nil
    }
    let parts = text.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 {
      let local = problems.noting(at: position, "`\(key)`:") { () throws(ScheduleFault) in
        try LocalDateTime(String(parts[0]))
      }
      let place = problems.noting(at: position, "`\(key)`:") { () throws(ZoneFault) in
        try zone(String(parts[1]))
      }
      guard let local, let place else { return nil }
      switch place.instants(of: local) {
      case .one(let instant): return instant
      case .gap: return noted("the clocks jump over \(text.printableText)")
      case .overlap:
        return noted(
          "the clocks show \(text.printableText) twice", hint: "write it with its offset or in UTC")
      }
    }
    guard let (written, offset) = split(text), let local = try? LocalDateTime(written) else {
      return noted("`\(text.printableText)` is no moment with its zone")
    }
    let seconds =
      local.date.daysSinceEpoch * 86_400 + local.hour * 3600 + local.minute * 60 + local.second
    return Instant(seconds: Int64(seconds - offset))
  }

  /// The local time and how many seconds it is ahead of UTC.
  private static func split(_ text: String) -> (String, Int)? {
    if text.hasSuffix("Z") { return (String(text.dropLast()), 0) }
    let bytes = Array(text.utf8)
    guard bytes.count > 6 else { return nil }
    let zone = bytes.suffix(6)
    let digits = [1, 2, 4, 5].map { zone[zone.startIndex + $0] }
    guard let sign = zone.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      zone[zone.startIndex + 3] == UInt8(ascii: ":"), digits.allSatisfy(\.isASCIIDigit)
    else { return nil }
    let numbers = digits.map { Int($0 - UInt8(ascii: "0")) }
    let (hours, minutes) = (numbers[0] * 10 + numbers[1], numbers[2] * 10 + numbers[3])
    guard hours < 24, minutes < 60 else { return nil }
    let offset = hours * 3600 + minutes * 60
    return (String(text.dropLast(6)), sign == UInt8(ascii: "-") ? -offset : offset)
  }
}
