#!/bin/sh
# `gitrel notes` of some ranges, as a ratio to `git log` of the same range in the same run. The budget is
# three times.
#
#   Benchmarks/notes.sh [REPOSITORY...]
#
# A REPOSITORY is any clone whose tags are versions; without one a history is made with git fast-import.
set -eu
cd "$(dirname "$0")/.."
gitrel=$(swift build -c release --static-swift-stdlib --product gitrel --show-bin-path)/gitrel
[ -x "$gitrel" ] || { echo "make build first" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/.gitconfig" GIT_NO_LAZY_FETCH=1
git config --global safe.directory '*'
git config --global init.defaultBranch main

cat >"$work/policy.yml" <<'END'
version: 1
people:
  alice: {emails: [alice@example.com]}
  maintainer: {emails: [gitster@pobox.com]}
rulesets:
  - name: release tags
    refs: ["refs/tags/v*"]
    rules:
      tag-name: {scheme: semver, allow-short: true}
      tickets: {pattern: '#[0-9]+'}
      approvals: {minimum: 1, trailers: [Reviewed-by, Acked-by]}
END

now() { date +%s%N; }
# The best of nine runs of a command, in microseconds.
best() {
  least=
  for _ in 1 2 3 4 5 6 7 8 9; do
    start=$(now)
    "$@" >/dev/null 2>&1
    took=$((($(now) - start) / 1000))
    if [ -z "$least" ] || [ "$took" -lt "$least" ]; then least=$took; fi
  done
  echo "$least"
}
ratio() { awk "BEGIN { printf \"%.2f\", $1 / $2 }"; }

measure() {
  cd "$work/from.git"
  # Releases alone, the newest first: one step, and five and twenty steps at once.
  git tag --list 'v*' --sort=-version:refname | grep -E '^v[0-9]+\.[0-9]+(\.0)?$' >"$work/tags"
  new=$(sed -n 1p "$work/tags")
  for step in 2 6 21; do
    old=$(sed -n "${step}p" "$work/tags")
    [ -n "$old" ] || continue
    base=$(best git log "$old..$new")
    ours=$(best "$gitrel" notes "$old..$new" --policy "$work/policy.yml")
    printf '%s, %s..%s: %s commits\n' "$1" "$old" "$new" "$(git rev-list --count "$old..$new")"
    printf '  git log       %9d us\n' "$base"
    printf '  gitrel notes  %9d us  ratio %s\n' "$ours" "$(ratio "$ours" "$base")"
  done
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
    for (i = 1; i <= 12600; i++) {
      printf "commit refs/heads/main\nmark :%d\n", i
      printf "author Dev <dev@example.com> %d +0000\n", 1600000000 + 60 * i
      printf "committer Dev <dev@example.com> %d +0000\n", 1600000000 + 60 * i
      m = "feat: change number " i " for #" i "\n\nWhy it is made, in a line or two of plain words, as people\nwrite them, with a pointer to what was said before.\n\nReviewed-by: Alice Ng <alice@example.com>\nSigned-off-by: Dev <dev@example.com>\n"
      printf "data %d\n%s\n", length(m), m
      printf "M 100644 inline f%d\ndata 2\n%d\n\n", i % 50, i % 10
      if (i % 600 == 0) printf "reset refs/tags/v1.%d.0\nfrom :%d\n\n", i / 600, i
    }
  }' | git -C "$work/from.git" fast-import --quiet
  (measure "made up")
fi
