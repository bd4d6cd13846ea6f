/*
 * Thermostats: the law at simulated pins, what switches off at once whatever the
 * least times say, plans that outlive the link, and what outlives the power.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;
static int last_id;

#define MIN 60000u
#define NONE (-1000) /* no target */
#define RELAY "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"
#define PROBE "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":4,\"every\":1000}\n"
/* No sample falls on the moments that are looked at. */
#define SELDOM "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":4,\"every\":7000}\n"
#define LIMITS "\"low\":5000,\"high\":25000,\"hysteresis\":1000,\"min_on\":180000,\"min_off\":120000"
#define HEATER "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\"," LIMITS ",\"lost\":600000"
#define HOUSE RELAY PROBE HEATER "}\n"

/* Degrees at the sensor, in sixteenths. */
static void warm(int sixteenths)
{
    fake_ds18b20(&f, 4, sixteenths);
}

#define DEGREES(n) ((n) * 16)

/* A board with this configuration and a session, in a room of 20 degrees. */
static bool start(const char *items)
{
    fake_make(&f, 31);
    warm(DEGREES(20));
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    last_id = 0;
    return conn >= 0 && fake_configure(&f, conn, "1", items);
}

static void hang_up(void)
{
    hob_conn_closed(&f.board, conn, f.now);
    f.peers[conn].open = false;
}

static void redial(void)
{
    if (f.peers[conn].open)
        hang_up();
    conn = fake_session(&f, fake_key);
    last_id = 0;
}

/* Lets time pass with a server that is there. */
static void run_alive(uint64_t ms)
{
    uint64_t end = f.now + ms;
    while (f.now < end) {
        fake_run(&f, end - f.now < 4000 ? end - f.now : 4000);
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
        fake_clear(&f);
    }
}

static int plan_for(const char *relay, const char *rest)
{
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"do\":\"plan\",\"until\":%lu,%s}",
                   ++last_id, relay, (unsigned long)f.now, rest);
    return last_id;
}

static int plan(const char *rest)
{
    return plan_for("r", rest);
}

/* Holds one target for a year. */
static void hold_at(const char *relay, int32_t target)
{
    char text[120];
    char to[16] = "null";
    if (target != NONE)
        (void)snprintf(to, sizeof to, "%ld", (long)target);
    (void)snprintf(text, sizeof text, "\"plan\":\"%lx\",\"end\":%lu,\"segments\":[[0,%s]]",
                   (unsigned long)(uint32_t)target, (unsigned long)f.now + 4000000000ul, to);
    (void)plan_for(relay, text);
}

static void hold(int32_t target)
{
    hold_at("r", target);
}

static void lock(bool locked)
{
    (void)plan(locked ? "\"plan\":\"10c\",\"locked\":true"
                      : "\"plan\":\"0b\",\"end\":4000000000,\"segments\":[[0,24000]]");
}

static const struct hob_control *control(void)
{
    return &f.board.thermostats[0].control;
}

static const char *told(const char *point)
{
    static char want[32];
    const char *last = "";
    (void)snprintf(want, sizeof want, "{\"p\":\"%s\"", point);
    for (const char *text = fake_wait(&f, want); text[0] != '\0'; text = fake_wait(&f, want))
        last = strstr(text, want);
    return last;
}

/* Heating at full drive for a second: its least time on is still to come. */
static bool heating(const char *items)
{
    if (!start(items))
        return false;
    run_alive(5 * MIN);
    hold(24000);
    run_alive(1000);
    return fake_level(&f, 16);
}

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

/* ---- plans ---- */

