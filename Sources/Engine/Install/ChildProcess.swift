import Glibc
import Synchronization

/// A child process that is started with explicit arguments and environment, without a shell.
struct ChildProcess {
  /// The program: a path, or a name that is looked for in `PATH` of `environment`.
  var program: String
  /// The arguments after the program's name.
  var arguments: [[UInt8]]
  /// The whole environment of the child.
  var environment: ProcessEnvironment
  /// Whether the output is handed back; otherwise the child writes where this process writes.
  var isCaptured: Bool
  /// What it may take before it is killed; nil for as much as it likes.
  var bounds: Bounds?

  /// How long a child may run, and how much it may write to each of its outputs.
  struct Bounds {
    var milliseconds: Int64
    var bytes: Int
  }

  /// How a child ended and what it wrote.
  struct Output {
    var status: Int32
    var stdout: [UInt8] = []
    var stderr: [UInt8] = []
    /// Whether it was killed because it took more than it may.
    var isCut = false
  }

  /// A system call that failed.
  struct Fault: Error {
    var call: String
    var code: Int32

    var reason: String { FileSystem.reason(code) }
  }

  /// Runs the child to its end with these bytes on its standard input. A child that does not read
  /// them is no error, as it is none to git.
  func run(input: [UInt8]) throws(Fault) -> Output {
    let stdin = try Self.pipe()
    var pipes = [stdin]
    if isCaptured {
      do {
        pipes.append(try Self.pipe())
        pipes.append(try Self.pipe())
      } catch {
        for end in pipes.flatMap({ [$0.read, $0.write] }) { close(end) }
        throw error
      }
    }
    let outputs = pipes.dropFirst()

    return try Self.blockingPipeSignal { mask throws(Fault) in
      try run(input: input, stdin: stdin, outputs: Array(outputs), mask: mask)
    }
  }

  /// Runs `body`, with the signals that were blocked before. A write to a child that is gone raises
  /// SIGPIPE. It is blocked for this thread and not ignored for the process: what this process does
  /// with signals is for the caller to say.
  static func blockingPipeSignal<Value>(
    _ body: (sigset_t) throws(Fault) -> Value
  ) throws(Fault) -> Value {
    var pipeSignal = sigset_t()
    sigemptyset(&pipeSignal)
    sigaddset(&pipeSignal, SIGPIPE)
    var mask = sigset_t()
    pthread_sigmask(SIG_BLOCK, &pipeSignal, &mask)
    defer {
      var now = timespec()
      while sigtimedwait(&pipeSignal, nil, &now) == SIGPIPE {}
      pthread_sigmask(SIG_SETMASK, &mask, nil)
    }
    return try body(mask)
  }

  private func run(
    input: [UInt8], stdin: (read: Int32, write: Int32), outputs: [(read: Int32, write: Int32)],
    mask: sigset_t
  ) throws(Fault) -> Output {
    let child: pid_t
    do throws(Fault) {
      defer {
        close(stdin.read)
        for pipe in outputs { close(pipe.write) }
      }
      child = try spawn(stdin: stdin.read, outputs: outputs.map(\.write), mask: mask)
    } catch {
      close(stdin.write)
      for pipe in outputs { close(pipe.read) }
      throw error
    }
    let deadline = bounds.map { Self.now + $0.milliseconds }
    let (written, isWhole) = Self.exchange(
      input, to: stdin.write, from: outputs.map(\.read), deadline: deadline,
      limit: bounds?.bytes ?? .max)
    let (status, isCut) = try Self.wait(for: child, until: isWhole ? deadline : Self.now)
    // WIFEXITED, WEXITSTATUS and WTERMSIG are macros; 128 + signal is what a shell says.
    let signal = status & 0x7F
    return Output(
      status: signal == 0 ? (status >> 8) & 0xFF : 128 + signal,
      stdout: written.first ?? [], stderr: written.last ?? [], isCut: isCut || !isWhole)
  }

  /// Waits for the child's end, and brings it about when the deadline has passed.
  private static func wait(
    for child: pid_t, until deadline: Int64?
  ) throws(Fault) -> (status: Int32, isCut: Bool) {
    var status: Int32 = 0
    var isCut = false
    while true {
      let isPolling = deadline != nil && !isCut
      let found = waitpid(child, &status, isPolling ? WNOHANG : 0)
      if found == child { return (status, isCut) }
      guard found == 0 || errno == EINTR else { throw Fault(call: "wait for", code: errno) }
      if let deadline, isPolling {
        isCut = now >= deadline
        if isCut { kill(child, SIGKILL) } else { poll(nil, 0, 2) }
      }
    }
  }

