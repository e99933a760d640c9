/// The policies that ship inside the program, one file beside this one each.
public enum Packs {
  /// Their names and texts, by name.
  public static let all: [(name: String, text: [UInt8])] = [
    ("gitflow", PackageResources.gitflow_yml),
    ("open-source", PackageResources.open_source_yml),
    ("regulated", PackageResources.regulated_yml),
    ("trunk", PackageResources.trunk_yml),
  ]
}
