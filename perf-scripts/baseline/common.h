// What the programs share: reading numbers, telling the time, and the mark that every packet carries.
#pragma once
#define _GNU_SOURCE
#include <errno.h>
#include <error.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_FLOWS = 65536, EXIT_USAGE = 2 };

// A payload's first bytes: the flow, and how many of it came before. In host byte order, as both ends are here.
struct mark {
    uint32_t flow;
    uint32_t sequence;
};

// A number within [low, high], or one line that names the culprit.
static inline double number(const char *name, const char *text, double low, double high)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end != '\0' || !(value >= low && value <= high))
        error(EXIT_USAGE, 0, "%s %s: expected a number from %.15g to %.15g", name, text, low, high);
    return value;
}

static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static inline uint64_t now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static inline void sleep_until(uint64_t moment)
{
    struct timespec when = {.tv_sec = (time_t)(moment / 1000000000u), .tv_nsec = (long)(moment % 1000000000u)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL);
}

static inline double cpu_seconds(void)
{
    return (double)clock_ns(CLOCK_PROCESS_CPUTIME_ID) / 1e9;
}