TEST(a_plan_runs_to_its_end_with_nobody_there)
{
    REQUIRE(start(RELAY SELDOM HEATER ",\"frost\":6000,\"fallback\":12000}\n"));
    run_alive(5 * MIN);
    uint64_t t0 = f.now;
    char text[200];
    (void)snprintf(text, sizeof text,
                   "\"plan\":\"1a2b3c4d\",\"end\":%lu,\"segments\":[[%lu,21000],[%lu,16000],[%lu,null]]",
                   (unsigned long)t0 + 3 * 3600000, (unsigned long)t0 - 5000,
                   (unsigned long)t0 + 3600000, (unsigned long)t0 + 2 * 3600000);
    (void)plan(text);
    hang_up();
    static const struct {
        uint64_t at;
        int32_t target;
        enum hob_source source;
        const char *id;
    } rows[] = {
        {0, 21000, HOB_SOURCE_PLAN, "1a2b3c4d"},
        {3599999, 21000, HOB_SOURCE_PLAN, "1a2b3c4d"},
        {3600000, 16000, HOB_SOURCE_PLAN, "1a2b3c4d"},
        {7199999, 16000, HOB_SOURCE_PLAN, "1a2b3c4d"},
        {7200000, 6000, HOB_SOURCE_FROST, "1a2b3c4d"},
        {10799999, 6000, HOB_SOURCE_FROST, "1a2b3c4d"},
        {10800000, 12000, HOB_SOURCE_FALLBACK, ""},
        {90000000, 12000, HOB_SOURCE_FALLBACK, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d", (int)i);
        /* Nobody needs to look: the board asks for its turn at every change. */
        fake_run(&f, t0 + rows[i].at - f.now);
        if (rows[i].at % 3600000 == 3599999)
            CHECK_INT(hob_next_tick(&f.board, f.now), 1);
        CHECK_INT(control()->target, rows[i].target);
        CHECK_INT(control()->source, rows[i].source);
        CHECK_STR(f.board.thermostats[0].schedule.id, rows[i].id);
    }
}

TEST(a_target_beyond_the_range_is_held_at_its_end)
{
    REQUIRE(start(RELAY PROBE HEATER ",\"frost\":90000}\n"));
    run_alive(2000);
    CHECK_INT(control()->target, 25000); /* the frost protection of a boiler room */
    REQUIRE(start(HOUSE));
    hold(30000);
    CHECK_INT(control()->target, 25000);
    hold(-5000);
    CHECK_INT(control()->target, 5000);
}

TEST(pushing_plans_and_hanging_up_never_touches_the_least_times)
{
    REQUIRE(heating(HOUSE));
    uint64_t on = f.board.points[0].out.on_since;
    fake_clear(&f);
    while (f.now < on + 179000) {
        hold(f.now % 2000 < 1000 ? 15000 : 23000);
        redial();
        fake_run(&f, 700);
        (void)fake_configure(&f, conn, "1", HOUSE);
        fake_clear(&f);
        CHECK(fake_level(&f, 16));
    }
    hold(15000);
    CHECK_INT(f.board.points[0].out.on_since, on);
    fake_run(&f, on + 180000 - f.now);
    CHECK(!fake_level(&f, 16));
    uint64_t off = f.now;
    int starts = 0;
    while (f.now < off + 119000) {
        hold(f.now % 2000 < 1000 ? 15000 : 23000);
        redial();
        fake_run(&f, 700);
        starts += fake_level(&f, 16);
    }
    CHECK_INT(starts, 0);
    hold(23000);
    fake_run(&f, off + 120000 - f.now);
    CHECK(fake_level(&f, 16));
}

TEST(a_plan_that_cannot_be_is_refused_and_the_old_one_stays)
{
    static const struct {
        const char *rest;
        const char *want;
    } rows[] = {
        {"\"plan\":\"1a2b3c4g\",\"end\":900000,\"segments\":[[0,20000]]", "plan"},
        {"\"plan\":\"\",\"end\":900000,\"segments\":[[0,20000]]", "plan"},
        {"\"plan\":\"123456789\",\"end\":900000,\"segments\":[[0,20000]]", "plan"},
        {"\"plan\":\"1\",\"end\":900000,\"segments\":[]", "segments"},
        {"\"plan\":\"1\",\"end\":900000,\"segments\":[[800000,20000]]", "segments"},
        {"\"plan\":\"1\",\"end\":900000,\"segments\":[[5,20000],[5,21000]]", "segments"},
        {"\"plan\":\"1\",\"end\":900000,\"segments\":[[5,20000],[4,21000]]", "segments"},
        {"\"plan\":\"1\",\"end\":900000,\"segments\":[[5,125001]]", "segments"},
        {"\"plan\":\"1\",\"end\":900000,\"segments\":[[5,-55001]]", "segments"},
        {"\"plan\":\"1\",\"end\":5,\"segments\":[[5,20000]]", "end"},
        {"\"plan\":\"1\",\"end\":9007199254740991,\"segments\":[[5,20000]]", "end"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char want[60];
        test_row("%s", rows[i].rest);
        REQUIRE(start(HOUSE));
        run_alive(2000);
        hold(21000);
        fake_clear(&f);
        (void)plan(rows[i].rest);
        (void)snprintf(want, sizeof want, "\"reason\":\"bad_value\",\"message\":\"not allowed: %s\"",
                       rows[i].want);
        CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), want) != NULL);
        CHECK_INT(control()->target, 21000);
    }
}

