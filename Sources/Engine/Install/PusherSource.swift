public import Policy

/// Who tells the server's hook the name of the authenticated pusher.
///
/// Each is an environment variable that the front end sets *after* it has authenticated somebody.
/// On a transport where the client can set variables of its own it proves nothing, so the default
/// is that nobody tells.
public enum PusherSource: String, Sendable, Hashable, CaseIterable {
  /// Nobody: the pusher is unknown.
  case none
  /// `gitrel shell`, the forced command for sshd.
  case shell
  /// gitolite.
  case gitolite
  /// Gitea.
  case gitea
  /// Forgejo, which kept Gitea's names.
  case forgejo
  /// GitLab.
  case gitlab
  /// A web server before `git http-backend`.
  case http

  /// The environment variable that holds the name; nil when nobody tells.
  public var variable: String? {
    switch self {
    case .none: nil
    case .shell: "GITREL_PUSHER"
    case .gitolite: "GL_USER"
    case .gitea, .forgejo: "GITEA_PUSHER_NAME"
    case .gitlab: "GL_USERNAME"
    case .http: "REMOTE_USER"
    }
  }

  /// How the push comes by what the front end says in `environment`; nil when nobody tells.
  ///
  /// GitLab's GL_PROTOCOL is `web` for what its pages do (docs.gitlab.com, server hooks); Gitea and
  /// Forgejo set GITEA_INTERNAL_PUSH for their own pushes (modules/repository/env.go). The others have
  /// no pages that push.
  public func route(in environment: [String: String]) -> Route? {
    switch self {
    case .none: nil
    case .shell, .gitolite, .http: .push
    case .gitea, .forgejo: environment["GITEA_INTERNAL_PUSH"] == "true" ? .ui : .push
    case .gitlab:
      switch environment["GL_PROTOCOL"] {
      case "web": .ui
      case "ssh", "http": .push
      default: nil
      }
    }
  }

  /// What each line starts with that tells the pusher of a refusal. GitLab's web pages show nothing
  /// else of what a hook says (docs.gitlab.com, "Custom error messages").
  public var refusalPrefix: String { self == .gitlab ? "GL-HOOK-ERR: " : "" }

  /// Where a hook goes, relative to the repository; nil for the hooks directory that git uses. The
  /// forges own the hooks there and write them anew, but run others that lie in a place of theirs.
  func place(of hook: HookName) -> String? {
    switch self {
    case .gitea, .forgejo: "hooks/\(hook.rawValue).d/gitrel"
    case .gitlab: "custom_hooks/\(hook.rawValue)"
    case .none, .shell, .gitolite, .http: nil
    }
  }
}
