internal import Evidence
public import GitModel
public import GitStore
internal import Policy
internal import Signing

/// Statements in `refs/gitrel/evidence`: a tree sharded by subject, each file named by the digest of
/// its envelope, so that two writers never conflict (DESIGN.md section 6).
public struct EvidenceStore {
  /// Where statements stand.
  public static let ref = RefName("refs/gitrel/evidence")
  /// How many statements about one tree are read.
  static let maximumStatements = 1000
  /// How many statements about one tree are taken in that anybody can make.
  static let maximumPushed = 400
  /// How many are taken in at all, below what is read.
  static let maximumKept = 900
  /// How many one person may make about one thing, so that nobody takes up the room of the others.
  static let maximumOfOne = 100
  /// After how many statements about the freezes of a month a person starts no more: what is left of theirs
  /// is for ending them.
  static let maximumWithStarts = 80
  /// How many bytes a statement may have that somebody makes in their own name.
  static let maximumOwn = 256 << 10
  /// How many statements one push may add.
  static let maximumAdded = 10_000
  /// How far ahead of this clock a statement may claim to be made, in seconds.
  static let clockSkew = StatementRights.clockSkew

  /// Where a clone keeps its copy of `remote`'s statements.
  public static func copy(of remote: String) -> RefName {
    RefName("refs/gitrel-remotes/\(remote)/evidence")
  }

  private let repository: Repository

  /// The statements of `repository`.
  public init(_ repository: Repository) { self.repository = repository }

  // MARK: - Reading

  /// What is stated about `tree` at any of `tips`, and by whom. What cannot be read is listed, never
  /// left out.
  func evidence(
    on tree: ObjectID, tips: [ObjectID], signatures: SignatureFacts
  ) throws(EngineFault) -> TreeEvidence {
    var tests: [Stated<TestFigures>] = []
    var coverage: [Stated<CoverageFigures>] = []
    var scans: [Stated<ScanFigures>] = []
    var unreadable: [String] = []
    for (path, blob) in try statements(about: tree, tips: tips) {
      do {
        let (envelope, statement) = try read(blob, at: path)
        let name = "statement \(envelope.statementDigest.prefix(12))"
        let signers = signatures.signers(of: envelope)
        switch statement.predicate {
        case .tests(let result):
          tests.append(stated(result.run, result.judgedFigures, name, signers))
        case .coverage(let result):
          coverage.append(stated(result.run, result.figures, name, signers))
        case .scan(let result):
          scans.append(stated(result.run, result.figures, name, signers))
        case .approval, .declaration, .other: break
        }
      } catch {
        unreadable.append("statement \(path.digest.prefix(12)): \(error.message)")
      }
    }
    return TreeEvidence(
      tree: tree, tests: tests, coverage: coverage, scans: scans, unreadable: unreadable)
  }

  /// A statement that does not tell when it was made is older than any that does.
  private func stated<Figures>(
    _ run: RecordedRun, _ figures: Figures, _ source: String, _ signers: StatementSigners
  ) -> Stated<Figures> {
    Stated(
      suite: run.suite.printable, recorded: run.recorded ?? Instant(seconds: .min),
      figures: figures, source: source, signers: signers)
  }

  /// What lies at `place` at any of `tips`: what was read, or why it cannot be.
  func statements(
    at place: ObjectID, tips: [ObjectID]
  ) throws(EngineFault) -> [StoredStatement] {
    try statements(about: place, tips: tips).map { path, blob in
      StoredStatement(
        digest: path.digest,
        content: Result { () throws(EngineFault) in
          let (envelope, statement) = try read(blob, at: path)
          return (envelope, statement)
        })
    }
  }

