/*
 * Pulses: what keeps one from starting.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_pulse.h"

TEST(a_pulse_is_never_run_twice)
{
    static const char *const frame =
        "{\"t\":\"command\",\"id\":7,\"point\":\"door\",\"do\":\"pulse\",\"ms\":100,\"until\":99999}";
    REQUIRE(start(DOOR));
    CHECK_INT(fake_say_bytes(&f, conn, frame, strlen(frame)), HOB_OK);
    CHECK_INT(fake_say_bytes(&f, conn, frame, strlen(frame)), HOB_OK);
    CHECK(result(7, "duplicate"));
    fake_run(&f, 5000);
    CHECK(result(7, "done"));
    CHECK_INT(fake_say_bytes(&f, conn, frame, strlen(frame)), HOB_OK);
    CHECK(result(7, "duplicate"));
    fake_run(&f, 5000);
    CHECK_INT(fake_edges(&f, 25), 2);
}

TEST(a_pulse_past_its_deadline_does_not_start)
{
    REQUIRE(start(DOOR));
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"door\",\"do\":\"pulse\","
                             "\"ms\":100,\"until\":999}");
    CHECK(result(1, "expired"));
    CHECK_INT(f.edge_count, 0);
    /* One that has begun is not cut short by its deadline. */
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":2,\"point\":\"door\",\"do\":\"pulse\","
                             "\"ms\":100,\"until\":1001}");
    fake_run(&f, 100);
    CHECK(result(2, "done"));
    CHECK_INT(f.edges[1].at - f.edges[0].at, 100);
}

