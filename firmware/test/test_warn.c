/*
 * Pulses that are announced: the warning lasts its time and goes with the pulse,
 * and what cannot be is refused.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_warn.h"

/* ---- as it should be ---- */

TEST(the_warning_comes_first_and_goes_with_the_pulse)
{
    static const struct {
        const char *what;
        const char *items;
        uint32_t dark; /* of the warning's pin */
        uint32_t lit;
        uint32_t off; /* of the relay's pin */
    } rows[] = {
        {"relay", DOOR HORN, 0, 1, 0},
        {"both inverted",
         "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"inverted\":true}\n"
         "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"inverted\":true}\n",
         1, 0, 1},
        {"pwm", DOOR "{\"kind\":\"pwm\",\"point\":\"horn\",\"pin\":27,\"fade\":900}\n", 0, 65535, 0},
        {"inverted pwm",
         DOOR "{\"kind\":\"pwm\",\"point\":\"horn\",\"pin\":27,\"inverted\":true}\n", 65535, 0, 0},
        {"strip", DOOR "{\"kind\":\"ws2812\",\"point\":\"horn\",\"pin\":27,\"count\":3,\"fade\":9}\n",
         0, 0xffffff, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        REQUIRE(start(rows[i].items));
        if (strcmp(rows[i].what, "strip") == 0)
            (void)order("horn", "\"do\":\"set\",\"rgb\":\"000000\"");
        fake_clear(&f);
        int id = order("door", PULSE(500) WARN("horn", 6000));
        pass(10000);
        CHECK_INT(shown(HORN_PIN, rows[i].lit), 1);
        CHECK_INT(when(HORN_PIN, rows[i].lit), 1000);
        CHECK_INT(when(HORN_PIN, rows[i].dark), 7500);
        CHECK_INT(shown(DOOR_PIN, !rows[i].off), 1);
        CHECK_INT(when(DOOR_PIN, !rows[i].off), 7000);
        CHECK_INT(when(DOOR_PIN, rows[i].off), 7500);
        CHECK_INT(results(id, "\"up\":7500,"), 1);
        CHECK_INT(results(id, "done"), 1);
        CHECK_INT(f.faults, 0);
    }
}

TEST(every_edge_is_told_with_the_command_that_it_belongs_to)
{
    REQUIRE(start(DOOR HORN REED));
    (void)order("door", CLOSE);
    CHECK(strstr(fake_hear(&f), "\"points\":[{\"p\":\"horn\",\"v\":true,\"up\":1000,\"cause\":"
                                "\"command\",\"cmd\":1}]}") != NULL);
    CHECK_STR(fake_hear(&f), "");
    pass(5999);
    fake_clear(&f);
    fake_run(&f, 1);
    CHECK(strstr(fake_hear(&f), "\"points\":[{\"p\":\"door\",\"v\":true,\"up\":7000,\"cause\":"
                                "\"command\",\"cmd\":1}]}") != NULL);
    fake_run(&f, 500);
    CHECK(strstr(fake_hear(&f), "\"points\":[{\"p\":\"door\",\"v\":false,\"up\":7500,\"cause\":"
                                "\"command\",\"cmd\":1},{\"p\":\"horn\",\"v\":false,\"up\":7500,"
                                "\"cause\":\"command\",\"cmd\":1}]}") != NULL);
    CHECK(strstr(fake_hear(&f), "\"id\":1,\"code\":\"done\"}") != NULL);
    CHECK_STR(fake_hear(&f), "");
}

TEST(the_board_asks_for_the_turn_in_which_the_warning_ends)
{
    static const char *const lengths[] = {PULSE(1) WARN("horn", 1000), PULSE(1) WARN("horn", 1999),
                                          PULSE(1) WARN("horn", 60000)};
    static const uint32_t ms[] = {1000, 1999, 60000};
    for (size_t i = 0; i < COUNT(lengths); i++) {
        test_row("%d", (int)ms[i]);
        REQUIRE(start(DOOR HORN));
        (void)order("door", lengths[i]);
        CHECK(hob_next_tick(&f.board, f.now) <= ms[i]);
        pass(61000);
        CHECK_INT(when(DOOR_PIN, 1) - 1000, ms[i]);
        CHECK_INT(when(DOOR_PIN, 0) - 1000, ms[i] + 1);
    }
}

TEST(a_deadline_that_passes_during_the_warning_is_of_no_account)
{
    REQUIRE(start(DOOR HORN REED));
    int id = order("door", CLOSE); /* its deadline is 900 ms away */
    pass(7000);
    CHECK_INT(results(id, "done"), 1);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"door\",\"until\":%lu,%s}",
                   ++last_id, (unsigned long)f.now - 1, CLOSE);
    CHECK_INT(results(last_id, "expired"), 1);
    CHECK_INT(shown(HORN_PIN, 1), 1);
}

