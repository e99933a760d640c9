#!/bin/sh
# `gitrel policy replay` over some 10,000 commits, as a ratio to git reading the same range: with rules
# on messages and people to `git log --format=%B`, with rules on content too to `git log -p --format=%B`.
#
#   Benchmarks/replay.sh [REPOSITORY...]
#
# A REPOSITORY is any clone with a large history; without one a history is made with git fast-import.
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/setting.sh

cat >"$work/messages.yml" <<'END'
version: 1
people:
  alice: {emails: [alice@example.com]}
  maintainer: {emails: [gitster@pobox.com]}
roles: {lead: [alice, maintainer]}
calendars:
  always: {timezone: Europe/London, allow: [{days: daily, hours: "00:00-24:00"}]}
rulesets:
  - name: production
    refs: ["**"]
    rules:
      branch-name: {matches: 'main|master'}
      fast-forward-only:
      no-delete:
      commit-message: {conventional: true, subject-maximum: 100, body-line-maximum: 100, forbids: do not merge}
      trailers: {required: [Signed-off-by], once: [Change-Id], format: {Signed-off-by: '.+ <.+>.*'}, exempt: [merge]}
      approvals: {minimum: 1, roles: {lead: 1}}
      tickets: {pattern: '#[0-9]+', in: [subject, body]}
      sign-off: {signer: author}
      identity: {author: known}
      signed-commits:
      linear-history:
      merge-from: {branches: ["**"]}
      pushers: {any: [lead]}
      tests: {failed: 0}
      coverage: {line: 80%}
      window: {calendar: always}
END
cat "$work/messages.yml" - >"$work/content.yml" <<'END'
      paths: {forbidden: ["*.exe", "vendor/"], extensions: [dll, so], kinds: [submodule], length: 200, case-clashes: true}
      file-size: {maximum: 1MB, paths: {"docs/**": 100kB}}
      secrets:
END

replay() { "$gitrel" policy replay --ref "$branch" --since "$since" --policy "$1" --format json; }

measure() {
  cd "$work/from.git"
  branch=$(git symbolic-ref --short HEAD)
  old=$(before . 10000 100)
  # Updates from the second after that commit on.
  since=$(date -u -d "@$(($(git show -s --format=%ct "$old") + 1))" +%Y-%m-%dT%H:%M:%SZ)
  replay "$work/messages.yml" >"$work/said"
  printf '%s: %s commits; replayed are %s in %s updates\n' "$1" \
    "$(git rev-list --count "$old..HEAD")" \
    "$(sed -n 's/^  "commits" : \([0-9]*\).*/\1/p' "$work/said")" \
    "$(sed -n 's/^  "updates" : \([0-9]*\).*/\1/p' "$work/said")"
  base=$(best 5 git log --format=%B "$old..HEAD")
  ours=$(best 5 replay "$work/messages.yml")
  printf '  git log --format=%%B                  %9d us\n' "$base"
  printf '  replay, rules on messages and people %9d us  ratio %s\n' "$ours" "$(ratio "$ours" "$base")"
  base=$(best 2 git log -p --format=%B "$old..HEAD")
  ours=$(best 2 replay "$work/content.yml")
  printf '  git log -p --format=%%B               %9d us\n' "$base"
  printf '  replay, rules on content too         %9d us  ratio %s\n' "$ours" "$(ratio "$ours" "$base")"
}

[ $# -gt 0 ] || set -- ''
for repository; do
  rm -rf "$work/from.git"
  made_history "$work/from.git" ${repository:+"$repository"}
  (measure "${repository:-made up}")
done
