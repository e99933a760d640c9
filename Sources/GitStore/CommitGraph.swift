internal import GitModel
internal import Glibc

/// The commit-graph that git writes beside the objects: parents, dates and generation numbers of
/// commits without reading them (gitformat-commit-graph(5)).
///
/// The topological levels of the CDAT chunk are used: the level of a commit is above that of each
/// of its parents, so a commit never leads to one of the same or a higher level. A file that is
/// malformed in any way is as if it were absent.
final class CommitGraph {
  /// Something in the file points nowhere; start again without it.
  struct Fault: Error {}

  /// A commit's place in all layers together, counted from the oldest layer.
  typealias Position = Int

  private let layers: [Layer]

  private init(layers: [Layer]) { self.layers = layers }

  /// Opens the graph of an objects directory, a single file or a chain; nil when there is none that
  /// can be used.
  static func open(objectsDirectory: String) -> CommitGraph? {
    let info = objectsDirectory + "/info"
    if let layer = Layer(path: info + "/commit-graph", first: 0, depth: 0) {
      return CommitGraph(layers: [layer])
    }
    let chain = info + "/commit-graphs"
    guard
      let content = try? Files.read(chain + "/commit-graph-chain", limit: 1 << 16),
      !content.isEmpty
    else { return nil }
    var layers: [Layer] = []
    var first = 0
    for line in content.split(separator: UInt8(ascii: "\n")) {
      guard let id = ObjectID(hex: line),
        let layer = Layer(
          path: "\(chain)/graph-\(id.hex).graph", first: first, depth: layers.count)
      else { return nil }
      layers.append(layer)
      first += layer.count
    }
    return CommitGraph(layers: layers)
  }

  func position(of key: Key) -> Position? {
    for layer in layers.reversed() {
      if let index = layer.index(of: key) { return layer.first + index }
    }
    return nil
  }

  /// Generation (topological level) and committer date.
  func data(at position: Position) throws(Fault) -> (generation: UInt32, date: Int64) {
    let (layer, index) = try layer(of: position)
    let word = layer.data(index)
    // "The top 30 bits are the generation number, the lower 34 bits the commit time."
    let generation = UInt32(truncatingIfNeeded: word >> 34)
    // Zero was never computed, and the largest stands for all above it.
    guard generation > 0, generation < 0x3FFF_FFFF else { throw Fault() }
    return (generation, Int64(word & 0x3_FFFF_FFFF))
  }

  func parents(at position: Position) throws(Fault) -> [Key] {
    let (layer, index) = try layer(of: position)
    var parents: [Key] = []
    for parent in try layer.parents(index) {
      let (holder, place) = try self.layer(of: parent)
      parents.append(holder.key(place))
    }
    return parents
  }

  private func layer(of position: Position) throws(Fault) -> (Layer, Int) {
    for layer in layers.reversed() where position >= layer.first {
      guard position - layer.first < layer.count else { break }
      return (layer, position - layer.first)
    }
    throw Fault()
  }
}

/// One file of the graph, mapped. git replaces these files by renaming and never shortens one.
private final class Layer {
  private let bytes: UnsafeRawBufferPointer
  private let fanOut: Int
  private let ids: Int
  private let commits: Int
  private let edges: Range<Int>
  let first: Int
  let count: Int

  private static let noParent: UInt32 = 0x7000_0000
  private static let lastEdge: UInt32 = 0x8000_0000

  init?(path: String, first: Int, depth: Int) {
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size > 8 + 20
    else { return nil }
    let size = Int(status.st_size)
    guard let memory = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), memory != MAP_FAILED
    else { return nil }
    let bytes = UnsafeRawBufferPointer(start: memory, count: size)
    guard let chunks = Self.chunks(bytes, depth: depth),
      let fanOut = chunks[0x4F49_4446], fanOut.count == 1024,
      let ids = chunks[0x4F49_444C], let commits = chunks[0x4344_4154]
    else {
      munmap(memory, size)
      return nil
    }
    let count = Int(Self.word(bytes, fanOut.upperBound - 4))
    var last: UInt32 = 0
    var isRising = true
    for place in stride(from: fanOut.lowerBound, to: fanOut.upperBound, by: 4) {
      let next = Self.word(bytes, place)
      if next < last { isRising = false }
      last = next
    }
    guard isRising, ids.count == count * 20, commits.count == count * 36 else {
      munmap(memory, size)
      return nil
    }
    self.bytes = bytes
    (self.fanOut, self.ids, self.commits) = (fanOut.lowerBound, ids.lowerBound, commits.lowerBound)
    edges = chunks[0x4544_4745] ?? 0..<0
    (self.first, self.count) = (first, count)
  }

  deinit {
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }

  /// The chunks by their names; nil when the header or the table is not in order.
  private static func chunks(
    _ bytes: UnsafeRawBufferPointer, depth: Int
  ) -> [UInt32: Range<Int>]? {
    // Signature, version 1, hash version 1 (SHA-1), count of chunks, count of base graphs.
    guard word(bytes, 0) == 0x4347_5048, bytes[4] == 1, bytes[5] == 1, bytes[7] == depth else {
      return nil
    }
    let count = Int(bytes[6])
    guard 8 + (count + 1) * 12 <= bytes.count else { return nil }
    var chunks: [UInt32: Range<Int>] = [:]
    for row in 0..<count {
      let place = 8 + row * 12
      let start = long(bytes, place + 4)
      let end = long(bytes, place + 16)
      guard start <= end, end <= UInt64(bytes.count) else { return nil }
      guard chunks.updateValue(Int(start)..<Int(end), forKey: word(bytes, place)) == nil else {
        return nil
      }
    }
    return chunks
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt32 {
    UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  private static func long(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  func key(_ index: Int) -> Key { Key(at: bytes, ids + index * 20) }

  func index(of key: Key) -> Int? {
    let row = key.firstByte
    var low = row == 0 ? 0 : Int(Self.word(bytes, fanOut + (row - 1) * 4))
    var high = Int(Self.word(bytes, fanOut + row * 4))
    while low < high {
      let middle = (low + high) / 2
      let found = self.key(middle)
      if found == key { return middle }
      if found < key { low = middle + 1 } else { high = middle }
    }
    return nil
  }

  func data(_ index: Int) -> UInt64 { Self.long(bytes, commits + index * 36 + 28) }

  /// The positions of the parents, over all layers.
  func parents(_ index: Int) throws(CommitGraph.Fault) -> [Int] {
    let place = commits + index * 36 + 20
    let left = Self.word(bytes, place)
    let right = Self.word(bytes, place + 4)
    guard left != Self.noParent else { return [] }
    guard right != Self.noParent else { return [Int(left)] }
    guard right & Self.lastEdge != 0 else { return [Int(left), Int(right)] }
    // More than two: the others stand in a list of their own.
    var parents = [Int(left)]
    var edge = edges.lowerBound + Int(right & ~Self.lastEdge) * 4
    while true {
      guard edge + 4 <= edges.upperBound else { throw CommitGraph.Fault() }
      let word = Self.word(bytes, edge)
      parents.append(Int(word & ~Self.lastEdge))
      if word & Self.lastEdge != 0 { return parents }
      edge += 4
    }
  }
}
