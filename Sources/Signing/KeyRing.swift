public import GitModel

/// The keys of the people whom a policy knows, and the judge of what was signed with them.
public struct KeyRing: Sendable {
  /// A key that does not count, and why.
  public struct Problem: Hashable, Sendable {
    /// Whose it was to be.
    public let person: String
    /// A clause after "a key of PERSON".
    public let words: String
  }

  /// Asks gpg about a detached signature, one packet, over a payload. gpg must know the keys of
  /// `openPGPKeys`, and no others.
  public typealias OpenPGPVerifier = (_ signature: Bytes, _ payload: Bytes) -> OpenPGPStatus

  /// The keys that do not count. Nothing that they signed does.
  public private(set) var problems: [Problem] = []
  private var ssh: [SSHPublicKey: (person: String, terms: [KeyTerms])] = [:]
  private var openPGP: [(person: String, key: OpenPGPKey)] = []

  private var instant: Instant
  private var authorities: [CertificateAuthority] = []
  private var addresses: [(address: Bytes, person: String)] = []

  /// A key on terms: a line of a file of allowed signers, read as the key of a person.
  public struct Listed: Hashable, Sendable {
    /// Whose it is.
    public let person: String
    /// The key as a policy holds it.
    public let text: String
    /// For what and when it may sign.
    public let terms: KeyTerms

    /// A key from its parts.
    public init(person: String, text: String, terms: KeyTerms) {
      (self.person, self.text, self.terms) = (person, text, terms)
    }
  }

  /// The keys of people, by their ids, and those that are listed on terms, which are judged at
  /// `instant`: the moment of the decision. A key that two people have tells neither, and is left out.
  ///
  /// `authorities` certify keys for people by their `addresses`.
  public init(
    _ people: [(id: String, keys: [String])], listed: [Listed] = [],
    authorities: [CertificateAuthority] = [],
    addresses: [(address: Bytes, person: String)] = [], at instant: Instant
  ) {
    self.instant = instant
    (self.authorities, self.addresses) = (authorities, addresses)
    var found: [(person: String, key: PublicKey, terms: KeyTerms?)] = []
    var holders: [String: Set<String>] = [:]
    let stated = people.flatMap { person in
      person.keys.map { (person: person.id, text: $0, terms: KeyTerms?.none) }
    }
    for (person, text, terms) in stated + listed.map({ ($0.person, $0.text, $0.terms) }) {
      do {
        let key = try PublicKey(text: text.utf8)
        found.append((person, key, terms))
        holders[key.fingerprint, default: []].insert(person)
      } catch {
        problems.append(Problem(person: person, words: error.words))
      }
    }
    for (person, key, terms) in found {
      if let others = holders[key.fingerprint]?.subtracting([person]).min() {
        problems.append(Problem(person: person, words: "is a key of `\(others)` too"))
        continue
      }
      switch key {
      case .ssh(let key):
        ssh[key, default: (person, [])].terms += terms.map { [$0] } ?? []
      case .openPGP(let key): openPGP.append((person, key))
      }
    }
  }

  /// The OpenPGP keys as gpg reads them.
  public var openPGPKeys: [Bytes] { openPGP.map(\.key.packets) }

  /// Who signed a commit or tag with this content, for the namespace `git`. `openPGP` is asked only
  /// about a signature that may be of one of the `openPGPKeys`.
  public func check(
    _ content: BytesSlice, kind: ObjectKind, openPGP: OpenPGPVerifier
  ) -> SignatureCheck {
    do {
      guard let object = try SignedObject.of(content, kind: kind) else { return .unsigned }
      return check(
        object.signature, of: object.format, over: object.payload, namespace: Self.gitNamespace,
        openPGP: openPGP)
    } catch {
      return .refused("cannot be told apart from the rest: the \(kind.rawValue) \(error.words)")
    }
  }

  /// That a signature in armour is of none of the keys, without a look at what it stands on; nil where
  /// that must be looked at. What is no signature that can be read is not told here either.
  public func stranger(_ signature: Bytes) -> SignatureCheck? {
    switch SignatureFormat(of: signature[...]) {
    case .ssh?: (try? SSHSignature(armoured: signature[...])).flatMap(stranger)
    case .openpgp?: (try? OpenPGPSignature(armoured: signature[...])).flatMap(stranger)
    case .x509?, nil: nil
    }
  }

  private func stranger(_ signature: SSHSignature) -> SignatureCheck? {
    // Whose a certified key is, its authority says.
    guard signature.certificate == nil, ssh[signature.key] == nil else { return nil }
    return .unknownKey(fingerprint: signature.key.fingerprint, format: .ssh)
  }

