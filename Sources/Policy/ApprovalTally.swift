internal import GitModel

/// Who approved a commit, and who claimed to and does not count.
struct ApprovalTally {
  let unit: ApprovalUnit
  /// Who counts, in the order found.
  private(set) var counted: [Party] = []
  /// The statements that count.
  private(set) var uses: [StatementUse] = []
  /// Who says that it must not come in.
  private(set) var vetoes: [Endorsement] = []
  /// Why others do not count.
  private(set) var ignored: [String] = []
  /// In which roles alone somebody approved; nothing for all that they hold.
  private var stated: [Party: Set<String>] = [:]
  let source: ApprovalSource
  let matter: Matter
  private let people: People

  init(_ unit: ApprovalUnit, source: ApprovalSource, matter: Matter) {
    (self.unit, self.source, self.matter) = (unit, source, matter)
    people = matter.people
    if source.trust == .signed { countStatements() } else { countTrailers() }
  }

  var commit: Commit { unit.commit }

  /// Whether somebody who counts fills a place of `role`.
  func fills(_ party: Party, _ role: String) -> Bool {
    guard case .person(let id) = party, people.holders(of: role).contains(id) else { return false }
    return stated[party].map { $0.contains(role) } ?? true
  }

  /// Whether somebody who counts approved for all that they are.
  func isForAll(_ party: Party) -> Bool { stated[party] == nil }

  /// Who may not approve the commit, and why.
  var barred: Barred { Barred(unit, source: source, matter: matter) }

  /// Lines of the message that look like an approval and are none.
  var missed: [String] {
    guard source.trust != .signed, !source.loose else { return [] }
    return TrailerBlock.misses(in: commit.message[...], keys: source.wanted).map(\.words)
  }

  // MARK: - Trailers

  private mutating func countTrailers() {
    let trailers =
      source.loose ? TrailerBlock(loose: commit.message[...]).trailers : commit.trailers
    guard !trailers.isEmpty else { return }
    let wanted = source.wanted
    // Who may not approve is looked up only where somebody claims to have approved.
    lazy var barred = barred
    lazy var isWritten = source.trust == .trailer || isByWriter
    for trailer in trailers where wanted.contains(where: { trailer.isKey($0) }) {
      guard isWritten else {
        ignored.append("line \(trailer.line) stands in a commit that no writer pushed or signed")
        continue
      }
      let persons = trailer.people
      if persons.isEmpty { ignored.append("line \(trailer.line) names nobody") }
      for person in persons { count(person, line: trailer.line, barred: barred) }
    }
  }

  private var isByWriter: Bool {
    guard let writers = source.writers else { return false }
    if let pusher = matter.pushingPerson, writers.contains(pusher.id) { return true }
    guard case .known(let signatures) = matter.facts.signatures,
      case .good(let person, _, _)? = signatures[commit.id]
    else { return false }
    return writers.contains(person)
  }

  private mutating func count(_ person: TrailerPerson, line: Int, barred: Barred) {
    guard let email = person.email, !email.isEmpty else {
      ignored.append(
        person.name.isEmpty
          ? "line \(line) names nobody"
          : "line \(line): `\(person.name.prefix(60).printable)` has no <address>")
      return
    }
    let party = people.party(email: email)
    if case .address = party, !people.isEmpty {
      ignored.append("line \(line): the policy names nobody with <\(email.prefix(60).printable)>")
      return
    }
    if let why = barred.reason(party) {
      ignored.append("line \(line): \(party.display) \(why)")
      return
    }
    if !counted.contains(party) { counted.append(party) }
  }

  // MARK: - Statements

  private mutating func countStatements() {
    guard case .known(let reading) = matter.facts.endorsements else { return }
    let barred = barred
    if let paths = reading.additions[commit.id] {
      ignored.append("is not what a plain merge of its parents makes, at \(paths)")
    }
    for endorsement in reading.endorsements[commit.id] ?? [] {
      let who = endorsement.source
      if case .void(let why) = endorsement.standing {
        ignored.append("\(who): \(why)")
        continue
      }
      // Whoever may speak may also speak against it, and who wrote it may take it back. It counts until
      // it ends or is revoked: the rule's age is about approvals.
      if endorsement.isVeto {
        vetoes.append(endorsement)
        continue
      }
      guard matter.instant.seconds - endorsement.recorded.seconds <= source.age else {
        ignored.append("\(who): is older than \(durationWords(source.age))")
        continue
      }
      let party = Party.person(endorsement.person)
      if let why = barred.reason(party) {
        ignored.append("\(who): \(why)")
        continue
      }
      if !counted.contains(party) {
        counted.append(party)
        stated[party] = endorsement.role.map { [$0] }
      } else if let role = endorsement.role {
        stated[party]?.insert(role)
      } else {
        stated[party] = nil
      }
      uses.append(StatementUse(digest: endorsement.digest, commit: commit.id))
    }
  }

  // MARK: - Who may not

  /// Who may not approve a commit, and why.
  struct Barred {
    private var reasons: [Party: String] = [:]

    fileprivate init(_ unit: ApprovalUnit, source: ApprovalSource, matter: Matter) {
      let people = matter.people
      // What a merge brings in is the work of who wrote it, and what the merge adds of who merged.
      let written = [unit.commit] + unit.covered
      if source.notPusher, let pusher = matter.pusher {
        bar(people.person(login: pusher).map { [.person($0.id)] } ?? [], "pushes it")
      }
      if source.notCommitter {
        for commit in written {
          bar(people.possibleParties(email: commit.committer.email), "is its committer")
        }
      }
      if source.notCoAuthor {
        // GitLab names the co-authors of everything that it merges on the merge.
        for commit in written where commit.hasLine(startingWith: Bytes("co-".utf8)) {
          for trailer in TrailerBlock(loose: commit.message[...]).trailers
          where trailer.isKey(Bytes("co-authored-by".utf8))
            || trailer.isKey(Bytes("co-developed-by".utf8))
          {
            for email in trailer.people.compactMap(\.email) {
              bar(people.possibleParties(email: email), "is its co-author")
            }
          }
        }
      }
      guard source.notAuthor else { return }
      for commit in written {
        // An address is typed, a signature is not: who signed a change made it, whoever it names.
        if source.trust == .signed, case .known(let signatures) = matter.facts.signatures,
          case .good(let person, _, _)? = signatures[commit.id]
        {
          bar([.person(person)], "signed it")
        }
        bar(people.possibleParties(email: commit.author.email), "is its author")
        // An author whom nobody knows could be anybody: then who committed it is taken for both, and
        // who signed it.
        if !people.isEmpty, people.person(email: commit.author.email) == nil {
          bar(
            people.possibleParties(email: commit.committer.email),
            "committed it for an unknown author")
        }
      }
    }

    private mutating func bar(_ parties: [Party], _ why: String) {
      for party in parties { reasons[party] = why }
    }

    func reason(_ party: Party) -> String? { reasons[party] }
  }
}

extension ApprovalSource {
  /// The keys that tell an approval, and those that stand for one.
  var wanted: [Bytes] { (keys + aliases.keys.sorted()).map { Bytes($0.utf8) } }
}
