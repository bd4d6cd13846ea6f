/*
 * Pulses that are announced: everything that can go wrong during the warning ends
 * it without a pulse, and it is never left on.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_warn.h"

/* ---- what happens meanwhile ---- */

static void to_horn(const char *args)
{
    (void)order("horn", args);
}

static void to_other(const char *args)
{
    (void)order("other", args);
}

static void late_off(const char *arg)
{
    (void)arg;
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"door\",\"do\":\"off\","
                             "\"until\":%lu}",
                   ++last_id, (unsigned long)f.now - 1);
}

static void reed_moves(const char *arg)
{
    (void)arg;
    fake_set(&f, REED_PIN, true);
}

static void reed_bounces(const char *arg)
{
    (void)arg;
    fake_set(&f, REED_PIN, true);
    fake_set(&f, REED_PIN, false);
}

/* Faster than the level could be read. */
static void reed_twitches(const char *arg)
{
    (void)arg;
    hob_input_changed(&f.board, REED_PIN, f.now);
}

/* Nobody announces it: the next turn that samples finds out. */
static void reed_moves_unseen(const char *arg)
{
    (void)arg;
    f.pins[REED_PIN].outside = true;
    (void)hob_tick(&f.board, f.now);
}

static void another_input(const char *arg)
{
    (void)arg;
    fake_set(&f, BUTTON_PIN, true);
}

/* Somebody dials and shakes hands, but proves nothing. */
static void knock(const char *arg)
{
    (void)arg;
    (void)fake_dial(&f, fake_key);
}

static void violate(const char *arg)
{
    (void)arg;
    hob_conn_violation(&f.board, conn, f.now);
}

static void new_key(const char *arg)
{
    static const uint8_t key[HOB_KEY_LEN] = {9};
    (void)arg;
    (void)hob_set_key(&f.board, key, f.now);
}

static void go_deaf(const char *arg)
{
    (void)arg;
    f.deaf = true;
    ping(); /* whose answer cannot be sent */
}

static void stop(const char *arg)
{
    (void)arg;
    hob_shutdown(&f.board, f.now);
}

static void reset(const char *arg)
{
    (void)arg;
    (void)hob_factory_reset(&f.board, f.now);
}

static void cut_power(const char *arg)
{
    (void)arg;
    (void)fake_boot(&f);
    conn = fake_session(&f, fake_key);
    last_id = 100;
}

static void configure(const char *items)
{
    CHECK(fake_configure(&f, conn, "2", items));
}

static void refused_configuration(const char *items)
{
    CHECK(!fake_configure(&f, conn, "2", items));
}

/*
 * Each row happens at each of the moments below. ends is the reason of the result
 * if it ends the warning ("" for one that nobody is told), NULL if it does not.
 * cuts is the same for a pulse that is under way: "cut_short", or NULL.
 */
