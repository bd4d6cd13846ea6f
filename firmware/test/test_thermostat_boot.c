/*
 * Thermostats: boots and configurations, and what is told of them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_thermostat.h"

/* ---- boots and configurations ---- */

TEST(after_a_power_cut_with_nobody_there_it_holds_its_fallback)
{
    REQUIRE(start(RELAY PROBE HEATER ",\"fallback\":22000}\n"));
    run_alive(5 * MIN);
    hold(NONE);
    run_alive(2000);
    (void)fake_boot(&f);
    CHECK_INT(f.edge_count, fake_edges(&f, 16) + fake_edges(&f, 4));
    CHECK(!fake_level(&f, 16));
    CHECK_INT(control()->phase, HOB_PHASE_WAIT); /* nothing measured yet */
    fake_run(&f, 119999);
    CHECK_INT(fake_edges(&f, 16), 1); /* taken, low */
    fake_run(&f, 1);
    CHECK(fake_level(&f, 16));
    CHECK_INT(control()->source, HOB_SOURCE_FALLBACK);
}

TEST(a_reload_that_keeps_a_thermostat_keeps_its_plan_its_timers_and_its_relay)
{
    static const struct {
        const char *what;
        const char *after;
        int32_t target; /* of the plan, as it is held now */
    } rows[] = {
        {"the same", HOUSE, 24000},
        {"in another order", PROBE HEATER "}\n" RELAY, 24000},
        {"more", HOUSE "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n", 24000},
        {"hysteresis", RELAY PROBE "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\","
         "\"low\":5000,\"high\":25000,\"hysteresis\":100,\"min_on\":180000,\"min_off\":120000,"
         "\"lost\":600000}\n", 24000},
        {"range", RELAY PROBE "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\","
         "\"low\":5000,\"high\":23000,\"hysteresis\":1000,\"min_on\":180000,\"min_off\":120000,"
         "\"lost\":600000}\n", 23000},
        {"times", RELAY PROBE "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\","
         "\"low\":5000,\"high\":25000,\"hysteresis\":1000,\"min_on\":1,\"min_off\":1,"
         "\"lost\":300000,\"frost\":5000,\"fallback\":6000}\n", 24000},
        {"another thermostat before it", "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n"
         "{\"kind\":\"thermostat\",\"relay\":\"q\",\"sensor\":\"t\"," LIMITS ",\"lost\":600000}\n"
         HOUSE, 24000},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        REQUIRE(heating(HOUSE));
        uint64_t on = f.board.points[0].out.on_since;
        fake_clear(&f);
        REQUIRE(fake_configure(&f, conn, "2", rows[i].after));
        run_alive(2000);
        struct hob_point_status p = fake_point(&f, "r");
        CHECK(p.on);
        CHECK_STR(p.cause, "thermostat");
        CHECK_INT(p.up, on);
        CHECK_INT(control()->target, rows[i].target);
        CHECK_INT(f.faults, 0);
        hang_up();
        f.sensors[4].len = 0;
        fake_run(&f, 602000);
        CHECK(!fake_level(&f, 16));
    }
}

TEST(a_thermostat_that_is_new_or_gone_leaves_no_relay_on)
{
    REQUIRE(start(RELAY PROBE));
    run_alive(5 * MIN);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":%lu}",
                   (unsigned long)f.now);
    CHECK(fake_level(&f, 16));
    REQUIRE(fake_configure(&f, conn, "2", HOUSE));
    CHECK(!fake_level(&f, 16));
    last_id = 1;
    run_alive(5 * MIN);
    hold(24000);
    CHECK(fake_level(&f, 16));
    REQUIRE(fake_configure(&f, conn, "3", RELAY PROBE));
    CHECK(!fake_level(&f, 16));
    CHECK_STR(fake_point(&f, "r").cause, "config");
    /* And it comes back with nothing of what it was. */
    REQUIRE(fake_configure(&f, conn, "4", HOUSE));
    CHECK_INT(control()->target, HOB_NO_TEMP);
}

