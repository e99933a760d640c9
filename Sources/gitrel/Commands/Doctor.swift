import ArgumentParser
import Engine
import Glibc

/// `gitrel doctor`
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that nothing has switched gitrel off, and say how to mend it.",
    discussion: """
      Git goes on without a word when a hook is missing, empty, not executable or elsewhere. Exit \
      status 0 means that all is well, 1 that there is a problem.

      Example: gitrel doctor
      Example: gitrel doctor --server /srv/git/app.git --format json
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Option(help: "Check this bare repository.")
  var server: String?

  @Option(help: "How to tell it: text or json.")
  var format = Format.text

  func run() throws {
    let environment = ProcessEnvironment.ofThisProcess
    let findings: [DoctorFinding]
    do throws(EngineFault) {
      let site = try InstallSite(server: server, environment: environment)
      findings = DoctorCheck.examine(try DoctorSubject(site, now: time(nil)))
    } catch {
      // A repository that git itself does not open is the first thing a doctor is asked about.
      findings = [
        .problem(
          "repository", error.message, fix: error.hints.first ?? "git fsck, in that repository")
      ]
    }
    let problems = findings.filter { !$0.isFine }
    switch format {
    case .text:
      for finding in findings {
        Console.report(
          "\(finding.isFine ? "ok     " : "problem")  \(finding.check): \(finding.text)")
        if let fix = finding.fix { Console.report("         fix: \(fix)") }
      }
      Console.report(
        problems.isEmpty
          ? "all is well: \(findings.count) checks"
          : "\(problems.count) of \(findings.count) checks found a problem")
    case .json:
      Console.report(Self.json(findings))
    }
    if !problems.isEmpty { throw ExitCode(ExitStatus.refused.rawValue) }
  }

  private static func json(_ findings: [DoctorFinding]) -> String {
    let items = findings.map { finding in
      let fix = finding.fix.map(quoted) ?? "null"
      return "    {\"check\": \(quoted(finding.check)), "
        + "\"verdict\": \(quoted(finding.isFine ? "ok" : "problem")), "
        + "\"text\": \(quoted(finding.text)), \"fix\": \(fix)}"
    }
    return "{\n  \"version\": 1,\n  \"healthy\": \(findings.allSatisfy(\.isFine)),\n"
      + "  \"checks\": [\n"
      + items.joined(separator: ",\n") + "\n  ]\n}"
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }
}