  /// Every statement at any of `tips` that can be read, whatever it is about.
  func all(tips: [ObjectID]) throws(EngineFault) -> [(envelope: Envelope, statement: Statement)] {
    var found: [(envelope: Envelope, statement: Statement)] = []
    var seen: Set<EvidencePath> = []
    for tip in tips {
      try wrapped { () throws(GitError) in
        for shard in try repository.tree(try repository.commit(tip).tree) where shard.isTree {
          for folder in try repository.tree(shard.id) where folder.isTree {
            for file in try repository.tree(folder.id) {
              let parts = [shard.name, folder.name, file.name]
              guard let path = EvidencePath(Bytes(parts.joined(separator: [UInt8(ascii: "/")]))),
                seen.insert(path).inserted, let read = try? read(file.id, at: path)
              else { continue }
              found.append((read.0, read.1))
            }
          }
        }
      }
    }
    return found
  }

  private func wrapped<Value>(
    _ body: () throws(GitError) -> Value
  ) throws(EngineFault) -> Value {
    try EngineFault.wrapping(body)
  }

  private func statements(
    about tree: ObjectID, tips: [ObjectID]
  ) throws(EngineFault) -> [(path: EvidencePath, blob: ObjectID)] {
    let folder = EvidencePath.folder(of: tree).split(separator: UInt8(ascii: "/")).map { Bytes($0) }
    var found: [(path: EvidencePath, blob: ObjectID)] = []
    var seen: Set<String> = []
    for tip in tips {
      let entries = try EngineFault.wrapping { () throws(GitError) -> [TreeEntry] in
        let root = try repository.commit(tip).tree
        guard let entry = try repository.entry(at: folder, inTree: root), entry.isTree else {
          return []
        }
        return try repository.tree(entry.id)
      }
      // What is kept beside approvals lies there in folders.
      guard entries.count(where: { !$0.isTree }) <= Self.maximumStatements else {
        throw EngineFault(
          "more than \(Self.maximumStatements) statements about the tree \(tree.short)")
      }
      for entry in entries {
        let path = EvidencePath(EvidencePath.folder(of: tree) + [UInt8(ascii: "/")] + entry.name)
        guard let path, entry.mode == 0o100644, seen.insert(path.digest).inserted else { continue }
        found.append((path, entry.id))
      }
    }
    return found
  }

  /// The statement in `blob`, which must be what its path says: these bytes, about this tree.
  func read(
    _ blob: ObjectID, at path: EvidencePath
  ) throws(EngineFault) -> (Envelope, Statement) {
    let bytes = try EngineFault.wrapping { () throws(GitError) in
      try repository.blob(blob, limit: Envelope.byteLimit)
    }
    guard SHA256Digest.hex(of: bytes) == path.digest else {
      throw EngineFault("its name is not the digest of its content")
    }
    do {
      let envelope = try Envelope(parsing: bytes)
      guard envelope.payloadType == Envelope.statementType else {
        throw EvidenceFault("its payload is no in-toto statement")
      }
      let statement = try Statement(parsing: envelope.payload)
      guard statement.lies(at: path.subject) else {
        throw EvidenceFault("it says nothing about \(path.subject.short), under which it lies")
      }
      return (envelope, statement)
    } catch let fault as EvidenceFault {
      throw EngineFault(fault.words)
    } catch {
      throw EngineFault("it cannot be read")
    }
  }

  // MARK: - Writing

