public import GitModel

extension Zone {
  /// An instant as the people of the zone say it: `Fri 20 Nov 16:45 GMT`, cut to the minute. With a
  /// `reference`, usually now, the year is shown when it is another one: `Mon 4 Jan 2027 09:00 GMT`.
  public func format(_ instant: Instant, reference: Instant? = nil) -> String {
    let local = local(at: instant)
    let date = local.date
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let isOtherYear = reference.map { self.local(at: $0).date.year != date.year } ?? false
    return "\(date.weekday) \(date.day) \(months[date.month - 1])"
      + (isOtherYear ? " \(date.year)" : "")
      + " \(padded(local.hour)):\(padded(local.minute)) \(abbreviation(at: instant))"
  }
}

/// A length of time for people, cut to its two largest units: `2 d 16 h`, `1 h 5 min`, `35 min`,
/// `45 s`; `0 s` for what is over.
public func duration(_ seconds: Int64) -> String {
  let days = seconds / 86_400
  let hours = seconds / 3600 % 24
  let minutes = seconds / 60 % 60
  if seconds < 1 { return "0 s" }
  if days > 0 { return hours > 0 ? "\(days) d \(hours) h" : "\(days) d" }
  if hours > 0 { return minutes > 0 ? "\(hours) h \(minutes) min" : "\(hours) h" }
  return minutes > 0 ? "\(minutes) min" : "\(seconds) s"
}

/// The time from one instant to a later one, as `duration(_:)` says it.
public func duration(from start: Instant, to end: Instant) -> String {
  let (seconds, isTooLong) = end.seconds.subtractingReportingOverflow(start.seconds)
  return duration(isTooLong ? (end < start ? 0 : Int64.max) : seconds)
}