TEST(a_relay_that_loses_its_thermostat_and_is_set_up_anew_is_off)
{
    REQUIRE(heating(HOUSE));
    REQUIRE(fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,"
                                          "\"inverted\":true,\"boot\":\"restore\"}\n" PROBE));
    CHECK(!fake_point(&f, "r").on);
    CHECK(fake_level(&f, 16));
}

TEST(a_lock_ends_with_its_thermostat_even_if_that_was_not_stored)
{
    REQUIRE(start(HOUSE));
    lock(true);
    REQUIRE(fake_configure(&f, conn, "2", RELAY PROBE));
    /* The power fails before the end of the lock is stored. */
    (void)fake_boot(&f);
    redial();
    REQUIRE(fake_configure(&f, conn, "3", HOUSE));
    CHECK(control()->phase != HOB_PHASE_LOCKED);
    run_alive(5000);
    (void)fake_boot(&f);
    CHECK(control()->phase != HOB_PHASE_LOCKED);
}

TEST(a_command_that_waits_for_the_relay_does_not_outlive_its_becoming_a_thermostats)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"min_off\":60000}\n" PROBE));
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":99999}");
    REQUIRE(fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,"
                                          "\"min_off\":60000}\n" PROBE HEATER "}\n"));
    run_alive(10 * MIN);
    CHECK(!fake_level(&f, 16));
}

TEST(a_heater_and_a_cooler_of_one_group_are_never_on_together_and_wait_for_each_other)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"h\",\"pin\":16,\"interlock\":\"g\",\"interlock_wait\":30000}\n"
                  "{\"kind\":\"relay\",\"point\":\"c\",\"pin\":17,\"interlock\":\"g\",\"interlock_wait\":30000}\n" SELDOM
                  "{\"kind\":\"thermostat\",\"relay\":\"h\",\"sensor\":\"t\"," LIMITS ",\"lost\":600000}\n"
                  "{\"kind\":\"thermostat\",\"relay\":\"c\",\"sensor\":\"t\"," LIMITS
                  ",\"lost\":600000,\"cools\":true}\n"));
    run_alive(5 * MIN);
    hold_at("h", 24000);
    hold_at("c", 10000); /* somebody has set them against each other */
    run_alive(30 * MIN);
    CHECK(fake_level(&f, 16) && !fake_level(&f, 17));
    CHECK_INT(f.board.thermostats[1].control.phase, HOB_PHASE_WAIT);
    hold_at("h", 15000);
    CHECK(!fake_level(&f, 16) && !fake_level(&f, 17));
    fake_run(&f, 29999);
    CHECK(!fake_level(&f, 17));
    CHECK_INT(hob_next_tick(&f.board, f.now), 1);
    fake_run(&f, 1);
    CHECK(fake_level(&f, 17));
}

TEST(nothing_moves_at_a_boot_a_reconnect_or_a_reload)
{
    REQUIRE(start(HOUSE));
    for (int n = 0; n < 5; n++) {
        run_alive(10 * MIN);
        fake_clear(&f);
        redial();
        REQUIRE(fake_configure(&f, conn, n % 2 == 0 ? "2" : "1", HOUSE));
        CHECK_INT(fake_edges(&f, 16), 0);
    }
    (void)fake_boot(&f);
    CHECK_INT(fake_edges(&f, 16), 1);
    CHECK(!fake_level(&f, 16));
}

