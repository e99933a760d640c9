import Glibc
import Testing

@testable import Engine

extension InstallTests {
  @Suite struct Shell {
    @Test(arguments: [
      ("git-receive-pack 'a.git'", ForcedCommand.Service.receivePack, "a.git"),
      ("git receive-pack 'a.git'", .receivePack, "a.git"),
      ("git-upload-pack '/srv/git/a b.git'", .uploadPack, "/srv/git/a b.git"),
      ("git upload-archive 'x'", .uploadArchive, "x"),
      ("git-upload-pack 'it'\\''s'", .uploadPack, "it's"),
      ("git-upload-pack 'wow'\\!''", .uploadPack, "wow!"),
      ("git-upload-pack ''\\''x'", .uploadPack, "'x"),
      ("git-upload-pack '$(id);`id`|&<>\"*?\\'", .uploadPack, "$(id);`id`|&<>\"*?\\"),
    ])
    func `reads what git sends`(
      command: String, service: ForcedCommand.Service, path: String
    ) throws {
      let read = try ForcedCommand(Array(command.utf8))
      #expect(read.service == service)
      #expect(read.path == Array(path.utf8))
    }

    @Test(arguments: [
      "", " ", "ls", "sh", "git", "git-receive-pack", "git-receive-pack ",
      "git-receive-pack a.git", "git-receive-pack \"a.git\"", "git-receive-pack  'a.git'",
      " git-receive-pack 'a.git'", "git-receive-pack 'a.git' ", "git-receive-pack 'a.git';id",
      "git-receive-pack 'a.git' 'b.git'", "git-receive-pack 'a.git", "git-receive-pack a.git'",
      "git-receive-pack ''", "git-receive-pack '-x'", "git-receive-pack '--help'",
      "git-receive-pack ''\\''", "git-receive-pack 'a'b'c'", "git-receive-pack 'a'\\x'b'",
      "git-receive-pack 'a'\\'", "git-receive-pack 'a'\\''", "git-receive-pack '~/a.git'",
      "git-receive-pack '~root/a.git'", "git-receive-pack --advertise-refs 'a.git'",
      "git-receive-pack 'a\n.git'", "git-receive-pack 'a.git'\nid", "git-receive-pack 'a\0b'",
      "git-receive-pack 'a\u{7f}'", "git-receive-pack 'a\tb'",
      "git -c core.hooksPath=/dev/null receive-pack 'a.git'", "git-shell 'a'",
      "/usr/bin/git-receive-pack 'a.git'", "GIT-RECEIVE-PACK 'a.git'",
      "git-receive-pack2 'a.git'", "git-http-backend 'a'", "scp -t /etc", "internal-sftp",
      "X=1 git-receive-pack 'a.git'", "exec git-receive-pack 'a.git'",
    ])
    func `refuses everything else`(command: String) {
      #expect(throws: EngineFault.self, "\(command)") { try ForcedCommand(Array(command.utf8)) }
    }

    @Test func `refuses a command that is too long`() {
      let command = "git-receive-pack '" + String(repeating: "a", count: 5000) + "'"
      #expect(throws: EngineFault.self) { try ForcedCommand(Array(command.utf8)) }
    }

    /// `srv/team/app.git` and ways out of `srv`; hooks that refuse everything.
    private func served() throws -> InstallSandbox {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.ok(
        """
        mkdir -p srv/team && git init -q --bare -b main srv/team/app.git &&
        git init -q --bare -b main srv/plain && git init -q srv/work &&
        ln -s ../server.git srv/out.git && ln -s team/app.git srv/in.git && ln -s .. srv/up &&
        cp -r srv/plain srv/redirected && echo ../../server.git >srv/redirected/commondir &&
        mkdir -m 755 hooks
        """)
      try sandbox.write(
        "hooks/pre-receive",
        "#!/bin/sh\nenv >'\(sandbox.root)/seen'\nls -l /proc/self/fd >'\(sandbox.root)/files'\n"
          + "echo no >&2\nexit 1\n", mode: 0o755)
      return sandbox
    }

    private func session(
      _ sandbox: InstallSandbox, _ path: String, who: String = "alice",
      service: String = "git-receive-pack", gitProtocol: String? = nil
    ) throws -> ServedSession {
      try ServedSession(
        who: who, command: Array("\(service) '\(path)'".utf8),
        settings: ServedSession.Settings(
          root: sandbox.path("srv"), hooks: sandbox.path("hooks"), git: "/usr/bin/git",
          maximumInput: "2g"),
        gitProtocol: gitProtocol)
    }