TEST(a_plan_has_room_for_32_segments)
{
    for (int count = 32; count <= 33; count++) {
        char text[1200] = "\"plan\":\"1\",\"end\":90000000,\"segments\":[";
        test_row("%d", count);
        REQUIRE(start(HOUSE));
        run_alive(2000);
        fake_clear(&f);
        for (int n = 0; n < count; n++) {
            size_t len = strlen(text);
            (void)snprintf(text + len, sizeof text - len, "%s[%d,%d]", n > 0 ? "," : "",
                           n * 100000, 10000 + 100 * n);
        }
        size_t len = strlen(text);
        (void)snprintf(text + len, sizeof text - len, "]");
        (void)plan(text);
        CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), count == 32 ? "done" : "bad_value") != NULL);
        fake_run(&f, 31 * 100000);
        CHECK_INT(control()->target, count == 32 ? 13100 : HOB_NO_TEMP);
    }
}

TEST(the_relay_of_a_thermostat_takes_plans_and_nothing_else)
{
    static const char *const words[] = {"\"do\":\"on\"", "\"do\":\"off\"", "\"do\":\"pulse\",\"ms\":100",
                                        "\"do\":\"set\",\"level\":1"};
    REQUIRE(heating(HOUSE "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n"));
    for (size_t i = 0; i < COUNT(words); i++) {
        fake_clear(&f);
        (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"r\",%s,\"until\":%lu}",
                       ++last_id, words[i], (unsigned long)f.now);
        CHECK(strstr(fake_hear(&f), "\"wrong_kind\",\"message\":\"a thermostat has r\"") != NULL);
        CHECK(fake_level(&f, 16));
    }
    fake_clear(&f);
    (void)plan_for("q", "\"plan\":\"1\",\"locked\":true");
    CHECK(strstr(fake_hear(&f), "\"wrong_kind\",\"message\":\"no thermostat has q\"") != NULL);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"q\",\"do\":\"pulse\",\"ms\":100,"
                             "\"warn\":\"r\",\"warn_ms\":1000,\"until\":%lu}", ++last_id,
                   (unsigned long)f.now);
    CHECK(strstr(fake_hear(&f), "\"wrong_kind\",\"message\":\"a thermostat has r\"") != NULL);
}

/* ---- frost and lock ---- */

