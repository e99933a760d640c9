// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// A release contains the tickets that were promised for it, and no others.
///
/// What was promised stands in a file beside the policy, or a program of the server's own says it; what is
/// contained, the commits since the release before say.
public struct TicketScope: Rule {
  public static let id: RuleID = "ticket-scope"
  public static let summary = "a release contains the tickets promised for it, and no others"
  public static let scope = RuleScope.tags

  /// What a difference comes to.
  public enum Answer: String, Hashable, Sendable, CaseIterable {
    /// The release is refused.
    case refuse
    /// It is told.
    case tell
  }

  /// Who says what is promised; nil after a problem.
  public let promise: ScopeSource?
  /// How far a promised ticket must be; nil for anything.
  public let statuses: [String]?
  /// What a promised ticket comes to that is not contained.
  public let missing: Answer
  /// What a ticket comes to that is contained and not promised.
  public let extra: Answer
  /// What a ticket is like, and where one may stand.
  public let tickets: Tickets

  public init(from reader: SettingsReader, context: PolicyContext) {
    promise = ScopeSource(from: reader)
    statuses = reader.names("status")
    missing = reader.choice("missing") ?? .refuse
    extra = reader.choice("extra") ?? .refuse
    tickets = Tickets(from: reader, isOfCommits: true)
  }

  public var needs: Needs {
    var needs = Needs([.target, .sinceRelease, .reverts])
    needs.scope = promise
    return needs
  }

  public func judge(_ matter: Matter) -> Verdict {
    let update = matter.update
    guard update.name.isTag else { return .notApplicable("\(update.name.short) is no tag") }
    guard update.kind != .delete else { return .notApplicable("a deletion releases nothing") }
    guard promise != nil, tickets.pattern != nil else {
      return .indeterminate(
        "the policy does not say where the scope stands or what a ticket is like")
    }
    if case .unknown(let why) = matter.facts.scope { return .unanswered(why) }
    return matter.facts.scope.judged { scope in
      switch scope {
      case .later(let program):
        .notApplicable("\(program) is asked by the server when this is pushed, and may refuse it")
      case .noVersion(let versions): .violated(.noVersion(update, versions))
      case .none(let file): .violated(.nothingPromised(update, file))
      case .promised(let promised, let file):
        verdict(promised, in: file.shown, keptBy: file.shown, matter)
      case .told(let promised, let program):
        verdict(promised, in: program, keptBy: "what \(program) says", matter)
      }
    }
  }

  /// `place` is where the promise was found, `keeper` what is to be brought up to date where it is wrong.
  private func verdict(
    _ promised: ReleaseScope, in place: String, keptBy keeper: String, _ matter: Matter
  ) -> Verdict {
    matter.facts.sinceRelease.judged { since in
      matter.facts.reverts.judged { plain in
        verdict(promised, in: place, keptBy: keeper, since, plain: plain, matter.update)
      }
    }
  }

  private func verdict(
    _ promised: ReleaseScope, in place: String, keptBy keeper: String, _ since: SinceRelease,
    plain: Set<ObjectID>, _ update: RefUpdate
  ) -> Verdict {
    guard let contained = ContainedTickets(since.commits, plain: plain, named: tickets) else {
      return .indeterminate(
        "more than \(ContainedTickets.revertsLimit) commits since \(since.words) take back others")
    }
    let difference = ScopeDifference(promised, contained, statuses)
    let refused =
      (missing == .refuse ? difference.missing.count : 0)
      + (extra == .refuse ? difference.extra.count : 0) + difference.unfinished.count
    guard refused > 0 else {
      return .satisfied(
        satisfaction(promised, contained, since), difference.findings(since, statuses, self))
    }
    return .violated { .differing(difference, place, keeper, since, update, self) }
  }

  private func satisfaction(
    _ promised: ReleaseScope, _ contained: ContainedTickets, _ since: SinceRelease
  ) -> String {
    let nameless =
      contained.nameless == 0 ? "" : "; \(counted(contained.nameless, "commit")) without a ticket"
    guard !promised.tickets.isEmpty else {
      return "no ticket is promised, and none asked for since \(since.words)\(nameless)"
    }
    return "\(counted(promised.tickets.count, "ticket")) promised, and judged by"
      + " \(counted(since.commits.count, "commit")) since \(since.words)\(nameless)"
  }
}

/// What is promised against what is contained.
private struct ScopeDifference {
  /// Promised tickets that no commit brings, with the commits that take them back.
  var missing: [(ticket: ReleaseScope.Ticket, reverts: [Commit])] = []
  /// Contained tickets that nobody promised.
  var extra: [ContainedTickets.Ticket] = []
  /// Promised tickets that are not as far as they must be.
  var unfinished: [ReleaseScope.Ticket] = []

