/*
 * Pulses: their width to the millisecond, what keeps one from starting, and all
 * the ways in which one can end.
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

#define DOOR "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25}\n"
#define REED                                                                  \
    "{\"kind\":\"input\",\"point\":\"reed\",\"pin\":32,\"role\":\"contact\"," \
    "\"debounce\":50}\n"

/* A board with this configuration and a session at uptime 1000, everything heard. */
static bool start(const char *items)
{
    fake_make(&f, 19);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    last_id = 0;
    bool ok = conn >= 0 && fake_configure(&f, conn, "1", items);
    fake_run(&f, 1000);
    fake_clear(&f);
    return ok;
}

/* Keeps the session alive while time passes. */
static void pass(uint64_t ms)
{
    while (ms > 0) {
        uint64_t step = ms < 5000 ? ms : 5000;
        fake_run(&f, step);
        ms -= step;
        if (f.peers[conn].open)
            (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    }
}

/* Sends a command with the next id: the rest of it is args. */
static int order(const char *point, const char *args)
{
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}",
                   ++last_id, point, (unsigned long)f.now + 100000, args);
    return last_id;
}

#define PULSE(ms) "\"do\":\"pulse\",\"ms\":" #ms
#define IF(point, is, age)                                                            \
    ",\"pre\":[{\"point\":\"" point "\",\"is\":" #is ",\"age\":" #age "}]"

/* The next result; true if it is for this id and holds the text. */
static bool result(int id, const char *what)
{
    char want[24];
    const char *text = fake_wait(&f, "\"t\":\"result\"");
    (void)snprintf(want, sizeof want, "\"id\":%d,", id);
    return strstr(text, want) != NULL && strstr(text, what) != NULL;
}

static bool silent(void)
{
    return fake_wait(&f, "\"t\":\"result\"")[0] == '\0';
}

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

int main(void)
{
    RUN(a_pulse_is_as_long_as_it_is_asked_to_be);
    RUN(a_pulse_tells_on_and_off_and_is_done_when_it_has_ended);
    RUN(a_late_tick_ends_a_pulse_before_anything_else);
    RUN(a_pulse_is_never_run_twice);
    RUN(a_pulse_past_its_deadline_does_not_start);
    RUN(pulses_that_make_no_sense_are_refused_with_a_reason);
    RUN(a_limit_as_long_as_the_pulse_is_long_enough);
    RUN(a_renewal_does_not_lengthen_a_pulse);
    RUN(while_it_runs_only_off_is_obeyed);
    RUN(what_is_on_takes_no_pulse);
    RUN(a_gap_counts_from_the_end_of_the_last_pulse_or_on);
    RUN(after_a_boot_a_gap_counts_from_the_boot);
    RUN(conditions_are_judged_in_the_tick_that_starts_it);
    RUN(an_input_that_never_settled_holds_for_nothing);
    RUN(a_pulse_waits_for_its_group_and_then_has_its_full_width);
    RUN(a_rival_ends_a_pulse_at_once);
    RUN(a_pulse_that_waits_ends_in_one_way_and_is_told_once);
    RUN(a_pulse_that_waits_dies_with_its_session);
    RUN(a_pulse_that_has_begun_outlives_its_session_by_its_width);
    RUN(a_boot_ends_a_pulse_whatever_the_boot_state);
    RUN(a_restart_and_a_shutdown_end_a_pulse_first);
    RUN(a_configuration_leaves_a_pulse_alone_or_ends_it);
    RUN(a_binding_may_end_a_pulse_but_not_lengthen_it);
    RUN(pulses_of_many_outputs_end_each_at_its_time);
    return test_end("pulse");
}
