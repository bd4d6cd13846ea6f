/*
 * Thermostats: plans that outlive the link, frost, and the lock that outlives the
 * power.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_thermostat.h"

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

TEST(a_lock_that_is_asked_for_again_is_not_done_before_it_is_stored)
{
    REQUIRE(heating(HOUSE));
    f.full = true;
    for (int times = 0; times < 2; times++) {
        fake_clear(&f);
        lock(true);
        CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), "\"reason\":\"storage\"") != NULL);
    }
    /* Back to what is stored: there is nothing to complain of. */
    fake_clear(&f);
    lock(false);
    CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), "\"done\"") != NULL);
    lock(true);
    f.full = false;
    fake_clear(&f);
    lock(true);
    CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), "\"done\"") != NULL);
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

int main(void)
{
    RUN(a_plan_runs_to_its_end_with_nobody_there);
    RUN(a_target_beyond_the_range_is_held_at_its_end);
    RUN(pushing_plans_and_hanging_up_never_touches_the_least_times);
    RUN(a_plan_that_cannot_be_is_refused_and_the_old_one_stays);
    RUN(a_plan_has_room_for_32_segments);
    RUN(the_relay_of_a_thermostat_takes_plans_and_nothing_else);
    RUN(frost_is_kept_in_every_mode_but_locked_and_only_with_a_live_sensor);
    RUN(a_lock_is_stored_before_it_is_done_and_outlives_the_power);
    RUN(a_lock_that_cannot_be_stored_holds_and_is_complained_of);
    RUN(a_lock_that_is_asked_for_again_is_not_done_before_it_is_stored);
    RUN(a_lock_survives_a_power_cut_at_every_byte_of_every_write);
    return test_end("thermostat-plan");
}
