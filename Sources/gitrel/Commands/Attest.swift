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

      What was built, what was checked and where it runs is stated about the commit itself, and always \
      signed: for the rules artifact, checklist and deployed.

      Example: gitrel attest HEAD --tests 'build/**/TEST-*.xml' --coverage coverage.xml
      Example: gitrel attest HEAD --scan codeql.sarif --suite codeql
      Example: gitrel attest HEAD --artifact build/app.tar.gz
      Example: gitrel attest HEAD --checklist rollback-plan --checklist on-call
      Example: gitrel attest HEAD --deployed staging
      """)

  @Argument(help: "The commit that was tested.")
  var commit: String = "HEAD"

  @OptionGroup var reports: ReportOptions

  @Option(help: "A file that was built from it; its name and its SHA-256 are stated.")
  var artifact: [String] = []

  @Option(help: "An item of a checklist that is done.")
  var checklist: [String] = []

  @Option(help: "An environment in which it runs from now on.")
  var deployed: [String] = []

  @OptionGroup var speaker: SpeakerOptions

  @Flag(
    inversion: .prefixedNo,
    help: "Sign the statements. (default: where git is configured to sign)")
  var sign: Bool?

  func run() throws {
    let repository = try Workplace.repository()
    let id = try Workplace.commit(commit, in: repository)
    let handed = try reports.read(recorded: Moment.now())
    let subjects =
      artifact.map { DeclareRun.Subject.artifact(path: $0) }
      + checklist.map { .checklist(item: $0) } + deployed.map { .deployed(environment: $0) }
    guard handed != nil || !subjects.isEmpty else {
      throw Failure(
        "no report is named",
        hints: [
          "add --tests 'build/**/TEST-*.xml', --coverage FILE or --scan FILE,"
            + " or --artifact FILE, --checklist ITEM or --deployed NAME"
        ], status: .usage)
    }
    let remote = speaker.push ? try Workplace.remote(speaker.remote, in: repository) : nil
    if let handed { try state(handed, about: id, in: repository, remote: remote) }
    if !subjects.isEmpty { try declare(subjects, of: id) }
  }

  /// Signs what is declared of the commit itself.
  private func declare(_ subjects: [DeclareRun.Subject], of id: ObjectID) throws {
    guard sign != false else {
      throw Failure("what nobody signs declares nothing", hints: ["leave out --no-sign"])
    }
    let place = try SpeakerPlace(speaker)
    let desk = try place.desk()
    let receipts = try Workplace.engine { () throws(EngineFault) in
      try DeclareRun(desk).declare(
        subjects, about: id, ref: nil, by: speaker.by, as: nil, at: Moment.now(),
        remote: place.target)
    }
    for (subject, receipt) in zip(subjects, receipts) {
      let words =
        switch subject {
        case .artifact: "artifact \(receipt.name), sha256 \(receipt.value)"
        case .checklist: "checklist \(receipt.name)"
        case .deployed: "deployed to \(receipt.name)"
        case .override, .release, .signOff: receipt.name
        }
      Console.report("\(words): statement \(receipt.digest.prefix(12))")
      if let doubt = receipt.doubt { Console.diagnose("gitrel: note: \(doubt)") }
    }
    if let receipt = receipts.first {
      Console.report(
        "stated about \(receipt.commit.id.short), signed by \(Bytes(receipt.person.utf8).printable), in \(EvidenceStore.ref.full)"
      )
    }
    place.tellWhere()
  }

  private func state(
    _ handed: HandedReports, about id: ObjectID, in repository: Repository, remote: String?
  ) throws {
    if try differs(from: id, repository) {
      Console.diagnose(
        "gitrel: warning: tracked files here differ from \(id.short); reports of other content prove nothing about it"
      )
    }
    let receipt = try Workplace.engine { () throws(EngineFault) in
      let git = Workplace.git(repository)
      return try AttestRun(repository, git: git, alongside: SpeakerPlace.tellAlongside).attest(
        id, handed, remote: remote, signer: try StatementSigner.wanted(sign, by: git))
    }
    for statement in receipt.statements { Console.report(statement) }
    Console.report(
      "stated about the tree \(receipt.tree.short) of \(receipt.commit.short), \(receipt.key == nil ? "unsigned, " : "")in \(EvidenceStore.ref.full)"
    )
    if let key = receipt.key { Console.report("signed with \(key)") }
    Console.report(SpeakerPlace.words(receipt.remote, isPushed: speaker.push))
  }

  /// Whether the work tree, where there is one, holds something else than the commit.
  private func differs(from id: ObjectID, _ repository: Repository) throws -> Bool {
    guard !repository.isBare else { return false }
    let git = GitCommand(repository: nil, environment: .ofThisProcess)
    // 1 means that something differs; anything else but 0 that there is no work tree to compare.
    return (try? git.run(["diff", "--quiet", id.hex, "--"]).status) == 1
  }
}
