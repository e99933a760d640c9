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
  /// The exemptions under `exempt`; none when nothing is said.
  func exemptions() -> Set<Exemption> {
    Set(
      (items("exempt") ?? []).compactMap { (item) -> Exemption? in choice(of: item, for: "exempt") }
    )
  }
}

extension Matter {
  /// The verdict of `judge` on the new commits that are not exempt, with all of them beside.
  func judgedNewCommits(
    except exempt: Set<Exemption>, _ judge: (_ judged: [Commit], _ all: [Commit]) -> Verdict
  ) -> Verdict {
    judgedNewCommits { commits in
      let judged = commits.filter { !exempt.covers($0) }
      return judged.isEmpty
        ? .notApplicable(exempt.words(leavingOut: commits.count)) : judge(judged, commits)
    }
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