/* ---- refused by its words, or by the moment ---- */

TEST(warnings_that_make_no_sense_are_refused_with_a_reason)
{
    static const struct {
        const char *args;
        const char *reason;
    } rows[] = {
        {PULSE(9) ",\"warn\":\"horn\"", "\"missing\""},
        {PULSE(9) ",\"warn_ms\":6000", "\"missing\""},
        {PULSE(9) WARN("horn", 999), "\"bad_value\""},
        {PULSE(9) WARN("horn", 60001), "\"bad_value\""},
        {PULSE(9) WARN("horn", -6000), "\"bad_value\""},
        {PULSE(9) WARN("nobody", 6000), "\"unknown_point\""},
        {PULSE(9) WARN("a-name-that-is-far-too-long", 6000), "\"unknown_point\""},
        {PULSE(9) WARN("", 6000), "\"unknown_point\""},
        {PULSE(9) WARN("reed", 6000), "\"wrong_kind\""},
        {PULSE(9) WARN("door", 6000), "\"bad_value\""},
        {PULSE(9) WARN("rival", 6000), "\"bad_value\""},
        {PULSE(9) WARN("max-on", 6000), "\"bad_value\""},
        {PULSE(9) WARN("off-after", 6000), "\"bad_value\""},
        {PULSE(9) WARN("lease", 6000), "\"bad_value\""},
        {PULSE(0) WARN("horn", 6000), "\"bad_value\""},
        {"\"do\":\"pulse\"" WARN("horn", 6000), "\"missing\""},
        {PULSE(9) WARN("horn", 6000) IF("horn", true, 9), "\"wrong_kind\""},
        {PULSE(9) WARN("horn", 6000) IF("reed", true, 9), "\"precondition\""},
        {PULSE(9) WARN("horn", 6000) ",\"gap\":3600000", "\"too_soon\""},
    };
    REQUIRE(start(GROUPED("door", 25, "g") HORN REED GROUPED("rival", 26, "g")
                  "{\"kind\":\"relay\",\"point\":\"max-on\",\"pin\":19,\"max_on\":6008}\n"
                  "{\"kind\":\"pwm\",\"point\":\"off-after\",\"pin\":21,\"off_after\":6008}\n"
                  "{\"kind\":\"relay\",\"point\":\"lease\",\"pin\":22,\"lease\":6008}\n"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].args);
        int id = order("door", rows[i].args);
        CHECK_INT(results(id, rows[i].reason), 1);
    }
    pass(10000);
    CHECK_INT(f.edge_count, 0);
}

TEST(a_limit_as_long_as_warning_and_pulse_is_long_enough)
{
    static const char *const limits[] = {"max_on", "off_after", "lease"};
    for (size_t i = 0; i < COUNT(limits); i++) {
        char items[300];
        test_row("%s", limits[i]);
        (void)snprintf(items, sizeof items,
                       DOOR "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"%s\":6500}\n",
                       limits[i]);
        REQUIRE(start(items));
        int id = order("door", PULSE(500) WARN("horn", 6000));
        pass(8000);
        CHECK_INT(results(id, "done"), 1);
        CHECK_INT(when(HORN_PIN, 0), 7500);
    }
}

