internal import Evidence
public import GitModel
internal import GitStore
internal import Policy
public import Release

/// The releases of a repository, as a gate sees them: the annotated tags that are versions, each with what
/// was stated of it. Nothing is fetched.
public struct ReleaseBook {
  private let gate: CloneGate
  private let instant: Instant
  private let versions: TagVersions
  private let statements: PersonalStatements
  private let tags: [(ref: RefName, value: ObjectID)]
  /// The short names of the tags.
  private let names: Set<Bytes>

  /// The releases that `gate` sees, as they stand at `instant`.
  public init(_ gate: CloneGate, at instant: Instant) throws(EngineFault) {
    (self.gate, self.instant) = (gate, instant)
    let document = gate.policy.document
    let versions = document.tagVersions
    self.versions = versions
    statements = try PersonalStatements(gate.repository, gate.view, gate.policy, at: instant)
    tags = try gate.view.all().filter {
      $0.name.isTag && versions.version(of: $0.name.shortBytes) != nil
    }.map { (ref: $0.name, value: $0.value) }
    names = Set(tags.map { Bytes($0.ref.shortBytes) })
  }

  /// All releases, the highest version first.
  public func records() throws(EngineFault) -> [ReleaseRecord] {
    let sorted = tags.compactMap { tag in
      versions.version(of: tag.ref.shortBytes).map { (tag: tag, version: $0) }
    }.sorted { $1.version < $0.version }
    var records: [ReleaseRecord] = []
    for (tag, _) in sorted {
      if let record = try record(tag.ref, tag.value) { records.append(record) }
    }
    return records
  }

  /// The release called `name`, or the highest one.
  public func record(_ name: String?) throws(EngineFault) -> ReleaseRecord {
    guard let name else {
      guard let newest = try records().first else {
        throw EngineFault("there is no release here", hints: ["gitrel tag v1.0 cuts one"])
      }
      return newest
    }
    let ref = RefName("refs/tags/\(name)")
    guard let tag = tags.first(where: { $0.ref == ref }) else {
      let isThere = try gate.view.all().contains { $0.name == ref }
      throw EngineFault(
        isThere
          ? "`\(ref.short)` is no release: its name is not \(versions)"
          : "there is no tag `\(ref.short)` here",
        hints: ["gitrel release list shows those there are", "git fetch --tags gets new ones"])
    }
    guard let record = try record(tag.ref, tag.value) else {
      throw EngineFault("`\(ref.short)` is no release: it is not an annotated tag of a commit")
    }
    return record
  }

  /// Whether the version of one release is above that of another.
  func isAbove(_ one: ReleaseRecord, _ other: ReleaseRecord) -> Bool {
    guard let version = versions.version(of: one.course.ref.shortBytes),
      let below = versions.version(of: other.course.ref.shortBytes)
    else { return false }
    return below < version
  }

  /// The release at a ref; nil where it is no annotated tag of a commit.
  private func record(_ ref: RefName, _ value: ObjectID) throws(EngineFault) -> ReleaseRecord? {
    let found = try EngineFault.wrapping { () throws(GitError) -> (tag: Tag, commit: Commit)? in
      let peeled = try gate.repository.peel(value)
      guard let tag = peeled.tags.first, peeled.kind == .commit else { return nil }
      return (tag, try gate.repository.commit(peeled.target))
    }
    guard let (tag, commit) = found else { return nil }
    let trailers = ReleaseTrailers(tag.message)
    let document = gate.policy.document
    let all = try statements.stated(of: commit.id, on: ref, isDated: true)
    // What is stated of another tag on this commit is no fault of this one.
    let isOfOther = { (stated: StatedDeclaration) in
      stated.declaration.ref.map { $0 != ref } ?? false
    }
    let course = ReleaseCourse(
      all.filter { !isOfOther($0) }, of: ref,
      document.release.strategies.plan(trailers.strategy), document.release, releases: names,
      people: document.people)
    return ReleaseRecord(
      commit: commit, message: tag.message, course: course,
      others: all.filter(isOfOther).compactMap(\.declaration.ref), terms: document.release,
      people: document.people, at: instant)
  }
}
