# shellcheck shell=bash
# More load than one sender and one receiver can make.

# parallel_udp_load NAME PAIRS SECONDS FLOWS RATE BURST: datagrams of 64 bytes, packet by packet, from as many senders to as
# many receivers, which share flows and rate (0: as fast as they can). Prints what one load would.
parallel_udp_load() {
    local name=$1 pairs=$2 seconds=$3 flows=$4 rate=$5 burst=$6 pair pid
    local -a pids=()
    for (( pair = 0; pair < pairs; pair++ )); do
        # A port each; it is a receiver's own.
        (
            PORT_B=$((PORT_B + pair))
            send_udp "$name" packet_send --duration "$seconds" --flows $((flows / pairs)) --run 1 \
                --rate $((rate / pairs)) --burst "$burst" ta "$ADDRESS_A" "$ADDRESS_B" "$PORT_B" >"/dev/shm/pair-$pair.json"
        ) &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do
        wait "$pid" || die "a load through '$name' failed"
    done
    for (( pair = 0; pair < pairs; pair++ )); do cat "/dev/shm/pair-$pair.json"; done |
        jq -s '(map(.seconds) | max) as $seconds
               | reduce .[] as $pair ({}; . as $sum | $pair | with_entries(.value += ($sum[.key] // 0)))
               | .seconds = $seconds'
}