    @Test func `finds a repository below the root`() throws {
      let sandbox = try served()
      for (path, found) in [
        ("team/app.git", "team/app.git"), ("team/app", "team/app.git"),
        ("/team/app.git", "team/app.git"), ("/team/app/", "team/app.git"),
        ("ROOT/team/app.git", "team/app.git"), ("in.git", "team/app.git"), ("plain", "plain"),
        (".//team/./app", "team/app.git"),
      ] {
        let asked = path.hasPrefix("ROOT") ? sandbox.path("srv") + path.dropFirst(4) : path
        let session = try session(sandbox, asked)
        #expect(session.repository == Array(sandbox.path("srv/\(found)").utf8), "\(path)")
      }
    }

    @Test func `and nothing else`() throws {
      let sandbox = try served()
      for path in [
        "none", "team", ".", "/", "../server.git", "team/../../server.git",
        "team/../team/app.git", "out.git", "up/server.git", "up/srv/../server.git", "/etc", "work",
        "work/.git", "redirected", "ROOT/../server.git", "ROOT", "SERVER",
      ] {
        let asked =
          path.hasPrefix("ROOT")
          ? sandbox.path("srv") + path.dropFirst(4)
          : path == "SERVER" ? sandbox.path("server.git") : path
        let fault = installFault { _ = try session(sandbox, asked) }
        #expect(fault == "no such repository: '\(asked)'")
      }
    }

    @Test func `a name is letters, digits and a few signs`() throws {
      let sandbox = try served()
      for who in ["", "a b", "a/b", "a'", "a\n", "é", "a;b", "$(id)"] {
        #expect(throws: EngineFault.self) { try session(sandbox, "plain", who: who) }
      }
      #expect(throws: Never.self) { try session(sandbox, "plain", who: "A.b_c@d-1") }
    }

    @Test(arguments: [
      "rm hooks/pre-receive", ": >hooks/pre-receive", "chmod -x hooks/pre-receive",
      "mv hooks/pre-receive x && ln -s ../x hooks/pre-receive", "chmod o+w hooks/pre-receive",
      "chmod g+w hooks", "rm -r hooks", "chmod 777 .",
      "rm hooks/pre-receive && mkdir hooks/pre-receive",
    ])
    func `hooks that do not hold are refused, for pushes`(damage: String) throws {
      let sandbox = try served()
      try sandbox.ok(damage)
      #expect(
        installFault { _ = try session(sandbox, "plain") }?.contains("hooks directory is not fit")
          == true)
      #expect(throws: Never.self) { try session(sandbox, "plain", service: "git-upload-pack") }
    }

    @Test func `the protocol is the only thing that the client says`() throws {
      let sandbox = try served()
      for (given, passed) in [
        ("version=2", "version=2"), ("version=3", nil), ("version=2:x", nil), ("", nil), (nil, nil),
      ] as [(String?, String?)] {
        let session = try session(sandbox, "plain", gitProtocol: given)
        #expect(session.environment["GIT_PROTOCOL"] == passed)
        #expect(session.environment["GITREL_PUSHER"] == "alice")
        #expect(session.environment.entries.count == (passed == nil ? 7 : 8))
      }
    }

