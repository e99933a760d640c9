internal import Evidence
public import GitModel
internal import Policy
public import Release
internal import Signing

/// Proves an evidence bundle from its bytes alone: no repository, no network, no clock.
///
/// Each step rests on those before it, up to the line of the log. That the log is the server's own is
/// known to whoever wrote down a head of it; without one it is taken on trust, and said so.
public struct BundleCheck {
  /// How many bytes a bundle may have.
  public static let byteLimit = TarArchive.byteLimit

  private let keys: BundleKeys
  private let head: String?

  /// A check with these keys, and a head of the log that the verifier knows.
  public init(keys: BundleKeys, head: String?) { (self.keys, self.head) = (keys, head) }

  /// What `bytes` prove.
  public func report(on bytes: Bytes) -> BundleReport {
    var report = BundleReport(keys: keys.told)
    do throws(EvidenceFault) {
      var files = try BundleFiles(parsing: bytes)
      try check(&files, &report)
      for name in files.unread.sorted().prefix(20) {
        report.faults.append("\(name) belongs to nothing in the bundle")
      }
    } catch { report.faults.append(error.words.cleaned) }
    return report
  }

  private func check(
    _ files: inout BundleFiles, _ report: inout BundleReport
  ) throws(EvidenceFault) {
    let manifest = try BundleManifest(parsing: try files.demand(BundleFiles.manifest))
    report.name = manifest.ref.short
    let objects = try BundledObjects(parsing: try files.demand(BundleFiles.objects))
    try check(objects, manifest, &files)
    (report.tag, report.commit) = (objects.tag.id, objects.commit)
    let log = try BundledLog(lines: try files.demand(BundleFiles.lines))
    let ruling = try BundledRuling(log, manifest, &files)
    report.ruling = ruling.told
    report.head = log.head
    report.proven.append(
      "the tag object \(manifest.tag.short) is what decision \(ruling.entry.sequence) let in at \(manifest.ref.full), and no later one moved it; its commit is \(objects.commit.id.short)"
    )
    check(log, ruling, &report)
    let policy = try BundledPolicy(
      &files, manifest, digest: ruling.entry.policyDigest, label: ruling.told.policy
    ).document
    report.proven.append("the policy is the one that judged, \(ruling.told.policy)")
    if let commit = manifest.policyCommit, !ruling.entry.names(commit) {
      report.faults.append(
        "the policy is said to be of \(commit.short), and the log says \(ruling.told.policy)")
    }
    var judges = BundleJudges(people: keys.people(of: policy))
    judge(objects, judges.judge(at: ruling.entry.seconds), &report)
    let statements = BundledStatements(
      objects: objects, log: log, ruling: ruling, policy: policy, ref: manifest.ref,
      keysFile: keys.file)
    try statements.check(&files, &judges, &report)
    try BundledSummary(
      objects: objects, log: log, ruling: ruling, policy: policy, isStrict: keys.isStrict
    ).check(&files, judges.judge(at: log.last), &report)
  }

  // MARK: - The tag

  private func check(
    _ objects: BundledObjects, _ manifest: BundleManifest, _ files: inout BundleFiles
  ) throws(EvidenceFault) {
    guard objects.tag.id == manifest.tag, objects.commit.id == manifest.commit else {
      throw EvidenceFault("bundle.json is about other objects than the bundle holds")
    }
    guard objects.tag.name.elementsEqual(manifest.ref.shortBytes) else {
      throw EvidenceFault(
        "the tag object is of `\(objects.tag.name.prefix(60).printable)`, not of \(manifest.ref.short)"
      )
    }
    guard try files.demand(BundleFiles.notes) == objects.tag.message else {
      throw EvidenceFault("\(BundleFiles.notes) is not what the tag says")
    }
  }

  private func judge(
    _ objects: BundledObjects, _ judge: SignatureJudge, _ report: inout BundleReport
  ) {
    let tag = "the tag"
    switch judge.reading(of: objects.tagContent, kind: .tag) {
    case .good(let person, let fingerprint, _):
      report.proven.append("\(tag) is signed by \(person.cleaned) (\(fingerprint))")
    case .unsigned, .planned:
      report.trusted.append("who made the tag: it is not signed")
    case .unknownKey(let fingerprint, _):
      let words = "signed with a key that is nobody's here: \(fingerprint)"
      if keys.isStrict {
        report.faults.append("\(tag) is \(words)")
      } else {
        report.trusted.append("who made the tag: it is \(words)")
      }
    case .bad(let words): report.faults.append("\(tag) is signed, but the signature \(words)")
    case .unknown(let words):
      report.faults.append("by whom \(tag) is signed cannot be told: \(words)")
    }
  }

