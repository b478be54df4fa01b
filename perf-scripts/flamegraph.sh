#!/usr/bin/env bash
# Where a forwarder's time goes: samples of its call stacks, kernel and .NET, under a workload, as a table and as a flame
# graph. README.md says what to make of it.
set -euo pipefail
# shellcheck source=lib.sh
source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=lib/options.sh
source "$HERE/lib/options.sh"

usage() {
    cat <<'END'
Usage: flamegraph.sh [options]
  --workload NAME       as forwarding.sh --list has them (default udp64)
  --forwarder NAME      likewise (default fasttun)
  --peer NAME=CMD       sample this in its place. Called as: CMD NETNS_A NAME_A NETNS_B NAME_B
  --duration S          seconds sampled (default 5)
  --frequency HZ        samples a second (default 1999)
  --json FILE           the table, as JSON (default perf-scripts/results/flamegraph-DATE.json); the stacks and the graph go
                        beside it, .folded and .svg
  --smoke               half a second: does it work at all
  --help
END
}

# shellcheck disable=SC2034  # FLOWS and RUN are for load
parse_options() {
    WORKLOAD=udp64 FORWARDER=fasttun DURATION=5 FREQUENCY=1999 JSON='' SMOKE='' FLOWS=16 RUN=4
    while (( $# )); do
        case $1 in
            --help) usage; exit 0 ;;
            --smoke) SMOKE=1 DURATION=0.5; shift; continue ;;
            --workload | --forwarder | --peer | --duration | --frequency | --json) ;;
            *) usage_error "unknown option $1" ;;
        esac
        (( $# >= 2 )) || usage_error "$1 needs a value"
        case $1 in
            --workload) WORKLOAD=$2 ;;
            --forwarder) FORWARDER=$2 ;;
            --peer) add_named_peer "$2"; FORWARDER=$PEER ;;
            --duration) DURATION=$2 ;;
            --frequency) FREQUENCY=$2 ;;
            --json) JSON=$2 ;;
        esac
        shift 2
    done
    is_workload "$WORKLOAD" || usage_error "--workload: '$WORKLOAD' is none of: $WORKLOAD_FORM"
    check_forwarders --forwarder "$FORWARDER"
    check_seconds --duration "$DURATION"
    check_count --frequency "$FREQUENCY"
}

# Virtual machines often have no hardware counters; a timer samples as well, but not while interrupts are off.
choose_event() {
    EVENT=cycles
    [[ $(perf stat -x, -e cycles true 2>&1) != *"not supported"* ]] || EVENT=cpu-clock
}

check_perf() {
    command -v perf >/dev/null || left_out "this needs 'perf'; on Debian: apt-get install linux-perf"
    perf record -q -e cpu-clock -g -o /dev/shm/try.data true >/dev/null 2>&1 ||
        left_out "perf may not look into the kernel here: run as root, or sysctl kernel.perf_event_paranoid=1"
    grep -qm 1 '^0*[1-9a-f]' /proc/kallsyms ||
        left_out "the kernel hides its symbols here: run as root, or sysctl kernel.kptr_restrict=0"
}

# Sets /dev/shm/folded: the stacks while the workload runs.
sample() {
    local pid load
    progress "sampling  $WORKLOAD  $FORWARDER"
    # The runtime writes down where its code is. Code at one address only, and not writable at another, can be found there.
    export DOTNET_PerfMapEnabled=3 DOTNET_PerfMapJitDumpPath=/dev/shm DOTNET_EnableWriteXorExecute=0
    start_forwarder "$FORWARDER" "${FORWARDER_COMMAND[$FORWARDER]}" || forwarder_failed "$FORWARDER" "cannot run here"
    pid=${FORWARDER_PID[$FORWARDER]}
    # Until what runs often is compiled for good; which takes long, because the compiler has to share the processor.
    load "$FORWARDER" "$WORKLOAD" 4 >/dev/null
    load "$FORWARDER" "$WORKLOAD" "$(awk -v s="$DURATION" 'BEGIN { print s + 2 }')" >/dev/shm/load.json &
    load=$!
    sleep 0.7
    "${LOAD_CPUS[@]}" perf record -q -e "$EVENT" -F "$FREQUENCY" --call-graph fp -p "$pid" -o /dev/shm/perf.data \
        -- sleep "$DURATION" 2>/dev/shm/perf.log || die "perf record: $(tail -n 1 /dev/shm/perf.log)"
    wait "$load" || die "the load failed"
    check_forwarder "$FORWARDER"
    stop_forwarder "$FORWARDER"
    touch "/dev/shm/perf-$pid.map"   # a forwarder without .NET has none
    perf script -i /dev/shm/perf.data --no-inline -F comm,ip,sym,dso 2>/dev/null >/dev/shm/script
    sort "/dev/shm/perf-$pid.map" | awk -f "$HERE/lib/fold.awk" - /dev/shm/script | LC_ALL=C sort >/dev/shm/folded
    [[ -s /dev/shm/folded ]] || die "no samples: did nothing go through '$FORWARDER'?"
}

draw() {
    awk -v total="$(awk '{ n += $NF } END { print n }' /dev/shm/folded)" -v title="$FORWARDER, $WORKLOAD ($EVENT)" \
        -v depth="$(awk -F';' 'NF > n { n = NF } END { print n }' /dev/shm/folded)" \
        -f "$HERE/lib/flamegraph.awk" /dev/shm/folded
}

result() {
    awk -f "$HERE/lib/stacks.awk" /dev/shm/folded | jq -Rn -L "$HERE" --argjson machine "$(fingerprint)" \
        --arg workload "$WORKLOAD" --arg forwarder "$FORWARDER" --argjson duration "$DURATION" --arg event "$EVENT" \
        --argjson frequency "$FREQUENCY" --slurpfile load /dev/shm/load.json '
        include "flamegraph";
        {script: "flamegraph", $machine, ratios: [],
         options: {$workload, $forwarder, duration_seconds: $duration, $event, frequency_hz: $frequency},
         load: $load[0]} + ([inputs] | shares) | .cost = cost'
}

main() {
    parse_options "$@"
    if ! in_private_machine; then
        require_commands ip nsenter unshare setpriv taskset timeout jq make cc iperf3
        build_baseline
        [[ $FORWARDER != *fasttun* ]] || build_fasttun
        run_in_private_machine "$@"
    fi
    prepare_private_machine
    check_perf
    choose_event
    sample
    JSON=${JSON:-$(result_file flamegraph)}
    result >"$JSON"
    cp /dev/shm/folded "${JSON%.json}.folded"
    draw >"${JSON%.json}.svg"
    jq -r -L "$HERE" 'include "flamegraph"; table' "$JSON" | align
    progress "whole result: $JSON, ${JSON%.json}.folded, ${JSON%.json}.svg"
}

main "$@"
