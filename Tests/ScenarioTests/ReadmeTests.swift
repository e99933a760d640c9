import Foundation
import GitrelTestSupport
import Glibc
import Testing

/// What README.md, docs/guide.md and docs/recipes.md tell the reader to type is typed, in order, in one
/// shell.
///
/// In a `console` block a line that starts with `$ ` is a command; with `<<'END'` it goes on to the
/// line `END`. A line `# exit N` after it says that it ends with N, where that is not 0.
@Suite struct ReadmeTests {
  @Test(arguments: ["README.md", "docs/guide.md", "docs/recipes.md", "docs/importing.md"])
  func commandsDoWhatTheDocumentSays(_ name: String) throws {
    let session = try Session(Document(name))
    for step in session.steps {
      #expect(
        step.status == step.command.status,
        "\(name):\(step.command.line): \(step.command.text)\n\(step.output)")
    }
  }

  @Test(
    "a command that a sentence names is one, with the flags that it names",
    arguments: [
      "README.md", "docs/exec.md", "docs/guide.md", "docs/metrics.md", "docs/policy-reference.md",
      "docs/recipes.md", "docs/release-notes.md",
    ])
  func commandsInSentences(_ name: String) throws {
    let named = try Document.sentenceCommands(name)
    #expect(!named.isEmpty)
    let folder = try TemporaryDirectory("gitrel-help")
    let environment = HermeticEnvironment(home: folder.path)
    var helps: [[String]: String] = [:]
    for (words, flags) in named where words != ["help"] {
      if helps[words] == nil {
        let help = try run(
          ["\(Session.programs())/gitrel"] + words + ["--help"], environment: environment,
          in: folder.path)
        // With `--help` whatever is no command has the help of what stands before it.
        let usage = help.stdout.split(separator: "\n").first { $0.hasPrefix("USAGE:") } ?? ""
        let isLeaf = !usage.contains("<subcommand>")
        #expect(
          usage.hasPrefix("USAGE: gitrel \(words.joined(separator: " "))")
            || isLeaf && usage.hasPrefix("USAGE: gitrel \(words.first ?? "") "),
          "\(name): gitrel \(words.joined(separator: " "))")
        helps[words] = help.stdout
      }
      let known =
        helps[words]?.matches(of: #/(?:^|[^\w-])(--?[a-z][a-z-]*)/#).map { String($0.1) } ?? []
      for flag in flags where !known.contains(flag) {
        Issue.record("\(name): gitrel \(words.joined(separator: " ")) has no \(flag)")
      }
    }
  }

  @Test func whatIsImportedIsWhatThePageShows() throws {
    let name = "docs/importing.md"
    let document = try Document(name)
    let session = try Session(document)
    let shown = try document.blocks(name)
    #expect(shown.count >= 9)
    let printed = session.steps.map(\.output)
    for block in shown {
      #expect(
        printed.contains { $0.contains(block) },
        "no command of \(name) prints\n\(block)\nbut\n\(printed.joined(separator: "----\n"))")
    }
  }

  @Test func theRefusalIsTheOneThatIsPrinted() throws {
    let document = try Document("README.md")
    let refusal = document.refusal.map(Self.normalised)
    try #require(!refusal.isEmpty)
    let session = try Session(document)
    let printed = session.steps.map { step in
      step.output.split(separator: "\n", omittingEmptySubsequences: false)
        .map { Self.normalised(String($0)) }
    }
    let isThere = printed.contains { lines in
      lines.indices.contains { lines[$0...].starts(with: refusal) }
    }
    #expect(
      isThere,
      "no command of README.md prints its refusal; what is printed:\n\(session.refused)")
  }

  /// A line without the white space at its end, object ids as zeros.
  private static func normalised(_ line: String) -> String {
    var words: [String] = []
    for word in line.split(separator: " ", omittingEmptySubsequences: false) {
      let parts = word.split(separator: "@", omittingEmptySubsequences: false)
        .map { part -> String in
          let digits = part.prefix { $0.isHexDigit && !$0.isUppercase }
          return digits.count == 7 || digits.count == 40
            ? String(repeating: "0", count: digits.count) + part.dropFirst(digits.count)
            : String(part)
        }
      words.append(parts.joined(separator: "@"))
    }
    while words.last?.isEmpty == true { words.removeLast() }
    return words.joined(separator: " ")
  }
}

/// A document with the commands in it.
private struct Document {
  struct Command {
    let text: String
    let line: Int
    var status: Int32 = 0
  }

  private(set) var commands: [Command] = []
  /// The lines between the markers, without the fence.
  private(set) var refusal: [String] = []

