internal import Evidence
public import GitModel
public import GitStore
internal import Policy
public import Release

/// `gitrel metrics`: finds the releases, what each brought and what is stated of it.
public struct MetricsRun {
  private let repository: Repository
  private let view: RefView
  private let policy: LoadedPolicy?
  /// Why there is no policy.
  private let lacking: String?
  private let log: DecisionLog

  /// How many commits of one release are looked at; the walk keeps them in memory.
  static let changesLimit = 200_000

  /// A run in `repository` by its copies of `remote`, or by its own refs, under the policy that `search`
  /// found. Without one, versions are `v` and a semantic version, and nobody can state anything.
  public init(
    _ repository: Repository, remote: String?, search: CloneGate.Search, log: DecisionLog
  ) throws(EngineFault) {
    (self.repository, self.log) = (repository, log)
    view = remote.map { RefView.clone(repository, remote: $0) } ?? .server(repository)
    switch search {
    case .found(let gate): (policy, lacking) = (gate.policy, nil)
    case .none(let words): (policy, lacking) = (nil, words)
    case .broken(let fault): throw fault
    }
  }

  /// The figures from `start` to `instant`, of the releases that `branch` has, or of all.
  public func report(
    by length: MetricsPeriod.Length, since start: Instant?, branch: RefName?, at instant: Instant
  ) throws(EngineFault) -> MetricsReport {
    let earliest =
      start
      ?? MetricsPeriod.start(of: length == .month ? 12 : 8, length, until: instant) ?? instant
    let end = Instant(seconds: instant.seconds + 1)
    guard MetricsPeriod.all(length, from: earliest, to: end) != nil else {
      throw EngineFault(
        "that is more than \(MetricsPeriod.limit) periods", hints: ["take a later --since"])
    }
    var notes = lacking.map { ["\($0), so no statement counts"] } ?? []
    var tags = try releaseTags(&notes)
    let names = Set(tags.map { Bytes($0.name.shortBytes) })
    if let branch { tags = try onBranch(branch, tags) }
    do throws(EngineFault) { try state(&tags, of: names, at: instant, isDated: true) } catch {
      // Without the log there is nothing but the signers' clocks, which is told.
      try state(&tags, of: names, at: instant, isDated: false)
      notes.append(
        "statements count by the clocks of who signed them: \(error.message)")
    }
    try date(&tags, at: instant, &notes)
    tags.sort { ($0.deployed, $0.version, $0.name) < ($1.deployed, $1.version, $1.name) }
    // Before the first release there is nothing to be slow with.
    let first = start == nil ? tags.first.map { max($0.deployed, earliest) } ?? earliest : earliest
    let periods = MetricsPeriod.all(length, from: first, to: end) ?? []
    let signs = policy?.document.release.failure ?? .standard
    return MetricsReport(
      Metrics(releases(tags, from: first, &notes), length: length, periods: periods, signs: signs),
      branch: branch.map { view.display($0) }, policy: policy?.origin, signs: signs,
      notes: notes)
  }

  /// A tag that is a release, while it is being found out about.
  private struct ReleaseTag {
    let name: RefName
    let id: ObjectID
    let commit: ObjectID
    let version: Version
    let tagger: Instant?
    let trailers: ReleaseTrailers
    var deployed = Instant(seconds: 0)
    var source = MetricsRelease.Source.tagger
    var rollout: Instant?
    var rollbacks: [Instant] = []
    /// What went wrong, by its id.
    var incidents: [Bytes: MetricsRelease.Incident] = [:]
    /// What of it is not taken as it stands there, each a sentence.
    var faults: [String] = []

    /// The lane; normal where the tag does not say one.
    var lane: Lane { if case .known(let lane) = trailers.lane { lane } else { .normal } }

    /// Takes something that was said of it, in its order.
    mutating func take(_ step: ReleaseStep) {
      switch (step.said, step.fault) {
      case (.signOff, _), (.deployed, _), (.announced, _), (.review, _), (.close, _): break
      case (_, let fault?):
        faults.append(
          "counts for nothing: \(name.short) \(step.words), statement \(step.digest.prefix(12)):"
            + " \(fault)")
      case (.rollout, nil): rollout = rollout ?? step.time
      case (.rollback, nil): rollbacks.append(step.time)
      case (.incident(let id, isOpen: true), nil):
        incidents[id] = .init(opened: incidents[id]?.opened ?? step.time)
      case (.incident(let id, isOpen: false), nil):
        incidents[id] = .init(opened: incidents[id]?.opened ?? step.time, resolved: step.time)
      case (nil, nil): break
      }
    }
  }

