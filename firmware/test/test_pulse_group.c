/*
 * Pulses in an interlock group: they wait, and rivals end them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_pulse.h"

#define GROUP ",\"interlock\":\"g\",\"interlock_wait\":500}\n"
static const char motor[] = "{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16" GROUP
                            "{\"kind\":\"relay\",\"point\":\"down\",\"pin\":17" GROUP REED;

TEST(a_pulse_waits_for_its_group_and_then_has_its_full_width)
{
    REQUIRE(start(motor));
    (void)order("up", "\"do\":\"on\"");
    fake_run(&f, 100);
    fake_clear(&f);
    int id = order("down", PULSE(300));
    CHECK(!fake_level(&f, 16));
    fake_run(&f, 1000);
    CHECK(result(id, "done"));
    REQUIRE(f.edge_count == 3);
    CHECK_INT(f.edges[1].at - f.edges[0].at, 500);
    CHECK_INT(f.edges[2].at - f.edges[1].at, 300);
    /* And the other one waits from the end of the pulse on. */
    id = order("up", "\"do\":\"on\"");
    fake_run(&f, 299);
    CHECK(!fake_level(&f, 16));
    fake_run(&f, 1);
    CHECK(result(id, "done"));
}

TEST(a_rival_ends_a_pulse_at_once)
{
    REQUIRE(start(motor));
    (void)order("up", PULSE(1000));
    fake_run(&f, 400);
    int id = order("down", "\"do\":\"on\"");
    CHECK(strstr(fake_wait(&f, "\"v\":false"), "\"cause\":\"interlock\"") != NULL);
    CHECK(result(1, "cut_short"));
    fake_run(&f, 499);
    CHECK(!fake_level(&f, 17));
    fake_run(&f, 1);
    CHECK(result(id, "done"));
    CHECK(fake_level(&f, 17));
}

TEST(a_pulse_that_waits_ends_in_one_way_and_is_told_once)
{
    static const struct {
        const char *what;
        const char *args; /* with it */
        const char *code;
        bool pulses;
    } rows[] = {
        {"", PULSE(100), "done", true},
        {"cancel", PULSE(100), "cancelled", false},
        {"off", PULSE(100), "superseded", false},
        {"reed", PULSE(100) IF("reed", false, 2000), "precondition", false},
        {"reed bounces", PULSE(100) IF("reed", false, 2000), "precondition", false},
        {"no reed", PULSE(100) IF("reed", false, 2000), "precondition", false},
        {"no down", PULSE(100), "cancelled", false},
        {"reed now", PULSE(100) IF("reed", false, 2000), "precondition", false},
        {"quiet", PULSE(100) IF("reed", false, 30), "done", true},
        {"quiet", PULSE(100) IF("reed", false, 29), "precondition", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *what = rows[i].what;
        test_row("%d: %s", (int)i, what);
        REQUIRE(start(motor));
        (void)order("up", "\"do\":\"on\"");
        fake_run(&f, 50);
        fake_clear(&f);
        int id = order("down", rows[i].args);
        fake_run(&f, 100);
        if (strcmp(what, "cancel") == 0)
            (void)fake_say(&f, conn, "{\"t\":\"cancel\",\"id\":%d}", id);
        else if (strcmp(what, "off") == 0)
            (void)order("down", "\"do\":\"off\"");
        else if (strcmp(what, "reed") == 0)
            f.pins[32].outside = true;
        /* Inputs are not polled: the last look at them is 30 ms before the start. */
        fake_run(&f, 370);
        if (strcmp(what, "reed now") == 0)
            f.pins[32].outside = true;
        if (strcmp(what, "reed bounces") == 0)
            fake_set(&f, 32, false);
        if (what[0] == 'n') {
            static const char no_reed[] = "{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16" GROUP
                                          "{\"kind\":\"relay\",\"point\":\"down\",\"pin\":17" GROUP;
            static const char no_down[] = "{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16" GROUP REED;
            /* The pulse's result comes among the answers to the configuration. */
            struct fake_frame *frames = f.frames;
            bool told = false;
            (void)fake_configure(&f, conn, "2", strcmp(what, "no reed") == 0 ? no_reed : no_down);
            for (int n = 0; n < FAKE_FRAMES; n++)
                told = told || strstr(frames[n].text, rows[i].code) != NULL;
            CHECK(told);
        } else {
            fake_run(&f, 200);
            CHECK(result(id, rows[i].code));
        }
        fake_run(&f, 1000);
        CHECK_INT(fake_edges(&f, 17), rows[i].pulses ? 2 : strcmp(what, "no down") == 0 ? 1 : 0);
        CHECK(!fake_level(&f, 17));
    }
}

TEST(a_pulse_that_waits_dies_with_its_session)
{
    for (int other = 0; other < 2; other++) {
        test_row("another session: %d", other);
        REQUIRE(start(motor));
        (void)order("up", "\"do\":\"on\"");
        fake_run(&f, 50);
        fake_clear(&f);
        (void)order("down", PULSE(100));
        if (other)
            conn = fake_session(&f, fake_key);
        else
            hob_conn_closed(&f.board, conn, f.now);
        fake_run(&f, 2000);
        CHECK_INT(fake_edges(&f, 17), 0);
        CHECK(silent());
    }
}

int main(void)
{
    RUN(a_pulse_waits_for_its_group_and_then_has_its_full_width);
    RUN(a_rival_ends_a_pulse_at_once);
    RUN(a_pulse_that_waits_ends_in_one_way_and_is_told_once);
    RUN(a_pulse_that_waits_dies_with_its_session);
    return test_end("pulse-group");
}
