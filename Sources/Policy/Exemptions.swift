internal import GitModel

/// Kinds of commits that a rule on messages may leave out.
public enum Exemption: String, Hashable, Sendable, CaseIterable {
  /// Commits with more than one parent.
  case merge
  /// Commits whose subject starts with `Revert "`, as git revert writes it.
  case revert

  func covers(_ commit: Commit) -> Bool {
    switch self {
    case .merge: commit.isMerge
    case .revert: commit.subject.starts(with: "Revert \"".utf8)
    }
  }
}

extension SettingsReader {
  /// The exemptions under `exempt`, or `standard` when nothing is said.
  func exemptions(or standard: Set<Exemption>) -> Set<Exemption> {
    guard let items = items("exempt") else { return standard }
    return Set(items.compactMap { (item) -> Exemption? in choice(of: item, for: "exempt") })
  }
}

extension Set<Exemption> {
  /// Why nothing was judged when all of so many new commits are left out.
  func words(leavingOut count: Int) -> String {
    let kinds = listed(map(\.rawValue).sorted())
    return count == 1
      ? "the new commit is exempt (\(kinds))" : "all \(count) new commits are exempt (\(kinds))"
  }

  func covers(_ commit: Commit) -> Bool { contains { $0.covers(commit) } }
}
