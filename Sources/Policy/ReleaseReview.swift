/// When, and by whom, a release is looked at afterwards: what a policy says under `release.review`.
public struct ReleaseReview: Hashable, Sendable {
  /// How long after it was rolled out, taken back or mended, in seconds; nil where only an incident or a
  /// rollback is looked at, by no day.
  public let within: Int64?
  /// Whether who alone opened and ended an incident may be the one who looks at it.
  public let isAlone: Bool

  /// A review within so many seconds.
  public init(within: Int64?, isAlone: Bool = false) {
    (self.within, self.isAlone) = (within, isAlone)
  }

  /// Reads `review`.
  public init?(from reader: SettingsReader) {
    within = reader.duration("within")
    isAlone = reader.flag("alone") ?? false
    if reader.lacks("within", "alone") {
      reader.problems.add(
        "`review` does not say by when", at: reader.position, hint: "write `review: {within: 5d}`")
    }
  }
}
