/// What release notes are made of: what a policy says under `release: notes`.
public struct ReleaseNotesTerms: Hashable, Sendable {
  /// The file with their form, seen from where the policy stands; nil for the usual form.
  public let template: String?
  /// What a ticket is like; nil for what the rule `tickets` says.
  public let tickets: TextPattern?
  /// Where a ticket is found, with `{ticket}` for its name.
  public let link: String?

  /// Terms from their parts.
  public init(template: String? = nil, tickets: TextPattern? = nil, link: String? = nil) {
    (self.template, self.tickets, self.link) = (template, tickets, link)
  }

  /// What stands for the ticket in `link`.
  public static let ticketMark = "{ticket}"
}
