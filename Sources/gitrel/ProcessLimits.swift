import Engine
import Glibc

/// What a server's hook may use, imposed before anything that was pushed is looked at: a crash is a
/// refusal to git, a hang or a starved machine is not.
enum ProcessLimits {
  /// Seconds of wall clock from start to verdict.
  static let deadline: UInt32 = 30
  /// Seconds of processor time.
  static let processor: rlim_t = 20
  /// Bytes of address space. Pack indexes are mapped whole, so this is more than the memory that is used.
  static let addressSpace: rlim_t = 4 << 30

  /// Imposes the limits, as soft ones, so that `lift` can give a foreign hook what it had before.
  static func impose() {
    limit(__rlimit_resource_t(RLIMIT_CPU.rawValue), processor)
    limit(__rlimit_resource_t(RLIMIT_AS.rawValue), addressSpace)
    limit(__rlimit_resource_t(RLIMIT_CORE.rawValue), 0)
    signal(SIGPIPE, SIG_IGN)
    let tooLong: @convention(c) (Int32) -> Void = { _ in
      // Only functions that are safe in a signal handler (signal-safety(7)).
      PushSize.tellTooLate { _ = write(STDERR_FILENO, $0, $1) }
      _exit(2)
    }
    PushSize.begin()
    signal(SIGALRM, tooLong)
    signal(SIGXCPU, tooLong)
    alarm(deadline)
  }

  /// Takes the limits away again, before another program is run.
  static func lift() {
    alarm(0)
    for resource in [RLIMIT_CPU, RLIMIT_AS, RLIMIT_CORE] {
      var limits = rlimit()
      let name = __rlimit_resource_t(resource.rawValue)
      guard getrlimit(name, &limits) == 0 else { continue }
      limits.rlim_cur = limits.rlim_max
      setrlimit(name, &limits)
    }
  }

  private static func limit(_ resource: __rlimit_resource_t, _ value: rlim_t) {
    var limits = rlimit()
    guard getrlimit(resource, &limits) == 0 else { return }
    limits.rlim_cur = min(value, limits.rlim_max)
    setrlimit(resource, &limits)
  }
}
