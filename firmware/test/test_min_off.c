/*
 * min_off: how long a relay stays off before it may go on again.
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

#define PUMP "{\"kind\":\"relay\",\"point\":\"pump\",\"pin\":16,\"min_off\":3000"
static const char pump[] = PUMP "}\n";
#define RIVAL "{\"kind\":\"relay\",\"point\":\"rival\",\"pin\":17,\"interlock\":\"g\"}\n"
#define BUTTON \
    "{\"kind\":\"input\",\"point\":\"b\",\"pin\":33,\"role\":\"button\",\"debounce\":0}\n" \
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"pump\",\"do\":\"toggle\"}\n"

/* A board with this configuration and a session, 10 s after its configuration. */
static bool start(const char *items)
{
    last_id = 0;
    return fake_start(&f, 23, &conn, items, 10000);
}

static int order(const char *point, const char *args)
{
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}",
                   ++last_id, point, (unsigned long)f.now + 4000, args);
    return last_id;
}

#define ON "\"do\":\"on\""
#define OFF "\"do\":\"off\""

static bool result(int id, const char *what)
{
    char want[24];
    const char *text = fake_wait(&f, "\"t\":\"result\"");
    (void)snprintf(want, sizeof want, "\"id\":%d,", id);
    return strstr(text, want) != NULL && strstr(text, what) != NULL;
}

TEST(on_waits_until_the_output_was_off_for_min_off)
{
    static const struct {
        uint64_t pause; /* between off and on */
        uint64_t wait;
    } rows[] = {{0, 3000}, {1, 2999}, {2999, 1}, {3000, 0}, {4000, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("pause %d", (int)rows[i].pause);
        REQUIRE(start(pump));
        (void)order("pump", ON);
        CHECK(result(1, "done"));
        (void)order("pump", OFF);
        CHECK(result(2, "done"));
        fake_run(&f, rows[i].pause);
        fake_clear(&f);
        int id = order("pump", ON);
        if (rows[i].wait > 0) {
            fake_run(&f, rows[i].wait - 1);
            CHECK_INT(f.edge_count, 0);
            CHECK_STR(fake_wait(&f, "result"), "");
            fake_run(&f, 1);
        }
        CHECK(fake_level(&f, 16));
        CHECK(result(id, "done"));
    }
}

TEST(on_while_it_is_on_waits_for_nothing)
{
    REQUIRE(start(pump));
    (void)order("pump", ON);
    CHECK(result(1, "done"));
    (void)order("pump", ON);
    CHECK(result(2, "done"));
    CHECK_INT(f.edge_count, 1);
}

TEST(it_counts_from_every_kind_of_off)
{
    static const struct {
        const char *what;
        const char *more; /* of the item; each goes off 100 ms after it went on */
    } rows[] = {{"off_after", ",\"off_after\":100"},
                {"max_on", ",\"max_on\":100"},
                {"lease", ",\"lease\":100"},
                {"pulse", ""}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[200];
        test_row("%s", rows[i].what);
        (void)snprintf(items, sizeof items, PUMP "%s}\n", rows[i].more);
        REQUIRE(start(items));
        (void)order("pump", strcmp(rows[i].what, "pulse") == 0 ? "\"do\":\"pulse\",\"ms\":100" : ON);
        fake_run(&f, 100);
        CHECK(result(1, "done"));
        CHECK(!fake_level(&f, 16));
        int id = order("pump", ON);
        fake_run(&f, 2999);
        CHECK(!fake_level(&f, 16));
        fake_run(&f, 1);
        CHECK(fake_level(&f, 16));
        CHECK(result(id, "done"));
    }
}

TEST(what_waits_ends_in_one_way_and_is_told_once)
{
    static const struct {
        const char *what;
        const char *code; /* of the first on */
        bool on;          /* in the end */
    } rows[] = {{"", "done", true},           {"on", "superseded", true},
                {"off", "superseded", false}, {"cancel", "cancelled", false},
                {"late", "expired", false},   {"gone", "cancelled", false},
                {"shorter", "done", true},    {"longer", "expired", false},
                {"without", "done", true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        const char *what = rows[i].what;
        test_row("%s", what);
        REQUIRE(start(pump));
        (void)order("pump", ON);
        (void)order("pump", OFF);
        fake_clear(&f);
        int id = ++last_id;
        (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"pump\",\"do\":\"on\","
                                 "\"until\":%d}", id, what[0] == 'l' && what[1] == 'a' ? 12999 : 13000);
        fake_run(&f, 1000);
        if (strcmp(what, "on") == 0 || strcmp(what, "off") == 0)
            (void)order("pump", what[1] == 'n' ? ON : OFF);
        else if (strcmp(what, "cancel") == 0)
            (void)fake_say(&f, conn, "{\"t\":\"cancel\",\"id\":%d}", id);
        else if (strcmp(what, "gone") == 0)
            (void)fake_configure(&f, conn, "2", "");
        else if (strcmp(what, "shorter") == 0)
            (void)fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"pump\","
                                                "\"pin\":16,\"min_off\":2000}\n");
        else if (strcmp(what, "longer") == 0)
            (void)fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"pump\","
                                                "\"pin\":16,\"min_off\":3001}\n");
        else if (strcmp(what, "without") == 0)
            (void)fake_configure(&f, conn, "2",
                                 "{\"kind\":\"relay\",\"point\":\"pump\",\"pin\":16}\n");
        fake_run(&f, 2500);
        char want[24];
        int told = 0;
        (void)snprintf(want, sizeof want, "\"id\":%d,", id);
        for (int n = 0; n < FAKE_FRAMES; n++) {
            const char *text = f.frames[n].text;
            if (strstr(text, "\"t\":\"result\"") != NULL && strstr(text, want) != NULL) {
                told++;
                CHECK(strstr(text, rows[i].code) != NULL);
            }
            f.frames[n].text[0] = '\0';
        }
        CHECK_INT(told, 1);
        CHECK_INT(fake_level(&f, 16), rows[i].on);
    }
}