  init(_ name: String) throws {
    guard let root = Self.root, let bytes = contents(of: "\(root)/\(name)") else {
      throw SupportError("there is no \(name)")
    }
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var isConsole = false
    var isRefusal = false
    var index = 0
    while index < lines.count {
      let line = lines[index]
      index += 1
      if line == "<!-- refusal -->" {
        isRefusal = true
      } else if line == "<!-- /refusal -->" {
        isRefusal = false
      } else if line.hasPrefix("```") {
        isConsole = line == "```console"
      } else if isRefusal {
        refusal.append(line)
      } else if isConsole, line.hasPrefix("$ ") {
        var text = String(line.dropFirst(2))
        let start = index
        if text.hasSuffix("<<'END'") {
          while index < lines.count {
            text += "\n" + lines[index]
            index += 1
            if lines[index - 1] == "END" { break }
          }
        }
        commands.append(Command(text: text, line: start))
      } else if isConsole, line.hasPrefix("# exit "), !commands.isEmpty {
        guard let status = Int32(line.dropFirst("# exit ".count)) else {
          throw SupportError("\(name):\(index): `\(line)` names no status")
        }
        commands[commands.count - 1].status = status
      }
    }
    guard !commands.isEmpty else { throw SupportError("\(name) has no commands") }
  }

  /// The commands of gitrel that stand in the running text of a document: which one, with which flags.
  static func sentenceCommands(_ name: String) throws -> [(words: [String], flags: [String])] {
    guard let root, let bytes = contents(of: "\(root)/\(name)") else {
      throw SupportError("there is no \(name)")
    }
    // Without the blocks; a span may go over the end of a line.
    let text = String(decoding: bytes, as: UTF8.self).components(separatedBy: "```").enumerated()
      .filter { $0.offset.isMultiple(of: 2) }.map(\.element).joined()
    return text.matches(of: #/`gitrel\s([^`]*)`/#).map { match in
      let parts = match.1.split(whereSeparator: \.isWhitespace).map(String.init)
      // What follows a flag is its value, not a command.
      let words = parts.prefix { $0.wholeMatch(of: #/[a-z][a-z-]*/#) != nil }.prefix(2)
      let flags = parts.filter { $0.hasPrefix("-") }
        .compactMap { $0.firstMatch(of: #/^--?[a-z][a-z-]*/#).map { String($0.0) } }
      return (Array(words), flags)
    }
  }

  /// What stands in `yaml` blocks, and in unnamed ones that show what gitrel prints.
  func blocks(_ name: String) throws -> [String] {
    guard let root = Self.root, let bytes = contents(of: "\(root)/\(name)") else {
      throw SupportError("there is no \(name)")
    }
    var blocks: [String] = []
    var block: [String]?
    var isFenced = false
    for line in String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    {
      if line.hasPrefix("```") {
        if let block, block.first?.hasPrefix("gitrel policy") == false {
          blocks.append(block.map { $0 + "\n" }.joined())
        }
        isFenced.toggle()
        block = isFenced && (line == "```" || line == "```yaml") ? [] : nil
      } else {
        block?.append(line)
      }
    }
    return blocks
  }

  private static var root: String? {
    var folder = #filePath[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if folder.hasSuffix("/Tests") { return String(folder.dropLast("/Tests".count)) }
    }
    return nil
  }
}

/// The commands of a document, run one after the other in one shell, as a reader runs them.
private struct Session {
  struct Step {
    let command: Document.Command
    /// Nil when the shell did not get so far.
    let status: Int32?
    /// What it wrote to both streams.
    let output: String
  }

  private(set) var steps: [Step] = []

  init(_ document: Document) throws {
    let play = try TemporaryDirectory("gitrel-readme")
    let said = try TemporaryDirectory("gitrel-readme-said")
    var environment = HermeticEnvironment(home: play.path)
    let path = environment.variables["PATH"] ?? "/usr/bin:/bin"
    environment = environment.adding(["PATH": "\(try Self.programs()):\(path)"])
    var script = ""
    for (number, command) in document.commands.enumerated() {
      script += "{\n\(command.text)\n} >\(said.file("\(number)")) 2>&1 </dev/null\n"
      script += "echo $? >\(said.file("\(number).status"))\n"
    }
    try write(script, to: said.file("script"))
    _ = try run(["sh", said.file("script")], environment: environment, in: play.path)
    for (number, command) in document.commands.enumerated() {
      let status = contents(of: said.file("\(number).status"))
        .map { String(decoding: $0, as: UTF8.self) }?.split(separator: "\n").first
      let output = contents(of: said.file("\(number)")) ?? []
      steps.append(
        Step(
          command: command, status: status.flatMap { Int32($0) },
          output: String(decoding: output, as: UTF8.self)))
    }
  }

  /// Everything that a server refused.
  var refused: String {
    steps.map(\.output).filter { $0.contains("remote: gitrel: refused") }.joined(separator: "\n")
  }

  /// The folder of this test program, which is also where the build puts `gitrel`.
  static func programs() throws -> String {
    guard let real = realpath("/proc/self/exe", nil) else {
      throw SupportError("it cannot be told where the tests are built")
    }
    defer { free(real) }
    let program = String(cString: real)
    guard let slash = program.lastIndex(of: "/") else { throw SupportError(program) }
    let folder = String(program[..<slash])
    guard access(folder + "/gitrel", X_OK) == 0 else {
      throw SupportError("there is no gitrel beside the tests, in \(folder)")
    }
    return folder
  }
}
