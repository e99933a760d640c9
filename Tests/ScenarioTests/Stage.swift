import Foundation
import GitrelTestSupport

/// The temporary directory in which a scenario plays, and the shell that plays it.
struct Stage {
  private let directory: TemporaryDirectory
  private let environment: HermeticEnvironment
  private var root: String { directory.path }

  /// A story that takes longer than this many seconds hangs.
  private static let patience = "120"

  init() throws {
    // Not in TMPDIR: where lines are broken depends on the length of the paths in them.
    directory = try TemporaryDirectory("gitrel-scenario", in: "/tmp")
    let root = directory.path
    var environment = HermeticEnvironment(home: root + "/home")
    // The dates are those of the story's clock, the names those of the configuration.
    environment.variables = environment.variables.filter { name, _ in
      !name.hasPrefix("GIT_AUTHOR") && !name.hasPrefix("GIT_COMMITTER")
    }
    let profile = ProcessInfo.processInfo.environment["LLVM_PROFILE_FILE"]
    self.environment = environment.adding([
      "ROOT": root, "PATH": "\(root)/bin:\(environment.variables["PATH"] ?? "/usr/bin:/bin")",
      "GIT_CONFIG_GLOBAL": root + "/home/.gitconfig", "TMPDIR": root + "/home",
      // Only what processes ask the clock is set; the times of files are left alone, for git's index.
      "NO_FAKE_STAT": "1", "FAKETIME_DONT_RESET": "1",
      // Where coverage is measured, what the hooks run counts too.
      "LLVM_PROFILE_FILE": profile ?? "/dev/null",
    ])
    try write(
      "[user]\n\tname = Dev Ekundayo\n\temail = dev@example.com\n[init]\n\tdefaultBranch = main\n",
      to: root + "/home/.gitconfig")
    try FileManager.default.createDirectory(
      atPath: root + "/bin", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: root + "/bin/gitrel", withDestinationPath: try Self.builtProduct())
  }

  /// The binary that was built with these tests: it lies beside the test bundle.
  private static func builtProduct() throws -> String {
    var folder = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if FileManager.default.isExecutableFile(atPath: folder + "/gitrel") {
        return folder + "/gitrel"
      }
    }
    throw SupportError("there is no gitrel beside the test bundle: swift build --product gitrel")
  }

  /// Plays a story, and gives what each step printed and how it ended.
  func play(_ scenario: Scenario) throws -> [[String]] {
    for file in scenario.files {
      let place = file.name == "policy.yml" ? "seed/.gitrel/policy.yml" : file.name
      try write(file.lines.map { $0 + "\n" }.joined(), to: "\(root)/\(place)")
    }
    try write(Prelude.text(without: scenario.without), to: root + "/home/prelude")
    var script = ". $ROOT/home/prelude >$ROOT/home/setup 2>&1 </dev/null\n"
    script += "exec 2>&1 </dev/null\n"
    for step in scenario.steps {
      script += "tick\n\(step.command.joined(separator: "\n"))\n"
      script += "printf '\\001%d\\001' $?\n"
    }
    try write(script, to: root + "/home/story")
    let result = try run(
      [
        "timeout", Self.patience, "faketime", "-f", "2026-11-19 10:00:00", "bash",
        root + "/home/story",
      ],
      environment: environment, in: root)
    // What each command printed, then its status, each ended by the byte 1.
    let parts = result.output.split(separator: 1, omittingEmptySubsequences: false)
    guard parts.count == scenario.steps.count * 2 + 1 else {
      let setUp = String(decoding: contents(of: root + "/home/setup") ?? [], as: UTF8.self)
      throw SupportError(
        "\(scenario.path): the story ended after \(parts.count / 2) of \(scenario.steps.count) "
          + "commands, status \(result.status)\n\(setUp)\(result.stdout)\(result.stderr)")
    }
    return scenario.steps.indices.map { index in
      lines(of: parts[index * 2], status: String(decoding: parts[index * 2 + 1], as: UTF8.self))
    }
  }

  /// What a command printed, without what is another on another machine or in another year.
  private func lines(of output: ArraySlice<UInt8>, status: String) -> [String] {
    var text = String(decoding: output, as: UTF8.self)
      .replacingOccurrences(of: root, with: "$ROOT")
      // Entries of the decision log name the version of the zone data and of gitrel.
      .replacing(/head [0-9a-f]{64}/, with: "head $HEAD")
      .replacing(/the head [0-9a-f]{12}/, with: "the head $HEAD")
      .replacing(/entry [0-9a-f]{7}\b/, with: "entry $ENTRY")
    if text.hasSuffix("\n") { text.removeLast() }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if text.isEmpty { lines = [] }
    if status != "0" { lines.append("[exit \(status)]") }
    // git pads what a server says with spaces, so that it covers what stood on the line before.
    return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
  }

  /// What differs, as `diff -u` tells it.
  func difference(_ told: String, _ played: String, path: String) throws -> String {
    try write(told, to: root + "/home/told")
    try write(played, to: root + "/home/played")
    return try run(
      [
        "diff", "-u", "--label", path, "--label", "as played now", root + "/home/told",
        root + "/home/played",
      ], environment: environment, in: root
    ).stdout
  }
}