TEST(pulses_that_make_no_sense_are_refused_with_a_reason)
{
    static const struct {
        const char *point;
        const char *args;
        const char *reason;
    } rows[] = {
        {"door", "\"do\":\"pulse\"", "missing"},
        {"door", PULSE(0), "bad_value"},
        {"door", PULSE(-1), "bad_value"},
        {"door", PULSE(60001), "bad_value"},
        {"door", PULSE(9) ",\"gap\":-1", "bad_value"},
        {"door", PULSE(9) ",\"gap\":3600001", "bad_value"},
        {"door", PULSE(9) IF("nobody", true, 1), "unknown_point"},
        {"door", PULSE(9) IF("a-name-that-is-far-too-long", true, 1), "unknown_point"},
        {"door", PULSE(9) IF("lamp", true, 1), "wrong_kind"},
        {"door", PULSE(9) IF("reed", true, -1), "bad_value"},
        {"door", PULSE(9) IF("reed", true, 60001), "bad_value"},
        {"door",
         PULSE(9) ",\"pre\":[{\"point\":\"reed\",\"is\":false,\"age\":9},"
                  "{\"point\":\"reed\",\"is\":false,\"age\":9},"
                  "{\"point\":\"reed\",\"is\":false,\"age\":9},"
                  "{\"point\":\"reed\",\"is\":false,\"age\":9},"
                  "{\"point\":\"reed\",\"is\":false,\"age\":9}]",
         "bad_value"},
        {"lamp", PULSE(9), "wrong_kind"},
        {"reed", PULSE(9), "wrong_kind"},
        {"nobody", PULSE(9), "unknown_point"},
        {"max-on", PULSE(501), "bad_value"},
        {"off-after", PULSE(501), "bad_value"},
        {"lease", PULSE(501), "bad_value"},
    };
    REQUIRE(start(DOOR REED
                  "{\"kind\":\"pwm\",\"point\":\"lamp\",\"pin\":18}\n"
                  "{\"kind\":\"relay\",\"point\":\"max-on\",\"pin\":19,\"max_on\":500}\n"
                  "{\"kind\":\"relay\",\"point\":\"off-after\",\"pin\":21,\"off_after\":500}\n"
                  "{\"kind\":\"relay\",\"point\":\"lease\",\"pin\":22,\"lease\":500}\n"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s %s", rows[i].point, rows[i].args);
        int id = order(rows[i].point, rows[i].args);
        CHECK(result(id, rows[i].reason));
    }
    CHECK_INT(f.edge_count, 0);
}

TEST(a_limit_as_long_as_the_pulse_is_long_enough)
{
    static const char *const limits[] = {"max_on", "off_after", "lease"};
    for (size_t i = 0; i < COUNT(limits); i++) {
        char items[100];
        test_row("%s", limits[i]);
        (void)snprintf(items, sizeof items,
                       "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"%s\":500}\n", limits[i]);
        REQUIRE(start(items));
        (void)order("door", PULSE(500));
        fake_run(&f, 600);
        CHECK(result(1, "done"));
        CHECK_INT(f.edges[1].at - f.edges[0].at, 500);
    }
}

TEST(what_is_on_takes_no_pulse)
{
    REQUIRE(start(DOOR));
    (void)order("door", "\"do\":\"on\"");
    CHECK(result(1, "done"));
    int id = order("door", PULSE(100));
    CHECK(result(id, "busy"));
    fake_run(&f, 1000);
    CHECK(fake_level(&f, 25));
}

TEST(a_gap_counts_from_the_end_of_the_last_pulse_or_on)
{
    static const struct {
        const char *first; /* ends at 100 */
        uint64_t at;       /* of the second, after that */
        const char *code;
    } rows[] = {{PULSE(100), 0, "too_soon"},
                {PULSE(100), 999, "too_soon"},
                {PULSE(100), 1000, "done"},
                {"\"do\":\"on\"", 999, "too_soon"},
                {"\"do\":\"on\"", 1000, "done"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s then %d", rows[i].first, (int)rows[i].at);
        REQUIRE(start("{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"off_after\":100}\n"));
        (void)order("door", rows[i].first);
        fake_run(&f, 100);
        CHECK(result(1, "done"));
        fake_run(&f, rows[i].at);
        int id = order("door", PULSE(100) ",\"gap\":1000");
        fake_run(&f, 100);
        CHECK(result(id, rows[i].code));
    }
}

TEST(after_a_boot_a_gap_counts_from_the_boot)
{
    REQUIRE(start(DOOR));
    (void)order("door", PULSE(100));
    (void)fake_boot(&f);
    CHECK(!fake_level(&f, 25));
    conn = fake_session(&f, fake_key);
    f.now = 999;
    int id = order("door", PULSE(100) ",\"gap\":1000");
    CHECK(result(id, "too_soon"));
    f.now = 1000;
    id = order("door", PULSE(100) ",\"gap\":1000");
    fake_run(&f, 100);
    CHECK(result(id, "done"));
}

TEST(conditions_are_judged_in_the_tick_that_starts_it)
{
    static const struct {
        const char *what;
        const char *args;
        const char *code;
        bool before;      /* the reed while everything settled */
        bool now;         /* the reed as the command finds it */
        bool told;        /* an edge was announced */
        uint64_t earlier; /* and that so many ms before the command */
    } rows[] = {
        {"as it must be", PULSE(9) IF("reed", true, 2000), "done", true, true, false, 0},
        {"not as it must be", PULSE(9) IF("reed", false, 2000), "precondition", true, true, false, 0},
        {"off as it must be", PULSE(9) IF("reed", false, 0), "done", false, false, false, 0},
        {"has just changed", PULSE(9) IF("reed", true, 2000), "precondition", true, false, false, 0},
        {"has just become so", PULSE(9) IF("reed", true, 2000), "precondition", false, true, false, 0},
        {"still settling", PULSE(9) IF("reed", true, 2000), "precondition", false, true, true, 49},
        {"settled just now", PULSE(9) IF("reed", true, 0), "done", false, true, true, 50},
        {"bounces", PULSE(9) IF("reed", true, 2000), "precondition", true, true, true, 49},
        {"bounced", PULSE(9) IF("reed", true, 2000), "done", true, true, true, 50},
        {"one of two fails",
         PULSE(9) ",\"pre\":[{\"point\":\"reed\",\"is\":true,\"age\":9},"
                  "{\"point\":\"open\",\"is\":true,\"age\":9}]",
         "precondition", true, true, false, 0},
        {"both hold",
         PULSE(9) ",\"pre\":[{\"point\":\"reed\",\"is\":true,\"age\":9},"
                  "{\"point\":\"open\",\"is\":false,\"age\":9}]",
         "done", true, true, false, 0},
        {"none", PULSE(9) ",\"pre\":[]", "done", true, true, false, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        REQUIRE(start(DOOR REED "{\"kind\":\"input\",\"point\":\"open\",\"pin\":33,"
                                "\"role\":\"contact\"}\n"));
        fake_set(&f, 32, rows[i].before);
        fake_run(&f, 500);
        fake_clear(&f);
        f.pins[32].outside = rows[i].now;
        if (rows[i].told)
            fake_set(&f, 32, rows[i].now);
        fake_run(&f, rows[i].earlier);
        int id = order("door", rows[i].args);
        fake_run(&f, 9);
        CHECK(result(id, rows[i].code));
        CHECK_INT(fake_edges(&f, 25), strcmp(rows[i].code, "done") == 0 ? 2 : 0);
    }
}

TEST(an_input_that_never_settled_holds_for_nothing)
{
    REQUIRE(start(DOOR));
    fake_clear(&f);
    REQUIRE(fake_configure(&f, conn, "2", DOOR REED));
    int id = order("door", PULSE(9) IF("reed", false, 60000));
    CHECK(result(id, "precondition"));
    fake_run(&f, 50);
    id = order("door", PULSE(9) IF("reed", false, 60000));
    fake_run(&f, 9);
    CHECK(result(id, "done"));
}

int main(void)
{
    RUN(a_pulse_is_never_run_twice);
    RUN(a_pulse_past_its_deadline_does_not_start);
    RUN(pulses_that_make_no_sense_are_refused_with_a_reason);
    RUN(a_limit_as_long_as_the_pulse_is_long_enough);
    RUN(what_is_on_takes_no_pulse);
    RUN(a_gap_counts_from_the_end_of_the_last_pulse_or_on);
    RUN(after_a_boot_a_gap_counts_from_the_boot);
    RUN(conditions_are_judged_in_the_tick_that_starts_it);
    RUN(an_input_that_never_settled_holds_for_nothing);
    return test_end("pulse-start");
}
