# shellcheck shell=bash
# Traffic through a forwarder, from its namespace NAME-a to NAME-b. Each load prints one JSON object: what arrived, in how
# many seconds, what did not, and the processor time of sender and receiver.

UDP_PORT=9000 TCP_PORT=5201

# udp_load NAME SENDER-OPTIONS...
udp_load() {
    local name=$1 sink pid line='' sent received
    shift
    exec {sink}< <(exec nsenter --net="/run/netns/$name-b" "${LOAD_CPUS[@]}" "$BASELINE/udp_sink" "$ADDRESS_B" $UDP_PORT)
    pid=$!
    read -r -t 10 -u "$sink" line || die "udp_sink did not start"
    sent=$(inside "$name-a" "${LOAD_CPUS[@]}" "$BASELINE/udp_send" "$@" "$ADDRESS_B" $UDP_PORT)
    kill -TERM "$pid"
    read -r -t 30 -u "$sink" received || die "udp_sink did not report"
    exec {sink}<&-
    jq -n --argjson sent "$sent" --argjson received "$received" '
        $received + {packets_sent: $sent.packets_sent, load_cpu_seconds: ($sent.cpu_seconds + $received.cpu_seconds)}
        | del(.cpu_seconds)'
}

# tcp_load NAME SECONDS: one iperf3 stream.
tcp_load() {
    local name=$1 seconds=$2 server line=''
    exec {server}< <(inside "$name-b" "${LOAD_CPUS[@]}" timeout $((seconds + 20)) \
        iperf3 --server --one-off --forceflush --port $TCP_PORT)
    while [[ $line != *listening* ]]; do
        read -r -t 10 -u "$server" line || die "the iperf3 server did not start"
    done
    inside "$name-a" "${LOAD_CPUS[@]}" timeout $((seconds + 15)) \
        iperf3 --client "$ADDRESS_B" --port $TCP_PORT --connect-timeout 3000 --time "$seconds" --json \
        >/dev/shm/iperf3.json ||
        die "iperf3 through '$name': $(jq -r '.error // "failed"' /dev/shm/iperf3.json)"
    cat <&"$server" >/dev/null   # until it has ended and its port is free
    exec {server}<&-
    jq '.end | {bits: (.sum_received.bytes * 8), seconds: .sum_received.seconds, retransmits: .sum_sent.retransmits,
                load_cpu_seconds: (.sum_sent.seconds / 100
                                   * (.cpu_utilization_percent | .host_total + .remote_total))}' /dev/shm/iperf3.json
}
