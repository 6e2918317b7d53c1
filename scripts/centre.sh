# Starting and stopping the three programs on one machine, for ./run, the tests and the benchmarks.
# Sourced after lib.sh. A state folder holds: dured/ node/ engine/ run/ (sockets, pids) log/.
#
# dured and dure-gateway run unprivileged: as the user `dure` (made once) where we are root, else as whoever calls.
# dure-node drives Podman and runs as the caller. Each is kept up by scripts/supervise.

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

# The binaries where the service user can reach them (a checkout below /root cannot be entered by others).
reachable_bin() {
  if as_service test -x "$bin/dured" 2>/dev/null; then echo "$bin"; return; fi
  local copy=$1/bin
  mkdir -p "$copy"
  cp -f "$bin/dured" "$bin/dure-gateway" "$copy/"
  chmod 0755 "$copy" "$copy"/*
  as_service test -x "$copy/dured" || fail "the user dure cannot reach $copy; check out Dure in a folder that others may enter"
  echo "$copy"
}

# Images are archives that every engine loads at its start; the folder is shared by all states of a checkout.
images_folder() { echo "${DURE_IMAGES:-$root/var/images}"; }
make_images() { mkdir -p "$(images_folder)" && "$root/deploy/images/build" "$(images_folder)"; }

# Cards: real ones where the machine has them, else two simulated A100 (said plainly wherever they show).
card_flags() {
  if [ -n "${DURE_SIMULATE:-}" ]; then echo "--simulate $DURE_SIMULATE"
  elif [ -e /dev/nvidia0 ]; then echo ""
  else echo "--simulate a100-40gb:2"; fi
}

# Podman on a state's own engine: `podman_of STATE ps -a`.
podman_of() { local state=$1; shift; "$state/engine/podman" "$@"; }
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
  until "$@" >/dev/null 2>&1; do
    [ $((SECONDS - started)) -lt "$limit" ] || return 1
    sleep 0.1
  done
}

supervise() { # STATE NAME COMMAND...
  local state=$1 name=$2
  shift 2
  setsid "$root/scripts/supervise" "$state/run/$name.pid" "$state/log/$name.log" "$@" </dev/null >/dev/null 2>&1 &
}

# start_centre STATE PORT: PORT 0 takes free ones. Writes STATE/run/centre.env for other scripts.
start_centre() {
  local state=$1 port=$2 user programs gateway_port
  user=$(service_user)
  mkdir -p "$state"/{dured,node,run,log}
  chmod 0711 "$state" "$state/run"
  if [ "$(id -u)" = 0 ]; then chown "$user" "$state"/{dured,run}; fi
  chmod 0700 "$state"/{dured,node}
  programs=$(reachable_bin "$state")
  if [ "$port" = 0 ]; then port=$(free_port); gateway_port=$(free_port); else gateway_port=$((port + 1)); fi
  cat >"$state/run/centre.env" <<ENV
DURE_SERVER=http://127.0.0.1:$port
DURE_GATEWAY=http://127.0.0.1:$gateway_port
ENV
  supervise "$state" dured as_user "$user" "$programs/dured" --state "$state/dured" --listen "127.0.0.1:$port" \
    --node-socket "$state/run/dured.sock" --gateway-url "http://127.0.0.1:$gateway_port" --store "${DURE_STORE:-sqlite:$state/dured/dure.db}"
  wait_for 30 dured curl -fsS "http://127.0.0.1:$port/health" || { show_logs "$state"; fail "dured did not start"; }
  supervise "$state" dure-gateway as_user "$user" "$programs/dure-gateway" --listen "127.0.0.1:$gateway_port" \
    --node-socket "$state/run/gateway.sock" --key-file "$state/dured/keys/ticket.key"
  # shellcheck disable=SC2046
  supervise "$state" dure-node "$bin/dure-node" --state "$state/node" --server "unix:$state/run/dured.sock" \
    --gateway "unix:$state/run/gateway.sock" --enrol-token-file "$state/dured/enrol.token" --engine-state "$state/engine" \
    --engine-images "$(images_folder)" --name "${DURE_NODE_NAME:-$(hostname)}" --pool "${DURE_POOL:-gpu-server}" $(card_flags)
  wait_for 60 dure-gateway curl -fsS "http://127.0.0.1:$gateway_port/healthz" || { show_logs "$state"; fail "dure-gateway did not start"; }
  printf '    dured         http://127.0.0.1:%s   (user %s)\n    dure-gateway  http://127.0.0.1:%s   (user %s)\n    dure-node     %s\n' \
    "$port" "$user" "$gateway_port" "$user" "unix:$state/run/dured.sock"
}

# Stops the supervisors first, then what they kept up.
stop_centre() {
  local state=$1 name file pid
  for name in dure-node dure-gateway dured; do
    file=$state/run/$name.pid
    [ -f "$file" ] || continue
    read -r pid <"$file" || true
    if [ -n "${pid:-}" ] && kill -TERM "$pid" 2>/dev/null; then
      for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
      kill -KILL "$pid" 2>/dev/null || true
      echo "    stopped $name"
    fi
    rm -f "$file"
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
  [ -x "$state/engine/podman" ] && podman_of "$state" rm -f -a -t 0 >/dev/null 2>&1
  pkill -KILL -f "$state/engine" 2>/dev/null || true
  awk -v below="$state/" 'index($2, below) == 1 {print $2}' /proc/self/mounts | sort -r | while read -r mount; do umount -l "$mount" 2>/dev/null || true; done
  rm -rf "$state" 2>/dev/null || true
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
