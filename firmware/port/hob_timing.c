/*
 * Lengths of pulses; see hob_timing.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_timing.h"

#include <string.h>

#define DHT_BITS ((size_t)8 * HOB_DHT_BYTES)
/* Data sheet: 22 to 30 µs for a 0, 68 to 75 µs for a 1. */
#define DHT_SHORTEST 12u
#define DHT_BOUNDARY 48u
#define DHT_LONGEST 100u

/* The index of the stretch where the last DHT_BITS high ones begin; count if there are fewer. */
static size_t data_start(const struct hob_stretch *stretches, size_t count)
{
    size_t highs = 0;
    for (size_t i = count; i > 0; i--) {
        highs += stretches[i - 1].high;
        if (highs == DHT_BITS)
            return i - 1;
    }
    return count;
}

static size_t recorded(const struct hob_stretch *stretches, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (stretches[i].us == 0)
            return i;
    }
    return count;
}

int hob_timing_dht(const struct hob_stretch *stretches, size_t count, uint8_t out[HOB_DHT_BYTES])
{
    count = recorded(stretches, count);
    size_t i = data_start(stretches, count);
    if (i == count)
        return HOB_ERR_MISSING;
    memset(out, 0, HOB_DHT_BYTES);
    for (size_t bit = 0; i < count; i++) {
        if (!stretches[i].high)
            continue;
        if (stretches[i].us < DHT_SHORTEST || stretches[i].us > DHT_LONGEST)
            return HOB_ERR_VALUE;
        if (stretches[i].us > DHT_BOUNDARY)
            out[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
        bit++;
    }
    return HOB_OK;
}

unsigned hob_timing_duty_bits(uint32_t clock_hz, uint32_t freq_hz, unsigned max_bits)
{
    unsigned bits = 1;
    while (bits < max_bits && ((uint64_t)freq_hz << (bits + 1)) <= clock_hz)
        bits++;
    return bits;
}

uint32_t hob_timing_duty(uint16_t duty, unsigned bits)
{
    return (uint32_t)((((uint64_t)duty << bits) + 32767u) / 65535u);
}
