#!/bin/sh
# A push of 10,000 commits through the installed pre-receive hook, all first rules on, as a ratio to
# `git log --format=%B` over the same range.
#
#   Benchmarks/pre-receive.sh [REPOSITORY]
#
# REPOSITORY is any clone with a large history; without one a history is made with git fast-import.
set -eu
cd "$(dirname "$0")/.."
gitrel=$(swift build -c release --static-swift-stdlib --product gitrel --show-bin-path)/gitrel
[ -x "$gitrel" ] || { echo "make build first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/.gitconfig"
git config --global safe.directory '*'
git config --global init.defaultBranch main

if [ $# -gt 0 ]; then
  git clone --quiet --bare "$1" "$work/from.git"
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
fi
from=$work/from.git
new=$(git -C "$from" rev-parse HEAD)
# The first-parent commit from which about 10,000 are new.
old=
for step in $(git -C "$from" rev-list --first-parent HEAD | awk 'NR % 100 == 0'); do
  old=$step
  [ "$(git -C "$from" rev-list --count "$old..$new")" -ge 10000 ] && break
done
count=$(git -C "$from" rev-list --count "$old..$new")

cat >"$work/policy.yml" <<'END'
version: 1
people:
  alice: {emails: [alice@example.com]}
  maintainer: {emails: [gitster@pobox.com]}
roles: {lead: [alice, maintainer]}
calendars:
  always: {timezone: Europe/London, allow: [{days: daily, hours: "00:00-24:00"}]}
rulesets:
  - name: production
    refs: [main]
    enforce: evaluate
    rules:
      branch-name: {matches: main}
      fast-forward-only:
      no-delete:
      commit-message: {conventional: true, subject-maximum: 100, body-line-maximum: 100, forbids: do not merge}
      trailers: {required: [Signed-off-by], once: [Change-Id], format: {Signed-off-by: '.+ <.+>.*'}, exempt: [merge]}
      approvals: {minimum: 1, roles: {lead: 1}}
      tests: {failed: 0}
      coverage: {line: 80%}
      window: {calendar: always}
  - name: tags
    refs: ["refs/tags/**"]
    rules: {tag-name: {scheme: semver}, annotated-tags: , immutable-tags: , tag-on-branch: {branches: [main]}, version-increases: }
END
git init --quiet --bare "$work/server.git"
git -C "$from" push --quiet "$work/server.git" "$old:refs/heads/main"
"$gitrel" install --server "$work/server.git" --policy "$work/policy.yml" >/dev/null 2>&1

now() { date +%s%N; }
# The best of some runs of a command, in microseconds.
best() {
  least=
  for _ in 1 2 3 4 5; do
    start=$(now)
    "$@" >/dev/null 2>&1
    took=$((($(now) - start) / 1000))
    if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
  done
  echo "$least"
}
hook() (
  # As receive-pack runs it, with the new objects where the server already has them.
  cd "$work/server.git"
  echo "$old $new refs/heads/main" | GIT_DIR=. hooks/pre-receive
)
log() { git -C "$work/server.git" log --format=%B "$old..$new"; }

start=$(now)
git -C "$from" push --quiet "$work/server.git" "$new:refs/heads/main" 2>"$work/said" || true
pushed=$((($(now) - start) / 1000))
git -C "$work/server.git" update-ref refs/heads/main "$old"
[ "$(git -C "$work/server.git" cat-file -t "$new")" = commit ] || exit 1

base=$(best log)
ours=$(best hook)
printf '%s commits, all first rules on\n' "$count"
printf '  git log --format=%%B             %8d us\n' "$base"
printf '  the installed pre-receive hook  %8d us  ratio %s\n' "$ours" \
  "$(awk "BEGIN { printf \"%.2f\", $ours / $base }")"
printf '  the whole git push              %8d us\n' "$pushed"
