internal import GitModel

/// Kinds of commits that a rule on commits may leave out.
public enum Exemption: String, Hashable, Sendable, CaseIterable {
  /// Commits with more than one parent.
  case merge
  /// What git revert writes: the subject `Revert "..."` and a line that names the reverted commit.
  case revert
  /// What git cherry-pick -x writes: a line that names the picked commit.
  case cherryPick = "cherry-pick"
  /// Commits of a bot of the policy, pushed by that bot or signed by a key of it: an author's address
  /// alone is typed by anybody.
  case bot

  func covers(_ commit: Commit, in matter: Matter) -> Bool {
    switch self {
    case .merge: commit.isMerge
    case .revert:
      commit.subject.starts(with: "Revert \"".utf8)
        && commit.names(aCommitAfter: "This reverts commit ")
    case .cherryPick: commit.names(aCommitAfter: "(cherry picked from commit ")
    case .bot: matter.isProvenBot(commit)
    }
  }
}

extension Commit {
  /// Whether a line of the message starts with `words` and goes on with an object id: git writes it whole,
  /// and abbreviated with `git revert --reference`.
  fileprivate func names(aCommitAfter words: String) -> Bool {
    message.split(separator: UInt8(ascii: "\n")).contains { line in
      guard line.starts(with: words.utf8) else { return false }
      let id = line.dropFirst(words.utf8.count).prefix {
        $0.isASCIIDigit || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
      }
      return 7...40 ~= id.count
    }
  }
}

extension Matter {
  /// The bot that the commit names as its author; nil when that is nobody or no bot.
  private func claimedBot(_ commit: Commit) -> Person? {
    people.person(email: commit.author.email).flatMap { $0.isBot ? $0 : nil }
  }

  fileprivate func isProvenBot(_ commit: Commit) -> Bool {
    guard let bot = claimedBot(commit) else { return false }
    if pushingPerson?.id == bot.id { return true }
    guard case .known(let signatures) = facts.signatures,
      case .good(bot.id, _, _)? = signatures[commit.id]
    else { return false }
    return true
  }

  /// Why a commit that a bot is said to have made is judged all the same; nil for all others.
  func whyNotExempt(_ commit: Commit, _ exempt: Set<Exemption>) -> String? {
    guard exempt.contains(.bot), let bot = claimedBot(commit), !isProvenBot(commit) else {
      return nil
    }
    return "names the bot \(bot.id) as its author, and is neither pushed nor signed by it"
  }
}

extension SettingsReader {
  /// The exemptions under `exempt`; none when nothing is said. `senseless` are those that the rule does
  /// not take, and tells of itself.
  func exemptions(but senseless: Set<Exemption> = []) -> Set<Exemption> {
    let words = Exemption.allCases.filter { !senseless.contains($0) }.map(\.rawValue)
    return Set(
      (items("exempt") ?? []).compactMap { (item) -> Exemption? in
        records(.choice(words), at: item) ? nil : choice(of: item, for: "exempt")
      })
  }
}

extension Matter {
  /// The verdict of `judge` on the new commits that are not exempt, with all of them beside.
  func judgedNewCommits(
    except exempt: Set<Exemption>, _ judge: (_ judged: [Commit], _ all: [Commit]) -> Verdict
  ) -> Verdict {
    judgedNewCommits { commits in
      let judged = exempt.isEmpty ? commits : commits.filter { !exempt.covers($0, in: self) }
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

  func covers(_ commit: Commit, in matter: Matter) -> Bool {
    contains { $0.covers(commit, in: matter) }
  }

  /// What must be known to tell them.
  var needs: Needs { Needs(contains(.bot) ? [.newCommits, .signatures] : [.newCommits]) }
}