TEST(frost_is_kept_in_every_mode_but_locked_and_only_with_a_live_sensor)
{
    static const struct {
        const char *mode;
        const char *plan; /* NULL: none */
        bool heats;
    } rows[] = {
        {"no plan", NULL, true},
        {"off", "\"plan\":\"1\",\"end\":9000000000,\"segments\":[[0,null]]", true},
        {"low", "\"plan\":\"1\",\"end\":9000000000,\"segments\":[[0,5000]]", true},
        {"over", "\"plan\":\"1\",\"end\":1,\"segments\":[[0,null]]", true},
        {"locked", "\"plan\":\"1\",\"locked\":true", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].mode);
        REQUIRE(start(RELAY PROBE HEATER ",\"frost\":7000}\n"));
        warm(DEGREES(7));
        run_alive(5 * MIN);
        if (rows[i].plan != NULL)
            (void)plan(rows[i].plan);
        run_alive(2000);
        CHECK(!fake_level(&f, 16));
        warm(DEGREES(6));
        run_alive(2000);
        CHECK_INT(fake_level(&f, 16), rows[i].heats);
        if (rows[i].heats)
            CHECK_INT(control()->source, HOB_SOURCE_FROST);
        f.sensors[4].len = 0;
        run_alive(601000);
        CHECK(!fake_level(&f, 16));
    }
}

TEST(a_lock_is_stored_before_it_is_done_and_outlives_the_power)
{
    REQUIRE(heating(HOUSE));
    fake_clear(&f);
    lock(true);
    CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), "done") != NULL);
    int writes = f.writes;
    (void)fake_boot(&f);
    CHECK_INT(control()->phase, HOB_PHASE_LOCKED);
    CHECK_STR(f.board.thermostats[0].schedule.id, "");
    fake_run(&f, 10 * MIN);
    CHECK_INT(fake_edges(&f, 16), 1);
    CHECK(!fake_level(&f, 16));
    redial();
    /* Said again it is not stored again: flash wears out. */
    lock(true);
    CHECK_INT(f.writes, writes);
    lock(false);
    CHECK_INT(f.writes, writes + 1);
    run_alive(1000);
    CHECK(fake_level(&f, 16));
    (void)fake_boot(&f);
    CHECK(control()->phase != HOB_PHASE_LOCKED);
}

TEST(a_lock_that_cannot_be_stored_holds_and_is_complained_of)
{
    REQUIRE(heating(HOUSE));
    f.full = true;
    fake_clear(&f);
    lock(true);
    CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), "\"reason\":\"storage\"") != NULL);
    CHECK(!fake_level(&f, 16));
    CHECK_INT(control()->phase, HOB_PHASE_LOCKED);
    f.full = false;
    run_alive(20000); /* it is tried again */
    (void)fake_boot(&f);
    CHECK_INT(control()->phase, HOB_PHASE_LOCKED);
}

/* Locks, with the power failing in a write. Result: false if there is no such write or byte. */
static bool lock_with_cut(int write, size_t byte, bool cut_short, bool to)
{
    char items[600];
    (void)snprintf(items, sizeof items, "%s{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,"
                   "\"boot\":\"restore\"}\n", HOUSE);
    if (!start(items))
        return false;
    lock(!to);
    int before = f.writes;
    f.cut_write = before + write;
    f.cut_at = byte;
    f.cut_short = cut_short;
    fake_clear(&f);
    lock(to);
    bool done = strstr(fake_wait(&f, "\"t\":\"result\""), "done") != NULL;
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"q\",\"do\":\"on\",\"until\":%lu}",
                   ++last_id, (unsigned long)f.now);
    fake_run(&f, 13000);
    if (!f.dead || byte > f.cut_len)
        return false;
    (void)fake_boot(&f);
    bool locked = control()->phase == HOB_PHASE_LOCKED;
    /* The old or the new, and the new for sure once that was said. */
    CHECK(!done || locked == to);
    if (write > 1)
        CHECK(done);
    CHECK_INT(f.board.config_refused, false);
    CHECK_INT(f.faults, 0);
    return true;
}