/// What a story's shell knows before it begins.
enum Prelude {
  private static let verbs = """
    # at 2026-11-20T16:45 COMMAND: runs it (hooks and server included) at that moment, UTC.
    at() { local moment=$1; shift; FAKETIME="${moment/T/ }:00" "$@"; }
    # as alice COMMAND: with that author and committer.
    as() {
      local who=$1; shift
      GIT_AUTHOR_NAME=${who^} GIT_AUTHOR_EMAIL=$who@example.com \\
        GIT_COMMITTER_NAME=${who^} GIT_COMMITTER_EMAIL=$who@example.com "$@"
    }
    # commit SUBJECT [OPTION...]: one more line in `work`, committed.
    commit() {
      local subject=$1; shift
      echo "$subject" >>work && git add work && git commit --quiet -m "$subject" "$@"
    }
    # server COMMAND: runs it in the server's repository, as who may touch its files.
    server() { (cd "$ROOT/server.git" && "$@"); }
    # raw COMMAND: what a command prints, with every byte that a terminal would act on made visible.
    raw() { "$@" 2>&1 | cat -v; return "${PIPESTATUS[0]}"; }
    minute=0
    tick() {
      minute=$((minute + 1))
      printf -v FAKETIME '2026-11-19 %02d:%02d:00' $((10 + minute / 60)) $((minute % 60))
      export FAKETIME
    }

    """

  /// The verbs, and the commands that set everything up.
  static func text(without: Set<Scenario.Part>) -> String {
    let isEmpty = without.contains(.seed)
    var lines = ["set -e", "mkdir -p $ROOT/seed && cd $ROOT/seed", "git init --quiet"]
    if !isEmpty {
      if without.contains(.policy) { lines.append("rm -rf .gitrel") }
      lines += [
        "echo 'an application' >README", "git add --all",
        "git commit --quiet -m 'Begin' --trailer 'Reviewed-by: Alice <alice@example.com>'",
      ]
    }
    lines += ["cd $ROOT", "git init --quiet --bare server.git"]
    if !isEmpty { lines.append("git -C seed push --quiet $ROOT/server.git main") }
    if !without.contains(.serverHooks) { lines.append("gitrel install --server server.git") }
    if isEmpty {
      lines += ["git init --quiet dev", "git -C dev remote add origin $ROOT/server.git"]
    } else {
      lines.append("git clone --quiet $ROOT/server.git dev")
    }
    lines.append("cd dev")
    if !without.contains(.cloneHooks) { lines.append("gitrel install") }
    return verbs + (lines + ["set +e"]).joined(separator: "\n") + "\n"
  }
}
