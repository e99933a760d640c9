internal import Synchronization

/// How many new commits were found, for who must say something while the judging goes on: the end of a
/// push's time comes as a signal.
public enum PushSize {
  /// The most of any update; 0 until a history was read.
  private static let newCommits = Atomic<Int>(0)
  /// How many policies are being read: one, or none.
  private static let policies = Atomic<Int>(0)

  static func found(_ count: Int) {
    if count > newCommits.load(ordering: .relaxed) { newCommits.store(count, ordering: .relaxed) }
  }

  /// Reads a policy, with the files that it names, by `body`.
  static func readingPolicy<Value, Fault>(
    _ body: () throws(Fault) -> Value
  ) throws(Fault) -> Value {
    policies.add(1, ordering: .relaxed)
    defer { policies.subtract(1, ordering: .relaxed) }
    return try body()
  }

  /// Makes all of it ready to be used by a signal handler.
  public static func begin() {
    newCommits.store(0, ordering: .relaxed)
    policies.store(0, ordering: .relaxed)
  }

  /// What is said when the time is over, piece by piece. A signal handler may call it: nothing here
  /// allocates or locks (signal-safety(7)).
  public static func tellTooLate(_ write: (UnsafeRawPointer, Int) -> Void) {
    tellTooLate(
      newCommits.load(ordering: .relaxed), policies.load(ordering: .relaxed) > 0, write)
  }

  static func tellTooLate(
    _ count: Int, _ isReadingPolicy: Bool, _ write: (UnsafeRawPointer, Int) -> Void
  ) {
    func tell(_ words: StaticString) { write(words.utf8Start, words.utf8CodeUnitCount) }
    if isReadingPolicy {
      tell("gitrel: refused: the policy and the files that it names could not be read in time\n")
      tell("gitrel: hint: gitrel policy validate, in a clone, reads the same\n")
      return
    }
    tell("gitrel: refused: the push could not be judged in time")
    if count > 0 {
      tell(", with ")
      var power = 1
      while count / power >= 10 { power *= 10 }
      while power > 0 {
        var digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: count / power % 10)
        write(&digit, 1)
        power /= 10
      }
      tell(count == 1 ? " new commit" : " new commits")
    }
    tell("\ngitrel: hint: push in parts, older commits first: git push origin <COMMIT>:<BRANCH>\n")
  }
}
