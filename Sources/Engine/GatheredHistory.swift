internal import GitModel
internal import GitStore
internal import Policy

/// What an update points at, and the history behind it.
extension FactGatherer {
  func target(of id: ObjectID) -> Fact<Target> {
    if let planned, planned.commit == id {
      return .known(Target(tags: [planned.tag], object: id, kind: .commit))
    }
    return fact { () throws(GitError) in
      let peeled = try repository.peel(id)
      return Target(tags: peeled.tags, object: peeled.target, kind: peeled.kind)
    }
  }

  func signatures(
    _ target: Fact<Target>, _ commits: Fact<[Commit]>
  ) -> Fact<[ObjectID: SignatureReading]> {
    var tags: [Tag] = []
    var judged: [Commit] = []
    switch target {
    case .known(let target): tags = target.tags
    case .unknown(let why): return .unknown(why)
    case .notGathered: break
    }
    switch commits {
    case .known(let commits): judged = commits
    case .unknown(let why): return .unknown(why)
    case .notGathered: break
    }
    return fact { () throws(GitError) in try signatures.readings(of: judged, tags) }
  }

  func commit(at id: ObjectID) -> ObjectID? {
    guard case .known(let target) = target(of: id), target.kind == .commit else { return nil }
    return target.object
  }

  /// Whether the update only adds. Mostly the new commits tell: one of them stands on the old one.
  /// Only where they do not is the history walked for it.
  func isFastForward(_ update: RefUpdate, _ newCommits: Fact<[Commit]>) -> Fact<Bool> {
    if case .known(let commits) = newCommits,
      commits.contains(where: { $0.parents.contains(update.old) })
    {
      return .known(true)
    }
    if case .known(nil) = fact({ () throws(GitError) in try repository.header(of: update.old) }) {
      return .unknown(
        "\(update.name.short) is at \(update.old.short) there, which is not here yet: git fetch, then rebase on it"
      )
    }
    return fact { () throws(GitError) in
      try repository.isAncestor(
        commit(at: update.old) ?? update.old, of: commit(at: update.new) ?? update.new)
    }
  }

  func history(
    _ update: RefUpdate, target: Fact<Target>, under ruleset: Ruleset, alone: Bool
  ) -> (Fact<[Commit]>, [JudgedRule]) {
    switch target {
    case .notGathered: return (.notGathered, [])
    case .unknown(let why): return (.unknown(why), [])
    case .known(let target) where update.name.isBranch && !target.tags.isEmpty:
      return Self.noCommit(update, "a tag")
    case .known(let target) where target.kind != .commit:
      if update.name.isBranch { return Self.noCommit(update, "a \(target.kind.rawValue)") }
      let words = "\(update.name.short) points at a \(target.kind.rawValue), which has no history"
      return (.unknown(words), [])
    case .known(let target):
      do {
        let guarded =
          try alone ? [commit(at: update.old)].compactMap { $0 } : guardedTips(of: ruleset)
        let commits =
          try (alone ? nil : cache.commits[ruleset.name]?[target.object])
          ?? unjudged(target.object, guarded: guarded, ruleset.grandfathered)
        PushSize.found(commits.count)
        if !alone { cache.commits[ruleset.name, default: [:]][target.object] = commits }
        return (
          .known(commits),
          HistoryCheck.verdicts(on: commits) { root in
            // Where nothing is guarded yet, a root is the beginning. The trusted branch's own is known.
            !guarded.isEmpty && !HistoryCheck.isTrusted(root, trusted, in: repository)
          }
        )
      } catch {
        let fault =
          (error as? GitError).map { HistoryCheck.verdict(on: $0) }
          ?? .indeterminate((error as? EngineFault)?.message ?? "history cannot be read")
        return (
          .unknown("the new commits cannot be judged; see `history`"),
          [JudgedRule(builtIn: BuiltIn.history, fault)]
        )
      }
    }
  }

