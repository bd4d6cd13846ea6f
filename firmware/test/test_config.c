/*
 * Configurations: what is answered, and what is refused and why.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_config.h"

TEST(a_configuration_is_answered_with_its_state)
{
    start();
    REQUIRE(fake_configure(&f, conn, "5d41402abc4b2a76", RELAY));
    CHECK(strstr(fake_hear(&f), "\"points\":[{\"p\":\"r\",\"v\":false,\"up\":0,"
                                "\"cause\":\"config\"}]}") != NULL);
    CHECK_STR(fake_hear(&f), "");
    struct hob_status s;
    hob_get_status(&f.board, &s, f.now);
    CHECK_STR(s.config, "5d41402abc4b2a76");
    CHECK_INT(s.points, 1);
}

TEST(an_empty_configuration_is_one_too)
{
    start();
    REQUIRE(fake_configure(&f, conn, "1", RELAY));
    fake_clear(&f);
    REQUIRE(fake_configure(&f, conn, "2", ""));
    CHECK(strstr(fake_hear(&f), "\"points\":[]") != NULL);
    CHECK_INT(f.pins[16].mode, FAKE_FREE);
}

TEST(what_is_wrong_is_said_with_path_and_code)
{
    static const struct {
        const char *items;
        const char *path;
        const char *code;
    } rows[] = {
        {"{}\n", "items[0].kind", "missing"},
        {"{\"kind\":\"lamp\"}\n", "items[0].kind", "unknown_kind"},
        {"{\"kind\":\"\"}\n", "items[0].kind", "unknown_kind"},
        {"{\"kind\":7}\n", "items[0].kind", "unknown_kind"},
        {"{\"kind\":\"relay\",\"pin\":16}\n", "items[0].point", "missing"},
        {"{\"kind\":\"relay\",\"point\":\"r\"}\n", "items[0].pin", "missing"},
        {"{\"kind\":\"relay\",\"point\":\"R\",\"pin\":16}\n", "items[0].point", "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"\",\"pin\":16}\n", "items[0].point", "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"0123456789abcdef\",\"pin\":16}\n", "items[0].point",
         "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":\"16\"}\n", "items[0].pin", "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":-1}\n", "items[0].pin", "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16.0}\n", "items[0].pin", "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":20}\n", "items[0].pin", "pin_absent"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":200}\n", "items[0].pin", "pin_absent"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":6}\n", "items[0].pin", "pin_flash"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":34}\n", "items[0].pin", "pin_input_only"},
        {RELAY "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":16}\n", "items[1].pin", "pin_taken"},
        {RELAY "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":17}\n", "items[1].point",
         "duplicate_point"},
        {RELAY "{\"kind\":\"board\",\"status_led\":16}\n", "items[1].status_led", "pin_taken"},
        {"{\"kind\":\"board\",\"status_led\":35}\n", "items[0].status_led", "pin_input_only"},
        {"{\"kind\":\"board\"}\n{\"kind\":\"board\"}\n", "items[1]", "too_many"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"maybe\"}\n", "items[0].boot",
         "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"inverted\":1}\n", "items[0].inverted",
         "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"lease\":-5}\n", "items[0].lease",
         "bad_value"},
        {"{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"interlock\":\"A\"}\n",
         "items[0].interlock", "bad_value"},
        {"{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":16,\"min\":1001}\n", "items[0].min",
         "bad_value"},
        {"{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":16,\"freq\":0}\n", "items[0].freq",
         "bad_value"},
        {"{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":16,\"gamma\":499}\n", "items[0].gamma",
         "bad_value"},
        {"{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":16}\n", "items[0].count", "missing"},
        {"{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":16,\"count\":1025}\n", "items[0].count",
         "bad_value"},
        {"{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":16,\"count\":5,\"order\":\"rgg\"}\n",
         "items[0].order", "bad_value"},
        {"{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":16,\"count\":5,\"inverted\":true}\n",
         "items[0].inverted", "bad_value"},
        {"{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"pull\":\"up\",\"role\":\"contact\"}\n",
         "items[0].pull", "pin_no_pull"},
        {"{\"kind\":\"input\",\"point\":\"i\",\"pin\":34}\n", "items[0].role", "missing"},
        {"{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"sensor\"}\n", "items[0].role",
         "bad_value"},
        {RELAY "{\"kind\":\"binding\",\"point\":\"r\",\"on\":\"press\",\"target\":\"r\","
               "\"do\":\"on\"}\n",
         "items[1].point", "wrong_kind"},
        {RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"contact\"}\n"
               "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"r\","
               "\"do\":\"on\"}\n",
         "items[2].point", "wrong_kind"},
        {RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"button\"}\n"
               "{\"kind\":\"binding\",\"point\":\"j\",\"on\":\"press\",\"target\":\"r\","
               "\"do\":\"on\"}\n",
         "items[2].point", "unknown_point"},
        {RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"button\"}\n"
               "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"x\","
               "\"do\":\"on\"}\n",
         "items[2].target", "unknown_point"},
        {RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"button\"}\n"
               "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"i\","
               "\"do\":\"on\"}\n",
         "items[2].target", "wrong_kind"},
        {RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"button\"}\n"
               "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"r\","
               "\"do\":\"set\",\"level\":5}\n",
         "items[2].do", "wrong_kind"},
        {RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"button\"}\n"
               "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"double\",\"target\":\"r\","
               "\"do\":\"on\"}\n",
         "items[2].on", "bad_value"},
        {"{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":16}\n"
         "{\"kind\":\"input\",\"point\":\"i\",\"pin\":34,\"role\":\"button\"}\n"
         "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"l\","
         "\"do\":\"set\"}\n",
         "items[2].level", "missing"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char want[80];
        test_row("%d: %s", (int)i, rows[i].code);
        start();
        REQUIRE(fake_configure(&f, conn, "1", RELAY));
        fake_clear(&f);
        CHECK(!fake_configure(&f, conn, "2", rows[i].items));
        (void)snprintf(want, sizeof want, "\"path\":\"%s\",\"code\":\"%s\",\"message\":\"",
                       rows[i].path, rows[i].code);
        const char *text = fake_last(&f);
        CHECK(strstr(text, want) != NULL);
        CHECK(strstr(text, "\"rev\":\"2\"") != NULL);
        /* As if nothing had come. */
        CHECK_INT(f.edge_count, 0);
        CHECK(f.pins[16].mode == FAKE_OUTPUT);
        CHECK_STR(f.board.rev, "1");
    }
}

