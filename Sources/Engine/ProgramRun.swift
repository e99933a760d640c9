internal import CProgram
internal import GitModel
internal import Glibc
internal import Policy

/// Runs one program that a rule names: with nothing of this process but the document on its standard
/// input, and no process of it outlives the answer.
struct ProgramRun {
  let call: ProgramCall
  /// The git directory of the repository, or another folder in which the program starts.
  let gitDirectory: String
  /// The directory with its objects.
  let objectsDirectory: String
  /// Where git holds the pushed objects, when there is a push.
  let quarantine: String?
  /// The whole environment, where somebody runs the program by hand; nil for a closed one.
  var environmentByHand: ProcessEnvironment?

  /// How a run ended, before its output is read.
  private enum End {
    case exited(Int32)
    case killed(Int32)
    case late
    case tooMuch
  }

  /// How much of a program's standard error is told.
  private static let complaint = (lines: 5, characters: 200)

  /// What the program answers to `document`; unknown, with what it wrote to its standard error on further
  /// lines, where it does not answer as it should.
  func answer(to document: Bytes) -> Fact<ProgramAnswer> {
    answer(to: document) { answer throws(ProgramAnswer.Fault) in
      try ProgramAnswer(document: answer, limit: call.output)
    }
  }

  /// The same for an answer that `reading` understands.
  func answer<Value, Misreading: WordedFault>(
    to document: Bytes, reading: (Bytes) throws(Misreading) -> Value
  ) -> Fact<Value> {
    let outcome: (end: End, output: Bytes, complaint: Bytes)
    do { outcome = try run(document) } catch {
      let program = Bytes((call.command.first ?? "").utf8).printable
      return .unknown("cannot \(error.call) \(program): \(error.reason)")
    }
    let words: String
    switch outcome.end {
    case .exited(0):
      do {
        return .known(try reading(outcome.output))
      } catch { words = "it \(error.words)" }
    case .exited(let status): words = "it ended with the status \(status)"
    case .killed(SIGXCPU): words = "it used more than \(call.timeout) s of processor time"
    case .killed(let signal): words = "it was ended by the signal \(signal)\(Self.name(of: signal))"
    case .late: words = "it did not answer within \(call.timeout) s, and was killed"
    case .tooMuch: words = "it wrote more than \(call.output) bytes, and was killed"
    }
    return .unknown(words + Self.told(outcome.complaint))
  }

  /// What every program sees: where git is, the repository, and what a git that it runs needs to see the
  /// pushed objects (git-receive-pack(1), Quarantine Environment).
  var environment: ProcessEnvironment {
    if let environmentByHand { return environmentByHand }
    var variables = [
      "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      "LANG": "C.UTF-8", "GITREL_REPOSITORY": gitDirectory, "GIT_DIR": gitDirectory,
    ]
    if let quarantine {
      variables["GIT_OBJECT_DIRECTORY"] = quarantine
      variables["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = Self.quoted(objectsDirectory)
      variables["GIT_QUARANTINE_PATH"] = quarantine
    }
    return ProcessEnvironment(variables)
  }

  /// A path for a list that is parted by colons (git(1), GIT_ALTERNATE_OBJECT_DIRECTORIES).
  private static func quoted(_ path: String) -> String {
    guard path.contains(":") || path.hasPrefix("\"") else { return path }
    return "\""
      + path.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
  }

  private static func name(of signal: Int32) -> String {
    switch signal {
    case SIGSEGV: " (it crashed)"
    case SIGABRT: " (it gave up, perhaps for want of memory)"
    case SIGKILL: " (killed)"
    default: ""
    }
  }

  /// The first lines of a complaint, each on a line of its own.
  private static func told(_ bytes: Bytes) -> String {
    let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { !$0.trimmed.isEmpty }
    let shown = lines.prefix(complaint.lines).map { line in
      "\n" + line.prefix(complaint.characters).printable
        + (line.count > complaint.characters ? "..." : "")
    }
    let more = lines.count - shown.count
    return shown.joined() + (more > 0 ? "\nand \(counted(more, "line")) more" : "")
  }

  // MARK: - The process

  private func run(
    _ document: Bytes
  ) throws(ChildProcess.Fault) -> (end: End, output: Bytes, complaint: Bytes) {
    try ChildProcess.blockingPipeSignal { _ throws(ChildProcess.Fault) in
      let files = try ProgramFiles(timeout: call.timeout)
      let child = try start(files)
      let (early, output, complaint) = files.exchange(document, with: child, limit: call.output)
      // What watches the program ends it with all that it started, if that is still to be done.
      kill(child, SIGTERM)
      var status: Int32 = 0
      while waitpid(child, &status, 0) < 0 {
        guard errno == EINTR else { throw ChildProcess.Fault(call: "wait for", code: errno) }
      }
      switch early {
      case .late: return (.late, output, complaint)
      case .tooMuch: return (.tooMuch, output, complaint)
      case nil: break
      }
      // WIFEXITED, WEXITSTATUS and WTERMSIG are macros.
      let signal = status & 0x7F
      return (signal == 0 ? .exited((status >> 8) & 0xFF) : .killed(signal), output, complaint)
    }
  }

  private func start(_ files: ProgramFiles) throws(ChildProcess.Fault) -> pid_t {
    let path = call.command.first ?? ""
    let child = CStringArray.with(call.command.map { Bytes($0.utf8) }) { arguments in
      CStringArray.with(environment.entries) { environment in
        path.withCString { path in
          gitDirectory.withCString { directory in
            var program = gitrel_program(
              path: path, arguments: arguments, environment: environment, directory: directory,
              input: files.input.read, output: files.output.write, error: files.error.write,
              memory: rlim_t(call.memory), processor: rlim_t(call.timeout))
            return gitrel_program_start(&program)
          }
        }
      }
    }
    let code = errno
    files.closeChildEnds()
    guard child > 0 else { throw ChildProcess.Fault(call: "start", code: code) }
    return child
  }
}

/// The pipes to a program, and a timer.
private final class ProgramFiles {
  /// What ended a program before it ended itself.
  enum Limit { case late, tooMuch }

