internal import GitModel

/// The order in which an interactive rebase takes up commits, so that what is printed is typed from the
/// top down.
enum RebaseOrder {
  /// `newest` (newest first, the tip at the head) as the list of `git rebase -i` has them.
  static func of(_ newest: [Commit], keepingMerges: Bool) -> [Commit] {
    guard let tip = newest.first else { return [] }
    let byID = Dictionary(newest.map { ($0.id, $0) }) { first, _ in first }
    let graph = graphOrder(newest, byID)
    guard keepingMerges else { return graph.filter { !$0.isMerge } }
    // As git's `make_script_with_merges`: the lines that are merged in, as their merges come, and then the
    // line of the tip, each along first parents as far as it was not listed before.
    var order: [Commit] = []
    var listed: Set<ObjectID> = []
    func list(_ top: ObjectID) {
      var line: [Commit] = []
      var next: ObjectID? = top
      while let id = next, let commit = byID[id], listed.insert(id).inserted {
        line.append(commit)
        next = commit.parents.first
      }
      order += line.reversed()
    }
    for merge in graph where merge.isMerge { merge.parents.dropFirst().forEach(list) }
    list(tip.id)
    return order
  }

  /// Oldest first, as `git rev-list --topo-order --reverse`: when a commit was listed with all of its
  /// children, its last parent comes next.
  private static func graphOrder(_ newest: [Commit], _ byID: [ObjectID: Commit]) -> [Commit] {
    var children: [ObjectID: Int] = [:]
    for commit in newest { for parent in commit.parents { children[parent, default: 0] += 1 } }
    var stack = Array(newest.filter { children[$0.id] == nil }.reversed())
    var order: [Commit] = []
    while let commit = stack.popLast() {
      order.append(commit)
      for parent in commit.parents {
        children[parent, default: 1] -= 1
        if children[parent] == 0, let next = byID[parent] { stack.append(next) }
      }
    }
    return order.reversed()
  }
}
