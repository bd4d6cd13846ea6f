/*
 * Limits that nothing gets around: fades, configurations and power cuts included.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "hob_keys.h"
#include "test.h"

static struct fake_board f;
static int conn;
static int next_id;

static bool start(const char *items)
{
    next_id = 1;
    return fake_start(&f, 7, &conn, items, 0);
}

/* Lets time pass with a server that is there. */
static void run_alive(uint64_t ms)
{
    uint64_t end = f.now + ms;
    while (f.now < end) {
        fake_run(&f, end - f.now < 4000 ? end - f.now : 4000);
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
        fake_clear(&f);
    }
}

static void command(const char *point, const char *rest, uint64_t in)
{
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"do\":%s,\"until\":%llu}",
                   next_id++, point, rest, (unsigned long long)(f.now + in));
}

#define LIGHT "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":18,\"gamma\":1000"
#define PAIR(pin, wait)                                                             \
    "{\"kind\":\"relay\",\"point\":\"r" #pin "\",\"pin\":" #pin ",\"interlock\":\"g\"," \
    "\"interlock_wait\":" #wait "}\n"

TEST(a_fade_to_off_ends_with_the_lease_or_max_on)
{
    static const char *const limits[] = {",\"max_on\":10000}\n", ",\"lease\":10000}\n"};
    for (size_t i = 0; i < COUNT(limits); i++) {
        char items[120];
        test_row("%s", limits[i]);
        (void)snprintf(items, sizeof items, "%s%s", LIGHT, limits[i]);
        REQUIRE(start(items));
        command("l", "\"on\"", 1000);
        run_alive(1000);
        command("l", "\"off\",\"fade\":3600000", 1000);
        run_alive(8999);
        CHECK(f.pins[18].duty > 0);
        run_alive(1);
        CHECK_INT(f.pins[18].duty, 0);
        CHECK_INT(f.now, 10000);
    }
}

TEST(a_slow_fade_after_off_after_ends_with_max_on)
{
    REQUIRE(start(LIGHT ",\"off_after\":5000,\"max_on\":6000,\"fade\":3600000}\n"));
    command("l", "\"on\",\"fade\":0", 1000);
    run_alive(5999);
    CHECK(f.pins[18].duty > 0);
    CHECK(!fake_point(&f, "l").on);
    run_alive(1);
    CHECK_INT(f.pins[18].duty, 0);
}

TEST(off_and_on_within_a_fade_is_no_new_beginning)
{
    static const char *const limits[] = {",\"max_on\":10000}\n", ",\"lease\":10000}\n"};
    for (size_t i = 0; i < COUNT(limits); i++) {
        char items[120];
        test_row("%s", limits[i]);
        (void)snprintf(items, sizeof items, "%s%s", LIGHT, limits[i]);
        REQUIRE(start(items));
        command("l", "\"on\"", 1000);
        run_alive(5000);
        command("l", "\"off\",\"fade\":60000", 1000);
        run_alive(100);
        command("l", "\"on\"", 1000);
        run_alive(4899);
        CHECK(f.pins[18].duty > 0);
        run_alive(1);
        CHECK_INT(f.pins[18].duty, 0);
        /* Dark: from here it is. */
        command("l", "\"on\"", 1000);
        run_alive(9999);
        CHECK(f.pins[18].duty > 0);
    }
}

TEST(a_shorter_strip_leaves_no_pixel_lit)
{
    REQUIRE(start("{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":18,\"count\":100}\n"));
    command("s", "\"on\"", 1000);
    fake_clear(&f);
    REQUIRE(fake_configure(&f, conn, "2",
                           "{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":18,\"count\":10}\n"));
    /* Black while all are still known, then the first ten again. */
    REQUIRE(f.edge_count == 3);
    CHECK_INT(f.edges[0].act, FAKE_WRITE);
    CHECK_INT(f.edges[0].value, 0);
    CHECK_INT(f.edges[1].act, FAKE_OPEN);
    CHECK_INT(f.edges[2].value, 0xffffff);
    CHECK_INT(f.pins[18].count, 10);
    CHECK_INT(f.faults, 0);
}

