import Glibc
import Testing

@testable import Engine

extension InstallTests {
  @Suite struct Clone {
    @Test func `install, again, uninstall, again`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      let before = try sandbox.snapshot("clone/.git")
      #expect(try sandbox.install(sandbox.clone()).isChanged)
      let installed = try sandbox.snapshot("clone/.git")
      #expect(
        try sandbox.install(sandbox.clone()).done
          == ["already installed in \(sandbox.root)/clone/.git"])
      #expect(try sandbox.snapshot("clone/.git") == installed)
      #expect(try Removal.run(sandbox.clone()).isChanged)
      #expect(try sandbox.snapshot("clone/.git") == before)
      #expect(try !Removal.run(sandbox.clone()).isChanged)
    }

    @Test func `a push and a commit go through the hooks`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.install(sandbox.clone())
      try sandbox.ok("cd clone && git commit -q --allow-empty -m two && git push -q origin main")
      let calls = try #require(sandbox.read("calls")).split(separator: "\n")
      #expect(calls.first == "hook commit-msg --accepted-status 100 -- .git/COMMIT_EDITMSG")
      #expect(calls.last == "hook pre-push --accepted-status 100 -- origin ../server.git")
      #expect(try #require(sandbox.read("stdin")).hasPrefix("refs/heads/main "))
      try sandbox.write("answer", "1\n")
      #expect(try sandbox.sh("cd clone && git push -q origin main:x").status != 0)
      #expect(try sandbox.sh("cd clone && git commit -q --allow-empty -m three").status != 0)
    }

    @Test func `a foreign hook is kept and comes back as it was`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.write("clone/.git/hooks/pre-push", "#!/bin/sh\necho foreign\n", mode: 0o751)
      try sandbox.write("clone/.git/hooks/commit-msg", "not executable\n", mode: 0o640)
      let before = try sandbox.snapshot("clone/.git")
      try sandbox.install(sandbox.clone())
      let text = try #require(sandbox.read("clone/.git/hooks/pre-push"))
      #expect(text.contains("--chain \"$0.gitrel-kept\""))
      #expect(sandbox.read("clone/.git/hooks/pre-push.gitrel-kept")?.contains("foreign") == true)
      // Git did not run the other one, so gitrel does not either.
      #expect(sandbox.read("clone/.git/hooks/commit-msg")?.contains("--chain") == false)
      #expect(try !sandbox.install(sandbox.clone()).isChanged)
      _ = try Removal.run(sandbox.clone())
      #expect(try sandbox.snapshot("clone/.git") == before)
    }

    @Test func `another hook over the shim is not lost`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.write("clone/.git/hooks/pre-push", "#!/bin/sh\necho first\n", mode: 0o755)
      try sandbox.install(sandbox.clone())
      try sandbox.write("clone/.git/hooks/pre-push", "#!/bin/sh\necho second\n", mode: 0o755)
      #expect(
        installFault { try sandbox.install(sandbox.clone()) }?.contains("is there as well") == true)
      let report = try Removal.run(sandbox.clone())
      #expect(report.advice.contains { $0.contains("is not gitrel's any more") })
      #expect(sandbox.read("clone/.git/hooks/pre-push")?.contains("second") == true)
      #expect(sandbox.read("clone/.git/hooks/pre-push.gitrel-kept")?.contains("first") == true)
    }

    @Test func `a drifted shim is written anew, an edited one is kept or left`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.install(sandbox.clone())
      let text = try #require(sandbox.read("clone/.git/hooks/pre-push"))
      try sandbox.ok("chmod -x clone/.git/hooks/pre-push && rm clone/.git/hooks/commit-msg")
      #expect(try sandbox.install(sandbox.clone()).done.count == 2)
      try sandbox.write("clone/.git/hooks/pre-push", text + "# mine\n", mode: 0o755)
      let removal = try Removal.run(sandbox.clone())
      #expect(removal.advice.contains { $0.contains("was edited by hand") })
      #expect(sandbox.read("clone/.git/hooks/pre-push") == text + "# mine\n")
      #expect(sandbox.read("clone/.git/hooks/commit-msg") == nil)
      try sandbox.install(sandbox.clone())
      #expect(sandbox.read("clone/.git/hooks/pre-push") == text)
      #expect(sandbox.read("clone/.git/hooks/pre-push.gitrel-edited") == text + "# mine\n")
    }

    @Test func `core.hooksPath is honoured, and one that is shared is not taken unasked`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.ok("cd clone && mkdir sub && git config core.hooksPath .githooks")
      let report = try sandbox.install(sandbox.clone("clone/sub"))
      #expect(FileSystem.isExecutable(sandbox.path("clone/.githooks/pre-push")))
      #expect(report.advice.contains { $0.contains("do not commit them") })
      _ = try Removal.run(sandbox.clone())
      #expect(FileSystem.linkState(sandbox.path("clone/.githooks")) == nil)

      try sandbox.write("home/config", "[core]\n\thooksPath = \(sandbox.root)/shared\n")
      try sandbox.ok("git -C clone config --unset core.hooksPath")
      sandbox.environment["GIT_CONFIG_GLOBAL"] = sandbox.path("home/config")
      let fault = installFault { try sandbox.install(sandbox.clone()) }
      #expect(fault?.contains("(file:\(sandbox.root)/home/config)") == true)
      #expect(FileSystem.linkState(sandbox.path("shared")) == nil)
      try sandbox.install(sandbox.clone(), isShared: true)
      #expect(FileSystem.isExecutable(sandbox.path("shared/pre-push")))
    }

    @Test func `a linked worktree uses the hooks of its clone`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.ok("git -C clone worktree add -q ../linked -b other")
      try sandbox.install(sandbox.clone("linked"))
      #expect(FileSystem.isExecutable(sandbox.path("clone/.git/hooks/pre-push")))
      #expect(try !sandbox.install(sandbox.clone()).isChanged)
      try sandbox.ok("cd linked && git push -q origin other")
      #expect(
        sandbox.read("calls") == "hook pre-push --accepted-status 100 -- origin ../server.git\n")
    }

    @Test func `a clone can be moved`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.write("clone/.git/hooks/pre-push", "#!/bin/sh\nexit 0\n", mode: 0o755)
      try sandbox.install(sandbox.clone())
      try sandbox.ok("mv clone moved && cd moved && git push -q origin main")
      let call = try #require(sandbox.read("calls"))
      #expect(call.contains("--chain .git/hooks/pre-push.gitrel-kept -- origin"))
    }

    @Test func `statements are fetched, and a rewound log is seen`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.install(sandbox.clone())
      try sandbox.ok("cd clone && git push -q origin main && git fetch -q origin")
      try sandbox.ok(
        """
        cd server.git && t=$(git rev-parse 'main^{tree}') && a=$(git commit-tree $t -m a) &&
        b=$(git commit-tree $t -p $a -m b) && git update-ref refs/gitrel/log $b &&
        cd ../clone && git fetch -q origin &&
        test "$(git rev-parse refs/gitrel-remotes/origin/log)" = $b &&
        cd ../server.git && git update-ref refs/gitrel/log $a
        """)
      let rewound = try sandbox.sh("cd clone && git fetch origin")
      #expect(rewound.status != 0)
      #expect(rewound.err.contains("refs/gitrel/log -> refs/gitrel-remotes/origin/log"))
      #expect(rewound.err.contains("non-fast-forward"))
    }

    @Test func `what is refused`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      #expect(installFault { _ = try sandbox.clone("home") }?.contains("cannot open") == true)
      #expect(
        installFault { _ = try sandbox.clone("server.git") }?.contains("bare repository") == true)
      #expect(
        installFault { _ = try sandbox.clone("clone/.git") }?.contains("not in a work tree") == true
      )
      try sandbox.ok("git init -q --object-format=sha256 other")
      #expect(
        installFault { try sandbox.install(sandbox.clone("other")) }?.contains("sha256") == true)
      try sandbox.ok(": >bin/gitrel")
      #expect(installFault { try sandbox.install(sandbox.clone()) }?.contains("is empty") == true)
      #expect(try sandbox.snapshot("clone/.git").contains("gitrel-install") == false)
    }
  }

  @Suite struct Server {
    @Test func `install, again, uninstall`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.ok(
        """
        cd server.git && git config receive.fsckObjects false &&
        git config --add receive.hideRefs refs/a && git config --add receive.hideRefs '!refs/a/b' &&
        printf '#!/bin/sh\\ncat >../foreign\\n' >hooks/pre-receive && chmod 750 hooks/pre-receive
        """)
      let values = "git -C server.git config --list --local | sort"
      let before = try sandbox.ok(values)
      let files = try sandbox.ok("cd server.git && find . -printf '%p %y %m\\n' | sort")
      let report = try sandbox.install(sandbox.server())
      #expect(report.advice.first?.contains("no policy at refs/heads/main:") == true)
      #expect(try !sandbox.install(sandbox.server()).isChanged)
      let settings = try GitSettings(sandbox.server().git)
      #expect(settings.isTrue("receive.fsckobjects"))
      #expect(settings.isHidden("refs/gitrel/log"))
      #expect(!settings.isHidden("refs/gitrel/evidence"))
      #expect(settings.isHidden("refs/a/c") && !settings.isHidden("refs/a/b"))
      #expect(settings.value("gitrel.policy") == nil)
      _ = try Removal.run(sandbox.server())
      #expect(try sandbox.ok(values) == before)
      #expect(try sandbox.ok("cd server.git && find . -printf '%p %y %m\\n' | sort") == files)
      #expect(try !Removal.run(sandbox.server()).isChanged)
    }

    @Test func `a setting that was changed since is left`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.install(sandbox.server(), policy: "refs/heads/trunk:.gitrel/policy.yml")
      try sandbox.ok("git -C server.git config gitrel.policy refs/heads/x:p.yml")
      let report = try Removal.run(sandbox.server())
      #expect(report.advice.contains { $0.contains("gitrel.policy was changed since") })
      #expect(try sandbox.ok("git -C server.git config gitrel.policy") == "refs/heads/x:p.yml\n")
    }

    @Test func `HEAD says where the policy is`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.ok("git init -q --bare -b trunk server.git")
      try sandbox.install(sandbox.server())
      #expect(
        try sandbox.ok("git -C server.git config gitrel.policy")
          == "refs/heads/trunk:.gitrel/policy.yml\n")
    }

    @Test func `a push is refused unless gitrel says yes`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.install(sandbox.server(), identity: .shell)
      try sandbox.ok("cd clone && git push -q origin main")
      let repository = "--repository \(sandbox.root)/server.git --identity shell"
      #expect(
        sandbox.read("calls")
          == "hook pre-receive \(repository) --accepted-status 100\n"
          + "hook post-receive \(repository) --accepted-status 100\n")
      try sandbox.write("answer", "1\n")
      #expect(try sandbox.sh("cd clone && git push -q origin main:refused").status != 0)
      try sandbox.ok(": >bin/gitrel")
      let outcome = try sandbox.sh("cd clone && git push -q origin main:empty")
      #expect(outcome.status != 0)
      #expect(outcome.err.contains("remote: gitrel: push refused: gitrel cannot judge it"))
      #expect(
        try sandbox.ok("git -C server.git for-each-ref --format='%(refname)'")
          == "refs/heads/main\n")
    }

    @Test func `a push to the log is refused`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.install(sandbox.server())
      #expect(try sandbox.sh("cd clone && git push -q origin main:refs/gitrel/log").status != 0)
      #expect(
        try sandbox.sh("cd clone && git push -q origin main:refs/gitrel/evidence").status == 0)
    }

    @Test(arguments: [
      (PusherSource.gitea, "hooks/pre-receive.d/gitrel"),
      (.forgejo, "hooks/pre-receive.d/gitrel"),
      (.gitlab, "custom_hooks/pre-receive"),
      (.gitolite, "hooks/pre-receive"),
    ])
    func `a forge's own hooks stay where they are`(identity: PusherSource, place: String) throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      let before = try sandbox.snapshot("server.git")
      try sandbox.install(sandbox.server(), identity: identity)
      #expect(FileSystem.isExecutable(sandbox.path("server.git/\(place)")))
      #expect(
        try DoctorCheck.examine(DoctorSubject(sandbox.server(), now: 0))
          .filter { !$0.isFine }.map(\.check) == ["policy"])
      try sandbox.install(sandbox.server(), identity: PusherSource.none)
      #expect(FileSystem.isExecutable(sandbox.path("server.git/hooks/pre-receive")))
      #expect(identity == .gitolite || sandbox.read("server.git/\(place)") == nil)
      _ = try Removal.run(sandbox.server())
      #expect(try sandbox.snapshot("server.git") == before)
    }

    @Test func `what is refused`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      #expect(installFault { _ = try sandbox.server("none") }?.contains("no such") == true)
      #expect(installFault { _ = try sandbox.server("home") }?.contains("cannot open") == true)
      #expect(installFault { _ = try sandbox.server("clone") }?.contains("is a work tree") == true)
      #expect(
        installFault { _ = try sandbox.server("clone/.git") }?.contains("of a work tree") == true)
      #expect(
        installFault { try sandbox.install(sandbox.server(), policy: "policy.yml") }?
          .contains("cannot read the place") == true)
      try sandbox.ok("git init -q --bare --object-format=sha256 other.git")
      #expect(
        installFault { try sandbox.install(sandbox.server("other.git")) }?.contains("sha256")
          == true)
      try sandbox.ok("rm -r server.git/hooks && mkdir common && ln -s ../common server.git/hooks")
      #expect(
        installFault { try sandbox.install(sandbox.server()) }?.contains("other repositories")
          == true)
    }

    @Test(.enabled(if: geteuid() == 0))
    func `root leaves the repository to its owner`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.ok("chown -R 65534:65534 server.git")
      try sandbox.install(sandbox.server(), identity: .gitea)
      #expect(try sandbox.ok("find server.git ! -user 65534") == "")
      #expect(
        try DoctorCheck.examine(DoctorSubject(sandbox.server(), now: 0))
          .filter { !$0.isFine }.map(\.check) == ["policy"])
      _ = try Removal.run(sandbox.server())
      #expect(try sandbox.ok("find server.git ! -user 65534") == "")
    }

    @Test func `a forged record leads nowhere`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.install(sandbox.server())
      try sandbox.ok(
        """
        mkdir etc && mv server.git/hooks/pre-receive etc/ &&
        sed -i 's|^path.pre-receive=.*|path.pre-receive=\(sandbox.root)/etc/pre-receive|' \
          server.git/gitrel-install
        """)
      #expect(installFault { _ = try Removal.run(sandbox.server()) }?.contains("outside") == true)
      #expect(sandbox.read("etc/pre-receive") != nil)
      try sandbox.ok("rm -rf server.git/custom_hooks && ln -s ../etc server.git/custom_hooks")
      #expect(
        installFault { try sandbox.install(sandbox.server(), identity: .gitlab) }?
          .contains("leads out") == true)
    }

    @Test func `the environment cannot name another repository`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      sandbox.environment["GIT_DIR"] = sandbox.path("clone/.git")
      sandbox.environment["GIT_CONFIG_COUNT"] = "1"
      sandbox.environment["GIT_CONFIG_KEY_0"] = "core.hooksPath"
      sandbox.environment["GIT_CONFIG_VALUE_0"] = "/dev/null"
      let site = try sandbox.server()
      #expect(site.gitDirectory == sandbox.path("server.git"))
      #expect(site.hooksDirectory == sandbox.path("server.git/hooks"))
    }
  }
}
