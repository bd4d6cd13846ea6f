/*
 * One configuration after another: only differences are touched.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_config.h"

TEST(a_waiting_command_whose_group_changes_is_cancelled)
{
    static const char *const after[] = {
        /* Its own group is another; it is gone; it is as it was. */
        "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"interlock\":\"h\","
        "\"interlock_wait\":500}\n",
        "", "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"interlock\":\"g\","
            "\"interlock_wait\":500}\n"};
    for (size_t i = 0; i < COUNT(after); i++) {
        char items[400];
        static const char a[] = "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16,"
                                "\"interlock\":\"g\",\"interlock_wait\":500}\n";
        test_row("%d", (int)i);
        start();
        (void)snprintf(items, sizeof items, "%s%s", a, after[2]);
        REQUIRE(fake_configure(&f, conn, "1", items));
        fake_run(&f, 1000);
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":1,\"point\":\"a\",\"do\":\"on\",\"until\":9999}");
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":2,\"point\":\"b\",\"do\":\"on\",\"until\":9999}");
        (void)snprintf(items, sizeof items, "%s%s", a, after[i]);
        REQUIRE(fake_configure(&f, conn, "2", items));
        fake_run(&f, 1000);
        const char *result = fake_wait(&f, "\"id\":2,");
        CHECK(strstr(result, i < 2 ? "cancelled" : "done") != NULL);
        CHECK_INT(fake_level(&f, 17), i == 2);
        CHECK_INT(f.faults, 0);
    }
}

/* A watched relay on pin 16, on, with every timer running; change moves another. */
static const char watched[] =
    "{\"kind\":\"relay\",\"point\":\"w\",\"pin\":16,\"off_after\":9000,\"max_on\":8000,"
    "\"lease\":7000}\n";

