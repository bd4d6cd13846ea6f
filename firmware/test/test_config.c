/*
 * Configurations: what is refused and why, and that only differences are touched.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;

static void start(void)
{
    fake_make(&f, 19);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    fake_clear(&f);
}

#define RELAY "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"

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

/* The code of the answer to a commit, "configured" if it was accepted. */
static const char *answer(void)
{
    static char code[32];
    const char *text = fake_wait(&f, "\"t\":\"config");
    const char *at = strstr(text, "\"code\":\"");
    if (at == NULL)
        return strstr(text, "\"configured\"") != NULL ? "configured" : "";
    (void)snprintf(code, sizeof code, "%.*s", (int)strcspn(at + 8, "\""), at + 8);
    return code;
}

static void begin(int items)
{
    (void)fake_say(&f, conn, "{\"t\":\"config_begin\",\"rev\":\"a\",\"items\":%d,\"sha256\":\"%064d\"}",
                   items, 0);
}

static void item(int n)
{
    (void)fake_say(&f, conn,
                   "{\"t\":\"config_item\",\"n\":%d,\"item\":{\"kind\":\"relay\",\"point\":"
                   "\"p%d\",\"pin\":16}}",
                   n, n);
}

static void commit(const char *rev)
{
    (void)fake_say(&f, conn, "{\"t\":\"config_commit\",\"rev\":\"%s\"}", rev);
}

TEST(parts_that_do_not_fit_together_are_refused_at_the_commit)
{
    start();
    commit("a");
    CHECK_STR(answer(), "missing");
    begin(1);
    item(0);
    commit("b");
    CHECK_STR(answer(), "missing");
    begin(2);
    item(0);
    commit("a");
    CHECK_STR(answer(), "missing");
    begin(2);
    item(0);
    item(0);
    commit("a");
    CHECK_STR(answer(), "bad_item");
    begin(1);
    item(0);
    item(1);
    commit("a");
    CHECK_STR(answer(), "bad_item");
    begin(1);
    item(0);
    commit("a");
    CHECK_STR(answer(), "hash_mismatch");
    begin(HOB_MAX_ITEMS + 1);
    commit("a");
    CHECK_STR(answer(), "too_many");
    /* Each is answered once, and the next one begins afresh. */
    CHECK(fake_configure(&f, conn, "c", RELAY));
}

TEST(a_new_begin_throws_away_what_was_unfinished)
{
    start();
    begin(5);
    item(0);
    CHECK(fake_configure(&f, conn, "c", RELAY));
}

