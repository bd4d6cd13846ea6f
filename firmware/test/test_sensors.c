/*
 * Sensors: when they are sampled, what of it is believed, and what is told.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;

#define PROBE "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":4"
#define FED "{\"kind\":\"sensor\",\"point\":\"fed-1a2b3c4d\",\"type\":\"fed\"}\n"

static bool start(const char *items)
{
    fake_make(&f, 29);
    f.sensors[4].wait = 750;
    fake_ds18b20(&f, 4, 16 * 21);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    return conn >= 0 && fake_configure(&f, conn, "1", items);
}

/* Lets time pass with a server that is there. */
static void run_alive(uint64_t ms)
{
    uint64_t end = f.now + ms;
    while (f.now < end) {
        fake_run(&f, end - f.now < 4000 ? end - f.now : 4000);
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    }
}

/* What was told last of a point, without the head of its frame. */
static const char *told(const char *point)
{
    static char want[32];
    const char *last = "";
    (void)snprintf(want, sizeof want, "{\"p\":\"%s\"", point);
    for (const char *text = fake_wait(&f, want); text[0] != '\0'; text = fake_wait(&f, want))
        last = strstr(text, want);
    return last;
}

TEST(a_sensor_is_sampled_at_once_and_then_in_its_period)
{
    REQUIRE(start(PROBE ",\"every\":5000}\n"));
    CHECK_STR(told("t"), "{\"p\":\"t\",\"v\":null,\"up\":0,\"cause\":\"sensor\"}]}");
    run_alive(1);
    CHECK_INT(f.sensors[4].starts, 1);
    run_alive(748);
    CHECK_STR(told("t"), "");
    run_alive(2);
    CHECK(strstr(told("t"), "\"v\":21000,\"up\":75") != NULL);
    run_alive(20000);
    CHECK_INT(f.sensors[4].starts, 5);
    CHECK_INT(f.faults, 0);
}

TEST(equal_values_are_told_too_since_they_are_fresh)
{
    REQUIRE(start(PROBE ",\"every\":2000}\n"));
    run_alive(2000);
    (void)told("t");
    for (int n = 0; n < 3; n++) {
        fake_clear(&f);
        run_alive(2000);
        CHECK(strstr(told("t"), "\"v\":21000") != NULL);
    }
}

TEST(a_board_that_was_busy_samples_once_and_not_for_all_it_missed)
{
    REQUIRE(start(PROBE ",\"every\":5000}\n"));
    fake_run(&f, 2000);
    f.now += 28000;
    (void)hob_tick(&f.board, f.now);
    fake_run(&f, 4999);
    CHECK_INT(f.sensors[4].starts, 2);
    fake_run(&f, 1);
    CHECK_INT(f.sensors[4].starts, 3);
}

TEST(a_message_never_waits_for_a_sensor)
{
    REQUIRE(start(PROBE "}\n"));
    for (int n = 0; n < 5; n++) {
        f.now += 1000;
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    }
    CHECK_INT(f.sensors[4].starts, 0);
    CHECK_INT(hob_next_tick(&f.board, f.now), 0);
}

TEST(a_failed_sample_tells_its_fault_once_and_keeps_the_value)
{
    static const struct {
        const char *what;
        uint8_t raw[9];
        int len;
        const char *fault;
    } rows[] = {
        {"silence", {0}, 0, "no_answer"},
        {"pulled down", {0}, 9, "no_answer"},
        {"noise", {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9, "checksum"},
        {"short", {0x50, 0x01}, 2, "no_answer"},
        {"more than there is room for", {0x50, 0x01}, 12, "no_answer"},
        /* 85 degrees out of the blue: it has lost its power and measured nothing. */
        {"reset", {0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0x1c}, 9, "no_answer"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].what);
        REQUIRE(start(PROBE ",\"every\":1000}\n"));
        run_alive(900);
        (void)told("t");
        fake_raw(&f, 4, rows[i].raw, rows[i].len);
        run_alive(1000);
        const char *text = told("t");
        char want[40];
        (void)snprintf(want, sizeof want, "\"v\":21000,\"fault\":\"%s\",", rows[i].fault);
        CHECK(strstr(text, want) != NULL);
        CHECK(strstr(text, "\"up\":75") != NULL);
        run_alive(3000);
        CHECK_STR(told("t"), "");
        fake_ds18b20(&f, 4, -16);
        run_alive(1000);
        text = told("t");
        CHECK(strstr(text, "\"v\":-1000,\"up\":") != NULL);
        CHECK(strstr(text, "fault") == NULL);
        CHECK_INT(f.faults, 0);
    }
}

