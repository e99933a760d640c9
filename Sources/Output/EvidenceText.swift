internal import GitModel
public import Policy

/// What is stated about a commit, as text for people.
public enum EvidenceText {
  /// The lines: each statement, who signed it, and what it says.
  public static func lines(_ listing: EvidenceListing) -> [String] {
    let subject = "the tree \(listing.tree.short) of \(listing.commit.short)"
    guard !listing.items.isEmpty else { return ["nothing is stated about \(subject)"] }
    let count = counted(listing.items.count, "statement")
    let people =
      listing.policy.map { "by the people of \($0.label)" } ?? "no policy says who is who"
    return ["\(count) about \(subject); \(people)"]
      + listing.items.flatMap { item -> [String] in
        let digest = item.digest.prefix(12)
        if let fault = item.fault { return ["  x \(digest)  counts for nothing: \(fault)"] }
        let time = item.recorded.map { $0.utcText + ", " } ?? ""
        return [
          "    \(digest)  \(item.kind): \(item.words)", "        \(time)\(item.signers.words)",
        ]
      }
  }
}

extension DecisionJSON {
  /// The document of what is stated about a commit.
  public static func text(_ listing: EvidenceListing) throws(JSONFault) -> String {
    try JSONFault.encode(EvidenceDocument(listing))
  }
}

private struct EvidenceDocument: Encodable {
  let version = 1
  let commit: String
  let tree: String
  let policy: PolicyPart?
  let statements: [ItemPart]

  init(_ listing: EvidenceListing) {
    (commit, tree) = (listing.commit.hex, listing.tree.hex)
    policy = listing.policy.map { PolicyPart($0) }
    statements = listing.items.map(ItemPart.init)
  }
}

private struct ItemPart: Encodable {
  let sha256: String
  let kind: String?
  let recorded: String?
  let says: String?
  let signed: Bool
  let signers: [String]
  let signatures: String
  let fault: String?

  init(_ item: EvidenceListing.Item) {
    let isRead = item.fault == nil
    (sha256, fault) = (item.digest, item.fault)
    (kind, says) = isRead ? (item.kind, item.words) : (nil, nil)
    recorded = item.recorded?.utcText
    (signed, signers) = (!item.signers.people.isEmpty, item.signers.people)
    signatures = item.signers.words
  }
}