TEST(what_waits_dies_with_its_session)
{
    REQUIRE(start(pump));
    (void)order("pump", ON);
    (void)order("pump", OFF);
    (void)order("pump", ON);
    conn = fake_session(&f, fake_key);
    fake_run(&f, 5000);
    CHECK(!fake_level(&f, 16));
}

TEST(a_button_waits_too_and_takes_it_back)
{
    for (int presses = 1; presses <= 3; presses++) {
        test_row("%d presses", presses);
        REQUIRE(start(PUMP "}\n" BUTTON));
        (void)order("pump", ON);
        (void)order("pump", OFF);
        for (int i = 0; i < presses; i++) {
            fake_set(&f, 33, true);
            fake_run(&f, 10);
            fake_set(&f, 33, false);
            fake_run(&f, 10);
        }
        fake_clear(&f);
        /* It goes on as well when nobody listens any more. */
        hob_conn_closed(&f.board, conn, f.now);
        fake_run(&f, 5000);
        CHECK_INT(fake_level(&f, 16), presses % 2);
        CHECK_INT(fake_edges(&f, 16), presses % 2);
    }
}

TEST(a_group_waits_for_the_longer_of_both)
{
    static const struct {
        int min_off;
        int interlock;
        uint64_t wait;
    } rows[] = {{3000, 500, 3000}, {500, 3000, 3000}, {0, 700, 700}, {700, 0, 700}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[300];
        test_row("%d, %d", rows[i].min_off, rows[i].interlock);
        (void)snprintf(items, sizeof items,
                       "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16,\"min_off\":%d,"
                       "\"interlock\":\"g\",\"interlock_wait\":%d}\n"
                       "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"interlock\":\"g\"}\n",
                       rows[i].min_off, rows[i].interlock);
        REQUIRE(start(items));
        (void)order("a", ON);
        (void)order("b", ON);
        CHECK(fake_level(&f, 17) && !fake_level(&f, 16));
        (void)order("a", ON);
        CHECK(!fake_level(&f, 17));
        fake_run(&f, rows[i].wait - 1);
        CHECK(!fake_level(&f, 16));
        fake_run(&f, 1);
        CHECK(fake_level(&f, 16));
    }
}

