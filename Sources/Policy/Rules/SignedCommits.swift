// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Every new commit is signed by somebody whom the policy knows.
public struct SignedCommits: Rule {
  public static let id: RuleID = "signed-commits"
  public static let summary = "every new commit is signed by a key of the policy"

  /// Whose signatures count.
  public let signers: Signers
  /// Whether the signer must be whom the commit names.
  public let signer: Signer
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  /// As whom the signer must be named in the commit.
  public enum Signer: String, Hashable, Sendable, CaseIterable {
    case any, committer, author
  }

  public init(from reader: SettingsReader, context: PolicyContext) {
    signers = Signers(from: reader, context: context)
    signer = reader.choice("signer") ?? .any
    // What anybody can type or make must not stand for a signature: a merge may bring anything in.
    let typed = Set(Exemption.allCases).subtracting([.bot])
    exempt = reader.exemptions(but: typed)
    if !exempt.isDisjoint(with: typed) {
      reader.problems.add(
        "`signed-commits` leaves no commit out for what its message or its parents say, which"
          + " anybody can make up",
        at: reader.node("exempt")?.position ?? reader.position,
        hint: "only `bot` can stand in its `exempt`")
    }
  }

  public var needs: Needs {
    var needs = Needs([.newCommits, .signatures])
    needs.add(exempt.needs)
    return needs
  }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits(except: exempt) { judged, commits in
      matter.facts.signatures.judged { signatures in
        verdict(on: judged, of: commits, signatures, matter)
      }
    }
  }

  private func verdict(
    on judged: [Commit], of commits: [Commit], _ signatures: [ObjectID: SignatureReading],
    _ matter: Matter
  ) -> Verdict {
    var bad: [(commit: Commit, faults: [String?])] = []
    var unknown: [(commit: Commit, reason: String)] = []
    var people: Set<String> = []
    for commit in judged {
      switch answer(commit, signatures[commit.id], matter.people) {
      case .signed(let person): people.insert(person)
      case .no(let words): bad.append((commit, [words, matter.whyNotExempt(commit, exempt)]))
      case .unknown(let words): unknown.append((commit, words))
      case .planned: unknown.append((commit, "is not there yet"))
      }
    }
    if !bad.isEmpty {
      return .violated { [bad] in
        .unsigned(bad, of: judged.count, newest: commits, wanted: wanted(matter.people))
      }
    }
    if let (commit, words) = unknown.first {
      let more = unknown.count == 1 ? "" : ", and \(counted(unknown.count - 1, "more commit"))"
      return .indeterminate("\(commit.id.short) \(words)\(more)")
    }
    let names = people.sorted()
    return .satisfied("\(counted(judged.count, "commit")) signed by \(listed(names))")
  }

  /// Whether the commit is signed as it should be: by a key that counts, and of whom it names.
  private func answer(
    _ commit: Commit, _ reading: SignatureReading?, _ people: People
  ) -> Signers.Answer {
    let answer = signers.answer(reading)
    guard case .signed(let person) = answer else { return answer }
    let named: Identity
    switch signer {
    case .any: return answer
    case .author: named = commit.author
    case .committer: named = commit.committer
    }
    let party = people.party(email: named.email)
    guard party != .person(person) else { return answer }
    return .no("is signed by \(person), and its \(signer.rawValue) is \(party.display)")
  }

  private func wanted(_ people: People) -> String {
    let words = signers.words(people)
    return signer == .any ? words : "\(words), who is its \(signer.rawValue)"
  }
}

extension Explanation {
  fileprivate static func unsigned(
    _ bad: [(commit: Commit, faults: [String?])], of count: Int, newest: [Commit], wanted: String
  ) -> Explanation {
    Explanation(
      "\(bad.count) of \(counted(count, "new commit")) \(bad.count == 1 ? "lacks" : "lack")"
        + " a signature that counts",
      expected: wanted,
      findings: bad.prefix(maximumFindings).map {
        Finding($0.commit, $0.faults.compactMap { $0 }.joined(separator: "; "))
      },
      total: bad.count,
      mend: .commits(
        CommitMend(bad.map(\.commit), newest: newest, CommitMend.Deed(options: [.sign]))),
      or: [Signers.setUp])
  }
}
