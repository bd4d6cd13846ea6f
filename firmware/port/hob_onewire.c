/*
 * A DS18B20; see hob_onewire.h. Commands and times are those of its data sheet.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_onewire.h"

#define SKIP_ROM 0xCCu
#define CONVERT 0x44u
#define READ_SCRATCHPAD 0xBEu

/* Low: 1 to 15 µs for a 1 and for a look, 60 to 120 for a 0. A slot takes 60 at least, and 1 between two. */
#define LOW_1_US 4u
#define LOW_0_US 62u
#define LOW_READ_US 2u
#define SLOT_US 68u
/* Low for 480 µs; the sensor answers 15 to 60 µs later, for 60 to 240; 480 until the next thing. */
#define LOW_RESET_US 500u
#define PRESENCE_US 70u
#define AFTER_PRESENCE_US 430u

static bool short_slot(const struct hob_onewire *bus, uint32_t low_us)
{
    return bus->slot(bus->ctx, low_us, HOB_ONEWIRE_LOOK_US - low_us, SLOT_US - HOB_ONEWIRE_LOOK_US);
}

static void write_byte(const struct hob_onewire *bus, unsigned byte)
{
    for (unsigned bit = 0; bit < 8; bit++) {
        if ((byte >> bit & 1u) != 0)
            (void)short_slot(bus, LOW_1_US);
        else
            (void)bus->slot(bus->ctx, LOW_0_US, 0, SLOT_US - LOW_0_US);
    }
}

static uint8_t read_byte(const struct hob_onewire *bus)
{
    unsigned byte = 0;
    for (unsigned bit = 0; bit < 8; bit++)
        byte |= (short_slot(bus, LOW_READ_US) ? 1u : 0u) << bit;
    return (uint8_t)byte;
}

/* Whether a sensor is there, and hears what comes next. */
static bool greet(const struct hob_onewire *bus)
{
    if (!bus->idle(bus->ctx))
        return false; /* nothing pulls the line up */
    bool silent = bus->reset(bus->ctx, LOW_RESET_US, PRESENCE_US, AFTER_PRESENCE_US);
    if (silent || !bus->idle(bus->ctx))
        return false;
    write_byte(bus, SKIP_ROM);
    return true;
}

int hob_onewire_convert(const struct hob_onewire *bus)
{
    if (!greet(bus))
        return HOB_ERR_MISSING;
    write_byte(bus, CONVERT);
    return HOB_ONEWIRE_CONVERT_MS;
}

int hob_onewire_read(const struct hob_onewire *bus, uint8_t out[HOB_ONEWIRE_SCRATCHPAD])
{
    if (!greet(bus))
        return HOB_ERR_MISSING;
    write_byte(bus, READ_SCRATCHPAD);
    for (unsigned i = 0; i < HOB_ONEWIRE_SCRATCHPAD; i++)
        out[i] = read_byte(bus);
    return (int)HOB_ONEWIRE_SCRATCHPAD;
}
