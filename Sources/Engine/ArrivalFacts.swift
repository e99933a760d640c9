internal import GitModel
internal import GitStore
internal import Policy

extension FactGatherer {
  /// How many commits the branches that may be merged in may have together that the judged one has not.
  private static let sourcesLimit = 200_000

  /// How many commits that are guarded already may be looked up one by one.
  private static let lookupsLimit = 200

  /// How the new commits of the first-parent line come to the branch, and where what they bring in lies.
  func arrivals(
    by update: RefUpdate, _ newCommits: Fact<[Commit]>, from sources: RefSelection
  ) -> Fact<[Arrival]> {
    let commits: [Commit]
    switch newCommits {
    case .notGathered: return .notGathered
    case .unknown(let why): return .unknown(why)
    case .known(let known): commits = known
    }
    return fact { () throws(EngineFault) -> [Arrival] in
      // The branch itself holds all that is merged into it.
      let tips = try coming(sources).filter { $0.name != update.name }
      let new = Dictionary(commits.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      var brought: [(commit: Commit, id: ObjectID)] = []
      var next = new[update.new]
      while let commit = next {
        let merged = commit.parents.dropFirst()
        brought += (merged.isEmpty ? [commit.id] : Array(merged)).map { (commit, $0) }
        next = commit.parents.first.flatMap { new[$0] }
      }
      let holders: [ObjectID: Int] = try EngineFault.wrapping {
        () throws(GitError) -> [ObjectID: Int] in
        try self.holders(of: Set(brought.map(\.id)), among: tips.map(\.value), new: new)
      }
      return brought.map { commit, id in
        Arrival(commit: commit, brought: id, branch: holders[id].map { tips[$0].name })
      }
    }
  }

  /// The first of `tips` that holds each of `wanted`. All that are new are found by one walk, which stops
  /// where the new commits begin: none of them lies behind that.
  private func holders(
    of wanted: Set<ObjectID>, among tips: [ObjectID], new: [ObjectID: Commit]
  ) throws(GitError) -> [ObjectID: Int] {
    var found: [ObjectID: Int] = [:]
    for (number, tip) in tips.enumerated() where wanted.contains(tip) && found[tip] == nil {
      found[tip] = number
    }
    let sought = wanted.filter { found[$0] == nil }
    guard !sought.isEmpty, !tips.isEmpty else { return found }
    let fresh = sought.filter { new[$0] != nil }
    if !fresh.isEmpty {
      let boundary = Set(new.values.flatMap(\.parents)).filter { new[$0] == nil }
      found.merge(
        try repository.holders(
          of: Array(fresh), among: tips, hiding: Array(boundary), limit: Self.sourcesLimit),
        uniquingKeysWith: min)
    }
    // What is merged in though it was guarded already is rare.
    let old = sought.filter { new[$0] == nil }
    guard old.count <= Self.lookupsLimit else {
      throw GitError(
        .limit, "find the branch of", "\(old.count) merged commits",
        "they are more than \(Self.lookupsLimit), and on a guarded branch already",
        hint: "push in parts")
    }
    for id in old {
      let parents = try repository.commit(id).parents
      found.merge(
        try repository.holders(
          of: [id], among: tips, hiding: parents, limit: Self.sourcesLimit),
        uniquingKeysWith: min)
    }
    return found
  }
}
