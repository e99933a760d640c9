internal import Evidence
public import GitModel
internal import GitStore
internal import Glibc
internal import Policy
internal import PolicyFile
public import Release
internal import Signing

/// `gitrel release bundle`: puts into one file what a release rests on, so that it can be proven without
/// the repository. What is made is checked as `gitrel release verify` does before it is handed out.
public struct BundleRun {
  /// What was made.
  public struct Made: Sendable {
    /// The file.
    public let bytes: Bytes
    /// What checking it came to, with the head of the log that was read.
    public let report: BundleReport
    /// The key that signed the summary, as `SSH key SHA256:...`; nil when nothing did.
    public let key: String?
    /// What was left out, each a sentence.
    public let leftOut: [String]
  }

  private let gate: CloneGate
  private let log: DecisionLog
  private let remote: String?
  private let signer: StatementSigner?

  /// A run on what `gate` sees, with the decisions of `log`; `signer` signs the summary.
  public init(_ gate: CloneGate, log: DecisionLog, remote: String?, signer: StatementSigner?) {
    (self.gate, self.log, self.remote, self.signer) = (gate, log, remote, signer)
  }

  /// The bundle of the release called `name`.
  public func bundle(_ name: String) throws(EngineFault) -> Made {
    let ref = RefName("refs/tags/\(name)")
    let release = try BundledRelease(ref, gate)
    let survey = try LogSurvey(log, of: release, gate)
    let judged = survey.policy
    let policy = judged.document
    let (statements, faulty) = try statements(of: release, survey)
    var leftOut = faulty
    if release.isCut {
      leftOut.append("commits older than the newest \(counted(release.commits.count, "commit"))")
    }
    var files = survey.files
    files.append(.init(BundleFiles.objects, BundledObjects.encoded(release.objects)))
    files.append(.init(BundleFiles.notes, release.tag.message))
    files.append(.init(BundleFiles.policy, judged.bytes))
    var policyFiles: [BundleManifest.PolicyFile] = []
    for (index, file) in judged.files.enumerated() {
      let member = BundleFiles.policyFile(index + 1)
      policyFiles.append(.init(name: file.name, member: member))
      files.append(.init(member, file.bytes))
    }
    for envelope in statements {
      files.append(.init(BundleFiles.statement(envelope.digest), envelope.encoded))
    }
    let program = "gitrel \(GitrelVersion.text)"
    let summary = VerificationSummary(
      commit: release.commit.id, tree: release.commit.tree, refs: release.refs, program: program,
      verified: Instant(seconds: survey.decision.seconds),
      resource: try resource(policy), policy: "\(try resource(policy))#\(Self.uri(judged.path))",
      policyDigest: survey.decision.policyDigest ?? "",
      inputs: statements.map(\.digest).sorted(),
      level: SourceControls.level(survey.controls), controls: survey.controls)
    let unsigned = Envelope(payload: summary.encoded)
    let signed = try signer?.signed(unsigned)
    files.append(.init(BundleFiles.summary, (signed?.envelope ?? unsigned).encoded))
    let manifest = BundleManifest(
      ref: ref, tag: release.tag.id, commit: release.commit.id, policyPath: judged.path,
      policyCommit: judged.commit, policyFiles: policyFiles,
      decision: survey.decision.sequence, program: program)
    files.append(.init(BundleFiles.manifest, manifest.encoded))
    let bytes: Bytes
    do { bytes = try BundleFiles.encoded(files) } catch { throw EngineFault(error.words) }
    let report = BundleCheck(keys: .ofPolicy, head: survey.head).report(on: bytes)
    guard report.holds else {
      throw EngineFault(
        "\(ref.short) cannot be proven by what is here\(report.faults.prefix(20).map { "\n  \($0)" }.joined())",
        hints: ["gitrel fetch brings what the server has"])
    }
    return Made(bytes: bytes, report: report, key: signed?.words, leftOut: leftOut)
  }

