import Testing

@testable import Engine

extension InstallTests {
  @Suite struct Shim {
    static let folder =
      #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/hooks"

    @Test(arguments: HookName.allCases)
    func `the files in hooks/ are what is rendered`(hook: HookName) throws {
      let file = "\(Self.folder)/\(hook.rawValue)"
      let bytes = try #require(FileSystem.contents(file))
      #expect(String(decoding: bytes, as: UTF8.self) == HookShim(hook).text())
      #expect(FileSystem.isExecutable(file))
      #expect(bytes.split(separator: 0x0A).count < 15)
    }

    @Test(.enabled(if: FileSystem.isExecutable("/usr/bin/shellcheck")))
    func `shellcheck has nothing to say`() throws {
      let sandbox = try InstallSandbox()
      for hook in HookName.allCases {
        var shim = HookShim(hook, repository: .path("/srv/it's a/r.git"), isChained: true)
        shim.identity = .http
        try sandbox.write("\(hook.rawValue)", shim.text(binary: "/opt/a b/gitrel"))
        let outcome = try sandbox.run("shellcheck", [sandbox.path(hook.rawValue)])
        #expect(outcome.out == "")
      }
    }

    /// What stands where the binary should be, and how the shim must end.
    @Test(arguments: [
      ("nothing", "rm bin/gitrel", 1 as Int32),
      ("not executable", "chmod -x bin/gitrel", 1),
      ("empty", ": >bin/gitrel", 1),
      ("zeros, as after a crash", "head -c 4096 /dev/zero >bin/gitrel", 1),
      ("half a program", "head -c 40 /bin/true >bin/gitrel", 1),
      ("a directory", "rm bin/gitrel && mkdir bin/gitrel", 1),
      ("a dangling link", "rm bin/gitrel && ln -s nowhere bin/gitrel", 1),
      ("another program that succeeds", "cp /bin/true bin/gitrel", 1),
      ("killed", "printf '#!/bin/sh\\nkill -9 $$\\n' >bin/gitrel", 1),
      ("refuses", "echo 1 >answer", 1),
      ("could not decide", "echo 2 >answer", 2),
      ("usage", "echo 64 >answer", 64),
      ("accepts", "echo 100 >answer", 0),
    ])
    func `fails closed`(name: String, damage: String, status: Int32) throws {
      for hook in HookName.allCases {
        let sandbox = try InstallSandbox()
        try sandbox.write("hook", HookShim(hook).text(binary: sandbox.gitrel), mode: 0o755)
        try sandbox.ok(damage)
        let outcome = try sandbox.run(sandbox.path("hook"), ["a", "b"], input: "line\n")
        #expect(outcome.status == status, "\(hook) \(name)")
        if sandbox.read("answer") == nil {
          #expect(outcome.err.contains("missing, damaged or crashed: \(sandbox.gitrel)"))
        } else {
          #expect(outcome.err == "")
        }
      }
    }

    @Test func `standard input and arguments are passed on`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.write("hook", HookShim(.prePush).text(binary: sandbox.gitrel), mode: 0o755)
      try sandbox.run(sandbox.path("hook"), ["-o", "a b"], input: "one\ntwo\n")
      #expect(sandbox.read("calls") == "hook pre-push --accepted-status 100 -- -o a b\n")
      #expect(sandbox.read("stdin") == "one\ntwo\n")
    }

    @Test func `the arguments of each hook`() {
      #expect(
        HookShim(.preReceive, repository: .path("/srv/a b.git"), identity: .gitea, isChained: true)
          .arguments
          == "hook pre-receive --repository '/srv/a b.git' --identity gitea "
          + "--accepted-status 100 --chain \"$0.gitrel-kept\"")
      #expect(
        HookShim(.postReceive).arguments
          == "hook post-receive --repository-from-git --identity shell --accepted-status 100")
      #expect(
        HookShim(.commitMessage, isChained: true).arguments
          == "hook commit-msg --accepted-status 100 --chain \"$0.gitrel-kept\" -- \"$@\"")
    }

    @Test func `sh reads a quoted word back`() throws {
      let sandbox = try InstallSandbox()
      for word in ["plain/_.-", "", "a b", "it's", "$(id)`id`\\", "new\nline", "''", "ü"] {
        let outcome = try sandbox.sh("printf %s \(HookShim.quoted(word))")
        #expect(outcome.out == word)
      }
    }

    @Test func `a chained hook gets what git would have given it`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.write(
        "kept", "#!/bin/sh\ncat >'\(sandbox.root)/seen'\necho \"$*\" >>'\(sandbox.root)/seen'\n",
        mode: 0o755)
      let lines = Array(String(repeating: "0123456789abcde\n", count: 1 << 16).utf8)
      let status = try ChainedHook.run(
        path: sandbox.path("kept"), arguments: ["origin", "a b"].map { Array($0.utf8) },
        stdin: lines, environment: sandbox.environment)
      #expect(status == 0)
      #expect(
        FileSystem.contents(sandbox.path("seen"), limit: 1 << 21)
          == lines + Array("origin a b\n".utf8))
    }

    @Test(arguments: [
      ("refuses", "#!/bin/sh\nexit 3\n", 3 as Int32),
      ("is killed", "#!/bin/sh\nkill -9 $$\n", 137),
      ("reads nothing", "#!/bin/sh\nexit 0\n", 0),
      ("has no interpreter line, as git allows", "exit 4\n", 4),
    ])
    func `a chained hook's status`(name: String, script: String, status: Int32) throws {
      let sandbox = try InstallSandbox()
      try sandbox.write("kept", script, mode: 0o755)
      let input = [UInt8](repeating: 0x61, count: 1 << 20)
      #expect(
        try ChainedHook.run(
          path: sandbox.path("kept"), arguments: [], stdin: input,
          environment: sandbox.environment) == status, "\(name)")
    }

    @Test func `a chained hook that is gone refuses`() throws {
      let sandbox = try InstallSandbox()
      #expect(throws: EngineFault.self) {
        try ChainedHook.run(
          path: sandbox.path("kept"), arguments: [], stdin: [], environment: sandbox.environment)
      }
      try sandbox.write("kept", "exit 0\n")
      #expect(throws: EngineFault.self) {
        try ChainedHook.run(
          path: sandbox.path("kept"), arguments: [], stdin: [], environment: sandbox.environment)
      }
    }

    @Test func `git is looked for in the given environment and answers in bytes`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      let git = GitCommand(repository: sandbox.path("clone"), environment: sandbox.environment)
      #expect(try git.run(["log", "--format=%s"]).text == "one")
      let blob = [UInt8](repeating: 0xFF, count: 1 << 20)
      let name = try git.run(["hash-object", "-w", "--stdin"], input: blob).text
      #expect(try git.run(["cat-file", "blob", name]).stdout == blob)
      let missing = try git.run(["rev-parse", "--verify", "nothing"])
      #expect(missing.status == 128 && missing.complaint == "Needed a single revision")
      var nowhere = sandbox.environment
      nowhere["PATH"] = sandbox.path("home")
      #expect(
        throws: GitCommandFault(
          binary: "git", call: "start", reason: "No such file or directory")
      ) {
        try GitCommand(repository: nil, environment: nowhere).run(["version"])
      }
    }
  }
}
