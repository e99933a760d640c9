// ChangeDump REPOSITORY <COMMITS
//
// Prints what the store says that each commit changes: its id and the paths, a NUL behind each.
// Tests/changes-against-git compares that with git.

import Foundation
import GitModel
import GitStore

let repository = try Repository.open(at: CommandLine.arguments[1])
let clock = ContinuousClock()
var commits: [Commit] = []
while let line = readLine() {
  guard let id = ObjectID(hex: line) else { continue }
  do { commits.append(try repository.commit(id)) } catch {
    // Old histories hold commits that the strict reader refuses; git is told what was left out.
    FileHandle.standardError.write(Data("left out \(id)\n".utf8))
  }
}
var out = Bytes()
var spent = Duration.zero
for commit in commits {
  let start = clock.now
  let changes = try repository.changes(of: commit, limit: 1_000_000)
  spent += clock.now - start
  out += Bytes(commit.id.hex.utf8) + [0]
  for change in changes { out += change.path + [0] }
}
FileHandle.standardOutput.write(Data(out))
FileHandle.standardError.write(Data("found in \(spent)\n".utf8))
