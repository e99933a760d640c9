public import Evidence
public import GitModel

/// What somebody says in their own name, and signs.
public protocol PersonalStatement {
  /// The id of the person of the policy.
  var person: Bytes { get }
  /// In which role; empty for none.
  var role: Bytes { get }
  /// Which repository is meant; empty where nobody says.
  var repository: Bytes { get }
  /// When it was said, as the signer's clock had it.
  var recorded: Instant { get }
  /// The ref that is meant; nil for any.
  var meant: RefName? { get }
  /// From when on it counts no more; nil for never.
  var end: Instant? { get }
  /// Whether it stands, whoever said it: an incident is resolved and looked at, and not unsaid.
  var isFinal: Bool { get }
}

extension Approval: PersonalStatement {
  /// An approval is for one ref.
  public var meant: RefName? { ref }
  /// Until when it counts.
  public var end: Instant? { until }
  /// It can be taken back.
  public var isFinal: Bool { false }
}

extension Declaration: PersonalStatement {
  /// The ref, where one is named.
  public var meant: RefName? { ref }
  /// Until when it counts.
  public var end: Instant? { until }
  /// Only incidents stand.
  public var isFinal: Bool { kind == .incident }
}

extension PersonalStatement {
  /// Why it counts for nothing on `ref`, or on any with nil, at `instant`, whatever it says; nil where it counts unless it was
  /// taken back. `signature` is what a verifier says of it.
  public func fault(
    signed signature: @autoclosure () -> SignatureReading, on ref: RefName?,
    by policy: PolicyDocument, at instant: Instant
  ) -> String? {
    if let fault = misplacement(on: ref, under: policy) { return fault }
    if let fault = strangeness(signed: signature(), to: policy) { return fault }
    if let end, end <= instant, !isFinal { return "ended \(end.utcText)" }
    if recorded.seconds > instant.seconds + StatementRights.clockSkew {
      return "is from the future"
    }
    return nil
  }

  /// Why it is about something else than `ref`, or any with nil, in the repository of `policy`; nil where it is not.
  public func misplacement(on ref: RefName?, under policy: PolicyDocument) -> String? {
    if let meant, let ref, meant != ref {
      return "is for \(meant.short.prefix(60)), not for \(ref.short)"
    }
    if repository != policy.repository {
      return "is for another repository: `\(repository.prefix(60).printable)`"
    }
    return nil
  }

  /// Why `policy` does not know whom it names as who signed it; nil where it does.
  public func strangeness(signed signature: SignatureReading, to policy: PolicyDocument) -> String?
  {
    let person = String(decoding: person, as: UTF8.self)
    let role = String(decoding: role, as: UTF8.self)
    if let fault = signature.fault(asSignedBy: person) { return fault }
    guard role.isEmpty || policy.people.holders(of: role).contains(person) else {
      return "says that \(person) is \(self.role.prefix(60).printable), and the policy does not"
    }
    return nil
  }
}

extension StatementRights {
  /// How far ahead of the judge's the clock of whoever states something may be, in seconds.
  public static let clockSkew: Int64 = 300
}

extension SignatureReading {
  /// Why a statement that says it is by `person` does not count as theirs; nil where it does.
  public func fault(asSignedBy person: String) -> String? {
    switch self {
    case .good(person, _, _): return nil
    case .good(let other, _, _):
      return "is signed by \(other), and says that it is by \(person.cleaned)"
    case .unsigned: return "is not signed"
    case .planned: return "is not signed yet"
    case .unknownKey(let fingerprint, _):
      return "is signed by a key that the policy gives to nobody: \(fingerprint)"
    case .bad(let words), .unknown(let words): return words
    }
  }
}
