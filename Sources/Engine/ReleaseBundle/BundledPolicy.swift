internal import Evidence
internal import GitModel
internal import Policy
internal import PolicyFile
internal import Signing

/// The policy in an evidence bundle, read from the bundle alone.
struct BundledPolicy {
  /// The policy.
  let document: PolicyDocument

  /// Reads the policy whose SHA-256 the log names as `digest`.
  init(
    _ files: inout BundleFiles, _ manifest: BundleManifest, digest: String?, label: String
  ) throws(EvidenceFault) {
    let bytes = try files.demand(BundleFiles.policy)
    var others: [(name: String, bytes: Bytes)] = []
    for file in manifest.policyFiles {
      others.append((file.name, try files.demand(file.member)))
    }
    let found = TrustedPolicy.digest(of: bytes, extending: others)
    guard found == digest else {
      throw EvidenceFault(
        "the policy has the SHA-256 \(found.prefix(12)), and the log names \(digest?.prefix(12) ?? "none")"
      )
    }
    let byName = Dictionary(others.map { ($0.name, $0.bytes) }) { first, _ in first }
    let inTree = manifest.policyCommit != nil
    // A file outside of a repository extends files of its folder, and calls them with it.
    let slash = manifest.policyPath.lastIndex(of: "/")
    let prefix =
      inTree ? "" : slash.map { String(manifest.policyPath[...$0]) } ?? ""
    let place = PolicyPlace(
      policy: String(manifest.policyPath.dropFirst(prefix.count)), prefix: prefix
    ) { (parts) throws(ExtendsFault) in
      guard let bytes = byName[Bytes((prefix + parts.joined(separator: "/")).utf8).printable] else {
        throw ExtendsFault("is not in the bundle")
      }
      return bytes
    }
    let loaded: LoadedPolicy
    do {
      loaded = try TrustedPolicy.read(
        bytes, file: manifest.policyPath.cleaned, label: label, source: .file(manifest.policyPath),
        place: place)
    } catch { throw EvidenceFault(error.message) }
    guard loaded.origin.digest == found else {
      throw EvidenceFault(
        "the policy extends a pack of which this gitrel has another edition than \(manifest.program.cleaned)"
      )
    }
    document = loaded.document
  }
}