TEST(what_is_wrong_is_said_with_path_and_code)
{
#define TH(relay, sensor, rest) \
    "{\"kind\":\"thermostat\",\"relay\":\"" relay "\",\"sensor\":\"" sensor "\"," rest "}\n"
#define REST LIMITS ",\"lost\":600000"
    static const struct {
        const char *items;
        const char *want;
    } rows[] = {
        {TH("x", "t", REST), "items[4].relay\",\"code\":\"unknown_point"},
        {TH("r", "x", REST), "items[4].sensor\",\"code\":\"unknown_point"},
        {TH("t", "t", REST), "items[4].relay\",\"code\":\"wrong_kind"},
        {TH("l", "t", REST), "items[4].relay\",\"code\":\"wrong_kind"},
        {TH("r", "r", REST), "items[4].sensor\",\"code\":\"wrong_kind"},
        {TH("r", "v", REST), "items[4].sensor\",\"code\":\"wrong_kind"},
        {TH("r", "t", REST) TH("r", "t", REST), "items[5].relay\",\"code\":\"duplicate_point"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"boot\":\"restore\"}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"max_on\":1}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"off_after\":1}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"lease\":1}\n" TH("q", "t", REST),
         "items[5].relay\",\"code\":\"bad_value"},
        {TH("r", "t", LIMITS), "items[4].lost\",\"code\":\"missing"},
        {TH("r", "t", LIMITS ",\"lost\":999"), "items[4].lost\",\"code\":\"bad_value"},
        {TH("r", "t", "\"high\":1"), "items[4].low\",\"code\":\"missing"},
        {TH("r", "t", "\"low\":1,\"high\":1.5"), "items[4].high\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":1,\"hysteresis\":1"), "items[4].high\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":2,\"hysteresis\":0"), "items[4].hysteresis\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":2"), "items[4].hysteresis\",\"code\":\"missing"},
        {TH("r", "t", REST ",\"frost\":125001"), "items[4].frost\",\"code\":\"bad_value"},
        {TH("r", "t", REST ",\"cools\":true,\"frost\":1"), "items[4].frost\",\"code\":\"bad_value"},
        {TH("r", "t", REST ",\"fallback\":null"), "items[4].fallback\",\"code\":\"bad_value"},
        {TH("r", "t", "\"low\":1,\"high\":2,\"hysteresis\":1,\"min_off\":1,\"lost\":1000"),
         "items[4].min_on\",\"code\":\"missing"},
        {TH("r", "t", REST) "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"r\",\"do\":\"on\"}\n",
         "items[5].target\",\"code\":\"wrong_kind"},
        {"{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"r\",\"do\":\"on\"}\n" TH("r", "t", REST),
         "items[5].relay\",\"code\":\"wrong_kind"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[1400];
        test_row("%s", rows[i].want);
        (void)snprintf(items, sizeof items, "%s%s%s%s%s",
                       RELAY PROBE, "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":18}\n",
                       "{\"kind\":\"sensor\",\"point\":\"v\",\"type\":\"analog\",\"pin\":34}\n",
                       rows[i].items, "{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\"}\n");
        CHECK(!start(items));
        CHECK(strstr(fake_last(&f), rows[i].want) != NULL);
    }
}

TEST(a_board_takes_eight_thermostats)
{
    for (int count = HOB_MAX_THERMOSTATS; count <= HOB_MAX_THERMOSTATS + 1; count++) {
        static const int pins[] = {12, 13, 14, 15, 16, 17, 18, 19, 21};
        char items[4000];
        int len = snprintf(items, sizeof items, "%s", PROBE);
        for (int n = 0; n < count; n++)
            len += snprintf(items + len, sizeof items - (size_t)len,
                            "{\"kind\":\"relay\",\"point\":\"r%d\",\"pin\":%d}\n"
                            "{\"kind\":\"thermostat\",\"relay\":\"r%d\",\"sensor\":\"t\"," LIMITS
                            ",\"lost\":600000}\n", n, pins[n], n);
        CHECK_INT(start(items), count == HOB_MAX_THERMOSTATS);
        if (count > HOB_MAX_THERMOSTATS) {
            CHECK(strstr(fake_last(&f), "too_many") != NULL);
            continue;
        }
        run_alive(5 * MIN);
        for (int n = 0; n < count; n++) {
            char relay[16];
            (void)snprintf(relay, sizeof relay, "r%d", n);
            hold_at(relay, n % 2 == 0 ? 24000 : 10000);
            CHECK_INT(fake_level(&f, (uint8_t)pins[n]), n % 2 == 0);
        }
    }
}

