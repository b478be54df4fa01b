# shellcheck shell=bash
# The forwarders and workloads that have names, and which of them are compared with which.
# shellcheck disable=SC2034  # the tables are for others

declare -A FORWARDER_COMMAND=() FORWARDER_ABOUT=()   # by name
FORWARDERS=()                                        # their names, in order

# add_forwarder NAME COMMAND ABOUT
add_forwarder() {
    FORWARDERS+=("$1") FORWARDER_COMMAND[$1]=$2 FORWARDER_ABOUT[$1]=$3
}

fasttun="'$HERE/fasttun-forward.sh'"
add_forwarder c "'$BASELINE/forward'" "plain C: epoll_wait, read, write, one packet each"
add_forwarder c-offload "'$BASELINE/forward' --offload" "the same C loop, super-packets passed through whole"
add_forwarder c-io_uring "'$BASELINE/forward_io_uring'" "C: the last batch's writes and up to 64 reads in one submission"
add_forwarder fasttun "$fasttun" "FastTun as it comes: one worker, offload, joining, io=auto"
add_forwarder fasttun-no-offload "$fasttun --both offload=false" "without offload on either port"
add_forwarder fasttun-io_uring "$fasttun --both io=io_uring" "with io_uring and nothing else"
add_forwarder fasttun-epoll "$fasttun --both io=epoll" "with epoll, read and write, and nothing else"
add_forwarder fasttun-no-join "$fasttun --both join=false" "with offload, but without joining on the way out"
add_forwarder fasttun-join-tcp "$fasttun --a offload=false --b offload=true" \
    "in from a port without offload, joined on the way out"
add_forwarder fasttun-rewrite "$fasttun --ttl \
    --rewrite 'destination $SERVICE_ADDRESS:$SERVICE_PORT to $ADDRESS_B:$PORT_B at ta' \
    --rewrite 'source $ADDRESS_B:$PORT_B to $SERVICE_ADDRESS:$SERVICE_PORT at tb'" \
    "TTL taken, addresses and ports translated both ways"
add_forwarder kernel-veth "'$HERE/baseline/kernel-veth.sh'" \
    "no program: the kernel routes between two veth pairs (TCP; its cost is the host's CPU)"

# What is measured when nobody says otherwise: the workload, and its forwarders.
DEFAULT_CASES='
udp64-gso-1x16  c c-offload fasttun
udp64-1x64      c fasttun
udp64           c c-offload c-io_uring fasttun fasttun-no-join fasttun-no-offload
udp64-10000x1   c c-io_uring fasttun fasttun-epoll fasttun-io_uring fasttun-no-offload
udp570          c fasttun
udp1400         c fasttun
udp-imix        c fasttun
tcp             c-offload fasttun fasttun-io_uring fasttun-rewrite kernel-veth
tcp-4           c-offload fasttun
tcp-segments    c fasttun-join-tcp'

default_workloads() {
    awk 'NF { print $1 }' <<<"$DEFAULT_CASES"
}

# default_forwarders WORKLOAD
default_forwarders() {
    local found
    found=$(awk -v workload="$1" '$1 == workload { $1 = ""; print }' <<<"$DEFAULT_CASES")
    echo "${found:-$(reference_of "$1") fasttun}"
}

# The forwarder that the others' ratios are to. Packet by packet it is the plain loop; where super-packets come in, the one
# that passes them through.
reference_of() {
    case $1 in
        tcp-segments) echo c ;;
        tcp*) echo c-offload ;;
        *) echo c ;;
    esac
}

# Where a load sends to, so that the forwarder takes it to host B: ADDRESS PORT.
target_of() {
    case $1 in
        fasttun-rewrite) echo "$SERVICE_ADDRESS $SERVICE_PORT" ;;
        *) echo "$ADDRESS_B $PORT_B" ;;
    esac
}

WORKLOAD_FORM='udpSIZE, udp-imix, udpSIZE-gso, each with -FLOWSxRUN if need be; tcp, tcp-STREAMS, tcp-segments'

is_workload() {
    [[ $1 =~ ^(udp([1-9][0-9]{1,4}(-gso)?|-imix)(-[1-9][0-9]{0,4}x[1-9][0-9]{0,3})?|tcp(-[1-9][0-9]?|-segments)?)$ ]]
}

list_cases() {
    local workload name
    echo "workload|reference|forwarders unless others are named"
    for workload in $(default_workloads); do
        echo "$workload|$(reference_of "$workload")|$(default_forwarders "$workload" | sed 's/^ *//')"
    done
    printf '\nforwarder|what it is|\n'
    for name in "${FORWARDERS[@]}"; do
        echo "$name|${FORWARDER_ABOUT[$name]}|"
    done
}
