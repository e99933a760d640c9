internal import Dispatch
public import GitModel
public import GitStore
public import Policy
internal import Synchronization

/// Judges the past of a ref by one or more policies, in one pass over history.
public struct Replay: Sendable {
  /// What is counted of one policy.
  public struct Counted: Sendable {
    /// The policy.
    public let policy: LoadedPolicy
    /// The counts.
    public let tally: ReplayTally
  }

  /// What came of a pass.
  public struct Outcome: Sendable {
    /// The refs, for people.
    public let refs: String
    /// Where the updates come from, in words.
    public let source: String
    /// The counts of each policy.
    public let counted: [Counted]
    /// What two policies make of the same updates; nil for one.
    public let difference: ReplayDifference?
    /// What a reader must know to read the counts.
    public let notes: [String]
  }

  /// The policies that judge.
  public let policies: [LoadedPolicy]
  /// Only updates from this moment on.
  public let since: Instant?
  /// How many examples of each rule are kept.
  public let examples: Int
  /// Called now and then with the number of updates that are judged.
  public let progress: @Sendable (Int) -> Void

  /// A replay under `policies`.
  public init(
    policies: [LoadedPolicy], since: Instant?, examples: Int,
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) {
    (self.policies, self.since, self.examples) = (policies, since, examples)
    self.progress = progress
  }

  /// Limits of a replay: nobody pushes what is replayed, and it is held a piece at a time.
  static var limits: Limits {
    var limits = Limits()
    limits.newCommitsSize = .max / 4
    return limits
  }

  func emptyTallies(for names: [RefName]) -> ReplayTallies {
    ReplayTallies(
      policies.map { policy in
        let rulesets = policy.document.rulesets.filter { ruleset in
          names.contains { ruleset.refs.contains($0) }
        }
        return ReplayTally(rulesets, examples: examples)
      }, difference: policies.count == 2 ? ReplayDifference(examples: examples) : nil)
  }

  /// The rulesets of all policies that guard `name`.
  func rulesets(guarding name: RefName) -> [Ruleset] {
    policies.flatMap { $0.document.rulesets(guarding: name) }
  }

  func outcome(
    _ refs: String, _ source: String, _ tallies: ReplayTallies, notes: [String]
  ) -> Outcome {
    Outcome(
      refs: refs, source: source,
      counted: zip(policies, tallies.tallies).map { Counted(policy: $0, tally: $1) },
      difference: tallies.difference, notes: notes)
  }
}

/// The counts of all policies of a replay.
struct ReplayTallies: Sendable {
  private(set) var tallies: [ReplayTally]
  private(set) var difference: ReplayDifference?

  init(_ tallies: [ReplayTally], difference: ReplayDifference?) {
    (self.tallies, self.difference) = (tallies, difference)
  }

  /// Counts an update that is older than all so far.
  mutating func add(_ judged: [(replayed: ReplayedUpdate, isGuarded: Bool)]) {
    for (place, one) in judged.enumerated() {
      tallies[place].add(one.replayed, isGuarded: one.isGuarded)
    }
    if judged.count == 2 { difference?.add(old: judged[0].replayed, new: judged[1].replayed) }
  }

  mutating func add(_ older: ReplayTallies) {
    for place in tallies.indices { tallies[place].add(older.tallies[place]) }
    if let other = older.difference { difference?.add(other) }
  }
}