static const struct row {
    const char *what;
    const char *items; /* besides BASE */
    happening *happens;
    const char *arg;
    const char *ends;
    const char *cuts;
} rows[] = {
    {"cancel", "", say, "{\"t\":\"cancel\",\"id\":1}", "cancelled", NULL},
    {"cancel of another", "", say, "{\"t\":\"cancel\",\"id\":2}", NULL, NULL},
    {"off", "", to_door, "\"do\":\"off\"", "superseded", "cut_short"},
    {"pulse that is refused", "", to_door, PULSE(9) IF("reed", true, 9), "superseded", NULL},
    {"pulse too soon", "", to_door, PULSE(9) ",\"gap\":3600000", "superseded", NULL},
    {"not well-formed", "", to_door, PULSE(0), NULL, NULL},
    {"off, too late", "", late_off, NULL, NULL, NULL},
    {"the same again", "", say,
     "{\"t\":\"command\",\"id\":1,\"point\":\"door\",\"until\":999999," CLOSE "}", NULL, NULL},
    {"ping", "", say, "{\"t\":\"ping\",\"n\":1}", NULL, NULL},
    {"lease", "", say, "{\"t\":\"renew\",\"points\":[\"door\",\"horn\"],\"until\":999999}", NULL, NULL},
    {"identify", "", say, "{\"t\":\"identify\",\"for\":9000}", NULL, NULL},
    {"off for the warning", "", to_horn, "\"do\":\"off\"", NULL, NULL},
    {"on for the warning", "", to_horn, "\"do\":\"on\"", NULL, NULL},
    {"pulse for the warning", "", to_horn, PULSE(9), NULL, NULL},
    {"on for another", GROUPED("other", 26, "h"), to_other, "\"do\":\"on\"", NULL, NULL},

    {"reed moves", "", reed_moves, NULL, "precondition", NULL},
    {"reed bounces", "", reed_bounces, NULL, "precondition", NULL},
    {"reed twitches", "", reed_twitches, NULL, "precondition", NULL},
    {"reed tells late", "", reed_tells_late, NULL, "precondition", NULL},
    {"reed moves unseen", "", reed_moves_unseen, NULL, "precondition", NULL},
    {"another input", BUTTON("other", "on") GROUPED("other", 26, "h"), another_input, NULL, NULL, NULL},
    {"button: off", BUTTON("door", "off"), another_input, NULL, "superseded", "cut_short"},
    {"button: toggle", BUTTON("door", "toggle"), another_input, NULL, "superseded", "cut_short"},
    {"button: warning off", BUTTON("horn", "off"), another_input, NULL, "precondition", NULL},
    {"button: warning toggle", BUTTON("horn", "toggle"), another_input, NULL, "precondition", NULL},
    {"button: warning on", BUTTON("horn", "on"), another_input, NULL, NULL, NULL},

    {"hang up", "", hang_up, NULL, "", NULL},
    {"take over", "", take_over, NULL, "", NULL},
    {"knock", "", knock, NULL, NULL, NULL},
    {"violation", "", violate, NULL, "", NULL},
    {"bad frame", "", say, "{", "", NULL},
    {"frame that cannot be sent", "", go_deaf, NULL, "", NULL},
    {"key by cable", "", new_key, NULL, "", NULL},
    {"keys forgotten", "", say, "{\"t\":\"forget\"}", "", NULL},
    {"restart", "", say, "{\"t\":\"restart\"}", "cancelled", "cut_short"},
    {"shutdown", "", stop, NULL, "cancelled", "cut_short"},
    {"factory reset", "", reset, NULL, "", "cut_short"},
    {"power cut", "", cut_power, NULL, "", "cut_short"},

    {"no door", "", configure, HORN REED, "cancelled", "cut_short"},
    {"door elsewhere", "", configure,
     "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":26}\n" HORN REED, "cancelled", "cut_short"},
    {"door with off_after", "", configure,
     "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"off_after\":9000}\n" HORN REED, "cancelled",
     NULL},
    {"door with restore", "", configure,
     "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"boot\":\"restore\"}\n" HORN REED,
     "cancelled", NULL},
    {"door in a group", "", configure, GROUPED("door", 25, "k") HORN REED, "cancelled", NULL},
    {"no horn", "", configure, DOOR REED, "cancelled", NULL},
    {"horn inverted", "", configure,
     DOOR "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"inverted\":true,\"boot\":"
          "\"restore\"}\n" REED,
     "cancelled", NULL},
    {"horn with max_on", "", configure,
     DOOR "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"max_on\":60000}\n" REED, "cancelled",
     NULL},
    {"no reed", "", configure, DOOR HORN, "precondition", NULL},
    {"reed with a pull", "", configure,
     DOOR HORN "{\"kind\":\"input\",\"point\":\"reed\",\"pin\":32,\"role\":\"contact\",\"debounce\":"
               "50,\"pull\":\"up\"}\n",
     "precondition", NULL},
    {"reed with another debounce", "", configure,
     DOOR HORN "{\"kind\":\"input\",\"point\":\"reed\",\"pin\":32,\"role\":\"contact\",\"debounce\":"
               "51}\n",
     "cancelled", NULL},
    {"another point", "", configure, BASE GROUPED("other", 26, "h"), NULL, NULL},
    {"another order", "", configure, REED HORN DOOR, NULL, NULL},
    {"the same in other words", "", configure,
     "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"boot\":\"off\",\"max_on\":0}\n" HORN REED,
     NULL, NULL},
    {"a bad configuration", "", refused_configuration, "{\"kind\":\"relay\",\"point\":\"door\"}\n", NULL,
     NULL},
};

/* Ms after the warning went on. The last one is the turn in which the pulse is due. */
static const uint64_t moments[] = {0, 1, 3000, 5999, 6000};

