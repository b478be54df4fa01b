#!/usr/bin/env bash
# The latency that a forwarder adds to a packet, one way: FastTun against the plain C loop, and against any peers,
# interleaved in one run. README.md says what is measured, and how.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=lib/candidates.sh
source "$HERE/lib/candidates.sh"
# shellcheck source=lib/direct-path.sh
source "$HERE/lib/direct-path.sh"

usage() {
    cat <<'EOF'
Usage: latency.sh [options]
  --rounds N            rounds; each sends every rate through every forwarder (default 5)
  --rates LIST          packets a second; 'half' is half of what the slowest forwarder carries (default 1000,10000,half)
  --duration S          seconds of a run, at least (default 2)
  --packets N           packets of a run, at least: p99.9 wants 10,000 (default 10000)
  --size BYTES          the IP packet's (default 64)
  --subject [NAME=]CMD  measure this in FastTun's place; 'none' leaves the C programs and the peers
  --peer [NAME=]CMD     measure this too; may repeat. Called as: CMD NETNS_A NAME_A NETNS_B NAME_B
  --json FILE           where the whole result goes (default perf-scripts/results/latency-DATE.json)
  --smoke               one short round: does it work at all
  --help
EOF
}

parse_options() {
    ROUNDS=5 RATES=1000,10000,half DURATION=2 PACKETS=10000 SIZE=64 SUBJECT='' JSON='' SMOKE=''
    local -a peers=()
    while (( $# )); do
        case $1 in
            --help) usage; exit 0 ;;
            --smoke) SMOKE=1 ROUNDS=1 DURATION=0.2 PACKETS=1000 RATES=10000,half; shift; continue ;;
            --rounds | --rates | --duration | --packets | --size | --subject | --peer | --json) ;;
            *) usage_error "unknown option $1" ;;
        esac
        (( $# >= 2 )) || usage_error "$1 needs a value"
        case $1 in
            --rounds) ROUNDS=$2 ;;
            --rates) RATES=$2 ;;
            --duration) DURATION=$2 ;;
            --packets) PACKETS=$2 ;;
            --size) SIZE=$2 ;;
            --subject) SUBJECT=$2 ;;
            --peer) peers+=("$2") ;;
            --json) JSON=$2 ;;
        esac
        shift 2
    done
    check_count --rounds "$ROUNDS"
    check_count --packets "$PACKETS"
    check_count --size "$SIZE"
    check_seconds --duration "$DURATION"
    [[ $RATES =~ ^([1-9][0-9]{1,6}|half)(,([1-9][0-9]{1,6}|half))*$ ]] ||
        usage_error "--rates $RATES: expected numbers from 10 to 9999999, or 'half', with commas between"
    add_candidate "$REFERENCE='$BASELINE/forward'"
    add_candidate "c-offload='$BASELINE/forward' --offload"
    [[ $SUBJECT == none ]] || add_candidate "${SUBJECT:-"fasttun='$HERE/fasttun-forward.sh'"}"
    local peer
    for peer in "${peers[@]}"; do
        add_candidate "$peer"
    done
}

# Under the real-time scheduler a forwarder runs as soon as it is woken, on a machine that does other things too: what
# the others do is not its latency. Only root may; the probe cannot, as whoever never sleeps would lock the others out.
prefer_forwarders() {
    REAL_TIME=false
    ! chrt --fifo 1 true 2>/dev/null || { FORWARDER_CPUS+=(chrt --fifo 1); REAL_TIME=true; }
}

# probe PATH PACKETS-A-SECOND SECONDS
probe() {
    "${LOAD_CPUS[@]}" "$BASELINE/udp_latency" --size "$SIZE" --rate "$2" --duration "$3" "$1-a" "$1-b" "$ADDRESS_B" $UDP_PORT
}

