internal import Evidence
internal import GitModel
internal import Policy
public import Release

/// A question that is asked before a release goes on to a stage, on the machine of whoever says so.
public enum RolloutCheck: Sendable {
  /// A program by its absolute path, which answers as those of the rule `exec` do.
  case program(String)
  /// A query of Prometheus, of which every value must be below a number.
  case prometheus(url: String, query: String, below: Double)

  /// What was answered; a clause.
  public enum Answer: Hashable, Sendable {
    case yes(String)
    case no(String)
    /// It could not be told: why, and the first lines that were said on standard error, fit to print.
    case untold(String, said: [String])
  }

  /// How long one answer may take, in seconds, and how long it may be, in bytes.
  private static let bounds = (seconds: 60, bytes: 1 << 20)

  /// What is answered of `record`, which is to come to `stage`. What cannot be told is no yes.
  /// `environment` is curl's.
  public func answer(
    _ record: ReleaseRecord, to stage: String, environment: ProcessEnvironment
  ) throws(EngineFault) -> Answer {
    switch self {
    case .program(let path): try ask(path, record, stage)
    case .prometheus(let url, let query, let below): try ask(url, query, below, environment)
    }
  }

  // MARK: - A program

  private func ask(
    _ path: String, _ record: ReleaseRecord, _ stage: String
  ) throws(EngineFault) -> Answer {
    let shown = Bytes(path.utf8).printable
    guard path.hasPrefix("/") else {
      throw EngineFault("`\(shown)` is no absolute path", hints: ["--check-exec \"$PWD/...\""])
    }
    let course = record.course
    var question = [
      JSONMember("version", .number(Bytes("1".utf8))),
      JSONMember("program", .text("rollout-check")),
      JSONMember("release", .string(Bytes(record.course.ref.shortBytes))),
      JSONMember("commit", .text(record.commit.id.hex)),
      JSONMember("time", .text(record.instant.utcText)), JSONMember("to", .text(stage)),
    ]
    if let at = course.stage {
      question.append(JSONMember("from", .text(course.stages[at.value].name)))
      question.append(JSONMember("since", .text(at.since.utcText)))
    }
    let child = ChildProcess(
      program: path, arguments: [],
      environment: ProcessEnvironment([
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8",
      ]), isCaptured: true, bounds: Self.limits)
    let output = try Self.run(child, input: JSONValue.object(question).canonical)
    guard output.status == 0, !output.isCut else {
      let end = output.isCut ? "did not answer in time" : "ended with the status \(output.status)"
      return .untold("\(shown) \(end)", said: Self.said(output.stderr))
    }
    do throws(ProgramAnswer.Fault) {
      let answer = try ProgramAnswer(document: output.stdout, limit: Self.bounds.bytes)
      switch answer.outcome {
      case .satisfied: return .yes(answer.summary.cleaned)
      case .violated: return .no(answer.summary.cleaned)
      case .indeterminate: return .untold(answer.summary.cleaned, said: [])
      case .notApplicable: return .no("\(shown) has nothing to say: \(answer.summary.cleaned)")
      }
    } catch { return .untold("\(shown) \(error.words)".cleaned, said: Self.said(output.stderr)) }
  }

  // MARK: - Prometheus

  private func ask(
    _ url: String, _ query: String, _ below: Double, _ environment: ProcessEnvironment
  ) throws(EngineFault) -> Answer {
    guard url.hasPrefix("http://") || url.hasPrefix("https://"), below.isFinite else {
      throw EngineFault(
        "`\(Bytes(url.utf8).prefix(80).printable)` is no Prometheus",
        hints: ["write --check-prometheus http://localhost:9090"])
    }
    let base = url.hasSuffix("/") ? String(url.dropLast()) : url
    // The query goes through standard input, so that curl takes no `@` at its start for a file.
    let child = ChildProcess(
      program: "curl",
      arguments: [
        "--disable", "--silent", "--show-error", "--proto", "=http,https", "--netrc-optional",
        "--max-time", "\(Self.bounds.seconds)", "--data-urlencode", "query@-",
        "--url", "\(base)/api/v1/query",
      ].map { Array($0.utf8) }, environment: environment, isCaptured: true,
      bounds: Self.limits)
    let output = try Self.run(child, input: Bytes(query.utf8))
    guard output.status == 0, !output.isCut else {
      return .untold("Prometheus cannot be asked", said: Self.said(output.stderr))
    }
    return Self.reading(output.stdout, below: below)
  }

  /// What an answer of Prometheus comes to (its HTTP API, `/api/v1/query`).
  static func reading(_ document: Bytes, below: Double) -> Answer {
    let json: JSONValue
    do throws(JSONFault) {
      json = try JSONValue(parsing: document, limits: JSONLimits(bytes: bounds.bytes))
    } catch { return .untold("Prometheus answered what is no JSON", said: []) }
    guard json["status"]?.string == Bytes("success".utf8), let data = json["data"] else {
      let words = json["error"]?.string?.prefix(200).printable ?? "it does not say why"
      return .untold("Prometheus has no answer: \(words)", said: [])
    }
    let pairs: [JSONValue?]
    switch data["resultType"]?.string.map({ String(decoding: $0, as: UTF8.self) }) {
    case "scalar": pairs = [data["result"]]
    case "vector": pairs = (data["result"]?.array ?? []).map { $0["value"] }
    default: return .untold("Prometheus answered neither a vector nor a scalar", said: [])
    }
    guard !pairs.isEmpty else { return .untold("Prometheus has no data for the query", said: []) }
    var highest = -Double.infinity
    for pair in pairs {
      let text = pair?.array?.last?.string.map { String(decoding: $0, as: UTF8.self) }
      guard let value = text.flatMap({ Double($0) }), value.isFinite else {
        return .untold(
          "Prometheus answered `\((text ?? "nothing").prefix(40))`, which is no number".cleaned,
          said: [])
      }
      highest = max(highest, value)
    }
    return highest < below
      ? .yes("\(highest) is below \(below)") : .no("\(highest) is not below \(below)")
  }

  /// The first lines of what was said on standard error.
  static func said(_ bytes: Bytes) -> [String] {
    bytes.prefix(4096).split(separator: UInt8(ascii: "\n")).prefix(3).map {
      $0.prefix(200).printable
    }
  }

  private static var limits: ChildProcess.Bounds {
    .init(milliseconds: Int64(bounds.seconds + 5) * 1000, bytes: bounds.bytes)
  }

  private static func run(
    _ child: ChildProcess, input: Bytes
  ) throws(EngineFault) -> ChildProcess.Output {
    do { return try child.run(input: input) } catch {
      throw EngineFault(
        "cannot \(error.call) \(Bytes(child.program.utf8).printable): \(error.reason)")
    }
  }
}
