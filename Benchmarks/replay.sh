#!/bin/sh
# `gitrel policy replay` over some 10,000 commits, as a ratio to git reading the same range: with rules
# on messages and people to `git log --format=%B`, with rules on content too to `git log -p --format=%B`.
#
#   Benchmarks/replay.sh [REPOSITORY...]
#
# A REPOSITORY is any clone with a large history; without one a history is made with git fast-import.
set -eu
cd "$(dirname "$0")/.."
gitrel=$(swift build -c release --static-swift-stdlib --product gitrel --show-bin-path)/gitrel
[ -x "$gitrel" ] || { echo "make build first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/.gitconfig" GIT_NO_LAZY_FETCH=1
git config --global safe.directory '*'
git config --global init.defaultBranch main

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

now() { date +%s%N; }
# The best of some runs of a command, in microseconds.
best() {
  runs=$1
  shift
  least=
  for _ in $(seq "$runs"); do
    start=$(now)
    "$@" >/dev/null 2>&1
    took=$((($(now) - start) / 1000))
    if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
  done
  echo "$least"
}
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }
replay() { "$gitrel" policy replay --ref "$branch" --since "$since" --policy "$1" --format json; }

measure() {
  cd "$work/from.git"
  branch=$(git symbolic-ref --short HEAD)
  old=
  for step in $(git rev-list --first-parent HEAD | awk 'NR % 100 == 0'); do
    old=$step
    [ "$(git rev-list --count "$old..HEAD")" -ge 10000 ] && break
  done
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

if [ $# -gt 0 ]; then
  for repository; do
    rm -rf "$work/from.git"
    git clone --quiet --bare "$repository" "$work/from.git"
    (measure "$repository")
  done
else
  git init --quiet --bare "$work/from.git"
  awk 'BEGIN {
    for (i = 1; i <= 10200; i++) {
      printf "commit refs/heads/main\nmark :%d\n", i
      printf "author Dev <dev@example.com> %d +0000\n", 1600000000 + 60 * i
      printf "committer Dev <dev@example.com> %d +0000\n", 1600000000 + 60 * i
      m = "feat: change number " i "\n\nWhy it is made, in a line or two of plain words, as people\nwrite them, with a pointer to what was said before.\n\nReviewed-by: Alice Ng <alice@example.com>\nSigned-off-by: Dev <dev@example.com>\n"
      printf "data %d\n%s\n", length(m), m
      printf "M 100644 inline f%d\ndata 2\n%d\n\n", i % 50, i % 10
    }
  }' | git -C "$work/from.git" fast-import --quiet
  (measure "made up")
fi