TEST(whatever_ends_a_warning_ends_it_without_a_pulse)
{
    for (size_t r = 0; r < COUNT(rows); r++) {
        for (size_t m = 0; m < COUNT(moments); m++) {
            char items[1200];
            test_row("%s after %d ms", rows[r].what, (int)moments[m]);
            (void)snprintf(items, sizeof items, BASE "%s", rows[r].items);
            REQUIRE(start(items));
            int id = order("door", CLOSE);
            CHECK(fake_level(&f, HORN_PIN));
            /* What comes with the end of the warning comes before it. */
            pass(moments[m] < 6000 ? moments[m] : 5999);
            f.now = 1000 + moments[m];
            rows[r].happens(rows[r].arg);
            if (rows[r].ends != NULL) {
                CHECK(!fake_point(&f, "horn").on);
                CHECK_INT(results(id, "done"), 0);
            }
            /* What is due at once gets its turn at once. */
            if (hob_next_tick(&f.board, f.now) == 0)
                (void)hob_tick(&f.board, f.now);
            pass(20000);
            f.deaf = false;
            CHECK_INT(shown(DOOR_PIN, 1), rows[r].ends == NULL);
            if (rows[r].ends == NULL)
                CHECK_INT(when(DOOR_PIN, 1), 7000);
            if (rows[r].ends != NULL && rows[r].ends[0] == '\0')
                CHECK_INT(results(id, ""), 0);
            else
                CHECK_INT(results(id, rows[r].ends == NULL ? "done" : rows[r].ends), 1);
            check_idle();
        }
    }
}

TEST(what_happens_during_the_pulse_ends_it_or_leaves_it_alone)
{
    for (size_t r = 0; r < COUNT(rows); r++) {
        char items[1200];
        test_row("%s", rows[r].what);
        (void)snprintf(items, sizeof items, BASE "%s", rows[r].items);
        REQUIRE(start(items));
        (void)order("door", CLOSE);
        pass(6200);
        CHECK(fake_level(&f, DOOR_PIN) && fake_level(&f, HORN_PIN));
        rows[r].happens(rows[r].arg);
        CHECK_INT(fake_level(&f, DOOR_PIN), rows[r].cuts == NULL);
        pass(20000);
        if (rows[r].happens != cut_power) {
            CHECK_INT(shown(DOOR_PIN, 1), 1);
            CHECK_INT(when(DOOR_PIN, 0), rows[r].cuts == NULL ? 7500 : 7200);
        }
        check_idle();
    }
}

TEST(a_link_that_falls_silent_is_no_link)
{
    static const struct {
        uint64_t heard; /* for the last time, so many ms after the warning went on */
        const char *code;
    } silences[] = {{0, "cancelled"}, {2999, "cancelled"}, {3000, "done"}, {5000, "done"}};
    for (size_t i = 0; i < COUNT(silences); i++) {
        test_row("heard after %d ms", (int)silences[i].heard);
        REQUIRE(start(BASE));
        int id = order("door", CLOSE);
        fake_run(&f, silences[i].heard);
        ping();
        fake_run(&f, 9000 - silences[i].heard);
        CHECK_INT(results(id, silences[i].code), 1);
        CHECK_INT(shown(DOOR_PIN, 1), strcmp(silences[i].code, "done") == 0);
        check_idle();
    }
}

TEST(a_later_pulse_is_warned_of_from_the_beginning)
{
    REQUIRE(start(BASE));
    (void)order("door", CLOSE);
    pass(4000);
    int id = order("door", CLOSE);
    CHECK_INT(results(1, "superseded"), 1);
    CHECK(fake_level(&f, HORN_PIN));
    pass(9000);
    CHECK_INT(results(id, "done"), 1);
    CHECK_INT(shown(DOOR_PIN, 1), 1);
    CHECK_INT(when(DOOR_PIN, 1), 11000);
    check_idle();
}

TEST(what_warns_is_busy_until_the_pulse_has_ended)
{
    static const char *const orders[] = {"\"do\":\"on\"", "\"do\":\"off\"", PULSE(9),
                                         PULSE(9) WARN("lamp", 1000)};
    for (size_t i = 0; i < COUNT(orders); i++) {
        test_row("%s", orders[i]);
        REQUIRE(start(BASE "{\"kind\":\"pwm\",\"point\":\"lamp\",\"pin\":18}\n"
                           "{\"kind\":\"relay\",\"point\":\"other\",\"pin\":26}\n"));
        (void)order("door", CLOSE);
        CHECK_INT(results(order("horn", orders[i]), "busy"), 1);
        CHECK_INT(results(order("other", PULSE(9) WARN("horn", 1000)), "busy"), 1);
        pass(6499);
        CHECK_INT(results(order("horn", orders[i]), "busy"), 1);
        fake_run(&f, 1);
        CHECK_INT(results(order("horn", orders[i]), "busy"), 0);
        CHECK_INT(results(1, "done"), 1);
    }
}

