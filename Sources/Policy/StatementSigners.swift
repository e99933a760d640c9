internal import GitModel

/// Who signed a statement, as far as the keys of the policy tell, at the moment of the decision.
public struct StatementSigners: Hashable, Sendable {
  /// What each signature comes to, in order; equal ones once, for one key counts once.
  public let readings: [SignatureReading]

  /// Nobody.
  public static let unsigned = StatementSigners([])

  /// What these signatures come to.
  public init(_ readings: [SignatureReading]) {
    var seen: Set<SignatureReading> = []
    self.readings = readings.filter { $0 != .unsigned && seen.insert($0).inserted }
  }

  /// The people whose signatures hold, each once.
  public var people: [String] {
    Set(readings.compactMap { if case .good(let person, _, _) = $0 { person } else { nil } })
      .sorted()
  }

  /// Why it cannot be told whether somebody signed; nil when it can.
  public var doubt: String? {
    readings.lazy.compactMap { if case .unknown(let words) = $0 { words } else { nil } }.first
  }

  /// For messages: `signed by carol`, `unsigned`, and else why no signature counts.
  public var words: String {
    if !people.isEmpty { return "signed by \(listed(people))" }
    switch readings.first {
    case nil, .unsigned?, .planned?, .good?: return "unsigned"
    case .unknownKey(let fingerprint, let format)?:
      return "signed with a key that is nobody's: \(format.name) \(fingerprint)"
    case .bad(let words)?: return "signed, but the signature \(words)"
    case .unknown(let words)?: return "signed, and it cannot be told by whom: \(words)"
    }
  }
}

/// Which statements a rule counts.
public struct StatementTrust: Hashable, Sendable {
  /// What a statement must be.
  public enum Trust: String, Hashable, Sendable, CaseIterable {
    /// Whatever somebody who may push it says.
    case any
    /// Signed by a key of somebody in the policy.
    case signed
  }

  /// What a statement must be.
  public let trust: Trust
  /// Of whom one must have signed; nil for anybody whom the policy knows.
  public let by: Who?

  /// Reads `trust` and `by`.
  init(from reader: SettingsReader, context: PolicyContext) {
    let stated: Trust? = reader.choice("trust")
    by = reader.who("by", context)
    trust = stated ?? (by == nil ? .any : .signed)
    if stated == .any, by != nil {
      reader.problems.add(
        "`by` asks for signatures, and `trust: any` for none",
        at: reader.node("trust")?.position ?? reader.position, hint: "leave `trust` out")
    }
    if let by, by.people.isEmpty, by.names.allSatisfy({ context.people.roles[$0] != nil }) {
      reader.problems.add(
        "`by` names nobody", at: reader.node("by")?.position ?? reader.position,
        hint: "nobody could state anything")
    }
  }

  /// What stands of what was stated.
  struct Standing<Figures: Hashable & Sendable> {
    /// Of each suite the last word that counts.
    let counted: [Stated<Figures>]
    /// What does not count, and whose last word it would be, with the reason.
    let others: [Finding]
    /// Why it cannot be told what counts; nil when it can.
    let doubt: String?
  }

  /// Sorts out what counts. What cannot be told is no last word that can be passed over: it might say
  /// that something failed.
  func standing<Figures>(_ all: [Stated<Figures>]) -> Standing<Figures> {
    guard trust == .signed else {
      return Standing(counted: TreeEvidence.standing(all), others: [], doubt: nil)
    }
    var passed: [Stated<Figures>] = []
    var others: [Stated<Figures>] = []
    for stated in all {
      if counts(stated.signers) || stated.signers?.doubt != nil {
        passed.append(stated)
      } else {
        others.append(stated)
      }
    }
    let standing = TreeEvidence.standing(passed)
    let doubt = standing.first { !counts($0.signers) }
    return Standing(
      counted: standing,
      others: TreeEvidence.standing(others).prefix(10).map {
        Finding("not counted", $0.signers == nil ? "\($0.source), no statement" : $0.source)
      }, doubt: doubt?.source)
  }

  private func counts(_ signers: StatementSigners?) -> Bool {
    guard let signers else { return false }
    return by.map { by in signers.people.contains { by.contains($0) } } ?? !signers.people.isEmpty
  }

  /// What is wanted, in words; nil when anything counts.
  func words(_ people: People) -> String? {
    guard trust == .signed else { return nil }
    return "statements signed by \(by?.words(people) ?? "somebody in the policy")"
  }
}

/// Who may state what: what a policy says under `statements`.
public struct StatementRights: Hashable, Sendable {
  /// Whether every statement must be signed by somebody in the policy.
  public let isSigned: Bool
  /// Whose signature a kind takes, by the name of the kind.
  public let byKind: [String: Who]

  /// Anybody may state anything.
  public static let open = StatementRights(isSigned: false, byKind: [:])

  /// Rights from their parts.
  public init(isSigned: Bool, byKind: [String: Who]) {
    (self.isSigned, self.byKind) = (isSigned, byKind)
  }

  /// Whether a policy limits who may state something.
  public var isOpen: Bool { !isSigned && byKind.isEmpty }

  /// Why a statement may not come in.
  public struct Refusal: Hashable, Sendable {
    /// A clause: `it is unsigned`.
    public let words: String
    /// What it takes.
    public let wanted: String
    /// Whether it cannot be told, rather than that it is so.
    public let isDoubt: Bool
  }

  /// What is wrong with a statement of this kind that these people signed; nil when it may come in.
  public func refusal(
    of kind: String, _ signers: StatementSigners, _ people: People
  ) -> Refusal? {
    guard let who = byKind[kind].map({ $0 as Who? }) ?? (isSigned ? .some(nil) : nil) else {
      return nil
    }
    let isAllowed =
      who.map { who in signers.people.contains { who.contains($0) } } ?? !signers.people.isEmpty
    if isAllowed { return nil }
    let wanted = who?.words(people) ?? "somebody in the policy"
    return Refusal(
      words: "it is \(signers.words)",
      wanted: "on a statement of the kind \(kind.quoted), a signature by \(wanted)",
      isDoubt: signers.doubt != nil)
  }

  /// How a statement is signed.
  public static let fixes = ["state it anew, signed: gitrel attest --sign", Signers.setUp]
}
