/// The hooks that gitrel has a shim for.
public enum HookName: String, Sendable, Hashable, CaseIterable {
  /// On the laptop, before a push leaves: advice.
  case prePush = "pre-push"
  /// On the server, before a ref moves: law.
  case preReceive = "pre-receive"
  /// On the server, after the refs have moved: refuses nothing.
  case postReceive = "post-receive"
  /// On the laptop, before a commit is made: advice.
  case commitMessage = "commit-msg"

  /// The hooks of a clone.
  public static let client: [HookName] = [.prePush, .commitMessage]
  /// The hooks of a server's repository.
  public static let server: [HookName] = [.preReceive, .postReceive]
}
