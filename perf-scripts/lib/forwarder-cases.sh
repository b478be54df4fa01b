# shellcheck shell=bash
# The forwarders that have names.
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
add_forwarder c-io_uring "'$BASELINE/forward_io_uring'" \
    "C: the last batch's writes and up to 64 reads in one submission"
add_forwarder fasttun "$fasttun" "FastTun as it comes: one worker, offload, joining, io=auto"
add_forwarder fasttun-no-offload "$fasttun --both offload=false" "without offload on either port"
add_forwarder fasttun-io_uring "$fasttun --both io=io_uring" "with io_uring and nothing else"
add_forwarder fasttun-epoll "$fasttun --both io=epoll" "with epoll, read and write, and nothing else"
# Not as a real-time process: the scheduler stops one that runs for 95 % of a second.
add_forwarder fasttun-spin "chrt --other 0 $fasttun --spin 200us" "while busy, looks for 200 us before it sleeps"
add_forwarder fasttun-two-workers "$fasttun --both queues=2" "with two queues, flows steered to them, and two workers"
add_forwarder fasttun-no-join "$fasttun --both join=false" "with offload, but without joining on the way out"
add_forwarder fasttun-join-tcp "$fasttun --a offload=false --b offload=true" \
    "in from a port without offload, joined on the way out"
add_forwarder fasttun-rewrite "$fasttun --ttl \
    --rewrite 'destination $SERVICE_ADDRESS:$SERVICE_PORT to $ADDRESS_B:$PORT_B at ta' \
    --rewrite 'source $ADDRESS_B:$PORT_B to $SERVICE_ADDRESS:$SERVICE_PORT at tb'" \
    "TTL taken, addresses and ports translated both ways"
add_forwarder kernel-veth "'$HERE/baseline/kernel-veth.sh'" \
    "no program: the kernel routes between two veth pairs (TCP; its cost is the host's CPU)"

# Where a load sends to, so that the forwarder takes it to host B: ADDRESS PORT.
target_of() {
    case $1 in
        fasttun-rewrite) echo "$SERVICE_ADDRESS $SERVICE_PORT" ;;
        *) echo "$ADDRESS_B $PORT_B" ;;
    esac
}