extension Replay {
  /// Replays the first-parent history of the branch `name` from `tip`.
  ///
  /// One thread reads history, another judges what was read; when all is read, both judge. Reading in
  /// two threads would gain nothing: libgit2 has one lock for the packs of a process.
  public func history(
    of name: RefName, from tip: ObjectID, in repository: Repository, view: RefView
  ) throws(EngineFault) -> Outcome {
    let queue = BatchQueue()
    let found = Mutex<[Int: ReplayTallies]>([:])
    let fault = Mutex<EngineFault?>(nil)
    let isCut = Mutex(false)
    let done = Mutex(0)
    let directory = repository.gitDirectory
    let tips = try view.evidenceTips()
    let trusted = try trustedTip(view)
    let empty = emptyTallies(for: [name])
    DispatchQueue.concurrentPerform(iterations: 2) { number in
      do throws(EngineFault) {
        let own = try EngineFault.wrapping { () throws(GitError) in
          try Repository.open(at: directory, limits: Self.limits)
        }
        let judge = ReplayJudge(own, policies: policies, evidenceTips: tips, trusted: trusted)
        func judged(_ batch: ReplayBatch) {
          judge.start(after: batch.base)
          var tallies = empty
          for past in batch.updates { tallies.add(judge.judged(past)) }
          found.withLock { [tallies] in $0[batch.number] = tallies }
          let count = done.withLock { count in
            count += batch.updates.count
            return count
          }
          progress(count)
        }
        if number == 0 {
          defer { queue.finish() }
          let line = ReplayLine(name: name)
          var batches = 0
          let cut = try EngineFault.wrapping { () throws(GitError) in
            try line.walk(from: tip, since: since, in: own) { segment in
              let before = batches
              line.updates(of: segment, in: own) { newer, updates in
                let batch = ReplayBatch(number: before + newer, updates: updates)
                batches = max(batches, batch.number + 1)
                // What is read waits in memory, so that not more than some of it may.
                if !queue.put(batch) { judged(batch) }
              }
            }
          }
          isCut.withLock { $0 = cut }
        }
        while let batch = queue.take() { judged(batch) }
      } catch {
        queue.finish()
        fault.withLock { $0 = $0 ?? error }
      }
    }
    if let fault = fault.withLock({ $0 }) { throw fault }
    var total = empty
    for (_, tallies) in found.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
      total.add(tallies)
    }
    var notes = Self.notes
    if isCut.withLock({ $0 }) {
      notes.append("history is cut off (a shallow clone): older updates are not known here")
    }
    return outcome(name.short, "first-parent history", total, notes: notes)
  }

  func trustedTip(_ view: RefView) throws(EngineFault) -> ObjectID? {
    guard case .ref(let name, _)? = policies.first?.source else { return nil }
    return try view.value(of: name)
  }

  private static let notes = [
    "each commit of the first-parent line stands for one push, at its committer date",
    "who pushed, by which way, and where other branches stood is not recorded",
    asOfNow,
  ]

  /// What stands in for what was there then.
  static let asOfNow =
    "reports, signatures and CODEOWNERS are looked at as they are now; approvals, declarations and freezes by the time that they name"
}

/// Some past updates that were read, ready to be judged.
private struct ReplayBatch: Sendable {
  /// Where it stands among all, the newest first.
  let number: Int
  /// The updates, the newest first.
  let updates: [PastUpdate]

  /// What the ref was at before the oldest of them.
  var base: ObjectID? {
    updates.last.flatMap { $0.update.old.isZero ? nil : $0.update.old }
  }
}

/// Batches on their way from the thread that reads to those that judge.
private final class BatchQueue: Sendable {
  /// How many may wait.
  private static let room = 64

  private struct State {
    var waiting: [ReplayBatch] = []
    var isFinished = false
  }

  private let state = Mutex(State())
  private let ready = DispatchSemaphore(value: 0)

  /// Adds a batch; false when there is no room.
  func put(_ batch: ReplayBatch) -> Bool {
    let isAdded = state.withLock { state in
      guard state.waiting.count < Self.room else { return false }
      state.waiting.append(batch)
      return true
    }
    if isAdded { ready.signal() }
    return isAdded
  }

  /// No more batches come.
  func finish() {
    state.withLock { $0.isFinished = true }
    ready.signal()
  }

  /// The oldest waiting batch; nil when none is left and none will come.
  func take() -> ReplayBatch? {
    ready.wait()
    let (batch, isOver) = state.withLock { state in
      state.waiting.isEmpty
        ? (nil, state.isFinished) : (state.waiting.removeFirst(), false)
    }
    // Whoever else waits is to see the end too.
    if isOver { ready.signal() }
    return batch
  }
}
