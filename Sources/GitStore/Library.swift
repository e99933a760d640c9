internal import CLibGit2
internal import GitModel
internal import Glibc

/// libgit2 as one process holds it: started once, never shut down, deaf to the user's surroundings.
enum Library {
  /// Starts the library, or says why it does not start.
  static func start() throws(GitError) { try started.get() }

  private static let started = Result<Void, GitError> { () throws(GitError) in
    try call("start", "libgit2") { git_libgit2_init() }

    // No configuration but the repository's own: a file in a home directory, or one that an
    // environment variable points at, must not change what a hook decides.
    for level in [
      GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
      GIT_CONFIG_LEVEL_PROGRAMDATA,
    ] {
      try call("empty the search path of", "libgit2") { gitrel_option_search_path(level, "") }
    }

    // `Location.checkOwner` has done it, and says what is wrong: libgit2 1.5.1 says "config value
    // 'safe.directory' was not found".
    try call("set up", "libgit2") { gitrel_option_switch(GIT_OPT_SET_OWNER_VALIDATION, 0) }

    // Measured: a third of the time of a walk. The store hashes by itself what it has to distrust,
    // see `ObjectSource.verifiesPacks`. The option belongs to the whole process, so it is set once and
    // nothing depends on when.
    try call("set up", "libgit2") {
      gitrel_option_switch(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0)
    }

    // Objects are copied out and read once; libgit2's cache would hold each a second time.
    try call("set up", "libgit2") { gitrel_option_switch(GIT_OPT_ENABLE_CACHING, 0) }

    // Packs are mapped piece by piece: by default libgit2 maps a gigabyte at a time and eight in all,
    // which a hook with a limit on its address space could not do on a large repository.
    try call("set up", "libgit2") { gitrel_option_size(GIT_OPT_SET_MWINDOW_SIZE, 32 << 20) }
    try call("set up", "libgit2") {
      gitrel_option_size(GIT_OPT_SET_MWINDOW_MAPPED_LIMIT, 512 << 20)
    }

    // Extensions of version 1 that change nothing for a reader that never fetches and never prunes
    // (git: Documentation/technical/repository-version.txt). Without them the partial clone or the
    // sparse checkout of a developer would not open.
    try Location.harmlessExtensions.withCStrings { names, count throws(GitError) in
      try call("set up", "libgit2") { gitrel_option_extensions(names, count) }
    }
  }
}

/// Makes a call into libgit2; the only place that looks at its error.
///
/// libgit2 keeps the message in a variable of the thread (docs/error-handling.md), so it is copied
/// and cleared here, with nothing in between.
@discardableResult
func call(
  _ action: String, _ subject: @autoclosure () -> String, _ body: () -> Int32
) throws(GitError) -> Int32 {
  let status = body()
  guard status < 0 else { return status }
  throw lastError(status, action, subject())
}

/// libgit2's error as a value.
func lastError(_ status: Int32, _ action: String, _ subject: String) -> GitError {
  var detail = "libgit2 error \(status)"
  if let message = git_error_last()?.pointee.message {
    detail = String(cString: message).utf8.map { $0 }.printable
  }
  git_error_clear()
  return GitError(GitError.Code(rawValue: status), action, subject, detail)
}

/// The operating system's last error as a value.
func systemError(_ action: String, _ subject: String, _ number: Int32 = errno) -> GitError {
  let code: GitError.Code = number == ENOENT || number == ENOTDIR ? .notFound : .system
  return GitError(code, action, Bytes(subject.utf8).printable, String(cString: strerror(number)))
}

extension [String] {
  /// Calls `body` with the strings as C has them.
  func withCStrings<Failure: Error>(
    _ body: (UnsafeMutablePointer<UnsafePointer<CChar>?>, Int) throws(Failure) -> Void
  ) throws(Failure) {
    let copies = map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var pointers = copies.map { UnsafePointer($0) }
    let count = pointers.count
    let base = UnsafeMutablePointer<UnsafePointer<CChar>?>.allocate(capacity: count + 1)
    defer { base.deallocate() }
    pointers.append(nil)
    base.initialize(from: &pointers, count: count + 1)
    try body(base, count)
  }
}