TEST(other_frames_may_come_between)
{
    start();
    begin(1);
    (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    item(0);
    (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":2}");
    commit("a");
    CHECK(strstr(fake_hear(&f), "pong") != NULL);
    CHECK(strstr(fake_hear(&f), "pong") != NULL);
    CHECK_STR(answer(), "hash_mismatch");
}

TEST(a_session_that_ends_takes_an_unfinished_configuration_with_it)
{
    start();
    begin(1);
    item(0);
    conn = fake_session(&f, fake_key);
    fake_clear(&f);
    commit("a");
    CHECK_STR(answer(), "missing");
}

TEST(a_configuration_beyond_its_size_is_refused)
{
    static char items[8 * 4200];
    size_t n = 0;
    start();
    for (int i = 0; i < 4; i++) {
        n += (size_t)snprintf(items + n, sizeof items - n,
                              "{\"kind\":\"relay\",\"point\":\"p%d\",\"pin\":%d,\"x\":\"%0*d\"}\n", i,
                              16 + i, 3500, 0);
    }
    CHECK(!fake_configure(&f, conn, "1", items));
    CHECK(strstr(fake_last(&f), "\"code\":\"too_large\"") != NULL);
    /* Three of them fit, unknown members and all. */
    *(strchr(strchr(strchr(items, '\n') + 1, '\n') + 1, '\n') + 1) = '\0';
    CHECK(fake_configure(&f, conn, "2", items));
}

TEST(an_item_may_have_line_ends_of_its_own)
{
    static const char item_text[] = "{\n\t\"kind\":\"relay\",\r\n\"point\":\"r\",\"pin\":16\n}";
    struct hob_sha256 s;
    uint8_t hash[HOB_HASH_LEN];
    char hex[65];
    start();
    (void)f.crypto.sha256_start(f.crypto.ctx, &s);
    (void)f.crypto.sha256_update(f.crypto.ctx, &s, (const uint8_t *)item_text, sizeof item_text - 1);
    (void)f.crypto.sha256_update(f.crypto.ctx, &s, (const uint8_t *)"\n", 1);
    (void)f.crypto.sha256_finish(f.crypto.ctx, &s, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    (void)fake_say(&f, conn, "{\"t\":\"config_begin\",\"rev\":\"a\",\"items\":1,\"sha256\":\"%s\"}",
                   hex);
    (void)fake_say(&f, conn, "{\"t\":\"config_item\",\"n\":0, \"item\" : %s }", item_text);
    commit("a");
    CHECK_STR(answer(), "configured");
    (void)fake_boot(&f);
    CHECK_STR(f.board.rev, "a");
    CHECK(f.pins[16].mode == FAKE_OUTPUT);
}

TEST(a_chip_has_so_many_channels_and_no_more)
{
    static char items[2000];
    size_t n = 0;
    fake_make(&f, 19);
    f.options.chip = "esp32c3";
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    for (int i = 0; i < 6; i++)
        n += (size_t)snprintf(items + n, sizeof items - n,
                              "{\"kind\":\"pwm\",\"point\":\"p%d\",\"pin\":%d}\n", i, i);
    CHECK(fake_configure(&f, conn, "1", items));
    (void)snprintf(items + n, sizeof items - n, "{\"kind\":\"pwm\",\"point\":\"x\",\"pin\":6}\n");
    CHECK(!fake_configure(&f, conn, "2", items));
}

/* A head and count items: before, a number, between, another one, and the end. */
static void fill(char *items, size_t cap, const char *head, const char *const form[3], int count)
{
    size_t n = (size_t)snprintf(items, cap, "%s", head);
    for (int i = 0; i < count; i++)
        n += (size_t)snprintf(items + n, cap - n, "%s%d%s%d%s\n", form[0], i, form[1], i + 12,
                              form[2]);
}

TEST(a_board_has_so_many_bindings_and_strips_and_no_more)
{
    static char items[12000];
    static const char head[] =
        RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":32,\"role\":\"button\"}\n";
    static const char *const binding[] = {
        ("{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"r\","
         "\"do\":\"toggle\",\"x\":["),
        ",", "]}"};
    static const char *const strip[] = {"{\"kind\":\"ws2812\",\"point\":\"s", "\",\"pin\":",
                                        ",\"count\":1}"};
    start();
    fill(items, sizeof items, head, binding, HOB_MAX_BINDINGS);
    CHECK(fake_configure(&f, conn, "1", items));
    fill(items, sizeof items, head, binding, HOB_MAX_BINDINGS + 1);
    CHECK(!fake_configure(&f, conn, "2", items));
    CHECK(strstr(fake_last(&f), "\"path\":\"items[50]\",\"code\":\"too_many\"") != NULL);
    fill(items, sizeof items, "", strip, 8);
    CHECK(fake_configure(&f, conn, "3", items));
    fill(items, sizeof items,
         "{\"kind\":\"ws2812\",\"point\":\"x\",\"pin\":21,\"count\":1}\n", strip, 8);
    CHECK(!fake_configure(&f, conn, "4", items));
    CHECK(strstr(fake_last(&f), "\"path\":\"items[8]\",\"code\":\"too_many\"") != NULL);
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

TEST(a_waiting_command_whose_group_changes_is_cancelled)
{
    static const char *const after[] = {
        /* Its own group is another; it is gone; it is as it was. */
        "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"interlock\":\"h\","
        "\"interlock_wait\":500}\n",
        "", "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"interlock\":\"g\","
            "\"interlock_wait\":500}\n"};
    for (size_t i = 0; i < COUNT(after); i++) {
        char items[400];
        static const char a[] = "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16,"
                                "\"interlock\":\"g\",\"interlock_wait\":500}\n";
        test_row("%d", (int)i);
        start();
        (void)snprintf(items, sizeof items, "%s%s", a, after[2]);
        REQUIRE(fake_configure(&f, conn, "1", items));
        fake_run(&f, 1000);
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":1,\"point\":\"a\",\"do\":\"on\",\"until\":9999}");
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":2,\"point\":\"b\",\"do\":\"on\",\"until\":9999}");
        (void)snprintf(items, sizeof items, "%s%s", a, after[i]);
        REQUIRE(fake_configure(&f, conn, "2", items));
        fake_run(&f, 1000);
        const char *result = fake_wait(&f, "\"id\":2,");
        CHECK(strstr(result, i < 2 ? "cancelled" : "done") != NULL);
        CHECK_INT(fake_level(&f, 17), i == 2);
        CHECK_INT(f.faults, 0);
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

/* ---- differences ---- */

/* A watched relay on pin 16, on, with every timer running; change moves another. */
static const char watched[] =
    "{\"kind\":\"relay\",\"point\":\"w\",\"pin\":16,\"off_after\":9000,\"max_on\":8000,"
    "\"lease\":7000}\n";

static void say_on(const char *point, int id)
{
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"do\":\"on\",\"until\":99999}", id,
                   point);
}

TEST(an_unaffected_output_keeps_level_timers_and_lease)
{
    static const struct {
        const char *before;
        const char *after;
        const char *watched; /* how its own item reads afterwards; NULL: the same bytes */
    } rows[] = {
        {"", "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n", "", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":18}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"pwm\",\"point\":\"q\",\"pin\":17}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"inverted\":true}\n", NULL},
        {"{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n",
         "{\"kind\":\"relay\",\"point\":\"z\",\"pin\":17}\n", NULL},
        {"{\"kind\":\"board\",\"status_led\":2}\n", "", NULL},
        {"", "{\"kind\":\"board\",\"status_led\":2}\n", NULL},
        {"{\"kind\":\"input\",\"point\":\"i\",\"pin\":33,\"role\":\"button\"}\n",
         "{\"kind\":\"input\",\"point\":\"i\",\"pin\":33,\"role\":\"button\"}\n"
         "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"w\",\"do\":\"off\"}\n",
         NULL},
        /* The same in meaning: order, white space, defaults spelled out. */
        {"", "",
         "{ \"max_on\":8000 , \"pin\":16,\"lease\":7000,\"point\":\"w\",\"inverted\":false,"
         "\"off_after\":9000,\"kind\":\"relay\",\"boot\":\"off\",\"interlock_wait\":0}\n"},
        /* Limits that are not reached. */
        {"", "",
         "{\"kind\":\"relay\",\"point\":\"w\",\"pin\":16,\"off_after\":9000,\"max_on\":8000,"
         "\"lease\":7000,\"boot\":\"on\",\"interlock\":\"g\",\"interlock_wait\":100}\n"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[800];
        test_row("%d", (int)i);
        start();
        (void)snprintf(items, sizeof items, "%s%s", rows[i].before, watched);
        REQUIRE(fake_configure(&f, conn, "1", items));
        say_on("w", 1);
        fake_run(&f, 1000);
        fake_clear(&f);
        const char *own = rows[i].watched != NULL ? rows[i].watched : watched;
        (void)snprintf(items, sizeof items, "%s%s", own, rows[i].after);
        REQUIRE(fake_configure(&f, conn, "2", items));
        CHECK_INT(fake_edges(&f, 16), 0);
        CHECK(fake_level(&f, 16));
        CHECK_INT(fake_point(&f, "w").up, 0);
        CHECK_STR(fake_point(&f, "w").cause, "command");
        /* The lease that began at 0 is the first to end. */
        fake_run(&f, 5999);
        CHECK(fake_level(&f, 16));
        fake_run(&f, 1);
        CHECK(!fake_level(&f, 16));
        CHECK_INT(f.faults, 0);
    }
}

TEST(what_a_change_does_to_the_output_itself)
{
    static const struct {
        const char *before;
        const char *after;
        const char *edges; /* o open, w write, r release, in order, on pin 16 */
        bool on;           /* afterwards */
    } rows[] = {
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"inverted\":true", "wro",
         false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":17", "wr", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"pwm\",\"pin\":16", "wro", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":17,\"boot\":\"on\"", "wr", true},
        {"\"kind\":\"relay\",\"pin\":16,\"boot\":\"restore\"",
         "\"kind\":\"relay\",\"pin\":17,\"boot\":\"restore\"", "wr", true},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"max_on\":500", "w", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"max_on\":5000", "", true},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"off_after\":900", "w", false},
        {"\"kind\":\"relay\",\"pin\":16", "\"kind\":\"relay\",\"pin\":16,\"lease\":500", "", true},
        {"\"kind\":\"relay\",\"pin\":16,\"lease\":900", "\"kind\":\"relay\",\"pin\":16", "w", false},
        {"\"kind\":\"pwm\",\"pin\":16", "\"kind\":\"pwm\",\"pin\":16,\"freq\":200", "o", true},
        {"\"kind\":\"pwm\",\"pin\":16", "\"kind\":\"pwm\",\"pin\":16,\"fade\":200", "", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[200];
        char edges[16] = "";
        test_row("%d: %s", (int)i, rows[i].after);
        start();
        (void)snprintf(items, sizeof items, "{\"point\":\"w\",%s}\n", rows[i].before);
        REQUIRE(fake_configure(&f, conn, "1", items));
        say_on("w", 1);
        fake_clear(&f);
        fake_run(&f, 1000);
        (void)snprintf(items, sizeof items, "{\"point\":\"w\",%s}\n", rows[i].after);
        REQUIRE(fake_configure(&f, conn, "2", items));
        fake_run(&f, 1);
        for (int e = 0, n = 0; e < f.edge_count; e++) {
            if (f.edges[e].pin == 16) {
                edges[n++] = "owr"[f.edges[e].act];
                edges[n] = '\0';
            }
        }
        CHECK_STR(edges, rows[i].edges);
        CHECK_INT(fake_point(&f, "w").on, rows[i].on);
        CHECK_INT(f.faults, 0);
    }
}

TEST(two_outputs_may_swap_their_pins)
{
    start();
    REQUIRE(fake_configure(&f, conn, "1",
                           "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16}\n"
                           "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17}\n"
                           "{\"kind\":\"board\",\"status_led\":18}\n"));
    REQUIRE(fake_configure(&f, conn, "2",
                           "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":17}\n"
                           "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":18}\n"
                           "{\"kind\":\"board\",\"status_led\":16}\n"));
    say_on("a", 1);
    CHECK(fake_level(&f, 17));
    CHECK(!fake_level(&f, 18));
    CHECK_INT(f.faults, 0);
}