TEST(two_doors_warn_side_by_side)
{
    REQUIRE(start(BASE "{\"kind\":\"relay\",\"point\":\"other\",\"pin\":26}\n"
                       "{\"kind\":\"pwm\",\"point\":\"lamp\",\"pin\":18}\n"));
    (void)order("door", CLOSE);
    pass(2000);
    (void)order("other", PULSE(300) WARN("lamp", 5000));
    pass(3000);
    fake_set(&f, REED_PIN, true); /* which is of the first door only */
    pass(5000);
    CHECK_INT(results(1, "precondition"), 1);
    CHECK_INT(results(2, "done"), 1);
    CHECK_INT(when(26, 1), 8000);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    CHECK_INT(f.pins[18].duty, 0);
    check_idle();
}

TEST(a_binding_does_not_dim_a_warning)
{
    REQUIRE(start(DOOR REED "{\"kind\":\"pwm\",\"point\":\"horn\",\"pin\":27}\n"
                  "{\"kind\":\"input\",\"point\":\"b\",\"pin\":33,\"role\":\"button\",\"debounce\":0}\n"
                  "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"horn\",\"do\":"
                  "\"set\",\"level\":100}\n"));
    int id = order("door", CLOSE);
    pass(3000);
    another_input(NULL);
    CHECK_INT(f.pins[HORN_PIN].duty, 65535);
    pass(3200);
    fake_set(&f, BUTTON_PIN, false);
    another_input(NULL);
    CHECK_INT(f.pins[HORN_PIN].duty, 65535);
    pass(3000);
    CHECK_INT(results(id, "done"), 1);
    CHECK_INT(f.pins[HORN_PIN].duty, 0);
}

TEST(what_comes_in_the_place_of_a_warning_is_none)
{
    REQUIRE(start(BASE));
    (void)order("door", CLOSE);
    pass(6200);
    CHECK(fake_configure(&f, conn, "2",
                         DOOR REED "{\"kind\":\"relay\",\"point\":\"other\",\"pin\":26,\"boot\":\"on\"}\n"));
    CHECK(!fake_level(&f, HORN_PIN) && fake_level(&f, 26));
    (void)order("other", "\"do\":\"on\"");
    CHECK_INT(results(last_id, "done"), 1);
    pass(9000);
    CHECK_INT(when(DOOR_PIN, 0), 7500);
    CHECK(fake_level(&f, 26));
}

TEST(a_rival_of_the_relay_or_of_the_warning_ends_it)
{
    static const struct {
        const char *items;
        const char *code;
    } groups[] = {
        {GROUPED("door", 25, "g") GROUPED("other", 26, "g") HORN REED, "superseded"},
        {DOOR GROUPED("horn", 27, "g") GROUPED("other", 26, "g") REED, "precondition"},
    };
    for (size_t i = 0; i < COUNT(groups); i++) {
        test_row("%d", (int)i);
        REQUIRE(start(groups[i].items));
        int id = order("door", CLOSE);
        pass(5999);
        (void)order("other", "\"do\":\"on\"");
        CHECK(!fake_level(&f, HORN_PIN));
        CHECK(fake_level(&f, 26));
        CHECK_INT(results(id, groups[i].code), 1);
        pass(9000);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK(fake_level(&f, 26));
    }
}

TEST(a_limit_that_comes_in_meanwhile_ends_a_warning_only_by_its_own_cause)
{
    /* Set aside that a changed item ends it at once: the limit is there from the start. */
    REQUIRE(start(DOOR "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"max_on\":6500}\n"));
    int id = order("door", PULSE(500) WARN("horn", 6000));
    pass(5999);
    /* So late that the horn has been on for too long when the board looks again. */
    f.now += 502;
    (void)hob_tick(&f.board, f.now);
    CHECK(strstr(fake_wait(&f, "\"horn\",\"v\":false"), "\"cause\":\"max_on\"") != NULL);
    CHECK_INT(results(id, "precondition"), 1);
    pass(9000);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
}

int main(void)
{
    RUN(whatever_ends_a_warning_ends_it_without_a_pulse);
    RUN(what_happens_during_the_pulse_ends_it_or_leaves_it_alone);
    RUN(a_link_that_falls_silent_is_no_link);
    RUN(a_later_pulse_is_warned_of_from_the_beginning);
    RUN(what_warns_is_busy_until_the_pulse_has_ended);
    RUN(two_doors_warn_side_by_side);
    RUN(a_binding_does_not_dim_a_warning);
    RUN(what_comes_in_the_place_of_a_warning_is_none);
    RUN(a_rival_of_the_relay_or_of_the_warning_ends_it);
    RUN(a_limit_that_comes_in_meanwhile_ends_a_warning_only_by_its_own_cause);
    return test_end("warn-meanwhile");
}
