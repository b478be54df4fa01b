# shellcheck shell=bash
# The path without a forwarder: what it takes is the kernel's and the load's own.
# shellcheck disable=SC2034  # DIRECT_KIND is for others

DIRECT=direct DIRECT_KIND=''

# Two namespaces with nothing between them but a veth pair, or one with its loopback where the kernel has no veth.
start_direct() {
    make_namespace $DIRECT-a
    if ip -n $DIRECT-a link add ta type veth peer name tb 2>/dev/null; then
        DIRECT_KIND=veth
        make_namespace $DIRECT-b
        ip -n $DIRECT-a link set tb netns $DIRECT-b
        connect $DIRECT-a ta "$ADDRESS_A" "$PEER_A" "$NETWORK_B"
        connect $DIRECT-b tb "$ADDRESS_B" "$PEER_B" "$NETWORK_A"
    else
        DIRECT_KIND=loopback
        ip -n $DIRECT-a address add "$ADDRESS_B" dev lo
        touch /run/netns/$DIRECT-b && mount --bind /run/netns/$DIRECT-a /run/netns/$DIRECT-b   # another name of it
    fi
}
