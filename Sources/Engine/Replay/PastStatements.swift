internal import Evidence
internal import GitModel
internal import GitStore
internal import Policy

/// What people had signed at a moment of the past, by what the evidence ref holds now: statements are only
/// ever added, and each says when it was made. What it says of that is all that is known.
final class PastStatements {
  private let repository: Repository
  private let tips: [ObjectID]
  private var known: [ObjectID: Result<[StoredStatement], EngineFault>] = [:]
  private var began: Result<Instant?, GitError>?
  /// Who tells signatures, by policy: keys are read once.
  private var signers: [PolicyOrigin: SignatureJudge] = [:]

  /// Of how many places it is kept what lies there.
  private static let room = 20_000

  init(_ repository: Repository, tips: [ObjectID]) {
    (self.repository, self.tips) = (repository, tips)
  }

  /// Those of people of `policy` as they stood at `instant`.
  private func statements(_ policy: LoadedPolicy, at instant: Instant) -> PersonalStatements {
    PersonalStatements(
      store: EvidenceStore(repository), tips: tips, policy: policy.document,
      signatures: signatures(policy, at: instant), arrivals: nil, instant: instant, past: self)
  }

  /// Who signed what, by the keys of `policy` as they counted at `instant`.
  func signatures(_ policy: LoadedPolicy, at instant: Instant) -> SignatureFacts {
    let judge =
      signers[policy.origin] ?? SignatureJudge(people: policy.document.people, instant: instant)
    signers[policy.origin] = judge
    return SignatureFacts(repository: repository, judge: judge.at(instant))
  }

  /// What lies at `place` and was made by `instant`.
  func stored(at place: ObjectID, by instant: Instant) throws(EngineFault) -> [StoredStatement] {
    let all =
      known[place]
      ?? Result { () throws(EngineFault) in
        try EvidenceStore(repository).statements(at: place, tips: tips)
      }
    if known.count >= Self.room { known = [:] }
    known[place] = all
    let last = instant.seconds + EvidenceStore.clockSkew
    return try all.get().filter { stored in
      guard case .success(let (_, statement)) = stored.content else { return true }
      switch statement.predicate {
      case .approval(let approval): return approval.recorded.seconds <= last
      case .declaration(let said): return said.recorded.seconds <= last
      case .tests, .coverage, .scan, .other: return true
      }
    }
  }

  /// Why nothing can be told of `instant`; nil where statements were recorded then.
  private func silence(at instant: Instant) -> String? {
    guard !tips.isEmpty else { return "no evidence is recorded in this repository" }
    let found =
      began
      ?? Result { () throws(GitError) in
        try repository.newCommits(from: tips, hiding: [], limit: .max)
          .map(\.committer.seconds).min().map { Instant(seconds: $0) }
      }
    began = found
    switch found {
    case .failure(let error): return error.description
    case .success(let start):
      guard let start, start <= instant else {
        return "no evidence was recorded in this repository yet"
      }
      return nil
    }
  }

  private func fact<Value>(
    at instant: Instant, _ find: () throws(EngineFault) -> Fact<Value>
  ) -> Fact<Value> {
    if let why = silence(at: instant) { return .unknown(why) }
    do { return try find() } catch { return .unknown(error.message) }
  }

  // MARK: - Facts

  /// What was declared of a commit. Before a policy asks for it nobody declares anything: that is no
  /// failure of the commit.
  func declarations(
    of commit: ObjectID, on ref: RefName, _ policy: LoadedPolicy, at instant: Instant
  ) -> Fact<[StatedDeclaration]> {
    fact(at: instant) { () throws(EngineFault) in
      let all = try statements(policy, at: instant).stated(
        of: commit, on: ref, isDated: false)
      return all.isEmpty ? .unknown("nothing was declared of that commit by then") : .known(all)
    }
  }

  /// Who had frozen a calendar or was on duty.
  func times(
    on ref: RefName, _ policy: LoadedPolicy, at instant: Instant
  ) -> Fact<[StatedDeclaration]> {
    fact(at: instant) { () throws(EngineFault) in
      .known(try TimeFacts(statements: statements(policy, at: instant)).stated(on: ref))
    }
  }

  /// What was signed about the new commits. What statements were spent on then is not looked at.
  func endorsements(
    of commits: [Commit], on update: RefUpdate, _ search: EndorsementSearch,
    _ policy: LoadedPolicy, at instant: Instant
  ) -> Fact<EndorsementReading> {
    fact(at: instant) { () throws(EngineFault) in
      let reading = try EndorsementFacts(repository, statements(policy, at: instant)) { _ in [:] }
        .reading(of: commits, on: update, search)
      let isSilent = reading.endorsements.allSatisfy(\.value.isEmpty)
      return isSilent && commits.contains { !reading.cleanMerges.contains($0.id) }
        ? .unknown("nothing was signed about these commits by then") : .known(reading)
    }
  }

  /// Where one could have gone back to from a tag, with the releases that were there. A release of which
  /// nothing was declared may have been rolled out all the same.
  func rollback(
    _ name: RefName, _ target: Target, among releases: ReleaseFacts, _ policy: LoadedPolicy,
    at instant: Instant
  ) -> Fact<RollbackReading> {
    fact(at: instant) { () throws(EngineFault) in
      let reading = try releases.rollback(name, target, statements(policy, at: instant))
      let asksRollout = releases.ruleset.rules.contains {
        ($0.rule as? RollbackTarget)?.rolledOut ?? false
      }
      if asksRollout, let target = reading.target, target.declarations.isEmpty {
        return .unknown("nothing was declared of \(target.commit.short) by then")
      }
      return .known(reading)
    }
  }
}
