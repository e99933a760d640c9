internal import GitModel
public import Policy

/// A decision as SARIF 2.1.0, for code scanning: a result for each verdict that refuses or would.
///
/// A result points at the line of the policy that states the rule; ref and commits are its logical
/// locations. https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
public enum DecisionSARIF {
  /// How many results a document has at most; how many there are in all stands beside them.
  static let maximumResults = 5000

  /// The document. `version` is that of gitrel.
  public static func text(_ decision: Decision, version: String) throws(JSONFault) -> String {
    try JSONFault.encode(SARIFLog(decision, version: version))
  }
}

private struct SARIFLog: Encodable {
  let schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
  let version = "2.1.0"
  let runs: [Run]

  enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  init(_ decision: Decision, version: String) { runs = [Run(decision, version: version)] }
}

private struct Run: Encodable {
  let tool: Tool
  let invocations: [Invocation]
  let columnKind = "unicodeCodePoints"
  let results: [Result]
  let properties: Properties

  struct Properties: Encodable {
    let answer: String
    let policy: String?
    let resultsTotal: Int
  }

  init(_ decision: Decision, version: String) {
    let faults = decision.told.filter(\.isFault)
    let shown = faults.capped(to: DecisionSARIF.maximumResults).shown
    var ids: [RuleID] = []
    var places: [RuleID: Int] = [:]
    var seen: [String: Int] = [:]
    var results: [Result] = []
    for told in shown {
      let place = places[told.judged.rule] ?? ids.count
      if place == ids.count { ids.append(told.judged.rule) }
      places[told.judged.rule] = place
      let result = Result(told, at: place, policy: decision.policy, seen: &seen)
      results.append(result)
    }
    self.results = results
    tool = Tool(driver: Driver(version: version, rules: ids.map(ReportingDescriptor.init)))
    invocations = [Invocation(executionSuccessful: true, endTimeUtc: decision.instant.utcText)]
    properties = Properties(
      answer: decision.answer.rawValue, policy: decision.policy?.label.cleaned,
      resultsTotal: faults.count)
  }
}

private struct Tool: Encodable { let driver: Driver }

private struct Driver: Encodable {
  let name = "gitrel"
  let version: String
  let rules: [ReportingDescriptor]
}

private struct Invocation: Encodable {
  let executionSuccessful: Bool
  let endTimeUtc: String
}

private struct ReportingDescriptor: Encodable {
  let id: String
  let shortDescription: Message
  let help: Message
  let defaultConfiguration = Configuration()

  struct Configuration: Encodable { let level = "error" }

  init(_ rule: RuleID) {
    id = rule.text
    shortDescription = Message(text: Message.plain(rule.summary ?? rule.text))
    help = Message(
      text: rule.isBuiltIn
        ? "A check that no policy can switch off: see docs/policy-reference.md, \"What no policy can switch off\"."
        : "In a clone `gitrel explain \(rule.text)` shows where the policy states it and with which settings; docs/policy-reference.md has every setting, under \(rule.text)."
    )
  }
}

private struct Message: Encodable {
  let text: String

  /// Text in which nothing reads as a placeholder (`{0}`) or an embedded link (`[words](target)`).
  static func plain(_ text: String) -> String {
    var out = ""
    var last: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      switch scalar {
      case "{": out += "{{"
      case "}": out += "}}"
      case "(" where last == "]": out += " ("
      default: out.unicodeScalars.append(scalar)
      }
      last = scalar
    }
    return out
  }
}

private struct Result: Encodable {
  let ruleId: String
  let ruleIndex: Int
  let level: String
  let message: Message
  let locations: [Location]
  let partialFingerprints: [String: String]
  let suppressions: [Suppression]?
  let properties: Properties

  /// An override (SARIF 2.1.0, 3.35): what it says is outside of the code.
  struct Suppression: Encodable {
    let kind = "external"
    let status = "accepted"
    let justification: String
  }

  struct Properties: Encodable {
    let outcome: String
    let enforce: String
    let findingsTotal: Int
  }

  /// `seen` counts the fingerprints given so far.
  init(
    _ told: ToldVerdict, at place: Int, policy: PolicyOrigin?, seen: inout [String: Int]
  ) {
    let judged = told.judged
    (ruleId, ruleIndex) = (judged.rule.text, place)
    level = judged.refuses ? "error" : "warning"
    message = Message(text: Message.plain(told.lines.joined(separator: "\n")))
    suppressions =
      judged.isOverridden
      ? told.overriding.map { [Suppression(justification: $0)] } : nil
    locations = [Location(told, policy: policy)]
    // What stays the same when the push is mended a little and tried again: no id of a commit, no
    // line of the policy, no figure. The same rule may speak more than once of a ref.
    let ref = told.update?.name.full ?? "the push"
    let base = "\(judged.ruleset?.cleaned ?? "built-in")/\(judged.rule.text) on \(ref)"
    let number = seen[base, default: 0] + 1
    seen[base] = number
    partialFingerprints = ["gitrelVerdict/v1": number == 1 ? base : "\(base) (\(number))"]
    properties = Properties(
      outcome: judged.verdict.outcome.rawValue, enforce: judged.enforcement.rawValue,
      findingsTotal: judged.verdict.explanation.total)
  }
}

private struct Location: Encodable {
  let physicalLocation: PhysicalLocation?
  let logicalLocations: [LogicalLocation]?

  struct PhysicalLocation: Encodable {
    let artifactLocation: ArtifactLocation
    let region: Region?
  }

  struct ArtifactLocation: Encodable {
    let uri: String
    let uriBaseId: String?
  }

  struct Region: Encodable {
    let startLine: Int
    let startColumn: Int
  }

  struct LogicalLocation: Encodable {
    let name: String
    let fullyQualifiedName: String
    let kind: String
  }

  init(_ told: ToldVerdict, policy: PolicyOrigin?) {
    let region = told.judged.position.map { Region(startLine: $0.line, startColumn: $0.column) }
    physicalLocation = (told.judged.position?.file ?? policy?.file).map { file in
      PhysicalLocation(artifactLocation: Self.artifact(file), region: region)
    }
    var names: [LogicalLocation] = []
    if let name = told.update?.name {
      names.append(LogicalLocation(name: name.short, fullyQualifiedName: name.full, kind: "ref"))
    }
    var seen: Set<ObjectID> = []
    for commit in told.judged.verdict.explanation.findings.compactMap(\.commit)
    where seen.insert(commit).inserted {
      names.append(
        LogicalLocation(name: commit.short, fullyQualifiedName: commit.hex, kind: "commit"))
    }
    logicalLocations = names.isEmpty ? nil : names
  }

  /// A path of the repository, or of the machine, as a URI.
  private static func artifact(_ path: String) -> ArtifactLocation {
    let encoded = path.utf8.map { byte -> String in
      let isPlain =
        byte.isASCIILetter || byte.isASCIIDigit || "/-._~".utf8.contains(byte)
      let hex = String(byte, radix: 16, uppercase: true)
      return isPlain
        ? String(decoding: [byte], as: UTF8.self) : "%" + (hex.count == 1 ? "0" : "") + hex
    }.joined()
    return path.hasPrefix("/")
      ? ArtifactLocation(uri: "file://\(encoded)", uriBaseId: nil)
      : ArtifactLocation(uri: encoded, uriBaseId: "%SRCROOT%")
  }
}
