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

def percent: . * 1000 | round / 10 | "\(.) %";

def functions($title; $figure):
    $title, (sort_by(-.[$figure])[:20][] | select(.[$figure] > 0)
             | "\(.kind)|\(.function)|\(.self | percent)|\(.inclusive | percent)|");

# In: the whole result. Out: lines of cells between bars.
def table:
    "\(.options.forwarder), \(.options.workload): \(.samples) samples||||",
    "what|function|self|inclusive|",
    (.kinds | to_entries[] | "\(.key)|(all)|\(.value | percent)||"),
    (.functions | functions("the most by themselves||||"; "self")),
    (.functions | functions("the most with what they call||||"; "inclusive")),
    (.functions | map(select(.kind == "FastTun")) | functions("FastTun's own||||"; "self"));
