# shellcheck shell=bash
# Options that scripts have in common: checking them, and what a smoke run may leave out.

check_count() {
    [[ $2 =~ ^[1-9][0-9]{0,6}$ ]] || usage_error "$1 $2: expected a number from 1 to 9999999"
}

check_seconds() {
    [[ $2 =~ ^[0-9]{1,4}(\.[0-9]+)?$ && $2 =~ [1-9] ]] || usage_error "$1 $2: expected seconds"
}

check_forwarders() {
    local name
    for name in "${@:2}"; do
        [[ -n ${FORWARDER_COMMAND[$name]:-} ]] || usage_error "$1: there is no '$name'; forwarding.sh --list has names"
    done
}

# add_named_peer NAME=COMMAND: one more forwarder; PEER is its name.
add_named_peer() {
    [[ $1 =~ ^([A-Za-z0-9_.+-]+)=(.+)$ ]] || usage_error "--peer '$1': expected NAME=COMMAND, NAME of letters and digits"
    PEER=${BASH_REMATCH[1]}
    [[ -z ${FORWARDER_COMMAND[$PEER]:-} ]] || usage_error "--peer: '$PEER' is the name of another"
    add_forwarder "$PEER" "${BASH_REMATCH[2]}" "a peer"
}

# in_turn ROUND NAME...: every other round backwards, so that nobody always runs in the same one's wake.
in_turn() {
    if (( $1 % 2 )); then printf '%s\n' "${@:2}"; else printf '%s\n' "${@:2}" | tac; fi
}

# left_out WHY: ends the script; for a smoke run a machine that lacks something is no failure.
left_out() {
    [[ -n $SMOKE ]] || machine_lacks "$*"
    echo "${0##*/}: left out: $*"
    [[ -z $JSON ]] || jq -n --arg script "$(basename "$0" .sh)" --argjson machine "$(fingerprint)" --arg left_out "$*" \
        '{$script, $machine, ratios: [], $left_out}' >"$JSON"
    exit 0
}