TEST(a_sensor_that_does_not_start_has_no_value)
{
    fake_make(&f, 29);
    f.sensors[4].wait = -1;
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "1", PROBE ",\"every\":1000}\n"));
    run_alive(3500);
    CHECK_STR(told("t"), "{\"p\":\"t\",\"v\":null,\"fault\":\"no_answer\",\"up\":0,\"cause\":\"sensor\"}]}");
    CHECK_INT(f.sensors[4].starts, 4);
}

TEST(a_port_that_promises_an_answer_in_an_hour_is_not_believed)
{
    REQUIRE(start(PROBE ",\"every\":1000}\n"));
    f.sensors[4].wait = 3600000;
    fake_run(&f, 1);
    for (int n = 0; n < 2; n++) {
        CHECK_INT(f.sensors[4].starts, n + 1);
        fake_run(&f, 9999);
        CHECK_INT(f.faults, n);
        fake_run(&f, 1001);
        CHECK_INT(f.faults, n + 1); /* it was read after ten seconds */
    }
}

TEST(a_true_85_degrees_is_believed_when_it_came_by_degrees)
{
    REQUIRE(start(PROBE ",\"every\":1000}\n"));
    fake_ds18b20(&f, 4, 16 * 83);
    run_alive(1900);
    fake_ds18b20(&f, 4, 16 * 85);
    run_alive(1000);
    CHECK(strstr(told("t"), "\"v\":85000,\"up\"") != NULL);
}

TEST(offset_comes_before_what_is_plausible)
{
    static const struct {
        int sixteenths;
        const char *want;
    } rows[] = {{16 * 20, "\"v\":18500,"},           {16 * 31 + 8, "\"v\":30000,"},
                {16 * 31 + 9, "\"fault\":\"range\""}, {24, "\"v\":0,"},
                {23, "\"fault\":\"range\""}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d", rows[i].sixteenths);
        REQUIRE(start(PROBE ",\"every\":1000,\"offset\":-1500,\"low\":0,\"high\":30000}\n"));
        fake_ds18b20(&f, 4, rows[i].sixteenths);
        run_alive(900);
        CHECK(strstr(told("t"), rows[i].want) != NULL);
    }
}

TEST(every_type_reaches_its_place_and_is_told_in_its_unit)
{
    REQUIRE(start("{\"kind\":\"board\",\"sda\":21,\"scl\":22}\n"
                  "{\"kind\":\"sensor\",\"point\":\"gpio5\",\"type\":\"dht22\",\"pin\":5}\n"
                  "{\"kind\":\"sensor\",\"point\":\"i2c-44\",\"type\":\"sht3x\",\"addr\":68}\n"
                  "{\"kind\":\"sensor\",\"point\":\"gpio32\",\"type\":\"ntc\",\"pin\":32,\"beta\":3950,"
                  "\"r25\":10000,\"series\":10000}\n"
                  "{\"kind\":\"sensor\",\"point\":\"gpio34\",\"type\":\"analog\",\"pin\":34}\n"
                  "{\"kind\":\"sensor\",\"point\":\"gpio35\",\"type\":\"pulse\",\"pin\":35}\n"));
    CHECK_INT(f.sda, 21);
    CHECK_INT(f.scl, 22);
    fake_dht22(&f, 5, -101, 652);
    fake_sht3x(&f, 0x44, 0x6666, 0x8000);
    fake_millivolts(&f, 32, 1650);
    fake_millivolts(&f, 34, 1234);
    fake_count(&f, 35, 4000000000u);
    fake_clear(&f);
    run_alive(100);
    const char *text = fake_wait(&f, "\"t\":\"state\"");
    CHECK(strstr(text, "{\"p\":\"gpio5\",\"v\":-10100,\"h\":65200,\"up\":") != NULL);
    CHECK(strstr(text, "{\"p\":\"i2c-44\",\"v\":25000,\"h\":50001,\"up\":") != NULL);
    CHECK(strstr(text, "{\"p\":\"gpio32\",\"v\":25000,\"up\":") != NULL);
    CHECK(strstr(text, "{\"p\":\"gpio34\",\"v\":1234,\"up\":") != NULL);
    CHECK(strstr(text, "{\"p\":\"gpio35\",\"v\":4000000000,\"up\":") != NULL);
    CHECK_INT(fake_point(&f, "gpio5").reading, -10100);
    CHECK(fake_point(&f, "gpio5").measured);
    CHECK(!fake_point(&f, "gpio5").on);
    REQUIRE(fake_configure(&f, conn, "2", ""));
    for (int pin = 0; pin < FAKE_PINS; pin++)
        CHECK_INT(f.pins[pin].mode, FAKE_FREE);
    CHECK_INT(f.sda, HOB_NO_PIN);
    CHECK_INT(f.faults, 0);
}

