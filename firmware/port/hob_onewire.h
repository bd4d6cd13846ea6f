/*
 * hob_onewire: a DS18B20 that is alone on its 1-Wire bus: what is said to it, in
 * slots whose lengths are those of its data sheet at standard speed. How a pin is
 * held low for so long is the port's.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_ONEWIRE_H
#define HOB_ONEWIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "hob_err.h"

/* In a slot the level counts so long after its beginning: the sensor holds a 0 for 15 µs at least. */
#define HOB_ONEWIRE_LOOK_US 10u
#define HOB_ONEWIRE_SCRATCHPAD 9u
/* 12 bits take 750 ms at most. */
#define HOB_ONEWIRE_CONVERT_MS 760

/* The bus. ctx is the first argument of each function. */
struct hob_onewire {
    void *ctx;
    /* True while nobody holds the bus low. */
    bool (*idle)(void *ctx);
    /*
     * Holds the bus low for low_us, lets it go, and looks at it look_us after it
     * was let go; then rest_us pass. The times up to the look must not be
     * stretched by more than 2 µs; the rest may take as long as it likes. Result:
     * the level at the look.
     */
    bool (*slot)(void *ctx, uint32_t low_us, uint32_t look_us, uint32_t rest_us);
    /* The same where low_us may be longer too. */
    bool (*reset)(void *ctx, uint32_t low_us, uint32_t look_us, uint32_t rest_us);
};

/*
 * Begins a measurement. Result: the ms after which it can be read;
 * HOB_ERR_MISSING when no sensor answers, or the bus is held low.
 */
int hob_onewire_convert(const struct hob_onewire *bus);

/*
 * Reads the scratchpad, whose checksum is the core's to judge. Result: its length;
 * HOB_ERR_MISSING as above.
 */
int hob_onewire_read(const struct hob_onewire *bus, uint8_t out[HOB_ONEWIRE_SCRATCHPAD]);

#endif