TEST(a_lock_survives_a_power_cut_at_every_byte_of_every_write)
{
    for (int to = 0; to <= 1; to++) {
        int write = 1;
        while (lock_with_cut(write, 0, false, to)) {
            for (size_t byte = 0; lock_with_cut(write, byte, true, to); byte += 3) {
                test_row("to %d, write %d, byte %d", to, write, (int)byte);
                CHECK(lock_with_cut(write, byte, false, to));
            }
            write++;
        }
        CHECK_INT(write, 3); /* the lock, and later the other relay's value */
    }
}

/* ---- boots and configurations ---- */

TEST(after_a_power_cut_with_nobody_there_it_holds_its_fallback)
{
    REQUIRE(start(RELAY PROBE HEATER ",\"fallback\":22000}\n"));
    run_alive(5 * MIN);
    hold(NONE);
    run_alive(2000);
    (void)fake_boot(&f);
    CHECK_INT(f.edge_count, fake_edges(&f, 16) + fake_edges(&f, 4));
    CHECK(!fake_level(&f, 16));
    CHECK_INT(control()->phase, HOB_PHASE_WAIT); /* nothing measured yet */
    fake_run(&f, 119999);
    CHECK_INT(fake_edges(&f, 16), 1); /* taken, low */
    fake_run(&f, 1);
    CHECK(fake_level(&f, 16));
    CHECK_INT(control()->source, HOB_SOURCE_FALLBACK);
}

TEST(a_reload_that_keeps_a_thermostat_keeps_its_plan_its_timers_and_its_relay)
{
    static const struct {
        const char *what;
        const char *after;
        int32_t target; /* of the plan, as it is held now */
    } rows[] = {
        {"the same", HOUSE, 24000},
        {"in another order", PROBE HEATER "}\n" RELAY, 24000},
        {"more", HOUSE "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n", 24000},
        {"hysteresis", RELAY PROBE "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\","
         "\"low\":5000,\"high\":25000,\"hysteresis\":100,\"min_on\":180000,\"min_off\":120000,"
         "\"lost\":600000}\n", 24000},
        {"range", RELAY PROBE "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\","
         "\"low\":5000,\"high\":23000,\"hysteresis\":1000,\"min_on\":180000,\"min_off\":120000,"
         "\"lost\":600000}\n", 23000},
        {"times", RELAY PROBE "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\","
         "\"low\":5000,\"high\":25000,\"hysteresis\":1000,\"min_on\":1,\"min_off\":1,"
         "\"lost\":300000,\"frost\":5000,\"fallback\":6000}\n", 24000},
        {"another thermostat before it", "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n"
         "{\"kind\":\"thermostat\",\"relay\":\"q\",\"sensor\":\"t\"," LIMITS ",\"lost\":600000}\n"
         HOUSE, 24000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        REQUIRE(heating(HOUSE));
        uint64_t on = f.board.points[0].out.on_since;
        fake_clear(&f);
        REQUIRE(fake_configure(&f, conn, "2", rows[i].after));
        run_alive(2000);
        struct hob_point_status p = fake_point(&f, "r");
        CHECK(p.on);
        CHECK_STR(p.cause, "thermostat");
        CHECK_INT(p.up, on);
        CHECK_INT(control()->target, rows[i].target);
        CHECK_INT(f.faults, 0);
        hang_up();
        f.sensors[4].len = 0;
        fake_run(&f, 602000);
        CHECK(!fake_level(&f, 16));
    }
}

TEST(a_thermostat_that_is_new_or_gone_leaves_no_relay_on)
{
    REQUIRE(start(RELAY PROBE));
    run_alive(5 * MIN);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":%lu}",
                   (unsigned long)f.now);
    CHECK(fake_level(&f, 16));
    REQUIRE(fake_configure(&f, conn, "2", HOUSE));
    CHECK(!fake_level(&f, 16));
    last_id = 1;
    run_alive(5 * MIN);
    hold(24000);
    CHECK(fake_level(&f, 16));
    REQUIRE(fake_configure(&f, conn, "3", RELAY PROBE));
    CHECK(!fake_level(&f, 16));
    CHECK_STR(fake_point(&f, "r").cause, "config");
    /* And it comes back with nothing of what it was. */
    REQUIRE(fake_configure(&f, conn, "4", HOUSE));
    CHECK_INT(control()->target, HOB_NO_TEMP);
}

