# shellcheck shell=bash
# Forwarders under test. Any program is one that, called with NETNS_A NAME_A NETNS_B NAME_B, opens NAME_A in namespace
# NETNS_A and NAME_B in NETNS_B, brings them up, prints `ready` on stdout once packets flow, and ends on SIGTERM.

# Hosts behind the forwarder (RFC 2544's range). The peer of each link stands for the forwarder. Host A reaches the
# service (RFC 5737's range) through the forwarder too: a forwarder that translates makes it host B. They are in the
# forwarder's environment, for those that have addresses of their own.
export ADDRESS_A=198.18.0.1 PEER_A=198.18.0.2 NETWORK_A=198.18.0.0/16
export ADDRESS_B=198.19.0.1 PEER_B=198.19.0.2 NETWORK_B=198.19.0.0/16
export PORT_B=9000 SERVICE_ADDRESS=203.0.113.10 SERVICE_PORT=80 SERVICE_NETWORK=203.0.113.0/24

declare -A FORWARDER_PID=() FORWARDER_OUTPUT=()   # by the forwarder's name

# start_forwarder NAME COMMAND: runs it between two new namespaces, NAME-a and NAME-b, with devices ta and tb. Fails
# with 3 when the forwarder says by that exit code that this machine lacks something; what it said is in
# /dev/shm/NAME.log.
start_forwarder() {
    local name=$1 command=$2 output line='' status=0
    make_namespace "$name-a"
    make_namespace "$name-b"
    # exec, so that the process measured and stopped is the forwarder itself.
    exec {output}< <(exec "${FORWARDER_CPUS[@]}" bash -c "exec $command \"\$@\"" "$name" \
        "/run/netns/$name-a" ta "/run/netns/$name-b" tb 2>"/dev/shm/$name.log")
    FORWARDER_PID[$name]=$! FORWARDER_OUTPUT[$name]=$output
    while [[ $line != ready ]]; do
        read -r -t 30 -u "$output" line && continue
        kill -TERM "${FORWARDER_PID[$name]}" 2>/dev/null || true
        wait "${FORWARDER_PID[$name]}" || status=$?
        (( status == 3 )) || forwarder_failed "$name" "never said 'ready'"
        unset "FORWARDER_PID[$name]"
        return 3
    done
    connect "$name-a" ta "$ADDRESS_A" "$PEER_A" "$NETWORK_B" "$SERVICE_NETWORK" ||
        forwarder_failed "$name" "has no usable device ta"
    connect "$name-b" tb "$ADDRESS_B" "$PEER_B" "$NETWORK_A" || forwarder_failed "$name" "has no usable device tb"
}

# connect NAMESPACE DEVICE ADDRESS PEER NETWORK...: the networks are those behind the device.
connect() {
    local namespace=$1 device=$2 address=$3 peer=$4 network
    ip -n "$namespace" link set dev "$device" up || return
    ip -n "$namespace" address replace "$address" peer "$peer" dev "$device" || return
    for network in "${@:5}"; do
        ip -n "$namespace" route replace "$network" dev "$device" || return
    done
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
    unset "FORWARDER_PID[$1]" "FORWARDER_OUTPUT[$1]"
    ip netns delete "$1-a"
    ip netns delete "$1-b"
}

# device_drops NAME: packets that the drivers of both devices have dropped so far, either way.
device_drops() {
    { ip -n "$1-a" -json -stats link show ta; ip -n "$1-b" -json -stats link show tb; } |
        jq -s '[.[][].stats64 | .tx.dropped + .rx.dropped] | add'
}
