/*
 * Pulses: their width to the millisecond, whatever is said meanwhile.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_pulse.h"

TEST(a_pulse_is_as_long_as_it_is_asked_to_be)
{
    static const struct {
        const char *args;
        uint64_t ms;
    } rows[] = {{PULSE(1), 1}, {PULSE(2), 2}, {PULSE(500), 500}, {PULSE(9999), 9999},
                {PULSE(60000), 60000}};
    static const bool inversions[] = {false, true};
    for (size_t i = 0; i < 2 * COUNT(rows); i++) {
        bool inverted = inversions[i % 2];
        uint64_t ms = rows[i / 2].ms;
        test_row("%d ms, inverted %d", (int)ms, inverted);
        REQUIRE(start(inverted ? "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,"
                                 "\"inverted\":true}\n"
                               : DOOR));
        CHECK_INT(fake_level(&f, 25), inverted);
        (void)order("door", rows[i / 2].args);
        /* The time that the board asks for is what a real one sleeps. */
        CHECK(hob_next_tick(&f.board, f.now) <= ms);
        pass(ms + 1000);
        REQUIRE(f.edge_count == 2);
        CHECK_INT(f.edges[0].value, !inverted);
        CHECK_INT(f.edges[1].value, inverted);
        CHECK_INT(f.edges[1].at - f.edges[0].at, ms);
    }
}

TEST(a_pulse_tells_on_and_off_and_is_done_when_it_has_ended)
{
    REQUIRE(start(DOOR));
    (void)order("door", PULSE(500));
    CHECK(strstr(fake_hear(&f), "{\"p\":\"door\",\"v\":true,\"up\":1000,\"cause\":\"command\","
                                "\"cmd\":1}") != NULL);
    CHECK_STR(fake_hear(&f), "");
    pass(499);
    CHECK(silent());
    fake_run(&f, 1);
    CHECK(strstr(fake_hear(&f), "{\"p\":\"door\",\"v\":false,\"up\":1500,\"cause\":\"command\","
                                "\"cmd\":1}") != NULL);
    CHECK(result(1, "\"up\":1500,\"id\":1,\"code\":\"done\"}"));
    CHECK(silent());
}

TEST(a_late_tick_ends_a_pulse_before_anything_else)
{
    REQUIRE(start(DOOR));
    (void)order("door", PULSE(500));
    f.now += 700;
    /* The command that wakes the board finds the pulse over. */
    int id = order("door", PULSE(300));
    CHECK(result(1, "done"));
    fake_run(&f, 300);
    CHECK(result(id, "done"));
    CHECK_INT(fake_edges(&f, 25), 4);
}

TEST(pulses_of_many_outputs_end_each_at_its_time)
{
    static char items[48 * 80];
    size_t len = 0;
    static const uint8_t pins[] = {4, 5, 13, 14, 16, 17, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33};
    for (size_t i = 0; i < COUNT(pins); i++)
        len += (size_t)snprintf(items + len, sizeof items - len,
                                "{\"kind\":\"relay\",\"point\":\"p%d\",\"pin\":%d}\n", (int)i,
                                pins[i]);
    REQUIRE(start(items));
    for (size_t i = 0; i < COUNT(pins); i++) {
        char point[8];
        char args[40];
        (void)snprintf(point, sizeof point, "p%d", (int)i);
        (void)snprintf(args, sizeof args, "\"do\":\"pulse\",\"ms\":%d", 100 + (int)(i * 7) % 40);
        (void)order(point, args);
    }
    fake_clear(&f);
    fake_run(&f, 200);
    int done = 0;
    while (f.frame_count > 0)
        done += strstr(fake_hear(&f), "\"code\":\"done\"") != NULL;
    CHECK_INT(done, COUNT(pins));
    for (size_t i = 0; i < COUNT(pins); i++) {
        for (int n = 0; n < f.edge_count; n++) {
            if (f.edges[n].pin == pins[i])
                CHECK_INT(f.edges[n].at - 1000, 100 + (int)(i * 7) % 40);
        }
    }
}

TEST(a_renewal_does_not_lengthen_a_pulse)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"lease\":5000}\n"));
    (void)order("door", PULSE(500));
    (void)fake_say(&f, conn, "{\"t\":\"renew\",\"points\":[\"door\"],\"until\":99999}");
    fake_run(&f, 499);
    CHECK(fake_level(&f, 25));
    fake_run(&f, 1);
    CHECK(!fake_level(&f, 25));
}

TEST(while_it_runs_only_off_is_obeyed)
{
    static const struct {
        const char *args;
        const char *answer;
        uint64_t width; /* of the pulse of 500 ms, when this comes after 200 */
    } rows[] = {{"\"do\":\"on\"", "busy", 500},
                {PULSE(900), "busy", 500},
                {PULSE(1) ",\"gap\":0", "busy", 500},
                {"\"do\":\"set\",\"level\":1", "wrong_kind", 500},
                {"\"do\":\"off\"", "done", 200}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].args);
        REQUIRE(start(DOOR));
        (void)order("door", PULSE(500));
        fake_run(&f, 200);
        int id = order("door", rows[i].args);
        bool cut = rows[i].width < 500;
        /* The pulse has its result first when it ends of it. */
        if (cut)
            CHECK(result(1, "\"reason\":\"cut_short\""));
        CHECK(result(id, rows[i].answer));
        fake_run(&f, 2000);
        if (!cut)
            CHECK(result(1, "done"));
        CHECK(silent());
        REQUIRE(f.edge_count == 2);
        CHECK_INT(f.edges[1].at - f.edges[0].at, rows[i].width);
    }
}

TEST(a_binding_may_end_a_pulse_but_not_lengthen_it)
{
    static const struct {
        const char *act;
        uint64_t width;
    } rows[] = {{"on", 500}, {"off", 200}, {"toggle", 200}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[400];
        test_row("%s", rows[i].act);
        (void)snprintf(items, sizeof items,
                       DOOR "{\"kind\":\"input\",\"point\":\"b\",\"pin\":33,\"role\":\"button\","
                            "\"debounce\":0}\n{\"kind\":\"binding\",\"point\":\"b\",\"on\":"
                            "\"press\",\"target\":\"door\",\"do\":\"%s\"}\n",
                       rows[i].act);
        REQUIRE(start(items));
        (void)order("door", PULSE(500));
        fake_run(&f, 200);
        fake_set(&f, 33, true);
        fake_run(&f, 2000);
        CHECK(result(1, rows[i].width < 500 ? "cut_short" : "done"));
        CHECK(silent());
        CHECK_INT(fake_edges(&f, 25), 2);
        CHECK_INT(f.edges[1].at - f.edges[0].at, rows[i].width);
    }
}

int main(void)
{
    RUN(a_pulse_is_as_long_as_it_is_asked_to_be);
    RUN(a_pulse_tells_on_and_off_and_is_done_when_it_has_ended);
    RUN(a_late_tick_ends_a_pulse_before_anything_else);
    RUN(pulses_of_many_outputs_end_each_at_its_time);
    RUN(a_renewal_does_not_lengthen_a_pulse);
    RUN(while_it_runs_only_off_is_obeyed);
    RUN(a_binding_may_end_a_pulse_but_not_lengthen_it);
    return test_end("pulse");
}