    @Test func `the hooks directory is written and holds`() throws {
      let sandbox = try InstallSandbox()
      let directory = sandbox.path("libexec/gitrel/hooks")
      #expect(try HooksDirectory.write(directory, binary: sandbox.gitrel).isChanged)
      #expect(try !HooksDirectory.write(directory, binary: sandbox.gitrel).isChanged)
      #expect(try HooksDirectory.checked(directory) == directory)
      #expect(
        sandbox.read("libexec/gitrel/hooks/pre-receive")
          == HookShim(.preReceive).text(binary: sandbox.gitrel))
    }

    // MARK: The real thing: gitrel shell between two gits

    /// The built command, beside the test's own program; nil when only the tests were built.
    static let command: String? = {
      guard let tests = FileSystem.resolved("/proc/self/exe") else { return nil }
      let folders = [
        FileSystem.directory(of: tests),
        #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" } + "/.build/debug",
      ]
      return folders.map { "\($0)/gitrel" }.first(where: FileSystem.isExecutable)
    }()

    @Test(.enabled(if: command != nil))
    func `the commands and how they end`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      let command = try #require(Self.command)
      for (arguments, status) in [
        ("install --server ../server.git --binary ../bin/gitrel", 0), ("install", 0),
        ("install", 0), ("doctor", 1), ("doctor --server ../server.git --format json", 1),
        ("uninstall", 0), ("uninstall", 0), ("install --server ../none", 2),
        ("install --identity nobody", 64), ("install --policy x", 64), ("shell 'a b'", 1),
        ("shell alice --root / -c \"git-upload-pack 'x'\"", 1), ("nonsense", 64), ("--help", 0),
      ] {
        let outcome = try sandbox.sh("cd clone && '\(command)' \(arguments)")
        #expect(outcome.status == status, "\(arguments): \(outcome.err)")
      }
    }

    /// What sshd does: the account's shell runs the forced command and is told the client's.
    private func connect(_ sandbox: InstallSandbox) throws {
      let command = try #require(Self.command)
      try sandbox.write(
        "sshd",
        """
        #!/bin/sh
        while test $# -gt 1; do shift; done
        exec 9</dev/null
        export SSH_ORIGINAL_COMMAND="$1"
        exec '\(command)' shell alice --root '\(sandbox.root)/srv' --hooks '\(sandbox.root)/hooks'

        """, mode: 0o755)
      sandbox.environment["GIT_SSH_COMMAND"] = "'\(sandbox.root)/sshd'"
      sandbox.environment["GIT_SSH_VARIANT"] = "simple"
    }

    @Test(.enabled(if: command != nil))
    func `a repository without a hook is guarded all the same`() throws {
      let sandbox = try served()
      try connect(sandbox)
      try sandbox.ok("git -C srv/team/app.git config core.hooksPath /dev/null")
      let push = "cd clone && git push -q git@host:team/app.git main"
      let outcome = try sandbox.sh(push)
      #expect(outcome.status != 0)
      #expect(outcome.err.contains("remote: no"))
      #expect(outcome.err.contains("pre-receive hook declined"))
      try sandbox.write("hooks/pre-receive", "#!/bin/sh\nexit 0\n", mode: 0o755)
      try sandbox.ok(push)
      #expect(
        try sandbox.ok("git clone -q git@host:team/app && git -C app log --format=%s") == "one\n")
      #expect(
        try sandbox.sh("cd clone && git push -q git@host:team/app main:refs/gitrel/log").status != 0
      )
    }

    @Test(.enabled(if: command != nil))
    func `nothing of the client's environment gets in`() throws {
      let sandbox = try served()
      try connect(sandbox)
      try sandbox.write("evil/config", "[core]\n\thooksPath = /dev/null\n")
      try sandbox.write("evil/git", "#!/bin/sh\nexit 0\n", mode: 0o755)
      try sandbox.write("evil/env", "exit 0\n")
      let outcome = try sandbox.sh(
        "cd clone && /usr/bin/git push -q git@host:team/app.git main",
        setting: [
          "GIT_CONFIG_GLOBAL": sandbox.path("evil/config"),
          "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath",
          "GIT_CONFIG_VALUE_0": "/dev/null",
          "PATH": "\(sandbox.root)/evil:/usr/bin:/bin", "BASH_ENV": sandbox.path("evil/env"),
          "ENV": sandbox.path("evil/env"), "LD_LIBRARY_PATH": sandbox.path("evil"),
          "LD_PRELOAD": sandbox.path("evil/x.so"),
          "GITREL_PUSHER": "root", "TZ": "Asia/Tokyo", "GIT_NAMESPACE": "x",
          "GIT_PUSH_CERT_STATUS": "G",
        ])
      #expect(outcome.status != 0)
      let seen = try #require(sandbox.read("seen")).split(separator: "\n").map(String.init)
      #expect(seen.contains("GITREL_PUSHER=alice"))
      #expect(seen.contains("HOME=/nonexistent"))
      #expect(seen.contains("LC_ALL=C"))
      let path = try #require(seen.first { $0.hasPrefix("PATH=") })
      #expect(path.hasSuffix("/git-core:/usr/bin:/bin") && !path.contains("evil"))
      for name in [
        "BASH_ENV", "ENV", "LD_LIBRARY_PATH", "LD_PRELOAD", "TZ", "GIT_NAMESPACE",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_KEY_0", "GIT_PUSH_CERT_STATUS", "SSH_ORIGINAL_COMMAND", "GIT_SSH_COMMAND",
      ] {
        #expect(!seen.contains { $0.hasPrefix("\(name)=") }, "\(name)")
      }
      // The descriptor that was left open by whoever started the command.
      #expect(try #require(sandbox.read("files")).contains(" 9 -> ") == false)
    }

    @Test(.enabled(if: command != nil))
    func `another receive-pack is not started`() throws {
      let sandbox = try served()
      try connect(sandbox)
      for program in [
        "git -c core.hooksPath=/dev/null receive-pack",
        "touch '\(sandbox.root)/pwned';git-receive-pack",
      ] {
        let outcome = try sandbox.sh(
          "cd clone && git push -q --receive-pack=\(HookShim.quoted(program)) git@host:team/app.git main"
        )
        #expect(outcome.status != 0)
        #expect(outcome.err.contains("gitrel: error: not served here"))
        #expect(FileSystem.state(sandbox.path("pwned")) == nil)
      }
    }
  }
}
