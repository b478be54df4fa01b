// Notices when a thread that never sleeps did not run: something else had its processor. What it would have measured in
// such a gap says nothing, and must not be taken for what it measures.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { GAP_NS = 20000 };   // turns of a busy loop begin closer together than this; 5,000 is usual

struct gap {
    uint64_t turn;         // when this turn of the loop began
    uint64_t begin, end;   // the last gap between two turns
    bool backlog;          // what arrived in it may still be waiting
};

static inline void gap_turn(struct gap *gap, uint64_t now)
{
    if (gap->turn != 0 && now - gap->turn > GAP_NS) {
        gap->begin = gap->turn;
        gap->end = now;
        gap->backlog = true;
    }
    gap->turn = now;
}

// Whether something that left and arrived at these moments did either unseen.
static inline bool gap_hides(const struct gap *gap, uint64_t left, uint64_t arrived)
{
    return gap->backlog || arrived - gap->turn > GAP_NS || (left >= gap->begin && left < gap->end);
}