TEST(a_configuration_that_cannot_be_stored_is_refused_and_changes_nothing)
{
    start();
    REQUIRE(fake_configure(&f, conn, "1", RELAY));
    fake_clear(&f);
    f.full = true;
    CHECK(!fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n"));
    CHECK(strstr(fake_last(&f), "\"code\":\"storage\"") != NULL);
    CHECK_INT(f.edge_count, 0);
    f.full = false;
    (void)fake_boot(&f);
    CHECK_STR(f.board.rev, "1");
    CHECK(f.pins[16].mode == FAKE_OUTPUT);
}

TEST(a_pin_that_cannot_be_set_up_is_logged_and_nothing_more)
{
    start();
    f.pins_broken = true;
    CHECK(fake_configure(&f, conn, "1", RELAY
                         "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17}\n"
                         "{\"kind\":\"board\",\"status_led\":2}\n"
                         "{\"kind\":\"input\",\"point\":\"i\",\"pin\":32,\"role\":\"button\"}\n"));
    CHECK_INT(f.logged[HOB_LOG_PIN], 4);
    CHECK(fake_point(&f, "l").name[0] != '\0');
}

TEST(a_full_board_is_told_in_several_frames)
{
    static char items[8000];
    static const int pins[] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
                               20, 21, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48};
    size_t n = 0;
    fake_make(&f, 19);
    f.options.chip = "esp32s3";
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    for (size_t i = 0; i < COUNT(pins); i++)
        n += (size_t)snprintf(items + n, sizeof items - n,
                              "{\"kind\":\"relay\",\"point\":\"gpio%d-abcdefgh\",\"pin\":%d}\n",
                              pins[i], pins[i]);
    REQUIRE(fake_configure(&f, conn, "1", items));
    for (size_t i = 0; i < COUNT(pins); i++) {
        char name[HOB_NAME_SIZE];
        (void)snprintf(name, sizeof name, "gpio%d-abcdefgh", pins[i]);
        say_on(name, (int)i + 1);
        f.frame_first = f.frame_count = 0;
    }
    /* A day of uptime makes numbers longer. */
    f.now += 86400000;
    conn = fake_session(&f, fake_key);
    REQUIRE(conn >= 0);
    int told = 0;
    int frames = f.frame_count;
    while (f.frame_count > 0) {
        for (const char *p = fake_hear(&f); (p = strstr(p, "{\"p\":")) != NULL; p++)
            told++;
    }
    CHECK_INT(told, COUNT(pins));
    CHECK(frames >= 1);
    CHECK_INT(f.faults, 0);
}

int main(void)
{
    RUN(a_configuration_is_answered_with_its_state);
    RUN(an_empty_configuration_is_one_too);
    RUN(what_is_wrong_is_said_with_path_and_code);
    RUN(a_configuration_that_cannot_be_stored_is_refused_and_changes_nothing);
    RUN(a_pin_that_cannot_be_set_up_is_logged_and_nothing_more);
    RUN(a_full_board_is_told_in_several_frames);
    return test_end("config");
}