TEST(an_unchanged_input_keeps_its_state_and_a_new_one_makes_no_event)
{
    start();
    f.pins[32].outside = f.pins[33].outside = true;
    REQUIRE(fake_configure(&f, conn, "1",
                           "{\"kind\":\"input\",\"point\":\"a\",\"pin\":32,\"role\":\"button\"}\n"));
    fake_run(&f, 1000);
    fake_clear(&f);
    REQUIRE(fake_configure(&f, conn, "2",
                           "{\"kind\":\"input\",\"point\":\"b\",\"pin\":33,\"role\":\"button\"}\n"
                           "{\"kind\":\"input\",\"point\":\"a\",\"pin\":32,\"role\":\"button\"}\n"));
    fake_run(&f, 1000);
    CHECK_STR(fake_wait(&f, "\"t\":\"event\""), "");
    CHECK_INT(fake_edges(&f, 32), 0);
    CHECK_INT(fake_point(&f, "a").up, 0);
    CHECK(fake_point(&f, "b").on);
}

TEST(a_button_that_goes_leaves_no_trace_in_what_it_did)
{
    start();
    REQUIRE(fake_configure(&f, conn, "1", RELAY
                           "{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\"}\n"
                           "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\","
                           "\"target\":\"r\",\"do\":\"on\"}\n"));
    fake_run(&f, 100);
    fake_set(&f, 32, true);
    fake_run(&f, 30);
    CHECK_STR(fake_point(&f, "r").cause, "binding");
    fake_clear(&f);
    REQUIRE(fake_configure(&f, conn, "2", RELAY));
    CHECK(strstr(fake_hear(&f), "{\"p\":\"r\",\"v\":true,\"up\":130,\"cause\":\"config\"}") != NULL);
    CHECK_INT(fake_edges(&f, 16), 0);
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

/* Any configuration after any other: pins end up as a fresh board has them. */
TEST(the_way_to_a_configuration_does_not_matter)
{
    static const char *const parts[] = {
        "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16}\n",
        "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":17}\n",
        "{\"kind\":\"pwm\",\"point\":\"a\",\"pin\":16}\n",
        "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":18,\"inverted\":true}\n",
        "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":18}\n",
        "{\"kind\":\"input\",\"point\":\"c\",\"pin\":19,\"role\":\"button\"}\n",
        "{\"kind\":\"relay\",\"point\":\"c\",\"pin\":19}\n",
        "{\"kind\":\"ws2812\",\"point\":\"d\",\"pin\":21,\"count\":5}\n",
        "{\"kind\":\"ws2812\",\"point\":\"d\",\"pin\":21,\"count\":6}\n",
        "{\"kind\":\"board\",\"status_led\":22}\n",
    };
    static const uint8_t taken[] = {0, 0, 0, 3, 3, 5, 5, 7, 7, 9}; /* which exclude each other */
    uint32_t seed = 31;
    static struct fake_board fresh;
    start();
    for (int round = 0; round < 60; round++) {
        char items[800] = "";
        unsigned used = 0;
        for (int n = 0; n < 8; n++) {
            uint32_t r = test_random(&seed) % COUNT(parts);
            unsigned bit = 1u << taken[r];
            if ((used & bit) == 0)
                strcat(items, parts[r]);
            used |= bit;
        }
        test_row("%d: %s", round, items);
        REQUIRE(fake_configure(&f, conn, "1", items));
        fake_clear(&f);
        fake_make(&fresh, 23);
        (void)fake_boot(&fresh);
        int other = fake_adopted(&fresh);
        REQUIRE(fake_configure(&fresh, other, "1", items));
        for (int pin = 0; pin < FAKE_PINS; pin++) {
            CHECK_INT(f.pins[pin].mode, fresh.pins[pin].mode);
            if (f.pins[pin].mode == FAKE_OUTPUT && pin != 22)
                CHECK_INT(f.pins[pin].level, fresh.pins[pin].level);
        }
        CHECK_INT(f.faults, 0);
    }
}

