public import GitModel

/// The kinds of statements, as a policy calls them.
public enum StatementKind {
  /// The names of all kinds, those of reports first.
  public static let names: [String] =
    [tests] + ["coverage", "scan", "approval"] + Declaration.Kind.allCases.map(\.rawValue)

  private static let tests = "tests"

  /// The name of a kind by its URI. Of a kind that has none here it is the URI, which no policy names.
  public static func name(ofPredicate type: Bytes) -> String {
    if type == Bytes(TestResult.predicateType.utf8) { return tests }
    let kind = names.first { $0 != tests && type == Bytes("urn:gitrel:\($0):v1".utf8) }
    return kind ?? type.printable
  }
}