TEST(a_command_that_waits_for_the_relay_does_not_outlive_its_becoming_a_thermostats)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"min_off\":60000}\n" PROBE));
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":99999}");
    REQUIRE(fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,"
                                          "\"min_off\":60000}\n" PROBE HEATER "}\n"));
    run_alive(10 * MIN);
    CHECK(!fake_level(&f, 16));
}

TEST(a_heater_and_a_cooler_of_one_group_are_never_on_together_and_wait_for_each_other)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"h\",\"pin\":16,\"interlock\":\"g\",\"interlock_wait\":30000}\n"
                  "{\"kind\":\"relay\",\"point\":\"c\",\"pin\":17,\"interlock\":\"g\",\"interlock_wait\":30000}\n" SELDOM
                  "{\"kind\":\"thermostat\",\"relay\":\"h\",\"sensor\":\"t\"," LIMITS ",\"lost\":600000}\n"
                  "{\"kind\":\"thermostat\",\"relay\":\"c\",\"sensor\":\"t\"," LIMITS
                  ",\"lost\":600000,\"cools\":true}\n"));
    run_alive(5 * MIN);
    hold_at("h", 24000);
    hold_at("c", 10000); /* somebody has set them against each other */
    run_alive(30 * MIN);
    CHECK(fake_level(&f, 16) && !fake_level(&f, 17));
    CHECK_INT(f.board.thermostats[1].control.phase, HOB_PHASE_WAIT);
    hold_at("h", 15000);
    CHECK(!fake_level(&f, 16) && !fake_level(&f, 17));
    fake_run(&f, 29999);
    CHECK(!fake_level(&f, 17));
    CHECK_INT(hob_next_tick(&f.board, f.now), 1);
    fake_run(&f, 1);
    CHECK(fake_level(&f, 17));
}

TEST(nothing_moves_at_a_boot_a_reconnect_or_a_reload)
{
    REQUIRE(start(HOUSE));
    for (int n = 0; n < 5; n++) {
        run_alive(10 * MIN);
        fake_clear(&f);
        redial();
        REQUIRE(fake_configure(&f, conn, n % 2 == 0 ? "2" : "1", HOUSE));
        CHECK_INT(fake_edges(&f, 16), 0);
    }
    (void)fake_boot(&f);
    CHECK_INT(fake_edges(&f, 16), 1);
    CHECK(!fake_level(&f, 16));
}

