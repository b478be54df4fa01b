#!/usr/bin/env bash
# Forwarding between two hosts (network namespaces) on this machine: FastTun in its variants, the C baseline in its
# forms and the kernel, interleaved in one run. README.md says what is measured, and how.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=lib/options.sh
source "$HERE/lib/options.sh"

usage() {
    cat <<'END'
Usage: forwarding.sh [options]        without any: all the cases of --list, the table of the project's README
  --list                what has a name: workloads, forwarders, and which run unless others are named
  --workloads LIST      these workloads only, see --list for their form
  --forwarders LIST     these forwarders through every workload, beside its reference
  --peer NAME=CMD       measure this too; may repeat. Called as: CMD NETNS_A NAME_A NETNS_B NAME_B
  --rounds N            rounds; each runs every workload through its forwarders (default 5)
  --duration S          seconds of a run (default 3; TCP takes whole seconds, rounded up)
  --flows N             UDP flows of workloads that do not name theirs (default 16)
  --run N               packets of a UDP flow before the next one's turn, likewise (default 4)
  --json FILE           where the whole result goes (default perf-scripts/results/forwarding-DATE.json)
  --markdown            the table as Markdown, without what only a person measuring wants to know
  --smoke               one round of 0.3 s: does it work at all
  --help
END
}

parse_options() {
    ROUNDS=5 DURATION=3 WORKLOADS='' CHOSEN='' FLOWS=16 RUN=4 JSON='' MARKDOWN='' PEERS=()
    while (( $# )); do
        case $1 in
            --help) usage; exit 0 ;;
            --list) list_cases | align; exit 0 ;;
            --markdown) MARKDOWN=1; shift; continue ;;
            --smoke) ROUNDS=1 DURATION=0.3; shift; continue ;;
            --rounds | --duration | --workloads | --forwarders | --flows | --run | --peer | --json) ;;
            *) usage_error "unknown option $1" ;;
        esac
        (( $# >= 2 )) || usage_error "$1 needs a value"
        case $1 in
            --rounds) ROUNDS=$2 ;;
            --duration) DURATION=$2 ;;
            --workloads) WORKLOADS=${2//,/ } ;;
            --forwarders) CHOSEN=${2//,/ } ;;
            --flows) FLOWS=$2 ;;
            --run) RUN=$2 ;;
            --peer) add_named_peer "$2"; PEERS+=("$PEER") ;;
            --json) JSON=$2 ;;
        esac
        shift 2
    done
    WORKLOADS=${WORKLOADS:-$(default_workloads)}
    check_options
}

check_options() {
    local name workload
    [[ $ROUNDS =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "--rounds $ROUNDS: expected a number from 1 to 9999"
    [[ $RUN =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "--run $RUN: expected a number from 1 to 9999"
    [[ $FLOWS =~ ^[1-9][0-9]{0,4}$ && ! $FLOWS -gt 50000 ]] || usage_error "--flows $FLOWS: expected 1 to 50000"
    check_seconds --duration "$DURATION"
    for workload in $WORKLOADS; do
        is_workload "$workload" || usage_error "--workloads: '$workload' is none of: $WORKLOAD_FORM"
    done
    for name in $CHOSEN; do
        [[ -n ${FORWARDER_COMMAND[$name]:-} ]] || usage_error "--forwarders: no '$name' among those of --list"
    done
}

# The runs, what they come to, and what they were made with and on.
result() {
    local name
    for name in "${!FORWARDER_PID[@]}"; do
        jq -nc --arg name "$name" --arg command "${FORWARDER_COMMAND[$name]}" '{($name): $command}'
    done | jq -s -L "$HERE" --slurpfile runs "$1" --argjson idle "$2" --argjson machine "$(fingerprint)" \
        --argjson rounds "$ROUNDS" --argjson duration "$DURATION" --argjson flows "$FLOWS" --argjson run "$RUN" \
        --arg processors "${PROCESSORS[*]}" '
        include "forwarding";
        ($runs | summary) as $summary
        | {script: "forwarding", $machine, ratios: $summary | ratios_of_cases,
           options: {$rounds, duration_seconds: $duration, $flows, packets_per_turn: $run, $processors},
           idle_host_cpu_share: $idle, forwarders: add, $summary, $runs}'
}

main() {
    parse_options "$@"
    if ! in_private_machine; then
        require_commands ip nsenter unshare setpriv taskset timeout jq make cc iperf3
        build_baseline
        [[ -n $CHOSEN && $CHOSEN != *fasttun* ]] || build_fasttun
        run_in_private_machine "$@"
    fi
    JSON=${JSON:-$(result_file forwarding)}
    : >>"$JSON" || die "$JSON cannot be written"   # found out before, and not after, the measurement
    prepare_private_machine
    warm_up
    local idle name
    idle=$(idle_background)
    measure_all >/dev/shm/runs.json
    result /dev/shm/runs.json "$idle" >"$JSON"
    for name in "${!FORWARDER_PID[@]}"; do
        stop_forwarder "$name"
    done
    if [[ -n $MARKDOWN ]]; then
        jq -r -L "$HERE" 'include "forwarding"; table | markdown' "$JSON"
    else
        jq -r -L "$HERE" 'include "forwarding"; table' "$JSON" | align
    fi
    progress "whole result: $JSON"
}

main "$@"
