# What the scripts rules_of_* share: the packs, expect(), and layers that change one rule. Sourced from the root.
# shellcheck shell=bash disable=SC2034  # packs are for who sources it
dure=build/bin/dure
s0=policies/s0-regional-centre/policy.yaml
s1=policies/s1-aica-2024/policy.yaml
hpc=policies/s3-hpc-2026/policy.yaml
research=policies/s3-research-2026/policy.yaml
government=policies/s3-government-2026/policy.yaml
work=$(mktemp -d "${TMPDIR:-/tmp}/dure-rules.XXXXXX")
trap 'rm -rf "$work"' EXIT
passed=0
expect() { # TITLE WANTED GOT
  if [ "$2" = "$3" ]; then passed=$((passed + 1)); else printf '%s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"; exit 1; fi
}

# A layer over a pack that says another value for one key, as JSON (a subset of YAML): the same question asked of the
# pack with it shows that the answer comes from that rule and not from the program.
changed() { # KEY VALUE: prints the layer's file
  local file
  file=$(mktemp "$work/XXXXXX.yaml")
  jq -n --arg key "$1" --argjson value "$2" '{format: "dure-policy/1", layer: "what-if", id: "changed", version: "1"}
    | setpath($key / "."; {value: $value, source: "test", confidence: "chosen"})' >"$file"
  echo "$file"
}
# The value of a key of a pack's file, changed by a jq program, as the layer.
changed_list() { # PACK KEY JQ
  changed "$2" "$("$dure" policy explain "$2" --policy "$1" -o json | jq -r .value | jq -c "$3")"
}
