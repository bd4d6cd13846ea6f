/*
 * What a thermostat warns of, and what it does not.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_watch.h"

#include "test.h"

#define MIN 60000u

static struct hob_watch w;
static uint64_t now;
static int32_t temp;

static void start(void)
{
    w = (struct hob_watch){0};
    now = 1000;
    temp = 20000;
}

/* Minutes with the relay on or off, at so many thousandths of a degree an hour. */
static enum hob_climate_warning pass(unsigned minutes, bool on, int32_t rate)
{
    for (unsigned n = 0; n < minutes; n++) {
        (void)hob_watch_step(&w, on, temp, now);
        now += MIN;
        temp += rate / 60;
    }
    (void)hob_watch_step(&w, on, temp, now);
    return (enum hob_climate_warning)w.warning;
}

TEST(a_heater_that_is_on_has_to_warm)
{
    static const struct {
        unsigned minutes;
        int32_t rate; /* thousandths an hour */
        enum hob_climate_warning want;
    } rows[] = {
        {14, 0, HOB_WARNS_OF_NOTHING},     {15, 0, HOB_WARNS_NO_RISE},
        {15, -6000, HOB_WARNS_NO_RISE},    {15, 1140, HOB_WARNS_NO_RISE},
        {600, 1260, HOB_WARNS_OF_NOTHING}, {600, 6000, HOB_WARNS_OF_NOTHING},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d minutes at %d", (int)rows[i].minutes, (int)rows[i].rate);
        start();
        CHECK_INT(pass(rows[i].minutes, true, rows[i].rate), rows[i].want);
    }
}

TEST(a_room_that_cools_at_first_counts_from_its_coldest)
{
    start();
    CHECK_INT(pass(10, true, -1200), HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(4, true, 6000), HOB_WARNS_OF_NOTHING); /* 0.4 K from there, 0.2 K in all */
    CHECK_INT(pass(10, true, 0), HOB_WARNS_OF_NOTHING);
}

TEST(no_rise_ends_with_a_rise_or_a_quarter_of_an_hour_off)
{
    start();
    CHECK_INT(pass(20, true, 0), HOB_WARNS_NO_RISE);
    CHECK_INT(pass(2, true, 9000), HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(20, true, 0), HOB_WARNS_NO_RISE);
    CHECK_INT(pass(14, false, 0), HOB_WARNS_NO_RISE);
    CHECK_INT(pass(1, false, 0), HOB_WARNS_OF_NOTHING);
}

TEST(a_stuck_relay_is_told_from_overshoot_and_sun)
{
    static const struct {
        const char *what;
        int32_t first;  /* rate in the first quarter of an hour after it went off */
        int32_t then;   /* and in the two hours after that */
        enum hob_climate_warning want;
    } rows[] = {
        {"nothing", 0, 0, HOB_WARNS_OF_NOTHING},
        {"cooling", -1200, -1200, HOB_WARNS_OF_NOTHING},
        {"overshoot of a heavy radiator", 6000, 600, HOB_WARNS_OF_NOTHING},
        {"sun through a large window", 1500, 1500, HOB_WARNS_OF_NOTHING},
        {"just below the limit", 1980, 1980, HOB_WARNS_OF_NOTHING},
        {"stuck", 2100, 2100, HOB_WARNS_STUCK},
        {"stuck after a pause", -600, 3000, HOB_WARNS_STUCK},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        start();
        (void)pass(5, true, 6000);
        (void)pass(15, false, rows[i].first);
        CHECK_INT(pass(120, false, rows[i].then), rows[i].want);
    }
}

TEST(stuck_takes_two_quarters_in_a_row_and_ends_when_it_is_not_warmer)
{
    start();
    (void)pass(15, false, 3000);
    CHECK_INT(pass(29, false, 3000), HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(1, false, 3000), HOB_WARNS_STUCK);
    CHECK_INT(pass(15, false, 600), HOB_WARNS_STUCK); /* warmer still */
    CHECK_INT(pass(15, false, -600), HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(15, false, 3000), HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(15, false, 0), HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(30, false, 3000), HOB_WARNS_STUCK);
    CHECK_INT(pass(1, true, 0), HOB_WARNS_OF_NOTHING);
}

TEST(what_is_not_known_warns_of_nothing)
{
    start();
    CHECK_INT(pass(20, true, 0), HOB_WARNS_NO_RISE);
    hob_watch_stop(&w);
    CHECK_INT(w.warning, HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(14, true, 0), HOB_WARNS_OF_NOTHING);
    CHECK_INT(pass(1, true, 0), HOB_WARNS_NO_RISE);
}

int main(void)
{
    RUN(a_heater_that_is_on_has_to_warm);
    RUN(a_room_that_cools_at_first_counts_from_its_coldest);
    RUN(no_rise_ends_with_a_rise_or_a_quarter_of_an_hour_off);
    RUN(a_stuck_relay_is_told_from_overshoot_and_sun);
    RUN(stuck_takes_two_quarters_in_a_row_and_ends_when_it_is_not_warmer);
    RUN(what_is_not_known_warns_of_nothing);
    return test_end("watch");
}
