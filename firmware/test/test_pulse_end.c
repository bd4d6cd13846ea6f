/*
 * Pulses that outlive what began them, or do not: sessions, boots, restarts, configurations.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_pulse.h"

TEST(a_pulse_that_has_begun_outlives_its_session_by_its_width)
{
    REQUIRE(start(DOOR));
    (void)order("door", PULSE(500));
    fake_run(&f, 100);
    int old = conn;
    conn = fake_session(&f, fake_key);
    CHECK_INT(f.peers[old].closed, HOB_CLOSE_SUPERSEDED);
    fake_run(&f, 1000);
    CHECK_INT(f.edges[1].at - f.edges[0].at, 500);
    /* The new session knows nothing of that command, and gets no result for it. */
    CHECK(strstr(fake_wait(&f, "\"v\":false"), "\"cause\":\"off_after\"") != NULL);
    CHECK(silent());
}

TEST(a_boot_ends_a_pulse_whatever_the_boot_state)
{
    static const char *const boots[] = {"off", "restore"};
    for (size_t i = 0; i < COUNT(boots); i++) {
        char items[128];
        test_row("%s", boots[i]);
        (void)snprintf(items, sizeof items,
                       "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"boot\":\"%s\"}\n",
                       boots[i]);
        REQUIRE(start(items));
        (void)order("door", PULSE(30000));
        /* Long enough for the level to be stored, had it been one. */
        pass(20000);
        CHECK(fake_level(&f, 25));
        (void)fake_boot(&f);
        CHECK(!fake_level(&f, 25));
        CHECK_INT(f.edges[0].value, 0);
        fake_run(&f, 60000);
        CHECK_INT(fake_edges(&f, 25), 1);
    }
}

TEST(a_restart_and_a_shutdown_end_a_pulse_first)
{
    for (int asked = 0; asked < 2; asked++) {
        test_row("asked by the server: %d", asked);
        REQUIRE(start(DOOR));
        (void)order("door", PULSE(5000));
        if (asked)
            (void)fake_say(&f, conn, "{\"t\":\"restart\"}");
        else
            hob_shutdown(&f.board, f.now);
        CHECK(!fake_level(&f, 25));
        CHECK(result(1, "cut_short"));
    }
}

TEST(a_configuration_leaves_a_pulse_alone_or_ends_it)
{
    static const struct {
        const char *items;
        const char *code;
        uint64_t width;
        int pin_is; /* the pin's level afterwards */
    } rows[] = {
        {DOOR REED, "done", 500, 0},
        {"{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"interlock\":\"g\"}\n", "done", 500, 0},
        {"{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"max_on\":50}\n", "cut_short", 101, 0},
        {"{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"max_on\":300}\n", "cut_short", 300, 0},
        {"", "cut_short", 100, 0},
        {"{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"inverted\":true,"
         "\"boot\":\"restore\"}\n",
         "cut_short", 100, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].items);
        REQUIRE(start(DOOR));
        (void)order("door", PULSE(500));
        fake_run(&f, 100);
        bool told = false;
        CHECK(fake_configure(&f, conn, "2", rows[i].items));
        fake_run(&f, 1000);
        for (int n = 0; n < FAKE_FRAMES; n++)
            told = told || (strstr(f.frames[n].text, "\"id\":1,") != NULL &&
                            strstr(f.frames[n].text, rows[i].code) != NULL);
        CHECK(told);
        uint64_t off = 0;
        for (int n = f.edge_count - 1; n >= 0; n--) {
            if (f.edges[n].pin == 25 && f.edges[n].act == FAKE_WRITE && f.edges[n].value == 0)
                off = f.edges[n].at;
        }
        CHECK_INT(off - 1000, rows[i].width);
        CHECK_INT(fake_level(&f, 25), rows[i].pin_is);
        CHECK_INT(f.faults, 0);
    }
}

int main(void)
{
    RUN(a_pulse_that_has_begun_outlives_its_session_by_its_width);
    RUN(a_boot_ends_a_pulse_whatever_the_boot_state);
    RUN(a_restart_and_a_shutdown_end_a_pulse_first);
    RUN(a_configuration_leaves_a_pulse_alone_or_ends_it);
    return test_end("pulse-end");
}
