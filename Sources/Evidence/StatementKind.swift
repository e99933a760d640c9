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
  /// An override was looked at afterwards.
  case review

  /// The name of a kind by its URI. Of a kind that has none here it is the URI, which no policy names.
  public static func name(ofPredicate type: Bytes) -> String {
    if type == Bytes(TestResult.predicateType.utf8) { return tests.rawValue }
    let kind = allCases.first { $0 != .tests && type == Bytes("urn:gitrel:\($0.rawValue):v1".utf8) }
    return kind?.rawValue ?? type.printable
  }
}
