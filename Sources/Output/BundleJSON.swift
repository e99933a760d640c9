internal import GitModel
internal import Policy
public import Release

extension DecisionJSON {
  /// The document of a checked evidence bundle.
  public static func text(_ report: BundleReport) throws(JSONFault) -> String {
    try JSONFault.encode(BundleDocument(report))
  }
}

private struct BundleDocument: Encodable {
  let version = 1
  let holds: Bool
  let keys: KeysPart
  let release: String?
  let tag: String?
  let commit: String?
  let tree: String?
  let decision: DecisionPart?
  let logHead: String?
  let statements: [StatementPart]
  let level: String?
  let controls: [ControlPart]
  let proven: [String]
  let trusted: [String]
  let faults: [String]

  init(_ report: BundleReport) {
    holds = report.holds
    keys = KeysPart(report.keys)
    (release, tag) = (report.name, report.tag?.hex)
    (commit, tree) = (report.commit?.id.hex, report.commit?.tree.hex)
    decision = report.ruling.map(DecisionPart.init)
    logHead = report.head
    statements = report.items.map(StatementPart.init)
    level = report.level
    controls = report.controls.map(ControlPart.init)
    (proven, trusted, faults) = (report.proven, report.trusted, report.faults)
  }
}

private struct KeysPart: Encodable {
  let from: String
  let file: String?

  init(_ keys: BundleReport.Keys) {
    switch keys {
    case .ofPolicy: (from, file) = ("bundle", nil)
    case .given(let name): (from, file) = ("file", name)
    }
  }
}

private struct DecisionPart: Encodable {
  let number: Int
  let time: String
  let policy: String
  let pusher: String?
  let overridden: [String]

  init(_ ruling: BundleReport.Ruling) {
    (number, time) = (ruling.decision, ruling.instant.utcText)
    (policy, pusher, overridden) = (ruling.policy, ruling.pusher, ruling.overrides)
  }
}

private struct StatementPart: Encodable {
  let digest: String
  let kind: String
  let words: String
  let recorded: String?
  let signers: String
  let revoked: String?

  init(_ item: BundleReport.Item) {
    (digest, kind, words) = (item.digest, item.kind.cleaned, item.words)
    (recorded, signers) = (item.recorded?.utcText, item.signers)
    revoked = item.revoked?.utcText
  }
}

private struct ControlPart: Encodable {
  let name: String
  let refs: [String]
  let since: String

  init(_ control: BundleReport.Control) {
    (name, refs, since) = (control.name, control.refs, control.since.utcText)
  }
}
