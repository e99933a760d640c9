internal import Evidence
internal import GitModel
internal import Policy

/// What somebody declares in a case of a policy test.
struct TestDeclaration {
  let said: Declaration
  /// The commit that it is about; nil for freezes and duties.
  let commit: ObjectID?
  let signature: SignatureReading
  /// Made up, and the same in every run.
  let digest: String

  var person: String { String(decoding: said.person, as: UTF8.self) }

  /// How it counts on `ref`: as the server judges what lies in the evidence ref.
  func stated(on ref: RefName, _ policy: PolicyDocument, at instant: Instant) -> StatedDeclaration {
    StatedDeclaration(
      said, digest: digest,
      fault: said.fault(signed: signature, on: ref, by: policy, at: instant))
  }
}

/// A signed approval of a case.
struct TestApproval: PersonalStatement {
  let person: Bytes
  let role: Bytes
  let repository: Bytes
  let recorded: Instant
  let isVeto: Bool
  let signature: SignatureReading
  /// The commit that it is about; nil for all that the push brings.
  let commit: ObjectID?
  let digest: String

  var meant: RefName? { nil }
  var end: Instant? { nil }
  var isFinal: Bool { false }

  /// How it stands to a commit that it is about.
  func endorsement(on ref: RefName, _ policy: PolicyDocument, at instant: Instant) -> Endorsement {
    Endorsement(
      person: person.printable, role: role.isEmpty ? nil : role.printable, isVeto: isVeto,
      recorded: recorded, digest: digest,
      standing: fault(signed: signature, on: ref, by: policy, at: instant).map { .void($0) }
        ?? .exact)
  }
}

/// What is promised for a release.
enum TestScope {
  /// The case says nothing of it.
  case unstated
  /// There is no file that says it.
  case none
  case promised(ReleaseScope)
}