static void feed(const char *value, uint64_t age, uint64_t until)
{
    (void)fake_say(&f, conn, "{\"t\":\"feed\",\"point\":\"fed-1a2b3c4d\",\"v\":%s,\"age\":%lu,\"until\":%lu}",
                   value, (unsigned long)age, (unsigned long)until);
}

TEST(a_fed_sensor_has_the_age_of_its_source)
{
    REQUIRE(start(FED));
    run_alive(9000);
    (void)told("fed-1a2b3c4d");
    feed("21437", 1200, f.now);
    CHECK_STR(told("fed-1a2b3c4d"),
              "{\"p\":\"fed-1a2b3c4d\",\"v\":21437,\"up\":7800,\"cause\":\"sensor\"}]}");
    /* Older than what it has, too late, nothing, and what nobody measures. */
    feed("20000", 1201, f.now);
    feed("20000", 0, f.now - 1);
    feed("null", 0, f.now);
    CHECK_STR(told("fed-1a2b3c4d"), "");
    feed("9007199254740991", 0, f.now);
    CHECK(strstr(told("fed-1a2b3c4d"), "\"v\":21437,\"fault\":\"range\",\"up\":7800") != NULL);
    feed("21438", 1200, f.now);
    CHECK(strstr(told("fed-1a2b3c4d"), "\"v\":21438,\"up\":7800") != NULL);
}

TEST(a_value_from_before_the_boot_keeps_its_age)
{
    REQUIRE(start(FED));
    run_alive(5000);
    feed("21437", 65000, f.now);
    CHECK(strstr(told("fed-1a2b3c4d"), "\"v\":21437,\"up\":0,") != NULL);
    CHECK_INT(f.board.points[0].sensor.sampled, -60000);
    feed("21000", 65001, f.now);
    CHECK_STR(told("fed-1a2b3c4d"), "");
}

TEST(only_fed_sensors_are_fed)
{
    REQUIRE(start(PROBE "}\n{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"));
    run_alive(2000);
    fake_clear(&f);
    (void)fake_say(&f, conn, "{\"t\":\"feed\",\"point\":\"t\",\"v\":1,\"age\":0,\"until\":99999}");
    (void)fake_say(&f, conn, "{\"t\":\"feed\",\"point\":\"r\",\"v\":1,\"age\":0,\"until\":99999}");
    (void)fake_say(&f, conn, "{\"t\":\"feed\",\"point\":\"x\",\"v\":1,\"age\":0,\"until\":99999}");
    (void)fake_say(&f, conn, "{\"t\":\"feed\",\"point\":\"\",\"v\":1,\"age\":0,\"until\":99999}");
    CHECK_STR(fake_hear(&f), "");
    CHECK(f.peers[conn].open);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"t\",\"do\":\"on\",\"until\":99999}");
    CHECK(strstr(fake_hear(&f), "wrong_kind") != NULL);
}

