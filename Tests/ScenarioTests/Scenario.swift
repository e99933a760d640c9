import Foundation
import GitrelTestSupport
import Testing

/// A story of pushes, told as a text file of `Tests/Scenarios`:
///
/// ```
/// # What it shows, for the reader.
/// without: clone-hooks
/// -- policy.yml --
/// version: 1
/// ...
/// -- story --
/// # A remark.
/// $ git push origin main
/// what it prints, both streams together
/// [exit 1]
/// ```
///
/// Before the story starts there are, in `$ROOT`: `server.git`, whose only commit has the policy at
/// main:.gitrel/policy.yml and where `gitrel install --server` has run; `dev`, a clone with
/// `gitrel install`, in which the story begins; and beside them every other file that is given.
/// `without:` leaves parts out, by name: `Part`.
///
/// A command is sh, for bash; `> ` continues it. The whole story is one shell, so `cd` and variables
/// stay. `Prelude` has the verbs (`at`, `as`, `commit`, `server`). The clock stands still within a
/// command, starts on Thursday, 2026-11-19 at 10:00 UTC, and ticks a minute with each command: dates,
/// ids and log entries are the same in every run.
struct Scenario: CustomTestStringConvertible, Sendable {
  /// What the runner sets up when the story does not say that it is left out.
  enum Part: String, CaseIterable {
    /// The policy in the first commit.
    case policy
    /// Any commit at all: the server is empty, and the clone is a repository of its own.
    case seed
    /// The hooks on the server.
    case serverHooks = "server-hooks"
    /// The hooks in the clone.
    case cloneHooks = "clone-hooks"
  }

  /// One command with what it is to print and how it is to end.
  struct Step: Sendable {
    /// The line in the file, from 1.
    let line: Int
    /// The remarks and empty lines above it, as they stand there.
    let above: [String]
    /// The command's lines.
    let command: [String]
    /// The golden part.
    var output: [String]
  }

  let path: String
  /// The comment and the settings, up to the first file.
  private(set) var head: [String] = []
  private(set) var without: Set<Part> = []
  private(set) var files: [(name: String, lines: [String])] = []
  var steps: [Step] = []

  var testDescription: String { String(path.split(separator: "/").last ?? "") }

  /// Every scenario there is, by name.
  static let all: [Scenario] = {
    let folder = #filePath.split(separator: "/").dropLast(2).map { "/\($0)" }.joined()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder + "/Scenarios")) ?? []
    // Whoever records may name some of them; recording fails, so that none is left out of a test.
    let recorded = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] ?? "1"
    return names.filter { name in
      name.hasSuffix(".txt")
        && (recorded == "1" || recorded.split(separator: ",").contains { name == "\($0).txt" })
    }.sorted().map {
      Scenario(reading: "\(folder)/Scenarios/\($0)")
    }
  }()

  init(reading path: String) {
    self.path = path
    let text = String(decoding: contents(of: path) ?? [], as: UTF8.self)
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    var isStory = false
    var above: [String] = []
    for (index, line) in lines.enumerated() {
      if isStory {
        tell(line, at: index + 1, &above)
      } else if line == "-- story --" {
        isStory = true
      } else if line.hasPrefix("-- "), line.hasSuffix(" --") {
        files.append((String(line.dropFirst(3).dropLast(3)), []))
      } else if !files.isEmpty {
        files[files.count - 1].lines.append(line)
      } else {
        head.append(line)
        guard line.hasPrefix("without: ") else { continue }
        let names = line.dropFirst("without: ".count).split(separator: ",")
        without = Set(names.compactMap { Part(rawValue: $0.trimmingCharacters(in: .whitespaces)) })
      }
    }
  }

  private mutating func tell(_ line: String, at number: Int, _ above: inout [String]) {
    if line.hasPrefix("$ ") {
      steps.append(
        Step(line: number, above: above, command: [String(line.dropFirst(2))], output: []))
      above = []
    } else if line.hasPrefix("> "), let last = steps.last, last.output.isEmpty, above.isEmpty {
      steps[steps.count - 1] = Step(
        line: last.line, above: last.above, command: last.command + [String(line.dropFirst(2))],
        output: [])
    } else if line.isEmpty || line.hasPrefix("# ") {
      above.append(line)
    } else if !steps.isEmpty {
      // Empty lines that are followed by output belong to it.
      steps[steps.count - 1].output += above + [line]
      above = []
    }
  }

  /// The file with these golden parts.
  func text(_ outputs: [[String]]) -> String {
    var lines = head
    for file in files { lines += ["-- \(file.name) --"] + file.lines }
    lines.append("-- story --")
    for (step, output) in zip(steps, outputs) {
      lines += step.above + ["$ \(step.command[0])"]
      lines += step.command.dropFirst().map { "> \($0)" } + output
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