TEST(without_its_warning_no_pulse_begins)
{
    static const struct {
        const char *what;
        const char *items;
        const char *before; /* a command to the horn, or to its rival */
        const char *point;
        const char *reason;
    } rows[] = {
        {"on already", DOOR HORN, "\"do\":\"on\"", "horn", "\"busy\""},
        {"fading out", DOOR "{\"kind\":\"pwm\",\"point\":\"horn\",\"pin\":27}\n",
         "\"do\":\"set\",\"level\":9", "horn", "\"busy\""},
        {"min_off", DOOR "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"min_off\":5000}\n", NULL,
         NULL, "\"precondition\""},
        {"waits", DOOR "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"min_off\":5000}\n",
         "\"do\":\"on\"", "horn", "\"precondition\""},
        {"rival on", DOOR GROUPED("horn", 27, "g") GROUPED("siren", 26, "g"), "\"do\":\"on\"", "siren",
         "\"precondition\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        REQUIRE(start(rows[i].items));
        if (rows[i].before != NULL)
            (void)order(rows[i].point, rows[i].before);
        if (strcmp(rows[i].what, "fading out") == 0)
            (void)order("horn", "\"do\":\"off\",\"fade\":9000");
        int id = order("door", PULSE(500) WARN("horn", 6000));
        CHECK_INT(results(id, rows[i].reason), 1);
        bool siren = fake_level(&f, 26);
        pass(9000);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK_INT(fake_level(&f, 26), siren);
    }
}

TEST(a_warning_does_not_go_on_for_a_moment_beside_one_that_waits)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"slow\",\"pin\":26,\"interlock\":\"g\","
                  "\"interlock_wait\":1500}\n" DOOR GROUPED("horn", 27, "g") REED));
    (void)order("slow", "\"do\":\"on\""); /* from 1500 on */
    int id = order("door", CLOSE);
    pass(10000);
    CHECK_INT(results(id, "\"precondition\""), 1);
    CHECK_INT(shown(HORN_PIN, 1), 0);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    CHECK(fake_level(&f, 26));
}

TEST(a_pulse_that_waits_for_its_group_is_warned_of_after_that)
{
    static const struct {
        const char *what;
        const char *code;
        uint64_t horn; /* goes on; 0 for never */
    } rows[] = {{"", "done", 1500}, {"reed", "precondition", 0}, {"horn", "precondition", 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        REQUIRE(start(
            "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"interlock\":\"g\","
            "\"interlock_wait\":500}\n" GROUPED("up", 26, "g") HORN REED));
        (void)order("up", "\"do\":\"on\"");
        int id = order("door", CLOSE);
        CHECK(!fake_level(&f, 26));
        fake_run(&f, 400);
        CHECK_INT(shown(HORN_PIN, 1), 0);
        if (strcmp(rows[i].what, "reed") == 0)
            fake_set(&f, REED_PIN, true);
        if (strcmp(rows[i].what, "horn") == 0)
            (void)order("horn", "\"do\":\"on\"");
        pass(9000);
        CHECK_INT(results(id, rows[i].code), 1);
        if (rows[i].horn > 0) {
            CHECK_INT(when(HORN_PIN, 1), rows[i].horn);
            CHECK_INT(when(DOOR_PIN, 1), rows[i].horn + 6000);
        } else {
            CHECK_INT(shown(DOOR_PIN, 1), 0);
        }
    }
}

int main(void)
{
    RUN(the_warning_comes_first_and_goes_with_the_pulse);
    RUN(every_edge_is_told_with_the_command_that_it_belongs_to);
    RUN(the_board_asks_for_the_turn_in_which_the_warning_ends);
    RUN(a_deadline_that_passes_during_the_warning_is_of_no_account);
    RUN(warnings_that_make_no_sense_are_refused_with_a_reason);
    RUN(a_limit_as_long_as_warning_and_pulse_is_long_enough);
    RUN(without_its_warning_no_pulse_begins);
    RUN(a_warning_does_not_go_on_for_a_moment_beside_one_that_waits);
    RUN(a_pulse_that_waits_for_its_group_is_warned_of_after_that);
    return test_end("warn");
}
