public import GitModel

/// How a policy writes versions in tag names: a prefix, then a version of a scheme.
public struct TagVersions: Hashable, Sendable, CustomStringConvertible {
  /// What stands before the version, usually `v`.
  public let prefix: String
  /// How the version itself is written.
  public let scheme: VersionScheme

  /// Semantic versions after `v`, in two or three parts.
  public static let standard = TagVersions(prefix: "v", scheme: .semantic(allowShort: true))

  /// A prefix and a scheme.
  public init(prefix: String, scheme: VersionScheme) {
    (self.prefix, self.scheme) = (prefix, scheme)
  }

  private enum Name: String, CaseIterable {
    case semver, calver
  }

  /// Reads `scheme`, `prefix`, `allow-short` and `format`; `standard` is what no `scheme` means, where
  /// that means anything.
  init?(from reader: SettingsReader, standard: VersionScheme? = nil) {
    let name: Name? = reader.choice("scheme")
    let isStated = reader.node("scheme") != nil
    let prefix = reader.text("prefix") ?? "v"
    let allowShort = reader.flag("allow-short")
    let format = reader.text("format")
    let isSemantic = name == .semver || (!isStated && standard != nil)
    if let node = reader.node("allow-short"), !isSemantic, name != nil || !isStated {
      reader.problems.add(
        "`allow-short` means something only with `scheme: semver`", at: node.position)
    }
    if let node = reader.node("format"), name != .calver, name != nil || !isStated {
      reader.problems.add(
        "`format` means something only with `scheme: calver`", at: node.position)
    }
    if let node = reader.node("prefix"), !isStated, standard == nil {
      reader.problems.add("`prefix` means something only with `scheme`", at: node.position)
    }
    switch name {
    case nil:
      guard let standard, !isStated else { return nil }
      self.init(prefix: prefix, scheme: allowShort.map { .semantic(allowShort: $0) } ?? standard)
    case .semver:
      self.init(prefix: prefix, scheme: .semantic(allowShort: allowShort ?? false))
    case .calver:
      let position = reader.node("format")?.position ?? reader.position
      let parsed = reader.problems.noting(at: position, "`format`: the format") {
        () throws(CalVerFormat.Fault) in try CalVerFormat(format ?? "YYYY.0M.MICRO")
      }
      guard let parsed else { return nil }
      self.init(prefix: prefix, scheme: .calendar(parsed))
    }
  }

  /// The version that a tag's short name writes; nil when it writes none.
  public func version(of name: some RandomAccessCollection<UInt8>) -> Version? {
    scheme.version(Bytes(name), prefix: Bytes(prefix.utf8))
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

extension Ruleset {
  /// How its own `tag-name` writes versions.
  public var tagVersions: TagVersions? {
    rules.lazy.compactMap { ($0.rule as? TagName)?.versions }.first
  }
}

extension PolicyDocument {
  /// How versions are written, as the first rule that says it says it.
  public var tagVersions: TagVersions {
    rulesets.lazy.compactMap(\.tagVersions).first ?? .standard
  }

  /// How versions are written for what `ruleset` asks of the releases before a tag: as it says itself, so that
  /// no other ruleset decides what is a release there.
  public func tagVersions(under ruleset: Ruleset) -> TagVersions {
    ruleset.tagVersions ?? tagVersions
  }
}
