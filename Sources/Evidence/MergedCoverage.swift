import GitModel

/// Why two reports of one run cannot be taken together.
public struct CoverageClash: Error, Hashable, Sendable {
  /// What stands against it, as the end of a sentence that begins with the report's name.
  public let words: String
}

extension CoverageFigures {
  /// The figures of two reports of one run together, of one format or two: a line is covered if
  /// either covers it, so a file that both name counts once. Only lines can be told to be the same,
  /// so what else the formats count is dropped.
  ///
  /// - Throws: `CoverageClash` where the sum would be wrong: if a total does not come from the lines,
  ///   or if one file would count twice because one report names it by its absolute path.
  public func merged(with other: CoverageFigures) throws(CoverageClash) -> CoverageFigures {
    guard other.isFromLines else {
      throw CoverageClash(
        words: "has totals that its lines do not make up, which cannot be added to others")
    }
    guard isFromLines else {
      throw CoverageClash(
        words: "cannot be added to the files before it, whose totals their lines do not make up")
    }
    if let path = sharedFile(self, other) ?? sharedFile(other, self) {
      throw CoverageClash(
        words: "names '\(path.printable)' by another path than the files before it")
    }
    let roots = sources + other.sources.filter { !sources.contains($0) }
    return CoverageFigures(
      detail: detail.merging(other.detail) { $0.merged(with: $1) }, sources: roots)
  }

  /// Whether every total is the sum of lines whose state is known.
  private var isFromLines: Bool {
    var sum = CoverageFigures(detail: detail)
    (sum.sources, sum.others) = (sources, others)
    return sum == self
  }

  /// A file that `relative` has by a relative path and `absolute` by one that ends so.
  private func sharedFile(_ absolute: CoverageFigures, _ relative: CoverageFigures) -> Bytes? {
    let slash = UInt8(ascii: "/")
    for path in absolute.files.keys where path.first == slash || path.dropFirst(1).first == 0x3A {
      var rest = path[...]
      while let cut = rest.firstIndex(of: slash) {
        rest = rest[(cut + 1)...]
        if relative.files[Bytes(rest)] != nil { return path }
      }
    }
    return nil
  }
}
