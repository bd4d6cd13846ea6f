/*
 * Inputs: debouncing, gestures, contacts, and bindings with no server.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;

static bool start(const char *items)
{
    return fake_start(&f, 13, &conn, items, 1000);
}

/* Adds the letters of the events heard since the last call to out. */
static void events(char *out, size_t cap)
{
    size_t n = strlen(out);
    while (f.frame_count > 0) {
        const char *text = fake_hear(&f);
        const char *event = strstr(text, "\"event\":\"");
        if (event != NULL && strstr(text, "\"t\":\"event\"") != NULL && n + 1 < cap) {
            out[n++] = event[9];
            out[n] = '\0';
        }
    }
}

#define BUTTON "{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\""
#define CONTACT "{\"kind\":\"input\",\"point\":\"c\",\"pin\":33,\"role\":\"contact\""

TEST(a_level_counts_when_it_was_stable_for_the_debounce_time)
{
    static const struct {
        int debounce;
        int step;  /* ms between edges */
        int edges; /* odd: ends high */
        int wait;  /* after the last edge */
        bool active;
    } rows[] = {
        {30, 0, 1, 29, false},  {30, 0, 1, 30, true},   {30, 29, 5, 29, false},
        {30, 29, 5, 30, true},  {30, 10, 99, 30, true}, {30, 10, 100, 500, false},
        {0, 0, 1, 0, true},     {1, 0, 1, 1, true},     {1, 0, 1, 0, false},
        {500, 0, 1, 499, false}, {500, 0, 1, 500, true}, {60000, 0, 1, 59999, false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[120];
        test_row("%d: %d ms, %d edges", (int)i, rows[i].debounce, rows[i].edges);
        (void)snprintf(items, sizeof items, CONTACT ",\"debounce\":%d}\n", rows[i].debounce);
        REQUIRE(start(items));
        fake_run(&f, 60000);
        bool level = false;
        for (int e = 0; e < rows[i].edges; e++) {
            if (e > 0)
                fake_run(&f, (uint64_t)rows[i].step);
            level = !level;
            fake_set(&f, 33, level);
        }
        fake_run(&f, (uint64_t)rows[i].wait);
        CHECK_INT(fake_point(&f, "c").on, rows[i].active);
    }
}

TEST(a_spike_that_is_over_before_the_next_look_starts_the_time_anew)
{
    REQUIRE(start(CONTACT "}\n"));
    fake_set(&f, 33, true);
    fake_run(&f, 25);
    /* An edge was seen, but the level is what it was. */
    hob_input_changed(&f.board, 33, f.now);
    fake_run(&f, 29);
    CHECK(!fake_point(&f, "c").on);
    fake_run(&f, 1);
    CHECK(fake_point(&f, "c").on);
}

TEST(polling_does_without_edges)
{
    fake_make(&f, 13);
    f.options.input_poll_ms = 5;
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "1", CONTACT "}\n"));
    fake_run(&f, 100);
    f.pins[33].outside = true;
    fake_run(&f, 29);
    CHECK(!fake_point(&f, "c").on);
    fake_run(&f, 6);
    CHECK(fake_point(&f, "c").on);
}

TEST(active_low_and_pulls_are_as_configured)
{
    fake_make(&f, 13);
    f.pins[32].outside = true;
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "1", BUTTON ",\"pull\":\"up\",\"active\":\"low\"}\n"));
    CHECK_INT(f.pins[32].pull, HOB_PULL_UP);
    fake_run(&f, 100);
    CHECK(!fake_point(&f, "b").on);
    fake_set(&f, 32, false);
    fake_run(&f, 30);
    CHECK(fake_point(&f, "b").on);
}

TEST(the_first_settled_level_is_a_state_without_an_event)
{
    fake_make(&f, 13);
    f.pins[32].outside = true;
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "1", BUTTON ",\"hold\":true,\"double\":true}\n"));
    char heard[16] = "";
    fake_run(&f, 5000);
    events(heard, sizeof heard);
    CHECK_STR(heard, "");
    CHECK(fake_point(&f, "b").on);
    fake_set(&f, 32, false);
    fake_run(&f, 2000);
    events(heard, sizeof heard);
    CHECK_STR(heard, "r");
}

