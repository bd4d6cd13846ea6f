/*
 * Thermostats: the law at simulated pins, and what switches off at once whatever
 * the least times say.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_thermostat.h"

/* ---- the law ---- */

TEST(the_relay_follows_the_temperature_with_hysteresis)
{
    static const struct {
        bool cools;
        bool on;    /* before */
        int temp;   /* sixteenths; the target is 20 degrees, the band one wide */
        bool after;
    } rows[] = {
        {false, false, DEGREES(20) - 7, false}, {false, false, DEGREES(20) - 8, true},
        {false, false, DEGREES(10), true},      {false, false, DEGREES(20) + 8, false},
        {false, true, DEGREES(20) - 8, true},   {false, true, DEGREES(20) + 7, true},
        {false, true, DEGREES(20) + 8, false},  {false, true, DEGREES(24), false},
        {true, false, DEGREES(20) + 7, false},  {true, false, DEGREES(20) + 8, true},
        {true, false, DEGREES(24), true},       {true, false, DEGREES(20) - 8, false},
        {true, true, DEGREES(20) + 8, true},    {true, true, DEGREES(20) - 7, true},
        {true, true, DEGREES(20) - 8, false},   {true, true, DEGREES(10), false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d", (int)i);
        REQUIRE(start(rows[i].cools ? RELAY PROBE HEATER ",\"cools\":true}\n" : HOUSE));
        warm(DEGREES(rows[i].on == rows[i].cools ? 22 : 18));
        run_alive(10 * MIN);
        hold(20000);
        run_alive(10 * MIN);
        CHECK_INT(fake_level(&f, 16), rows[i].on);
        warm(rows[i].temp);
        run_alive(2000);
        CHECK_INT(fake_level(&f, 16), rows[i].after);
        CHECK_INT(f.faults, 0);
    }
}

TEST(the_least_times_hold_for_control)
{
    static const uint64_t moments[] = {0, 1000, 119000, 120000, 179000, 180000, 200000};
    for (size_t i = 0; i < COUNT(moments); i++) {
        test_row("%d ms", (int)moments[i]);
        REQUIRE(heating(HOUSE));
        uint64_t on = f.board.points[0].out.on_since;
        f.board.points[0].out.on_since = on = f.now; /* to the millisecond */
        run_alive(moments[i]);
        warm(DEGREES(25));
        run_alive(1000);
        CHECK_INT(fake_level(&f, 16), f.now < on + 180000);
        CHECK_INT(control()->phase, fake_level(&f, 16) ? HOB_PHASE_ACTIVE : HOB_PHASE_IDLE);
        run_alive(4 * MIN);
        CHECK(!fake_level(&f, 16));
        f.board.points[0].out.off_since = f.now;
        uint64_t off = f.now;
        run_alive(moments[i]);
        warm(DEGREES(18));
        run_alive(1000);
        CHECK_INT(fake_level(&f, 16), f.now >= off + 120000);
        CHECK_INT(control()->phase, fake_level(&f, 16) ? HOB_PHASE_ACTIVE : HOB_PHASE_WAIT);
        run_alive(3 * MIN);
        CHECK(fake_level(&f, 16));
    }
}

TEST(what_waits_for_min_off_goes_on_in_its_very_millisecond)
{
    REQUIRE(start(RELAY SELDOM HEATER "}\n"));
    fake_run(&f, 5000);
    hold(24000);
    hang_up();
    fake_run(&f, 120000 - f.now - 1);
    CHECK_INT(control()->phase, HOB_PHASE_WAIT);
    CHECK(!fake_level(&f, 16));
    CHECK_INT(hob_next_tick(&f.board, f.now), 1);
    fake_run(&f, 1);
    CHECK(fake_level(&f, 16));
}

/* ---- off at once ---- */

enum cut { LOST, IMPLAUSIBLE, HOT, TARGET_OFF, LOCK, RIVAL, GONE };

TEST(what_must_be_off_is_off_within_a_second_whatever_min_on_says)
{
    static const struct {
        enum cut cut;
        uint64_t after; /* ms from the cause to the moment at which it must be off */
        enum hob_phase phase;
    } rows[] = {
        {LOST, 600000, HOB_PHASE_LOST},     {IMPLAUSIBLE, 2000, HOB_PHASE_RANGE},
        {HOT, 1000, HOB_PHASE_RANGE},       {TARGET_OFF, 0, HOB_PHASE_OFF},
        {LOCK, 0, HOB_PHASE_LOCKED},        {RIVAL, 0, HOB_PHASE_WAIT},
        {GONE, 0, HOB_PHASE_ACTIVE},
    };
    static const char items[] =
        "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"interlock\":\"g\"}\n"
        "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"interlock\":\"g\"}\n" PROBE
        "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\",\"low\":5000,\"high\":25000,"
        "\"hysteresis\":1000,\"min_on\":3600000,\"min_off\":0,\"lost\":600000}\n";
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d", (int)i);
        REQUIRE(heating(items));
        run_alive(500); /* between two samples */
        if (rows[i].cut == LOST)
            f.sensors[4].len = 0;
        else if (rows[i].cut == IMPLAUSIBLE)
            warm(DEGREES(126));
        else if (rows[i].cut == HOT)
            warm(DEGREES(25) + 1);
        else if (rows[i].cut == TARGET_OFF)
            hold(NONE);
        else if (rows[i].cut == LOCK)
            lock(true);
        else if (rows[i].cut == RIVAL)
            (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"q\",\"do\":\"on\","
                                     "\"until\":%lu}", ++last_id, (unsigned long)f.now);
        else
            (void)fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,"
                                                "\"interlock\":\"g\"}\n" PROBE);
        /* Nobody needs to be there for it. */
        hang_up();
        if (rows[i].after > 2000) {
            fake_run(&f, rows[i].after - 2000);
            CHECK(fake_level(&f, 16));
            fake_run(&f, 2000);
        } else {
            fake_run(&f, rows[i].after);
        }
        fake_run(&f, 999);
        CHECK(!fake_level(&f, 16));
        if (rows[i].cut != GONE)
            CHECK_INT(control()->phase, rows[i].phase);
    }
}