  /// Adds statements about `tree` to what `tips` hold, and returns the new commit. With more than one
  /// tip it is the union: files never change, so no two can conflict.
  func adding(
    _ envelopes: [Envelope], about tree: ObjectID, to tips: [ObjectID], by identity: Identity
  ) throws(EngineFault) -> ObjectID {
    try EngineFault.wrapping { () throws(GitError) in
      var root: [TreeEntry] = []
      for tip in tips {
        root = try union(root, try repository.tree(try repository.commit(tip).tree))
      }
      let folder = EvidencePath.folder(of: tree).split(separator: UInt8(ascii: "/")).map {
        Bytes($0)
      }
      for envelope in envelopes {
        let bytes = envelope.encoded
        let blob = try repository.write(blob: bytes)
        let digest = SHA256Digest.hex(of: bytes)
        let name = Bytes("\(digest).json".utf8)
        root = try union(
          root, [try chain(folder[...], TreeEntry(name: name, mode: 0o100644, id: blob))])
        let reviewed = ReviewedTrees.entries(of: envelope)
        guard !reviewed.isEmpty else { continue }
        let kept = TreeEntry(
          name: Bytes(digest.utf8), mode: 0o040000, id: try repository.write(tree: reviewed))
        root = try union(root, [try chain(folder[...], kept)])
      }
      let words = envelopes.isEmpty ? "union" : "\(envelopes.count) about tree \(tree.short)"
      return try repository.writeCommit(
        tree: try repository.write(tree: root), parents: tips, author: identity,
        committer: identity, message: Bytes("gitrel evidence: \(words)\n".utf8))
    }
  }

  /// `file` inside the folders of `path`, as one entry.
  private func chain(
    _ path: ArraySlice<Bytes>, _ file: TreeEntry
  ) throws(GitError) -> TreeEntry {
    guard let first = path.first else { return file }
    let inner = try chain(path.dropFirst(), file)
    return TreeEntry(name: first, mode: 0o040000, id: try repository.write(tree: [inner]))
  }

