/// The version of this program.
public enum GitrelVersion {
  /// As `gitrel --version` says it.
  public static let text = "0.1.0"
}
