# shellcheck shell=bash
# Starting and stopping the three programs on one machine, for ./run, the tests and the benchmarks.
# Sourced after lib.sh. A state folder holds: dured/ node/ engine/ run/ (sockets, pids) log/.
#
# dured and dure-gateway run unprivileged: as the user `dure` (made once) where we are root, else as whoever calls.
# dure-node drives Podman and runs as root, by sudo where the caller is not root (need_root asks before). Each is kept
# up by scripts/supervise.

bin=$root/build/bin

# The user that dured and dure-gateway run as.
service_user() {
  [ "$(id -u)" = 0 ] || { id -un; return; }
  getent passwd dure >/dev/null || useradd --system --home-dir /nonexistent --no-create-home --shell /usr/sbin/nologin dure
  echo dure
}

as_service() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$(id -u dure)" --regid="$(id -g dure)" --clear-groups --no-new-privs "$@"
  else
    "$@"
  fi
}

# Whether anybody may go into the folder: the user dure must, and so must the users that containers have.
open_to_all() { # FOLDER
  local at
  at=$(realpath -m "$1")
  while [ "$at" != / ]; do
    case $(stat -c %A "$at" 2>/dev/null || echo x) in *[xt]) ;; *) return 1 ;; esac
    at=$(dirname "$at")
  done
}

# Where the centre of ./run keeps its state: var/ of the checkout, or, where a folder above it is closed to others (a
# home of mode 0700), /var/lib/dure.
centre_state() { if open_to_all "$root"; then echo "$root/var"; else echo /var/lib/dure; fi; }

# A folder for the state of a throw-away centre.
throw_away_state() { # NAME
  local base=${TMPDIR:-/tmp} state
  open_to_all "$base" || base=/tmp
  state=$(mktemp -d "$base/$1.XXXXXX")
  chmod 0755 "$state"
  echo "$state"
}