/* ---- what is told ---- */

TEST(the_point_tells_what_its_thermostat_does_whenever_that_changes)
{
    REQUIRE(start(RELAY PROBE HEATER ",\"frost\":6000}\n"));
    CHECK(strstr(told("r"), "\"v\":false,\"up\":0,\"cause\":\"config\",\"th\":{\"phase\":\"wait\","
                            "\"target\":6000,\"source\":\"frost\",\"plan\":\"\"}}") != NULL);
    run_alive(2000);
    redial();
    CHECK(strstr(told("r"), "\"th\":{\"phase\":\"idle\",\"target\":6000,\"temp\":20000,"
                            "\"source\":\"frost\",\"plan\":\"\"}}") != NULL);
    run_alive(5 * MIN);
    (void)plan("\"plan\":\"1a2b3c4d\",\"end\":99999999,\"segments\":[[0,24000]]");
    const char *state = fake_hear(&f);
    CHECK(strstr(state, "\"v\":true,\"up\":302000,\"cause\":\"thermostat\",\"th\":{\"phase\":\"active\","
                        "\"target\":24000,\"temp\":20000,\"source\":\"plan\",\"plan\":\"1a2b3c4d\"}}") != NULL);
    /* Before its result, which is the next. */
    CHECK(strstr(fake_hear(&f), "\"t\":\"result\"") != NULL);
    warm(DEGREES(21));
    fake_run(&f, 1000);
    CHECK(strstr(told("r"), "\"up\":302000,\"cause\":\"thermostat\",\"th\":{\"phase\":\"active\","
                            "\"target\":24000,\"temp\":21000,") != NULL);
    fake_run(&f, 3000);
    CHECK_STR(told("r"), "");
    /* The same content under another name is news for the server. */
    (void)plan("\"plan\":\"1a2b3c4e\",\"end\":99999999,\"segments\":[[0,24000]]");
    CHECK(strstr(told("r"), "\"plan\":\"1a2b3c4e\"") != NULL);
    lock(true);
    CHECK(strstr(told("r"), "\"v\":false,\"up\":306000,\"cause\":\"thermostat\",\"th\":{\"phase\":\"locked\","
                            "\"temp\":21000,\"source\":\"none\",\"plan\":\"10c\"}}") != NULL);
}

TEST(a_heater_that_does_not_heat_is_told_of)
{
    REQUIRE(heating(HOUSE));
    run_alive(15 * MIN - 2000);
    CHECK_INT(control()->warning, HOB_WARNS_OF_NOTHING);
    fake_run(&f, 2000);
    CHECK(strstr(told("r"), "\"warn\":\"no_rise\"}}") != NULL);
    CHECK(fake_level(&f, 16)); /* it only warns */
    warm(DEGREES(20) + 5);
    run_alive(2000);
    CHECK_INT(control()->warning, HOB_WARNS_OF_NOTHING);
}

int main(void)
{
    RUN(after_a_power_cut_with_nobody_there_it_holds_its_fallback);
    RUN(a_reload_that_keeps_a_thermostat_keeps_its_plan_its_timers_and_its_relay);
    RUN(a_thermostat_that_is_new_or_gone_leaves_no_relay_on);
    RUN(a_relay_that_loses_its_thermostat_and_is_set_up_anew_is_off);
    RUN(a_lock_ends_with_its_thermostat_even_if_that_was_not_stored);
    RUN(a_command_that_waits_for_the_relay_does_not_outlive_its_becoming_a_thermostats);
    RUN(a_heater_and_a_cooler_of_one_group_are_never_on_together_and_wait_for_each_other);
    RUN(nothing_moves_at_a_boot_a_reconnect_or_a_reload);
    RUN(what_is_wrong_is_said_with_path_and_code);
    RUN(a_board_takes_eight_thermostats);
    RUN(the_point_tells_what_its_thermostat_does_whenever_that_changes);
    RUN(a_heater_that_does_not_heat_is_told_of);
    return test_end("thermostat-boot");
}
