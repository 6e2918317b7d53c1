#!/usr/bin/env bash
# The share library on a real card, against none and against a peer's: prints the tables for docs/benchmarks.md.
#
#   bench/gpu/run_on_card.sh [--fake] [--card UUID] [--cells TEXT] [--seconds N] [--peer LIBRARY]
#                            [--peer-environment 'NAME=VALUE;…'] [--driver-folder FOLDER]
#
# Everything after `--` goes to dure-card-bench too. A card: its UUID, or that of a MIG instance, which is then divided.
# A peer's library is preloaded; in its environment {percent}, {bytes} and {tenant} are put in, of HAMi-core for example
# 'CUDA_DEVICE_SM_LIMIT={percent};CUDA_DEVICE_MEMORY_LIMIT={bytes};CUDA_DEVICE_MEMORY_SHARED_CACHE=/tmp/{tenant}.cache'.
#
# Needs the driver and a build: cmake --preset release && cmake --build build --target dure-card-bench. As root the
# library is the one that ships, at its own place in a mount namespace; otherwise its flavour for tests. The whole grid
# takes 162 cells times the seconds (10) times the variants: an hour and a half for two; --cells pair or --cells 1x30
# give a part of it. Where python3 has PyTorch its steps are measured too. --fake checks this script on the fake driver.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
bench=$root/build/bin/dure-card-bench
words=()
fake=false
seconds=10
while [ $# -gt 0 ]; do
  case $1 in
    --fake) fake=true; words+=(--fake) ;;
    --seconds) seconds=$2; words+=("$1" "$2"); shift ;;
    --card | --cells | --peer | --peer-environment | --driver-folder | --library-folder) words+=("$1" "$2"); shift ;;
    --) ;;
    -h | --help) sed -n '2,/^set /p' "${BASH_SOURCE[0]}" | sed '$d; s/^# \{0,1\}//'; exit 0 ;;
    *) words+=("$1") ;;
  esac
  shift
done

if ! [ -x "$bench" ]; then
  echo "there is no $bench: cmake --preset release && cmake --build build --target dure-card-bench" >&2
  exit 2
fi
if [ "$fake" = true ]; then
  nice cmake --build "$root/build" --target fake_libcuda fake_libnvml dure_cuda_test dure_nvml_test >&2
elif ! command -v nvidia-smi >/dev/null; then
  echo "there is no NVIDIA driver here; --fake checks the script without one" >&2
  exit 2
fi

printf '## %s, %s\n\n' "$(date -u +%Y-%m-%d)" "$(git -C "$root" rev-parse --short HEAD)"
if [ "$fake" = true ]; then
  echo "On the fake driver: these figures check the script and say nothing of a card."
else
  nvidia-smi --query-gpu=name,uuid,driver_version,memory.total,clocks.max.sm,mig.mode.current --format=csv
fi
echo
status=0
"$bench" "${words[@]}" || status=$?

# PyTorch finds the driver by its name, so the tenant's place is made by the same program: it runs python3 as a tenant.
if [ "$fake" = false ] && python3 -c 'import torch; assert torch.cuda.is_available()' 2>/dev/null; then
  echo
  echo "PyTorch $(python3 -c 'import torch; print(torch.__version__)'), at 100 blocks:"
  "$bench" "${words[@]}" --program python3 --program-words "$root/bench/gpu/torch_load.py $seconds" || status=$?
else
  echo
  echo "No PyTorch here: the steps above are those of programs of the driver's interface."
fi
exit "$status"
