internal import Evidence
public import GitModel
internal import Policy

/// Asks a Jira for the tickets of a version: by `/rest/api/2/search`, as Jira Server and Data Center have it, and
/// where that is gone, by `/rest/api/3/search/jql`, as Jira Cloud has it.
///
/// It runs on the machine of who asks: nothing that judges a push ever does. Whatever is answered is taken whole
/// or not at all.
public struct JiraSearch: Sendable {
  private let server: JiraServer
  private var base: String { server.base }

  /// How many tickets are asked for at once, and how many pages there may be.
  private static let page = (tickets: 100, count: 300)

  /// A search at `url`. `token` is what a file says: a token, or `name:password`.
  public init(
    url: String, token: Bytes?, environment: ProcessEnvironment
  ) throws(EngineFault) {
    server = try JiraServer(url: url, token: token, environment: environment)
  }

  /// The query for the tickets of a version.
  static func query(project: String, version: String) -> String {
    func quoted(_ text: String) -> String {
      "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    return "project = \(quoted(project)) AND fixVersion = \(quoted(version)) ORDER BY key"
  }

  /// The tickets of `version` in `project`, as the Jira orders them.
  func scope(
    project: String, version: String, of release: Version
  ) throws(EngineFault) -> ReleaseScope {
    let query = Self.query(project: project, version: version)
    let shown = Bytes(version.utf8).printable
    let first = try counted(query, from: 0)
    let tickets =
      switch first.status {
      // A cloud has had the first search and says so; whatever else has none may have the other.
      case "410", "404": try tickets(chained: query, of: shown)
      default: try tickets(counted: query, of: shown, first)
      }
    do throws(ReleaseScope.Fault) {
      return try ReleaseScope(version: release.spelling, tickets: tickets)
    } catch {
      throw EngineFault("what \(base) says \(error.words)", hints: ["run it again"])
    }
  }

  // MARK: - Server and Data Center: pages by their number, and how many tickets there are

  private func counted(_ query: String, from start: Int) throws(EngineFault) -> JiraServer.Answer {
    try server.get("/rest/api/2/search", fields(query) + [("startAt", "\(start)")])
  }

  private func tickets(
    counted query: String, of shown: String, _ first: JiraServer.Answer
  ) throws(EngineFault) -> [ReleaseScope.Ticket] {
    var tickets: [ReleaseScope.Ticket] = []
    var total: Int64?
    repeat {
      let start = tickets.count
      let page = try server.document(start == 0 ? first : counted(query, from: start))
      guard page["startAt"]?.integer == Int64(start), let count = page["total"]?.integer,
        count >= 0, let issues = page["issues"]?.array
      else { throw EngineFault("\(base) does not answer as a Jira: no such page of `issues`") }
      guard total == nil || total == count else {
        throw EngineFault(
          "\(base) changed while it was read: \(total ?? 0) tickets, then \(count)",
          hints: ["run it again"])
      }
      total = count
      guard count <= ReleaseScope.maximum.tickets else { throw flood("\(count)", shown) }
      guard !issues.isEmpty || Int64(start) == count else {
        throw EngineFault("\(base) says that there are \(count) tickets, and hands out \(start)")
      }
      for issue in issues { tickets.append(try ticket(issue)) }
    } while Int64(tickets.count) < total ?? 0
    guard Int64(tickets.count) == total else {
      throw EngineFault("\(base) says that there are \(total ?? 0) tickets, and hands out more")
    }
    return tickets
  }

  // MARK: - Cloud: each page names the next one, and nobody says how many tickets there are

  private func tickets(
    chained query: String, of shown: String
  ) throws(EngineFault) -> [ReleaseScope.Ticket] {
    var tickets: [ReleaseScope.Ticket] = []
    var seen: Set<Bytes> = []
    var next: Bytes?
    repeat {
      let link = next.map { [("nextPageToken", String(decoding: $0, as: UTF8.self))] } ?? []
      let page = try server.document(server.get("/rest/api/3/search/jql", fields(query) + link))
      guard let issues = page["issues"]?.array else {
        throw EngineFault("\(base) does not answer as a Jira: no such page of `issues`")
      }
      for issue in issues { tickets.append(try ticket(issue)) }
      guard tickets.count <= ReleaseScope.maximum.tickets else {
        throw flood("more than \(ReleaseScope.maximum.tickets)", shown)
      }
      switch page["nextPageToken"] {
      case nil, .null?: next = nil
      case let token?:
        guard let text = token.string, !text.isEmpty else {
          throw EngineFault("\(base) does not answer as a Jira: a `nextPageToken` that is no text")
        }
        next = text
      }
      // Which page is the last, both say; the token is what one goes on by.
      if next == nil, let isLast = page["isLast"], isLast != .bool(true) {
        throw EngineFault("\(base) says that there are more tickets, and not where")
      }
      if let next, !seen.insert(next).inserted || seen.count > Self.page.count {
        throw EngineFault("\(base) hands out pages without end", hints: ["run it again"])
      }
    } while next != nil
    return tickets
  }

  // MARK: - Both

  private func fields(_ query: String) -> [(name: String, value: String)] {
    [
      ("jql", query), ("maxResults", "\(Self.page.tickets)"), ("fields", "summary,status"),
    ]
  }

  private func flood(_ count: String, _ shown: String) -> EngineFault {
    EngineFault(
      "\(base) has \(count) tickets of \(shown), and a release \(ReleaseScope.maximum.tickets) at most"
    )
  }

  private func ticket(_ issue: JSONValue) throws(EngineFault) -> ReleaseScope.Ticket {
    guard let key = issue["key"]?.string, let title = issue["fields"]?["summary"]?.string,
      let status = issue["fields"]?["status"]?["name"]?.string
    else {
      throw EngineFault(
        "\(base) does not answer as a Jira: an issue without `key`, `summary` or `status`")
    }
    return ReleaseScope.Ticket(name: key, title: title, status: status)
  }
}