# Also pays for page faults, code not yet compiled, and the first question for an Ethernet address. Sets MAXIMUM[path].
find_maxima() {
    local path
    start_direct
    declare -gA MAXIMUM=()
    for path in $DIRECT "${CANDIDATES[@]}"; do
        [[ $path == "$DIRECT" ]] || start_forwarder "$path" "${COMMAND[$path]}"
        progress "flooding  $path"
        probe "$path" 10000 0.5 >/dev/null
        MAXIMUM[$path]=$(probe "$path" 0 "$(awk -v s="$DURATION" 'BEGIN { print s < 1 ? s : 1 }')" |
            jq '.packets / .seconds | floor')
        (( MAXIMUM[$path] > 0 )) || die "'$path' let nothing through"
    done
    HALF=$(for path in "${CANDIDATES[@]}"; do echo "${MAXIMUM[$path]}"; done | sort -n | awk 'NR == 1 { print int($1 / 2) }')
}

# measure PATH RATE ROUND: one run, and what it cost the forwarder, as a line of JSON.
measure() {
    local path=$1 rate=$2 round=$3 pps=${2/half/$HALF} seconds before after result
    progress "round $round/$ROUNDS  $rate  $path"
    seconds=$(awk -v s="$DURATION" -v n="$PACKETS" -v r="$pps" 'BEGIN { print (s > n / r ? s : n / r) }')
    [[ $path == "$DIRECT" ]] || check_forwarder "$path"
    before=$(processor_times "${FORWARDER_PID[$path]:-none}")
    result=$(probe "$path" "$pps" "$seconds")
    after=$(processor_times "${FORWARDER_PID[$path]:-none}")
    [[ $path == "$DIRECT" ]] || check_forwarder "$path"
    jq -nc --arg rate "$rate" --argjson rate_pps "$pps" --arg forwarder "$path" --argjson round "$round" \
        --argjson result "$result" --argjson use "$(processor_use "$before" "$after")" '
        {$rate, $rate_pps, $forwarder, $round} + $result + $use
        | .lost = .packets_sent - .packets
        | .cpu_share = .cpu_seconds / .seconds
        | .cpu_ns_per_packet = if .packets > 0 then .cpu_seconds * 1e9 / .packets else null end
        | .others_cpu_seconds = ([.machine_cpu_seconds - .cpu_seconds - .load_cpu_seconds, 0] | max)'
}

measure_all() {
    local round rate path
    for (( round = 1; round <= ROUNDS; round++ )); do
        for rate in ${RATES//,/ }; do
            for path in $(in_turn "$round" $DIRECT "${CANDIDATES[@]}"); do
                measure "$path" "$rate" "$round"
            done
        done
    done
}

# The runs, what they come to, and what they were made with and on.
result() {
    local path
    for path in $DIRECT "${CANDIDATES[@]}"; do
        jq -nc --arg path "$path" --arg command "${COMMAND[$path]:-$DIRECT_KIND}" --argjson maximum "${MAXIMUM[$path]}" \
            '{($path): {$command, maximum_pps: $maximum}}'
    done | jq -s -L "$HERE" --slurpfile runs "$1" --argjson machine "$(fingerprint)" --arg reference "$REFERENCE" \
        --argjson rounds "$ROUNDS" --argjson duration "$DURATION" --argjson packets "$PACKETS" --argjson size "$SIZE" \
        --arg processors "${PROCESSORS[*]}" --argjson real_time "$REAL_TIME" '
        include "latency";
        ($runs | added) as $runs
        | {$machine, options: {$rounds, duration_seconds: $duration, $packets, $size, $processors, real_time_forwarders: $real_time},
           forwarders: add, $reference, summary: [$runs | summary($reference)], $runs}'
}

main() {
    parse_options "$@"
    if ! in_private_machine; then
        require_commands ip nsenter unshare setpriv taskset chrt timeout jq make cc
        build_baseline
        [[ -n $SUBJECT ]] || build_fasttun
        run_in_private_machine "$@"
    fi
    prepare_private_machine
    (( ${#PROCESSORS[@]} > 1 )) ||
        left_out "latency needs two processors: the probe never sleeps, and would take the forwarder's time"
    prefer_forwarders
    find_maxima
    measure_all >/dev/shm/runs.json
    local name json
    for name in "${CANDIDATES[@]}"; do
        stop_forwarder "$name"
    done
    json=$(where_json_goes latency)
    result /dev/shm/runs.json >"$json"
    jq -r -L "$HERE" 'include "latency"; table' "$json" | align
    progress "whole result: $json"
}

main "$@"