  /// Writes a bundle to a place where there is nothing yet.
  public static func write(_ bytes: Bytes, to path: String) throws(EngineFault) {
    let shown = Bytes(path.utf8).printable
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard file >= 0 else {
      let why = String(cString: strerror(errno)).lowercased()
      throw EngineFault(
        "\(shown) cannot be written: \(why)",
        hints: errno == EEXIST ? ["name another file: --output FILE"] : [])
    }
    let isWritten = FileSystem.writeAll(bytes, to: file)
    guard close(file) == 0, isWritten else {
      unlink(path)
      throw EngineFault("\(shown) cannot be written")
    }
  }

  // MARK: - Statements

  /// The statements that the release rests on and those about them, and what of these was left out.
  private func statements(
    of release: BundledRelease, _ survey: LogSurvey
  ) throws(EngineFault) -> (kept: [Envelope], leftOut: [String]) {
    let policy = survey.policy.document
    let all =
      try EvidenceStore(gate.repository).all(tips: try gate.view.evidenceTips())
      + release.carried
    var kept: [String: Envelope] = [:]
    var known: Set<String> = []
    var leftOut: Set<String> = []
    var judges = BundleJudges(people: policy.people)
    // What is said of a statement may itself be taken back: until nothing is added any more.
    while true {
      let before = kept.count
      for (envelope, statement) in all where kept[envelope.digest] == nil {
        let digest = envelope.statementDigest
        guard statement.repository ?? policy.repository == policy.repository else { continue }
        guard
          survey.spent[digest] != nil || statement.isOf(release.commit, release.ref)
            || statement.isAbout(anyOf: { known.contains($0) || survey.digests.contains($0) })
        else { continue }
        let moment = statement.moment(
          spent: survey.spent[digest], decided: survey.decision.seconds, last: survey.last)
        let signature = BundledSignature(
          statement, in: envelope, by: judges.judge(at: moment),
          isSpent: survey.spent[digest] != nil, keysFile: nil)
        if case .fault(let words) = signature {
          leftOut.insert("statement \(digest.prefix(12)) \(words.cleaned)")
          continue
        }
        kept[envelope.digest] = envelope
        known.insert(digest)
      }
      if kept.count == before { break }
    }
    return (kept.sorted { $0.key < $1.key }.map(\.value), leftOut.sorted())
  }

  // MARK: - The repository's name

  /// The repository as a URI: what the policy calls it, or else where the clone has it from.
  private func resource(_ policy: PolicyDocument) throws(EngineFault) -> String {
    let named = String(decoding: policy.repository, as: UTF8.self)
    if named.contains("://") { return Self.uri(named) }
    if !named.isEmpty { return "urn:gitrel:repository:\(Self.uri(named))" }
    let repository = gate.repository
    let url = try remote.flatMap { name throws(EngineFault) in
      try EngineFault.wrapping { () throws(GitError) in
        try repository.config("remote.\(name).url")
      }
    }
    // `scheme:`, nothing, and the rest from the host on.
    let parts = (url ?? "").split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].last == ":", parts[1].isEmpty else {
      return "git+file:\(Self.uri(url ?? repository.gitDirectory))"
    }
    // A password has no business in a file that is handed on.
    let host = parts[2].prefix { $0 != "/" }.split(separator: "@").last ?? ""
    let path = parts[2].drop { $0 != "/" }
    return "git+\(Self.uri(String(parts[0])))//\(Self.uri(String(host + path)))"
  }

  /// The text with every byte spelled out that has no place in a URI (RFC 3986, 2.1).
  private static func uri(_ text: String) -> String {
    text.utf8.map { byte in
      if byte.isASCIILetter || byte.isASCIIDigit || "-._~:/@+".utf8.contains(byte) {
        return String(decoding: [byte], as: UTF8.self)
      }
      let digits = String(byte, radix: 16, uppercase: true)
      return byte < 16 ? "%0\(digits)" : "%\(digits)"
    }.joined()
  }
}

extension BundleCheck {
  /// The bytes of a bundle, whose size is looked at before they are read.
  public static func read(_ path: String) throws(EngineFault) -> Bytes {
    guard let bytes = FileBytes.read(path, limit: byteLimit) else {
      throw EngineFault(
        "\(Bytes(path.utf8).printable) cannot be read: \(FileBytes.fault(of: path, limit: byteLimit))"
      )
    }
    return bytes
  }
}
