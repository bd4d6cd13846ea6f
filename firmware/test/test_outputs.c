/*
 * Outputs: commands and their ids and deadlines, timers, leases, lights.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;

/* A board with this configuration and a session, everything heard. */
static bool start(const char *items)
{
    return fake_start(&f, 11, &conn, items, 0);
}

/* Keeps the session alive while time passes. */
static void pass(uint64_t ms)
{
    while (ms > 0) {
        uint64_t step = ms < 5000 ? ms : 5000;
        fake_run(&f, step);
        ms -= step;
        if (conn >= 0 && f.peers[conn].open)
            (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    }
}

static int last_id;

/* A command with the next id and plenty of time. what is its end: "\"do\":\"on\"". */
static const char *command(const char *point, const char *what)
{
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}",
                   ++last_id, point, (unsigned long)f.now + 60000, what);
    return fake_wait(&f, "\"t\":\"result\"");
}

#define ON "\"do\":\"on\""
#define OFF "\"do\":\"off\""

static bool done(const char *result)
{
    return strstr(result, "\"code\":\"done\"") != NULL;
}

static const char one_relay[] = "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n";

TEST(a_command_changes_the_pin_and_tells_state_before_result)
{
    REQUIRE(start(one_relay));
    pass(100);
    fake_clear(&f);
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":17,\"point\":\"r\",\"do\":\"on\",\"until\":5000}");
    CHECK(fake_level(&f, 16));
    CHECK(strstr(fake_hear(&f),
                 "\"up\":100,\"points\":[{\"p\":\"r\",\"v\":true,\"up\":100,"
                 "\"cause\":\"command\",\"cmd\":17}]}") != NULL);
    CHECK(strstr(fake_hear(&f), "\"up\":100,\"id\":17,\"code\":\"done\"}") != NULL);
    CHECK_STR(fake_hear(&f), "");
    CHECK_INT(fake_edges(&f, 16), 1);
}

TEST(a_command_for_what_is_already_so_is_done_without_an_edge)
{
    REQUIRE(start(one_relay));
    CHECK(done(command("r", ON)));
    fake_clear(&f);
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":1000,\"point\":\"r\",\"do\":\"on\",\"until\":5000}");
    CHECK(done(fake_hear(&f)));
    CHECK_INT(fake_edges(&f, 16), 0);
}

TEST(an_inverted_relay_is_high_when_off)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"inverted\":true}\n"));
    CHECK(fake_level(&f, 16));
    CHECK(done(command("r", ON)));
    CHECK(!fake_level(&f, 16));
}

TEST(ids_act_once_and_rise)
{
    static const struct {
        const char *id;
        const char *code;
        bool on; /* afterwards; each command asks for the other state */
    } rows[] = {
        {"5", "done", true},      {"5", "duplicate", true}, {"4", "duplicate", true},
        {"1", "duplicate", true}, {"6", "done", false},     {"6", "duplicate", false},
        {"9007199254740991", "done", true}, {"7", "duplicate", true},
        {"9007199254740991", "duplicate", true},
    };
    REQUIRE(start(one_relay));
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d: id %s", (int)i, rows[i].id);
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":%s,\"point\":\"r\",\"do\":\"%s\",\"until\":99}",
                       rows[i].id, fake_level(&f, 16) ? "off" : "on");
        CHECK(strstr(fake_wait(&f, "result"), rows[i].code) != NULL);
        CHECK_INT(fake_level(&f, 16), rows[i].on);
    }
}

TEST(ids_start_anew_in_another_session)
{
    REQUIRE(start(one_relay));
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":50,\"point\":\"r\",\"do\":\"on\",\"until\":9}");
    conn = fake_session(&f, fake_key);
    REQUIRE(conn >= 0);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"off\",\"until\":9}");
    CHECK(done(fake_wait(&f, "result")));
    CHECK(!fake_level(&f, 16));
}

TEST(a_command_acts_up_to_its_deadline_and_not_after)
{
    static const struct {
        uint64_t at;
        uint64_t until;
        bool acts;
    } rows[] = {{0, 0, true},      {1, 0, false},    {100, 100, true},
                {101, 100, false}, {5000, 1, false}, {10, 9007199254740991, true}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("at %d until %d", (int)rows[i].at, (int)rows[i].until);
        REQUIRE(start(one_relay));
        pass(rows[i].at);
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":%lld}",
                       (long long)rows[i].until);
        const char *result = fake_wait(&f, "result");
        CHECK(strstr(result, rows[i].acts ? "\"done\"" : "\"expired\"") != NULL);
        CHECK_INT(fake_level(&f, 16), rows[i].acts);
        /* An id that came too late is used up all the same. */
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":99999}");
        CHECK(strstr(fake_wait(&f, "result"), "duplicate") != NULL);
    }
}

