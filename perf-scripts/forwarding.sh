#!/usr/bin/env bash
# Forwarding between two hosts (network namespaces) on this machine: FastTun against a plain C loop, and against any
# peers, interleaved in one run. README.md says what is measured, and how.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

usage() {
    cat <<'EOF'
Usage: forwarding.sh [options]
  --rounds N            rounds; each runs every workload through every forwarder (default 5)
  --duration S          seconds of a run (default 3; TCP takes whole seconds, rounded up)
  --workloads LIST      of udpSIZE, udpSIZE-gso, tcp; SIZE is the IP packet's (default udp64,udp1400,tcp)
  --flows N             UDP flows (default 16)
  --run N               packets of a UDP flow before the next one's turn (default 4)
  --subject [NAME=]CMD  measure this in FastTun's place; 'none' leaves the C loop and the peers
  --peer [NAME=]CMD     measure this too; may repeat. Called as: CMD NETNS_A NAME_A NETNS_B NAME_B
  --json FILE           where the whole result goes (default perf-scripts/results/forwarding-DATE.json)
  --smoke               one round of 0.3 s: does it work at all
  --help
EOF
}

REFERENCE=c
declare -A COMMAND=()   # by forwarder name
FORWARDERS=()

add_forwarder() {
    local text=$1 name command
    if [[ $text =~ ^([A-Za-z0-9_.+-]+)=(.+)$ ]]; then
        name=${BASH_REMATCH[1]} command=${BASH_REMATCH[2]}
    else
        name=${text%% *} command=$text
        name=${name##*/}
    fi
    [[ $name =~ ^[A-Za-z0-9_.+-]+$ ]] || usage_error "'$text': give it a name of letters and digits: NAME=COMMAND"
    [[ -z ${COMMAND[$name]:-} ]] || usage_error "two forwarders are called '$name': give one another name (NAME=COMMAND)"
    COMMAND[$name]=$command
    FORWARDERS+=("$name")
}

parse_options() {
    ROUNDS=5 DURATION=3 WORKLOADS=udp64,udp1400,tcp FLOWS=16 RUN=4 SUBJECT='' JSON=''
    local -a peers=()
    while (( $# )); do
        case $1 in
            --help) usage; exit 0 ;;
            --smoke) ROUNDS=1 DURATION=0.3; shift; continue ;;
            --rounds | --duration | --workloads | --flows | --run | --subject | --peer | --json) ;;
            *) usage_error "unknown option $1" ;;
        esac
        (( $# >= 2 )) || usage_error "$1 needs a value"
        case $1 in
            --rounds) ROUNDS=$2 ;;
            --duration) DURATION=$2 ;;
            --workloads) WORKLOADS=$2 ;;
            --flows) FLOWS=$2 ;;
            --run) RUN=$2 ;;
            --subject) SUBJECT=$2 ;;
            --peer) peers+=("$2") ;;
            --json) JSON=$2 ;;
        esac
        shift 2
    done
    check_options
    add_forwarder "$REFERENCE='$BASELINE/forward'"
    [[ $SUBJECT == none ]] || add_forwarder "${SUBJECT:-"fasttun='$HERE/fasttun-forward.sh'"}"
    local peer
    for peer in "${peers[@]}"; do
        add_forwarder "$peer"
    done
}

check_options() {
    local name workload
    for name in ROUNDS FLOWS RUN; do
        [[ ${!name} =~ ^[1-9][0-9]{0,3}$ ]] || usage_error "--${name,,} ${!name}: expected a number from 1 to 9999"
    done
    [[ $DURATION =~ ^[0-9]{1,4}(\.[0-9]+)?$ && $DURATION =~ [1-9] ]] ||
        usage_error "--duration $DURATION: expected seconds"
    for workload in ${WORKLOADS//,/ }; do
        [[ $workload =~ ^(udp[1-9][0-9]{1,4}(-gso)?|tcp)$ ]] ||
            usage_error "--workloads: '$workload' is not udpSIZE, udpSIZE-gso or tcp"
    done
}

# load NAME WORKLOAD SECONDS: one run of traffic.
load() {
    local name=$1 workload=$2 seconds=$3 size=${2#udp}
    case $workload in
        tcp) tcp_load "$name" "$(awk -v s="$seconds" 'BEGIN { print int(s) + (s > int(s)) }')" ;;
        # A GSO sender's turn is one buffer of 16 datagrams.
        *-gso) udp_load "$name" --size "${size%-gso}" --flows "$FLOWS" --run 16 --segments 16 --duration "$seconds" ;;
        *) udp_load "$name" --size "$size" --flows "$FLOWS" --run "$RUN" --duration "$seconds" ;;
    esac
}

