internal import GitModel
public import Policy

/// What is stated about a commit, as text for people.
public enum EvidenceText {
  /// The lines: each statement, who signed it, and what it says.
  public static func lines(_ listing: EvidenceListing) -> [String] {
    let subject = "\(listing.commit.short) and its tree \(listing.tree.short)"
    guard !listing.items.isEmpty else { return ["nothing is stated about \(subject)"] }
    let count = counted(listing.items.count, "statement")
    let people =
      listing.policy.map { "by the people of \($0.label)" } ?? "no policy says who is who"
    return ["\(count) about \(subject); \(people)"]
      + listing.items.flatMap { item -> [String] in
        let digest = item.digest.prefix(12)
        let fault = item.fault.map { "counts for nothing: \($0)" }
        guard !item.kind.isEmpty else { return ["  x \(digest)  \(fault ?? "")"] }
        let time = item.recorded.map { $0.utcText + ", " } ?? ""
        let sign = fault == nil ? " " : "x"
        return [
          "  \(sign) \(digest)  \(titled(item.words, kind: item.kind))",
          "        \(time)\(item.signers.words)",
        ] + (fault.map { ["        \($0)"] } ?? [])
      }
  }
}

/// What a statement says below its kind, which is not said twice.
func titled(_ words: String, kind: String) -> String {
  words.hasPrefix("\(kind) ") || words.hasPrefix("\(kind), ") ? words : "\(kind): \(words)"
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
    let isRead = !item.kind.isEmpty
    (sha256, fault) = (item.digest, item.fault)
    (kind, says) = isRead ? (item.kind, item.words) : (nil, nil)
    recorded = item.recorded?.utcText
    (signed, signers) = (!item.signers.people.isEmpty, item.signers.people)
    signatures = item.signers.words
  }
}