TEST(an_unaffected_output_keeps_level_timers_and_lease)
{
    static const struct {
        const char *before;
        const char *after;
        const char *watched; /* how its own item reads afterwards; NULL: the same bytes */
    } rows[] = {
        {"", "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n", "", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":18}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"pwm\",\"point\":\"q\",\"pin\":17}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"inverted\":true}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"relay\",\"point\":\"z\",\"pin\":17}\n", NULL},
        {"{\"kind\":\"board\",\"status_led\":2}\n", "", NULL},
        {"", "{\"kind\":\"board\",\"status_led\":2}\n", NULL},
        {"{\"kind\":\"input\",\"point\":\"i\",\"pin\":33,\"role\":\"button\"}\n",
         "{\"kind\":\"input\",\"point\":\"i\",\"pin\":33,\"role\":\"button\"}\n"
         "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"w\",\"do\":\"off\"}\n",
         NULL},
        /* The same in meaning: order, white space, defaults spelled out. */
        {"", "",
         "{ \"max_on\":8000 , \"pin\":16,\"lease\":7000,\"point\":\"w\",\"inverted\":false,"
         "\"off_after\":9000,\"kind\":\"relay\",\"boot\":\"off\",\"interlock_wait\":0}\n"},
        /* Limits that are not reached. */
        {"", "",
         "{\"kind\":\"relay\",\"point\":\"w\",\"pin\":16,\"off_after\":9000,\"max_on\":8000,"
         "\"lease\":7000,\"boot\":\"on\",\"interlock\":\"g\",\"interlock_wait\":100}\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[800];
        test_row("%d", (int)i);
        start();
        (void)snprintf(items, sizeof items, "%s%s", rows[i].before, watched);
        REQUIRE(fake_configure(&f, conn, "1", items));
        say_on("w", 1);
        fake_run(&f, 1000);
        fake_clear(&f);
        const char *own = rows[i].watched != NULL ? rows[i].watched : watched;
        (void)snprintf(items, sizeof items, "%s%s", own, rows[i].after);
        REQUIRE(fake_configure(&f, conn, "2", items));
        CHECK_INT(fake_edges(&f, 16), 0);
        CHECK(fake_level(&f, 16));
        CHECK_INT(fake_point(&f, "w").up, 0);
        CHECK_STR(fake_point(&f, "w").cause, "command");
        /* The lease that began at 0 is the first to end. */
        fake_run(&f, 5999);
        CHECK(fake_level(&f, 16));
        fake_run(&f, 1);
        CHECK(!fake_level(&f, 16));
        CHECK_INT(f.faults, 0);
    }
}

TEST(what_a_change_does_to_the_output_itself)
{
    static const struct {
        const char *before;
        const char *after;
        const char *edges; /* o open, w write, r release, in order, on pin 16 */
        bool on;           /* afterwards */
    } rows[] = {
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"inverted\":true", "wro",
         false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":17", "wr", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"pwm\",\"pin\":16", "wro", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":17,\"boot\":\"on\"", "wr", true},
        {"\"kind\":\"relay\",\"pin\":16,\"boot\":\"restore\"",
         "\"kind\":\"relay\",\"pin\":17,\"boot\":\"restore\"", "wr", true},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"max_on\":500", "w", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"max_on\":5000", "", true},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"off_after\":900", "w", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"lease\":500", "", true},
        {"\"kind\":\"relay\",\"pin\":16,\"lease\":900", "\"kind\":\"relay\",\"pin\":16", "w", false},
        {"\"kind\":\"pwm\",\"pin\":16", "\"kind\":\"pwm\",\"pin\":16,\"freq\":200", "o", true},
        {"\"kind\":\"pwm\",\"pin\":16", "\"kind\":\"pwm\",\"pin\":16,\"fade\":200", "", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[200];
        char edges[16] = "";
        test_row("%d: %s", (int)i, rows[i].after);
        start();
        (void)snprintf(items, sizeof items, "{\"point\":\"w\",%s}\n", rows[i].before);
        REQUIRE(fake_configure(&f, conn, "1", items));
        say_on("w", 1);
        fake_clear(&f);
        fake_run(&f, 1000);
        (void)snprintf(items, sizeof items, "{\"point\":\"w\",%s}\n", rows[i].after);
        REQUIRE(fake_configure(&f, conn, "2", items));
        fake_run(&f, 1);
        for (int e = 0, n = 0; e < f.edge_count; e++) {
            if (f.edges[e].pin == 16) {
                edges[n++] = "owr"[f.edges[e].act];
                edges[n] = '\0';
            }
        }
        CHECK_STR(edges, rows[i].edges);
        CHECK_INT(fake_point(&f, "w").on, rows[i].on);
        CHECK_INT(f.faults, 0);
    }
}

TEST(two_outputs_may_swap_their_pins)
{
    start();
    REQUIRE(fake_configure(&f, conn, "1",
                           "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16}\n"
                           "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17}\n"
                           "{\"kind\":\"board\",\"status_led\":18}\n"));
    REQUIRE(fake_configure(&f, conn, "2",
                           "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":17}\n"
                           "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":18}\n"
                           "{\"kind\":\"board\",\"status_led\":16}\n"));
    say_on("a", 1);
    CHECK(fake_level(&f, 17));
    CHECK(!fake_level(&f, 18));
    CHECK_INT(f.faults, 0);
}

TEST(an_unchanged_input_keeps_its_state_and_a_new_one_makes_no_event)
{
    start();
    f.pins[32].outside = f.pins[33].outside = true;
    REQUIRE(fake_configure(&f, conn, "1",
                           "{\"kind\":\"input\",\"point\":\"a\",\"pin\":32,\"role\":\"button\"}\n"));
    fake_run(&f, 1000);
    fake_clear(&f);
    REQUIRE(fake_configure(&f, conn, "2",
                           "{\"kind\":\"input\",\"point\":\"b\",\"pin\":33,\"role\":\"button\"}\n"
                           "{\"kind\":\"input\",\"point\":\"a\",\"pin\":32,\"role\":\"button\"}\n"));
    fake_run(&f, 1000);
    CHECK_STR(fake_wait(&f, "\"t\":\"event\""), "");
    CHECK_INT(fake_edges(&f, 32), 0);
    CHECK_INT(fake_point(&f, "a").up, 0);
    CHECK(fake_point(&f, "b").on);
}