TEST(what_is_wrong_is_said_with_path_and_code)
{
#define TH(relay, sensor, rest) \
    "{\"kind\":\"thermostat\",\"relay\":\"" relay "\",\"sensor\":\"" sensor "\"," rest "}\n"
#define REST LIMITS ",\"lost\":600000"
    static const struct {
        const char *items;
        const char *want;
    } rows[] = {
        {TH("x", "t", REST), "items[4].relay\",\"code\":\"unknown_point"},
        {TH("r", "x", REST), "items[4].sensor\",\"code\":\"unknown_point"},
        {TH("t", "t", REST), "items[4].relay\",\"code\":\"wrong_kind"},
        {TH("l", "t", REST), "items[4].relay\",\"code\":\"wrong_kind"},
        {TH("r", "r", REST), "items[4].sensor\",\"code\":\"wrong_kind"},
        {TH("r", "v", REST), "items[4].sensor\",\"code\":\"wrong_kind"},
        {TH("r", "t", REST) TH("r", "t", REST), "items[5].relay\",\"code\":\"duplicate_point"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"boot\":\"restore\"}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"max_on\":1}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"off_after\":1}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"lease\":1}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {TH("r", "t", LIMITS), "items[4].lost\",\"code\":\"missing"},
        {TH("r", "t", LIMITS ",\"lost\":999"), "items[4].lost\",\"code\":\"bad_value"},
        {TH("r", "t", "\"high\":1"), "items[4].low\",\"code\":\"missing"},
        {TH("r", "t", "\"low\":1,\"high\":1.5"), "items[4].high\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":1,\"hysteresis\":1"), "items[4].high\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":2,\"hysteresis\":0"), "items[4].hysteresis\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":2"), "items[4].hysteresis\",\"code\":\"missing"},
        {TH("r", "t", REST ",\"frost\":125001"), "items[4].frost\",\"code\":\"bad_value"},
        {TH("r", "t", REST ",\"cools\":true,\"frost\":1"), "items[4].frost\",\"code\":\"bad_value"},
        {TH("r", "t", REST ",\"fallback\":null"), "items[4].fallback\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":2,\"hysteresis\":1,\"min_off\":1,\"lost\":1000"),
         "items[4].min_on\",\"code\":\"missing"},
        {TH("r", "t", REST) "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"r\",\"do\":\"on\"}\n",
         "items[5].target\",\"code\":\"wrong_kind"},
        {"{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"r\",\"do\":\"on\"}\n" TH("r", "t", REST),
         "items[5].relay\",\"code\":\"wrong_kind"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[1400];
        test_row("%s", rows[i].want);
        (void)snprintf(items, sizeof items, "%s%s%s%s%s",
                       RELAY PROBE, "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":18}\n",
                       "{\"kind\":\"sensor\",\"point\":\"v\",\"type\":\"analog\",\"pin\":34}\n",
                       rows[i].items, "{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\"}\n");
        CHECK(!start(items));
        CHECK(strstr(fake_last(&f), rows[i].want) != NULL);
    }
}

TEST(a_board_takes_eight_thermostats)
{
    for (int count = HOB_MAX_THERMOSTATS; count <= HOB_MAX_THERMOSTATS + 1; count++) {
        static const int pins[] = {12, 13, 14, 15, 16, 17, 18, 19, 21};
        char items[4000];
        int len = snprintf(items, sizeof items, "%s", PROBE);
        for (int n = 0; n < count; n++)
            len += snprintf(items + len, sizeof items - (size_t)len,
                            "{\"kind\":\"relay\",\"point\":\"r%d\",\"pin\":%d}\n"
                            "{\"kind\":\"thermostat\",\"relay\":\"r%d\",\"sensor\":\"t\"," LIMITS
                            ",\"lost\":600000}\n", n, pins[n], n);
        CHECK_INT(start(items), count == HOB_MAX_THERMOSTATS);
        if (count > HOB_MAX_THERMOSTATS) {
            CHECK(strstr(fake_last(&f), "too_many") != NULL);
            continue;
        }
        run_alive(5 * MIN);
        for (int n = 0; n < count; n++) {
            char relay[16];
            (void)snprintf(relay, sizeof relay, "r%d", n);
            hold_at(relay, n % 2 == 0 ? 24000 : 10000);
            CHECK_INT(fake_level(&f, (uint8_t)pins[n]), n % 2 == 0);
        }
    }
}

/* ---- what is told ---- */