TEST(commands_that_make_no_sense_are_refused_with_a_reason)
{
    static const struct {
        const char *point;
        const char *what;
        const char *reason;
    } rows[] = {
        {"x", ON, "unknown_point"},
        {"a-name-that-is-far-too-long", ON, "unknown_point"},
        {"in", ON, "wrong_kind"},
        {"r", "\"do\":\"set\",\"level\":5", "wrong_kind"},
        {"r", "\"do\":\"toggle\"", "bad_value"},
        {"r", "\"do\":\"\"", "bad_value"},
        {"l", "\"do\":\"set\"", "missing"},
        {"l", "\"do\":\"set\",\"level\":1001", "bad_value"},
        {"l", "\"do\":\"set\",\"level\":-1", "bad_value"},
        {"l", "\"do\":\"set\",\"level\":1,\"fade\":3600001", "bad_value"},
        {"l", "\"do\":\"set\",\"level\":1,\"rgb\":\"ffffff\"", "bad_value"},
        {"s", "\"do\":\"set\",\"level\":1,\"rgb\":\"red\"", "bad_value"},
    };
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"
                  "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17}\n"
                  "{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":18,\"count\":8}\n"
                  "{\"kind\":\"input\",\"point\":\"in\",\"pin\":19,\"role\":\"contact\"}\n"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s %s", rows[i].point, rows[i].what);
        const char *result = command(rows[i].point, rows[i].what);
        CHECK(strstr(result, "\"code\":\"refused\"") != NULL);
        CHECK(strstr(result, rows[i].reason) != NULL);
        CHECK(strstr(result, "\"message\":\"") != NULL);
    }
    CHECK_INT(f.edge_count, 0);
}

TEST(a_board_without_configuration_refuses_commands)
{
    fake_make(&f, 11);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    CHECK(strstr(command("r", ON), "not_configured") != NULL);
}

TEST(off_after_counts_from_the_last_on_and_max_on_from_the_first)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"off_after\":1000}\n"
                  "{\"kind\":\"relay\",\"point\":\"m\",\"pin\":17,\"max_on\":1500}\n"));
    CHECK(done(command("r", ON)));
    CHECK(done(command("m", ON)));
    pass(900);
    CHECK(done(command("r", ON)));
    CHECK(done(command("m", ON)));
    pass(599);
    CHECK(fake_level(&f, 17));
    pass(1);
    CHECK(!fake_level(&f, 17));
    CHECK_STR(fake_point(&f, "m").cause, "max_on");
    CHECK_INT(fake_point(&f, "m").up, 1500);
    pass(399);
    CHECK(fake_level(&f, 16));
    pass(1);
    CHECK(!fake_level(&f, 16));
    CHECK_STR(fake_point(&f, "r").cause, "off_after");
    /* Both start anew with the next on. */
    CHECK(done(command("m", ON)));
    pass(1499);
    CHECK(fake_level(&f, 17));
}

TEST(of_several_limits_the_nearest_ends_it)
{
    static const struct {
        int off_after, max_on, lease;
        uint64_t at;
        const char *cause;
    } rows[] = {
        {1000, 0, 0, 1000, "off_after"},  {0, 1000, 0, 1000, "max_on"},
        {0, 0, 1000, 1000, "lease"},      {500, 1000, 2000, 500, "off_after"},
        {1000, 500, 2000, 500, "max_on"}, {1000, 2000, 500, 500, "lease"},
        {700, 700, 700, 700, "max_on"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[200];
        test_row("%d %d %d", rows[i].off_after, rows[i].max_on, rows[i].lease);
        (void)snprintf(items, sizeof items,
                       "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"off_after\":%d,"
                       "\"max_on\":%d,\"lease\":%d}\n",
                       rows[i].off_after, rows[i].max_on, rows[i].lease);
        REQUIRE(start(items));
        (void)command("r", ON);
        pass(rows[i].at - 1);
        CHECK(fake_level(&f, 16));
        pass(1);
        CHECK(!fake_level(&f, 16));
        CHECK_STR(fake_point(&f, "r").cause, rows[i].cause);
    }
}

TEST(a_late_tick_ends_what_is_overdue_before_anything_else)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"lease\":1000}\n"));
    (void)command("r", ON);
    /* No tick for two seconds; a renewal that comes then comes too late. */
    f.now += 2000;
    (void)fake_say(&f, conn, "{\"t\":\"renew\",\"points\":[\"r\"],\"until\":3000}");
    CHECK(!fake_level(&f, 16));
    CHECK(strstr(fake_wait(&f, "state"), "\"cause\":\"lease\"") != NULL);
}

