// A histogram of durations from 1 ns to 18 minutes with a resolution of 1 %, in constant space and time: each power of
// two is cut into 128 equal parts (log-linear, as HdrHistogram does it); below 128 ns every nanosecond has its own.
#pragma once
#include <stdint.h>
#include <stdio.h>

enum { PART_BITS = 7, PARTS = 1 << PART_BITS, OCTAVES = 40 - PART_BITS, BUCKETS = (OCTAVES + 1) * PARTS };

struct histogram {
    uint64_t counts[BUCKETS];
    uint64_t count, lowest, highest;
};

static inline unsigned bucket_of(uint64_t value)
{
    if (value < PARTS)
        return (unsigned)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - PART_BITS;
    unsigned bucket = shift * PARTS + (unsigned)(value >> shift);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

// The middle of a bucket.
static inline uint64_t value_of(unsigned bucket)
{
    if (bucket < PARTS)
        return bucket;
    unsigned shift = bucket / PARTS - 1;
    return ((uint64_t)(bucket % PARTS + PARTS) << shift) + ((1ull << shift) >> 1);
}

static inline void histogram_add(struct histogram *histogram, uint64_t value)
{
    histogram->counts[bucket_of(value)]++;
    histogram->lowest = histogram->count == 0 || value < histogram->lowest ? value : histogram->lowest;
    histogram->highest = value > histogram->highest ? value : histogram->highest;
    histogram->count++;
}

// The value that the fraction of all values does not exceed; 0 of an empty histogram.
static inline uint64_t histogram_percentile(const struct histogram *histogram, double fraction)
{
    uint64_t rank = (uint64_t)(fraction * (double)histogram->count), seen = 0;
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (seen > rank)
            return value_of(bucket);
    }
    return histogram->highest;
}

// As members of a JSON object. With fewer than ten values beyond it a percentile is an accident, and null.
static inline void histogram_print(const struct histogram *histogram)
{
    static const struct {
        const char *name;
        double fraction;
    } percentiles[] = {{"p50_ns", 0.5}, {"p90_ns", 0.9}, {"p99_ns", 0.99}, {"p999_ns", 0.999}};
    for (size_t i = 0; i < sizeof percentiles / sizeof *percentiles; i++) {
        printf("\"%s\": ", percentiles[i].name);
        if ((1 - percentiles[i].fraction) * (double)histogram->count >= 9.99)
            printf("%lu, ", histogram_percentile(histogram, percentiles[i].fraction));
        else
            printf("null, ");
    }
    printf("\"lowest_ns\": %lu, \"highest_ns\": %lu", histogram->lowest, histogram->highest);
}