  init(_ promised: ReleaseScope, _ contained: ContainedTickets, _ statuses: [String]?) {
    var known: Set<Bytes> = []
    for ticket in promised.tickets {
      let key = ticket.name.asciiLowercased
      known.insert(key)
      let found = contained.tickets[key]
      if found?.commits.isEmpty ?? true { missing.append((ticket, found?.reverts ?? [])) }
      if let statuses, !statuses.contains(where: { ticket.status.elementsEqual($0.utf8) }) {
        unfinished.append(ticket)
      }
    }
    extra = contained.tickets.filter { !known.contains($0) && !$1.touching.isEmpty }.values
      .sorted { $0.name.lexicographicallyPrecedes($1.name) }
  }

  func findings(
    _ since: SinceRelease, _ statuses: [String]?, _ rule: TicketScope
  ) -> [Finding] {
    let only = "; only told"
    let missing = missing.map { ticket, reverts in
      let why =
        !rule.tickets.isTicket(ticket.name)
        ? "is promised, and is not \(rule.tickets.wanted)"
        : reverts.isEmpty
          ? "is promised, and no commit since \(since.words) names it"
          : "is promised, and taken back by \(Self.ids(reverts))"
      return Finding(
        Self.shown(ticket.name), why + Self.about(ticket) + (rule.missing == .tell ? only : ""))
    }
    let extra = extra.map { ticket in
      let many = ticket.touching.count - 1
      let first = ticket.touching[0]
      return Finding(
        Self.shown(ticket.name),
        "is not promised: \(first.id.short) \(first.subject.prefix(60).printable)"
          + (many == 0 ? "" : " and \(counted(many, "commit")) more")
          + (ticket.reverts.isEmpty
            ? "" : "; \(Self.ids(ticket.reverts)) takes it back, and not all of it")
          + (rule.extra == .tell ? only : ""))
    }
    let unfinished = unfinished.map { ticket in
      Finding(
        Self.shown(ticket.name),
        (ticket.status.isEmpty
          ? "has no status" : "has the status \(ticket.status.prefix(40).printable)")
          + ", and must have \(listed(statuses ?? [], "or"))" + Self.about(ticket))
    }
    // What refuses is told first.
    return (rule.missing == .refuse ? missing : []) + (rule.extra == .refuse ? extra : [])
      + unfinished + (rule.missing == .tell ? missing : []) + (rule.extra == .tell ? extra : [])
  }

  private static func shown(_ name: Bytes) -> String { name.prefix(60).printable }

  private static func about(_ ticket: ReleaseScope.Ticket) -> String {
    ticket.title.isEmpty ? "" : " (\(ticket.title.prefix(60).printable))"
  }

  private static func ids(_ commits: [Commit]) -> String {
    var seen: Set<ObjectID> = []
    return listed(commits.map(\.id).filter { seen.insert($0).inserted }.prefix(3).map(\.short))
  }
}

extension Explanation {
  fileprivate static func noVersion(_ update: RefUpdate, _ versions: TagVersions) -> Explanation {
    Explanation(
      "`\(update.name.short)` is no version, and tickets are promised for versions",
      expected: versions.description,
      mend: .tag(TagMend(update, .any, calling: "<VERSION>")))
  }

  fileprivate static func nothingPromised(
    _ update: RefUpdate, _ file: ScopePlace
  ) -> Explanation {
    Explanation(
      "nobody said which tickets \(update.name.short) promises: there is no \(file.shown)",
      fixes: [
        MendStep(
          "gitrel scope fetch \(update.name.short.asWord) --jira URL --project KEY",
          ["or write \(file.path.asWord) by hand; then bring it to \(file.tree)"]
        ).text
      ])
  }

  fileprivate static func differing(
    _ difference: ScopeDifference, _ place: String, _ keeper: String, _ since: SinceRelease,
    _ update: RefUpdate, _ rule: TicketScope
  ) -> Explanation {
    let (missing, extra) = (difference.missing, difference.extra)
    let unfinished = difference.unfinished
    var (parts, deeds): ([String], [String]) = ([], [])
    if !missing.isEmpty, rule.missing == .refuse {
      parts.append("\(missing.count) promised and not contained")
      deeds.append("merge what is missing")
    }
    if !extra.isEmpty, rule.extra == .refuse {
      parts.append("\(extra.count) contained and not promised")
      deeds.append("git revert what is not promised")
    }
    if !unfinished.isEmpty {
      parts.append("\(unfinished.count) not far enough")
      deeds.append("finish what is open")
    }
    let deed =
      "\(listed(deeds)), or bring \(keeper) up to date where it is not; then gitrel tag"
      + " \(update.name.short.asWord)"
    let findings = difference.findings(since, rule.statuses, rule)
    return Explanation(
      "tickets of \(update.name.short): \(listed(parts))",
      expected: "what \(place) promises, by the commits since \(since.words)",
      findings: Array(findings.prefix(maximumFindings)), total: findings.count,
      fixes: [deed])
  }
}
