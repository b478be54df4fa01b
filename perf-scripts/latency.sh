#!/usr/bin/env bash
# The latency that a forwarder adds to a packet, one way: FastTun against the C loops, and against any peers, interleaved in
# one run. README.md says what is measured, and how.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=lib/options.sh
source "$HERE/lib/options.sh"
# shellcheck source=lib/direct-path.sh
source "$HERE/lib/direct-path.sh"

usage() {
    cat <<'END'
Usage: latency.sh [options]
  --rates LIST          packets a second; 'half' is half of what the slowest forwarder carries (default 1000,10000,half)
  --forwarders LIST     beside the plain C loop (default c-offload,fasttun,fasttun-spin; forwarding.sh --list has more)
  --peer NAME=CMD       measure this too; may repeat. Called as: CMD NETNS_A NAME_A NETNS_B NAME_B
  --rounds N            rounds; each sends every rate through every forwarder (default 5)
  --duration S          seconds of a run, at least (default 2)
  --packets N           packets of a run, at least: p99.9 wants 10,000 (default 10000)
  --size BYTES          the IP packet's (default 64)
  --json FILE           where the whole result goes (default perf-scripts/results/latency-DATE.json)
  --smoke               one short round: does it work at all
  --help
END
}

REFERENCE=c

parse_options() {
    ROUNDS=5 RATES=1000,10000,half DURATION=2 PACKETS=10000 SIZE=64 JSON='' SMOKE=''
    local -a chosen=(c-offload fasttun fasttun-spin)
    while (( $# )); do
        case $1 in
            --help) usage; exit 0 ;;
            --smoke) SMOKE=1 ROUNDS=1 DURATION=0.2 PACKETS=1000 RATES=10000,half; shift; continue ;;
            --rates | --forwarders | --peer | --rounds | --duration | --packets | --size | --json) ;;
            *) usage_error "unknown option $1" ;;
        esac
        (( $# >= 2 )) || usage_error "$1 needs a value"
        case $1 in
            --rates) RATES=$2 ;;
            --forwarders) IFS=, read -ra chosen <<<"$2" ;;
            --peer) add_named_peer "$2"; chosen+=("$PEER") ;;
            --rounds) ROUNDS=$2 ;;
            --duration) DURATION=$2 ;;
            --packets) PACKETS=$2 ;;
            --size) SIZE=$2 ;;
            --json) JSON=$2 ;;
        esac
        shift 2
    done
    check_count --rounds "$ROUNDS"
    check_count --packets "$PACKETS"
    check_count --size "$SIZE"
    check_seconds --duration "$DURATION"
    check_forwarders --forwarders "${chosen[@]}"
    [[ $RATES =~ ^([1-9][0-9]{1,6}|half)(,([1-9][0-9]{1,6}|half))*$ ]] ||
        usage_error "--rates $RATES: expected numbers from 10 to 9999999, or 'half', with commas between"
    mapfile -t COMPARED < <(printf '%s\n' $REFERENCE "${chosen[@]}" | awk '!seen[$0]++')
}

# Under the real-time scheduler a forwarder runs as soon as it is woken, on a machine that does other things too: what
# the others do is not its latency. Only root may; the probe cannot, as whoever never sleeps would lock the others out.
prefer_forwarders() {
    REAL_TIME=false
    ! chrt --rr 1 true 2>/dev/null || { FORWARDER_CPUS+=(chrt --rr 1); REAL_TIME=true; }
}

# probe PATH PACKETS-A-SECOND SECONDS
probe() {
    "${LOAD_CPUS[@]}" "$BASELINE/udp_latency" --size "$SIZE" --rate "$2" --duration "$3" "$1-a" "$1-b" "$ADDRESS_B" "$PORT_B"
}

