#!/usr/bin/env bash
# Warns of ratios that fell: compare.sh RESULT.json... prints a `warning:` line for each that is more than 15 % worse
# than the one committed in reference/SCRIPT.json. It never fails for them: machines are noisy. `compare.sh --commit
# RESULT.json...` makes the results' ratios those to compare with.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

TOLERANCE=0.15

# The ratios alone, and the machine they come from: nothing else of a result outlives its machine.
commit() {
    local script
    script=$(jq -er .script "$1") || die "$1 is not a result of these scripts"
    jq '{script, machine, ratios}' "$1" >"$HERE/reference/$script.json"
}

compare() {
    local script reference
    script=$(jq -er .script "$1") || die "$1 is not a result of these scripts"
    reference=$HERE/reference/$script.json
    [[ -f $reference ]] || { echo "note: $script: no ratios are committed"; return; }
    jq -r --slurpfile committed "$reference" --argjson tolerance "$TOLERANCE" '
        def rounded: . * 1000 | round / 1000;
        $committed[0] as $committed
        | (if .machine.processor != $committed.machine.processor then
               "note: \(.script): the committed ratios are of another processor, \($committed.machine.processor)"
           else empty end),
          (.script as $script | .ratios[] | . as $now
           | $committed.ratios[] | select(.case == $now.case and .ratio > 0 and $now.ratio > 0)
           | (($now.ratio - .ratio) / .ratio * (if $now.better == "lower" then 1 else -1 end)) as $worse
           | select($worse > $tolerance)
           | "warning: \($script): \(.case): \($now.ratio | rounded), committed \(.ratio | rounded) "
             + "(\($worse * 100 | round) % worse)")' "$1"
}

(( $# > 0 )) || usage_error "expected [--commit] RESULT.json..."
[[ $1 != --help ]] || { sed -n '2,4s/^# //p' "$0"; exit; }
action=compare
[[ $1 != --commit ]] || { action=commit; shift; }
for result; do
    "$action" "$result"
done
