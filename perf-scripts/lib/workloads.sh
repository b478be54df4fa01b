# shellcheck shell=bash
# Workloads: what their names mean, which forwarders run them, and which of these the others are compared with.

# What is measured when nobody says otherwise: the workload, and its forwarders.
DEFAULT_CASES='
udp64-gso-1x16  c c-offload fasttun
udp64-1x64      c fasttun
udp64           c c-offload c-io_uring fasttun fasttun-no-join fasttun-no-offload
udp64-10000x1   c c-io_uring fasttun fasttun-io_uring fasttun-no-offload fasttun-two-workers
udp570          c fasttun
udp1400         c fasttun
udp-imix        c fasttun
tcp             c-offload fasttun fasttun-io_uring fasttun-rewrite kernel-veth
tcp-4           c-offload fasttun
tcp-segments    c fasttun-join-tcp fasttun-no-offload'

default_workloads() {
    awk 'NF { print $1 }' <<<"$DEFAULT_CASES"
}

# default_forwarders WORKLOAD
default_forwarders() {
    local found
    found=$(awk -v workload="$1" '$1 == workload { $1 = ""; print }' <<<"$DEFAULT_CASES")
    echo "${found:-$(reference_of "$1") fasttun}"
}

# The forwarder that the others' ratios are to. Packet by packet it is the plain loop; where super-packets come in,
# the one that passes them through.
reference_of() {
    case $1 in
        tcp-segments) echo c ;;
        tcp*) echo c-offload ;;
        *) echo c ;;
    esac
}

WORKLOAD_FORM='udpSIZE (36 to 1500), udp-imix, udpSIZE-gso, with -FLOWSxRUN; tcp, tcp-STREAMS, tcp-segments'

# A datagram holds a mark, and fits into the links' MTU of 1500.
is_workload() {
    [[ $1 =~ ^(tcp(-[1-9][0-9]?|-segments)?|udp(([1-9][0-9]{1,3})(-gso)?|-imix)(-[1-9][0-9]{0,4}x[1-9][0-9]{0,3})?)$ ]] ||
        return
    local size=${BASH_REMATCH[4]:-64}
    (( size >= 36 && size <= 1500 ))
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

# load NAME WORKLOAD SECONDS: one run of traffic. FLOWS and RUN are for workloads that do not name theirs.
load() {
    local name=$1 workload=$2 seconds=$3 flows=$FLOWS run=$RUN size
    if [[ $workload =~ -([0-9]+)x([0-9]+)$ ]]; then
        flows=${BASH_REMATCH[1]} run=${BASH_REMATCH[2]} workload=${workload%-*x*}
    fi
    size=${workload#udp} size=${size#-}
    case $workload in
        tcp | tcp-segments) tcp_load "$name" "$seconds" 1 ;;
        tcp-*) tcp_load "$name" "$seconds" "${workload#tcp-}" ;;
        *-gso) udp_gso_load "$name" "$seconds" "${size%-gso}" "$flows" "$run" ;;
        *) udp_load "$name" "$seconds" "$size" "$flows" "$run" ;;
    esac
}
