internal import GitModel

/// A change that a rule on content refuses.
struct BadChange {
  /// How the path is mended.
  enum Remedy: Hashable, CaseIterable {
    /// It is taken out, or put back to what it was.
    case takeOut
    /// It gets another name.
    case rename
    /// It is made a plain file.
    case makePlain
  }

  let commit: Commit
  let path: Bytes
  /// Whether the path was there before.
  let isModified: Bool
  /// What is wrong, as clauses behind the path.
  let faults: [String]
  let remedy: Remedy

  init(
    _ commit: Commit, _ change: Change, _ faults: [String], _ remedy: Remedy = .takeOut
  ) {
    (self.commit, path, self.faults, self.remedy) = (commit, change.path, faults, remedy)
    isModified = change.old != nil
  }

  /// A clash, which is mended by another name.
  init(_ commit: Commit, _ clash: CaseClash) {
    (self.commit, path, isModified, remedy) = (commit, clash.added, false, .rename)
    faults = ["differs from `\(clash.other.shownAsPath)` in capitals alone"]
  }
}

extension Matter {
  /// The verdict of `judge` on what the new commits change, each with at least one change; not
  /// applicable where they add and change nothing, as deleting is always fine.
  func judgedChanges(_ judge: ([CommitChanges]) -> Verdict) -> Verdict {
    judgedNewCommits { commits in
      facts.changes.judged { changes in
        let changing = changes.filter { $0.changes.contains { $0.new != nil } }
        return changing.isEmpty
          ? .notApplicable("\(counted(commits.count, "new commit")), and no file added or changed")
          : judge(changing)
      }
    }
  }
}

extension Explanation {
  /// Why changes are refused: `bad` newest first, `newest` all new commits.
  static func badChanges(
    _ bad: [BadChange], _ what: String, of count: Int, newest: [Commit]
  ) -> Explanation {
    let commits = Set(bad.map(\.commit.id)).count
    let shown = bad.prefix(maximumFindings).map { change in
      Finding(
        change.commit, "`\(change.path.shownAsPath)` \(change.faults.joined(separator: "; "))")
    }
    return Explanation(
      "\(commits) of \(counted(count, "new commit")) \(commits == 1 ? "has" : "have") \(what)",
      findings: shown, total: bad.count, fixes: BadChange.fixes(bad, newest: newest))
  }
}

extension BadChange {
  /// The commands that mend the commits, each where it stands.
  fileprivate static func fixes(_ bad: [BadChange], newest: [Commit]) -> [String] {
    var commits: [Commit] = []
    for change in bad where commits.last?.id != change.commit.id { commits.append(change.commit) }
    let command = (commands(bad) + ["git commit --amend --no-edit"]).joined(separator: " && ")
    return [Mend.edit(commits, newest: newest, running: command)]
  }

  private static func commands(_ bad: [BadChange]) -> [String] {
    var commands: [String] = []
    func add(_ command: String, _ paths: [BadChange], _ rest: String = "") {
      guard let first = paths.first else { return }
      let isOne = Set(paths.map(\.path)).count == 1 && first.path.isPlainWord
      commands.append("\(command) \(isOne ? first.path.printable : "PATH")\(rest)")
    }
    let out = bad.filter { $0.remedy == .takeOut }
    add("git rm --cached", out.filter { !$0.isModified })
    add("git checkout HEAD~ --", out.filter(\.isModified))
    add("git mv", bad.filter { $0.remedy == .rename }, " NEW-PATH")
    add("git update-index --chmod=-x", bad.filter { $0.remedy == .makePlain })
    return commands
  }
}

extension Bytes {
  /// A path as messages show it; of a long one both ends.
  var shownAsPath: String {
    let text = printable
    let scalars = text.unicodeScalars
    guard scalars.count > 100 else { return text }
    return String(scalars.prefix(40)) + "..." + String(scalars.suffix(50))
  }

  /// Whether a shell takes the path as it stands, as a path.
  fileprivate var isPlainWord: Bool {
    first != UInt8(ascii: "-") && count <= 100
      && allSatisfy {
        $0.isASCIILetter || $0.isASCIIDigit || "/._-+@,".utf8.contains($0)
      }
  }
}
