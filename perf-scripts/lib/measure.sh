# shellcheck shell=bash
# One run of traffic through a forwarder, and what it cost: the forwarder, the whole host, and in packets.

# measure NAME LOAD...: calls the load (lib/loads.sh) and prints one JSON object: what the load says, and
#   cpu_seconds             of all threads of the forwarder; cpu_share of the run
#   cpu_wait_seconds        they could have run, and others did
#   busiest_thread_cpu_seconds
#   host_cpu_seconds        all that ran on our processors, interrupts included; others_cpu_seconds: not ours
#   device_drops            by both devices' drivers
#   packets_per_second, cpu_ns_per_packet, host_cpu_ns_per_packet, loss_fraction, or
#   bits_per_second, cpu_seconds_per_gbit, host_cpu_seconds_per_gbit: by what arrived
#   limit                   "load" or "forwarder"
measure() {
    local name=$1 pid=${FORWARDER_PID[$1]} before after drops result
    shift
    check_forwarder "$name"
    drops=$(device_drops "$name")
    before=$(processor_times "$pid")
    result=$("$@")
    after=$(processor_times "$pid")
    check_forwarder "$name"
    jq -nc -L "$HERE" --argjson load "$result" --argjson use "$(processor_use "$before" "$after")" \
        --argjson drops "$(($(device_drops "$name") - drops))" '
        include "lib/statistics";
        $load + $use + {device_drops: $drops} | costs'
}

# only_host_costs: the run on stdin without what a process costs: for a kernel that forwards by itself.
only_host_costs() {
    jq -c 'with_entries(select(.key | test("^(cpu_|busiest_|others_|limit)") | not))'
}

# idle_background: how much of our processors (1: one of them) is used while nothing is measured. It is in every host
# cost.
idle_background() {
    local before after
    before=$(processor_times $$)
    sleep 1
    after=$(processor_times $$)
    processor_use "$before" "$after" | jq .host_cpu_seconds
}
