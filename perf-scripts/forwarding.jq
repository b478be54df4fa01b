# What forwarding.sh makes of its runs: a summary by workload and forwarder, the ratios to compare with, and the table.
include "lib/statistics";
include "lib/cells";

# When others used the processors for more than this, throughput says nothing (and cost is a little high). Some is our
# own: starting and ending a load.
def disturbed: .others_cpu_seconds and .others_cpu_seconds > 0.1 and .others_cpu_seconds > 0.1 * .seconds;

def runs_of($name): map(select(.forwarder == $name));

# In: the runs of one workload. The host's cost is compared with the kernel's where that ran.
def summary_line($name):
    (.[0].reference) as $reference
    | (if any(.[]; .forwarder == "kernel-veth") then "kernel-veth" else $reference end) as $host_reference
    | (if .[0].bits then ["bits_per_second", "cpu_seconds_per_gbit", "host_cpu_seconds_per_gbit"]
       else ["packets_per_second", "cpu_ns_per_packet", "host_cpu_ns_per_packet"] end) as [$speed, $cost, $host]
    | runs_of($reference) as $baseline | runs_of($host_reference) as $host_baseline | runs_of($name)
    | {workload: .[0].workload, forwarder: $name, $reference, $host_reference, rounds: length,
       ($speed): map(.[$speed]) | spread, throughput_ratio: ratios($speed; $baseline) | spread,
       ($cost): map(.[$cost] | values) | spread, cpu_ratio: ratios($cost; $baseline) | spread,
       ($host): map(.[$host]) | spread, host_cpu_ratio: ratios($host; $host_baseline) | spread,
       cpu_share: map(.cpu_share | values) | median,
       busiest_thread_share: map(select(.busiest_thread_cpu_seconds) | .busiest_thread_cpu_seconds / .seconds) | median,
       loss_fraction: map(.loss_fraction | values) | spread,
       device_drops: map(.device_drops) | add,
       receiver_drops: map(.socket_drops) | add,
       packets_late: map(.late) | add,
       retransmits: map(.retransmits) | add,
       rounds_limited_by_load: map(select(.limit == "load")) | length,
       throughput_compares: (. + $baseline | all(.limit == "forwarder")),
       rounds_disturbed: map(select(disturbed)) | length};

# In: all runs. Out: one line a workload and forwarder, in the order they ran.
def summary:
    . as $runs | (map(.workload) | unique_by(. as $w | $runs | map(.workload) | index($w))) as $workloads
    | [$workloads[] as $workload | $runs | map(select(.workload == $workload))
       | map(select(.round == 1) | .forwarder)[] as $name | summary_line($name)];

# In: the summary. Out: what compare.sh compares.
def ratios_of_cases:
    def ratio_of($what; $spread; $better):
        select($spread != null)
        | {case: "\(.workload) \(.forwarder) \($what)", ratio: $spread.median, min: $spread.min, max: $spread.max,
           $better};
    [.[] | (select(.forwarder != .reference)
            | ratio_of("cpu"; .cpu_ratio; "lower"),
              (select(.throughput_compares) | ratio_of("throughput"; .throughput_ratio; "higher"))),
           (select(.forwarder != .host_reference) | ratio_of("host cpu"; .host_cpu_ratio; "lower"))];

def cell($unit; $factor; $digits): if . == null then "-" else (.median | figure($factor; $digits)) + " " + $unit end;
def ratio_cell($is_reference):
    if $is_reference then "1" elif . == null then "-"
    elif .min == .max then .median | figure(1; 2)
    else "\(.median | figure(1; 2)) (\(.min | figure(1; 2))..\(.max | figure(1; 2)))" end;

def speed_cell:
    if .bits_per_second then .bits_per_second | cell("Gb/s"; 1e-9; 2)
    else .packets_per_second | cell("Mpps"; 1e-6; 3) end;
def cost_cell($cost):
    if .bits_per_second then .[$cost + "_seconds_per_gbit"] | cell("ms/Gbit"; 1e3; 1)
    else .[$cost + "_ns_per_packet"] | cell("ns/packet"; 1; 0) end;

def notes:
    [if .rounds_limited_by_load > 0 then "load-limited in \(.rounds_limited_by_load) of \(.rounds)" else empty end,
     if .rounds_disturbed > 0 then "others used the processors in \(.rounds_disturbed) of \(.rounds)" else empty end,
     if .receiver_drops > 0 then "the receiver dropped \(.receiver_drops)" else empty end,
     if .retransmits > 0 then "\(.retransmits) retransmits" else empty end] | join("; ");

# In: the whole result. Out: lines of cells between bars.
def table:
    (["workload", "forwarder", "throughput", "ratio (min..max)", "CPU", "ratio (min..max)",
      "host CPU", "ratio (min..max)", "busy", "loss", "dropped", "late", "note"],
     (.summary[]
      | (.forwarder == .reference) as $is_reference | (.forwarder == .host_reference) as $is_host_reference
      | [.workload, .forwarder, speed_cell,
         (if .rounds_limited_by_load > 0 then "LOAD-LIMITED" elif .throughput_compares | not then "-"
          else .throughput_ratio | ratio_cell($is_reference) end),
         cost_cell("cpu"), (.cpu_ratio | ratio_cell($is_reference)),
         cost_cell("host_cpu"), (.host_cpu_ratio | ratio_cell($is_host_reference)),
         (if .cpu_share then (.cpu_share | figure(100; 0)) + " %" else "-" end),
         (if .loss_fraction then (.loss_fraction.median | figure(100; 1)) + " %" else "-" end),
         .device_drops, .packets_late // "-", notes]))
    | map(tostring) | join("|");

# In: the table. Out: the part of it that a README shows, as Markdown.
def markdown:
    split("|") | .[0:8] | "| " + join(" | ") + " |", (if .[0] == "workload" then "|" + "---|" * 8 else empty end);