  /// Everything that is in either list, folders joined.
  private func union(
    _ left: [TreeEntry], _ right: [TreeEntry]
  ) throws(GitError) -> [TreeEntry] {
    var entries = Dictionary(left.map { ($0.name, $0) }) { first, _ in first }
    for entry in right {
      guard let other = entries[entry.name], other.id != entry.id else {
        entries[entry.name] = entry
        continue
      }
      // The same name with other content can only be a folder: a file's name is its digest.
      guard other.isTree, entry.isTree else { continue }
      let joined = try union(try repository.tree(other.id), try repository.tree(entry.id))
      entries[entry.name] = TreeEntry(
        name: entry.name, mode: entry.mode, id: try repository.write(tree: joined))
    }
    return entries.values.sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  // MARK: - Judging a push of statements

  /// Verdicts on a push to the evidence ref: statements are only ever added, each well formed.
  /// Where the policy says who may state what, each is signed by one of these.
  func verdicts(
    on update: RefUpdate, at instant: Instant, rights: StatementRights = .open,
    people: People = People(), signatures: SignatureFacts
  ) -> [JudgedRule] {
    guard update.kind != .delete else {
      return [
        violated("statements are never taken back", fix: "leave \(Self.ref.full) out of the push")
      ]
    }
    do {
      let new = try EngineFault.wrapping { () throws(GitError) in try repository.commit(update.new)
      }
      var old: ObjectID?
      if update.kind == .update {
        old = try EngineFault.wrapping { () throws(GitError) in
          try repository.commit(update.old).tree
        }
        let grows = try EngineFault.wrapping { () throws(GitError) in
          try repository.isAncestor(update.old, of: update.new)
        }
        guard grows else {
          return [
            violated(
              "the push would take back statements that the server has",
              fix: "gitrel fetch, then gitrel attest again: it joins what both have")
          ]
        }
      }
      var check = EvidenceGrowth(repository: repository)
      try check.compare(old, new.tree, folders: [])
      var kept = check.kept
      var said: [ObjectID: SaidThere] = [:]
      for (path, blob) in check.added {
        do throws(EngineFault) {
          let (envelope, statement) = try read(blob, at: path)
          // Room is kept for what people say in their own name: a veto, a revocation, a freeze.
          guard statement.signer != nil || !check.crowded.contains(path.subject) else {
            throw EngineFault("more than \(Self.maximumPushed) statements about one tree")
          }
          if let trees = kept.removeValue(forKey: path) {
            try ReviewedTrees.check(trees, of: envelope, in: repository)
          }
          if let person = statement.signer {
            guard envelope.encoded.count <= Self.maximumOwn else {
              throw EngineFault("it has more than \(Self.maximumOwn) bytes")
            }
            let there: SaidThere
            if let known = said[path.subject] {
              there = known
            } else {
              there = try saidThere(at: path.subject, in: new.id)
              said[path.subject] = there
            }
            // Anybody could bring it in another wrapping, later, and as often as there is room.
            guard there.times[envelope.statementDigest, default: 0] < 2 else {
              throw EngineFault("it says what another one there says, with the same signer")
            }
            let count = there.counts[person, default: 0]
            guard count <= Self.maximumOfOne else {
              throw EngineFault(
                "more than \(Self.maximumOfOne) statements about one thing are \(person.cleaned)'s")
            }
            guard count <= Self.maximumWithStarts || !statement.startsFreeze else {
              throw EngineFault(
                "more than \(Self.maximumWithStarts) statements about the freezes of a month are \(person.cleaned)'s, and the rest of \(Self.maximumOfOne) may only end them"
              )
            }
            if let fault = signatures.reading(of: envelope).fault(asSignedBy: person) {
              throw EngineFault("it \(fault)")
            }
          }
          if let refusal = rights.refusal(of: statement, in: envelope, people, signatures) {
            return [Self.refused(refusal, path)]
          }
          // The last word of a suite stands: one from the future could never be followed by another.
          if let recorded = statement.recorded,
            recorded.seconds > instant.seconds + Self.clockSkew
          {
            throw EngineFault(
              "it says that it was made \(recorded.seconds - instant.seconds) seconds from now")
          }
        } catch {
          return [
            violated(
              "statement \(path.digest.prefix(12)) is not one: \(error.message)",
              fix: "write statements with gitrel attest")
          ]
        }
      }
      if let path = kept.keys.map(\.digest).min() {
        return [
          violated(
            "what is kept for statement \(path.prefix(12)) comes without it",
            fix: "write statements with gitrel approve")
        ]
      }
      let words = counted(check.added.count, "statement")
      return [
        JudgedRule(builtIn: BuiltIn.evidenceRef, .satisfied("\(words) added, none taken back"))
      ]
    } catch {
      return [violated(error.message, fix: "write statements with gitrel attest")]
    }
  }

  /// What people said in their own names at one place.
  private struct SaidThere {
    /// How many statements are each person's.
    var counts: [String: Int] = [:]
    /// How often each stands there, by the digest of what was signed.
    var times: [String: Int] = [:]
  }

  private func saidThere(
    at place: ObjectID, in tip: ObjectID
  ) throws(EngineFault) -> SaidThere {
    var said = SaidThere()
    for (path, blob) in try statements(about: place, tips: [tip]) {
      guard let (envelope, statement) = try? read(blob, at: path), let person = statement.signer
      else { continue }
      said.counts[person, default: 0] += 1
      said.times[envelope.statementDigest, default: 0] += 1
    }
    return said
  }

  private static func refused(
    _ refusal: StatementRights.Refusal, _ path: EvidencePath
  ) -> JudgedRule {
    let explanation = Explanation(
      "statement \(path.digest.prefix(12)) may not come in: \(refusal.words)",
      expected: refusal.wanted, fixes: StatementRights.fixes)
    return JudgedRule(
      builtIn: BuiltIn.evidenceRef,
      Verdict(refusal.isDoubt ? .indeterminate : .violated, explanation))
  }

  private func violated(_ words: String, fix: String) -> JudgedRule {
    JudgedRule(builtIn: BuiltIn.evidenceRef, .violated(Explanation(words, fixes: [fix])))
  }
}

extension TestResult {
  /// The figures, in which a result that says FAILED has failed, whatever it lists.
  fileprivate var judgedFigures: TestFigures {
    var figures = figures
    if gate == .fail, figures.gate != .fail { figures.suiteErrors += 1 }
    return figures
  }
}
