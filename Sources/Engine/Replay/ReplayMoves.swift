public import GitModel
public import GitStore
internal import Policy

extension Replay {
  /// Replays the moves of `name` that the repository's reflog remembers.
  public func reflog(
    of name: RefName, in repository: Repository, view: RefView
  ) throws(EngineFault) -> Outcome {
    let own = try EngineFault.wrapping { () throws(GitError) in
      try Repository.open(at: repository.gitDirectory, limits: Self.limits)
    }
    let entries = try EngineFault.wrapping { () throws(GitError) in
      try own.reflog(of: view.place(of: name))
    }
    guard let entries else {
      throw EngineFault(
        "there is no reflog of \(view.display(name)) here",
        hints: [
          "a bare repository keeps one only with: git config core.logAllRefUpdates true",
          "without --from reflog the first-parent history is taken",
        ])
    }
    let judge = ReplayJudge(
      own, policies: policies, evidenceTips: try view.evidenceTips(), trusted: try trustedTip(view))
    var tallies = emptyTallies(for: [name])
    var count = 0
    for entry in entries.reversed() where entry.old != entry.new {
      if let since, entry.instant < since { continue }
      let past = Self.past(name, entry, in: own)
      judge.start(after: entry.old.isZero ? nil : entry.old)
      tallies.add(judge.judged(past))
      count += 1
      progress(count)
    }
    return outcome(
      name.short, "the reflog of \(view.display(name))", tallies,
      notes: [
        "each move in the reflog is one push, by the clock of the machine that keeps it",
        "who pushed, by which way, and where other branches stood is not recorded",
        Self.asOfNow,
      ])
  }

  private static func past(
    _ name: RefName, _ entry: ReflogEntry, in repository: Repository
  ) -> PastUpdate {
    let update = RefUpdate(name: name, old: entry.old, new: entry.new)
    guard update.kind != .delete else {
      return PastUpdate(update: update, instant: entry.instant, tip: nil, commits: .success([]))
    }
    // What is behind a move may have been taken away since; what is gone hides nothing.
    let commits = Result { () throws(GitError) in
      try repository.newCommits(
        from: [entry.new], hiding: entry.old.isZero ? [] : [entry.old], limit: .max)
    }
    var past = PastUpdate(
      update: update, instant: entry.instant, tip: try? repository.commit(entry.new),
      commits: commits)
    past.isFastForward = fact { () throws(GitError) in
      if entry.old.isZero { return true }
      return try repository.isAncestor(entry.old, of: entry.new)
    }
    return past
  }

  static func fact<Value>(_ find: () throws(GitError) -> Value) -> Fact<Value> {
    do { return .known(try find()) } catch { return .unknown(error.description) }
  }
}

extension Replay {
  /// Replays the tags that `selection` selects, each as a creation at its tagger date (a lightweight one
  /// at the date of its commit), in that order.
  public func tags(
    _ selection: RefSelection, called shown: String, in repository: Repository, view: RefView
  ) throws(EngineFault) -> Outcome {
    let own = try EngineFault.wrapping { () throws(GitError) in
      try Repository.open(at: repository.gitDirectory, limits: Self.limits)
    }
    let all = try Self.creations(in: own, view)
    let wanted = all.filter { selection.contains($0.name) }
    guard !wanted.isEmpty else {
      throw EngineFault(
        "no tag is called like \(shown)", hints: ["git tag --list shows those that there are"])
    }
    let judge = ReplayJudge(
      own, policies: policies, evidenceTips: try view.evidenceTips(), trusted: try trustedTip(view))
    let branches = try view.all().filter(\.name.isBranch)
    let names = branches.map(\.name)
    let holders = BranchHolders(own, branches)
    var tallies = emptyTallies(for: wanted.map(\.name))
    var count = 0
    for place in all.indices.reversed() where selection.contains(all[place].name) {
      let one = all[place]
      if let since, one.instant < since { continue }
      let before = all[..<place]
      judge.start(after: nil)
      tallies.add(
        judge.judged(
          past(one), new: { Self.new(one, after: before, branches: names, under: $0, in: own) }
        ) { facts, ruleset, policy in
          let needs = ruleset.needs
          facts.target = one.target
          facts.tagNames = .known(before.map { Bytes($0.name.shortBytes) })
          if let versions = needs.lineage {
            facts.lineage = Self.lineage(of: one, after: before, versions, in: own)
          }
          if let branches = needs.branches {
            facts.holder = holders.holder(of: one.target, among: branches)
          }
          guard !needs.kinds.isDisjoint(with: .release) else { return }
          let releases = ReleaseFacts(
            repository: own, refs: before.map { ($0.name, $0.value) }, ruleset: ruleset,
            versions: policy.document.tagVersions(under: ruleset))
          Self.tell(&facts, of: one, after: releases, needs.kinds) { target in
            judge.statements.rollback(one.name, target, among: releases, policy, at: one.instant)
          }
        })
      count += 1
      progress(count)
    }
    return outcome(
      shown, "tags in the order of their dates", tallies,
      notes: [
        "each tag is created at its tagger date, a lightweight one at the date of its commit",
        "branches are taken as they stand now; who pushed, and by which way, is not recorded",
        Self.asOfNow,
      ])
  }