# Also pays for page faults, code not yet compiled, and the first question for an Ethernet address. Sets MAXIMUM[path].
find_maxima() {
    local path
    start_direct
    declare -gA MAXIMUM=()
    for path in $DIRECT "${COMPARED[@]}"; do
        [[ $path == "$DIRECT" ]] || start_forwarder "$path" "${FORWARDER_COMMAND[$path]}" ||
            forwarder_failed "$path" "cannot run here"
        progress "flooding  $path"
        probe "$path" 10000 3 >/dev/null
        MAXIMUM[$path]=$(probe "$path" 0 "$(awk -v s="$DURATION" 'BEGIN { print (s < 1 ? s : 1) }')" |
            jq '.packets / .seconds | floor')
        (( MAXIMUM[$path] > 0 )) || die "'$path' let nothing through"
    done
    HALF=$(for path in "${COMPARED[@]}"; do echo "${MAXIMUM[$path]}"; done | sort -n | awk 'NR == 1 { print int($1 / 2) }')
}

# measure_path PATH RATE ROUND: one run, and what it cost the forwarder, as a line of JSON.
measure_path() {
    local path=$1 rate=$2 round=$3 pps=${2/half/$HALF} pid=${FORWARDER_PID[$1]:-none} seconds before after result
    progress "round $round/$ROUNDS  $rate  $path"
    seconds=$(awk -v s="$DURATION" -v n="$PACKETS" -v r="$pps" 'BEGIN { print (s > n / r ? s : n / r) }')
    before=$(processor_times "$pid")
    result=$(probe "$path" "$pps" "$seconds")
    after=$(processor_times "$pid")
    [[ $path == "$DIRECT" ]] || check_forwarder "$path"
    jq -nc -L "$HERE" --arg rate "$rate" --argjson rate_pps "$pps" --arg forwarder "$path" --argjson round "$round" \
        --argjson result "$result" --argjson use "$(processor_use "$before" "$after")" '
        include "latency";
        {$rate, $rate_pps, $forwarder, $round} + $result + $use | costs_of_run'
}

measure_all() {
    local round rate path
    for (( round = 1; round <= ROUNDS; round++ )); do
        for rate in ${RATES//,/ }; do
            for path in $(in_turn "$round" $DIRECT "${COMPARED[@]}"); do
                measure_path "$path" "$rate" "$round"
            done
        done
    done
}

# The runs, what they come to, and what they were made with and on.
result() {
    local path
    for path in $DIRECT "${COMPARED[@]}"; do
        jq -nc --arg path "$path" --arg command "${FORWARDER_COMMAND[$path]:-$DIRECT_KIND}" \
            --argjson maximum "${MAXIMUM[$path]}" '{($path): {$command, maximum_pps: $maximum}}'
    done | jq -s -L "$HERE" --slurpfile runs "$1" --argjson machine "$(fingerprint)" --arg reference "$REFERENCE" \
        --argjson rounds "$ROUNDS" --argjson duration "$DURATION" --argjson packets "$PACKETS" --argjson size "$SIZE" \
        --arg processors "${PROCESSORS[*]}" --argjson real_time "$REAL_TIME" '
        include "latency";
        ($runs | added) as $runs
        | ($runs | summary($reference)) as $summary
        | {script: "latency", $machine, ratios: $summary | ratios_of_cases($reference),
           options: {$rounds, duration_seconds: $duration, $packets, $size, $processors, real_time_forwarders: $real_time},
           forwarders: add, $reference, $summary, $runs}'
}

main() {
    parse_options "$@"
    if ! in_private_machine; then
        require_commands ip nsenter unshare setpriv taskset chrt timeout jq make cc
        build_baseline
        [[ ${COMPARED[*]} != *fasttun* ]] || build_fasttun
        run_in_private_machine "$@"
    fi
    prepare_private_machine
    (( ${#PROCESSORS[@]} > 1 )) ||
        left_out "latency needs two processors: the probe never sleeps, and would take the forwarder's time"
    prefer_forwarders
    find_maxima
    measure_all >/dev/shm/runs.json
    JSON=${JSON:-$(result_file latency)}
    result /dev/shm/runs.json >"$JSON"
    local name
    for name in "${COMPARED[@]}"; do
        stop_forwarder "$name"
    done
    jq -r -L "$HERE" 'include "latency"; table' "$JSON" | align
    progress "whole result: $JSON"
}

main "$@"
