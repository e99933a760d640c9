# What the benchmarks share; sourced by them from the repository's folder. It is not run by itself.
# shellcheck shell=sh
# shellcheck disable=SC2034  # the variables are for those who source this
#
# `$work` is a folder that is removed at the end, and git has nobody's configuration but the one there.
# What is slow to make stays in `$kept`, which `make clean` removes. GITREL=PATH is the program to
# measure, else the one that `make build` made.
kept=$PWD/.build/benchmarks
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' INT TERM
gitrel=${GITREL:-$(swift build -c release --static-swift-stdlib --product gitrel --show-bin-path)/gitrel}
[ -x "$gitrel" ] || { echo "make build first" >&2; exit 1; }

# Makes `$python` an interpreter that has these packages; false, and why, where that cannot be done.
python_with() {
  python=${PYTHON:-$kept/python/bin/python}
  [ -n "${PYTHON:-}" ] || [ -x "$python" ] || python3 -m venv "$kept/python" || return 1
  # What pip needs to know about the network stands in the user's own configuration.
  "$python" -m pip show --quiet "$@" 2>"$work/pip" || [ -n "${PYTHON:-}" ] ||
    HOME=$own_home "$python" -m pip install --quiet "$@" 2>"$work/pip" || true
  "$python" -m pip show --quiet "$@" 2>/dev/null ||
    { echo "  not compared with $*: not installed here"; sed 's/^/    /' "$work/pip" | head -n 3; return 1; }
}
own_home=$HOME

export HOME="$work" GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL="$work/.gitconfig" GIT_NO_LAZY_FETCH=1
git config --global user.name Dev
git config --global user.email dev@example.com
git config --global init.defaultBranch main
git config --global safe.directory '*'

now() { date +%s%N; }
ratio() { awk "BEGIN { if ($2 > 0) printf \"%.2f\", $1 / $2; else printf \"-\" }"; }

# The best of some runs of a command by the clock, in microseconds.
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

# Runs a command and adds a line to a file: seconds by the clock, user, system, and most memory in kB.
timed() {
  file=$1
  shift
  /usr/bin/time -a -o "$file" -f '%e %U %S %M' "$@"
}
# Of such a file, the least seconds by the `clock` or of the processor (`cpu`), and the most memory in MB.
least() {
  awk -v by="$2" 'NF == 4 { t = by == "clock" ? $1 : $2 + $3; if ($4 > k) k = $4
    if (!n++ || t < m) m = t } END { printf "%.2f", m }' "$1"
}
memory() { awk 'NF == 4 && $4 > k { k = $4 } END { printf "%.1f", k / 1024 }' "$1"; }

# A bare repository with 10,200 commits with a message as people write it, or a clone of one's own.
made_history() { # FOLDER [REPOSITORY]
  if [ $# -gt 1 ]; then
    git clone --quiet --bare "$2" "$1"
    return
  fi
  git init --quiet --bare "$1"
  awk 'BEGIN {
    for (i = 1; i <= 10200; i++) {
      printf "commit refs/heads/main\nmark :%d\n", i
      printf "author Dev <dev@example.com> %d +0000\n", 1600000000 + 60 * i
      printf "committer Dev <dev@example.com> %d +0000\n", 1600000000 + 60 * i
      m = "feat: change number " i "\n\nWhy it is made, in a line or two of plain words, as people\nwrite them, with a pointer to what was said before.\n\nReviewed-by: Alice Ng <alice@example.com>\nSigned-off-by: Dev <dev@example.com>\n"
      printf "data %d\n%s\n", length(m), m
      printf "M 100644 inline f%d\ndata 2\n%d\n\n", i % 50, i % 10
    }
  }' | git -C "$1" fast-import --quiet
}

# The first-parent commit from which about so many commits are new at the tip; every STEPth is tried.
before() { # FOLDER COUNT STEP
  old=
  for step in $(git -C "$1" rev-list --first-parent HEAD | awk "NR % $3 == 0"); do
    old=$step
    [ "$(git -C "$1" rev-list --count "$old..HEAD")" -ge "$2" ] && break
  done
  echo "$old"
}

# Runs the installed pre-receive hook as receive-pack does, new objects where the server has them.
hook() { (cd "$1" && echo "$2 $3 refs/heads/main" | GIT_DIR=. hooks/pre-receive); } # FOLDER OLD NEW
