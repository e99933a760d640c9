// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
// What every rule has is documented at `Rule`; its settings are documented here.

internal import GitModel

/// Programs of the server's own agree: each is told of the update in JSON and answers in JSON.
///
/// What runs is decided by the policy, which only the trusted ref holds; see docs/exec.md.
public struct Exec: Rule {
  public static let id: RuleID = "exec"
  public static let summary = "the programs that the policy names agree"

  /// The programs, in the order of the file.
  public let programs: [ProgramCall]

  public init(from reader: SettingsReader, context: PolicyContext) {
    let stated = reader.others()
    programs = stated.compactMap { Self.call($0, reader.problems) }
    if stated.isEmpty {
      reader.problems.add(
        "`exec` names no program", at: reader.position,
        hint: "write `exec: {licences: {command: [/usr/local/libexec/licences]}}`")
    }
  }

  private static func call(_ entry: SettingsNode.Entry, _ problems: ProblemList) -> ProgramCall? {
    let reader = SettingsReader(entry.node, name: entry.key, problems: problems)
    let isName =
      (1...32).contains(entry.key.utf8.count)
      && entry.key.utf8.allSatisfy {
        $0.isASCIIDigit || $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0)
      }
    if !isName {
      problems.add(
        "\(entry.key.quoted) is no name for a program", at: entry.position,
        hint: "small ASCII letters, digits and dashes, 32 at most")
    }
    return ProgramCall(
      from: reader, called: entry.key, example: entry.key.cut(to: 32), at: entry.position)
  }

  public var needs: Needs {
    var needs = Needs([.newCommits, .changes, .ancestry])
    needs.programs = programs
    return needs
  }

  public func judge(_ matter: Matter) -> Verdict {
    let answers = programs.map { call in
      (name: call.name, answer: Self.answer(of: call, matter.facts.programs[call.name]))
    }
    // The gravest speaks for all; what could not be told is told beside what is violated.
    let order: [Verdict.Outcome] = [.violated, .indeterminate, .satisfied, .notApplicable]
    guard
      let outcome = order.first(where: { outcome in
        answers.contains { $0.answer.outcome == outcome }
      })
    else { return .indeterminate(Fact<Bool>.faultWords) }
    let told = answers.filter { name, answer in
      answer.outcome == outcome || outcome == .violated && answer.outcome == .indeterminate
    }
    let findings = told.flatMap { name, answer in
      answers.count == 1
        ? answer.findings
        : answer.findings.map {
          Finding(commit: $0.commit, title: "\(name): \($0.title)", detail: $0.detail)
        }
    }
    return Verdict(
      outcome,
      Explanation(
        told.map { "\($0.name): \($0.answer.summary)" }.joined(separator: "; "),
        findings: Array(findings.prefix(Explanation.maximumFindings)),
        total: told.reduce(0) { $0 + $1.answer.total }, fixes: told.flatMap(\.answer.fixes)))
  }

  private static func answer(of call: ProgramCall, _ fact: Fact<ProgramAnswer>?) -> ProgramAnswer {
    switch fact {
    case .known(let answer): return answer
    case .unknown(let why):
      let verdict = Verdict.unanswered(why)
      return ProgramAnswer(
        .indeterminate, verdict.explanation.summary, findings: verdict.explanation.findings)
    case .notGathered, nil: return ProgramAnswer(.indeterminate, Fact<Bool>.faultWords)
    }
  }
}
