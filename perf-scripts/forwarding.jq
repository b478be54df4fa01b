# What forwarding.sh makes of its runs: a summary by workload and forwarder, and the table of it.
include "lib/statistics";

# When others used the processors for more than this, throughput says nothing (and cost is a little high). Some is our own:
# starting and ending a load.
def disturbed: .others_cpu_seconds > 0.1 and .others_cpu_seconds > 0.1 * .seconds;

def summary_line($reference):
    (if .[0].bits then ["bits_per_second", "cpu_seconds_per_gbit"] else ["packets_per_second", "cpu_ns_per_packet"] end)
        as [$speed, $cost]
    | {workload: .[0].workload, forwarder: .[0].forwarder, rounds: length,
       ($speed): map(.[$speed]) | spread, throughput_ratio: ratios($speed; $reference) | spread,
       ($cost): map(.[$cost]) | spread, cpu_ratio: ratios($cost; $reference) | spread,
       cpu_share: map(.cpu_share) | median,
       busiest_thread_share: map(.busiest_thread_cpu_seconds / .seconds) | median,
       loss_fraction: map(.loss_fraction | values) | spread,
       device_drops: map(.device_drops) | add,
       receiver_drops: map(.socket_drops) | add,
       packets_late: map(.late) | add,
       retransmits: map(.retransmits) | add,
       rounds_limited_by_load: map(select(.limit == "load")) | length,
       rounds_disturbed: map(select(disturbed)) | length};

# In: all runs. Out: one line a workload and forwarder, in the order they ran.
def summary($reference):
    . as $runs | (map(.workload) | unique_by(. as $w | $runs | map(.workload) | index($w))) as $workloads
    | [$workloads[] as $workload | ($runs | map(select(.workload == $workload))) as $these
       | ($these | map(select(.round == 1) | .forwarder))[] as $forwarder
       | $these | map(select(.forwarder == $forwarder))
       | summary_line($these | map(select(.forwarder == $reference)))];

def figure($factor; $digits): . * $factor * pow(10; $digits) | round / pow(10; $digits) | tostring;
def range_of($factor; $digits): "\(.min | figure($factor; $digits))..\(.max | figure($factor; $digits))";
def ratio: if . == null then "-" else .median | figure(1; 3) end;

def speed_cells:
    if .bits_per_second then .bits_per_second | (.median | figure(1e-9; 2)) + " Gb/s", range_of(1e-9; 2)
    else .packets_per_second | (.median | figure(1e-3; 1)) + " kpps", range_of(1e-3; 1) end;
def cost_cells:
    if .cpu_seconds_per_gbit then .cpu_seconds_per_gbit | (.median | figure(1e3; 1)) + " ms/Gbit", range_of(1e3; 1)
    else .cpu_ns_per_packet | (.median | figure(1; 0)) + " ns/packet", range_of(1; 0) end;

def notes:
    [if .rounds_limited_by_load > 0
     then "the load, not the forwarder, was the limit in \(.rounds_limited_by_load) of \(.rounds)" else empty end,
     if .rounds_disturbed > 0 then "others used the processors in \(.rounds_disturbed) of \(.rounds)" else empty end,
     if .receiver_drops > 0 then "the receiver dropped \(.receiver_drops)" else empty end,
     if .retransmits > 0 then "\(.retransmits) retransmits" else empty end] | join("; ");

# In: the whole result. Out: lines of cells between bars.
def table:
    (["workload", "forwarder", "throughput", "min..max", "ratio", "CPU", "min..max", "ratio",
      "busy", "loss", "dropped", "late", "note"],
     (.summary[]
      | [.workload, .forwarder, speed_cells, (.throughput_ratio | ratio), cost_cells, (.cpu_ratio | ratio),
         (.cpu_share | figure(100; 0)) + " %",
         (if .loss_fraction then (.loss_fraction.median | figure(100; 1)) + " %" else "-" end),
         .device_drops, .packets_late // "-", notes]))
    | map(tostring) | join("|");
