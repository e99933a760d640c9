// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Tags are signed by somebody whom the policy knows.
public struct SignedTags: Rule {
  public static let id: RuleID = "signed-tags"
  public static let summary = "the tag is signed by a key of the policy"
  public static let scope = RuleScope.tags

  /// Whose signatures count.
  public let signers: Signers

  public init(from reader: SettingsReader, context: PolicyContext) {
    signers = Signers(from: reader, context: context)
  }

  public var needs: Needs { Needs([.target, .signatures]) }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind != .delete else { return .notApplicable("a deletion makes no tag") }
    return matter.facts.target.judged { target in
      // The outermost is what the ref points at; a signature further in says nothing of it.
      guard let tag = target.tags.first else {
        return no("is a lightweight tag, which nobody can sign", matter)
      }
      // Who signed `v1` has not signed a release called `v9`.
      guard tag.name.elementsEqual(update.name.shortBytes) else {
        return no("is signed as `\(tag.name.prefix(60).printable)`, which is another name", matter)
      }
      return matter.facts.signatures.judged { signatures in
        switch signers.answer(signatures[tag.id]) {
        case .signed(let person): return .satisfied("signed by \(person)")
        case .no(let words): return no(words, matter)
        case .planned:
          return .notApplicable(
            "\(update.name.short) is not made yet, and will be signed when it is")
        case .unknown(let words): return .indeterminate("\(update.name.short) \(words)")
        }
      }
    }
  }

  private func no(_ words: String, _ matter: Matter) -> Verdict {
    let name = matter.update.name.short
    return .violated(
      Explanation(
        "\(name) \(words)", expected: signers.words(matter.people),
        mend: .tag(TagMend(matter.update, .made(option: "-s", on: matter.commitShort))),
        or: [Signers.setUp]))
  }
}
