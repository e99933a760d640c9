import Evidence
import GitModel
import GitrelTestSupport
import Policy

@testable import Engine

/// Keys that ssh-keygen makes here, in a folder whose path is short enough for an agent's socket.
final class SSHKeys {
  let folder: TemporaryDirectory
  let environment: HermeticEnvironment

  init() throws {
    folder = try TemporaryDirectory("keys", in: "/tmp")
    environment = HermeticEnvironment(home: folder.path)
  }

  @discardableResult
  func sh(_ words: [String], input: Bytes = []) throws -> CommandResult {
    try run(words, input: input, environment: environment, in: folder.path)
  }

  /// Makes the key `name`, and gives its line.
  @discardableResult
  func make(_ name: String, _ kind: [String] = ["ed25519"]) throws -> String {
    try sh(["ssh-keygen", "-q", "-N", "", "-C", name, "-f", name, "-t"] + kind)
    return try line(name)
  }

  func line(_ name: String) throws -> String {
    let text = String(decoding: contents(of: folder.file(name + ".pub")) ?? [], as: UTF8.self)
    return text.split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// The armoured signature of `message`.
  func sign(_ message: Bytes, by name: String, namespace: String = "gitrel") throws -> Bytes {
    try sh(["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, "-f", name], input: message).output
  }

  /// Whether `ssh-keygen -Y verify` takes a signature of `principal` for statements at this time.
  func takes(
    _ signature: Bytes, over message: Bytes, by principal: String, signers: String, time: String
  ) throws -> Bool {
    try write(signature, to: folder.file("told.sig"))
    try write(signers, to: folder.file("signers"))
    return try sh(
      [
        "ssh-keygen", "-Y", "verify", "-n", "gitrel", "-I", principal, "-f", "signers", "-s",
        "told.sig", "-O", "verify-time=\(time)",
      ], input: message
    ).status == 0
  }

  /// The envelope with a signature by each of these keys.
  func signed(_ envelope: Envelope, by names: String..., namespace: String = "gitrel") throws
    -> Envelope
  {
    var envelope = envelope
    for name in names {
      let signature = try sign(
        envelope.preAuthenticationEncoding, by: name, namespace: namespace)
      envelope.signatures.append(.init(keyID: nil, signature: signature))
    }
    return envelope
  }
}
