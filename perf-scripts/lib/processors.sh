# shellcheck shell=bash
# Who runs on which processor, and who used how much of it.
# shellcheck disable=SC2034  # the prefixes are for others

# The forwarder gets the first processor for itself, sender and receiver the others. Left to the scheduler on two
# processors, the sender takes what the forwarder needs, and throughput varies by 20 % from run to run; like this by 3 %.
# Sets FORWARDER_CPU and the prefixes FORWARDER_CPUS and LOAD_CPUS; with one processor they are empty.
choose_processors() {
    local -a all
    # The list is like 0-3,8.
    mapfile -t all < <(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status | tr ',' '\n' |
        awk -F- '{ for (cpu = $1; cpu <= $NF; cpu++) print cpu }')
    FORWARDER_CPU='' FORWARDER_CPUS=() LOAD_CPUS=()
    (( ${#all[@]} > 1 )) || return 0
    FORWARDER_CPU=${all[0]}
    FORWARDER_CPUS=(taskset -c "$FORWARDER_CPU")
    LOAD_CPUS=(taskset -c "$(IFS=,; echo "${all[*]:1}")")
}

# processor_times PID: a line `THREAD NANOSECONDS` for each of its threads (schedstat is utime + stime without their
# ticks), and one, `processor NANOSECONDS`, for all that ran on the forwarder's processor, a hypervisor's theft included.
processor_times() {
    local task nanoseconds
    for task in /proc/"$1"/task/*; do
        read -r nanoseconds _ 2>/dev/null <"$task/schedstat" || continue
        echo "${task##*/} $nanoseconds"
    done
    awk -v cpu="cpu$FORWARDER_CPU" -v hertz="$(getconf CLK_TCK)" '
        $1 == cpu && cpu != "cpu" { printf "processor %.0f\n", ($2 + $3 + $4 + $7 + $8 + $9) / hertz * 1e9 }' /proc/stat
}

# processor_use BEFORE AFTER: seconds of all threads, of the busiest, and of others on the forwarder's processor, as JSON.
processor_use() {
    awk 'NR == FNR { before[$1] = $2; next }
         { used = ($2 - before[$1]) / 1e9 }
         $1 == "processor" { others = used; next }
         { total += used; if (used > busiest) busiest = used }
         END { printf "{\"cpu_seconds\": %.6f, \"busiest_thread_cpu_seconds\": %.6f, \"others_cpu_seconds\": %.2f}",
                      total, busiest, (others > total ? others - total : 0) }' <(echo "$1") <(echo "$2")
}