# measure NAME WORKLOAD ROUND: one run, and what it cost the forwarder, as a line of JSON.
measure() {
    local name=$1 workload=$2 round=$3 pid=${FORWARDER_PID[$1]} before after drops result
    progress "round $round/$ROUNDS  $workload  $name"
    check_forwarder "$name"
    drops=$(device_drops "$name")
    before=$(processor_times "$pid")
    result=$(load "$name" "$workload" "$DURATION")
    after=$(processor_times "$pid")
    check_forwarder "$name"
    jq -nc --arg forwarder "$name" --arg workload "$workload" --argjson round "$round" --argjson load "$result" \
        --argjson use "$(processor_use "$before" "$after")" --argjson drops "$(($(device_drops "$name") - drops))" '
        {$workload, $forwarder, $round} + $load + $use + {device_drops: $drops}
        | .cpu_share = .cpu_seconds / .seconds
        | .others_cpu_seconds = ([.machine_cpu_seconds - .cpu_seconds - .load_cpu_seconds, 0] | max)
        | if .bits then
              .bits_per_second = .bits / .seconds | .cpu_seconds_per_gbit = .cpu_seconds / (.bits / 1e9)
          else
              .packets_per_second = .packets / .seconds | .cpu_ns_per_packet = .cpu_seconds * 1e9 / .packets
              | .loss_fraction = 1 - .packets / .packets_sent
          end
        | .limit = if .cpu_share < 0.9 and .device_drops == 0 then "load" else "forwarder" end'
}

# The first packets of a forwarder (page faults, code not yet compiled) are nobody's steady state.
warm_up() {
    local name workload
    for name in "${FORWARDERS[@]}"; do
        start_forwarder "$name" "${COMMAND[$name]}"
        for workload in ${WORKLOADS//,/ }; do
            progress "warming up  $workload  $name"
            load "$name" "$workload" "$(awk -v s="$DURATION" 'BEGIN { print s < 1 ? s : 1 }')" |
                jq -e '(.packets // .bits) > 0' >/dev/null || forwarder_failed "$name" "let nothing through ($workload)"
        done
    done
}

measure_all() {
    local round workload position count=${#FORWARDERS[@]}
    for (( round = 1; round <= ROUNDS; round++ )); do
        for workload in ${WORKLOADS//,/ }; do
            for (( position = 0; position < count; position++ )); do
                # Every other round backwards, so that nobody always runs in the same one's wake.
                measure "${FORWARDERS[round % 2 ? position : count - 1 - position]}" "$workload" "$round"
            done
        done
    done
}

# The runs, what they come to, and what they were made with and on.
result() {
    local name
    for name in "${FORWARDERS[@]}"; do
        jq -nc --arg name "$name" --arg command "${COMMAND[$name]}" '{($name): $command}'
    done | jq -s -L "$HERE" --slurpfile runs "$1" --argjson machine "$(fingerprint)" --arg reference "$REFERENCE" \
        --argjson rounds "$ROUNDS" --argjson duration "$DURATION" --argjson flows "$FLOWS" --argjson run "$RUN" \
        --arg processors "${PROCESSORS[*]}" '
        include "forwarding";
        {$machine, options: {$rounds, duration_seconds: $duration, $flows, packets_per_turn: $run, $processors},
         forwarders: add, $reference, summary: $runs | summary($reference), $runs}'
}

main() {
    parse_options "$@"
    if ! in_private_machine; then
        require_commands ip nsenter unshare setpriv taskset timeout jq make cc iperf3
        build_baseline
        [[ -n $SUBJECT ]] || build_fasttun
        run_in_private_machine "$@"
    fi
    prepare_private_machine
    warm_up
    measure_all >/dev/shm/runs.json
    local name
    for name in "${FORWARDERS[@]}"; do
        stop_forwarder "$name"
    done
    if [[ -z $JSON ]]; then
        mkdir -p "$HERE/results"
        JSON=$HERE/results/forwarding-$(date -u +%Y%m%dT%H%M%SZ).json
    fi
    result /dev/shm/runs.json >"$JSON"
    jq -r -L "$HERE" 'include "forwarding"; table' "$JSON" | align
    progress "whole result: $JSON"
}

main "$@"
