# Statistics over the runs of a measurement.

def median:
    sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
           else (.[length / 2 - 1] + .[length / 2]) / 2 end;

# A figure that was measured once a round.
def spread: if length == 0 then null else {median: median, min: min, max: max} end;

# The runs' figure divided by the reference's of the same round: what disturbed a whole round cancels out.
def ratios($figure; $reference):
    [.[] as $run | $reference[] | select(.round == $run.round and .[$figure] > 0) | $run[$figure] / .[$figure]];