int main(void)
{
    RUN(a_configuration_is_answered_with_its_state);
    RUN(an_empty_configuration_is_one_too);
    RUN(what_is_wrong_is_said_with_path_and_code);
    RUN(parts_that_do_not_fit_together_are_refused_at_the_commit);
    RUN(a_new_begin_throws_away_what_was_unfinished);
    RUN(other_frames_may_come_between);
    RUN(a_session_that_ends_takes_an_unfinished_configuration_with_it);
    RUN(a_configuration_beyond_its_size_is_refused);
    RUN(an_item_may_have_line_ends_of_its_own);
    RUN(a_chip_has_so_many_channels_and_no_more);
    RUN(a_board_has_so_many_bindings_and_strips_and_no_more);
    RUN(a_pin_that_cannot_be_set_up_is_logged_and_nothing_more);
    RUN(a_waiting_command_whose_group_changes_is_cancelled);
    RUN(a_configuration_that_cannot_be_stored_is_refused_and_changes_nothing);
    RUN(an_unaffected_output_keeps_level_timers_and_lease);
    RUN(what_a_change_does_to_the_output_itself);
    RUN(two_outputs_may_swap_their_pins);
    RUN(an_unchanged_input_keeps_its_state_and_a_new_one_makes_no_event);
    RUN(a_button_that_goes_leaves_no_trace_in_what_it_did);
    RUN(a_full_board_is_told_in_several_frames);
    RUN(the_way_to_a_configuration_does_not_matter);
    return test_end("config");
}