TEST(a_lease_runs_to_where_it_was_renewed)
{
    static const struct {
        uint64_t at;    /* of the renewal */
        uint64_t until; /* as sent */
        uint64_t end;   /* of the lease */
    } rows[] = {
        {500, 1200, 1200},  /* renewed */
        {500, 9000, 1500},  /* at most a whole lease from now */
        {500, 800, 1000},   /* never shorter */
        {500, 400, 1000},   /* came past its own deadline */
        {0, 0, 1000},       {999, 1999, 1999},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("at %d until %d", (int)rows[i].at, (int)rows[i].until);
        REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"lease\":1000}\n"));
        (void)command("r", ON);
        pass(rows[i].at);
        (void)fake_say(&f, conn, "{\"t\":\"renew\",\"points\":[\"nobody\",\"r\"],\"until\":%d}",
                       (int)rows[i].until);
        pass(rows[i].end - rows[i].at - 1);
        CHECK(fake_level(&f, 16));
        pass(1);
        CHECK(!fake_level(&f, 16));
    }
}

TEST(a_renewal_is_for_the_points_that_it_names)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16,\"lease\":1000}\n"
                  "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"lease\":1000}\n"
                  "{\"kind\":\"relay\",\"point\":\"c\",\"pin\":18,\"lease\":1000}\n"));
    (void)command("a", ON);
    (void)command("b", ON);
    (void)command("c", ON);
    pass(500);
    (void)fake_say(&f, conn, "{\"t\":\"renew\",\"points\":[\"b\",\"c\"],\"until\":1400}");
    pass(500);
    CHECK(!fake_level(&f, 16));
    CHECK(fake_level(&f, 17));
    CHECK(fake_level(&f, 18));
}

TEST(a_lease_ends_without_a_session_too)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"lease\":60000}\n"));
    (void)command("r", ON);
    hob_conn_closed(&f.board, conn, f.now);
    fake_run(&f, 59999);
    CHECK(fake_level(&f, 16));
    fake_run(&f, 1);
    CHECK(!fake_level(&f, 16));
}

TEST(on_again_does_not_renew_a_lease)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"lease\":1000}\n"));
    (void)command("r", ON);
    pass(800);
    (void)command("r", ON);
    pass(199);
    CHECK(fake_level(&f, 16));
    pass(1);
    CHECK(!fake_level(&f, 16));
}

static const char one_light[] =
    "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"gamma\":1000,\"freq\":5000}\n";

TEST(on_for_a_light_is_its_last_brightness)
{
    REQUIRE(start(one_light));
    CHECK_INT(f.pins[17].freq, 5000);
    (void)command("l", ON);
    CHECK_INT(f.pins[17].duty, 65535);
    (void)command("l", "\"do\":\"set\",\"level\":400");
    CHECK_INT(f.pins[17].duty, 26214);
    (void)command("l", OFF);
    CHECK_INT(f.pins[17].duty, 0);
    (void)command("l", ON);
    CHECK_INT(f.pins[17].duty, 26214);
    (void)command("l", "\"do\":\"set\",\"level\":0");
    CHECK_INT(f.pins[17].duty, 0);
    CHECK(!fake_point(&f, "l").on);
    (void)command("l", ON);
    CHECK_INT(fake_point(&f, "l").level, 400);
}

TEST(a_fade_moves_in_small_steps_and_reports_its_target_at_the_start)
{
    REQUIRE(start("{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"gamma\":1000,\"fade\":1000}\n"));
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":1,\"point\":\"l\",\"do\":\"on\",\"until\":99}");
    CHECK(strstr(fake_hear(&f), "\"v\":1000,") != NULL);
    CHECK_INT(f.pins[17].duty, 0);
    pass(500);
    CHECK(f.pins[17].duty > 32000 && f.pins[17].duty < 33500);
    pass(500);
    CHECK_INT(f.pins[17].duty, 65535);
    CHECK(fake_edges(&f, 17) > 90 && fake_edges(&f, 17) <= 101);
    for (int i = 1; i < f.edge_count; i++)
        CHECK(f.edges[i].value >= f.edges[i - 1].value);
    /* And it rests. */
    CHECK_INT(hob_next_tick(&f.board, f.now), 15000);
}

TEST(a_fade_ends_in_its_very_millisecond)
{
    REQUIRE(start("{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"fade\":1003}\n"));
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"l\",\"do\":\"on\",\"until\":99}");
    fake_clear(&f);
    uint64_t began = f.now;
    pass(2000);
    REQUIRE(f.edge_count > 0);
    CHECK_INT(f.edges[f.edge_count - 1].value, 65535);
    CHECK_INT(f.edges[f.edge_count - 1].at - began, 1003);
}

