#!/usr/bin/env bash
# What more workers bring, and what they cost: FastTun with one worker against itself with more, interleaved in one run.
# README.md says what is measured, and how.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=lib/options.sh
source "$HERE/lib/options.sh"
# shellcheck source=lib/parallel-loads.sh
source "$HERE/lib/parallel-loads.sh"

usage() {
    cat <<'END'
Usage: scaling.sh [options]
  --workers N           from 1 to N workers: 1, 2, 4 and so on, and N (default: as many as there are processors)
  --flows LIST          UDP flows, packet by packet (default 1024,10000)
  --no-steering         the same workers without the steering program too, in the same rounds
  --share X             of what one worker carries: the paced load of each worker (default 0.2)
  --rounds N            rounds; each runs every load through every forwarder (default 5)
  --duration S          seconds of a run (default 3)
  --json FILE           where the whole result goes (default perf-scripts/results/scaling-DATE.json)
  --smoke               one short round: does it work at all
  --help
END
}

BURST=30 MAX_BURST=60   # packets at a time for each worker, when paced; of a sender, at most

parse_options() {
    WORKERS=$(nproc) FLOWS='1024 10000' UNSTEERED='' SHARE=0.2 ROUNDS=5 DURATION=3 JSON=''
    while (( $# )); do
        case $1 in
            --help) usage; exit 0 ;;
            --smoke) ROUNDS=1 DURATION=0.3 FLOWS=1024; shift; continue ;;
            --no-steering) UNSTEERED=1; shift; continue ;;
            --workers | --flows | --share | --rounds | --duration | --json) ;;
            *) usage_error "unknown option $1" ;;
        esac
        (( $# >= 2 )) || usage_error "$1 needs a value"
        case $1 in
            --workers) WORKERS=$2 ;;
            --flows) FLOWS=${2//,/ } ;;
            --share) SHARE=$2 ;;
            --rounds) ROUNDS=$2 ;;
            --duration) DURATION=$2 ;;
            --json) JSON=$2 ;;
        esac
        shift 2
    done
    check_count --workers "$WORKERS"
    (( WORKERS <= $(nproc) )) || usage_error "--workers $WORKERS: there are $(nproc) processors"
    check_count --rounds "$ROUNDS"
    check_seconds --duration "$DURATION"
    [[ $SHARE =~ ^0?\.[0-9]+$ && $SHARE =~ [1-9] ]] || usage_error "--share $SHARE: expected a fraction, such as 0.2"
    local flows
    for flows in $FLOWS; do
        check_count --flows "$flows"
        (( flows <= 50000 )) || usage_error "--flows $flows: expected 50000 at most"
    done
}

# A forwarder for every number of workers and of flows: name, workers, flows and steering are in tables by its name.
add_forwarders() {
    local flows workers steering name
    declare -gA WORKERS_OF=() FLOWS_OF=() STEERING_OF=()
    MEASURED=()
    for flows in $FLOWS; do
        for workers in $( { for (( n = 1; n < WORKERS; n *= 2 )); do echo $n; done; echo "$WORKERS"; } ); do
            for steering in true false; do
                [[ $steering == true ]] || { [[ -n $UNSTEERED ]] && (( workers > 1 )); } || continue
                name=w$workers-f$flows-$steering
                WORKERS_OF[$name]=$workers FLOWS_OF[$name]=$flows STEERING_OF[$name]=$steering
                MEASURED+=("$name")
                start_workers "$name"
            done
        done
    done
}

# As many processors as workers, and no others: each has a worker, and its part of the load. So one worker is no better off
# than one of many, whose processors also send and receive, and what differs is what working side by side costs.
processors_of() {
    local IFS=,
    echo "${PROCESSORS[*]:0:${WORKERS_OF[$1]}}"
}

start_workers() {
    local name=$1 workers=${WORKERS_OF[$1]} command
    local -a FORWARDER_CPUS=(taskset -c "$(processors_of "$name")")
    command="'$HERE/fasttun-forward.sh' --both queues=$workers --json '/dev/shm/$name.json' --cpus $(processors_of "$name")"
    [[ ${STEERING_OF[$name]} == true ]] || command+=' --no-steering'
    progress "warming up  $name"
    start_forwarder "$name" "$command" || forwarder_failed "$name" "cannot run here"
    run_load "$name" flood >/dev/null
    # What one worker would carry if it had its processor for itself.
    (( workers > 1 )) || CAPACITY[${FLOWS_OF[$name]}]=$(measure "$name" run_load "$name" flood |
        jq '1e9 / .cpu_ns_per_packet | floor')
}

# run_load NAME flood|paced: a sender and a receiver for every worker. Paced, each worker gets the same packets a second, in
# the same bursts: a sender's burst is spread over all of them.
run_load() {
    local name=$1 workers=${WORKERS_OF[$1]} flows=${FLOWS_OF[$1]} rate=0 burst=$MAX_BURST
    local -a LOAD_CPUS=(taskset -c "$(processors_of "$1")")
    if [[ $2 == paced ]]; then
        rate=$(awk -v n="$workers" -v share="$SHARE" -v all="${CAPACITY[$flows]}" 'BEGIN { print int(n * share * all) }')
        burst=$((BURST * workers < MAX_BURST ? BURST * workers : MAX_BURST))
    fi
    parallel_udp_load "$name" "$workers" "$DURATION" "$flows" "$rate" "$burst"
}

measure_all() {
    local round load name
    for (( round = 1; round <= ROUNDS; round++ )); do
        for load in paced flood; do
            for name in $(in_turn "$round" "${MEASURED[@]}"); do
                progress "round $round/$ROUNDS  $load  $name"
                jq -nc --arg name "$name" --arg load "$load" --argjson round "$round" \
                    --argjson workers "${WORKERS_OF[$name]}" --argjson flows "${FLOWS_OF[$name]}" \
                    --argjson steering "${STEERING_OF[$name]}" --argjson run "$(measure "$name" run_load "$name" "$load")" \
                    '{$name, $flows, $load, $workers, $steering, $round} + $run'
            done
        done
    done
}

# What each worker received, from FastTun's own statistics: written at its end, for all its runs.
worker_shares() {
    local name
    for name in "${MEASURED[@]}"; do
        jq -c --arg name "$name" '{($name): (.workers | map(.packets_received))}' "/dev/shm/$name.json"
    done | jq -sc add
}

result() {
    jq -n -L "$HERE" --slurpfile runs "$1" --argjson machine "$(fingerprint)" --argjson packets "$(worker_shares)" \
        --argjson rounds "$ROUNDS" --argjson duration "$DURATION" --argjson share "$SHARE" \
        --arg processors "${PROCESSORS[*]}" '
        include "scaling";
        ($runs | summary($packets)) as $summary
        | {script: "scaling", $machine, ratios: $summary | ratios_of_cases,
           options: {$rounds, duration_seconds: $duration, paced_share: $share, $processors},
           packets_by_worker: $packets, $summary, $runs}'
}

main() {
    parse_options "$@"
    if ! in_private_machine; then
        require_commands ip nsenter unshare setpriv taskset timeout jq make cc
        build_baseline
        build_fasttun
        run_in_private_machine "$@"
    fi
    prepare_private_machine
    declare -gA CAPACITY=()
    add_forwarders
    measure_all >/dev/shm/runs.json
    local name
    for name in "${MEASURED[@]}"; do
        stop_forwarder "$name"
    done
    JSON=${JSON:-$(result_file scaling)}
    result /dev/shm/runs.json >"$JSON"
    jq -r -L "$HERE" 'include "scaling"; table' "$JSON" | align
    progress "whole result: $JSON"
}

main "$@"