TEST(a_cooler_is_off_at_once_below_its_range)
{
    REQUIRE(start(RELAY PROBE HEATER ",\"cools\":true}\n"));
    run_alive(5 * MIN);
    hold(15000);
    run_alive(1000);
    CHECK(fake_level(&f, 16));
    warm(DEGREES(5) - 1);
    run_alive(1000);
    CHECK(!fake_level(&f, 16));
    CHECK_INT(control()->phase, HOB_PHASE_RANGE);
    /* And above it, where it is needed, it works. */
    warm(DEGREES(40));
    run_alive(5 * MIN);
    CHECK(fake_level(&f, 16));
}

TEST(one_implausible_reading_is_forgiven_and_cold_is_no_fault)
{
    REQUIRE(heating(HOUSE));
    warm(DEGREES(126));
    run_alive(900);
    warm(DEGREES(20));
    run_alive(1000);
    warm(DEGREES(126));
    run_alive(1000);
    f.sensors[4].len = 0; /* silence is no reading: it neither counts nor forgives */
    run_alive(3000);
    CHECK(fake_level(&f, 16));
    warm(DEGREES(-56));
    run_alive(1000);
    CHECK(!fake_level(&f, 16));
    /* A room below the range is what a heater is for. */
    warm(DEGREES(-10));
    run_alive(3 * MIN);
    CHECK(fake_level(&f, 16));
}

TEST(it_comes_back_by_itself_and_not_before_min_off)
{
    REQUIRE(heating(HOUSE));
    f.sensors[4].len = 0;
    run_alive(601000);
    CHECK(!fake_level(&f, 16));
    uint64_t off = f.board.points[0].out.off_since;
    warm(DEGREES(20));
    run_alive(off + 119000 - f.now);
    CHECK(!fake_level(&f, 16));
    CHECK_INT(control()->phase, HOB_PHASE_WAIT);
    run_alive(1000);
    CHECK(fake_level(&f, 16));
}

TEST(a_sensor_that_fails_now_and_then_only_ages)
{
    REQUIRE(heating(HOUSE));
    for (int n = 0; n < 20; n++) {
        f.sensors[4].len = 0;
        run_alive(590000);
        CHECK(fake_level(&f, 16));
        warm(DEGREES(20));
        run_alive(1000);
    }
    CHECK(fake_level(&f, 16));
}

/* ---- fed sensors ---- */