TEST(a_level_that_changes_before_it_has_settled_makes_no_event)
{
    fake_make(&f, 13);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "1", BUTTON "}\n"));
    fake_run(&f, 10);
    fake_set(&f, 32, true);
    fake_run(&f, 500);
    char heard[16] = "";
    events(heard, sizeof heard);
    CHECK_STR(heard, "");
    CHECK(fake_point(&f, "b").on);
    CHECK_STR(fake_point(&f, "b").cause, "input");
}

TEST(a_contact_has_states_and_no_events)
{
    REQUIRE(start(CONTACT "}\n"));
    fake_set(&f, 33, true);
    fake_run(&f, 30);
    const char *state = fake_hear(&f);
    CHECK(strstr(state, "{\"p\":\"c\",\"v\":true,\"up\":1030,\"cause\":\"input\"}") != NULL);
    CHECK_STR(fake_hear(&f), "");
}

/*
 * A rhythm is a row of times in ms: down, up, down, ... Each edge is debounced,
 * so that times from edge to edge are the same after it. The time after the last
 * edge is the last number.
 */
TEST(gestures_are_what_the_rhythm_says)
{
    static const struct {
        const char *options;
        int rhythm[8]; /* ends with 0 */
        const char *events;
    } rows[] = {
        /* Neither double nor hold: press on the down edge. */
        {"", {100, 100}, "pr"},
        {"", {9000, 100}, "pr"},
        {"", {100}, "p"},
        {"", {100, 100, 100, 100}, "prpr"},
        /* Hold: press on release before 600 ms. */
        {",\"hold\":true", {100}, ""},
        {",\"hold\":true", {100, 100}, "pr"},
        {",\"hold\":true", {599, 100}, "pr"},
        {",\"hold\":true", {600}, "h"},
        {",\"hold\":true", {600, 100}, "hr"},
        {",\"hold\":true", {5000, 100}, "hr"},
        {",\"hold\":true", {100, 100, 100, 100}, "prpr"},
        {",\"hold\":true", {700, 50, 100, 100}, "hrpr"},
        {",\"hold\":true,\"hold_after\":2000", {1999, 100}, "pr"},
        {",\"hold\":true,\"hold_after\":2000", {2000, 100}, "hr"},
        /* Double: a press waits 350 ms after release. */
        {",\"double\":true", {100, 349}, "r"},
        {",\"double\":true", {100, 350}, "rp"},
        {",\"double\":true", {5000, 350}, "rp"},
        {",\"double\":true", {100, 349, 100}, "rd"},
        {",\"double\":true", {100, 100, 100, 100}, "rdr"},
        {",\"double\":true", {100, 351, 100, 400}, "rprp"},
        {",\"double\":true", {100, 100, 100, 100, 100, 400}, "rdrrp"},
        {",\"double\":true", {100, 100, 100, 100, 100, 100, 100}, "rdrrd"},
        {",\"double\":true,\"double_within\":50", {100, 60, 100, 60}, "rprp"},
        /* Both. */
        {",\"double\":true,\"hold\":true", {600, 400}, "hr"},
        {",\"double\":true,\"hold\":true", {599, 400}, "rp"},
        {",\"double\":true,\"hold\":true", {100, 100, 5000, 100}, "rdr"},
        {",\"double\":true,\"hold\":true", {600, 100, 100, 400}, "hrrp"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[160];
        char heard[16] = "";
        bool level = false;
        test_row("%d%s", (int)i, rows[i].options);
        (void)snprintf(items, sizeof items, BUTTON "%s}\n", rows[i].options);
        REQUIRE(start(items));
        for (int e = 0; e < 8 && rows[i].rhythm[e] > 0; e++) {
            level = !level;
            fake_set(&f, 32, level);
            /* The debounce time after the last edge is on top. */
            bool last = e == 7 || rows[i].rhythm[e + 1] == 0;
            fake_run(&f, (uint64_t)(rows[i].rhythm[e] + (last ? 30 : 0)));
        }
        events(heard, sizeof heard);
        CHECK_STR(heard, rows[i].events);
    }
}

TEST(events_are_counted_since_boot_and_not_kept_for_later)
{
    REQUIRE(start(BUTTON "}\n"));
    fake_set(&f, 32, true);
    fake_run(&f, 30);
    CHECK(strstr(fake_wait(&f, "\"t\":\"event\""), "\"p\":\"b\",\"event\":\"press\",\"n\":1}") !=
          NULL);
    hob_conn_closed(&f.board, conn, f.now);
    fake_set(&f, 32, false);
    fake_run(&f, 30);
    conn = fake_session(&f, fake_key);
    CHECK_STR(fake_wait(&f, "\"t\":\"event\""), "");
    fake_set(&f, 32, true);
    fake_run(&f, 30);
    CHECK(strstr(fake_wait(&f, "\"t\":\"event\""), "\"n\":3}") != NULL);
}

static const char house[] =
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"r\",\"do\":\"toggle\"}\n"
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"double\",\"target\":\"l\",\"do\":\"set\","
    "\"level\":250}\n"
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"hold\",\"target\":\"l\",\"do\":\"off\"}\n"
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"hold\",\"target\":\"r\",\"do\":\"off\"}\n"
    "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"
    "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"gamma\":1000}\n" BUTTON
    ",\"double\":true,\"hold\":true}\n";

static void tap(void)
{
    fake_set(&f, 32, true);
    fake_run(&f, 100);
    fake_set(&f, 32, false);
    fake_run(&f, 100);
}

TEST(bindings_work_with_no_server)
{
    REQUIRE(start(house));
    hob_conn_closed(&f.board, conn, f.now);
    tap();
    fake_run(&f, 400);
    CHECK(fake_level(&f, 16));
    tap();
    tap();
    fake_run(&f, 400);
    CHECK(fake_level(&f, 16));
    CHECK_INT(fake_point(&f, "l").level, 250);
    fake_set(&f, 32, true);
    fake_run(&f, 700);
    CHECK(!fake_level(&f, 16));
    CHECK_INT(f.pins[17].duty, 0);
    /* Even right after a boot that no server ever sees. */
    fake_set(&f, 32, false);
    (void)fake_boot(&f);
    fake_run(&f, 100);
    tap();
    fake_run(&f, 400);
    CHECK(fake_level(&f, 16));
}

TEST(a_binding_reports_what_it_did_and_by_which_button)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n" BUTTON "}\n"
                  "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"r\","
                  "\"do\":\"toggle\"}\n"));
    fake_set(&f, 32, true);
    fake_run(&f, 30);
    const char *state = fake_hear(&f);
    CHECK(strstr(state, "{\"p\":\"r\",\"v\":true,\"up\":1030,\"cause\":\"binding\",\"by\":\"b\"}") !=
          NULL);
    CHECK(strstr(state, "{\"p\":\"b\",\"v\":true,\"up\":1030,\"cause\":\"input\"}") != NULL);
    CHECK(strstr(fake_hear(&f), "\"event\":\"press\"") != NULL);
    CHECK_STR(fake_hear(&f), "");
}