# The binaries where the service user can reach them.
reachable_bin() {
  if as_service test -x "$bin/dured" 2>/dev/null; then echo "$bin"; return; fi
  local copy=$1/bin
  mkdir -p "$copy"
  cp -f "$bin/dured" "$bin/dure-gateway" "$copy/"
  chmod 0755 "$copy" "$copy"/*
  as_service test -x "$copy/dured" || fail "the user dure cannot reach $copy"
  echo "$copy"
}

# Images are archives that every engine loads at its start; the folder is shared by all states of a checkout.
images_folder() { echo "${DURE_IMAGES:-$root/var/images}"; }
make_images() { mkdir -p "$(images_folder)" && as_root "$root/deploy/images/build" "$(images_folder)"; }

# Cards: real ones where the machine has them, else two simulated A100 (said plainly wherever they show).
card_flags() {
  if [ -n "${DURE_SIMULATE:-}" ]; then echo "--simulate $DURE_SIMULATE"
  elif [ -e /dev/nvidia0 ]; then echo ""
  else echo "--simulate a100-40gb:2"; fi
}

# Podman on a state's own engine: `podman_of STATE ps -a`.
podman_of() { local state=$1; shift; as_root "$state/engine/podman" "$@"; }
engine_containers() { podman_of "$1" ps -a -q 2>/dev/null; }

free_port() {
  local port
  for port in $(shuf -i 20000-45000 -n 50); do
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port"; return; }
  done
  fail "no free port"
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds.
wait_for() {
  local limit=$1 what=$2 started=$SECONDS
  shift 2
  progress_from 2
  until "$@" >/dev/null 2>&1; do
    [ $((SECONDS - started)) -lt "$limit" ] || { progress_over; return 1; }
    sleep 0.1
    if progress_due; then progress "waiting for $what $((SECONDS - started)) s"; fi
  done
  progress_over
}

# supervise AS STATE NAME COMMAND...: AS is as_root or as_caller.
as_caller() { "$@"; }
supervise() {
  local as=$1 state=$2 name=$3
  shift 3
  # In a session of its own, so that no terminal's signal ends it; sudo itself stays in ours, where it may act.
  "$as" setsid --fork "$root/scripts/supervise" "$state/run/$name.pid" "$state/log/$name.log" "$@" </dev/null >/dev/null 2>&1
}

# own USER MODE FOLDER: makes the folder; what lies in it changes hands where the caller of ./run did.
own() {
  if [ -e "$3" ] && [ "$(stat -c %U "$3")" != "$1" ]; then as_root chown -R --no-dereference "$1" "$3"; fi
  as_root install -d -m "$2" -o "$1" "$3"
}

# start_centre STATE PORT: PORT 0 takes free ones. Writes STATE/run/centre.env for other scripts.
start_centre() {
  local state=$1 port=$2 user programs gateway_port
  user=$(service_user)
  as_root install -d -m 0711 -o "$(id -un)" "$state"
  own "$(id -un)" 0755 "$state/log"
  own "$user" 0711 "$state/run"
  own "$user" 0700 "$state/dured"
  own root 0700 "$state/node"
  programs=$(reachable_bin "$state")
  if [ "$port" = 0 ]; then port=$(free_port); gateway_port=$(free_port); else gateway_port=$((port + 1)); fi
  cat >"$state/run/centre.env" <<ENV
DURE_SERVER=http://127.0.0.1:$port
DURE_GATEWAY=http://127.0.0.1:$gateway_port
ENV
  supervise as_caller "$state" dured as_user "$user" "$programs/dured" --state "$state/dured" --listen "127.0.0.1:$port" \
    --node-socket "$state/run/dured.sock" --gateway-url "http://127.0.0.1:$gateway_port" --store "${DURE_STORE:-sqlite:$state/dured/dure.db}"
  wait_for 30 dured curl -fsS "http://127.0.0.1:$port/health" || { show_logs "$state"; fail "dured did not start"; }
  supervise as_caller "$state" dure-gateway as_user "$user" "$programs/dure-gateway" --listen "127.0.0.1:$gateway_port" \
    --node-socket "$state/run/gateway.sock" --key-file "$state/dured/keys/ticket.key" \
    --server "http://127.0.0.1:$port" --console-origin "http://127.0.0.1:$port"
  # shellcheck disable=SC2046
  supervise as_root "$state" dure-node "$bin/dure-node" --state "$state/node" --server "unix:$state/run/dured.sock" \
    --gateway "unix:$state/run/gateway.sock" --enrol-token-file "$state/dured/enrol.token" --engine-state "$state/engine" \
    --engine-images "$(images_folder)" --name "${DURE_NODE_NAME:-$(hostname)}" --pool "${DURE_POOL:-gpu-server}" $(card_flags)
  wait_for 60 dure-gateway curl -fsS "http://127.0.0.1:$gateway_port/healthz" || { show_logs "$state"; fail "dure-gateway did not start"; }
  printf '    dured         http://127.0.0.1:%s   (user %s)\n    dure-gateway  http://127.0.0.1:%s   (user %s)\n    dure-node     %s   (user root)\n    state         %s\n' \
    "$port" "$user" "$gateway_port" "$user" "unix:$state/run/dured.sock" "$state"
}

# A pid file may outlive its program and name a stranger.
is_supervisor() { tr '\0' ' ' 2>/dev/null <"/proc/$1/cmdline" | grep -qF "scripts/supervise $2"; }

# Stops the supervisors first, then what they kept up.
stop_centre() {
  local state=$1 name file pid as
  for name in dure-node dure-gateway dured; do
    file=$state/run/$name.pid
    [ -f "$file" ] || continue
    read -r pid <"$file" || true
    if [ -n "${pid:-}" ] && is_supervisor "$pid" "$file"; then
      as=as_caller
      [ "$(stat -c %u "/proc/$pid")" = "$(id -u)" ] || as=as_root
      "$as" kill -TERM "$pid" || continue
      for _ in $(seq 100); do [ -d "/proc/$pid" ] || break; sleep 0.1; done
      [ ! -d "/proc/$pid" ] || "$as" kill -KILL "$pid" 2>/dev/null || true
      echo "    stopped $name"
    fi
    rm -f "$file" 2>/dev/null || as_root rm -f "$file"
  done
}

show_logs() {
  local file
  for file in "$1"/log/*.log; do
    [ -f "$file" ] || continue
    printf '%s--- %s%s\n' "$dim" "$file" "$plain" >&2
    tail -n 25 "$file" >&2
  done
}

# Takes a throw-away state away: what still runs on its engine, what is mounted below it, the folder.
remove_state() {
  local state=$1 mount
  if as_root test -x "$state/engine/podman"; then podman_of "$state" rm -f -a -t 0 >/dev/null 2>&1 || true; fi
  as_root pkill -KILL -f "$state/[e]ngine" 2>/dev/null || true  # the bracket: not the sudo that asks for it
  awk -v below="$state/" 'index($2, below) == 1 {print $2}' /proc/self/mounts | sort -r | while read -r mount; do as_root umount -l "$mount" 2>/dev/null || true; done
  as_root rm -rf "$state" 2>/dev/null || true
}

play_main_job() { # STATE [--check]
  local state=$1
  shift
  # shellcheck disable=SC1091
  . "$state/run/centre.env"
  "$bin/dure" tour --server "$DURE_SERVER" --operator-password-file "$state/dured/operator.password" --policies "$root/policies" "$@"
}

what_next() {
  local state=$1
  # shellcheck disable=SC1091
  . "$state/run/centre.env"
  cat <<NEXT

The centre is up: $DURE_SERVER (API), $DURE_GATEWAY (what runs in workloads).
The operator's first password is in $state/dured/operator.password.

  export PATH=$bin:\$PATH DURE_SERVER=$DURE_SERVER
  dure login operator --password-file $state/dured/operator.password
NEXT
  if [ "$2" = empty ]; then
    cat <<NEXT
  dure programme load policies/s0-regional-centre/policy.yaml   # a policy pack
  dure call open s0-regional-centre --title "수시 접수"
NEXT
  fi
  cat <<NEXT
  dure form example > form1.yaml            # Form 1, with comments
  dure apply form1.yaml --document form1=signed.pdf
  dure resources                            # Total / Request Max / Available
  dure queue                                # who waits, why, until when
  dure ledger                               # what ran
  ./run --stop
NEXT
}