TEST(a_fed_sensor_that_is_lost_is_off_at_its_limit)
{
    REQUIRE(start(RELAY "{\"kind\":\"sensor\",\"point\":\"fed-1a2b3c4d\",\"type\":\"fed\"}\n"
                  "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"fed-1a2b3c4d\"," LIMITS
                  ",\"lost\":60000}\n"));
    run_alive(5 * MIN);
    hold(24000);
    CHECK_INT(control()->phase, HOB_PHASE_LOST);
    (void)fake_say(&f, conn, "{\"t\":\"feed\",\"point\":\"fed-1a2b3c4d\",\"v\":20000,\"age\":59000,"
                             "\"until\":%lu}", (unsigned long)f.now);
    CHECK(fake_level(&f, 16)); /* in the very turn */
    fake_run(&f, 1000);
    CHECK(fake_level(&f, 16));
    CHECK_INT(hob_next_tick(&f.board, f.now), 1);
    fake_run(&f, 1);
    CHECK(!fake_level(&f, 16));
    /* From before its limit: never acted on at all. */
    run_alive(5 * MIN);
    (void)fake_say(&f, conn, "{\"t\":\"feed\",\"point\":\"fed-1a2b3c4d\",\"v\":20000,\"age\":60001,"
                             "\"until\":%lu}", (unsigned long)f.now);
    CHECK(!fake_level(&f, 16));
}

/* ---- before the first sample ---- */

/* What has just been set up is waited for, with the relay off, and is not called lost. */
TEST(a_sensor_that_has_not_answered_yet_is_waited_for)
{
    static const struct {
        const char *what;
        const char *sensor;
        const char *more;
        int wait;         /* of the sensor: ms of a measurement, or negative */
        bool vanished;    /* no answer to its end */
        uint8_t at_once, after; /* phases, the second at 30 s */
    } rows[] = {
        {"measures", PROBE, ",\"fallback\":22000}\n", 750, false, HOB_PHASE_WAIT, HOB_PHASE_WAIT},
        {"nothing to be held", PROBE, "}\n", 750, false, HOB_PHASE_OFF, HOB_PHASE_OFF},
        {"does not even start", PROBE, ",\"fallback\":22000}\n", -1, false, HOB_PHASE_LOST,
         HOB_PHASE_LOST},
        {"never answers", PROBE, ",\"fallback\":22000}\n", 750, true, HOB_PHASE_WAIT,
         HOB_PHASE_LOST},
        {"is fed by nobody", "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"fed\"}\n",
         ",\"fallback\":22000}\n", 0, false, HOB_PHASE_WAIT, HOB_PHASE_LOST},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        fake_make(&f, 31);
        warm(DEGREES(20));
        f.sensors[4].wait = rows[i].wait;
        if (rows[i].vanished)
            f.sensors[4].len = 0;
        (void)fake_boot(&f);
        conn = fake_adopted(&f);
        last_id = 0;
        char items[800];
        (void)snprintf(items, sizeof items, "%s%s%s%s", RELAY, rows[i].sensor, HEATER, rows[i].more);
        REQUIRE(conn >= 0 && fake_configure(&f, conn, "1", items));
        fake_run(&f, 1);
        CHECK_INT(control()->phase, rows[i].at_once);
        CHECK(!fake_level(&f, 16));
        run_alive(29998);
        CHECK(!fake_level(&f, 16));
        run_alive(1);
        CHECK_INT(control()->phase, rows[i].after);
        run_alive(5 * MIN);
        CHECK_INT(fake_level(&f, 16), rows[i].after == HOB_PHASE_WAIT);
    }
}

/* Once it has been there it is lost when it is gone, however soon. */
TEST(a_sensor_that_was_there_is_not_waited_for)
{
    REQUIRE(start(RELAY PROBE
                  "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\"," LIMITS
                  ",\"lost\":2000}\n"));
    hold(24000);
    run_alive(1000);
    CHECK_INT(control()->phase, HOB_PHASE_WAIT); /* its least time off */
    f.sensors[4].len = 0;
    run_alive(4000);
    CHECK_INT(control()->phase, HOB_PHASE_LOST);
}

int main(void)
{
    RUN(the_relay_follows_the_temperature_with_hysteresis);
    RUN(the_least_times_hold_for_control);
    RUN(what_waits_for_min_off_goes_on_in_its_very_millisecond);
    RUN(what_must_be_off_is_off_within_a_second_whatever_min_on_says);
    RUN(a_cooler_is_off_at_once_below_its_range);
    RUN(one_implausible_reading_is_forgiven_and_cold_is_no_fault);
    RUN(it_comes_back_by_itself_and_not_before_min_off);
    RUN(a_sensor_that_fails_now_and_then_only_ages);
    RUN(a_fed_sensor_that_is_lost_is_off_at_its_limit);
    RUN(a_sensor_that_has_not_answered_yet_is_waited_for);
    RUN(a_sensor_that_was_there_is_not_waited_for);
    return test_end("thermostat");
}
