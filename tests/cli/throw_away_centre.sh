# A centre for a test that types commands: it runs on a throw-away state, and `dure` of build/bin talks to it. It is
# stopped and removed when the test ends. The test then stands in a folder of its own, with a document to file.
#
#   . tests/cli/throw_away_centre.sh NAME
#   state, port            where it keeps its state, and where it listens
#   good_password          one that the policy takes
#   first FILTER           of a list on stdin, the first element's, raw
#   has_one NOUN           whether `dure NOUN` lists anything
#   write_form LOGIN       writes the example's Form 1 to form1.yaml, which begins today
# shellcheck shell=bash
# shellcheck source=scripts/lib.sh
. scripts/lib.sh
# shellcheck source=scripts/centre.sh
. scripts/centre.sh

state=$(throw_away_state "$1")
cleanup() { stop_centre "$state" >/dev/null 2>&1 || true; remove_state "$state"; }
trap cleanup EXIT
trap 'exit 130' INT TERM
make_images >/dev/null
start_centre "$state" 0 || { show_logs "$state"; exit 1; }
# shellcheck disable=SC1091
. "$state/run/centre.env"
# shellcheck disable=SC2034
port=${DURE_SERVER##*:}
export DURE_SERVER DURE_CONFIG=$state/config PATH=$bin:$PATH
# shellcheck disable=SC2034
good_password='River7!stone_K9'
mkdir -p "$state/work"
cd "$state/work" || exit 1
printf '%%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n' >signed.pdf

first() { jq -r "first(.[]$1)"; }
has_one() { [ "$(dure "$1" -o json | jq length)" -ge 1 ]; }
write_form() { # LOGIN
  dure form example | sed "s/^login: .*/login: $1/" >form1.yaml
}