  private func stranger(_ signature: OpenPGPSignature) -> SignatureCheck? {
    mayBe(of: signature.issuer)
      ? nil : .unknownKey(fingerprint: signature.issuer ?? "no name", format: .openpgp)
  }

  /// The same keys, judged at another moment.
  public func at(_ instant: Instant) -> KeyRing {
    var ring = self
    ring.instant = instant
    return ring
  }

  /// Who signed `message` for the purpose `namespace`. OpenPGP knows no purposes, so that a signature
  /// of it says nothing of what it was made for.
  public func check(
    _ signature: Bytes, of format: SignatureFormat, over message: Bytes, namespace: Bytes,
    openPGP: OpenPGPVerifier
  ) -> SignatureCheck {
    do throws(SigningFault) {
      switch format {
      case .ssh:
        let signature = try SSHSignature(armoured: signature[...])
        let fingerprint = signature.key.fingerprint
        if let certificate = signature.certificate {
          return try check(signature, certificate, over: message, namespace: namespace)
        }
        guard let (person, terms) = ssh[signature.key] else {
          return .unknownKey(fingerprint: fingerprint, format: .ssh)
        }
        try signature.check(message, namespace: namespace)
        // Several lines may list a key; one that allows this is enough.
        let refusals = terms.map { $0.refusal(of: namespace, at: instant) }
        if let refusal = refusals.last, !refusals.contains(nil), let refusal { throw refusal }
        return .good(.init(person: person, format: .ssh, fingerprint: fingerprint))
      case .openpgp:
        let signature = try OpenPGPSignature(armoured: signature[...])
        if let stranger = stranger(signature) { return stranger }
        return try check(openPGP(signature.packet, message))
      case .x509:
        throw SigningFault(
          "is of X.509, which is not supported here; sign with an SSH or OpenPGP key")
      }
    } catch {
      return .refused(error.words)
    }
  }

  /// Who signed with a key that somebody certifies: the one person of whom an authority says so.
  private func check(
    _ signature: SSHSignature, _ certificate: SSHCertificate, over message: Bytes, namespace: Bytes
  ) throws(SigningFault) -> SignatureCheck {
    let speaking = authorities.filter { $0.key == certificate.authority }
    guard !speaking.isEmpty else {
      return .unknownKey(fingerprint: certificate.authority.fingerprint, format: .ssh)
    }
    if let refusal = certificate.refusal(at: instant) { throw refusal }
    try signature.check(message, namespace: namespace)
    var people: Set<String> = []
    var refusal: SigningFault?
    for (address, person) in addresses {
      // Addresses are compared without regard to capitals, and so are the patterns: a `!` must not be
      // passed by another spelling.
      guard certificate.principals.contains(where: { $0.asciiLowercased == address }) else {
        continue
      }
      for authority in speaking
      where PatternList.matches(address, authority.principals.asciiLowercased) {
        if let fault = authority.terms.refusal(of: namespace, at: instant) {
          refusal = fault
        } else {
          people.insert(person)
        }
      }
    }
    let names = certificate.principals.prefix(3).map { $0.prefix(60).printable }
      .joined(separator: ", ")
    guard let person = people.first else {
      throw refusal
        ?? SigningFault(
          "is by a certificate for \(names.isEmpty ? "nobody" : "`\(names)`"), who is nobody whom the policy lets its authority name"
        )
    }
    guard people.count == 1 else {
      throw SigningFault("is by a certificate for \(people.sorted().joined(separator: " and "))")
    }
    if let holder = ssh[signature.key]?.person, holder != person {
      throw SigningFault("is by a key of \(holder) with a certificate for \(person)")
    }
    return .good(
      .init(person: person, format: .ssh, fingerprint: signature.key.fingerprint))
  }

  /// What git signs for (gpg-interface.c, `sign_buffer_ssh`).
  static let gitNamespace = Bytes("git".utf8)

  private func mayBe(of issuer: String?) -> Bool {
    guard let issuer else { return !openPGP.isEmpty }
    return openPGP.contains { $0.key.parts.keys.contains { $0.hasSuffix(issuer) } }
  }

  private func check(_ status: OpenPGPStatus) throws(SigningFault) -> SignatureCheck {
    switch status {
    case .refused(let words): return .refused(words)
    case .undecided(let words): return .undecided(words)
    case .unknownKey(let id): return .unknownKey(fingerprint: id, format: .openpgp)
    case .good(let part, let primary):
      guard let (person, key) = openPGP.first(where: { $0.key.fingerprint == primary }),
        let weakness = key.parts[part]
      else { return .unknownKey(fingerprint: primary, format: .openpgp) }
      if let weakness { throw SigningFault("is by a key that \(weakness.words)") }
      return .good(.init(person: person, format: .openpgp, fingerprint: primary))
    }
  }
}