TEST(a_press_acts_in_the_same_tick)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n" BUTTON ",\"debounce\":0}\n"
                  "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"r\","
                  "\"do\":\"on\"}\n"));
    fake_set(&f, 32, true);
    CHECK(fake_level(&f, 16));
}

TEST(noise_on_an_input_never_floods_and_never_gets_lost)
{
    REQUIRE(start(house));
    uint32_t seed = 99;
    for (int i = 0; i < 5000; i++) {
        fake_set(&f, 32, test_random(&seed) % 2 == 0);
        fake_run(&f, test_random(&seed) % 60);
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
        fake_clear(&f);
    }
    CHECK_INT(f.faults, 0);
    fake_set(&f, 32, true);
    fake_run(&f, 30);
    CHECK(fake_point(&f, "b").on);
    fake_set(&f, 32, false);
    fake_run(&f, 30);
    CHECK(!fake_point(&f, "b").on);
}

int main(void)
{
    RUN(a_level_counts_when_it_was_stable_for_the_debounce_time);
    RUN(a_spike_that_is_over_before_the_next_look_starts_the_time_anew);
    RUN(polling_does_without_edges);
    RUN(active_low_and_pulls_are_as_configured);
    RUN(the_first_settled_level_is_a_state_without_an_event);
    RUN(a_level_that_changes_before_it_has_settled_makes_no_event);
    RUN(a_contact_has_states_and_no_events);
    RUN(gestures_are_what_the_rhythm_says);
    RUN(events_are_counted_since_boot_and_not_kept_for_later);
    RUN(bindings_work_with_no_server);
    RUN(a_binding_reports_what_it_did_and_by_which_button);
    RUN(a_press_acts_in_the_same_tick);
    RUN(noise_on_an_input_never_floods_and_never_gets_lost);
    return test_end("inputs");
}
