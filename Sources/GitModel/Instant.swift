/// A moment: seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
public struct Instant: Hashable, Comparable, Sendable {
  /// The seconds.
  public let seconds: Int64

  /// A moment from its seconds.
  public init(seconds: Int64) { self.seconds = seconds }

  /// Earlier first.
  public static func < (left: Instant, right: Instant) -> Bool { left.seconds < right.seconds }
}
