import ArgumentParser
import Engine
import GitModel

struct Approve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Sign your approval of a change, or take it back.",
    discussion: """
      What is signed is the change itself: from the tree that it starts from to the tree that it \
      makes, for one ref, by you. An amended message and a rebase without conflicts keep it; whatever \
      else is changed voids it. It is signed as your git signs commits (gpg.format, user.signingKey), \
      put into refs/gitrel/evidence and pushed to the remote.

      Without a commit it is all that the ref lacks of HEAD. Of a range, each commit is approved and \
      the range as one, so that it may be squashed.

      Example: gitrel approve 9c1e2ab --as tech-lead
      Example: gitrel approve origin/main..feature -m 'Read it twice'
      Example: gitrel approve 9c1e2ab --revoke
      Example: git commit --amend --no-edit --trailer "$(gitrel approve HEAD --trailer)"
      """)

  @Argument(help: ArgumentHelp("Commits, or ranges as OLD..NEW.", valueName: "commit|range"))
  var revisions: [String] = []

  @Option(
    name: .customLong("as"), help: "The role in which you approve; all of yours if not given.")
  var role: String?

  @Option(help: "The ref that the change is to come to; the branch of the policy if not given.")
  var ref: String?

  @Option(name: [.customShort("m"), .long], help: "A remark, for people.")
  var comment: String = ""

  @Option(help: ArgumentHelp("For how long it counts, in days.", valueName: "days"))
  var days: Int = 30

  @Flag(help: "Say that it must not come in.")
  var veto = false

  @Flag(help: "Take back what you said of these commits.")
  var revoke = false

  @Flag(
    help: "Print the approval as a trailer for the commit, and all else on standard error.")
  var trailer = false

  @OptionGroup var speaker: SpeakerOptions

  func validate() throws {
    guard 1...365 ~= days else { throw ValidationError("--days takes a number from 1 to 365") }
    guard !(veto && revoke) else {
      throw ValidationError("--veto and --revoke say two things; give one of them")
    }
    guard !(trailer && revoke) else {
      throw ValidationError("--trailer prints what is signed, and --revoke takes it back")
    }
  }

  func run() throws {
    let place = try SpeakerPlace(speaker)
    let request = ApproveRun.Request(
      revisions: revisions, ref: try place.ref(ref), role: role, person: speaker.by, isVeto: veto,
      comment: comment, duration: Int64(days) * 86_400, instant: Moment.now())
    let run = ApproveRun(try place.desk(), view: place.gate.view)
    guard revoke else {
      tell(
        try Workplace.engine { () throws(EngineFault) in
          try run.approve(request, remote: place.target)
        }, request)
      return tell(place.where)
    }
    let digests = try Workplace.engine { () throws(EngineFault) in
      try run.revoke(request, remote: place.target)
    }
    guard !digests.isEmpty else { return tell("all of it is revoked already: nothing to do") }
    tell("revoked \(digests.map { "statement \($0.prefix(12))" }.joined(separator: ", "))")
    tell(place.where)
  }

  /// A line for people, which must not get between what another program reads.
  private func tell(_ line: String) {
    if trailer { Console.diagnose(line) } else { Console.report(line) }
  }

  private func tell(_ receipt: ApproveRun.Receipt, _ request: ApproveRun.Request) {
    for commit in receipt.commits.prefix(20) {
      tell("  \(commit.id.short)  \(commit.subject.prefix(72).printable)")
    }
    if receipt.commits.count > 20 { tell("  and \(receipt.commits.count - 20) more") }
    let said = request.isVeto ? "vetoed" : "approved"
    let asRole = request.role.map { " as \(Bytes($0.utf8).printable)" } ?? ""
    tell(
      "\(said) by \(Bytes(receipt.person.utf8).printable)\(asRole) for \(request.ref.short): statement \(receipt.digest.prefix(12))"
    )
    for words in receipt.doubts { Console.diagnose("gitrel: note: \(words)") }
    if trailer { Console.report(receipt.trailer) }
  }
}
