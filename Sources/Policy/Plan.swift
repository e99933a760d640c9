public import GitModel

/// What to do about a refused update as one list in order, where the fixes of its rules would get into
/// each other's way: the first rebase makes the ids stale that the second names.
public struct Plan: Hashable, Sendable {
  /// The ref.
  public let name: RefName
  /// A command or sentence each, with four spaces before what else to know.
  public let steps: [String]
}

extension Decision {
  /// The plan for `update`; nil where one fix says it all.
  public func plan(for update: UpdateDecision) -> Plan? {
    if let command = update.command { return update.plan(again: command) }
    let mends = update.mends
    let name = update.update.name
    let commits = update.commitMend
    var steps: [MendStep] = commits?.steps ?? []
    var count = mends.filter { if case .wait = $0 { false } else { true } }.count
    let tag = update.tagMend
    if let mend = tag {
      let branches = branchesMadeAnew(under: mend)
      if !branches.isEmpty { count = 2 }
      steps += mend.steps(after: branches)
    }
    guard count > 1 || commits.map({ !$0.isOneCommand }) ?? false else { return nil }
    steps += update.statements
    let wait = update.waits
    let push = mends.compactMap { mend in
      if case .push(let command, let words) = mend {
        MendStep(command, [words] + wait)
      } else {
        nil
      }
    }
    if let push = push.first {
      steps.append(push)
    } else if tag == nil || !wait.isEmpty {
      steps.append(MendStep(wait.first.map { "push again \($0)" } ?? "push again"))
    }
    return Plan(name: name, steps: steps.map(\.text.cleaned))
  }

  /// The first ref that is refused; the first of the push where it is refused as a whole.
  public var refusedRef: RefName? {
    (updates.first { $0.judged.contains(where: \.refuses) } ?? updates.first)?.update.name
  }

  /// The branches of this push whose commits are made anew, and with them what the tag stands on.
  private func branchesMadeAnew(under tag: TagMend) -> [String] {
    updates.filter { update in
      guard update.update.name.isBranch, let mend = update.commitMend else { return false }
      if case .made(_, let target) = tag.kind { return mend.touches(target) }
      return true
    }.map(\.update.name.short)
  }
}

extension UpdateDecision {
  fileprivate var mends: [Mend] {
    judged.filter(\.refuses).compactMap(\.verdict.explanation.mend)
  }

  fileprivate var commitMend: CommitMend? {
    let mends = mends.compactMap { if case .commits(let mend) = $0 { mend } else { nil } }
    return mends.first.map { first in mends.dropFirst().reduce(first) { $0.merged(with: $1) } }
  }

  fileprivate var tagMend: TagMend? {
    let mends = mends.compactMap { if case .tag(let mend) = $0 { mend } else { nil } }
    return mends.first.map { first in mends.dropFirst().reduce(first) { $0.merged(with: $1) } }
  }

  /// From when on it can be tried again.
  fileprivate var waits: [String] {
    mends.compactMap { if case .wait(let from) = $0 { from } else { nil } }
  }

  /// Statements on what the branch has by then, of one command where the words are the same.
  fileprivate var statements: [MendStep] {
    let isAnew = commitMend != nil
    var told: [(commit: String, words: String, options: [String])] = []
    for case .attest(let options, let commit, let words) in mends {
      let commit = isAnew ? "HEAD" : commit
      if let place = told.firstIndex(where: { $0.commit == commit && $0.words == words }) {
        if !told[place].options.contains(options) { told[place].options.append(options) }
      } else {
        told.append((commit, words, [options]))
      }
    }
    return told.map {
      MendStep("gitrel attest \($0.commit) \($0.options.joined(separator: " "))", [$0.words])
    }
  }

  /// The plan for a tag that is not made yet: what is to be done before, and `command` again.
  fileprivate func plan(again command: TagCommand) -> Plan? {
    let commits = commitMend
    guard mends.count - waits.count > 1 || commits != nil else { return nil }
    let last = tagMend?.step(for: command) ?? MendStep(command.text())
    let before =
      (commits.map { $0.steps + [MendStep("push the branch")] } ?? []) + statements
    let steps = before + [MendStep(last.command, last.words + waits)]
    return Plan(name: update.name, steps: steps.map(\.text.cleaned))
  }
}

extension RefName {
  /// The name as an argument of `gitrel explain`: short, unless that is the name of a rule.
  public var asArgument: String {
    let isShort = (isBranch || isTag) && RuleID(short).summary == nil
    return (isShort ? short : full).asWord
  }
}
