internal import Evidence
internal import GitModel
internal import Policy
internal import Release
internal import Signing

/// The statements in an evidence bundle: each must be about the release, and signed by whom it names.
struct BundledStatements {
  let objects: BundledObjects
  let log: BundledLog
  let ruling: BundledRuling
  let policy: PolicyDocument
  let ref: RefName
  let keysFile: String?
  /// The digests of the lines of the log.
  private let lines: Set<String>

  /// A statement as it lies in the bundle.
  private struct Read {
    let envelope: Envelope
    let statement: Statement
    /// By what it is known.
    var digest: String { envelope.statementDigest }
    var short: String { "statement \(digest.prefix(12))" }
    var order: (Instant, String) {
      (statement.recorded ?? Instant(seconds: .max), envelope.digest)
    }
  }

  init(
    objects: BundledObjects, log: BundledLog, ruling: BundledRuling, policy: PolicyDocument,
    ref: RefName, keysFile: String?
  ) {
    (self.objects, self.log, self.ruling) = (objects, log, ruling)
    (self.policy, self.ref, self.keysFile) = (policy, ref, keysFile)
    lines = Set(log.entries.map(\.digest))
  }

  /// Reads and judges them all.
  func check(
    _ files: inout BundleFiles, _ judges: inout BundleJudges, _ report: inout BundleReport
  ) throws(EvidenceFault) {
    var all: [Read] = []
    for file in files.statementDigests {
      all.append(try read(file, &files))
    }
    // In the order in which they say they were made, which is how people read them.
    all.sort { $0.order < $1.order }
    let known = Set(all.map(\.digest))
    let spent = try spent(&files, known: known, &report)
    var revoked: [String: [(by: Bytes, at: Instant)]] = [:]
    var signed = 0
    var verdicts: [(read: Read, words: String)] = []
    for one in all {
      if let fault = irrelevance(of: one, known: known, spent: spent) {
        report.faults.append("\(one.short) \(fault)")
        continue
      }
      let moment = one.statement.moment(
        spent: spent[one.digest], decided: ruling.entry.seconds,
        last: log.last)
      let judge = judges.judge(at: moment)
      let signers = judge.signers(of: one.envelope)
      var isGood = false
      switch BundledSignature(
        one.statement, in: one.envelope, by: judge, isSpent: spent[one.digest] != nil,
        keysFile: keysFile)
      {
      case .good:
        isGood = true
        signed += 1
      case .trusted(let words): report.trusted.append("\(one.short), \(words)")
      case .fault(let words): report.faults.append("\(one.short) \(words)")
      }
      if isGood, case .declaration(let said) = one.statement.predicate, said.kind == .revocation {
        for subject in one.statement.subjects {
          let digest = subject.sha256.map { String(decoding: $0, as: UTF8.self) } ?? ""
          revoked[digest, default: []].append((said.person, said.recorded))
        }
      }
      verdicts.append((one, signers.words.cleaned))
    }
    report.items = verdicts.map { one, words in
      let taken = revoked[one.digest]?.filter {
        one.statement.signer.map { Bytes($0.utf8) } == $0.by
      }.map(\.at).min()
      return BundleReport.Item(
        digest: one.digest, kind: StatementKind.name(ofPredicate: one.statement.predicate.type),
        words: one.statement.words.cleaned, recorded: one.statement.recorded, signers: words,
        revoked: taken)
    }
    if !all.isEmpty {
      report.proven.append(
        "\(signed) of \(counted(all.count, "statement")) \(signed == 1 ? "is" : "are") signed by whom the keys say, and all are about this release"
      )
    }
    report.trusted.append(
      "that these statements lay there when it was decided: the log names only what was spent, \(counted(spent.count, "approval"))"
    )
    report.trusted.append(
      "that no other statement, such as an incident, was left out of the bundle")
  }

  private func read(_ file: String, _ files: inout BundleFiles) throws(EvidenceFault) -> Read {
    let bytes = try files.demand(BundleFiles.statement(file))
    guard SHA256Digest.hex(of: bytes) == file else {
      throw EvidenceFault("\(BundleFiles.statement(file)) is not what its name says")
    }
    let envelope = try Envelope(parsing: bytes)
    guard envelope.payloadType == Envelope.statementType else {
      throw EvidenceFault("\(BundleFiles.statement(file)) holds no in-toto statement")
    }
    return Read(envelope: envelope, statement: try Statement(parsing: envelope.payload))
  }

