# shellcheck shell=bash
# The test programs of ./test as jobs: begun beside each other, watched on one line, counted where they end.
# Sourced after lib.sh; expects `results`, the folder of logs and reports.
#
#   begin KIND NAME COMMAND...   begins a job as soon as there is room; KIND says how its verdict is read:
#                                check  the exit code; the log's last line is shown
#                                gtest  a GoogleTest program: its report, and its exit code must agree with it
#   settle_all                   waits for what was begun
#   check, gtest                 begin and settle_all: for what needs the machine for itself
#   skip NAME WHY                what cannot run here, said and counted
#   what_failed                  every failure's lines once more, for whoever sees only the end of a long log

passed=0 failed=0 skipped=0
jobs_at_once=${DURE_TEST_JOBS:-2}
declare -A job_pid=() job_began=() job_kind=()

count() { passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3)); }
verdict() { printf '    %-36s %s\n' "$1" "$2"; } # NAME TEXT
indent() { sed 's/^/      /'; }
remember() { tee -a "$results/failures.txt"; }
what_failed() { [ ! -s "$results/failures.txt" ] || { say "What failed"; cat "$results/failures.txt"; }; }

skip() {
  count 0 0 1
  progress_over
  verdict "$1" "skipped: $2"
}

begin() { # KIND NAME COMMAND...
  local kind=$1 name=$2
  shift 2
  while [ ${#job_pid[@]} -ge "$jobs_at_once" ]; do settle_one; done
  rm -f "$results/$name.xml"
  [ "$kind" != gtest ] || set -- "$@" --gtest_output="xml:$results/$name.xml"
  "$@" >"$results/$name.log" 2>&1 </dev/null &
  job_pid[$name]=$! job_began[$name]=$SECONDS job_kind[$name]=$kind
}
check() { begin check "$@" && settle_all; }
gtest() { begin gtest "$@" && settle_all; }

settle_all() { while [ ${#job_pid[@]} -gt 0 ]; do settle_one; done; }

settle_one() {
  local name
  progress_from 10
  while :; do
    for name in "${!job_pid[@]}"; do
      kill -0 "${job_pid[$name]}" 2>/dev/null || { settle "$name"; return; }
    done
    sleep 0.1
    if progress_due; then progress "$(jobs_running)"; fi
  done
}

# What runs, for how long, and the last line that one of them wrote.
jobs_running() {
  local name text= newest=
  for name in "${!job_pid[@]}"; do
    text+="$name $((SECONDS - job_began[$name])) s, "
    if [ -z "$newest" ] || [ "$results/$name.log" -nt "$newest" ]; then newest=$results/$name.log; fi
  done
  printf 'running: %s: %s' "${text%, }" "$(last_line "$newest")"
}

settle() { # NAME: its verdict into the counts
  local name=$1 code=0 kind=${job_kind[$1]} seconds=$((SECONDS - job_began[$1]))
  wait "${job_pid[$name]}" || code=$?
  progress_over
  unset "job_pid[$name]"
  "settle_$kind" "$name" "$code" "$seconds"
}

settle_check() { # NAME CODE SECONDS
  local log=$results/$1.log
  if [ "$2" = 0 ]; then
    count 1 0 0
    verdict "$1" "passed ($3 s)"
    tail -n 1 "$log" | cut -c1-600 | indent
  else
    count 0 1 0
    { verdict "$1" "FAILED with $2 ($3 s), log $log"; tail -n 30 "$log" | indent; } | remember
  fi
}

of_report() { sed -n "s/.*<testsuites [^>]*$2=\"\([0-9]*\)\".*/\1/p" "$1"; } # XML ATTRIBUTE

settle_gtest() { # NAME CODE SECONDS
  local name=$1 code=$2 xml=$results/$1.xml log=$results/$1.log tests failures skips
  tests=$(of_report "$xml" tests 2>/dev/null || true)
  if [ -z "$tests" ]; then
    count 0 1 0
    { verdict "$name" "CRASHED with $code ($3 s), log $log"; tail -n 20 "$log" | indent; } | remember
    return
  fi
  failures=$(of_report "$xml" failures)
  skips=$(grep -cE 'result="(skipped|suppressed)"' "$xml" || true)
  count $((tests - failures - skips)) "$failures" "$skips"
  verdict "$name" "$((tests - failures - skips)) passed, $failures failed, $skips skipped ($3 s)"
  [ "$failures" = 0 ] || { verdict "$name" "FAILED:"; grep -E '^\[  FAILED|Failure$' -A4 "$log" | head -n 60 | indent || true; } | remember
  [ "$skips" = 0 ] || grep -iE 'skipped|because' "$log" | head -n 5 | indent || true
  # A report is written before the program ends: a crash or a leak at the end shows in the exit code only.
  if [ "$tests" = 0 ] || [ "$code" != "$((failures > 0))" ]; then
    count 0 1 0
    { verdict "$name" "FAILED: exit code $code after $tests tests, $failures of them failed; log $log"; tail -n 20 "$log" | indent; } | remember
  fi
}
