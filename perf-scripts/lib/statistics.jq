# Statistics over the runs of a measurement.

def median:
    sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
           else (.[length / 2 - 1] + .[length / 2]) / 2 end;

# A figure that was measured once a round.
def spread: if length == 0 then null else {median: median, min: min, max: max} end;

# The runs' figure divided by the reference's of the same round: what disturbed a whole round cancels out.
def ratios($figure; $reference):
    [.[] as $run | $reference[] | select(.round == $run.round and .[$figure] > 0 and $run[$figure] != null)
     | $run[$figure] / .[$figure]];

# A run's figures by what arrived, and what limited it. A forwarder with time to spare was not given more; except by
# TCP, which slows down when a queue in front of the forwarder has overflowed.
def costs:
    .cpu_share = .cpu_seconds / .seconds
    | .others_cpu_seconds = ([.host_cpu_seconds - .cpu_seconds - .load_cpu_seconds, 0] | max)
    | if .bits then
          .bits_per_second = .bits / .seconds
          | .cpu_seconds_per_gbit = .cpu_seconds / (.bits / 1e9)
          | .host_cpu_seconds_per_gbit = .host_cpu_seconds / (.bits / 1e9)
      else
          .packets_per_second = .packets / .seconds
          | .cpu_ns_per_packet = .cpu_seconds * 1e9 / .packets
          | .host_cpu_ns_per_packet = .host_cpu_seconds * 1e9 / .packets
          | .loss_fraction = 1 - .packets / .packets_sent
      end
    | (.cpu_share + .cpu_wait_seconds / .seconds) as $occupied
    | .limit = if $occupied < 0.9 and (.packets or .device_drops == 0) then "load" else "forwarder" end;
