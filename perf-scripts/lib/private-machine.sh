# shellcheck shell=bash
# A machine of the measurement's own. Everything runs below a PID namespace that dies with the script, whatever kills
# it, and takes along every process, every network namespace (they have names only in a private mount namespace) and
# every temporary file. So nothing has to be cleaned up, and nothing can be left behind.

in_private_machine() {
    [[ -n ${FASTTUN_PRIVATE_MACHINE:-} ]]
}

# Runs the calling script once more, in a private machine. Does not return.
run_in_private_machine() {
    local -a user=()
    (( EUID == 0 )) || user=(unshare --user --map-root-user)
    # In the background, because a trap waits until a foreground command is done. setpriv ends it when this shell is
    # killed; it comes after the user namespace, because gaining capabilities clears the parent-death signal.
    FASTTUN_PRIVATE_MACHINE=1 "${user[@]}" setpriv --pdeathsig KILL \
        unshare --mount --net --pid --fork --kill-child --mount-proc -- setsid bash "$0" "$@" &
    local child=$! status=0
    # shellcheck disable=SC2064  # the value of now
    trap "kill -KILL $child 2>/dev/null || true" EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM HUP
    wait "$child" || status=$?
    trap - EXIT
    exit "$status"
}

# The first thing to do inside: names for network namespaces, and room for temporary files, that nobody else sees.
prepare_private_machine() {
    [[ -r /dev/net/tun && -w /dev/net/tun ]] ||
        machine_lacks "/dev/net/tun cannot be opened: modprobe tun, and run as root or make it readable and writable"
    [[ -r /proc/self/schedstat ]] ||
        machine_lacks "/proc/PID/schedstat is missing: the kernel needs CONFIG_SCHED_INFO"
    mkdir -p /run/netns 2>/dev/null || { mount -t tmpfs tmpfs /run && mkdir /run/netns; }
    mount -t tmpfs tmpfs /run/netns
    mount -t tmpfs tmpfs /dev/shm
    export TMPDIR=/dev/shm
    # Whatever else the machine does should wait; only root may ask for that. The scheduler weighs whole sessions
    # (autogroup) where it is so configured, and processes otherwise.
    { echo -20 >/proc/self/autogroup; renice --priority -20 $$; } >/dev/null 2>&1 || true
    choose_processors
}

make_namespace() {
    ip netns add "$1"
    ip -n "$1" link set lo up
    # Without IPv6 no router solicitation or group report is counted. rp_filter may stay: every route goes both ways.
    inside "$1" tee /proc/sys/net/ipv6/conf/{all,default}/disable_ipv6 <<<1 >/dev/null
}

# inside NAMESPACE COMMAND...
inside() {
    local namespace=$1
    shift
    nsenter --net="/run/netns/$namespace" -- "$@"
}