TEST(what_is_wrong_is_said_with_path_and_code)
{
    static const struct {
        const char *members; /* of a sensor */
        const char *path;
        const char *code;
    } rows[] = {
        {"\"pin\":4", "type", "missing"},
        {"\"type\":\"lm75\",\"pin\":4", "type", "bad_value"},
        {"\"type\":\"ds18b20\"", "pin", "missing"},
        {"\"type\":\"ds18b20\",\"pin\":34", "pin", "pin_input_only"},
        {"\"type\":\"dht22\",\"pin\":24", "pin", "pin_absent"},
        {"\"type\":\"ds18b20\",\"pin\":16", "pin", "pin_taken"},
        {"\"type\":\"analog\",\"pin\":4", "pin", "pin_no_adc"},
        {"\"type\":\"ntc\",\"pin\":27,\"beta\":3950,\"r25\":1,\"series\":1", "pin", "pin_no_adc"},
        {"\"type\":\"ntc\",\"pin\":32,\"r25\":1,\"series\":1", "beta", "missing"},
        {"\"type\":\"ntc\",\"pin\":32,\"beta\":499,\"r25\":1,\"series\":1", "beta", "bad_value"},
        {"\"type\":\"ntc\",\"pin\":32,\"beta\":500,\"r25\":0,\"series\":1", "r25", "bad_value"},
        {"\"type\":\"ntc\",\"pin\":32,\"beta\":500,\"r25\":1,\"series\":10000001", "series", "bad_value"},
        {"\"type\":\"ds18b20\",\"pin\":4,\"every\":999", "every", "bad_value"},
        {"\"type\":\"ds18b20\",\"pin\":4,\"every\":3600001", "every", "bad_value"},
        {"\"type\":\"ds18b20\",\"pin\":4,\"low\":-55001", "low", "bad_value"},
        {"\"type\":\"ds18b20\",\"pin\":4,\"high\":20.5", "high", "bad_value"},
        {"\"type\":\"fed\",\"low\":2,\"high\":1", "high", "bad_value"},
        {"\"type\":\"sht3x\",\"addr\":67", "addr", "bad_value"},
        {"\"type\":\"sht3x\",\"addr\":68", "addr", "missing"}, /* there is no bus */
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[300];
        char want[80];
        test_row("%s", rows[i].members);
        (void)snprintf(items, sizeof items, "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"
                       "{\"kind\":\"sensor\",\"point\":\"s\",%s}\n", rows[i].members);
        CHECK(!start(items));
        (void)snprintf(want, sizeof want, "\"path\":\"items[1].%s\",\"code\":\"%s\"", rows[i].path,
                       rows[i].code);
        CHECK(strstr(fake_last(&f), want) != NULL);
    }
}

TEST(a_bus_needs_both_pins_and_different_addresses)
{
    static const struct {
        const char *items;
        const char *want; /* NULL: it fits */
    } rows[] = {
        {"{\"kind\":\"board\",\"sda\":21}\n", "\"path\":\"items[0].scl\",\"code\":\"missing\""},
        {"{\"kind\":\"board\",\"scl\":21}\n", "\"path\":\"items[0].sda\",\"code\":\"missing\""},
        {"{\"kind\":\"board\",\"sda\":34,\"scl\":21}\n", "\"code\":\"pin_input_only\""},
        {"{\"kind\":\"board\",\"sda\":21,\"scl\":21}\n", "\"code\":\"pin_taken\""},
        {"{\"kind\":\"sensor\",\"point\":\"a\",\"type\":\"sht3x\",\"addr\":68}\n"
         "{\"kind\":\"sensor\",\"point\":\"b\",\"type\":\"sht3x\",\"addr\":68}\n"
         "{\"kind\":\"board\",\"sda\":21,\"scl\":22}\n",
         "\"path\":\"items[1].addr\",\"code\":\"bad_value\""},
        {"{\"kind\":\"sensor\",\"point\":\"a\",\"type\":\"sht3x\",\"addr\":68}\n"
         "{\"kind\":\"sensor\",\"point\":\"b\",\"type\":\"sht3x\",\"addr\":69}\n"
         "{\"kind\":\"board\",\"sda\":21,\"scl\":22}\n", NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d", (int)i);
        CHECK_INT(start(rows[i].items), rows[i].want == NULL);
        if (rows[i].want != NULL)
            CHECK(strstr(fake_last(&f), rows[i].want) != NULL);
    }
}

TEST(a_reload_leaves_an_unchanged_sensor_alone)
{
    static const struct {
        const char *after;
        bool kept; /* its reading */
        int starts;
    } rows[] = {
        {PROBE ",\"every\":5000}\n{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n", true, 1},
        {PROBE ",\"every\":5000,\"low\":-55000}\n", true, 1}, /* equal in meaning */
        {PROBE ",\"every\":9000}\n", true, 2},
        {PROBE ",\"every\":5000,\"offset\":100}\n", true, 2},
        {"{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"dht22\",\"pin\":4}\n", false, 2},
        {"{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":5}\n", false, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d", (int)i);
        REQUIRE(start(PROBE ",\"every\":5000}\n"));
        fake_run(&f, 1000);
        REQUIRE(fake_configure(&f, conn, "2", rows[i].after));
        CHECK_INT(fake_point(&f, "t").measured, rows[i].kept);
        fake_run(&f, 1000);
        CHECK_INT(f.sensors[4].starts, rows[i].starts);
        CHECK_INT(f.faults, 0);
    }
}

