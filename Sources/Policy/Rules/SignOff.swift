// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Commits carry a `Signed-off-by` of whose work they are, as the Developer Certificate of Origin
/// (developercertificate.org) asks.
///
/// Addresses are compared as they stand in the commit; no `.mailmap` has a say.
public struct SignOff: Rule {
  public static let id: RuleID = "sign-off"
  public static let summary = "every new commit is signed off by whose work it is"

  /// Whose sign-off is wanted.
  public enum Signer: String, Hashable, Sendable, CaseIterable {
    case author, committer
    /// That of one of the two.
    case either
  }

  /// Whose sign-off is wanted.
  public let signer: Signer
  /// Whether the line after every `Co-developed-by` must be that person's `Signed-off-by`, as it must
  /// for Linux.
  public let coDevelopers: Bool
  /// Which commits are left out.
  public let exempt: Set<Exemption>

  private static let key = Bytes("Signed-off-by".utf8)
  private static let coDeveloped = Bytes("Co-developed-by".utf8)

  public init(from reader: SettingsReader, context: PolicyContext) {
    signer = reader.choice("signer") ?? .author
    coDevelopers = reader.flag("co-developers") ?? false
    exempt = reader.exemptions()
  }

  public var needs: Needs { exempt.needs }

  fileprivate struct Fault: Sendable {
    /// Made when somebody asks: lines that look like a sign-off are searched for then.
    let words: @Sendable () -> String
    /// Whether one more line, made by `--signoff`, mends it.
    var isMissing = false
  }

  public func judge(_ matter: Matter) -> Verdict {
    matter.judgedNewCommits(except: exempt) { judged, commits in
      var bad: [(commit: Commit, faults: [Fault])] = []
      for commit in judged {
        var faults = faults(of: commit, matter.people)
        guard !faults.isEmpty else { continue }
        if let why = matter.whyNotExempt(commit, exempt) {
          faults.append(Fault(words: { why }, isMissing: true))
        }
        bad.append((commit, faults))
      }
      if bad.isEmpty {
        return .satisfied("\(counted(judged.count, "commit")) signed off by \(whose)")
      }
      return .violated { [bad] in .unsigned(bad, of: judged.count, newest: commits, whose) }
    }
  }

  private func faults(of commit: Commit, _ people: People) -> [Fault] {
    let trailers = commit.trailers
    return [signerFault(commit, trailers, people)].compactMap { $0 }
      + (coDevelopers ? coDeveloperFaults(trailers, people) : [])
  }

  // MARK: The signer

  private func signerFault(_ commit: Commit, _ trailers: [Trailer], _ people: People) -> Fault? {
    let signed = trailers.filter { $0.isKey(Self.key) }
    let wanted = wanted(commit)
    let isSigned = signed.flatMap(\.people).compactMap(\.email).contains { email in
      wanted.contains { people.isOneParty($0.identity.email, email) }
    }
    if isSigned { return nil }
    // Who has no address cannot be told from anybody else who has none.
    if let nobody = wanted.first(where: { $0.identity.email.isEmpty }), wanted.count == 1 {
      return Fault(words: { "its \(nobody.role) has no address, so nobody can sign off as that" })
    }
    return Fault(words: { unsigned(commit, signed) }, isMissing: true)
  }

  /// What is there instead of the sign-off that is wanted.
  private func unsigned(_ commit: Commit, _ signed: [Trailer]) -> String {
    let missed = TrailerBlock.misses(in: commit.message[...], keys: [Self.key])
    var words: [String] = []
    if signed.isEmpty, missed.isEmpty { words.append("has no `Signed-off-by`") }
    words += signed.prefix(3).map(Self.words)
    words += missed.prefix(3).map(\.words)
    let named = wanted(commit).map { role, identity in
      "its \(role) is <\(identity.email.prefix(60).printable)>"
    }
    return (words + [listed(named)]).joined(separator: "; ")
  }

  private func wanted(_ commit: Commit) -> [(role: String, identity: Identity)] {
    switch signer {
    case .author: [("author", commit.author)]
    case .committer: [("committer", commit.committer)]
    case .either: [("author", commit.author), ("committer", commit.committer)]
    }
  }

  fileprivate var whose: String {
    switch signer {
    case .author: "the author"
    case .committer: "the committer"
    case .either: "the author or the committer"
    }
  }

  /// Who a trailer names, for messages.
  private static func words(_ trailer: Trailer) -> String {
    let who = trailer.people.compactMap(\.email).map { "<\($0.prefix(60).printable)>" }
    return who.isEmpty
      ? "line \(trailer.line): `\(trailer.value.prefix(60).printable)` has no <address>"
      : "line \(trailer.line) is of \(listed(who))"
  }

  // MARK: Co-developers

  private func coDeveloperFaults(_ trailers: [Trailer], _ people: People) -> [Fault] {
    var faults: [Fault] = []
    for (index, trailer) in trailers.enumerated() where trailer.isKey(Self.coDeveloped) {
      let named = trailer.people
      guard let email = named.first?.email, named.count == 1 else {
        faults.append(
          Fault {
            "line \(trailer.line): `Co-developed-by` names"
              + " \(named.count > 1 ? "more than one person" : "nobody with an <address>")"
          })
        continue
      }
      let next = trailers.dropFirst(index + 1).first
      let isSigned =
        next?.isKey(Self.key) == true
        && next?.people.compactMap(\.email).contains { people.isOneParty($0, email) } == true
      if !isSigned {
        faults.append(
          Fault {
            "line \(trailer.line): `Co-developed-by` is not followed by the `Signed-off-by`"
              + " of that person"
          })
      }
    }
    return faults
  }
}

extension Explanation {
  fileprivate static func unsigned(
    _ bad: [(commit: Commit, faults: [SignOff.Fault])], of count: Int, newest: [Commit],
    _ whose: String
  ) -> Explanation {
    let commits = bad.map(\.commit)
    let isOnlyMissing = bad.allSatisfy { $0.faults.allSatisfy(\.isMissing) }
    let deed =
      isOnlyMissing ? CommitMend.Deed(options: [.signOff]) : CommitMend.Deed(isReworded: true)
    return Explanation(
      "\(bad.count) of \(counted(count, "new commit")) \(bad.count == 1 ? "is" : "are")"
        + " not signed off",
      expected: "`Signed-off-by: NAME <ADDRESS>` of \(whose)",
      findings: bad.prefix(maximumFindings).map {
        Finding($0.commit, $0.faults.map { $0.words() }.joined(separator: "; "))
      }, total: bad.count,
      mend: .commits(
        CommitMend(
          commits, newest: newest, deed,
          words: isOnlyMissing ? "run by \(whose)" : "")))
  }
}
