public import GitModel

/// The pattern files that gitrel brings along, in the binary itself.
public enum ShippedPatterns {
  /// Each file's name and bytes, in the order in which kinds count as special: those without a vendor
  /// last.
  public static let files: [(name: String, bytes: Bytes)] = [
    ("clouds.yml", PackageResources.clouds_yml),
    ("forges.yml", PackageResources.forges_yml),
    ("models.yml", PackageResources.models_yml),
    ("services.yml", PackageResources.services_yml),
    ("keys.yml", PackageResources.keys_yml),
  ]
}
