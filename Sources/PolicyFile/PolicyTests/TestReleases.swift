internal import Evidence
internal import GitModel
internal import Policy

/// What rules on releases want to know of the releases that a case states.
struct TestReleases {
  /// A release: a tag that the ruleset guards and whose name is a version.
  private struct Release {
    let name: RefName
    let version: Version
    /// The annotated tag; nil for a ref that points at a commit.
    let tag: Tag?
    let commit: TestHistory.Member
  }

  private let setting: TestSetting
  private let policy: PolicyDocument
  private let versions: TagVersions
  /// Those before the push, the highest version first.
  private let all: [Release]

  init(_ setting: TestSetting, _ policy: PolicyDocument, _ ruleset: Ruleset) {
    (self.setting, self.policy) = (setting, policy)
    versions = policy.tagVersions(under: ruleset)
    let history = setting.history
    all = history.refs.filter { $0.name.isTag && ruleset.refs.contains($0.name) }
      .compactMap { [versions] ref in
        guard let version = versions.version(of: ref.name.shortBytes),
          let commit = history.commit(at: ref.value)
        else { return nil }
        return Release(
          name: ref.name, version: version, tag: history.tags[ref.value]?.tag, commit: commit)
      }.sorted { $1.version < $0.version }
  }

  /// What `target` brings since the release before `name`.
  func since(
    _ name: RefName, _ target: TestHistory.Member, asksPaths: Bool
  ) -> Fact<SinceRelease> {
    guard name.isTag else { return .notGathered }
    let own = versions.version(of: name.shortBytes)
    let reached = setting.history.reach([target.commit.id])
    let previous = all.first { release in
      guard release.name != name, release.tag != nil,
        setting.history.reach([release.commit.commit.id]).isSubset(of: reached)
      else { return false }
      guard let own else { return true }
      return release.version < own && (own.isPrerelease || !release.version.isPrerelease)
    }
    let known = previous.map { setting.history.reach([$0.commit.commit.id]) } ?? []
    let members = reached.subtracting(known).sorted(by: >).map { setting.history.members[$0] }
    var paths: [Bytes] = []
    if asksPaths {
      switch setting.history.changes(of: members) {
      case .unknown(let why): return .unknown(why)
      case .notGathered, .known: break
      }
      let old = previous?.commit.tree ?? [:]
      paths = Set(old.keys).union(target.tree.keys).filter { old[$0] != target.tree[$0] }
        .sorted { $0.lexicographicallyPrecedes($1) }
    }
    return .known(
      SinceRelease(
        previous: previous?.name.short, commits: members.map(\.commit), paths: paths))
  }

  /// Where one could go back to from `target`, which is to stand at `name` with `tag`.
  func rollback(
    _ name: RefName, _ target: TestHistory.Member, _ tag: Tag?
  ) -> Fact<RollbackReading> {
    guard name.isTag else { return .notGathered }
    guard let own = versions.version(of: name.shortBytes) else {
      return .unknown("`\(name.short)` is not \(versions)")
    }
    let others = all.filter { $0.name != name }
    var found: ReleasedTarget?
    if let tag, case .known(let wanted?) = ReleaseTrailers(tag.message).rollbackTarget,
      let release = others.first(where: { $0.name == RefName("refs/tags/\(wanted)") })
    {
      let commit = release.commit.commit
      guard let declarations = setting.stated(of: commit.id, on: release.name, policy) else {
        return .unknown(TestSetting.undeclared)
      }
      found = ReleasedTarget(
        isOlder: release.version < own, tag: release.tag, commit: commit.id, tree: commit.tree,
        declarations: declarations)
    }
    return .known(
      RollbackReading(
        tree: target.commit.tree, releases: Set(others.map { Bytes($0.name.shortBytes) }),
        previous: others.first { $0.version < own && !$0.version.isPrerelease }?.name.short,
        target: found))
  }

  /// The overrides of before, and the incidents of the releases besides `name`.
  func debts(on name: RefName) -> Fact<DebtReading> {
    guard let owed = setting.owed else {
      return .unknown(
        "the case does not state what was overridden before: give it `owed: [...]`, or `owed: none`"
      )
    }
    var incidents: [ReleaseIncidents] = []
    for release in all where release.name != name && !release.version.isPrerelease {
      guard let stated = setting.stated(of: release.commit.commit.id, on: release.name, policy)
      else { return .unknown(TestSetting.undeclared) }
      let state = IncidentState(stated, on: release.name, policy.release, policy.people)
      if !state.isSettled { incidents.append(ReleaseIncidents(tag: release.name, state: state)) }
    }
    return .known(DebtReading(debts: owed, incidents: incidents))
  }
}