TEST(a_boot_counts_as_having_gone_off)
{
    static const struct {
        const char *boot;
        const char *cause; /* of going on by itself, NULL: it does not */
    } rows[] = {{"off", NULL}, {"on", "boot"}, {"restore", "boot"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[200];
        test_row("%s", rows[i].boot);
        (void)snprintf(items, sizeof items, PUMP ",\"boot\":\"%s\"}\n", rows[i].boot);
        REQUIRE(start(items));
        (void)order("pump", ON);
        fake_run(&f, 14000);
        CHECK(fake_level(&f, 16));
        (void)fake_boot(&f);
        CHECK(!fake_level(&f, 16));
        conn = fake_session(&f, fake_key);
        fake_clear(&f);
        fake_run(&f, 2999);
        CHECK(!fake_level(&f, 16));
        last_id = 0;
        if (rows[i].cause == NULL)
            (void)order("pump", ON);
        fake_run(&f, 1);
        CHECK(fake_level(&f, 16));
        CHECK(strstr(fake_wait(&f, "\"v\":true"), rows[i].cause ? rows[i].cause : "command") != NULL);
    }
}

TEST(a_second_power_cut_while_it_waits_forgets_nothing)
{
    REQUIRE(start(PUMP ",\"boot\":\"restore\"}\n"
                  "{\"kind\":\"relay\",\"point\":\"lamp\",\"pin\":17,\"boot\":\"restore\"}\n"));
    (void)order("pump", ON);
    fake_run(&f, 14000);
    (void)fake_boot(&f);
    conn = fake_session(&f, fake_key);
    /* The lamp's change stores both, while the pump has still to go on. */
    last_id = 0;
    (void)order("lamp", ON);
    fake_run(&f, 2500);
    CHECK(!fake_level(&f, 16));
    (void)fake_boot(&f);
    CHECK(fake_level(&f, 17));
    fake_run(&f, 3000);
    CHECK(fake_level(&f, 16));
}

/* On, then a boot: it waits for its min_off, and nothing else is on. */
static bool waits_after_boot(const char *items)
{
    if (!start(items))
        return false;
    (void)order("pump", ON);
    fake_run(&f, 14000);
    (void)fake_boot(&f);
    conn = fake_session(&f, fake_key);
    last_id = 0;
    fake_run(&f, 1000);
    return conn >= 0 && !fake_level(&f, 16);
}

TEST(what_is_taken_back_while_it_waits_does_not_come_with_the_next_boot)
{
    static const char *const ways[] = {"off", "button", "rival", "group"};
    for (size_t i = 0; i < COUNT(ways); i++) {
        test_row("%s", ways[i]);
        REQUIRE(waits_after_boot(PUMP ",\"interlock\":\"g\",\"boot\":\"restore\"}\n" RIVAL BUTTON));
        if (ways[i][0] == 'o')
            (void)order("pump", OFF);
        else if (ways[i][0] == 'b')
            fake_set(&f, 33, true);
        else if (ways[i][0] == 'r')
            (void)order("rival", ON);
        else
            CHECK(fake_configure(&f, conn, "2", PUMP ",\"boot\":\"restore\"}\n" RIVAL BUTTON));
        fake_run(&f, 20000);
        CHECK(!fake_level(&f, 16));
        (void)fake_boot(&f);
        fake_run(&f, 10000);
        CHECK(!fake_level(&f, 16));
    }
}

TEST(what_waits_since_a_boot_waits_on_when_it_is_set_up_anew)
{
    REQUIRE(waits_after_boot(PUMP ",\"boot\":\"restore\"}\n"));
    REQUIRE(fake_configure(&f, conn, "2", PUMP ",\"boot\":\"restore\",\"inverted\":true}\n"));
    CHECK(fake_level(&f, 16));
    fake_run(&f, 2999);
    CHECK(fake_level(&f, 16));
    fake_run(&f, 1);
    CHECK(!fake_level(&f, 16));
    CHECK(fake_point(&f, "pump").on);
}

TEST(off_and_limits_never_wait)
{
    REQUIRE(start(PUMP ",\"max_on\":500}\n"));
    (void)order("pump", ON);
    (void)order("pump", OFF);
    CHECK(result(1, "done"));
    CHECK(result(2, "done"));
    fake_run(&f, 3000);
    (void)order("pump", ON);
    fake_run(&f, 500);
    CHECK(!fake_level(&f, 16));
}

TEST(only_a_relay_takes_it_and_only_a_time)
{
    static const struct {
        const char *item;
        bool fits;
    } rows[] = {
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"min_off\":0}\n", true},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"min_off\":4294967295}\n", true},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"min_off\":4294967296}\n", false},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"min_off\":-1}\n", false},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"min_off\":\"3 s\"}\n", false},
        /* Elsewhere it is a member that is not known, and those are ignored. */
        {"{\"kind\":\"pwm\",\"point\":\"r\",\"pin\":16,\"min_off\":\"3 s\"}\n", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].item);
        CHECK_INT(start(rows[i].item), rows[i].fits);
    }
}

int main(void)
{
    RUN(on_waits_until_the_output_was_off_for_min_off);
    RUN(on_while_it_is_on_waits_for_nothing);
    RUN(it_counts_from_every_kind_of_off);
    RUN(what_waits_ends_in_one_way_and_is_told_once);
    RUN(what_waits_dies_with_its_session);
    RUN(a_button_waits_too_and_takes_it_back);
    RUN(a_group_waits_for_the_longer_of_both);
    RUN(a_boot_counts_as_having_gone_off);
    RUN(a_second_power_cut_while_it_waits_forgets_nothing);
    RUN(what_is_taken_back_while_it_waits_does_not_come_with_the_next_boot);
    RUN(what_waits_since_a_boot_waits_on_when_it_is_set_up_anew);
    RUN(off_and_limits_never_wait);
    RUN(only_a_relay_takes_it_and_only_a_time);
    return test_end("min_off");
}
