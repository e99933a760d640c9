internal import Evidence
internal import GitModel
internal import Policy
internal import Release

/// The verification summary in an evidence bundle, held against everything else in it.
struct BundledSummary {
  let objects: BundledObjects
  let log: BundledLog
  let ruling: BundledRuling
  let policy: PolicyDocument
  let isStrict: Bool

  /// Reads and judges it.
  func check(
    _ files: inout BundleFiles, _ judge: SignatureJudge, _ report: inout BundleReport
  ) throws(EvidenceFault) {
    let envelope = try Envelope(parsing: try files.demand(BundleFiles.summary))
    guard envelope.payloadType == Envelope.statementType else {
      throw EvidenceFault("\(BundleFiles.summary) holds no in-toto statement")
    }
    let summary = try VerificationSummary(parsing: envelope.payload)
    for fault in faults(of: summary, inputs: files.statementDigests) {
      report.faults.append("the summary \(fault)")
    }
    report.level = summary.level.name
    let what = "the summary (\(summary.level.name), \(counted(summary.controls.count, "control")))"
    let history = "since when its controls held"
    switch judge.reading(of: envelope) {
    case .good(let person, let fingerprint, _):
      // What nobody answers for is not told: whoever packed the bundle may have typed it.
      report.controls = summary.controls.map {
        BundleReport.Control(name: $0.name.cleaned, refs: $0.refs.map(\.short), since: $0.since)
      }
      report.proven.append("\(what) is signed by \(person.cleaned) (\(fingerprint))")
      report.trusted.append("\(history): on the word of \(person.cleaned)")
    case .unsigned, .planned:
      if isStrict {
        report.faults.append("the summary is not signed")
      } else {
        report.trusted.append("\(what): it is not signed, so that \(history) is left out")
      }
    case .unknownKey(let fingerprint, _):
      let words = "it is signed with a key that is nobody's here: \(fingerprint)"
      if isStrict {
        report.faults.append("the summary: \(words)")
      } else {
        report.trusted.append("\(what) and \(history): \(words)")
      }
    case .bad(let words): report.faults.append("the summary is signed, but the signature \(words)")
    case .unknown(let words):
      report.faults.append("by whom the summary is signed cannot be told: \(words)")
    }
  }

  /// What it says that the rest does not; clauses.
  private func faults(of summary: VerificationSummary, inputs: [String]) -> [String] {
    var faults: [String] = []
    if summary.commit != objects.commit.id || summary.tree != objects.commit.tree {
      faults.append("is about \(summary.commit.short), not about \(objects.commit.id.short)")
    }
    if !summary.refs.contains(where: { $0.isTag && $0.shortBytes == objects.tag.name[...] }) {
      faults.append("is not about this tag")
    }
    if summary.policyDigest != ruling.entry.policyDigest {
      faults.append("is about another policy than the one that judged")
    }
    if summary.verified.seconds != ruling.entry.seconds {
      faults.append("is of another moment than decision \(ruling.entry.sequence)")
    }
    if summary.inputs != inputs {
      faults.append("rests on other statements than the bundle holds")
    }
    let instant = Instant(seconds: ruling.entry.seconds)
    var stated: [RefName: Set<String>] = [:]
    for ref in summary.refs {
      stated[ref] = Set(
        SourceControls.rules(of: policy, on: ref, at: instant).map {
          VerificationSummary.Control.name(ofRule: $0)
        })
    }
    for control in summary.controls {
      let name = control.name.cleaned
      guard !control.refs.isEmpty,
        control.refs.allSatisfy({ stated[$0]?.contains(control.name) ?? false })
      else {
        faults.append("names \(name), which the policy does not state there")
        continue
      }
      let entry = log.entry(control.decision)?.entry
      if control.decision > ruling.entry.sequence || control.since > instant
        || entry.map({ $0.seconds != control.since.seconds }) ?? false
      {
        faults.append("has \(name) begin when the log does not")
      }
    }
    if summary.level != SourceControls.level(summary.controls) {
      faults.append("states \(summary.level.name), which its controls do not come to")
    }
    return faults
  }
}
