# What latency.sh makes of its runs: what each forwarder adds to the direct path, a summary, and the table of it.
include "lib/statistics";
include "lib/cells";

# A run's cost by packets that arrived, and what else the processors did.
def costs_of_run:
    .lost = .packets_sent - .packets
    | .cpu_share = .cpu_seconds / .seconds
    | .cpu_ns_per_packet = (if .packets > 0 then .cpu_seconds * 1e9 / .packets else null end)
    | .others_cpu_seconds = ([.host_cpu_seconds - .cpu_seconds - .load_cpu_seconds, 0] | max);

def percentiles: ["p50", "p99", "p999"];

# In: all runs. Out: the same, with the percentiles less the direct path's of the same rate and round.
def added:
    . as $runs
    | map(. as $run
          | ($runs[] | select(.forwarder == "direct" and .rate == $run.rate and .round == $run.round)) as $direct
          | reduce percentiles[] as $p (.;
                .["added_\($p)_ns"] = if .["\($p)_ns"] and $direct["\($p)_ns"] then .["\($p)_ns"] - $direct["\($p)_ns"]
                                      else null end));

def measured($figure): map(.[$figure] | values) | spread;

def summary_line($reference):
    . as $these
    | {rate: .[0].rate, rate_pps: .[0].rate_pps, forwarder: .[0].forwarder, rounds: length}
      + reduce percentiles[] as $p ({};
            .["\($p)_ns"] = ($these | measured("\($p)_ns"))
            | .["added_\($p)_ns"] = ($these | measured("added_\($p)_ns"))
            | .["added_\($p)_ratio"] = ($these | map(select(.["added_\($p)_ns"]))
                                        | ratios("added_\($p)_ns"; $reference) | spread))
      + {cpu_share: map(.cpu_share) | median,
         cpu_ns_per_packet: measured("cpu_ns_per_packet"),
         lost: map(.lost) | add,
         missed: map(.missed) | add,
         blind: map(.blind) | add,
         packets_sent: map(.packets_sent) | add,
         rounds_disturbed: map(select(.others_cpu_seconds > 0.1 and .others_cpu_seconds > 0.1 * .seconds)) | length};

# In: all runs. Out: one line a rate and forwarder, in the order they ran.
def summary($reference):
    . as $runs
    | [(map(.rate) | unique_by(. as $rate | $runs | map(.rate) | index($rate)))[] as $rate
       | ($runs | map(select(.rate == $rate))) as $these
       | ($these | map(select(.round == 1) | .forwarder))[] as $forwarder
       | $these | map(select(.forwarder == $forwarder))
       | summary_line($these | map(select(.forwarder == $reference)))];

# In: the summary. Out: what compare.sh compares.
def ratios_of_cases($reference):
    [.[] | select(.forwarder != "direct" and .forwarder != $reference)
     | . as $line | percentiles[] as $p | .["added_\($p)_ratio"] | select(.)
     | {case: "\($line.rate) \($line.forwarder) added \($p)", ratio: .median, min, max, better: "lower"}];

# The direct path's own figures stand as they are; the others' are what they add.
def cells($p):
    if .forwarder == "direct" then (.["\($p)_ns"] | middle_and_range(1e-3; 1)), "-"
    else (.["added_\($p)_ns"] | middle_and_range(1e-3; 1)), (.["added_\($p)_ratio"] | ratio) end;

def notes:
    [if .lost > 0 then "\(.lost) lost of \(.packets_sent)" else empty end,
     if .missed > 0.01 * .packets_sent then "\(.missed) could not be sent in time" else empty end,
     if .blind > 0.01 * .packets_sent then "\(.blind) not timed" else empty end,
     if .rounds_disturbed > 0 then "others used the processors in \(.rounds_disturbed) of \(.rounds)" else empty end]
    | join("; ");

# In: the whole result. Out: lines of cells between bars.
def table:
    (["rate", "forwarder", "p50 us", "min..max", "ratio", "p99 us", "min..max", "ratio", "p99.9 us", "min..max", "ratio",
      "busy", "CPU", "note"],
     (.summary[]
      | [.rate + (if .rate == "half" then " (\(.rate_pps))" else "" end), .forwarder, cells(percentiles[]),
         (if .forwarder == "direct" then "-", "-"
          else (.cpu_share | figure(100; 1)) + " %", (.cpu_ns_per_packet.median | figure(1; 0)) + " ns/packet" end),
         notes]))
    | map(tostring) | join("|");
