#!/usr/bin/env bash
# The kernel itself as the forwarder: a host between two veth pairs that routes.
#
#   kernel-veth.sh NETNS_A NAME_A NETNS_B NAME_B      (NETNS: a path below /run/netns)
#
# The middle is a network namespace of this process's own and vanishes with it, as do both pairs. Addresses are those
# that the measuring scripts export. Exits with 3 where the kernel has no veth.
set -euo pipefail

if [[ -z ${IN_THE_MIDDLE:-} ]]; then
    IN_THE_MIDDLE=1 exec unshare --net -- bash "$0" "$@"
fi
(( $# == 4 )) || { echo "expected NETNS_A NAME_A NETNS_B NAME_B" >&2; exit 2; }

# link DEVICE NETNS NAME ADDRESS HOST NETWORK
link() {
    ip link add name "$1" type veth peer name "$3" netns "${2##*/}" || exit 3
    ip link set dev "$1" up
    ip -n "${2##*/}" link set dev "$3" up
    ip address add "$4" peer "$5" dev "$1"
    ip route replace "$6" via "$5" dev "$1"
    # The host knows its routes by device alone, as for a TUN, and asks for every address behind it.
    echo 1 >"/proc/sys/net/ipv4/conf/$1/proxy_arp"
}

# /proc/sys/net is that of the namespace of whoever looks.
echo 1 >/proc/sys/net/ipv4/ip_forward
link a "$1" "$2" "$PEER_A" "$ADDRESS_A" "$NETWORK_A"
link b "$3" "$4" "$PEER_B" "$ADDRESS_B" "$NETWORK_B"
echo ready
exec sleep infinity
