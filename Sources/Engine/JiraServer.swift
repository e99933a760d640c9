internal import Evidence
internal import GitModel

/// Asks a Jira over HTTP, through `curl`. What its answer means is told in words that never have the token in
/// them, whatever the server sends back.
struct JiraServer: Sendable {
  /// Where the Jira is, without a slash at its end.
  let base: String
  private let credentials: Bytes?
  /// What may not be told: the token as it stands in its file, and as it goes over the wire.
  private let secrets: [Bytes]
  private let environment: ProcessEnvironment

  /// How many bytes an answer may have, and how many seconds it may take.
  private static let bounds = (bytes: 16 << 20, seconds: 60)

  /// An answer, as far as anybody asks.
  struct Answer {
    let status: String
    let body: Bytes
    fileprivate let contentType: String
    /// What Jira says of the login, in a header of its own.
    fileprivate let login: String
    fileprivate let patience: String
    fileprivate let place: String
  }

  /// A Jira at `url`. `token` is what a file says: a token, or `name:password`; it is never an argument of
  /// a program, which anybody on the machine could read.
  init(url: String, token: Bytes?, environment: ProcessEnvironment) throws(EngineFault) {
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
      (credentials, secrets) = (nil, [])
      return
    }
    let text = Bytes(token.trimmed)
    guard !text.isEmpty, text.count <= 4096, text.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw EngineFault(
        "the file of the token does not hold one word", hints: ["a token, or name:password"])
    }
    let parts = text.split(separator: UInt8(ascii: ":"), maxSplits: 1)
    if text.contains(UInt8(ascii: ":")) {
      let encoded = Base64.encode(text)
      credentials = Bytes("Basic ".utf8) + encoded
      secrets = [encoded, text] + parts.dropFirst().map(Bytes.init)
    } else {
      credentials = Bytes("Bearer ".utf8) + text
      secrets = [text]
    }
  }

  private static func isAddress(_ url: String) -> Bool {
    let rest = url.utf8.drop { $0 != UInt8(ascii: ":") }
    return rest.starts(with: "://".utf8) && rest.count > 3 && url.utf8.count <= 1000
      && rest.allSatisfy { $0.isASCIILetter || $0.isASCIIDigit || "/.:-_~%[]".utf8.contains($0) }
  }

  /// The document that is answered to `fields`, asked at `path`.
  func document(_ answer: Answer) throws(EngineFault) -> JSONValue {
    guard answer.status == "200" else { throw refusal(answer) }
    // A Jira Cloud answers who has a bad token as it answers anybody: with what anybody may see.
    if credentials != nil,
      ["AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED"].contains(where: answer.login.contains)
    {
      throw EngineFault(
        "\(base) does not know you, and answers as it does to anybody", hints: [Self.login])
    }
    let isPage = answer.body.first { !$0.isASCIISpace } == UInt8(ascii: "<")
    guard !isPage, !answer.contentType.lowercased().hasPrefix("text/html") else {
      throw EngineFault(
        "\(base) answers with a web page, as where people log in",
        hints: ["is it the address of the Jira itself? programs may need another one"])
    }
    do {
      return try JSONValue(parsing: answer.body, limits: JSONLimits(bytes: Self.bounds.bytes))
    } catch {
      throw EngineFault(
        "\(base) does not answer as a Jira: at \(error.line):\(error.column) it \(error.words)")
    }
  }

  private static let login =
    "is the token in the file still good, and may it see the project? a Jira Cloud wants ADDRESS:TOKEN"

  /// What an answer means that is none.
  func refusal(_ answer: Answer) -> EngineFault {
    switch answer.status {
    case "401", "403":
      return EngineFault(
        "\(base) does not let you in: \(answer.status)",
        hints: [
          credentials == nil
            ? "--token-file FILE, with a token or name:password in it" : Self.login
        ])
    case "404":
      return EngineFault(
        "\(base) has no search of a Jira", hints: ["is it the address of a Jira?"])
    case "429":
      let wait = answer.patience
      let isCount = !wait.isEmpty && wait.utf8.count <= 6 && wait.utf8.allSatisfy(\.isASCIIDigit)
      return EngineFault(
        "\(base) is asked too much: 429",
        hints: [isCount ? "run it again in \(wait) s" : "run it again later"])
    case let status where status.hasPrefix("3"):
      let place = told(Bytes(answer.place.utf8.prefix { !"?#".utf8.contains($0) }.prefix(200)))
      return EngineFault(
        "\(base) leads elsewhere\(place.isEmpty ? "" : ", to \(place)"): \(status)",
        hints: ["no link is followed, for the token would go with it: name the Jira's own address"])
    default: break
    }
    let document = try? JSONValue(
      parsing: answer.body, limits: JSONLimits(bytes: Self.bounds.bytes))
    let words = (document?["errorMessages"]?.array ?? []).prefix(3).compactMap(\.string)
      .map { String(told($0).prefix(200)) }
    return EngineFault(
      "\(base) answers \(answer.status)"
        + (words.isEmpty ? "" : ": \(words.joined(separator: "; "))"))
  }

  /// What somebody else wrote, for people, without the token.
  private func told(_ bytes: Bytes) -> String {
    secrets.reduce(bytes) { $0.replacing($1, with: Bytes("***".utf8)) }.printable
  }

  /// Asks at `path`.
  func get(
    _ path: String, _ fields: [(name: String, value: String)]
  ) throws(EngineFault) -> Answer {
    let told = ["http_code", "content_type", "redirect_url"].map { "%{\($0)}" }
    let headers = ["x-seraph-loginreason", "retry-after"].map { "%header{\($0)}" }
    var arguments = [
      "--disable", "--silent", "--show-error", "--globoff", "--proto", "=https,http",
      "--max-time", "\(Self.bounds.seconds)", "--max-filesize", "\(Self.bounds.bytes)",
      "--header", "Accept: application/json",
      "--write-out", "\n" + (told + headers).joined(separator: "\t"), "--config", "-", "--get",
    ]
    for field in fields { arguments += ["--data-urlencode", "\(field.name)=\(field.value)"] }
    arguments += ["--url", base + path]
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
        milliseconds: Int64(Self.bounds.seconds + 5) * 1000, bytes: Self.bounds.bytes + 10_000))
    let output: ChildProcess.Output
    do { output = try child.run(input: Bytes((header ?? "").utf8)) } catch {
      throw EngineFault("cannot \(error.call) curl: \(error.reason)", hints: ["install curl"])
    }
    guard !output.isCut else {
      throw EngineFault(
        "\(base) says more than \(Self.bounds.bytes) bytes, or takes longer than"
          + " \(Self.bounds.seconds) s")
    }
    guard output.status == 0, let end = output.stdout.lastIndex(of: 0x0A) else {
      throw EngineFault(
        "\(base) cannot be asked:\n  \(self.told(Bytes(output.stderr.prefix(1000).trimmed)))")
    }
    let words = output.stdout[(end + 1)...]
      .split(separator: 0x09, maxSplits: 4, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    func word(_ index: Int) -> String { index < words.count ? words[index] : "" }
    return Answer(
      status: word(0), body: Bytes(output.stdout[..<end]), contentType: word(1), login: word(3),
      patience: word(4), place: word(2))
  }
}
