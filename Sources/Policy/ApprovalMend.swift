internal import GitModel

/// Who could approve a commit so that it is enough, as trailers name them; a placeholder where the policy
/// does not tell.
struct ProposedApprovals {
  /// The values of the trailers.
  private(set) var values: [String] = []
  /// Who approved, and who would.
  private(set) var taken: [Party]
  private let tally: ApprovalTally
  private let barred: ApprovalTally.Barred
  private let others: Set<String>

  init(_ tally: ApprovalTally) {
    self.tally = tally
    (taken, barred) = (tally.counted, tally.barred)
    let (people, matter) = (tally.matter.people, tally.matter)
    guard tally.source.notAuthor else {
      others = []
      return
    }
    // Whose name the author has is the author, by an address that may be mended as well.
    let authors = people.names.reading(of: tally.commit.author.name).owners
    others = Set(authors + [matter.pushingPerson?.id].compactMap { $0 })
  }

  /// Proposes the first of `ids` who may approve and has not.
  mutating func add(oneOf ids: [String]) {
    let all = tally.matter.people.all
    let next = ids.first { id in
      !taken.contains(.person(id)) && barred.reason(.person(id)) == nil && !others.contains(id)
        && all.contains { $0.id == id && !$0.isBot && $0.inTrailer != nil }
    }
    let value = next.flatMap { id in all.first { $0.id == id }?.inTrailer }
    if let next, value != nil { taken.append(.person(next)) }
    // One placeholder stands for all who are missing.
    if let value {
      values.append(value)
    } else if !values.contains(Placeholder.person) {
      values.append(Placeholder.person)
    }
  }
}

extension ApprovalSource {
  /// The trailers that commits lack.
  func mend(
    _ lacking: [(commit: Commit, values: [String])], newest: [Commit]
  ) -> CommitMend {
    let key = keys.first ?? "Reviewed-by"
    let deeds = lacking.map { commit, values in
      let lines = values.map { CommitMend.Option.trailer(key: key, value: $0) }
      return (commit: commit, deed: CommitMend.Deed(options: lines))
    }
    let isNamed = lacking.allSatisfy { !$0.values.contains(Placeholder.person) }
    let them = lacking.count == 1 ? "it" : "them"
    return CommitMend(
      deeds, newest: newest,
      words: isNamed ? "once those whom it names say yes" : "by who reviewed \(them)")
  }

  /// What one of `who` types, newest commit first.
  func command(
    for commits: [Commit], _ options: String = "", by who: String, _ matter: Matter
  ) -> String {
    let (old, new) = (matter.update.old, matter.update.new)
    let names = commits.prefix(3).map(\.id.short).joined(separator: " ")
    let what = commits.count <= 3 || old.isZero ? names : "\(old.short)..\(new.short)"
    return "gitrel approve \(what) \(options)--ref \(matter.update.name.short)    by \(who)"
  }

  /// What those type who say that something must not come in, once they have changed their minds.
  func revocations(of tallies: [ApprovalTally]) -> [String] {
    // By its id: the commit that was vetoed may have been rebased since.
    let vetoes = Dictionary(grouping: tallies.flatMap(\.vetoes), by: \.person)
    return vetoes.sorted { $0.key < $1.key }.map { person, vetoes in
      let ids = Set(vetoes.map { String($0.digest.prefix(12)) }).sorted().joined(separator: " ")
      return "gitrel revoke \(ids)    by \(person.cleaned)"
    }
  }
}

extension Person {
  /// `Carol <carol@example.com>`, where a shell takes that as it stands between quotes.
  fileprivate var inTrailer: String? {
    guard let email = emails.first.map({ String(decoding: $0, as: UTF8.self) }),
      email.isPlainValue, name.isPlainValue,
      !(email + name).utf8.contains(where: { "<>,#()".utf8.contains($0) })
    else { return nil }
    return "\(name) <\(email)>"
  }
}
