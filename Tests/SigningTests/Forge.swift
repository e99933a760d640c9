import Foundation
import GitModel
import GitrelTestSupport

@testable import Signing

/// The parts of an SSHSIG, to be changed one by one and put together again.
struct Forge {
  var magic = Bytes("SSHSIG".utf8)
  var version: UInt32 = 1
  var key: Bytes
  var namespace: Bytes
  var reserved: Bytes = []
  var hash: Bytes
  var signature: Bytes
  var tail: Bytes = []

  init(_ armoured: Bytes) throws {
    let lines = String(decoding: armoured, as: UTF8.self).split(separator: "\n")
    let blob = Bytes(Data(base64Encoded: lines.filter { !$0.hasPrefix("-") }.joined()) ?? Data())
    var reader = WireReader(blob[...])
    magic = Bytes(try reader.bytes(6))
    version = try reader.number()
    key = Bytes(try reader.string())
    namespace = Bytes(try reader.string())
    reserved = Bytes(try reader.string())
    hash = Bytes(try reader.string())
    signature = Bytes(try reader.string())
    tail = Bytes(reader.remaining)
  }

  var blob: Bytes {
    var out = WireWriter(magic)
    out.number(version)
    for part in [key, namespace, reserved, hash, signature] { out.string(part) }
    out.raw(tail)
    return out.bytes
  }

  var armoured: Bytes { Self.armour(blob, width: 70) }

  static func armour(_ blob: Bytes, width: Int, lineEnd: String = "\n") -> Bytes {
    var rest = String(decoding: Base64.encode(blob), as: UTF8.self)[...]
    var lines = ["-----BEGIN SSH SIGNATURE-----"]
    while !rest.isEmpty {
      lines.append(String(rest.prefix(width)))
      rest = rest.dropFirst(width)
    }
    lines.append("-----END SSH SIGNATURE-----")
    return Bytes((lines.joined(separator: lineEnd) + lineEnd).utf8)
  }
}

/// A wire string of each part, one after the other.
func wire(_ parts: Bytes...) -> Bytes {
  var out = WireWriter()
  for part in parts { out.string(part) }
  return out.bytes
}

/// What a check says, in words: `good`, or the fault.
func told(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "good"
  } catch let fault as any WordedFault {
    return fault.words
  } catch {
    return "\(error)"
  }
}