TEST(the_point_tells_what_its_thermostat_does_whenever_that_changes)
{
    REQUIRE(start(RELAY PROBE HEATER ",\"frost\":6000}\n"));
    CHECK(strstr(told("r"), "\"v\":false,\"up\":0,\"cause\":\"config\",\"th\":{\"phase\":\"wait\","
                            "\"target\":6000,\"source\":\"frost\",\"plan\":\"\"}}") != NULL);
    run_alive(2000);
    redial();
    CHECK(strstr(told("r"), "\"th\":{\"phase\":\"idle\",\"target\":6000,\"temp\":20000,"
                            "\"source\":\"frost\",\"plan\":\"\"}}") != NULL);
    run_alive(5 * MIN);
    (void)plan("\"plan\":\"1a2b3c4d\",\"end\":99999999,\"segments\":[[0,24000]]");
    const char *state = fake_hear(&f);
    CHECK(strstr(state, "\"v\":true,\"up\":302000,\"cause\":\"thermostat\",\"th\":{\"phase\":\"active\","
                        "\"target\":24000,\"temp\":20000,\"source\":\"plan\",\"plan\":\"1a2b3c4d\"}}") != NULL);
    /* Before its result, which is the next. */
    CHECK(strstr(fake_hear(&f), "\"t\":\"result\"") != NULL);
    warm(DEGREES(21));
    fake_run(&f, 1000);
    CHECK(strstr(told("r"), "\"up\":302000,\"cause\":\"thermostat\",\"th\":{\"phase\":\"active\","
                            "\"target\":24000,\"temp\":21000,") != NULL);
    fake_run(&f, 3000);
    CHECK_STR(told("r"), "");
    /* The same content under another name is news for the server. */
    (void)plan("\"plan\":\"1a2b3c4e\",\"end\":99999999,\"segments\":[[0,24000]]");
    CHECK(strstr(told("r"), "\"plan\":\"1a2b3c4e\"") != NULL);
    lock(true);
    CHECK(strstr(told("r"), "\"v\":false,\"up\":306000,\"cause\":\"thermostat\",\"th\":{\"phase\":\"locked\","
                            "\"temp\":21000,\"source\":\"none\",\"plan\":\"10c\"}}") != NULL);
}

TEST(a_heater_that_does_not_heat_is_told_of)
{
    REQUIRE(heating(HOUSE));
    run_alive(15 * MIN - 2000);
    CHECK_INT(control()->warning, HOB_WARNS_OF_NOTHING);
    fake_run(&f, 2000);
    CHECK(strstr(told("r"), "\"warn\":\"no_rise\"}}") != NULL);
    CHECK(fake_level(&f, 16)); /* it only warns */
    warm(DEGREES(20) + 5);
    run_alive(2000);
    CHECK_INT(control()->warning, HOB_WARNS_OF_NOTHING);
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
    RUN(a_plan_runs_to_its_end_with_nobody_there);
    RUN(a_target_beyond_the_range_is_held_at_its_end);
    RUN(pushing_plans_and_hanging_up_never_touches_the_least_times);
    RUN(a_plan_that_cannot_be_is_refused_and_the_old_one_stays);
    RUN(a_plan_has_room_for_32_segments);
    RUN(the_relay_of_a_thermostat_takes_plans_and_nothing_else);
    RUN(frost_is_kept_in_every_mode_but_locked_and_only_with_a_live_sensor);
    RUN(a_lock_is_stored_before_it_is_done_and_outlives_the_power);
    RUN(a_lock_that_cannot_be_stored_holds_and_is_complained_of);
    RUN(a_lock_survives_a_power_cut_at_every_byte_of_every_write);
    RUN(after_a_power_cut_with_nobody_there_it_holds_its_fallback);
    RUN(a_reload_that_keeps_a_thermostat_keeps_its_plan_its_timers_and_its_relay);
    RUN(a_thermostat_that_is_new_or_gone_leaves_no_relay_on);
    RUN(a_command_that_waits_for_the_relay_does_not_outlive_its_becoming_a_thermostats);
    RUN(a_heater_and_a_cooler_of_one_group_are_never_on_together_and_wait_for_each_other);
    RUN(nothing_moves_at_a_boot_a_reconnect_or_a_reload);
    RUN(what_is_wrong_is_said_with_path_and_code);
    RUN(a_board_takes_eight_thermostats);
    RUN(the_point_tells_what_its_thermostat_does_whenever_that_changes);
    RUN(a_heater_that_does_not_heat_is_told_of);
    return test_end("thermostat");
}
