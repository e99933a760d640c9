internal import Evidence
internal import GitModel
internal import Policy
internal import Signing

/// Tells who signed what with the keys of people, at one moment. No repository is needed for it.
final class SignatureJudge {
  private let ring: KeyRing
  private let gpg: OpenPGPCheck
  private var knownEnvelopes: [Envelope: StatementSigners] = [:]

  init(people: People, instant: Instant) {
    ring = KeyRing(
      people.all.map { ($0.id, $0.keys) }, listed: people.all.flatMap(\.listed),
      authorities: people.authorities.compactMap(\.authority),
      addresses: people.all.flatMap { person in person.emails.map { ($0, person.id) } },
      at: instant)
    gpg = OpenPGPCheck(keys: ring.openPGPKeys, instant: instant)
  }

  private init(ring: KeyRing, instant: Instant) {
    self.ring = ring.at(instant)
    gpg = OpenPGPCheck(keys: ring.openPGPKeys, instant: instant)
  }

  /// A judge with the same keys at another moment: they are read once.
  func at(_ instant: Instant) -> SignatureJudge { SignatureJudge(ring: ring, instant: instant) }

  /// That a signature is by a key that is nobody's, where what it stands on need not be read for that.
  func stranger(_ signature: Bytes) -> SignatureReading? {
    ring.stranger(signature).map { SignatureReading($0) }
  }

  /// Who signed a commit or a tag with this content.
  func reading(of content: Bytes, kind: ObjectKind) -> SignatureReading {
    SignatureReading(
      ring.check(content[...], kind: kind) { [gpg] in gpg.status(of: $0, over: $1) })
  }

  /// Who signed a statement that one person makes, and that so has one signature.
  func reading(of envelope: Envelope) -> SignatureReading {
    guard envelope.signatures.count <= 1 else { return .bad("has several signatures") }
    return signers(of: envelope).readings.first ?? .unsigned
  }

  /// Who signed a statement: each signature over its very payload, for the namespace `gitrel`.
  ///
  /// A signature of OpenPGP has no namespace; that it was made for a statement and no object of git is
  /// told by the first bytes of what is signed (`StatementSigner`). The `keyid` is typed by anybody, and
  /// is not looked at.
  func signers(of envelope: Envelope) -> StatementSigners {
    if let known = knownEnvelopes[envelope] { return known }
    let message = envelope.preAuthenticationEncoding
    let signers = StatementSigners(
      envelope.signatures.map { signature in
        guard let format = SignatureFormat(of: signature.signature[...]) else {
          return .bad("is none of SSH, OpenPGP or X.509")
        }
        return SignatureReading(
          ring.check(
            signature.signature, of: format, over: message, namespace: StatementSigner.namespace
          ) { [gpg] in gpg.status(of: $0, over: $1) })
      })
    knownEnvelopes[envelope] = signers
    return signers
  }
}

extension Person {
  /// The keys on terms, as a ring takes them.
  fileprivate var listed: [KeyRing.Listed] {
    listedKeys.map { KeyRing.Listed(person: id, text: $0.text, terms: $0.terms) }
  }
}

extension ListedKey {
  fileprivate var terms: KeyTerms {
    KeyTerms(
      line: line, namespaces: namespaces, validAfter: validAfter, validBefore: validBefore)
  }
}

extension ListedAuthority {
  /// The authority as a ring takes it; the reader of the policy has read the key before.
  fileprivate var authority: CertificateAuthority? {
    guard case .ssh(let key)? = try? PublicKey(text: self.key.text.utf8) else { return nil }
    return CertificateAuthority(key: key, principals: principals, terms: self.key.terms)
  }
}