  // MARK: - Tags

  /// The annotated tags of commits whose names are versions. Candidates go out to nobody.
  private func releaseTags(_ notes: inout [String]) throws(EngineFault) -> [ReleaseTag] {
    let versions = policy?.document.tagVersions ?? .standard
    var light = 0
    var found: [ReleaseTag] = []
    for ref in try view.all() where ref.name.isTag {
      guard let version = versions.version(of: ref.name.shortBytes), !version.isPrerelease else {
        continue
      }
      let peeled: Peeled
      do throws(GitError) { peeled = try repository.peel(ref.value) } catch {
        notes.append("\(ref.name.short) is left out: \(error.description)")
        continue
      }
      guard peeled.kind == .commit else { continue }
      guard let tag = peeled.tags.first else {
        light += 1
        continue
      }
      let trailers = ReleaseTrailers(tag.message)
      var faults: [String] = []
      if case .unknown(let why) = trailers.lane {
        faults.append("\(ref.name.short) is taken for a normal release: \(why)")
      }
      found.append(
        ReleaseTag(
          name: ref.name, id: ref.value, commit: peeled.target, version: version,
          tagger: tag.tagger.map { Instant(seconds: $0.seconds) }, trailers: trailers,
          faults: faults))
    }
    if found.isEmpty, (try? repository.isShallow) ?? true {
      notes.append(
        "releases may be missing: this clone is shallow; git fetch --unshallow --tags brings them")
    }
    if light > 0 {
      notes.append(
        "\(counted(light, "tag")) without a tag object, no release: git tag -a makes one")
    }
    return found
  }

  private func onBranch(
    _ branch: RefName, _ tags: [ReleaseTag]
  ) throws(EngineFault) -> [ReleaseTag] {
    guard let tip = try view.value(of: branch) else {
      throw EngineFault(
        "there is no branch \(view.display(branch))", hints: ["git fetch, or name another"])
    }
    let held = try EngineFault.wrapping { () throws(GitError) in
      try repository.holders(of: tags.map(\.commit), among: [tip], hiding: [], limit: .max)
    }
    return tags.filter { held[$0.commit] != nil }
  }

  // MARK: - What is stated, and when each went out

  /// Takes what counts of what is stated of each of `tags`; `releases` are the short names of all releases.
  private func state(
    _ tags: inout [ReleaseTag], of releases: Set<Bytes>, at instant: Instant, isDated: Bool
  ) throws(EngineFault) {
    guard let policy else { return }
    let (people, terms) = (policy.document.people, policy.document.release)
    let statements = try PersonalStatements(repository, view, policy, at: instant)
    guard !statements.tips.isEmpty else { return }
    var found = tags
    for place in found.indices {
      let name = found[place].name
      // What is stated of another tag on this commit is no fault of this one.
      let stated = try statements.stated(of: found[place].commit, on: name, isDated: isDated)
        .filter { $0.declaration.ref == nil || $0.declaration.ref == name }
      guard !stated.isEmpty else { continue }
      let course = ReleaseCourse(
        stated, of: name, terms.strategies.plan(found[place].trailers.strategy), terms,
        releases: releases, people: people)
      for step in course.steps { found[place].take(step) }
    }
    tags = found
  }

