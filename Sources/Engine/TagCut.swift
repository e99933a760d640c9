internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy
public import Release

extension TagRun {
  /// What the remote made of a tag.
  public enum Answer: Hashable, Sendable {
    /// It took it.
    case released(TagReceipt)
    /// It did not; a sentence, and below it what git and the server said.
    case refused(String)
    /// Nobody knows whether it did: the tag is kept here, to be pushed again.
    case interrupted(String)
  }

  /// How often a push is tried when the remote gets other statements meanwhile.
  private static let pushes = 5

  /// Makes the annotated tag and pushes it, with the evidence when this clone has some that the remote
  /// lacks, all or nothing. After a refusal no tag is left behind that was not there before; when the push
  /// did not come to an answer, it is.
  ///
  /// The tag is signed where a rule wants that, and else as git is configured (tag.gpgSign).
  public func cut(_ plan: TagPlan, options: [String] = []) throws(EngineFault) -> Answer {
    let ref = RefName("refs/tags/\(plan.name)")
    let carrier = EvidenceCarrier(repository, git: git)
    func hasMore() throws(EngineFault) -> Bool {
      try carrier.hasMore(than: remote, at: plan.decision.instant)
    }
    var waiting = try carrier.waiting(for: remote, at: plan.decision.instant)
    var hasEvidence = try hasMore()
    let existed = try repository.tip(ref) != nil
    if !existed {
      var message = plan.message
      message.evidence = try carrier.evidenceTip(beside: remote)
      let isSigned = plan.decision.all.contains { $0.rule == SignedTags.id }
      _ = try git.demand(
        [
          "tag", isSigned ? "--sign" : "--annotate", "--cleanup=verbatim", "--file=-", "--",
          plan.name, plan.commit.id.hex,
        ], "make the tag \(plan.name)", input: Bytes(message.text.utf8))
    }
    // git tells no pre-push hook which options go with a push, and so it would refuse what is overridden.
    let isOverridden = !options.isEmpty && plan.decision.all.contains(where: \.isOverridden)
    for attempt in 1...Self.pushes {
      let refs = [ref] + (hasEvidence ? [EvidenceStore.ref] : [])
      let output = try push(refs, options, isOverridden: isOverridden)
      if output.isSuccess {
        return .released(
          try receipt(
            for: ref, hasEvidence: hasEvidence, waited: waiting, said: output.stderr))
      }
      let said = PushReport(output.stdout)
      if attempt < Self.pushes, hasEvidence, said.isOvertaken(EvidenceStore.ref) {
        try EvidenceExchange(git: git, remote: remote).fetch()
        waiting = try carrier.waiting(for: remote, at: plan.decision.instant)
        hasEvidence = try hasMore()
        continue
      }
      let told = Self.shown(output.stderr + said.refusals)
      guard said.isRefused || !output.hasBroken else {
        return .interrupted(
          "the push of \(plan.name) to \(remote) came to no answer; the tag is here\n\(told)")
      }
      if !existed { _ = try? git.run(["update-ref", "-d", ref.full]) }
      return .refused(
        "\(remote) did not take the tag \(plan.name); \(existed ? "it is here still, as it was before" : "no tag is left here")\n\(told)"
      )
    }
    throw EngineFault("\(remote) gets other statements all the time", hints: ["try again"])
  }

  private func push(
    _ refs: [RefName], _ options: [String], isOverridden: Bool
  ) throws(EngineFault) -> GitCommand.Output {
    do {
      return try git.run(
        ["push", "--porcelain", "--atomic"] + (isOverridden ? ["--no-verify"] : [])
          + options.flatMap { ["--push-option", $0] } + [remote]
          + refs.map { "\($0.full):\($0.full)" })
    } catch { throw EngineFault(error) }
  }

  private func receipt(
    for ref: RefName, hasEvidence: Bool, waited: String?, said: Bytes
  ) throws(EngineFault) -> TagReceipt {
    guard let tag = try repository.tip(ref) else {
      throw EngineFault("the tag \(ref.short) was pushed, and is not here any more")
    }
    let object = try EngineFault.wrapping { () throws(GitError) in try repository.tag(tag) }
    return TagReceipt(
      tag: tag, isSigned: object.signature != nil, decision: decision(on: ref, tag),
      hasEvidence: hasEvidence, waited: waited, said: said)
  }

  /// How many entries of the log are looked through for the decision: others may have pushed since.
  private static let entriesLimit = 50

  /// The number of the decision that let the tag in, by the remote's log; nil where that has no such log.
  private func decision(on ref: RefName, _ tag: ObjectID) -> Int? {
    let copy = DecisionLog.copy(of: remote)
    let fetched = try? git.run([
      "fetch", "--quiet", "--no-tags", remote, "\(DecisionLog.ref.full):\(copy.full)",
    ])
    guard fetched?.isSuccess ?? false else { return nil }
    var number: Int?
    var left = Self.entriesLimit
    try? DecisionLog(repository, ref: copy).walk { (entry, _, _) throws(EngineFault) in
      let isIt = entry.refs?.contains { $0.name == ref && $0.new == tag } ?? false
      if isIt, entry.answer == Decision.Answer.accepted.rawValue { number = entry.sequence }
      left -= 1
      return number == nil && left > 0
    }
    return number
  }
}

/// What `git push --porcelain` tells of each ref: a flag, both names and words, with tabs between.
private struct PushReport {
  private let lines: [(flag: UInt8, names: BytesSlice, words: BytesSlice)]

  init(_ output: Bytes) {
    lines = output.split(separator: UInt8(ascii: "\n")).compactMap { line in
      let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 2)
      guard parts.count == 3, parts[0].count == 1, let flag = parts[0].first else { return nil }
      return (flag, parts[1], parts[2])
    }
  }

  /// Whether the remote said no to a ref. (`[remote failure]` is no answer.)
  var isRefused: Bool {
    lines.contains { line in
      line.flag == UInt8(ascii: "!")
        && (line.words.starts(with: "[remote rejected]".utf8)
          || line.words.starts(with: "[rejected]".utf8))
    }
  }

  /// Whether somebody else pushed to this ref in the meantime.
  func isOvertaken(_ ref: RefName) -> Bool {
    let moved = ["(fetch first)", "(non-fast-forward)", "(stale info)", "cannot lock ref"]
    return lines.contains { line in
      line.flag == UInt8(ascii: "!") && line.names.starts(with: ref.bytes)
        && moved.contains { line.words.contains(Bytes($0.utf8)) }
    }
  }

  /// The lines of refs that were not taken, as git shows them to people.
  var refusals: Bytes {
    lines.filter { $0.flag == UInt8(ascii: "!") }.reduce(into: Bytes()) { text, line in
      text += Bytes("! ".utf8) + line.words + Bytes(" ".utf8) + line.names + [0x0A]
    }
  }
}

extension GitCommand.Output {
  /// Whether git ended because of the transport: a local hook that says no is no `fatal:`.
  fileprivate var hasBroken: Bool {
    stderr.split(separator: UInt8(ascii: "\n")).contains { $0.starts(with: "fatal: ".utf8) }
  }
}
