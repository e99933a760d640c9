public import GitModel

/// The kinds of statements, as a policy calls them.
public enum StatementKind: String, Hashable, Sendable, CaseIterable {
  /// The result of a test run.
  case tests
  /// The coverage of a test run.
  case coverage
  /// What a scanner found.
  case scan
  /// A word on a change.
  case approval
  /// A role says that a release may go out.
  case signOff = "sign-off"
  /// An item of a checklist is done.
  case checklist
  /// A rule need not hold.
  case override
  /// A commit runs somewhere.
  case deployed
  /// Something was built from a commit.
  case artifact
  /// An override or a release was looked at afterwards.
  case review
  /// A release reached a stage of its roll-out.
  case rollout
  /// A release was taken back.
  case rollback
  /// Something went wrong with a release, or is over.
  case incident
  /// Somebody was told of a release.
  case announced
  /// A release is done with.
  case close
  /// Nothing goes out from now on, or does again.
  case freeze
  /// An earlier statement counts no more.
  case revocation
  /// Somebody is on duty.
  case duty

  /// The name of a kind by its URI. Of a kind that has none here it is the URI, which no policy names.
  public static func name(ofPredicate type: Bytes) -> String {
    if type == Bytes(TestResult.predicateType.utf8) { return tests.rawValue }
    let kind = allCases.first { $0 != .tests && type == Bytes("urn:gitrel:\($0.rawValue):v1".utf8) }
    return kind?.rawValue ?? type.printable
  }
}