TEST(a_button_that_goes_leaves_no_trace_in_what_it_did)
{
    start();
    REQUIRE(fake_configure(&f, conn, "1", RELAY
                           "{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\"}\n"
                           "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\","
                           "\"target\":\"r\",\"do\":\"on\"}\n"));
    fake_run(&f, 100);
    fake_set(&f, 32, true);
    fake_run(&f, 30);
    CHECK_STR(fake_point(&f, "r").cause, "binding");
    fake_clear(&f);
    REQUIRE(fake_configure(&f, conn, "2", RELAY));
    CHECK(strstr(fake_hear(&f), "{\"p\":\"r\",\"v\":true,\"up\":130,\"cause\":\"config\"}") != NULL);
    CHECK_INT(fake_edges(&f, 16), 0);
}

/* Any configuration after any other: pins end up as a fresh board has them. */
TEST(the_way_to_a_configuration_does_not_matter)
{
    static const char *const parts[] = {
        "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16}\n",
        "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":17}\n",
        "{\"kind\":\"pwm\",\"point\":\"a\",\"pin\":16}\n",
        "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":18,\"inverted\":true}\n",
        "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":18}\n",
        "{\"kind\":\"input\",\"point\":\"c\",\"pin\":19,\"role\":\"button\"}\n",
        "{\"kind\":\"relay\",\"point\":\"c\",\"pin\":19}\n",
        "{\"kind\":\"ws2812\",\"point\":\"d\",\"pin\":21,\"count\":5}\n",
        "{\"kind\":\"ws2812\",\"point\":\"d\",\"pin\":21,\"count\":6}\n",
        "{\"kind\":\"board\",\"status_led\":22}\n",
    };
    static const uint8_t taken[] = {0, 0, 0, 3, 3, 5, 5, 7, 7, 9}; /* which exclude each other */
    uint32_t seed = 31;
    static struct fake_board fresh;
    start();
    for (int round = 0; round < 60; round++) {
        char items[800] = "";
        unsigned used = 0;
        for (int n = 0; n < 8; n++) {
            uint32_t r = test_random(&seed) % COUNT(parts);
            unsigned bit = 1u << taken[r];
            if ((used & bit) == 0)
                strcat(items, parts[r]);
            used |= bit;
        }
        test_row("%d: %s", round, items);
        REQUIRE(fake_configure(&f, conn, "1", items));
        fake_clear(&f);
        fake_make(&fresh, 23);
        (void)fake_boot(&fresh);
        int other = fake_adopted(&fresh);
        REQUIRE(fake_configure(&fresh, other, "1", items));
        for (int pin = 0; pin < FAKE_PINS; pin++) {
            CHECK_INT(f.pins[pin].mode, fresh.pins[pin].mode);
            if (f.pins[pin].mode == FAKE_OUTPUT && pin != 22)
                CHECK_INT(f.pins[pin].level, fresh.pins[pin].level);
        }
        CHECK_INT(f.faults, 0);
    }
}

int main(void)
{
    RUN(a_waiting_command_whose_group_changes_is_cancelled);
    RUN(an_unaffected_output_keeps_level_timers_and_lease);
    RUN(what_a_change_does_to_the_output_itself);
    RUN(two_outputs_may_swap_their_pins);
    RUN(an_unchanged_input_keeps_its_state_and_a_new_one_makes_no_event);
    RUN(a_button_that_goes_leaves_no_trace_in_what_it_did);
    RUN(the_way_to_a_configuration_does_not_matter);
    return test_end("config-change");
}
