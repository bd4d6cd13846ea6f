/*
 * Pulses that are announced: the warning lasts its time, everything that can go
 * wrong meanwhile ends it without a pulse, and it is never left on.
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

enum { DOOR_PIN = 25, HORN_PIN = 27, REED_PIN = 32, BUTTON_PIN = 33 };

#define DOOR "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25}\n"
#define HORN "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27}\n"
#define REED                                                                  \
    "{\"kind\":\"input\",\"point\":\"reed\",\"pin\":32,\"role\":\"contact\"," \
    "\"debounce\":50}\n"
#define BUTTON(target, act)                                                                      \
    "{\"kind\":\"input\",\"point\":\"b\",\"pin\":33,\"role\":\"button\",\"debounce\":0}\n"       \
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"" target "\",\"do\":\"" \
    act "\"}\n"
#define GROUPED(point, pin, group)                                                       \
    "{\"kind\":\"relay\",\"point\":\"" point "\",\"pin\":" #pin ",\"interlock\":\"" group "\"}\n"

/* A board with this configuration and a session at uptime 1000, everything heard. */
static bool start(const char *items)
{
    fake_make(&f, 23);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    last_id = 0;
    bool ok = conn >= 0 && fake_configure(&f, conn, "1", items);
    fake_run(&f, 1000);
    fake_clear(&f);
    memset(f.frames, 0, sizeof f.frames);
    return ok;
}

static void ping(void)
{
    if (f.peers[conn].open)
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
}

/* Lets time pass as it does with a server that knows of the warning. */
static void pass(uint64_t ms)
{
    while (ms > 0) {
        uint64_t step = ms < 1000 ? ms : 1000;
        fake_run(&f, step);
        ms -= step;
        if (ms > 0)
            ping();
    }
}

/* Sends a command with the next id: the rest of it is args. */
static int order(const char *point, const char *args)
{
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}",
                   ++last_id, point, (unsigned long)f.now + 900, args);
    return last_id;
}

#define PULSE(ms) "\"do\":\"pulse\",\"ms\":" #ms
#define WARN(point, ms) ",\"warn\":\"" point "\",\"warn_ms\":" #ms
#define IF(point, is, age) ",\"pre\":[{\"point\":\"" point "\",\"is\":" #is ",\"age\":" #age "}]"
/* What a door is closed with. */
#define CLOSE PULSE(500) IF("reed", false, 2000) WARN("horn", 6000)

/* How often a pin was made to show a value; act FAKE_RELEASE does not count. */
static int shown(uint8_t pin, uint32_t value)
{
    int n = 0;
    for (int i = 0; i < f.edge_count; i++)
        n += f.edges[i].pin == pin && f.edges[i].act != FAKE_RELEASE && f.edges[i].value == value;
    return n;
}

/* When a pin was made to show a value for the first time; 0 if it was not. */
static uint64_t when(uint8_t pin, uint32_t value)
{
    for (int i = 0; i < f.edge_count; i++) {
        if (f.edges[i].pin == pin && f.edges[i].act != FAKE_RELEASE && f.edges[i].value == value)
            return f.edges[i].at;
    }
    return 0;
}

/* Whether the board ever said this result of a command, among the frames that are left. */
static int results(int id, const char *what)
{
    char want[24];
    int n = 0;
    (void)snprintf(want, sizeof want, "\"id\":%d,", id);
    for (int i = 0; i < FAKE_FRAMES; i++) {
        const char *text = f.frames[i].text;
        n += strstr(text, "\"t\":\"result\"") != NULL && strstr(text, want) != NULL &&
             strstr(text, what) != NULL;
    }
    return n;
}

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

/* ---- what happens meanwhile ---- */

/* What one row does; arg is the row's. */
typedef void happening(const char *arg);

static void say(const char *frame)
{
    (void)fake_say_bytes(&f, conn, frame, strlen(frame));
}

static void to_door(const char *args)
{
    (void)order("door", args);
}

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

