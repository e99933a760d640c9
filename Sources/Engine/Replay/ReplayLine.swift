internal import GitModel
internal import GitStore
internal import Policy

/// Some past updates that follow each other, each by one commit of the first-parent line.
struct ReplaySegment: Sendable {
  /// The commits of the line, the newest first.
  let steps: [FirstParentStep]
  /// What the ref was at before the oldest of them; nil where that one created it.
  let base: ObjectID?
}

/// One past update: what the ref was at, what it came to be at, and what that brought in.
struct PastUpdate: Sendable {
  let update: RefUpdate
  let instant: Instant
  /// The commit that the ref came to be at; nil where the strict reader does not accept it.
  let tip: Commit?
  /// The tree of what the ref was at, when that is known here.
  var oldTree: ObjectID?
  /// The commits that it is the first to reach, children before parents, or why they cannot be read.
  let commits: Result<[Commit], GitError>
  /// The annotated tags on the way to the commit, the outermost first.
  var tags: [Tag] = []
  /// Whether it only added commits.
  var isFastForward = Fact<Bool>.notGathered
}

/// The first-parent history of a branch, as the updates that made it.
struct ReplayLine {
  /// How many commits of the line are read in one go. Those that merges bring in are found by one walk
  /// for all of them, which also goes some way behind where they begin: the fewer walks, the better.
  static let segmentLength = 4096
  /// The same where there are no merges among them, and nothing to walk; and how many updates are handed
  /// out together, small enough for two threads to end at about the same time.
  static let plainLength = 256
  /// How many commits in a row that are older than asked for end the walk: dates are typed.
  static let patience = 100

  let name: RefName

  /// Walks from `tip` and hands out segments. Updates before `since` are left out. True when history
  /// is cut off behind the oldest, so that more updates than these may have been.
  func walk(
    from tip: ObjectID, since: Instant?, in repository: Repository,
    _ hand: (ReplaySegment) -> Void
  ) throws(GitError) -> Bool {
    var steps: [FirstParentStep] = []
    var old: [FirstParentStep] = []
    var isCut = false
    var hasMerge = false
    func give(_ base: ObjectID?) {
      guard !steps.isEmpty else { return }
      hand(ReplaySegment(steps: steps, base: base))
      (steps, hasMerge) = ([], false)
    }
    try repository.walkFirstParents(from: tip) { step throws(GitError) in
      if step.isCut {
        // What this one brought in is not known, and so it is no update that can be judged.
        isCut = true
        give(old.first?.id ?? step.id)
        return false
      }
      if let since, step.date < since {
        old.append(step)
        return old.count < Self.patience
      }
      // Older dates between newer ones are those of commits that were carried over.
      steps += old
      hasMerge = hasMerge || old.contains { $0.parents.count > 1 }
      old = []
      let isPlain = !hasMerge && steps.count >= Self.plainLength
      if isPlain || steps.count >= Self.segmentLength { give(step.id) }
      hasMerge = hasMerge || step.parents.count > 1
      steps.append(step)
      return true
    }
    give(old.first?.id)
    return isCut
  }

  /// Hands out the updates of a segment in batches, each the newest first; how many batches are newer is
  /// told with each. Of commits that merges bring in, the oldest are found first.
  func updates(
    of segment: ReplaySegment, in repository: Repository,
    _ hand: (_ newer: Int, [PastUpdate]) -> Void
  ) {
    let batches = stride(from: 0, to: segment.steps.count, by: Self.plainLength).map {
      $0..<min($0 + Self.plainLength, segment.steps.count)
    }
    let isPlain = segment.steps.allSatisfy { $0.parents.count < 2 && $0.commit != nil }
    if isPlain {
      for (newer, places) in batches.enumerated() {
        let brought = segment.steps[places].map { [$0.commit].compactMap { $0 } }
        hand(newer, updates(of: segment, places, brought.map { .success($0) }))
      }
      return
    }
    var handed = 0
    do {
      try repository.newCommits(
        ofEach: batches.reversed().map { segment.steps[$0.lowerBound].id }, above: segment.base,
        limit: .max,
        known: Dictionary(
          segment.steps.compactMap { step in step.commit.map { (step.id, $0) } },
          uniquingKeysWith: { first, _ in first })
      ) { place, commits in
        let newer = batches.count - 1 - place
        let line = segment.steps[batches[newer]].map(\.id)
        let brought = Self.assigned(commits, to: line)
        hand(newer, updates(of: segment, batches[newer], brought.map { .success($0) }))
        handed = place + 1
      }
    } catch {
      // One bad commit must not hide what the others are.
      for newer in (0..<batches.count - handed).reversed() {
        let brought = segment.steps[batches[newer]].map { step in
          Result { () throws(GitError) in
            try repository.newCommits(
              from: [step.id], hiding: step.parents.first.map { [$0] } ?? [], limit: .max)
          }
        }
        hand(newer, updates(of: segment, batches[newer], brought))
      }
    }
  }

  /// The updates at some places of a segment, with what each brought in.
  private func updates(
    of segment: ReplaySegment, _ places: Range<Int>, _ brought: [Result<[Commit], GitError>]
  ) -> [PastUpdate] {
    zip(places, brought).map { place, commits in
      let step = segment.steps[place]
      let older = place + 1 < segment.steps.count ? segment.steps[place + 1] : nil
      // Each commit of the line descends from the one before it.
      return PastUpdate(
        update: RefUpdate(name: name, old: older?.id ?? segment.base ?? .zero, new: step.id),
        instant: step.date, tip: step.commit, oldTree: older?.commit?.tree, commits: commits,
        isFastForward: .known(true))
    }
  }

  /// `commits`, children before parents, shared out to the commits of the line (the newest first) that
  /// first reach them.
  private static func assigned(_ commits: [Commit], to line: [ObjectID]) -> [[Commit]] {
    let places = Dictionary(
      commits.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var owner = [Int](repeating: -1, count: commits.count)
    for (number, id) in line.enumerated() {
      if let place = places[id] { owner[place] = number }
    }
    for (number, id) in line.enumerated().reversed() {
      guard let place = places[id] else { continue }
      var pending = Array(commits[place].parents.dropFirst())
      while let id = pending.popLast() {
        guard let place = places[id], owner[place] < 0 else { continue }
        owner[place] = number
        pending += commits[place].parents
      }
    }
    var shares = [[Commit]](repeating: [], count: line.count)
    for (place, number) in owner.enumerated() where number >= 0 {
      shares[number].append(commits[place])
    }
    return shares
  }
}