TEST(a_bus_that_moves_takes_its_sensors_along)
{
    static const char before[] = "{\"kind\":\"board\",\"sda\":21,\"scl\":22}\n"
                                 "{\"kind\":\"sensor\",\"point\":\"a\",\"type\":\"sht3x\",\"addr\":68}\n"
                                 "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":23}\n";
    static const char after[] = "{\"kind\":\"board\",\"sda\":23,\"scl\":21}\n"
                                "{\"kind\":\"sensor\",\"point\":\"a\",\"type\":\"sht3x\",\"addr\":68}\n"
                                "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":22}\n";
    REQUIRE(start(before));
    fake_sht3x(&f, 0x44, 0x6666, 0x8000);
    run_alive(100);
    REQUIRE(fake_configure(&f, conn, "2", after));
    CHECK(!fake_point(&f, "a").measured);
    CHECK_INT(f.sda, 23);
    CHECK_INT(f.scl, 21);
    run_alive(100);
    CHECK_INT(fake_point(&f, "a").reading, 25000);
    CHECK_INT(f.faults, 0);
}

TEST(a_boot_opens_and_samples_again)
{
    REQUIRE(start(PROBE "}\n"));
    fake_run(&f, 1000);
    (void)fake_boot(&f);
    CHECK(!fake_point(&f, "t").measured);
    fake_run(&f, 1000);
    CHECK_INT(fake_point(&f, "t").reading, 21000);
    f.pins_broken = true;
    (void)fake_boot(&f);
    CHECK_INT(f.logged[HOB_LOG_PIN], 1);
    CHECK_INT(f.faults, 0);
}

int main(void)
{
    RUN(a_sensor_is_sampled_at_once_and_then_in_its_period);
    RUN(equal_values_are_told_too_since_they_are_fresh);
    RUN(a_board_that_was_busy_samples_once_and_not_for_all_it_missed);
    RUN(a_message_never_waits_for_a_sensor);
    RUN(a_failed_sample_tells_its_fault_once_and_keeps_the_value);
    RUN(a_sensor_that_does_not_start_has_no_value);
    RUN(a_port_that_promises_an_answer_in_an_hour_is_not_believed);
    RUN(a_true_85_degrees_is_believed_when_it_came_by_degrees);
    RUN(offset_comes_before_what_is_plausible);
    RUN(every_type_reaches_its_place_and_is_told_in_its_unit);
    RUN(a_fed_sensor_has_the_age_of_its_source);
    RUN(a_value_from_before_the_boot_keeps_its_age);
    RUN(only_fed_sensors_are_fed);
    RUN(what_is_wrong_is_said_with_path_and_code);
    RUN(a_bus_needs_both_pins_and_different_addresses);
    RUN(a_reload_leaves_an_unchanged_sensor_alone);
    RUN(a_bus_that_moves_takes_its_sensors_along);
    RUN(a_boot_opens_and_samples_again);
    return test_end("sensors");
}
