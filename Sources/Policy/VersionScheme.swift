internal import GitModel

/// How a policy writes versions in tag names.
public enum VersionScheme: Hashable, Sendable, CustomStringConvertible {
  /// SemVer 2.0.0 after a prefix; `allowShort` also takes two numbers (`v1.4` is 1.4.0).
  case semver(prefix: String, allowShort: Bool)
  /// Calendar versions after a prefix, in a format such as `YYYY.0M.MICRO` (calver.org).
  case calver(prefix: String, CalVerFormat)

  private enum Name: String, CaseIterable {
    case semver, calver
  }

  /// Reads `scheme`, `prefix`, `allow-short` and `format`; nil when `scheme` is not there.
  init?(from reader: SettingsReader) {
    let name: Name? = reader.choice("scheme")
    let prefix = reader.text("prefix") ?? "v"
    let allowShort = reader.flag("allow-short") ?? false
    let format = reader.text("format")
    switch name {
    case nil: return nil
    case .semver: self = .semver(prefix: prefix, allowShort: allowShort)
    case .calver:
      let position = reader.node("format")?.position ?? reader.position
      let parsed = reader.problems.noting(
        at: position, { (fault: CalVerFormat.Fault) in "`format`: \(fault.words)" }
      ) { () throws(CalVerFormat.Fault) in try CalVerFormat(format ?? "YYYY.0M.MICRO") }
      guard let parsed else { return nil }
      self = .calver(prefix: prefix, parsed)
    }
  }

  /// The version that a tag's short name writes; nil when it writes none.
  public func version(of name: some RandomAccessCollection<UInt8>) -> Version? {
    switch self {
    case .semver(let prefix, let allowShort):
      Version(semver: Bytes(name), prefix: Bytes(prefix.utf8), allowShort: allowShort)
    case .calver(let prefix, let format):
      Version(calver: Bytes(name), prefix: Bytes(prefix.utf8), format: format)
    }
  }

  /// What a name should look like.
  public var description: String {
    switch self {
    case .semver(let prefix, allowShort: false):
      "a version such as \(prefix)1.4.0 (MAJOR.MINOR.PATCH, semver.org)"
    case .semver(let prefix, allowShort: true):
      "a version such as \(prefix)1.4 or \(prefix)1.4.0 (semver.org)"
    case .calver(let prefix, let format): "a version such as \(prefix)\(format.text) (calver.org)"
    }
  }
}
