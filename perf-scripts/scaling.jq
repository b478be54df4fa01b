# What scaling.sh makes of its runs: a summary by flows, load and workers, the ratios to one worker, and the table.
include "lib/statistics";
include "lib/cells";

# The share of a run that the workers could have run and others did, and that they ran or could have.
def waited: .cpu_wait_seconds / .seconds / .workers;
def occupied: .cpu_share / .workers + waited;

def summary_line($one; $packets):
    .[0] as $first
    | {flows: $first.flows, load: $first.load, workers: $first.workers, steering: $first.steering, rounds: length,
       packets_per_second: map(.packets_per_second) | spread,
       throughput_ratio: ratios("packets_per_second"; $one) | spread,
       cpu_ns_per_packet: map(.cpu_ns_per_packet) | spread,
       cpu_ratio: ratios("cpu_ns_per_packet"; $one) | spread,
       host_cpu_ns_per_packet: map(.host_cpu_ns_per_packet) | spread,
       worker_busy: map(.cpu_share / .workers) | median,
       worker_waited: map(waited) | median,
       busiest_worker: ($packets[$first.name] | max / ((add / length) | if . > 0 then . else 1 end)),
       loss_fraction: map(.loss_fraction) | spread,
       device_drops: map(.device_drops) | add,
       receiver_drops: map(.socket_drops) | add,
       packets_late: map(.late) | add,
       rounds_limited_by_load: map(select(.load == "flood" and occupied < 0.9)) | length};

# In: all runs. Out: one line for each of flows, load, workers and steering, in the order they ran.
def summary($packets):
    . as $runs
    | [(map([.flows, .load]) | unique)[] as [$flows, $load]
       | ($runs | map(select(.flows == $flows and .load == $load))) as $these
       | ($these | map(.name) | unique_by(ltrimstr("w") | split("-") | [(.[0] | tonumber), .[2] == "false"]))[] as $name
       | $these | map(select(.name == $name))
       | summary_line($these | map(select(.workers == 1)); $packets)];

# In: the summary. Out: what compare.sh compares. Throughput says nothing where the senders were the limit.
def ratios_of_cases:
    [.[] | select(.workers > 1)
     | "\(.flows) flows, \(.workers) workers\(if .steering then "" else " without steering" end), \(.load)" as $case
     | (.cpu_ratio | {case: "\($case), cpu", ratio: .median, min, max, better: "lower"}),
       (select(.load == "flood" and .rounds_limited_by_load == 0) | .throughput_ratio
        | {case: "\($case), throughput", ratio: .median, min, max, better: "higher"})];

def notes:
    [if .rounds_limited_by_load > 0
     then "the senders were the limit in \(.rounds_limited_by_load) of \(.rounds)" else empty end,
     if .receiver_drops > 0 then "the receivers dropped \(.receiver_drops)" else empty end] | join("; ");

# In: the whole result. Out: lines of cells between bars.
def table:
    (["flows", "load", "workers", "Mpps", "min..max", "ratio", "ns/packet", "min..max", "ratio", "host ns/packet",
      "busy", "waited", "busiest", "loss", "dropped", "late", "note"],
     (.summary[]
      | [.flows, .load, "\(.workers)\(if .steering then "" else " unsteered" end)",
         (.packets_per_second | middle_and_range(1e-6; 3)), (.throughput_ratio | ratio),
         (.cpu_ns_per_packet | middle_and_range(1; 0)), (.cpu_ratio | ratio),
         (.host_cpu_ns_per_packet.median | figure(1; 0)), (.worker_busy | figure(100; 0)) + " %", (.worker_waited | figure(100; 0)) + " %",
         (.busiest_worker | figure(1; 2)), (.loss_fraction.median | figure(100; 1)) + " %",
         .device_drops, .packets_late, notes]))
    | map(tostring) | join("|");