  /// Milliseconds of a clock that nobody sets.
  private static var now: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }

  private func spawn(stdin: Int32, outputs: [Int32], mask: sigset_t) throws(Fault) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, stdin, STDIN_FILENO)
    for (target, source) in zip([STDOUT_FILENO, STDERR_FILENO], outputs) {
      posix_spawn_file_actions_adddup2(&actions, source, target)
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var mask = mask
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigmask(&attributes, &mask)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK))

    let file = try located()
    var child: pid_t = 0
    let code = CStringArray.with([Array(program.utf8)] + arguments) { arguments in
      CStringArray.with(environment.entries) { environment in
        Self.starting.withLock { _ in
          posix_spawn(&child, file, &actions, &attributes, arguments, environment)
        }
      }
    }
    guard code == 0 else { throw Fault(call: "start", code: code) }
    return child
  }

  /// The file to run. posix_spawnp would look in the `PATH` of this process, which is not asked.
  private func located() throws(Fault) -> String {
    if program.utf8.contains(UInt8(ascii: "/")) { return program }
    for directory in (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":") {
      let path = "\(directory)/\(program)"
      if FileSystem.isExecutable(path) { return path }
    }
    throw Fault(call: "start", code: ENOENT)
  }

  static func pipe() throws(Fault) -> (read: Int32, write: Int32) {
    // glibc shows pipe2 to C programs only, so there is a moment in which the ends would be inherited:
    // no child is started meanwhile.
    try starting.withLock { _ throws(Fault) in try makePipe() }
  }

  private static let starting = Mutex(())

  private static func makePipe() throws(Fault) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [-1, -1]
    // Above 2 and closed in the child: only what spawn() puts at 0, 1 and 2 is inherited.
    guard Glibc.pipe(&ends) == 0 else { throw Fault(call: "make a pipe for", code: errno) }
    for index in ends.indices {
      let high = fcntl(ends[index], F_DUPFD_CLOEXEC, 3)
      let code = errno
      close(ends[index])
      ends[index] = high
      guard high >= 0 else { throw Fault(call: "make a pipe for", code: code) }
    }
    return (ends[0], ends[1])
  }

  /// Writes the input and reads the outputs, whatever the child does first, to the end of all, or until
  /// the deadline has passed or an output is longer than it may be.
  private static func exchange(
    _ input: [UInt8], to stdin: Int32, from outputs: [Int32], deadline: Int64?, limit: Int
  ) -> (written: [[UInt8]], isWhole: Bool) {
    var rest = input[...]
    var written = outputs.map { _ in [UInt8]() }
    var open = outputs.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    open.append(pollfd(fd: stdin, events: Int16(POLLOUT), revents: 0))
    let last = open.count - 1
    _ = fcntl(stdin, F_SETFL, O_NONBLOCK)
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    func finish(_ index: Int) {
      close(open[index].fd)
      open[index].fd = -1
    }
    if rest.isEmpty { finish(last) }
    var isWhole = true
    while isWhole, open.contains(where: { $0.fd >= 0 }) {
      let time = deadline.map { Int32(clamping: max(0, $0 - now)) } ?? -1
      guard poll(&open, nfds_t(open.count), time) >= 0 || errno == EINTR else { break }
      if time == 0 { isWhole = false }
      for index in open.indices where open[index].fd >= 0 && open[index].revents != 0 {
        let count =
          index == last
          ? rest.withUnsafeBytes { write(stdin, $0.baseAddress, $0.count) }
          : read(open[index].fd, &chunk, chunk.count)
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        if count <= 0 {
          finish(index)
        } else if index == last {
          rest = rest.dropFirst(count)
          if rest.isEmpty { finish(last) }
        } else {
          written[index] += chunk.prefix(count)
          if written[index].count > limit { isWhole = false }
        }
      }
    }
    for index in open.indices where open[index].fd >= 0 { finish(index) }
    return (written, isWhole)
  }
}

/// Byte strings as C wants them: an array of pointers with a null pointer at its end.
public enum CStringArray {
  /// Calls `body` with the strings, which live as long as the call. An embedded NUL ends a string.
  public static func with<Result>(
    _ strings: [[UInt8]], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    let text = UnsafeMutablePointer<CChar>.allocate(
      capacity: strings.reduce(1) { $0 + $1.count + 1 })
    let list = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
      capacity: strings.count + 1)
    defer {
      text.deallocate()
      list.deallocate()
    }
    var next = text
    for (index, string) in strings.enumerated() {
      (list + index).initialize(to: next)
      for byte in string {
        next.initialize(to: CChar(bitPattern: byte))
        next += 1
      }
      next.initialize(to: 0)
      next += 1
    }
    (list + strings.count).initialize(to: nil)
    return body(UnsafePointer(list))
  }
}
