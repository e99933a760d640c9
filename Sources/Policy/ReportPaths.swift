internal import Evidence
internal import GitModel

/// How the paths of reports become paths of the tree, as a policy says.
struct ReportPaths: Hashable, Sendable {
  /// What is taken off the front of a report's path; of several the first that fits.
  let strip: [Bytes]
  /// What is put in front of a path that is not absolute.
  let prefix: Bytes

  /// Reads the map under `key`.
  init(_ reader: SettingsReader, _ key: String) {
    guard let node = reader.node(key) else {
      (strip, prefix) = ([], [])
      return
    }
    let map = SettingsReader(node, name: key, problems: reader.problems)
    strip = map.texts("strip")?.map { Bytes($0.utf8).withSlash } ?? []
    prefix = map.text("prefix").map { Bytes($0.utf8).withSlash } ?? []
    map.finish()
  }

  /// The files of the tree that each path of a report can mean: one, or several of which nothing tells
  /// which it is. Paths that mean none are left out.
  ///
  /// A path means a file if it is that file's, if it ends in the whole path of it (reports with absolute
  /// paths, Go's import paths), or if the file's ends in it (JaCoCo's packages, reports from a folder).
  func meanings(
    of figures: CoverageFigures, among namesakes: [Bytes: [Bytes]]
  ) -> [Bytes: [Bytes]] {
    let root = Self.commonFolder(figures.files.keys.map { mapped($0) })
    var meanings: [Bytes: [Bytes]] = [:]
    for path in figures.files.keys {
      guard let files = namesakes[Bytes(path.pathName)] else { continue }
      let plain = mapped(path)
      var found: [Bytes] = []
      if !plain.isAbsolute, strip.isEmpty, prefix.isEmpty {
        for source in figures.sources where !source.isEmpty && source != [UInt8(ascii: ".")] {
          let joined = source.forwardSlashes.withSlash + plain
          for file in Self.meanings(of: joined, root: [], files) where !found.contains(file) {
            found.append(file)
          }
        }
      }
      if found.isEmpty { found = Self.meanings(of: plain, root: root, files) }
      if !found.isEmpty { meanings[path] = found }
    }
    return meanings
  }

  private func mapped(_ path: Bytes) -> Bytes {
    var path = path
    if let start = strip.first(where: { path.starts(with: $0) }) { path.removeFirst(start.count) }
    return path.isAbsolute ? path : prefix + path.withoutDot
  }

  private static func meanings(of path: Bytes, root: Bytes, _ files: [Bytes]) -> [Bytes] {
    if files.contains(path) { return [path] }
    // Where all files of a report lie in one folder, that is where the tree lies, or above it.
    var inside = files.filter { path.endsIn($0) }
    let below = inside.filter { root.starts(with: path.dropLast($0.count)) }
    if !below.isEmpty { inside = below }
    return inside + (path.isAbsolute ? [] : files.filter { $0.endsIn(path) })
  }

  /// The longest folder that all paths lie in, with its slash.
  private static func commonFolder(_ paths: [Bytes]) -> Bytes {
    guard var common = paths.first?[...] else { return [] }
    for path in paths {
      let equal = zip(common, path).prefix { $0 == $1 }.count
      common = common.prefix(equal)
    }
    let slash = common.lastIndex(of: UInt8(ascii: "/"))
    return slash.map { Bytes(common[...$0]) } ?? []
  }
}

extension Bytes {
  fileprivate var isAbsolute: Bool {
    first == UInt8(ascii: "/") || dropFirst().first == UInt8(ascii: ":")
  }

  fileprivate var withSlash: Bytes {
    isEmpty || last == UInt8(ascii: "/") ? self : self + [UInt8(ascii: "/")]
  }

  fileprivate var withoutDot: Bytes { starts(with: "./".utf8) ? Bytes(dropFirst(2)) : self }

  fileprivate var forwardSlashes: Bytes {
    map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
  }

  /// Whether `other` is the last parts of this path.
  fileprivate func endsIn(_ other: Bytes) -> Bool {
    count > other.count && self[count - other.count - 1] == UInt8(ascii: "/")
      && suffix(other.count).elementsEqual(other)
  }
}
