# shellcheck shell=bash
# Who runs on which processor, and who used how much of it.
# shellcheck disable=SC2034  # the prefixes are for others

# The forwarder gets the first processor for itself, sender and receiver the others. Left to the scheduler on two
# processors, the sender takes what the forwarder needs, and throughput varies by 20 % from run to run; like this by 3
# %. Sets PROCESSORS (their numbers) and the prefixes FORWARDER_CPUS and LOAD_CPUS; with one processor both are empty.
choose_processors() {
    # The list is like 0-3,8.
    mapfile -t PROCESSORS < <(awk '/^Cpus_allowed_list/ { print $2 }' /proc/self/status | tr ',' '\n' |
        awk -F- '{ for (cpu = $1; cpu <= $NF; cpu++) print cpu }')
    FORWARDER_CPUS=() LOAD_CPUS=()
    (( ${#PROCESSORS[@]} > 1 )) || return 0
    FORWARDER_CPUS=(taskset -c "${PROCESSORS[0]}")
    LOAD_CPUS=(taskset -c "$(IFS=,; echo "${PROCESSORS[*]:1}")")
}

# processor_times PID: a line `THREAD NANOSECONDS WAITED` for each of its threads (schedstat is utime + stime without
# their ticks, then the time it could have run but others did), and one, `machine NANOSECONDS`, for all that ran on our
# processors, a hypervisor's theft included.
processor_times() {
    local task nanoseconds waited
    for task in /proc/"$1"/task/*; do
        read -r nanoseconds waited _ 2>/dev/null <"$task/schedstat" || continue
        echo "${task##*/} $nanoseconds $waited"
    done
    awk -v processors="${PROCESSORS[*]}" -v hertz="$(getconf CLK_TCK)" '
        BEGIN { count = split(processors, numbers, " "); for (i = 1; i <= count; i++) ours["cpu" numbers[i]] }
        $1 in ours { ticks += $2 + $3 + $4 + $7 + $8 + $9 }
        END { printf "machine %.0f\n", ticks / hertz * 1e9 }' /proc/stat
}

# processor_use BEFORE AFTER: seconds of all the threads, of their waiting, of the busiest thread, and of everything on
# our processors, as JSON.
processor_use() {
    awk 'NR == FNR { before[$1] = $2; waited_before[$1] = $3; next }
         { used = ($2 - before[$1]) / 1e9 }
         $1 == "machine" { host = used; next }
         { total += used; waited += ($3 - waited_before[$1]) / 1e9; if (used > busiest) busiest = used }
         END { printf "{\"cpu_seconds\": %.6f, \"cpu_wait_seconds\": %.6f, ", total, waited
               printf "\"busiest_thread_cpu_seconds\": %.6f, \"host_cpu_seconds\": %.2f}", busiest, host }' \
        <(echo "$1") <(echo "$2")
}
