public import GitModel

/// How a policy writes versions in tag names: a prefix and a scheme.
public struct TagVersions: Hashable, Sendable, CustomStringConvertible {
  /// What stands before the version, usually `v`.
  public let prefix: String
  /// How the version itself is written.
  public let scheme: VersionScheme

  private enum Name: String, CaseIterable {
    case semver, calver
  }

  /// Semantic versions after `v`, in two or three parts.
  public static let standard = TagVersions(prefix: "v", scheme: .semantic(allowShort: true))

  /// A prefix and a scheme.
  public init(prefix: String, scheme: VersionScheme) {
    (self.prefix, self.scheme) = (prefix, scheme)
  }

  /// Reads `scheme`, `prefix`, `allow-short` and `format`; nil when `scheme` is not there.
  init?(from reader: SettingsReader) {
    let name: Name? = reader.choice("scheme")
    prefix = reader.text("prefix") ?? "v"
    let allowShort = reader.flag("allow-short") ?? false
    let format = reader.text("format") ?? "YYYY.0M.MICRO"
    switch name {
    case nil: return nil
    case .semver: scheme = .semantic(allowShort: allowShort)
    case .calver:
      let position = reader.node("format")?.position ?? reader.position
      let parsed = reader.problems.noting(at: position, "`format`: the format") {
        () throws(CalVerFormat.Fault) in try CalVerFormat(format)
      }
      guard let parsed else { return nil }
      scheme = .calendar(parsed)
    }
  }

  /// The version that a tag's short name writes; nil when it writes none.
  public func version(of name: some RandomAccessCollection<UInt8>) -> Version? {
    scheme.version(name, prefix: Bytes(prefix.utf8))
  }

  /// What a name should look like.
  public var description: String {
    switch scheme {
    case .semantic(allowShort: false):
      "a version such as \(prefix)1.4.0 (MAJOR.MINOR.PATCH, semver.org)"
    case .semantic(allowShort: true):
      "a version such as \(prefix)1.4 or \(prefix)1.4.0 (semver.org)"
    case .calendar(let format): "a version such as \(prefix)\(format.text) (calver.org)"
    }
  }
}