  /// A tag as it was created.
  private struct Creation {
    let name: RefName
    let value: ObjectID
    let target: Fact<Target>
    /// The commit behind it.
    let commit: Commit?
    let instant: Instant
  }

  /// All tags, the oldest first.
  private static func creations(
    in repository: Repository, _ view: RefView
  ) throws(EngineFault) -> [Creation] {
    let tags = try view.all().filter(\.name.isTag).map { name, value in
      let target = fact { () throws(GitError) in
        let peeled = try repository.peel(value)
        return Target(tags: peeled.tags, object: peeled.target, kind: peeled.kind)
      }
      var commit: Commit?
      var tagger: Identity?
      if case .known(let target) = target {
        if target.kind == .commit { commit = try? repository.commit(target.object) }
        tagger = target.tags.first?.tagger
      }
      return Creation(
        name: name, value: value, target: target, commit: commit,
        instant: Instant(seconds: (tagger ?? commit?.committer)?.seconds ?? 0))
    }
    return tags.sorted { ($0.instant, $0.name) < ($1.instant, $1.name) }
  }

  private func past(_ one: Creation) -> PastUpdate {
    var past = PastUpdate(
      update: RefUpdate(name: one.name, old: .zero, new: one.value), instant: one.instant,
      tip: one.commit, commits: .success([]))
    if case .known(let target) = one.target { past.tags = target.tags }
    return past
  }

  /// What a tag brought since the release before it, and where one could have gone back to.
  private static func tell(
    _ facts: inout Facts, of one: Creation, after releases: ReleaseFacts, _ kinds: Needs.Kinds,
    rollback: (Target) -> Fact<RollbackReading>
  ) {
    guard case .known(let target) = one.target else { return }
    if !kinds.isDisjoint(with: .brought) {
      do throws(EngineFault) {
        let since = try releases.since(
          one.name, target, asksPaths: kinds.contains(.pathsSinceRelease))
        facts.sinceRelease = .known(since)
        if kinds.contains(.reverts) {
          facts.reverts = .known(ScopeFacts(releases.repository).plainReverts(since.commits))
        }
      } catch { facts.sinceRelease = .unknown(error.message) }
    }
    if kinds.contains(.rollback) { facts.rollback = rollback(target) }
  }

  /// The release below the version of a tag, of those before it.
  private static func lineage(
    of one: Creation, after before: ArraySlice<Creation>, _ versions: TagVersions,
    in repository: Repository
  ) -> Fact<VersionLineage?> {
    guard
      let release = versions.release(
        below: one.name, among: before.lazy.map { Bytes($0.name.shortBytes) }),
      let tag = before.first(where: { $0.name.shortBytes.elementsEqual(release) })
    else { return .known(nil) }
    guard let base = tag.commit, let tip = one.commit else {
      return .unknown("\(one.name.short) or \(tag.name.short) is on no commit")
    }
    return fact { () throws(GitError) in
      VersionLineage(
        release: release, isBelow: try repository.isAncestor(base.id, of: tip.id))
    }
  }

  /// What a tag brought in under a ruleset: what no tag before it has.
  private static func new(
    _ one: Creation, after before: ArraySlice<Creation>, branches: [RefName],
    under ruleset: Ruleset, in repository: Repository
  ) -> Fact<[Commit]> {
    guard !ruleset.needs.kinds.isDisjoint(with: [.newCommits, .signatures, .content, .lane]),
      let tip = one.commit
    else { return .known([]) }
    guard !branches.contains(where: ruleset.refs.contains) else {
      return .unknown("where the branches that this ruleset guards stood then is not recorded")
    }
    let old = before.filter { ruleset.refs.contains($0.name) }.compactMap(\.commit?.id)
    return fact { () throws(GitError) in
      try repository.newCommits(from: [tip.id], hiding: old, limit: .max)
    }
  }
}

/// Which branches hold a commit, each branch walked once.
private final class BranchHolders {
  private let repository: Repository
  private let branches: [(name: RefName, value: ObjectID)]
  private var reached: [RefName: Result<Set<ObjectID>, GitError>] = [:]

  init(_ repository: Repository, _ branches: [(name: RefName, value: ObjectID)]) {
    (self.repository, self.branches) = (repository, branches)
  }

  func holder(of target: Fact<Target>, among selection: RefSelection) -> Fact<RefName?> {
    guard case .known(let target) = target, target.kind == .commit else { return .known(nil) }
    for branch in branches where selection.contains(branch.name) {
      let commits =
        reached[branch.name]
        ?? Result { () throws(GitError) in
          Set(try repository.newCommits(from: [branch.value], hiding: [], limit: .max).map(\.id))
        }
      reached[branch.name] = commits
      switch commits {
      case .success(let ids): if ids.contains(target.object) { return .known(branch.name) }
      case .failure(let error): return .unknown(error.description)
      }
    }
    return .known(nil)
  }
}
