/// When a release is looked at afterwards: what a policy says under `release.review`.
public struct ReleaseReview: Hashable, Sendable {
  /// How long after it was rolled out, taken back or mended, in seconds.
  public let within: Int64

  /// A review within so many seconds.
  public init(within: Int64) { self.within = within }

  /// Reads `review`.
  public init?(from reader: SettingsReader) {
    let within = reader.duration("within")
    if reader.lacks("within") {
      reader.problems.add(
        "`review` does not say by when", at: reader.position, hint: "write `review: {within: 5d}`")
    }
    guard let within else { return nil }
    self.within = within
  }
}
