import GitModel

/// The text of the files that git runs as hooks: a few lines of sh that start gitrel and fail closed.
///
/// A shim believes only the status 100 (`acceptedStatus`). A binary that an interrupted upgrade left
/// empty or full of zeros is run by sh as a script, "succeeds" and says 0, which is no yes.
public struct HookShim: Sendable, Hashable {
  /// How the hook learns which repository it guards.
  public enum Repository: Sendable, Hashable {
    /// From git, which starts the hook in it: clones, linked worktrees, hooks shared by many.
    case fromGit
    /// An absolute path, written into the shim.
    case path(String)
  }

  /// The status by which `gitrel hook --accepted-status 100` says yes.
  public static let acceptedStatus: Int32 = 100
  /// Where `make install` puts the binary.
  public static let defaultBinary = "/usr/local/bin/gitrel"
  /// What a hook that was there before is renamed to, beside it.
  public static let keptSuffix = ".gitrel-kept"
  /// What a shim that was edited by hand is kept as when it is written anew.
  public static let editedSuffix = ".gitrel-edited"

  /// The hook.
  public var name: HookName
  /// The repository it guards.
  public var repository: Repository
  /// Who tells the pusher's name (server only).
  public var identity: PusherSource
  /// Whether the hook that was there before is run too.
  public var isChained: Bool

  /// A shim; the defaults are those of the files in `hooks/`.
  public init(
    _ name: HookName, repository: Repository = .fromGit, identity: PusherSource = .shell,
    isChained: Bool = false
  ) {
    (self.name, self.repository) = (name, repository)
    (self.identity, self.isChained) = (identity, isChained)
  }

  /// The arguments after `gitrel`, quoted for sh.
  public var arguments: String {
    var words = ["hook", name.rawValue]
    switch name {
    case .preReceive, .postReceive:
      switch repository {
      case .fromGit: words.append("--repository-from-git")
      case .path(let path): words += ["--repository", Self.quoted(path)]
      }
      words += ["--identity", identity.rawValue]
    case .prePush, .commitMessage:
      break
    }
    words += ["--accepted-status", String(Self.acceptedStatus)]
    // Relative to the shim itself, so that a clone can be moved.
    if isChained { words += ["--chain", "\"$0\(Self.keptSuffix)\""] }
    switch name {
    case .prePush, .commitMessage: words += ["--", "\"$@\""]
    case .preReceive, .postReceive: break
    }
    return words.joined(separator: " ")
  }

  /// The whole file.
  public func text(binary: String = HookShim.defaultBinary) -> String {
    let prefix = name == .preReceive ? identity.refusalPrefix : ""
    return Self.text(for: name, binary: binary, arguments: arguments, prefix: prefix)
  }

  /// The file for a hook that runs this binary with these arguments, which are sh text, and starts what
  /// it says with `prefix`.
  public static func text(
    for name: HookName, binary: String, arguments: String, prefix: String = ""
  ) -> String {
    """
    #!/bin/sh
    \(marker), written by `gitrel install`. It fails closed; `gitrel doctor` checks it.
    gitrel=\(quoted(binary))
    export SWIFT_BACKTRACE=enable=no
    if test -f "$gitrel" && test -s "$gitrel" && test -x "$gitrel"; then
      "$gitrel" \(arguments)
      status=$? # \(acceptedStatus) is gitrel's yes. A damaged file that "succeeds" says 0: a no.
      case $status in \(acceptedStatus)) exit 0 ;; 1 | 2 | 64) exit $status ;; esac
    fi
    echo "\(prefix)gitrel: \(name.complaint)" >&2
    echo "\(prefix)gitrel: missing, damaged or crashed: $gitrel" >&2
    echo "\(prefix)gitrel: hint: \(name.hint)" >&2
    exit 1

    """
  }

  /// Whether a file is a shim of gitrel's, be it edited or of another version.
  static func isShim(_ bytes: [UInt8]) -> Bool {
    let lines = bytes.split(separator: 0x0A, maxSplits: 2, omittingEmptySubsequences: false)
    return lines.count > 1 && lines[1].starts(with: marker.utf8)
  }

  /// A short fingerprint (FNV-1a, 64 bits) that tells an edit. It guards against no one who forges.
  static func fingerprint(_ bytes: [UInt8]) -> String {
    let hash = bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3
    }
    let hex = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - hex.count) + hex
  }

  private static let marker = "# gitrel hook shim"

  /// A word as sh reads it back, quoted only where it must be.
  public static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      $0.isASCIILetter || $0.isASCIIDigit || "/._-+=:,@%".utf8.contains($0)
    }
    if plain, !word.isEmpty { return word }
    var text = "'"
    for character in word.unicodeScalars {
      if character == "'" { text += "'\\''" } else { text.unicodeScalars.append(character) }
    }
    return text + "'"
  }
}

extension HookName {
  fileprivate var complaint: String {
    switch self {
    case .prePush: "push stopped: gitrel cannot check it"
    case .commitMessage: "commit stopped: gitrel cannot check its message"
    case .preReceive: "push refused: gitrel cannot judge it"
    case .postReceive: "post-receive did not run; what was pushed stands"
    }
  }

  fileprivate var hint: String {
    switch self {
    case .prePush: "install gitrel again, or once: git push --no-verify"
    case .commitMessage: "install gitrel again, or once: git commit --no-verify"
    case .preReceive, .postReceive: "server admin: install gitrel again, run: gitrel doctor"
    }
  }
}
