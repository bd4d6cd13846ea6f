/*
 * The 1-Wire bus against a DS18B20 that knows the limits of its data sheet, and
 * notes every slot that is not within them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "hob_onewire.h"
#include "test.h"

/* A sensor on a bus. */
static struct sensor {
    bool there;
    bool shorted;    /* the line is low, whatever anybody does */
    bool stuck;      /* it holds the line after its presence */
    bool slow;       /* as late and as short as it may be: presence from 60 µs on, a 0 for 15 µs */
    unsigned leaves; /* it is pulled off after so many bits since the reset; 0: never */
    uint32_t late_low, late_look, late_rest; /* by how much the port makes times longer, in µs */
    uint8_t pad[HOB_ONEWIRE_SCRATCHPAD];
    uint8_t heard[4]; /* bytes since the reset */
    unsigned bits;    /* heard or said since the reset */
    unsigned slots;
    unsigned resets;
    unsigned wrong; /* slots that are not within the limits */
    bool converts;
} s;

static void begin(void)
{
    s = (struct sensor){.there = true};
    for (unsigned i = 0; i < sizeof s.pad; i++)
        s.pad[i] = (uint8_t)(0x91u + 0x35u * i);
}

static bool is_idle(void *ctx)
{
    const struct sensor *x = ctx;
    return !x->shorted && !(x->stuck && x->resets > 0);
}

static bool says(const struct sensor *x)
{
    return x->bits >= 16 && x->heard[0] == 0xCC && x->heard[1] == 0xBE;
}

/* The bit that is said in the slot under way. */
static bool said(const struct sensor *x)
{
    unsigned n = x->bits - 16;
    return (x->leaves > 0 && x->bits >= x->leaves) || n >= 8u * sizeof x->pad || (x->pad[n / 8] >> n % 8 & 1u) != 0;
}

static bool do_slot(void *ctx, uint32_t low_us, uint32_t look_us, uint32_t rest_us)
{
    struct sensor *x = ctx;
    low_us += x->late_low;
    look_us += x->late_look;
    rest_us += x->late_rest;
    uint32_t look_at = low_us + look_us;
    bool is_short = low_us >= 1 && low_us < 15;
    bool is_long = low_us >= 60 && low_us <= 120;
    bool level = !x->shorted;
    x->slots++;
    /* 60 µs a slot, and 1 in which the line recovers. */
    x->wrong += (!is_short && !is_long) || look_at + rest_us < 61 || (is_long && look_us + rest_us < 1);
    if (says(x)) {
        /* The sensor lets go 15 µs after the beginning, or by 60 if it is in no hurry. */
        x->wrong += !is_short || look_at <= low_us || look_at >= 15;
        level = level && (said(x) || look_at > (x->slow ? 15u : 60u));
    } else if (x->bits / 8 < sizeof x->heard && !is_long) {
        x->heard[x->bits / 8] |= (uint8_t)(1u << x->bits % 8);
    }
    x->bits++;
    x->converts = x->converts || (x->bits == 16 && x->heard[0] == 0xCC && x->heard[1] == 0x44);
    return level;
}

static bool do_reset(void *ctx, uint32_t low_us, uint32_t look_us, uint32_t rest_us)
{
    struct sensor *x = ctx;
    uint32_t from = x->slow ? 60u : 15u; /* and 60 µs at least from then on */
    x->resets++;
    x->bits = 0;
    memset(x->heard, 0, sizeof x->heard);
    x->wrong += low_us < 480 || look_us + rest_us < 480;
    return !x->shorted && !(x->there && look_us > from && look_us < from + 60);
}

static const struct hob_onewire bus = {&s, is_idle, do_slot, do_reset};

TEST(a_measurement_is_begun_and_its_time_told)
{
    begin();
    CHECK_INT(hob_onewire_convert(&bus), HOB_ONEWIRE_CONVERT_MS);
    CHECK(s.converts);
    CHECK_INT(s.slots, 16);
    CHECK_INT(s.wrong, 0);
}

TEST(what_the_sensor_says_is_read_bit_by_bit)
{
    uint8_t out[HOB_ONEWIRE_SCRATCHPAD];
    for (unsigned n = 0; n < 64; n++) {
        test_row("slow %u, pattern %u", n & 1u, n / 2);
        begin();
        s.slow = (n & 1u) != 0;
        uint32_t seed = n + 1;
        for (unsigned i = 0; i < sizeof s.pad; i++)
            s.pad[i] = n < 2 ? 0x00 : n < 4 ? 0xFF : (uint8_t)test_random(&seed);
        CHECK_INT(hob_onewire_read(&bus, out), (int)sizeof out);
        CHECK_MEM(out, s.pad, sizeof out);
        CHECK_INT(s.slots, 16 + 8 * sizeof out);
        CHECK_INT(s.wrong, 0);
    }
}

TEST(a_port_may_make_times_as_much_longer_as_it_is_allowed_to)
{
    static const uint32_t late[][3] = {{2, 0, 0}, {0, 2, 0}, {1, 1, 0}, {0, 0, 5000}, {1, 1, 5000}};
    uint8_t out[HOB_ONEWIRE_SCRATCHPAD];
    for (size_t i = 0; i < COUNT(late); i++) {
        test_row("%u", (unsigned)i);
        begin();
        s.slow = true;
        s.late_low = late[i][0];
        s.late_look = late[i][1];
        s.late_rest = late[i][2];
        CHECK_INT(hob_onewire_read(&bus, out), (int)sizeof out);
        CHECK_MEM(out, s.pad, sizeof out);
        CHECK_INT(s.wrong, 0);
    }
}

TEST(a_bus_without_a_sensor_is_said_to_have_none)
{
    uint8_t out[HOB_ONEWIRE_SCRATCHPAD];
    for (int i = 0; i < 3; i++) {
        test_row("%s", i == 0 ? "nobody answers" : i == 1 ? "shorted" : "held low after its presence");
        begin();
        s.there = i != 0;
        s.shorted = i == 1;
        s.stuck = i == 2;
        CHECK_INT(hob_onewire_convert(&bus), HOB_ERR_MISSING);
        s.resets = 0;
        CHECK_INT(hob_onewire_read(&bus, out), HOB_ERR_MISSING);
        CHECK_INT(s.slots, 0);
        CHECK_INT(s.resets, i == 1 ? 0 : 1); /* a line that nothing pulls up is left alone */
    }
}

TEST(a_sensor_that_goes_while_it_is_read_gives_ones)
{
    uint8_t out[HOB_ONEWIRE_SCRATCHPAD];
    begin();
    s.leaves = 16 + 8 * 4;
    CHECK_INT(hob_onewire_read(&bus, out), (int)sizeof out);
    CHECK_MEM(out, s.pad, 4);
    CHECK_MEM(out + 4, "\xFF\xFF\xFF\xFF\xFF", 5);
}

int main(void)
{
    RUN(a_measurement_is_begun_and_its_time_told);
    RUN(what_the_sensor_says_is_read_bit_by_bit);
    RUN(a_port_may_make_times_as_much_longer_as_it_is_allowed_to);
    RUN(a_bus_without_a_sensor_is_said_to_have_none);
    RUN(a_sensor_that_goes_while_it_is_read_gives_ones);
    return test_end("onewire");
}
