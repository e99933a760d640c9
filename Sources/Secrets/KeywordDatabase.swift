internal import CVectorscan
internal import GitModel

/// The keywords of all kinds in one vectorscan database: it reads a blob once, at the speed of memory,
/// and says where a keyword ends and whose it is.
///
/// vectorscan 5.4.9 to 5.4.12 misses matches of small sets of words on x86: its double-byte search for
/// where a match may begin is wrong (vectorscan issues 317 and 358). Two things keep that from passing
/// over a secret. The set is never small, since `ballast` is in it, so that this search is not used; and a
/// database is believed only when it has found each of its keywords in texts made for that.
final class KeywordDatabase {
  /// The kinds that each keyword belongs to, by the keyword's number.
  let owners: [[Int]]
  private let words: [Bytes]
  private let database: OpaquePointer
  private let scratch: OpaquePointer

  /// A database of the keywords of `kinds`, compared without regard to ASCII case.
  init(_ kinds: [SecretKind]) throws(SecretFault) {
    var numbers: [String: Int] = [:]
    var owners: [[Int]] = []
    var words: [String] = []
    for (index, kind) in kinds.enumerated() {
      for word in Set(kind.keywords.map { $0.lowercased() }).sorted() {
        if let number = numbers[word] {
          owners[number].append(index)
        } else {
          numbers[word] = words.count
          words.append(word)
          owners.append([index])
        }
      }
    }
    self.owners = owners
    self.words = words.map { Bytes($0.utf8) }
    database = try Self.compiled(self.words + Self.ballast)
    var scratch: OpaquePointer?
    let status = hs_alloc_scratch(database, &scratch)
    guard status == HS_SUCCESS, let scratch else {
      hs_free_database(database)
      throw SecretFault(message: "vectorscan has no memory to search in (\(status))")
    }
    self.scratch = scratch
    try prove()
  }

  deinit {
    hs_free_scratch(scratch)
    hs_free_database(database)
  }

  /// Words that stand in no text, with every value of a byte at each of their places.
  private static let ballast: [Bytes] = {
    var state = UInt32(1)
    return (0..<64).map { _ in
      (0..<6).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        // No NUL, which would end the word, and no letter, of which two cases would count as one.
        let byte = UInt8(truncatingIfNeeded: state >> 24)
        return byte == 0 || byte.isASCIILetter ? byte | 0x80 : byte
      }
    }
  }()

  private static func compiled(_ words: [Bytes]) throws(SecretFault) -> OpaquePointer {
    guard hs_valid_platform() == HS_SUCCESS else {
      throw SecretFault(message: "vectorscan does not run on this processor")
    }
    var text: [CChar] = []
    var starts: [Int] = []
    for word in words {
      starts.append(text.count)
      text += word.map { CChar(bitPattern: $0) } + [0]
    }
    let lengths = words.map(\.count)
    let flags = words.map { _ in UInt32(HS_FLAG_CASELESS) }
    let ids = words.indices.map { UInt32($0) }
    var database: OpaquePointer?
    var error: UnsafeMutablePointer<hs_compile_error_t>?
    let status = text.withUnsafeBufferPointer { buffer in
      let expressions = starts.map { buffer.baseAddress?.advanced(by: $0) }
      return hs_compile_lit_multi(
        expressions, flags, ids, lengths, UInt32(words.count), UInt32(HS_MODE_BLOCK), nil,
        &database, &error)
    }
    defer { hs_free_compile_error(error) }
    guard status == HS_SUCCESS, let database else {
      let why = error.flatMap { $0.pointee.message }.map { String(cString: $0) } ?? "\(status)"
      throw SecretFault(message: "vectorscan cannot read the keywords: \(why)")
    }
    return database
  }

  /// Looks for each keyword behind 0 to 63 bytes: one that is not found where it stands makes the whole
  /// database worth nothing.
  private func prove() throws(SecretFault) {
    for (number, word) in words.enumerated() {
      for fill in [UInt8(ascii: "."), UInt8(ascii: "\n")] {
        let padding = Bytes(repeating: fill, count: 63)
        try (padding + word + padding).withRawBytes { (text) throws(SecretFault) in
          for place in 0...padding.count {
            let part = UnsafeRawBufferPointer(rebasing: text[(padding.count - place)...])
            var isFound = false
            try scan(part) { keyword, end in
              isFound = isFound || keyword == number && end == place + word.count
              return !isFound
            }
            guard !isFound else { continue }
            throw SecretFault(
              message:
                "this vectorscan (\(String(cString: hs_version()))) does not find the keyword `\(word.printable)`, so nothing it says is believed"
            )
          }
        }
      }
    }
  }

  /// Calls `body` for each keyword that ends in `bytes`: with its number and the place behind it.
  /// `body` answers whether to go on.
  func scan(
    _ bytes: UnsafeRawBufferPointer, _ body: (_ keyword: Int, _ end: Int) -> Bool
  ) throws(SecretFault) {
    guard bytes.count <= Int(UInt32.max) else {
      throw SecretFault(message: "it has more bytes than vectorscan reads at once")
    }
    let status = withoutActuallyEscaping(body) { body in
      var call = Call(count: words.count, body: body)
      return withUnsafeMutablePointer(to: &call) { call in
        hs_scan(
          database, bytes.bindMemory(to: CChar.self).baseAddress, UInt32(bytes.count), 0, scratch,
          { id, _, end, _, context in
            guard let call = context?.assumingMemoryBound(to: Call.self) else { return 1 }
            // What is beyond is ballast.
            guard id < call.pointee.count else { return 0 }
            return call.pointee.body(Int(id), Int(end)) ? 0 : 1
          }, call)
      }
    }
    guard status == HS_SUCCESS || status == HS_SCAN_TERMINATED else {
      throw SecretFault(message: "vectorscan stopped with the error \(status)")
    }
  }

  private struct Call {
    let count: Int
    let body: (Int, Int) -> Bool
  }
}
