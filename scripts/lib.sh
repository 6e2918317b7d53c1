# Shared by ./run and ./test: steps with progress, and the set-up of a fresh Debian 12.
# Sourced; expects `root` to be the checkout.

if [ -t 1 ]; then bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' plain=$'\e[0m'; else bold= dim= red= plain=; fi

say() { printf '%s==>%s %s\n' "$bold" "$plain" "$*"; }
fail() { printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2; exit 1; }

# watch_step LOG TITLE COMMAND...: runs the command with its output in LOG; says every two seconds how far it is
# (the last line of the log), and shows the log's end where it fails.
watch_step() {
  local log=$1 title=$2 started=$SECONDS last= line pid
  shift 2
  "$@" >"$log" 2>&1 &
  pid=$!
  local ticks=0
  while kill -0 "$pid" 2>/dev/null; do
    sleep 0.2
    ticks=$((ticks + 1))
    [ $((ticks % 10)) -eq 0 ] || continue
    line=$(tail -c 400 "$log" 2>/dev/null | tr '\r' '\n' | grep -v '^$' | tail -n 1 | cut -c1-100)
    if [ -t 1 ]; then
      printf '\r\e[K    %s %s%4ds  %s%s' "$title" "$dim" $((SECONDS - started)) "$line" "$plain"
    elif [ "$line" != "$last" ] && [ $((ticks % 100)) -eq 0 ]; then
      printf '    %s %4ds  %s\n' "$title" $((SECONDS - started)) "$line"
      last=$line
    fi
  done
  [ -t 1 ] && printf '\r\e[K'
  if ! wait "$pid"; then
    tail -n 40 "$log" >&2
    fail "$title failed; the whole log is $log"
  fi
  printf '    %s %s(%d s)%s\n' "$title" "$dim" $((SECONDS - started)) "$plain"
}

# The packages named in the given lists that are not installed.
missing_packages() {
  local wanted
  local -x LC_ALL=C
  wanted=$(cat "$@" | grep -v '^#' | sort -u)
  comm -23 <(printf '%s\n' "$wanted") \
    <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' 2>/dev/null | awk '$1=="installed"{print $2}' | sort -u)
}

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install_packages() {
  local missing log=$root/var/log/packages.log
  # A Node.js that was installed by other means serves as well.
  missing=$(missing_packages "$@")
  command -v node >/dev/null && command -v npm >/dev/null && missing=$(printf '%s\n' "$missing" | grep -vE '^(nodejs|npm)$' || true)
  missing=$(printf '%s' "$missing" | tr '\n' ' ')
  [ -n "${missing// /}" ] || return 0
  [ "$(id -u)" = 0 ] || command -v sudo >/dev/null || fail "these packages are missing and need root to install: $missing"
  mkdir -p "$root/var/log"
  say "Installing what is missing: $missing"
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
