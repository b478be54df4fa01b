# shellcheck shell=bash
# Interleaved rounds: every workload through each of its forwarders, one right after the other, so that what disturbs
# the machine for a while disturbs all of them. The script sets WORKLOADS, ROUNDS, DURATION, and CHOSEN and PEERS
# (names).

# The forwarders of a workload: its reference first, each once, those that this machine has. Only what routes by itself
# needs a link layer, which the packets of the UDP loads do not have.
forwarders_of() {
    local name seen=' '
    for name in $(reference_of "$1") ${CHOSEN:-$(default_forwarders "$1")} "${PEERS[@]}"; do
        [[ $seen != *" $name "* && -z ${LEFT_OUT[$name]:-} ]] || continue
        [[ $name != kernel-veth || $1 == tcp* ]] || continue
        seen+="$name "
        echo "$name"
    done
}

# The first packets of a forwarder (page faults, code not yet compiled) are nobody's steady state.
warm_up() {
    local workload name status
    declare -gA LEFT_OUT=()
    for workload in $WORKLOADS; do
        for name in $(forwarders_of "$workload"); do
            [[ -z ${LEFT_OUT[$name]:-} ]] || continue
            progress "warming up  $workload  $name"
            if [[ -z ${FORWARDER_PID[$name]:-} ]]; then
                status=0
                start_forwarder "$name" "${FORWARDER_COMMAND[$name]}" || status=$?
                (( status == 0 )) || { leave_out "$name"; continue; }
            fi
            load "$name" "$workload" "$(awk -v s="$DURATION" 'BEGIN { print s < 1 ? s : 1 }')" |
                jq -e '(.packets // .bits) > 0' >/dev/null || forwarder_failed "$name" "let nothing through ($workload)"
        done
    done
}

# What this machine cannot run is left out, and says so; unless it was asked for.
leave_out() {
    [[ " $CHOSEN ${PEERS[*]} c c-offload fasttun " != *" $1 "* ]] || forwarder_failed "$1" "cannot run here"
    LEFT_OUT[$1]=$(tail -n 1 "/dev/shm/$1.log")
    echo "note: $1 is left out: ${LEFT_OUT[$1]}"
}

measure_all() {
    local round workload position name measured
    local -a names
    for (( round = 1; round <= ROUNDS; round++ )); do
        for workload in $WORKLOADS; do
            mapfile -t names < <(forwarders_of "$workload")
            for (( position = 0; position < ${#names[@]}; position++ )); do
                # Every other round backwards, so that nobody always runs in the same one's wake.
                name=${names[round % 2 ? position : ${#names[@]} - 1 - position]}
                progress "round $round/$ROUNDS  $workload  $name"
                measured=$(measure "$name" load "$name" "$workload" "$DURATION")
                [[ $name != kernel-veth ]] || measured=$(only_host_costs <<<"$measured")
                jq -nc --arg workload "$workload" --arg forwarder "$name" \
                    --arg reference "$(reference_of "$workload")" --argjson round "$round" --argjson run "$measured" \
                    '{$workload, $forwarder, $reference, $round} + $run'
            done
        done
    done
}