  // MARK: - The log

  private func check(_ log: BundledLog, _ ruling: BundledRuling, _ report: inout BundleReport) {
    let first = log.entries.first?.entry.sequence ?? 0
    let last = log.entries.last?.entry.sequence ?? 0
    let span = "\(counted(log.entries.count, "line")) of the log, decisions \(first) to \(last)"
    guard let head else {
      report.trusted.append(
        "that the log is the server's: \(span), follow one another, and no head was given to hold them against (--head)"
      )
      return
    }
    guard let known = log.entries.first(where: { $0.digest == head })?.entry.sequence else {
      report.faults.append(
        "the head that was given is none of the \(span): another log, or an older or newer head; take one from decision \(ruling.entry.sequence) to \(last)"
      )
      return
    }
    guard known >= ruling.entry.sequence else {
      report.faults.append(
        "the head that was given is that of decision \(known), before the tag came in: it proves nothing of decision \(ruling.entry.sequence)"
      )
      return
    }
    report.proven.append(
      "\(span), are unaltered: the head that was given is that of decision \(known)")
    if known < last {
      report.trusted.append(
        "\(counted(last - known, "line")) of the log that came after the head that was given")
    }
  }
}

/// The decision that let a tag in.
struct BundledRuling {
  /// Its entry.
  let entry: LogEntry
  /// The SHA-256 of its line.
  let digest: String

  init(
    _ log: BundledLog, _ manifest: BundleManifest, _ files: inout BundleFiles
  ) throws(EvidenceFault) {
    guard let (entry, digest) = log.entry(manifest.decision) else {
      throw EvidenceFault("the log in the bundle does not have decision \(manifest.decision)")
    }
    (self.entry, self.digest) = (entry, digest)
    guard entry.answer == "accepted" else {
      throw EvidenceFault("decision \(entry.sequence) let nothing in: \(entry.answer.cleaned)")
    }
    for later in log.entries
    where later.entry.sequence >= entry.sequence && later.entry.answer == "accepted" {
      let file = files.file(BundleFiles.updates(later.entry.sequence))
      let updates = try BundledLog.updates(of: later.entry, beside: file)
      let about = updates.last { $0.name == manifest.ref }
      if later.entry.sequence == entry.sequence {
        guard about?.new == manifest.tag else {
          throw EvidenceFault(
            "decision \(entry.sequence) did not let \(manifest.tag.short) in at \(manifest.ref.full)"
          )
        }
      } else if let about, about.new != manifest.tag {
        throw EvidenceFault(
          "decision \(later.entry.sequence) \(about.new.isZero ? "let the tag be deleted" : "let the tag be moved to \(about.new.short)")"
        )
      }
    }
  }

  /// The decision as it is told.
  var told: BundleReport.Ruling {
    BundleReport.Ruling(
      decision: entry.sequence, instant: Instant(seconds: entry.seconds),
      pusher: entry.pusher?.cleaned, policy: (entry.policy ?? "none").cleaned,
      overrides: entry.overrides.map(\.cleaned))
  }
}

extension LogEntry {
  /// Whether the policy that judged is said to be of this commit: `main@3f2a1c9`.
  fileprivate func names(_ commit: ObjectID) -> Bool {
    policy?.split(separator: "@").last.map { commit.hex.hasPrefix($0) } ?? false
  }
}

/// Judges of signatures by the moment at which keys are to be valid.
struct BundleJudges {
  let people: People
  private var judges: [Int64: SignatureJudge] = [:]

  init(people: People) { self.people = people }

  mutating func judge(at seconds: Int64) -> SignatureJudge {
    if let judge = judges[seconds] { return judge }
    let judge = SignatureJudge(people: people, instant: Instant(seconds: seconds))
    judges[seconds] = judge
    return judge
  }
}