  /// The commits that `tip` brings in under a ruleset that guards `guarded`, less what it takes as it is.
  private func unjudged(
    _ tip: ObjectID, guarded: [ObjectID], _ grandfathered: Grandfathered
  ) throws -> [Commit] {
    var accepted: [ObjectID] = []
    for id in grandfathered.commits where try repository.header(of: id) != nil {
      accepted.append(id)
    }
    let commits = try repository.newCommits(
      from: [tip], hiding: guarded + accepted, limit: Self.newCommitsLimit)
    // Dates can be typed, so they count only while nothing at all is here and nothing ever was: the
    // first branch that a ruleset guards may well come years later, and from anybody.
    guard let before = grandfathered.before, guarded.isEmpty,
      try view.all().allSatisfy({
        !$0.name.isBranch && !$0.name.isTag && $0.name != AppliedUpdates.ref
      })
    else { return commits }
    return commits.filter { $0.committer.seconds >= before.seconds }
  }

  /// A branch stands on a commit, and on nothing that leads to one.
  private static func noCommit(
    _ update: RefUpdate, _ what: String
  ) -> (Fact<[Commit]>, [JudgedRule]) {
    let words = "\(update.name.short) would point at \(what), and branches point at commits"
    return (
      .unknown(words),
      [
        JudgedRule(
          builtIn: BuiltIn.history,
          .violated(Explanation(words, fixes: ["push the commit itself"])))
      ]
    )
  }

  /// The commits that branches of this ruleset already had before the push, each once.
  ///
  /// Only branches hide commits: there are rules that judge branches alone, so a tag that the same
  /// ruleset guards would carry commits past them.
  private func guardedTips(of ruleset: Ruleset) throws -> [ObjectID] {
    if let tips = cache.tips[ruleset.name] { return tips }
    var seen: Set<ObjectID> = []
    let tips = try view.all().filter { ref in
      ref.name.isBranch && ruleset.refs.contains(ref.name)
    }.map(\.value).filter { seen.insert($0).inserted }
    cache.tips[ruleset.name] = tips
    return tips
  }

  /// The first branch of `branches` that has the commit, as it is or as this same push makes it.
  func holder(of target: Fact<Target>, among branches: RefSelection) -> Fact<RefName?> {
    guard case .known(let target) = target, target.kind == .commit else { return .known(nil) }
    return fact { () throws(EngineFault) in
      let tips = try coming(branches)
      if let exact = tips.first(where: { $0.value == target.object }) { return exact.name }
      for tip in tips {
        let has = try EngineFault.wrapping { () throws(GitError) in
          try repository.isAncestor(target.object, of: tip.value)
        }
        if has { return tip.name }
      }
      return nil
    }
  }

  /// The branches of `selection`, as they are or as this same push makes them.
  func coming(
    _ selection: RefSelection
  ) throws(EngineFault) -> [(name: RefName, value: ObjectID)] {
    var tips = try view.all().filter { $0.name.isBranch && selection.contains($0.name) }
    for update in updates where update.name.isBranch && selection.contains(update.name) {
      tips.removeAll { $0.name == update.name }
      if update.kind != .delete { tips.append((update.name, update.new)) }
    }
    return tips
  }

  /// The release below the version of a new tag, of those that are there and those that come with it.
  func lineage(
    of update: RefUpdate, at target: Fact<Target>, _ versions: TagVersions
  ) -> Fact<VersionLineage?> {
    target.flatMap { target in
      guard target.kind == .commit else {
        return .unknown("\(update.name.short) is on no commit, so it stands on nothing")
      }
      return fact { () throws(EngineFault) in
        let coming = updates.filter { $0.kind == .create }.map { (name: $0.name, value: $0.new) }
        let tags = try (view.all() + coming).filter { $0.name.isTag && $0.name != update.name }
        guard
          let release = versions.release(
            below: update.name, among: tags.lazy.map { Bytes($0.name.shortBytes) }),
          let tag = tags.first(where: { $0.name.shortBytes.elementsEqual(release) })
        else { return nil }
        let isBelow = try EngineFault.wrapping { () throws(GitError) in
          try repository.isAncestor(tag.value, of: target.object)
        }
        return VersionLineage(release: release, isBelow: isBelow)
      }
    }
  }
}
