internal import Evidence
internal import GitModel
internal import Signing

/// A statement as it lies in the tree of the evidence ref.
struct StoredStatement {
  /// The SHA-256 of the envelope's bytes.
  let digest: String
  /// What was read, or why it cannot be.
  let content: Result<(envelope: Envelope, statement: Statement), EngineFault>
}

/// Under which objects of the evidence tree statements lie, so that what a decision needs is found
/// without reading the rest.
enum EvidencePlace {
  /// Where approvals for a ref lie that are of the day of `instant`. A rebase changes commits and trees,
  /// so that what an approval is about cannot be what finds it.
  static func approvals(for ref: RefName, on instant: Instant) -> ObjectID {
    let day = instant.seconds.quotientAndRemainder(dividingBy: 86_400).quotient
    return place(Bytes("approvals \(day) ".utf8) + ref.bytes)
  }

  /// What the freezes are about that were declared in a month, that of `instant`, in UTC. They are about
  /// no commit, so they have a subject of their own to lie under.
  static func freezes(of instant: Instant) -> Subject {
    Subject(sha256: SHA256Digest.hex(of: Bytes("freezes \(instant.utcText.prefix(7))".utf8)))
  }

  /// What the duties are about that were declared on the day of `instant`, in UTC.
  static func duties(of instant: Instant) -> Subject {
    Subject(sha256: SHA256Digest.hex(of: Bytes("duties \(instant.utcText.prefix(10))".utf8)))
  }

  /// Where statements about another statement lie.
  static func statements(about digest: String) -> ObjectID {
    ObjectID(hex: Bytes(digest.utf8.prefix(ObjectID.hexLength))) ?? place(Bytes(digest.utf8))
  }

  private static func place(_ name: Bytes) -> ObjectID {
    statements(about: SHA256Digest.hex(of: name))
  }
}

extension Statement {
  /// Whether `place` is one where this statement may lie: of many subjects, any may be the one.
  func lies(at place: ObjectID) -> Bool {
    switch predicate {
    case .approval: self.place == place
    case .declaration: isAbout(commit: place) || self.place == place
    case .tests, .coverage, .scan, .other: isAbout(tree: place)
    }
  }

  /// Where the statement is put.
  var place: ObjectID? {
    switch predicate {
    case .approval(let approval):
      return EvidencePlace.approvals(for: approval.ref, on: approval.recorded)
    case .declaration:
      // What is known by its bytes alone is another statement, or an entry of the log.
      return subjects.lazy.compactMap(\.commit).first
        ?? subjects.lazy.compactMap(\.sha256).first.map {
          EvidencePlace.statements(about: String(decoding: $0, as: UTF8.self))
        }
    case .tests, .coverage, .scan, .other: return subjects.lazy.compactMap(\.tree).first
    }
  }
}

extension Statement {
  /// Whether it is about a freeze and does not end one.
  var startsFreeze: Bool {
    guard case .declaration(let said) = predicate, said.kind == .freeze else { return false }
    return !said.value.elementsEqual("end".utf8)
  }

  /// Who must have signed it: whom it names. What runs and scans came to, nobody needs to sign.
  var signer: String? {
    switch predicate {
    case .approval(let approval): String(decoding: approval.person, as: UTF8.self)
    case .declaration(let declaration): String(decoding: declaration.person, as: UTF8.self)
    case .tests, .coverage, .scan, .other: nil
    }
  }
}