static void reed_tells_late(const char *arg)
{
    uint64_t at = f.now - (f.now > 1300 ? 300 : 0);
    (void)arg;
    hob_input_edge_at(&f.board, REED_PIN, true, at, f.now);
    hob_input_edge_at(&f.board, REED_PIN, false, at + 1, f.now);
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

static void hang_up(const char *arg)
{
    (void)arg;
    hob_conn_closed(&f.board, conn, f.now);
    f.peers[conn].open = false;
}

static void take_over(const char *arg)
{
    (void)arg;
    conn = fake_session(&f, fake_key);
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

#define BASE DOOR HORN REED

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

/* Nothing of the door is on, as the board has it and as the pins have it. */
static void check_idle(void)
{
    CHECK(!fake_point(&f, "door").on);
    CHECK(!fake_point(&f, "horn").on);
    CHECK(!fake_level(&f, DOOR_PIN));
    /* The one row that inverts the horn sets its pin up anew, dark. */
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        const struct hob_point *p = &f.board.points[i];
        if (p->config.kind == HOB_KIND_RELAY && p->config.pin == HORN_PIN)
            CHECK_INT(fake_level(&f, HORN_PIN), p->config.out.inverted);
    }
    CHECK_INT(f.faults, 0);
}

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

/* ---- late turns ---- */

TEST(a_late_turn_makes_the_warning_longer_never_shorter)
{
    static const uint64_t late[] = {1, 700, 2500};
    for (size_t i = 0; i < COUNT(late); i++) {
        test_row("%d ms late", (int)late[i]);
        /* Late in the middle is as good as in time. */
        REQUIRE(start(BASE));
        (void)order("door", CLOSE);
        f.now += 1000 + late[i];
        (void)hob_tick(&f.board, f.now);
        ping();
        pass(9000);
        CHECK_INT(when(DOOR_PIN, 1), 7000);
        /* Late at the end. */
        REQUIRE(start(BASE));
        (void)order("door", CLOSE);
        pass(5999);
        ping();
        f.now += 1 + late[i];
        (void)hob_tick(&f.board, f.now);
        CHECK_INT(when(DOOR_PIN, 1), 7000 + late[i]);
        pass(9000);
        CHECK_INT(when(DOOR_PIN, 0), 7500 + late[i]);
        CHECK_INT(when(HORN_PIN, 0), 7500 + late[i]);
        check_idle();
    }
}

TEST(a_warning_lasts_from_the_turn_in_which_it_began)
{
    REQUIRE(start(BASE));
    /* The command was long under way, and comes in a turn of its own. */
    f.now += 800;
    (void)order("door", CLOSE);
    CHECK_INT(when(HORN_PIN, 1), 1800);
    pass(5999);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    fake_run(&f, 1);
    CHECK_INT(when(DOOR_PIN, 1), 7800);
}

TEST(news_that_waited_while_the_board_was_late_comes_before_the_pulse)
{
    static const struct {
        const char *what;
        happening *happens;
        const char *arg;
        const char *code;
    } news[] = {
        {"cancel", say, "{\"t\":\"cancel\",\"id\":1}", "cancelled"},
        {"off", to_door, "\"do\":\"off\"", "superseded"},
        {"reed", reed_tells_late, NULL, "precondition"},
        {"hang up", hang_up, NULL, NULL},
        {"take over", take_over, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(news); i++) {
        test_row("%s", news[i].what);
        REQUIRE(start(BASE BUTTON("other", "on") GROUPED("other", 26, "h")));
        int id = order("door", CLOSE);
        pass(5900);
        f.now += 1000;
        /* Other news first, each of which is a turn of its own. */
        hob_input_edge_at(&f.board, BUTTON_PIN, true, 6950, f.now);
        ping();
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK_INT(hob_next_tick(&f.board, f.now), 0);
        news[i].happens(news[i].arg);
        pass(9000);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        if (news[i].code != NULL)
            CHECK_INT(results(id, news[i].code), 1);
        check_idle();
    }
}

TEST(conditions_are_judged_afresh_however_late)
{
    REQUIRE(start(BASE));
    int id = order("door", CLOSE);
    pass(5900);
    ping();
    f.pins[REED_PIN].outside = true;
    f.now += 2000;
    (void)hob_tick(&f.board, f.now);
    CHECK_INT(results(id, "precondition"), 1);
    f.pins[REED_PIN].outside = false;
    pass(9000);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    check_idle();
}

static int reads; /* of the reed, until it changes under the board's eyes */

static bool read_changing(void *ctx, uint8_t pin)
{
    const struct fake_board *board = ctx;
    return pin == REED_PIN ? reads-- <= 0 : board->pins[pin].outside;
}

TEST(the_pin_is_read_in_the_very_moment_in_which_the_pulse_begins)
{
    for (int n = 0; n < 2; n++) {
        test_row("changes after %d reads of the last turn", n + 1);
        REQUIRE(start(BASE));
        int id = order("door", CLOSE);
        pass(5999);
        ping();
        reads = n + 1;
        f.port.pin_read = read_changing;
        fake_run(&f, 1);
        /* One read is the turn's, one is the pulse's; nobody looks any more after that. */
        CHECK_INT(shown(DOOR_PIN, 1), n);
        CHECK_INT(results(id, "precondition"), n == 0);
    }
}

/* ---- sessions and boots ---- */

TEST(an_overheard_command_starts_nothing_in_another_session)
{
    static uint8_t sealed[HOB_MAX_MESSAGE];
    char text[400];
    REQUIRE(start(BASE));
    int len = snprintf(text, sizeof text,
                       "{\"t\":\"command\",\"id\":1,\"point\":\"door\",\"until\":999999,%s}", CLOSE);
    int r = hob_noise_seal(&f.peers[conn].noise, (const uint8_t *)text, (size_t)len, sealed,
                           sizeof sealed);
    REQUIRE(r > 0);
    REQUIRE(hob_conn_message(&f.board, conn, sealed, (size_t)r, f.now) == HOB_OK);
    pass(3000);
    int old = conn;
    conn = fake_session(&f, fake_key);
    REQUIRE(conn >= 0 && conn != old);
    CHECK(!fake_level(&f, HORN_PIN));
    CHECK(hob_conn_message(&f.board, conn, sealed, (size_t)r, f.now) < 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_HANDSHAKE);
    fake_run(&f, 9000);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    CHECK_INT(shown(HORN_PIN, 1), 1);
}

TEST(a_pulse_that_has_begun_outlives_its_session_and_its_warning_ends_with_it)
{
    REQUIRE(start(BASE));
    int id = order("door", CLOSE);
    pass(6100);
    hang_up(NULL);
    CHECK(fake_level(&f, HORN_PIN));
    conn = fake_session(&f, fake_key);
    pass(399);
    CHECK(fake_level(&f, HORN_PIN) && fake_level(&f, DOOR_PIN));
    /* Still busy, and whoever has come since has ids of his own. */
    last_id = 0;
    CHECK_INT(results(order("horn", "\"do\":\"off\""), "busy"), 1);
    say("{\"t\":\"cancel\",\"id\":1}");
    fake_clear(&f);
    fake_run(&f, 1);
    CHECK(strstr(fake_hear(&f), "{\"p\":\"horn\",\"v\":false,\"up\":7500,\"cause\":\"command\"}") !=
          NULL);
    CHECK_STR(fake_hear(&f), "");
    CHECK_INT(results(id, "done"), 0);
    check_idle();
}

TEST(no_boot_brings_a_warning_back)
{
    static const uint64_t at[] = {5000, 6200};
    for (size_t i = 0; i < COUNT(at); i++) {
        test_row("power cut after %d ms", (int)at[i]);
        REQUIRE(start("{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"boot\":\"restore\"}\n"
                      "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"boot\":\"restore\"}\n"));
        (void)order("door", PULSE(60000) WARN("horn", 6000));
        /* Long enough for its level to be stored, had it been one. */
        pass(at[i]);
        (void)hob_tick(&f.board, f.now);
        (void)fake_boot(&f);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK_INT(shown(HORN_PIN, 1), 0);
        fake_run(&f, 30000);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK_INT(shown(HORN_PIN, 1), 0);
    }
}

TEST(nothing_moves_at_boot)
{
    static const char *const doors[] = {
        BASE,
        "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"inverted\":true,\"boot\":\"restore\"}\n"
        "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"inverted\":true,\"boot\":\"restore\"}\n"
        REED,
        DOOR "{\"kind\":\"pwm\",\"point\":\"horn\",\"pin\":27,\"inverted\":true}\n" REED
             "{\"kind\":\"input\",\"point\":\"open\",\"pin\":26,\"role\":\"contact\",\"active\":"
             "\"low\",\"pull\":\"up\"}\n",
        DOOR "{\"kind\":\"ws2812\",\"point\":\"horn\",\"pin\":27,\"count\":8}\n" REED,
    };
    static const uint32_t rest[][2] = {{0, 0}, {1, 1}, {0, 65535}, {0, 0}};
    uint32_t seed = 77;
    for (size_t d = 0; d < COUNT(doors); d++) {
        REQUIRE(start(doors[d]));
        for (int boot = 0; boot < 250; boot++) {
            test_row("house %d, boot %d", (int)d, boot);
            /* Out of whatever was going on. */
            (void)order("door", CLOSE);
            pass(test_random(&seed) % 8000);
            f.pins[REED_PIN].outside = test_random(&seed) % 2 != 0;
            f.pins[26].outside = test_random(&seed) % 2 != 0;
            REQUIRE(fake_boot(&f) == HOB_OK);
            fake_run(&f, 1 + test_random(&seed) % 3000);
            fake_set(&f, REED_PIN, !f.pins[REED_PIN].outside);
            conn = fake_session(&f, fake_key);
            REQUIRE(conn >= 0);
            last_id = 0;
            fake_run(&f, 1000);
            fake_set(&f, REED_PIN, false);
            pass(3000);
            /* Each pin was opened once, at rest, and a strip was filled once. */
            CHECK_INT(fake_edges(&f, DOOR_PIN), 1);
            CHECK_INT(shown(DOOR_PIN, rest[d][0]), 1);
            CHECK_INT(fake_edges(&f, HORN_PIN), d == 3 ? 2 : 1);
            CHECK_INT(shown(HORN_PIN, d == 3 ? 8 : rest[d][1]), 1);
            fake_clear(&f);
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
    RUN(a_pulse_that_waits_for_its_group_is_warned_of_after_that);
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
    RUN(a_late_turn_makes_the_warning_longer_never_shorter);
    RUN(a_warning_lasts_from_the_turn_in_which_it_began);
    RUN(news_that_waited_while_the_board_was_late_comes_before_the_pulse);
    RUN(conditions_are_judged_afresh_however_late);
    RUN(the_pin_is_read_in_the_very_moment_in_which_the_pulse_begins);
    RUN(an_overheard_command_starts_nothing_in_another_session);
    RUN(a_pulse_that_has_begun_outlives_its_session_and_its_warning_ends_with_it);
    RUN(no_boot_brings_a_warning_back);
    RUN(nothing_moves_at_boot);
    return test_end("warn");
}