TEST(a_fade_that_is_turned_around_starts_where_it_is)
{
    REQUIRE(start(one_light));
    (void)command("l", "\"do\":\"on\",\"fade\":1000");
    pass(500);
    uint16_t half = f.pins[17].duty;
    fake_clear(&f);
    (void)command("l", "\"do\":\"off\",\"fade\":1000");
    pass(100);
    CHECK(f.pins[17].duty < half && f.pins[17].duty > half / 2);
    pass(900);
    CHECK_INT(f.pins[17].duty, 0);
    for (int i = 1; i < f.edge_count; i++)
        CHECK(f.edges[i].value <= f.edges[i - 1].value);
}

TEST(a_retried_set_does_not_slow_a_fade_down)
{
    REQUIRE(start(one_light));
    (void)command("l", "\"do\":\"set\",\"level\":1000,\"fade\":1000");
    pass(900);
    (void)command("l", "\"do\":\"set\",\"level\":1000,\"fade\":1000");
    pass(100);
    CHECK_INT(f.pins[17].duty, 65535);
    (void)command("l", "\"do\":\"off\",\"fade\":60000");
    pass(10);
    (void)command("l", "\"do\":\"off\",\"fade\":0");
    CHECK_INT(f.pins[17].duty, 0);
}

TEST(limits_of_a_light_end_it_at_once_but_off_after_fades)
{
    REQUIRE(start("{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"fade\":1000,\"max_on\":5000}\n"
                  "{\"kind\":\"pwm\",\"point\":\"k\",\"pin\":18,\"fade\":1000,"
                  "\"off_after\":5000,\"gamma\":1000}\n"));
    (void)command("l", ON);
    (void)command("k", ON);
    pass(5000);
    CHECK_INT(f.pins[17].duty, 0);
    CHECK(f.pins[18].duty > 60000);
    pass(1000);
    CHECK_INT(f.pins[18].duty, 0);
}

TEST(an_inverted_light_is_high_when_off)
{
    REQUIRE(start("{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"inverted\":true}\n"));
    CHECK_INT(f.pins[17].duty, 65535);
    (void)command("l", ON);
    CHECK_INT(f.pins[17].duty, 0);
}

TEST(a_strip_shows_colour_times_brightness_in_wire_order)
{
    static const struct {
        const char *order;
        uint8_t pixel[3];
    } rows[] = {{"grb", {128, 255, 1}}, {"rgb", {255, 128, 1}}, {"brg", {1, 255, 128}},
                {"bgr", {1, 128, 255}}, {"gbr", {128, 1, 255}}, {"rbg", {255, 1, 128}}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[200];
        test_row("%s", rows[i].order);
        (void)snprintf(items, sizeof items,
                       "{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":18,\"count\":60,"
                       "\"order\":\"%s\",\"gamma\":1000}\n",
                       rows[i].order);
        REQUIRE(start(items));
        CHECK_INT(f.pins[18].count, 60);
        (void)command("s", "\"do\":\"set\",\"level\":1000,\"rgb\":\"FF8001\"");
        CHECK_MEM(f.pins[18].pixel, rows[i].pixel, 3);
    }
}

TEST(a_strip_keeps_its_colour_and_reports_it)
{
    REQUIRE(start("{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":18,\"count\":3,\"gamma\":1000}\n"));
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":1,\"point\":\"s\",\"do\":\"set\",\"rgb\":\"ff0000\","
                   "\"level\":500,\"until\":99}");
    CHECK(strstr(fake_hear(&f), "\"v\":500,\"rgb\":\"ff0000\"") != NULL);
    static const uint8_t dim_red[] = {0, 128, 0};
    CHECK_MEM(f.pins[18].pixel, dim_red, 3);
    (void)command("s", OFF);
    static const uint8_t dark[] = {0, 0, 0};
    CHECK_MEM(f.pins[18].pixel, dark, 3);
    /* A colour alone leaves a strip that is off as it is. */
    (void)command("s", "\"do\":\"set\",\"rgb\":\"0000ff\"");
    CHECK_MEM(f.pins[18].pixel, dark, 3);
    (void)command("s", ON);
    static const uint8_t dim_blue[] = {0, 0, 128};
    CHECK_MEM(f.pins[18].pixel, dim_blue, 3);
}

