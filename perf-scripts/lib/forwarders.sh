# shellcheck shell=bash
# Forwarders under test. Any program is one that, called with NETNS_A NAME_A NETNS_B NAME_B, opens TUN NAME_A in namespace
# NETNS_A and NAME_B in NETNS_B, brings them up, prints `ready` on stdout once packets flow, and ends on SIGTERM.

# Hosts behind the forwarder (RFC 2544's range). The peer of each link stands for the forwarder.
ADDRESS_A=198.18.0.1 PEER_A=198.18.0.2 NETWORK_A=198.18.0.0/16
ADDRESS_B=198.19.0.1 PEER_B=198.19.0.2 NETWORK_B=198.19.0.0/16

declare -A FORWARDER_PID=() FORWARDER_OUTPUT=()   # by the forwarder's name

# start_forwarder NAME COMMAND: runs it between two new namespaces, NAME-a and NAME-b, with devices ta and tb.
start_forwarder() {
    local name=$1 command=$2 output line=''
    make_namespace "$name-a"
    make_namespace "$name-b"
    # exec, so that the process measured and stopped is the forwarder itself.
    exec {output}< <(exec "${FORWARDER_CPUS[@]}" bash -c "exec $command \"\$@\"" "$name" \
        "/run/netns/$name-a" ta "/run/netns/$name-b" tb 2>"/dev/shm/$name.log")
    FORWARDER_PID[$name]=$! FORWARDER_OUTPUT[$name]=$output
    while [[ $line != ready ]]; do
        read -r -t 30 -u "$output" line || forwarder_failed "$name" "never said 'ready'"
    done
    connect "$name-a" ta "$ADDRESS_A" "$PEER_A" "$NETWORK_B" || forwarder_failed "$name" "has no usable device ta"
    connect "$name-b" tb "$ADDRESS_B" "$PEER_B" "$NETWORK_A" || forwarder_failed "$name" "has no usable device tb"
}

connect() {
    local namespace=$1 device=$2 address=$3 peer=$4 behind=$5
    ip -n "$namespace" link set "$device" up &&
        ip -n "$namespace" address replace "$address" peer "$peer" dev "$device" &&
        ip -n "$namespace" route replace "$behind" dev "$device"
}

check_forwarder() {
    kill -0 "${FORWARDER_PID[$1]}" 2>/dev/null || forwarder_failed "$1" "ended by itself"
}

forwarder_failed() {
    echo "${0##*/}: forwarder '$1' $2; the end of what it said:" >&2
    tail -n 20 "/dev/shm/$1.log" >&2
    exit 1
}

stop_forwarder() {
    local pid=${FORWARDER_PID[$1]} output=${FORWARDER_OUTPUT[$1]}
    kill -TERM "$pid" 2>/dev/null || true
    # Its output ends when it does; reading it meanwhile keeps it from waiting for room in the pipe.
    timeout 10 cat <&"$output" >/dev/null || kill -KILL "$pid" 2>/dev/null || true
    exec {output}<&-
}

# device_drops NAME: packets that the drivers of both devices have dropped so far, either way.
device_drops() {
    { ip -n "$1-a" -json -stats link show ta; ip -n "$1-b" -json -stats link show tb; } |
        jq -s '[.[][].stats64 | .tx.dropped + .rx.dropped] | add'
}
