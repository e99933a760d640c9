import ArgumentParser
import Engine
import GitModel
import GitStore

struct Attest: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "State what reports of tests, coverage and scanners say about a commit's exact tree.",
    discussion: """
      The figures go into refs/gitrel/evidence as in-toto statements, bound to the tree: an amended \
      message keeps them, any change of content voids them. They are pushed to the remote as well, \
      unless there is none or --no-push is given.

      They are signed with the key that git is configured to sign with (gpg.format, \
      user.signingKey), where it is: by ssh-keygen or gpg, so that agents and security keys work. \
      An unsigned one says what somebody who may push said.

      Example: gitrel attest HEAD --tests 'build/**/TEST-*.xml' --coverage coverage.xml
      Example: gitrel attest HEAD --scan codeql.sarif --suite codeql
      """)

  @Argument(help: "The commit that was tested.")
  var commit: String = "HEAD"

  @OptionGroup var reports: ReportOptions

  @Option(help: "The remote that gets the statements.")
  var remote: String?

  @Flag(inversion: .prefixedNo, help: "Push the statements to the remote.")
  var push = true

  @Flag(
    inversion: .prefixedNo,
    help: "Sign the statements. (default: where git is configured to sign)")
  var sign: Bool?

  func run() throws {
    let repository = try Workplace.repository()
    let id = try Workplace.store { () throws(GitError) in try repository.resolve(commit) }
    guard let id else {
      throw Failure("there is no commit `\(Bytes(commit.utf8).printable)` here")
    }
    guard let handed = try reports.read(recorded: Moment.now()) else {
      throw Failure(
        "no report is named",
        hints: ["add --tests 'build/**/TEST-*.xml', --coverage FILE or --scan FILE"],
        status: .usage)
    }
    if try differs(from: id, repository) {
      Console.diagnose(
        "gitrel: warning: tracked files here differ from \(id.short); reports of other content prove nothing about it"
      )
    }
    let remote = push ? try Workplace.remote(remote, in: repository) : nil
    let receipt = try Workplace.engine { () throws(EngineFault) in
      let git = Workplace.git(repository)
      return try AttestRun(repository, git: git).attest(
        id, handed, remote: remote, signer: try StatementSigner.wanted(sign, by: git))
    }
    for statement in receipt.statements { Console.report(statement) }
    Console.report(
      "stated about the tree \(receipt.tree.short) of \(receipt.commit.short), \(receipt.key == nil ? "unsigned, " : "")in \(EvidenceStore.ref.full)"
    )
    if let key = receipt.key { Console.report("signed with \(key)") }
    Console.report(receipt.remote.map { "pushed to \($0)" } ?? "not pushed")
  }

  /// Whether the work tree, where there is one, holds something else than the commit.
  private func differs(from id: ObjectID, _ repository: Repository) throws -> Bool {
    guard !repository.isBare else { return false }
    let git = GitCommand(repository: nil, environment: .ofThisProcess)
    // 1 means that something differs; anything else but 0 that there is no work tree to compare.
    return (try? git.run(["diff", "--quiet", id.hex, "--"]).status) == 1
  }
}