  /// Finds out when each release went out, and leaves out those of which nobody says.
  private func date(
    _ tags: inout [ReleaseTag], at instant: Instant, _ notes: inout [String]
  ) throws(EngineFault) {
    let wanted = Dictionary(
      tags.filter { $0.rollout == nil }.map { ($0.name, $0.id) }, uniquingKeysWith: { $1 })
    var logged: [RefName: Instant] = [:]
    if !wanted.isEmpty {
      do throws(EngineFault) {
        try log.walk { entry, _, commit throws(EngineFault) in
          guard entry.answer == "accepted" else { return true }
          for ref in try log.updates(of: entry, in: commit) ?? [] where wanted[ref.name] == ref.new
          {
            // The walk goes back in time, so that the first decision is left.
            logged[ref.name] = Instant(seconds: entry.seconds)
          }
          return true
        }
      } catch {
        notes.append("the decision log here cannot be read to its start: \(error.message)")
      }
    }
    tags = tags.compactMap { tag in
      var tag = tag
      if let rollout = tag.rollout {
        (tag.deployed, tag.source) = (rollout, .rollout)
      } else if let moment = logged[tag.name] {
        (tag.deployed, tag.source) = (moment, .log)
      } else if let moment = tag.tagger {
        tag.deployed = moment
      } else {
        notes.append("\(tag.name.short) is left out: nothing says when it went out")
        return nil
      }
      if tag.deployed > instant {
        notes.append("\(tag.name.short) is left out: it is dated \(tag.deployed.utcText)")
        return nil
      }
      return tag
    }
  }

  // MARK: - What each brought

  /// The releases, in the order in which they went out; what one brought and what it mends is looked up
  /// where it went out from `start` on.
  private func releases(
    _ tags: [ReleaseTag], from start: Instant, _ notes: inout [String]
  ) -> [MetricsRelease] {
    let late = tags.firstIndex { $0.deployed >= start } ?? tags.endIndex
    // The releases before, but for those that another of them stands on.
    var before = tops(of: tags[..<late].map(\.commit))
    return tags.enumerated().map { place, tag in
      var (changes, repairs) = (MetricsRelease.Changes.known([]), String?.none)
      if place >= late {
        notes += tag.faults
        changes = self.changes(of: tag.commit, after: &before)
        repairs = repaired(by: place, tags, &notes)
      }
      return MetricsRelease(
        tag.name.short, deployed: tag.deployed, source: tag.source, lane: tag.lane,
        changes: changes, repairs: repairs, rollbacks: tag.rollbacks,
        incidents: Array(tag.incidents.values))
    }
  }

  /// Those of `commits` that no other of them reaches, and perhaps some more: every walk has to look at each
  /// commit that it hides, and one walk from a late release finds most of the earlier ones.
  private func tops(of commits: [ObjectID]) -> [ObjectID] {
    var (left, tops) = (commits, [ObjectID]())
    while tops.count < 8, let tip = left.popLast() {
      tops.append(tip)
      let held = try? repository.holders(of: left, among: [tip], hiding: [], limit: .max)
      left.removeAll { held?[$0] != nil }
    }
    return tops + left
  }

  private func changes(
    of commit: ObjectID, after before: inout [ObjectID]
  ) -> MetricsRelease.Changes {
    do throws(GitError) {
      let commits = try repository.newCommits(
        from: [commit], hiding: before, limit: Self.changesLimit)
      if !commits.isEmpty {
        let reached = Set(commits.flatMap(\.parents))
        before = before.filter { !reached.contains($0) } + [commit]
      }
      return .known(commits.filter { !$0.isMerge }.map(\.committer.seconds))
    } catch {
      before.append(commit)
      return .unknown(Self.words(error))
    }
  }

  private static func words(_ error: GitError) -> String {
    switch error.code {
    case .shallow: "this clone is shallow; git fetch --unshallow brings the rest of its history"
    case .limit: "there are more than \(changesLimit) commits"
    default: error.description
    }
  }

  /// What a release in the lane `rollback` takes back: the one that went out right before it. What one in the
  /// lane `hotfix` mends: the last one before it whose history it goes on from.
  private func repaired(
    by place: Int, _ tags: [ReleaseTag], _ notes: inout [String]
  ) -> String? {
    let tag = tags[place]
    switch tag.lane {
    case .normal: return nil
    case .rollback: return place > 0 ? tags[place - 1].name.short : nil
    case .hotfix:
      for earlier in tags[..<place].reversed() {
        do throws(GitError) {
          if try repository.isAncestor(earlier.commit, of: tag.commit) { return earlier.name.short }
        } catch {
          notes.append("which release \(tag.name.short) mends cannot be told: \(Self.words(error))")
          return nil
        }
      }
      return nil
    }
  }
}
