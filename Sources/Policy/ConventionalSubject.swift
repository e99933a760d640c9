public import GitModel

/// The subject line of Conventional Commits 1.0.0: `type(scope)!: description`.
public enum ConventionalSubject {
  /// What is wrong with `subject`, or nil.
  static func fault(of subject: BytesSlice, types: [String], scopes: [String]) -> String? {
    guard let parts = Parts(subject) else {
      return "subject is not `type: description` or `type(scope): description`"
    }
    if !types.isEmpty, !types.contains(where: { $0.utf8.elementsEqual(parts.type) }) {
      return "type `\(parts.type.printable)` is not one of \(types.joined(separator: ", "))"
    }
    if let scope = parts.scope, !scopes.isEmpty,
      !scopes.contains(where: { $0.utf8.elementsEqual(scope) })
    {
      return "scope `\(scope.printable)` is not one of \(scopes.joined(separator: ", "))"
    }
    return nil
  }
}

extension ConventionalSubject {
  /// A conventional subject taken apart.
  public struct Parts: Hashable, Sendable {
    /// `feat`, `fix`, ...
    public let type: BytesSlice
    /// What stands in brackets.
    public let scope: BytesSlice?
    /// Whether a `!` tells of a breaking change.
    public let isBreaking: Bool
    /// What the commit does.
    public let description: BytesSlice

    /// The parts of `subject`; nil when it is not conventional.
    public init?(_ subject: BytesSlice) {
      let type = subject.prefix { $0.isASCIILetter || $0.isASCIIDigit || $0 == UInt8(ascii: "-") }
      guard !type.isEmpty else { return nil }
      var rest = subject[type.endIndex...]
      var scope: BytesSlice?
      if rest.first == UInt8(ascii: "(") {
        guard let close = rest.firstIndex(of: UInt8(ascii: ")")) else { return nil }
        let inside = rest[(rest.startIndex + 1)..<close]
        guard !inside.trimmed.isEmpty else { return nil }
        scope = inside
        rest = rest[(close + 1)...]
      }
      let isBreaking = rest.first == UInt8(ascii: "!")
      if isBreaking { rest = rest.dropFirst() }
      guard rest.starts(with: ": ".utf8), !rest.dropFirst(2).trimmed.isEmpty else { return nil }
      (self.type, self.scope, self.isBreaking) = (type, scope, isBreaking)
      description = rest.dropFirst(2).trimmed
    }
  }
}
