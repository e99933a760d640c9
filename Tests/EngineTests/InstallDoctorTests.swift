import Glibc
import Testing

@testable import Engine

extension InstallTests {
  @Suite struct DoctorFindings {
    private func problems(_ sandbox: InstallSandbox) throws -> [DoctorFinding] {
      let now = try #require(Int(try sandbox.ok("date +%s").dropLast()))
      return DoctorCheck.examine(try DoctorSubject(sandbox.server(), now: now))
        .filter { !$0.isFine }
    }

    private func healthyServer() throws -> InstallSandbox {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.ok(
        """
        cd clone && mkdir .gitrel && cp ../policy.yml .gitrel/policy.yml && git add . &&
        git commit -q -m policy && git push -q origin main
        """)
      try sandbox.install(sandbox.server())
      return sandbox
    }

    /// Who guards all but the branch with the policy guards nothing.
    @Test func `a policy that does not guard itself`() throws {
      let sandbox = try InstallSandbox()
      try sandbox.makeRepositories()
      try sandbox.ok(
        """
        cd clone && mkdir .gitrel && sed 's/main/other/' ../policy.yml >.gitrel/policy.yml &&
        git add . && git commit -q -m policy && git push -q origin main
        """)
      try sandbox.install(sandbox.server())
      #expect(try problems(sandbox).map(\.check) == ["policy-guarded"])
    }

    @Test func `a healthy server`() throws {
      #expect(try problems(healthyServer()) == [])
    }

    /// V01, V02, A16, V09, V16, V18 and their like: the damage, done in the repository, and the
    /// check that must tell it.
    @Test(arguments: [
      ("rm hooks/pre-receive", "hook-pre-receive"),
      ("chmod -x hooks/pre-receive", "hook-pre-receive"),
      (": >hooks/pre-receive", "hook-pre-receive"),
      ("ln -sf nowhere hooks/pre-receive", "hook-pre-receive"),
      ("mv hooks/pre-receive x && ln -s ../x hooks/pre-receive", "hook-pre-receive"),
      ("printf '#!/bin/sh\\nexit 0\\n' >hooks/pre-receive", "hook-pre-receive"),
      ("sed -i 's/exit 1$/exit 0/' hooks/pre-receive", "hook-pre-receive"),
      ("chmod 777 hooks/pre-receive", "hook-pre-receive"),
      ("rm hooks/post-receive", "hook-post-receive"),
      ("git config core.hooksPath /dev/null", "hooks-directory"),
      ("git config core.hooksPath other", "hooks-directory"),
      ("rm ../bin/gitrel", "binary"),
      (": >../bin/gitrel", "binary"),
      ("chmod -x ../bin/gitrel", "binary"),
      ("printf '#!/bin/sh\\n' >../bin/gitrel", "binary"),
      ("chmod go+w ../bin/gitrel", "binary"),
      ("git config receive.fsckObjects false", "fsck-objects"),
      ("git config --unset receive.hideRefs", "log-hidden"),
      ("git config --add receive.hideRefs '!refs/gitrel'", "log-hidden"),
      ("mkdir -p info && git rev-parse main >info/grafts", "grafts"),
      ("git replace main main~1", "replace-refs"),
      ("mkdir -m 777 ../a && echo ../../a >objects/info/alternates", "alternates"),
      ("echo /nowhere >objects/info/alternates", "alternates"),
      ("mkdir objects/tmp_objdir-incoming-x && touch -d '2 hours ago' objects/tmp*", "quarantines"),
      ("git rev-parse main >shallow", "shallow"),
      (
        "git config core.repositoryformatversion 1 && git config extensions.worktreeConfig true",
        "format"
      ),
      ("git update-ref -d refs/heads/main", "policy"),
    ])
    func `tells it, with the command that mends it`(damage: String, check: String) throws {
      let sandbox = try healthyServer()
      try sandbox.ok("cd server.git && \(damage)")
      let found = try problems(sandbox)
      #expect(found.contains { $0.check == check }, "\(found)")
      #expect(found.allSatisfy { $0.fix?.isEmpty == false })
      // Installing again mends what is about hooks.
      if check.hasPrefix("hook-"), !damage.hasPrefix("printf") {
        try sandbox.install(sandbox.server())
        #expect(try problems(sandbox) == [])
      }
    }

    @Test func `a push under way is no stale quarantine`() throws {
      let sandbox = try healthyServer()
      try sandbox.ok("mkdir server.git/objects/tmp_objdir-incoming-x")
      #expect(try problems(sandbox) == [])
    }

    @Test func `what git does not open is said in git's words`() throws {
      let sandbox = try healthyServer()
      try sandbox.ok(
        "cd server.git && git config core.repositoryformatversion 1 && git config extensions.new 1")
      #expect(installFault { _ = try sandbox.server() }?.contains("extension") == true)
    }

    @Test(.enabled(if: geteuid() == 0))
    func `root does not run another user's binary`() throws {
      let sandbox = try healthyServer()
      try sandbox.ok("printf '#!/bin/sh\\ntouch \(sandbox.root)/ran; echo 1\\n' >bin/gitrel")
      try sandbox.ok("chown 65534 bin/gitrel")
      #expect(try problems(sandbox).map(\.check) == ["binary"])
      #expect(FileSystem.state(sandbox.path("ran")) == nil)
    }

    @Test func `zone data must be there`() throws {
      let sandbox = try healthyServer()
      let subject = try DoctorSubject(sandbox.server(), now: 0, zones: sandbox.path("none"))
      #expect(DoctorChecks.zoneData(subject).map(\.isFine) == [false])
    }

    @Test func `a clone`() throws {
      let sandbox = try healthyServer()
      func checks() throws -> [String] {
        try DoctorCheck.examine(DoctorSubject(sandbox.clone(), now: 0))
          .filter { !$0.isFine }.map(\.check)
      }
      #expect(try checks() == ["hook-pre-push", "hook-commit-msg", "fetch"])
      try sandbox.install(sandbox.clone())
      #expect(try checks() == [])
      try sandbox.ok("git -C clone config core.hooksPath .husky")
      #expect(try checks() == ["hooks-directory", "hook-pre-push", "hook-commit-msg"])
      try sandbox.install(sandbox.clone())
      try sandbox.ok("git -C clone update-ref -d refs/remotes/origin/main")
      #expect(try checks() == ["policy"])
    }
  }
}
