#!/bin/sh
# 10,000 commits signed with an SSH key: the rule `signed-commits` in the installed pre-receive hook, as a
# ratio to `git log --show-signature`, which asks ssh-keygen about each, over the same range. Both must
# find every signature good, and the hook must refuse when the key is another.
#
#   Benchmarks/signatures.sh [COMMITS]    GITREL=PATH
#
# Signing takes minutes, so the history is kept beside the build.
set -eu
cd "$(dirname "$0")/.."
. Benchmarks/setting.sh
count=${1:-10000}
from=$kept/signed-$count
if [ ! -e "$from/done" ]; then
  rm -rf "$from"
  mkdir -p "$from"
  ssh-keygen -q -t ed25519 -N '' -C dev@example.com -f "$from/key"
  git init --quiet --bare "$from/git"
  tree=$(git -C "$from/git" hash-object -t tree -w /dev/null)
  tip=$(git -C "$from/git" commit-tree -m base "$tree")
  git -C "$from/git" update-ref refs/heads/base "$tip"
  for i in $(seq "$count"); do
    tip=$(git -C "$from/git" -c gpg.format=ssh -c user.signingKey="$from/key" \
      commit-tree -S -p "$tip" -m "change number $i" "$tree")
  done
  git -C "$from/git" update-ref refs/heads/main "$tip"
  git -C "$from/git" repack -qad
  touch "$from/done"
fi

server=$work/server.git
git clone --quiet --bare --no-hardlinks "$from/git" "$server"
old=$(git -C "$server" rev-parse base) new=$(git -C "$server" rev-parse main)
git -C "$server" update-ref refs/heads/main "$old"
git -C "$server" update-ref -d refs/heads/base
printf 'dev@example.com %s\n' "$(cat "$from/key.pub")" >"$work/allowed"
git config --global gpg.ssh.allowedSignersFile "$work/allowed"

policy() { # KEY
  cat >"$work/policy.yml" <<YML
version: 1
people: {dev: {emails: [dev@example.com], keys: ["$(cut -d' ' -f1-2 "$1")"]}}
rulesets: [{name: production, refs: [main], rules: {signed-commits: {signer: committer}}}]
YML
  "$gitrel" install --server "$server" --policy "$work/policy.yml" >/dev/null 2>&1
}
ssh-keygen -q -t ed25519 -N '' -f "$work/other"
policy "$work/other.pub"
if hook "$server" "$old" "$new" 2>"$work/said" || ! grep -q "$count of $count" "$work/said"; then
  echo "another key was not refused:" >&2
  cat "$work/said" >&2
  exit 1
fi
policy "$from/key.pub"
cat >"$work/hook" <<END
cd "$server" && echo "$old $new refs/heads/main" | GIT_DIR=. hooks/pre-receive
END
for _ in 1 2 3; do
  timed "$work/own" sh "$work/hook" 2>"$work/said" || { cat "$work/said" >&2; exit 1; }
done
timed "$work/git" git -C "$server" log --show-signature --format=%h "$old..$new" >"$work/shown" 2>&1
good=$(grep -c '^Good "git" signature for dev@example.com ' "$work/shown")
[ "$good" -eq "$count" ] || { echo "git finds $good of $count good" >&2; exit 1; }

printf '%s signed commits            clock s  processor s  checks a second\n' "$count"
for row in 'git:git log --show-signature' 'own:the hook with signed-commits'; do
  clock=$(least "$work/${row%%:*}" clock)
  printf '  %-29s %9s %12s %16.0f\n' "${row#*:}" "$clock" "$(least "$work/${row%%:*}" cpu)" \
    "$(ratio "$count" "$clock")"
done
printf '  git takes %s times as long by the clock, %s times the processor\n' \
  "$(ratio "$(least "$work/git" clock)" "$(least "$work/own" clock)")" \
  "$(ratio "$(least "$work/git" cpu)" "$(least "$work/own" cpu)")"
