# What flamegraph.sh makes of counted stacks (lib/stacks.awk): shares, and the table of them.

def kinds: ["kernel read", "kernel write", "wait", "FastTun", "runtime", "kernel other"];

# In: the lines. Out: shares of all samples by kind, and of every function that has a thousandth.
def shares:
    map(split("|"))
    | (map(select(.[1] == "") | {(.[0]): (.[2] | tonumber)}) | add) as $kinds
    | ($kinds | add) as $samples
    | {samples: $samples,
       kinds: (kinds | map({(.): (($kinds[.] // 0) / $samples)}) | add),
       functions: [.[] | select(.[1] != "")
                   | {kind: .[0], function: .[1], self: ((.[2] | tonumber) / $samples),
                      inclusive: ((.[3] | tonumber) / $samples)}
                   | select(.inclusive >= 0.001)] | sort_by(-.self, -.inclusive)};

# In: the whole result. Out: what all its samples come to, by what arrived meanwhile.
def cost:
    (.samples / .options.frequency_hz / .options.duration_seconds) as $busy
    | if .load.bits then {figure: ($busy * 1e3 / (.load.bits / 1e9 / .load.seconds)), unit: "ms/Gbit"}
      else {figure: ($busy * 1e9 / (.load.packets / .load.seconds)), unit: "ns/packet"} end;

def percent: . * 1000 | round / 10 | "\(.) %";
def cost_cell($cost): . * $cost.figure * 10 | round / 10 | tostring;

def functions($title; $figure; $cost):
    $title, (sort_by(-.[$figure])[:20][] | select(.[$figure] > 0)
             | "\(.kind)|\(.function)|\(.self | percent)|\(.inclusive | percent)|\(.[$figure] | cost_cell($cost))");

# In: the whole result. Out: lines of cells between bars.
def table:
    .cost as $cost
    | "\(.options.forwarder), \(.options.workload): \(.samples) samples||||",
      "what|function|self|inclusive|\($cost.unit)",
      (.kinds | to_entries[] | "\(.key)|(all)|\(.value | percent)||\(.value | cost_cell($cost))"),
      (.functions | functions("the most by themselves||||"; "self"; $cost)),
      (.functions | functions("the most with what they call||||"; "inclusive"; $cost)),
      (.functions | map(select(.kind == "FastTun")) | functions("FastTun's own||||"; "self"; $cost));