TEST(an_output_waits_for_a_rival_that_a_configuration_took_away)
{
    static const char *const after[] = {
        PAIR(17, 5000),
        /* Not in the group any more, but still there. */
        "{\"kind\":\"relay\",\"point\":\"r16\",\"pin\":16}\n" PAIR(17, 5000),
        /* Both have other names: nothing of the old points is left. */
        "{\"kind\":\"relay\",\"point\":\"x\",\"pin\":16,\"interlock\":\"g\"}\n"
        "{\"kind\":\"relay\",\"point\":\"r17\",\"pin\":17,\"inverted\":true,\"interlock\":\"g\","
        "\"interlock_wait\":5000}\n",
    };
    for (size_t i = 0; i < COUNT(after); i++) {
        test_row("%d", (int)i);
        REQUIRE(start(PAIR(16, 5000) PAIR(17, 5000)));
        run_alive(10000);
        command("r16", "\"on\"", 1000);
        REQUIRE(fake_level(&f, 16));
        fake_run(&f, 1000);
        REQUIRE(fake_configure(&f, conn, "2", after[i]));
        command("r17", "\"on\"", 8000);
        bool dark = fake_level(&f, 17);
        fake_run(&f, 4999);
        CHECK_INT(fake_level(&f, 17), dark);
        fake_run(&f, 2);
        CHECK_INT(fake_level(&f, 17), !dark);
    }
}

TEST(a_rival_that_went_in_an_earlier_configuration_counts_as_well)
{
    REQUIRE(start(PAIR(16, 5000)));
    run_alive(10000);
    command("r16", "\"on\"", 1000);
    REQUIRE(fake_level(&f, 16));
    REQUIRE(fake_configure(&f, conn, "2", ""));
    REQUIRE(fake_configure(&f, conn, "3", PAIR(17, 5000)));
    command("r17", "\"on\"", 8000);
    fake_run(&f, 4999);
    CHECK(!fake_level(&f, 17));
    fake_run(&f, 1);
    CHECK(fake_level(&f, 17));
}

TEST(more_groups_than_are_remembered_wait_rather_too_long)
{
    char items[2048] = "";
    for (int g = 0; g < HOB_MAX_LEFT + 2; g++) {
        static const int pins[] = {4, 5, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22};
        size_t n = strlen(items);
        (void)snprintf(items + n, sizeof items - n,
                       "{\"kind\":\"relay\",\"point\":\"r%d\",\"pin\":%d,\"interlock\":\"g%d\"}\n", g,
                       pins[g], g);
    }
    REQUIRE(start(items));
    run_alive(10000);
    char last[8];
    (void)snprintf(last, sizeof last, "r%d", HOB_MAX_LEFT + 1);
    command(last, "\"on\"", 1000);
    REQUIRE(fake_configure(&f, conn, "2", ""));
    (void)snprintf(items, sizeof items,
                   "{\"kind\":\"relay\",\"point\":\"n\",\"pin\":23,\"interlock\":\"g%d\","
                   "\"interlock_wait\":5000}\n",
                   HOB_MAX_LEFT + 1);
    REQUIRE(fake_configure(&f, conn, "3", items));
    command("n", "\"on\"", 8000);
    fake_run(&f, 4999);
    CHECK(!fake_level(&f, 23));
    fake_run(&f, 1);
    CHECK(fake_level(&f, 23));
}

#define RESTORED                                                                            \
    "{\"kind\":\"relay\",\"point\":\"r16\",\"pin\":16,\"boot\":\"restore\",\"interlock\":\"g\"," \
    "\"interlock_wait\":5000}\n"                                                            \
    PAIR(17, 5000) "{\"kind\":\"relay\",\"point\":\"r18\",\"pin\":18,\"boot\":\"restore\"}\n"

