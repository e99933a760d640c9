internal import GitModel

/// A commit that must be approved, and those whose approval it stands for.
struct ApprovalUnit {
  let commit: Commit
  var covered: [Commit] = []
}

/// The commits of an update that must be approved.
struct ApprovalUnits {
  /// Those that must, the newest first.
  let all: [ApprovalUnit]
  /// Every new commit, newest first.
  let newest: [Commit]
  /// Merges that add nothing, so that each commit by itself is all that there is to approve.
  let clean: Set<ObjectID>
}

extension ApprovalSource {
  /// The verdict of `judge` on the commits that must be approved; not applicable where there is none, and
  /// indeterminate where it cannot be told who may approve, or what was signed.
  func judged(_ matter: Matter, _ judge: (ApprovalUnits) -> Verdict) -> Verdict {
    matter.judgedNewCommits { commits in
      if let unknown = unknownPusher(matter) { return unknown }
      guard trust == .signed else { return judged(commits, clean: [], matter, judge) }
      return matter.facts.endorsements.judged {
        judged(commits, clean: $0.cleanMerges, matter, judge)
      }
    }
  }

  private func judged(
    _ commits: [Commit], clean: Set<ObjectID>, _ matter: Matter,
    _ judge: (ApprovalUnits) -> Verdict
  ) -> Verdict {
    let units = units(of: commits, tip: matter.update.new).flatMap { unit -> [ApprovalUnit] in
      if scope == .each { return clean.contains(unit.commit.id) ? [] : [unit] }
      // Who signed a merge's tree saw what is in it; what a merge brings and leaves out nobody has seen.
      guard trust == .signed, !unit.covered.isEmpty, !clean.contains(unit.commit.id) else {
        return [unit]
      }
      return [ApprovalUnit(commit: unit.commit)] + unit.covered.map { ApprovalUnit(commit: $0) }
    }
    guard !units.isEmpty else {
      return .notApplicable("the new commits are merges that add nothing of their own")
    }
    return judge(ApprovalUnits(all: units, newest: commits, clean: clean))
  }

  /// With `first-parent`: the new commits on the first-parent line from the tip, each with the new
  /// commits that only it brings in.
  private func units(of commits: [Commit], tip: ObjectID) -> [ApprovalUnit] {
    guard scope == .firstParent, let top = commits.first else {
      return commits.map { ApprovalUnit(commit: $0, covered: []) }
    }
    let byID = Dictionary(commits.map { ($0.id, $0) }) { first, _ in first }
    // The update may name a tag; the walk gives children before parents, so its first is the tip.
    var line: [Commit] = []
    var next = byID[tip] ?? top
    while true {
      line.append(next)
      guard let parent = next.parents.first.flatMap({ byID[$0] }) else { break }
      next = parent
    }
    var taken = Set(line.map(\.id))
    // From the oldest, so that a commit is covered by the merge that first brought it in.
    var units: [ApprovalUnit] = []
    for commit in line.reversed() {
      var covered: [Commit] = []
      var pending = Array(commit.parents.dropFirst())
      while let id = pending.popLast() {
        guard taken.insert(id).inserted, let brought = byID[id] else { continue }
        covered.append(brought)
        pending.append(contentsOf: brought.parents)
      }
      units.append(ApprovalUnit(commit: commit, covered: covered))
    }
    return units.reversed()
  }
}
