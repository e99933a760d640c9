internal import Evidence
public import GitModel
internal import Policy

/// Asks a Jira for the tickets of a version, by `/rest/api/2/search` as Jira Server and Data Center have it.
///
/// It talks through `curl`, on the machine of who asks: nothing that judges a push ever does. Whatever is
/// answered is taken whole or not at all.
public struct JiraSearch: Sendable {
  /// Where the Jira is, without a slash at its end.
  private let base: String
  private let credentials: Bytes?
  private let environment: ProcessEnvironment

  /// How many tickets are asked for at once, how many bytes a page may have, and how long it may take.
  private static let page = (tickets: 100, bytes: 16 << 20, seconds: 60)

  /// A search at `url`. `token` is what a file says: a token, or `name:password`; it is never an argument
  /// of a program, which anybody on the machine could read.
  public init(
    url: String, token: Bytes?, environment: ProcessEnvironment
  ) throws(EngineFault) {
    guard Self.isAddress(url) else {
      throw EngineFault(
        "\(Bytes(url.utf8).printable) is no address of a Jira",
        hints: ["--jira https://jira.example.com, without a name, a query or a fragment in it"])
    }
    // Between this machine and itself nobody listens.
    let host = url.dropFirst("http://".count).prefix { !"/".contains($0) }
    let isLocal =
      url.hasPrefix("http://")
      && ["localhost", "127.0.0.1", "[::1]"].contains { name in
        host == name || host.hasPrefix("\(name):")
      }
    guard url.hasPrefix("https://") || isLocal else {
      throw EngineFault(
        "\(url) is not encrypted, and what it says decides about a release",
        hints: ["--jira https://..."])
    }
    base = url.hasSuffix("/") ? String(url.dropLast()) : url
    self.environment = environment
    guard let token else {
      credentials = nil
      return
    }
    let text = token.trimmed
    guard !text.isEmpty, text.count <= 4096, text.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw EngineFault(
        "the file of the token does not hold one word", hints: ["a token, or name:password"])
    }
    credentials =
      text.contains(UInt8(ascii: ":"))
      ? Bytes("Basic ".utf8) + Base64.encode(Bytes(text)) : Bytes("Bearer ".utf8) + text
  }

  private static func isAddress(_ url: String) -> Bool {
    let rest = url.utf8.drop { $0 != UInt8(ascii: ":") }
    return rest.starts(with: "://".utf8) && rest.count > 3 && url.utf8.count <= 1000
      && rest.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "/.:-_~%[]".utf8.contains($0) }
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
    var tickets: [ReleaseScope.Ticket] = []
    var total: Int64?
    repeat {
      let page = try page(of: query, from: tickets.count)
      guard total == nil || total == page.total else {
        throw EngineFault(
          "\(base) changed while it was read: \(total ?? 0) tickets, then \(page.total)",
          hints: ["run it again"])
      }
      total = page.total
      guard page.total <= ReleaseScope.maximum.tickets else {
        throw EngineFault(
          "\(base) has \(page.total) tickets of \(Bytes(version.utf8).printable), and a release"
            + " \(ReleaseScope.maximum.tickets) at most")
      }
      guard !page.tickets.isEmpty || Int64(tickets.count) == page.total else {
        throw EngineFault(
          "\(base) says that there are \(page.total) tickets, and hands out \(tickets.count)")
      }
      tickets += page.tickets
    } while Int64(tickets.count) < total ?? 0
    guard Int64(tickets.count) == total else {
      throw EngineFault("\(base) says that there are \(total ?? 0) tickets, and hands out more")
    }
    do throws(ReleaseScope.Fault) {
      return try ReleaseScope(version: release.spelling, tickets: tickets)
    } catch {
      throw EngineFault("what \(base) says \(error.words)", hints: ["run it again"])
    }
  }

  private struct Page {
    let total: Int64
    let tickets: [ReleaseScope.Ticket]
  }

  private func page(of query: String, from start: Int) throws(EngineFault) -> Page {
    let (status, body) = try answer([
      "jql": query, "startAt": "\(start)", "maxResults": "\(Self.page.tickets)",
      "fields": "summary,status",
    ])
    guard status == "200" else { throw refusal(status, body) }
    let document: JSONValue
    do {
      document = try JSONValue(parsing: body, limits: JSONLimits(bytes: Self.page.bytes))
    } catch {
      throw EngineFault(
        "\(base) does not answer as a Jira: at \(error.line):\(error.column) it \(error.words)")
    }
    guard document["startAt"]?.integer == Int64(start), let total = document["total"]?.integer,
      total >= 0, let issues = document["issues"]?.array
    else {
      throw EngineFault("\(base) does not answer as a Jira: no such page of `issues`")
    }
    var tickets: [ReleaseScope.Ticket] = []
    for issue in issues {
      guard let key = issue["key"]?.string, let title = issue["fields"]?["summary"]?.string,
        let status = issue["fields"]?["status"]?["name"]?.string
      else {
        throw EngineFault(
          "\(base) does not answer as a Jira: an issue without `key`, `summary` or `status`")
      }
      tickets.append(.init(name: key, title: title, status: status))
    }
    return Page(total: total, tickets: tickets)
  }

  private func refusal(_ status: String, _ body: Bytes) -> EngineFault {
    switch status {
    case "401", "403":
      return EngineFault(
        "\(base) does not let you in: \(status)",
        hints: [
          credentials == nil
            ? "--token-file FILE, with a token or name:password in it"
            : "is the token in the file still good, and may it see the project?"
        ])
    case "404":
      return EngineFault(
        "\(base) has no /rest/api/2/search",
        hints: ["is it the address of a Jira? of Jira Cloud, export the tickets by hand"])
    default: break
    }
    let document = try? JSONValue(parsing: body, limits: JSONLimits(bytes: Self.page.bytes))
    let words = (document?["errorMessages"]?.array ?? []).prefix(3).compactMap(\.string).map {
      $0.prefix(200).printable
    }
    return EngineFault(
      "\(base) answers \(status)" + (words.isEmpty ? "" : ": \(words.joined(separator: "; "))"))
  }

  private func answer(
    _ fields: KeyValuePairs<String, String>
  ) throws(EngineFault) -> (status: String, body: Bytes) {
    var arguments = [
      "--disable", "--silent", "--show-error", "--globoff", "--proto", "=https,http",
      "--max-time", "\(Self.page.seconds)", "--max-filesize", "\(Self.page.bytes)",
      "--header", "Accept: application/json", "--write-out", "\n%{http_code}", "--config", "-",
      "--get",
    ]
    for (name, value) in fields { arguments += ["--data-urlencode", "\(name)=\(value)"] }
    arguments += ["--url", base + "/rest/api/2/search"]
    // In a file of curl's a backslash and a quote have a backslash before them (curl(1), --config).
    let header = credentials.map { credentials in
      let text = String(decoding: credentials, as: UTF8.self)
        .replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return "header = \"Authorization: \(text)\"\n"
    }
    let child = ChildProcess(
      program: "curl", arguments: arguments.map { Array($0.utf8) }, environment: environment,
      isCaptured: true,
      bounds: .init(
        milliseconds: Int64(Self.page.seconds + 5) * 1000, bytes: Self.page.bytes + 16))
    let output: ChildProcess.Output
    do { output = try child.run(input: Bytes((header ?? "").utf8)) } catch {
      throw EngineFault("cannot \(error.call) curl: \(error.reason)", hints: ["install curl"])
    }
    guard !output.isCut else {
      throw EngineFault(
        "\(base) says more than \(Self.page.bytes) bytes, or takes longer than"
          + " \(Self.page.seconds) s")
    }
    guard output.status == 0, let end = output.stdout.lastIndex(of: 0x0A) else {
      throw EngineFault(
        "\(base) cannot be asked:\n\(TagRun.shown(Bytes(output.stderr.prefix(1000))))")
    }
    return (
      String(decoding: output.stdout[(end + 1)...], as: UTF8.self), Bytes(output.stdout[..<end])
    )
  }
}