TEST(a_second_power_cut_does_not_forget_what_waits_to_come_back)
{
    REQUIRE(start(RESTORED));
    run_alive(10000);
    command("r16", "\"on\"", 1000);
    REQUIRE(fake_level(&f, 16));
    run_alive(20000);
    (void)fake_boot(&f);
    CHECK(!fake_level(&f, 16));
    conn = fake_session(&f, fake_key);
    next_id = 1;
    command("r18", "\"on\"", 1000);
    int writes = f.writes;
    fake_run(&f, 4000);
    CHECK(f.writes > writes);
    CHECK(!fake_level(&f, 16));
    (void)fake_boot(&f);
    fake_run(&f, 6000);
    CHECK(fake_level(&f, 16));
    CHECK(fake_level(&f, 18));
}

#define ONE "{\"kind\":\"relay\",\"point\":\"r16\",\"pin\":16}\n"

TEST(a_configuration_that_is_in_force_is_not_written_again)
{
    REQUIRE(start(ONE));
    int writes = f.writes;
    for (int i = 0; i < 10; i++)
        CHECK(fake_configure(&f, conn, "1", ONE));
    CHECK_INT(f.writes, writes);
    CHECK_INT(fake_edges(&f, 16), 0);
    /* Nor after a restart. */
    (void)fake_boot(&f);
    conn = fake_session(&f, fake_key);
    writes = f.writes;
    CHECK(fake_configure(&f, conn, "1", ONE));
    CHECK_INT(f.writes, writes);
    /* Other bytes, or another name for them, are another one. */
    CHECK(fake_configure(&f, conn, "1", "{\"kind\":\"relay\",\"point\":\"r16\",\"pin\": 16}\n"));
    CHECK_INT(f.writes, writes + 1);
    CHECK(fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"r16\",\"pin\": 16}\n"));
    CHECK_INT(f.writes, writes + 2);
    /* After a reset nothing is in force. */
    REQUIRE(hob_factory_reset(&f.board, f.now) == HOB_OK);
    conn = fake_adopted(&f);
    writes = f.writes;
    CHECK(fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"r16\",\"pin\": 16}\n"));
    CHECK_INT(f.writes, writes + 1);
    CHECK(fake_point(&f, "r16").kind == HOB_KIND_RELAY);
}

TEST(a_cut_in_a_factory_reset_leaves_no_adopted_board_without_its_configuration)
{
    for (int write = 1; write <= 8; write++) {
        test_row("cut in write %d", write);
        REQUIRE(start(ONE));
        f.cut_write = f.writes + write;
        f.cut_short = true;
        (void)hob_factory_reset(&f.board, f.now);
        (void)fake_boot(&f);
        struct hob_status s;
        hob_get_status(&f.board, &s, f.now);
        CHECK(!s.adopted || strcmp(s.config, "1") == 0);
        CHECK(!s.config_refused || !s.adopted);
    }
}

int main(void)
{
    RUN(a_fade_to_off_ends_with_the_lease_or_max_on);
    RUN(a_slow_fade_after_off_after_ends_with_max_on);
    RUN(off_and_on_within_a_fade_is_no_new_beginning);
    RUN(a_shorter_strip_leaves_no_pixel_lit);
    RUN(an_output_waits_for_a_rival_that_a_configuration_took_away);
    RUN(a_rival_that_went_in_an_earlier_configuration_counts_as_well);
    RUN(more_groups_than_are_remembered_wait_rather_too_long);
    RUN(a_second_power_cut_does_not_forget_what_waits_to_come_back);
    RUN(a_configuration_that_is_in_force_is_not_written_again);
    RUN(a_cut_in_a_factory_reset_leaves_no_adopted_board_without_its_configuration);
    return test_end("limits");
}
