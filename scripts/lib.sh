# shellcheck shell=bash
# Shared by ./run and ./test: steps with progress, and the set-up of a fresh Debian 12.
# Sourced; expects `root` to be the checkout.

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; else bold= dim= red= plain=; fi

say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
fail() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; exit 1; }

# Progress. progress_from FIRST starts the clock; `progress_due && progress TEXT` then keeps one live line on a
# terminal; elsewhere (a log of continuous integration) it is a line after FIRST seconds and one every ten.
progress_at=0
progress_from() { if [ -t 1 ]; then progress_at=$((SECONDS + 1)); else progress_at=$((SECONDS + $1)); fi; }
progress_due() { [ "$SECONDS" -ge "$progress_at" ]; }
progress() { # TEXT
  if [ -t 1 ]; then
    printf '\r\e[K    %s%s%s' "$dim" "${1:0:$((${COLUMNS:-100} - 5))}" "$plain"
    progress_at=$((SECONDS + 1))
  else
    printf '    … %s\n' "${1:0:160}"
    progress_at=$((SECONDS + 10))
  fi
}
progress_over() { if [ -t 1 ]; then printf '\r\e[K'; fi; }
# The cut may go through a letter of several bytes.
last_line() { tail -c 400 "$1" 2>/dev/null | iconv -c -f UTF-8 -t UTF-8 | tr '\r' '\n' | grep -av '^ *$' | tail -n 1 || true; }

# watch_step LOG TITLE COMMAND...: runs the command with its output in LOG, shows how far it is (the last line of the
# log), and the log's end where it fails.
watch_step() {
  local log=$1 title=$2 started=$SECONDS pid
  shift 2
  "$@" >"$log" 2>&1 </dev/null &
  pid=$!
  progress_from 2
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    if progress_due; then progress "$(printf '%s %4d s  %s' "$title" $((SECONDS - started)) "$(last_line "$log")")"; fi
  done
  progress_over
  if ! wait "$pid"; then
    tail -n 40 "$log" >&2
    fail "$title failed; the whole log is $log"
  fi
  printf '    %s %s(%d s)%s\n' "$title" "$dim" $((SECONDS - started)) "$plain"
}

# What was started in the background does not hear a Ctrl-C, and some of it (cmake --build) tells nobody below it: all
# are told, from the top.
end_background() {
  local pid
  for pid in $(jobs -p); do end_tree "$pid"; done
}
end_tree() { # PID
  local child children
  children=$(pgrep -P "$1" || true)
  kill -TERM "$1" 2>/dev/null || true
  for child in $children; do end_tree "$child"; done
}

# The packages named in the given lists that are not installed.
missing_packages() {
  local wanted
  local -x LC_ALL=C
  wanted=$(cat "$@" | grep -v '^#' | sort -u)
  comm -23 <(printf '%s\n' "$wanted") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1=="installed"{print $2}' | sort -u)
}

# The caller's settings that a command run as root keeps.
settings_of_root=(http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY TMPDIR DEBIAN_FRONTEND
  DURE_IMAGE_SUITE DURE_IMAGE_SOURCES DURE_RESTART_DELAY DURE_TEST_ENGINE_IMAGES DURE_STORE PGPASSFILE)

# as_root COMMAND...: never asks; need_root has asked before.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; return; fi
  local name kept=()
  for name in "${settings_of_root[@]}"; do [ -z "${!name+set}" ] || kept+=("$name=${!name}"); done
  sudo -n env "${kept[@]}" "$@"
}

# need_root WHY: asks for sudo's password now, before anything runs and writes over the question, and keeps sudo's
# memory of it fresh for as long as this script runs.
need_root() {
  [ "$(id -u)" != 0 ] && [ -z "${sudo_kept:-}" ] || return 0
  command -v sudo >/dev/null || fail "$1: this needs root. Install sudo for $(id -un), or run it as root"
  if ! sudo -n true 2>/dev/null; then
    [ -t 0 ] || fail "$1: this needs root, sudo wants a password, and there is no terminal to ask on"
    say "$1: this needs root"
    sudo -v || fail "sudo refused"
    sudo -n true 2>/dev/null || fail "sudo does not remember the password (timestamp_timeout); run this as root"
  fi
  sudo_kept=yes
  (while sleep 30 && kill -0 $$; do sudo -n -v || sudo -n true || break; done) </dev/null >/dev/null 2>&1 &
  disown $!
}

install_packages() {
  local missing log=$root/var/log/packages.log
  # A Node.js that was installed by other means serves as well.
  missing=$(missing_packages "$@")
  command -v node >/dev/null && command -v npm >/dev/null && missing=$(printf '%s\n' "$missing" | grep -vE '^(nodejs|npm)$' || true)
  missing=$(printf '%s' "$missing" | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  mkdir -p "$root/var/log"
  say "Installing what is missing: $missing"
  need_root "Installing packages"
  watch_step "$log" "package lists" as_root apt-get update -q
  # shellcheck disable=SC2086
  watch_step "$log" "packages" as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends $missing
}

# build PRESET TARGETS...: configures and builds.
build() {
  local preset=$1
  shift
  mkdir -p "$root/var/log"
  watch_step "$root/var/log/configure-$preset.log" "configure ($preset)" cmake --preset "$preset" -S "$root"
  watch_step "$root/var/log/build-$preset.log" "build ($preset)" \
    cmake --build "$root/$(preset_folder "$preset")" --parallel "$(nproc)" --target "$@"
}
preset_folder() { case $1 in release) echo build ;; *) echo "build-$1" ;; esac; }

# The commit, and where the tree differs from it, a mark of the difference: what a finished stage was finished for.
version_of_tree() {
  local commit
  commit=$(git rev-parse HEAD 2>/dev/null) || { echo none; return; }
  if [ -n "$(git status --porcelain)" ]; then
    commit+=-$({ git diff --binary HEAD; git ls-files -z --others --exclude-standard | xargs -0r sha256sum; } | sha256sum | cut -c1-12)
  fi
  echo "$commit"
}
