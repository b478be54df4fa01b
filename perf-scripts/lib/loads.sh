# shellcheck shell=bash
# Traffic through a forwarder, from its namespace NAME-a to NAME-b. Each load prints one JSON object: what arrived, in
# how many seconds, what did not, and the processor time of sender and receiver.

# udp_load NAME SECONDS SIZE|imix FLOWS RUN: datagrams one by one, as fast as the sender can.
udp_load() {
    local address port
    read -r address port < <(target_of "$1")
    send_udp "$1" packet_send --duration "$2" --size "$3" --flows "$4" --run "$5" ta "$ADDRESS_A" "$address" "$port"
}

# udp_gso_load NAME SECONDS SIZE FLOWS RUN: a run is one buffer, which the kernel is handed whole (UDP_SEGMENT).
udp_gso_load() {
    local address port
    read -r address port < <(target_of "$1")
    send_udp "$1" udp_send --duration "$2" --size "$3" --flows "$4" --run "$5" --segments "$5" "$address" "$port"
}

# send_udp NAME SENDER ARGUMENTS...
send_udp() {
    local name=$1 sender=$2 sink pid line='' sent received
    exec {sink}< <(exec nsenter --net="/run/netns/$name-b" "${LOAD_CPUS[@]}" \
        "$BASELINE/udp_sink" "$ADDRESS_B" "$PORT_B")
    pid=$!
    read -r -t 10 -u "$sink" line || die "udp_sink did not start"
    sent=$(inside "$name-a" "${LOAD_CPUS[@]}" "$BASELINE/$sender" "${@:3}") || die "$sender failed"
    kill -TERM "$pid"
    read -r -t 30 -u "$sink" received || die "udp_sink did not report"
    exec {sink}<&-
    jq -n --argjson sent "$sent" --argjson received "$received" '
        $received + {packets_sent: $sent.packets_sent, load_cpu_seconds: ($sent.cpu_seconds + $received.cpu_seconds)}
        | del(.cpu_seconds)'
}

# tcp_load NAME SECONDS STREAMS: iperf3, which takes whole seconds.
tcp_load() {
    local name=$1 seconds streams=$3 address port server line=''
    seconds=$(awk -v s="$2" 'BEGIN { print int(s) + (s > int(s)) }')
    read -r address port < <(target_of "$name")
    exec {server}< <(inside "$name-b" "${LOAD_CPUS[@]}" timeout $((seconds + 20)) \
        iperf3 --server --one-off --forceflush --port "$PORT_B")
    while [[ $line != *listening* ]]; do
        read -r -t 10 -u "$server" line || die "the iperf3 server did not start"
    done
    inside "$name-a" "${LOAD_CPUS[@]}" timeout $((seconds + 15)) \
        iperf3 --client "$address" --port "$port" --parallel "$streams" --connect-timeout 3000 \
        --time "$seconds" --json >/dev/shm/iperf3.json ||
        die "iperf3 through '$name': $(jq -r '.error // "failed"' /dev/shm/iperf3.json)"
    cat <&"$server" >/dev/null   # until it has ended and its port is free
    exec {server}<&-
    jq '.end | {bits: (.sum_received.bytes * 8), seconds: .sum_received.seconds, retransmits: .sum_sent.retransmits,
                load_cpu_seconds: (.sum_sent.seconds / 100
                                   * (.cpu_utilization_percent | .host_total + .remote_total))}' /dev/shm/iperf3.json
}