TEST(only_the_newest_value_is_reported)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"off_after\":10}\n"));
    (void)command("r", ON);
    hob_conn_closed(&f.board, conn, f.now);
    fake_run(&f, 10);
    fake_clear(&f);
    conn = fake_session(&f, fake_key);
    const char *hello = fake_hear(&f);
    CHECK(strstr(hello, "[{\"p\":\"r\",\"v\":false,\"up\":10,\"cause\":\"off_after\"}]") != NULL);
    CHECK_STR(fake_hear(&f), "");
}

TEST(identify_blinks_the_status_led_and_stops)
{
    REQUIRE(start("{\"kind\":\"board\",\"status_led\":2,\"status_led_inverted\":true}\n"));
    hob_set_network(&f.board, true, f.now);
    pass(3000);
    CHECK(fake_level(&f, 2));
    fake_clear(&f);
    (void)fake_say(&f, conn, "{\"t\":\"identify\",\"for\":2000}");
    pass(2000);
    CHECK_INT(fake_edges(&f, 2) / 10, 2);
    pass(1000);
    CHECK(fake_level(&f, 2));
    fake_clear(&f);
    pass(3000);
    CHECK_INT(fake_edges(&f, 2), 0);
}

TEST(the_status_led_tells_how_things_are)
{
    /* Lit so many ms of every 3 s; edges in 3 s. */
    static const struct {
        const char *what;
        int edges;
    } rows[] = {{"no network", 4}, {"no server", 2}, {"session", 0}, {"adoption", 6}};
    REQUIRE(start("{\"kind\":\"board\",\"status_led\":2}\n"));
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        hob_set_network(&f.board, i > 0, f.now);
        if (i == 1)
            hob_conn_closed(&f.board, conn, f.now);
        if (i == 2)
            conn = fake_session(&f, fake_key);
        if (i == 3)
            (void)hob_boot_button_held(&f.board, f.now);
        fake_run(&f, 6000 - f.now % 3000 - 1);
        fake_clear(&f);
        fake_run(&f, 3000);
        CHECK_INT(fake_edges(&f, 2), rows[i].edges);
    }
}

TEST(a_new_curve_shows_at_once_and_a_new_frequency_too)
{
    REQUIRE(start("{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"gamma\":1000}\n"));
    (void)command("l", "\"do\":\"set\",\"level\":500");
    CHECK_INT(f.pins[17].duty, 32768);
    REQUIRE(fake_configure(&f, conn, "2",
                           "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"gamma\":2000}\n"));
    CHECK_INT(f.pins[17].duty, 16384);
    REQUIRE(fake_configure(&f, conn, "3",
                           "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"gamma\":2000,"
                           "\"freq\":200}\n"));
    CHECK_INT(f.pins[17].freq, 200);
    CHECK_INT(fake_point(&f, "l").level, 500);
    CHECK_INT(f.faults, 0);
}

int main(void)
{
    RUN(a_command_changes_the_pin_and_tells_state_before_result);
    RUN(a_command_for_what_is_already_so_is_done_without_an_edge);
    RUN(an_inverted_relay_is_high_when_off);
    RUN(ids_act_once_and_rise);
    RUN(ids_start_anew_in_another_session);
    RUN(a_command_acts_up_to_its_deadline_and_not_after);
    RUN(commands_that_make_no_sense_are_refused_with_a_reason);
    RUN(a_board_without_configuration_refuses_commands);
    RUN(off_after_counts_from_the_last_on_and_max_on_from_the_first);
    RUN(of_several_limits_the_nearest_ends_it);
    RUN(a_late_tick_ends_what_is_overdue_before_anything_else);
    RUN(a_lease_runs_to_where_it_was_renewed);
    RUN(a_renewal_is_for_the_points_that_it_names);
    RUN(a_lease_ends_without_a_session_too);
    RUN(on_again_does_not_renew_a_lease);
    RUN(on_for_a_light_is_its_last_brightness);
    RUN(a_fade_moves_in_small_steps_and_reports_its_target_at_the_start);
    RUN(a_fade_ends_in_its_very_millisecond);
    RUN(a_fade_that_is_turned_around_starts_where_it_is);
    RUN(a_retried_set_does_not_slow_a_fade_down);
    RUN(limits_of_a_light_end_it_at_once_but_off_after_fades);
    RUN(an_inverted_light_is_high_when_off);
    RUN(a_strip_shows_colour_times_brightness_in_wire_order);
    RUN(a_strip_keeps_its_colour_and_reports_it);
    RUN(only_the_newest_value_is_reported);
    RUN(the_status_led_tells_how_things_are);
    RUN(a_new_curve_shows_at_once_and_a_new_frequency_too);
    RUN(identify_blinks_the_status_led_and_stops);
    return test_end("outputs");
}