  /// The statements that decisions say they spent on commits of the release, with the moment; each must be
  /// there.
  private func spent(
    _ files: inout BundleFiles, known: Set<String>, _ report: inout BundleReport
  ) throws(EvidenceFault) -> [String: Int64] {
    var spent: [String: Int64] = [:]
    var others = 0
    for (entry, _) in log.entries where entry.used != nil {
      guard let file = files.file(BundleFiles.used(entry.sequence)) else {
        guard entry.sequence != ruling.entry.sequence else {
          throw EvidenceFault(
            "the bundle lacks what decision \(entry.sequence) spent, and its line says that there is something"
          )
        }
        others += 1
        continue
      }
      for (digest, commit) in try BundledLog.uses(of: entry, in: file)
      where objects.commits.contains(commit) || entry.sequence == ruling.entry.sequence {
        spent[digest] = entry.seconds
        if !known.contains(digest) {
          report.faults.append(
            "statement \(digest.prefix(12)), which let \(commit.short) in by decision \(entry.sequence), is not in the bundle"
          )
        }
      }
    }
    if others > 0 {
      report.trusted.append(
        "that \(counted(others, "decision")) on the way spent nothing on it: what they spent is not here"
      )
    }
    return spent
  }

  /// Why a statement has nothing to do with the release; nil where it has.
  private func irrelevance(
    of one: Read, known: Set<String>, spent: [String: Int64]
  ) -> String? {
    if let repository = one.statement.repository, repository != policy.repository {
      return "is for another repository: `\(repository.prefix(60).printable)`"
    }
    switch one.statement.predicate {
    case .approval:
      return spent[one.digest] == nil ? "is an approval that no decision spent on the release" : nil
    case .declaration(let said):
      if let meant = said.ref, meant != ref {
        return "is for \(meant.short.prefix(60)), not for \(ref.short)"
      }
      let isAbout =
        one.statement.isOf(objects.commit, ref)
        || one.statement.isAbout { known.contains($0) || lines.contains($0) }
      return isAbout ? nil : "is about something else than \(ref.short)"
    case .tests, .coverage, .scan, .other:
      return one.statement.isOf(objects.commit, ref)
        ? nil : "is about another tree than that of \(ref.short)"
    }
  }
}

/// What the signature of a statement in a bundle comes to.
enum BundledSignature {
  /// It is by whom it should be.
  case good
  /// Nothing is wrong, and nothing is proven; a clause.
  case trusted(String)
  /// Something is wrong; a clause.
  case fault(String)

  /// Judges it. What somebody says in their own name must be signed by them, and what runs came to may be
  /// stated by anybody. `isSpent`: the log says that it counted once. `keysFile`: the file that has all
  /// keys there are, so that others are faults; nil for those of the policy.
  init(
    _ statement: Statement, in envelope: Envelope, by judge: SignatureJudge, isSpent: Bool,
    keysFile: String?
  ) {
    let isStrict = keysFile != nil
    if let person = statement.signer {
      let reading = judge.reading(of: envelope)
      guard let fault = reading.fault(asSignedBy: person) else {
        self = .good
        return
      }
      if case .unknownKey = reading, isSpent, !isStrict {
        // Who has left since has no key any more.
        self = .trusted("by \(person.cleaned): it \(fault), and the log says that it counted")
      } else if case .unknownKey(let fingerprint, _) = reading, let keysFile {
        self = .fault("is signed by a key that \(keysFile) gives to nobody: \(fingerprint)")
      } else {
        self = .fault(fault)
      }
      return
    }
    let signers = judge.signers(of: envelope)
    for reading in signers.readings {
      switch reading {
      case .good, .unsigned, .planned: continue
      case .unknownKey where !isStrict: continue
      case .unknownKey, .bad, .unknown:
        self = .fault("is \(StatementSigners([reading]).words)")
        return
      }
    }
    self =
      signers.people.isEmpty
      ? .trusted("\(statement.words.cleaned): it is \(signers.words)") : .good
  }
}

extension Statement {
  /// The moment at which its key must have been valid: that of the decision which spent it or which it was
  /// there for, and the last that the log tells of for what was stated after that.
  func moment(spent: Int64?, decided: Int64, last: Int64) -> Int64 {
    if let spent { return spent }
    guard let recorded, recorded.seconds > decided else { return decided }
    return last
  }

  /// Whether it lies with the release whose tag stands at `ref` on `commit`, by itself: what is said of
  /// the commit for this ref or for any, and what runs of its tree came to.
  func isOf(_ commit: Commit, _ ref: RefName) -> Bool {
    switch predicate {
    case .approval: false
    case .declaration(let said): (said.ref ?? ref) == ref && isAbout(commit: commit.id)
    case .tests, .coverage, .scan, .other: isAbout(tree: commit.tree)
    }
  }

  /// Whether it is said of one of these: other statements, or lines of the log.
  func isAbout(anyOf digests: (String) -> Bool) -> Bool {
    guard case .declaration = predicate else { return false }
    return subjects.contains { subject in
      subject.sha256.map { digests(String(decoding: $0, as: UTF8.self)) } ?? false
    }
  }
}

extension Statement {
  /// Which repository it says it is for; nil where its kind does not say.
  var repository: Bytes? {
    switch predicate {
    case .approval(let said): said.repository
    case .declaration(let said): said.repository
    case .tests, .coverage, .scan, .other: nil
    }
  }
}
