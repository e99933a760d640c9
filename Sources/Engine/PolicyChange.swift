internal import GitModel
internal import GitStore
internal import Policy

/// A push must not leave the trusted ref without a policy that loads.
struct PolicyChange {
  let repository: Repository
  let policy: LoadedPolicy

  /// Verdicts on `update` when it moves the ref that holds the trusted policy.
  func verdicts(on update: RefUpdate) throws(EngineFault) -> [JudgedRule] {
    guard case .ref(let name, let path) = policy.source, update.name == name else { return [] }
    if update.kind == .delete {
      return [
        violated(
          "\(name.short) holds the policy (\(path)); without it every push would be refused",
          fix: "leave \(name.short) out of the push")
      ]
    }
    let bytes: Bytes
    do {
      bytes = try TrustedPolicy.policyBlob(
        at: path, of: update.new, in: repository, ref: name.short, mend: "put \(path) back")
    } catch {
      return [violated(error.message, fix: error.hints.first)]
    }
    do {
      let loaded = try TrustedPolicy.read(
        bytes, file: path, label: "\(name.short)@\(update.new.short)", source: policy.source)
      guard loaded.origin.digest != policy.origin.digest else { return [] }
      return [
        JudgedRule(
          builtIn: BuiltIn.policyChange,
          .satisfied("the new policy loads; it judges from the next push on"))
      ]
    } catch {
      return [
        violated(error.message, fix: "mend \(path); try it with gitrel check --policy \(path)")
      ]
    }
  }

  private func violated(_ words: String, fix: String?) -> JudgedRule {
    JudgedRule(
      builtIn: BuiltIn.policyChange, .violated(Explanation(words, fixes: fix.map { [$0] } ?? [])))
  }
}