  let input: (read: Int32, write: Int32)
  let output: (read: Int32, write: Int32)
  let error: (read: Int32, write: Int32)
  private let timer: Int32
  private var open: Set<Int32> = []

  /// How many bytes of a program's standard error are kept.
  private static let complaintLimit = 64_000

  init(timeout: Int) throws(ChildProcess.Fault) {
    timer = gitrel_program_timer(timeout)
    guard timer >= 0 else { throw ChildProcess.Fault(call: "set a timer for", code: errno) }
    var ends: [(read: Int32, write: Int32)] = []
    do throws(ChildProcess.Fault) {
      for _ in 0..<3 { ends.append(try ChildProcess.pipe()) }
    } catch {
      for file in ends.flatMap({ [$0.read, $0.write] }) + [timer] { Glibc.close(file) }
      throw error
    }
    (input, output, error) = (ends[0], ends[1], ends[2])
    open = Set(ends.flatMap { [$0.read, $0.write] } + [timer])
  }

  deinit { for file in open { Glibc.close(file) } }

  func close(_ file: Int32) {
    if open.remove(file) != nil { Glibc.close(file) }
  }

  func closeChildEnds() {
    for file in [input.read, output.write, error.write] { close(file) }
  }

  /// Writes the document and reads what comes until the program ends, or one of its limits is reached:
  /// then it says which.
  func exchange(
    _ document: Bytes, with child: pid_t, limit: Int
  ) -> (early: Limit?, output: Bytes, complaint: Bytes) {
    let handle = gitrel_program_handle(child)
    if handle >= 0 { open.insert(handle) }
    for file in [input.write, output.read, error.read] { _ = fcntl(file, F_SETFL, O_NONBLOCK) }
    var rest = document[...]
    var written = Bytes()
    var complaint = Bytes()
    var chunk = Bytes(repeating: 0, count: 1 << 16)
    /// Reads what is there; false when there will be no more.
    func drain(_ file: Int32, _ keep: (ArraySlice<UInt8>) -> Bool) -> Bool {
      while true {
        let count = read(file, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        if count < 0 { return errno == EAGAIN }
        if count == 0 { return false }
        if !keep(chunk.prefix(count)) { return true }
      }
    }
    func keepOutput(_ bytes: ArraySlice<UInt8>) -> Bool {
      written += bytes
      return written.count <= limit
    }
    func keepComplaint(_ bytes: ArraySlice<UInt8>) -> Bool {
      complaint += bytes.prefix(max(0, Self.complaintLimit - complaint.count))
      return true
    }
    var waits = [
      pollfd(fd: timer, events: Int16(POLLIN), revents: 0),
      pollfd(fd: handle, events: Int16(POLLIN), revents: 0),
      pollfd(fd: output.read, events: Int16(POLLIN), revents: 0),
      pollfd(fd: error.read, events: Int16(POLLIN), revents: 0),
      pollfd(fd: input.write, events: Int16(POLLOUT), revents: 0),
    ]
    // Without a handle (an old kernel) the end of its output counts as the end of the program.
    while handle >= 0 || waits[2].fd >= 0 {
      guard poll(&waits, nfds_t(waits.count), -1) >= 0 || errno == EINTR else {
        return (.late, [], [])
      }
      if waits[0].revents != 0 { return (.late, written, complaint) }
      let hasEnded = waits[1].fd >= 0 && waits[1].revents != 0
      if waits[2].fd >= 0, waits[2].revents != 0 || hasEnded, !drain(output.read, keepOutput) {
        waits[2].fd = -1
      }
      if waits[3].fd >= 0, waits[3].revents != 0 || hasEnded, !drain(error.read, keepComplaint) {
        waits[3].fd = -1
      }
      if written.count > limit { return (.tooMuch, written, complaint) }
      if hasEnded { break }
      if waits[4].fd >= 0, waits[4].revents != 0 {
        let count = rest.withUnsafeBytes { write(input.write, $0.baseAddress, $0.count) }
        if count > 0 { rest = rest.dropFirst(count) }
        // A program that does not read all it is told is no fault.
        if rest.isEmpty || count < 0 && errno != EAGAIN && errno != EINTR {
          close(input.write)
          waits[4].fd = -1
        }
      }
    }
    return (nil, written, complaint)
  }
}
