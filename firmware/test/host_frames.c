/*
 * The vectors that Go reads too, internal/wire/testdata, with the real
 * cryptography.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "hob_frame.h"
#include "hob_keys.h"
#include "hob_psa.h"
#include "hob_report.h"
#include "host.h"
#include "test.h"

#define VECTORS "../../internal/wire/testdata/"

static struct hob_json frames;
static struct hob_json refused;
static struct hob_json settings;
static struct hob_json_token frame_tokens[4096];
static struct hob_json_token refused_tokens[4096];
static struct hob_json_token setting_tokens[1024];
static struct hob_json vectors; /* those that the test under way goes through */
static struct hob_psa psa;
static struct hob_crypto psa_crypto;
static struct fake_board f;

static bool load(struct hob_json *doc, const char *path, struct hob_json_token *tokens, size_t cap)
{
    size_t len = 0;
    char *text = host_read_file(path, &len);
    /* Freed with the process: the tokens point into it. */
    return hob_json_parse(doc, text, len, tokens, cap) > 0;
}

static int list(const char *name)
{
    return hob_json_first(&vectors, hob_json_find(&vectors, 0, name));
}

static int next(const char *name, int i)
{
    return hob_json_next(&vectors, hob_json_find(&vectors, 0, name), i);
}

/* A string member of vector i; its length in bytes, which may include NUL. */
static size_t member(int i, const char *name, char *out, size_t cap)
{
    int r = hob_json_copy(&vectors, hob_json_find(&vectors, i, name), out, cap);
    return r < 0 ? 0 : (size_t)r;
}

static bool from(int i, const char *who)
{
    return hob_json_equals(&vectors, hob_json_find(&vectors, i, "from"), who) == 1;
}

static int decode(const char *text, size_t len)
{
    static struct hob_json_token tokens[256];
    struct hob_frame frame;
    /* The length is checked where a message is decrypted. */
    if (len > HOB_MAX_FRAME)
        return HOB_ERR_TOO_LONG;
    return hob_frame_decode(&f.board, text, len, tokens, COUNT(tokens), &frame);
}

TEST(frames_that_go_calls_valid_are_understood)
{
    static char name[128];
    static char text[8192];
    int seen = 0;
    for (int i = list("valid"); i >= 0; i = next("valid", i)) {
        if (!from(i, "server"))
            continue;
        (void)member(i, "name", name, sizeof name);
        test_row("%s", name);
        size_t len = member(i, "frame", text, sizeof text);
        CHECK_INT(decode(text, len), HOB_OK);
        seen++;
    }
    CHECK(seen >= 20);
}

TEST(frames_that_go_calls_invalid_are_refused_for_the_same_reason)
{
    static char name[128];
    static char text[8192];
    char why[32];
    int seen = 0;
    for (int i = list("invalid"); i >= 0; i = next("invalid", i)) {
        if (!from(i, "server"))
            continue;
        (void)member(i, "name", name, sizeof name);
        (void)member(i, "why", why, sizeof why);
        test_row("%s", name);
        int copied = hob_json_copy(&vectors, hob_json_find(&vectors, i, "frame"), text, sizeof text);
        /* A vector with U+0000 cannot be copied as a C string: its NUL is put back. */
        size_t len = copied < 0 ? 0 : (size_t)copied;
        if (copied == HOB_ERR_VALUE) {
            static const char with_nul[] = "{\"t\":\"ping\",\"n\":7}";
            memcpy(text, with_nul, sizeof with_nul);
            len = sizeof with_nul;
        }
        CHECK_STR(hob_err_name(decode(text, len)), why);
        seen++;
    }
    CHECK(seen >= 60);
}

/* ---- what the board says, byte for byte ---- */

/* The frame of a vector by name, as a board sends it. */
static const char *golden(const char *name)
{
    static char text[8192];
    for (int i = list("valid"); i >= 0; i = next("valid", i)) {
        if (from(i, "board") &&
            hob_json_equals(&vectors, hob_json_find(&vectors, i, "name"), name) == 1) {
            (void)member(i, "frame", text, sizeof text);
            return text;
        }
    }
    return "no such vector";
}

/* A board in a session at uptime 9200, with the boot id of the vectors. */
static int speak(const char *items)
{
    fake_make(&f, 43);
    (void)fake_boot(&f);
    int conn = fake_adopted(&f);
    (void)fake_configure(&f, conn, "1", items);
    f.now = 9200;
    (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    memcpy(f.board.boot, "9f3c2a11", 9);
    fake_clear(&f);
    return conn;
}

#define HEARD(name) CHECK_STR(fake_hear(&f), golden(name))

TEST(hello_is_as_in_the_vectors)
{
    fake_make(&f, 43);
    (void)fake_boot(&f);
    (void)hob_set_key(&f.board, fake_key, 0);
    f.board.options.id = "hob-7c9ebd00aa11";
    f.options.id = "hob-7c9ebd00aa11";
    f.board.chip = hob_chip_find("esp32c3");
    f.board.options.reset = HOB_RESET_WATCHDOG;
    memcpy(f.board.boot, "00000000", 9);
    CHECK(fake_session(&f, fake_key) >= 0);
    HEARD("hello, no configuration");
}

TEST(hello_with_a_slot_is_as_in_the_vectors)
{
    fake_make(&f, 43);
    f.options.id = "hob-7c9ebd";
    f.options.slot = 2;
    f.options.reset = HOB_RESET_RESTART;
    f.images.on_trial = true;
    CHECK_INT(fake_boot(&f), HOB_OK);
    (void)hob_set_key(&f.board, fake_key, 0);
    f.now = 9200;
    memcpy(f.board.boot, "9f3c2a11", 9);
    CHECK(fake_session(&f, fake_key) >= 0);
    HEARD("hello of a firmware that says its slot");
}

TEST(a_slot_that_no_chip_has_is_refused)
{
    fake_make(&f, 43);
    f.options.slot = 17;
    CHECK_INT(fake_boot(&f), HOB_ERR_ARG);
}

TEST(hello_of_an_adoption_session_is_as_in_the_vectors)
{
    uint8_t key[HOB_KEY_LEN];
    fake_make(&f, 43);
    (void)fake_boot(&f);
    f.now = 8123;
    memcpy(f.board.boot, "9f3c2a11", 9);
    CHECK_INT(hob_keys_get(&f.board, HOB_KEY_ADOPTION, key), HOB_OK);
    int conn = fake_session(&f, key);
    HEARD("hello of an adoption session");
    f.now = 9200;
    (void)fake_say(&f, conn, "{\"t\":\"adopt\",\"key\":\"%032d%032d\"}", 1, 1);
    HEARD("adopted");
}

TEST(answers_are_as_in_the_vectors)
{
    int conn = speak("");
    f.now = 9123;
    f.board.now = 9123;
    (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":7}");
    HEARD("pong");
    f.now = 9200;
    (void)fake_say(&f, conn, "{\"t\":\"rotate\",\"key\":\"%032d%032d\"}", 1, 1);
    HEARD("rotated");
    (void)fake_say(&f, conn, "{\"t\":\"forget\"}");
    HEARD("forgotten");
}

TEST(configuration_answers_are_as_in_the_vectors)
{
    int conn = speak("");
    CHECK(fake_configure(&f, conn, "5d41402abc4b2a76", ""));
    CHECK_STR(fake_last(&f), golden("configured"));
    HEARD("state of nothing");
    CHECK(!fake_configure(&f, conn, "5d41402abc4b2a76",
                          "{\"kind\":\"relay\",\"point\":\"gpio16\",\"pin\":16}\n"
                          "{\"kind\":\"relay\",\"point\":\"gpio34\",\"pin\":34}\n"));
    CHECK_STR(fake_last(&f), golden("config_error"));
}

TEST(results_and_states_are_as_in_the_vectors)
{
    int conn = speak("{\"kind\":\"relay\",\"point\":\"gpio16\",\"pin\":16}\n");
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":17,\"point\":\"gpio16\",\"do\":\"on\",\"until\":9200}");
    HEARD("state by command");
    (void)fake_hear(&f);
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":19,\"point\":\"gpio16\",\"do\":\"on\",\"until\":1}");
    HEARD("result expired");
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":19,\"point\":\"gpio16\",\"do\":\"on\",\"until\":9200}");
    HEARD("result duplicate");
    conn = speak("{\"kind\":\"relay\",\"point\":\"gpio16\",\"pin\":16}\n");
    f.now = 9201;
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":17,\"point\":\"gpio16\",\"do\":\"off\",\"until\":9201}");
    HEARD("result done");
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":18,\"point\":\"gpio18\",\"do\":\"on\",\"until\":9201}");
    HEARD("result refused");
}

TEST(results_of_pulses_are_as_in_the_vectors)
{
    static const char *const pulse = "{\"t\":\"command\",\"id\":%d,\"point\":\"gpio16\",\"do\":"
                                     "\"pulse\",\"ms\":60,%s\"until\":9200}";
    int conn = speak("{\"kind\":\"relay\",\"point\":\"gpio16\",\"pin\":16}\n"
                     "{\"kind\":\"input\",\"point\":\"gpio32\",\"pin\":32,\"role\":\"contact\"}\n");
    (void)fake_say(&f, conn, pulse, 19, "\"gap\":9201,");
    HEARD("result of a pulse that was too soon");
    conn = speak("{\"kind\":\"relay\",\"point\":\"gpio16\",\"pin\":16}\n"
                 "{\"kind\":\"input\",\"point\":\"gpio32\",\"pin\":32,\"role\":\"contact\"}\n");
    (void)fake_say(&f, conn, pulse, 19, "\"pre\":[{\"point\":\"gpio32\",\"is\":true,\"age\":1}],");
    HEARD("result of a pulse with a condition that does not hold");
    conn = speak("{\"kind\":\"relay\",\"point\":\"gpio16\",\"pin\":16}\n");
    (void)fake_say(&f, conn, pulse, 19, "");
    (void)fake_hear(&f);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":20,\"point\":\"gpio16\",\"do\":\"off\","
                             "\"until\":9200}");
    (void)fake_hear(&f);
    HEARD("result of a pulse that was cut short");
}

TEST(warnings_are_as_in_the_vectors)
{
    static const char *const items =
        "{\"kind\":\"relay\",\"point\":\"gpio16\",\"pin\":16}\n"
        "{\"kind\":\"relay\",\"point\":\"gpio27\",\"pin\":27,\"interlock\":\"g\"}\n"
        "{\"kind\":\"relay\",\"point\":\"gpio26\",\"pin\":26,\"interlock\":\"g\"}\n"
        "{\"kind\":\"input\",\"point\":\"gpio32\",\"pin\":32,\"role\":\"contact\",\"debounce\":0}\n";
    static const char *const pulse =
        "{\"t\":\"command\",\"id\":19,\"point\":\"gpio16\",\"do\":\"pulse\",\"ms\":500,\"pre\":[{\"point\":"
        "\"gpio32\",\"is\":false,\"age\":1}],\"warn\":\"gpio27\",\"warn_ms\":6000,\"until\":9200}";
    int conn = speak(items);
    (void)fake_say(&f, conn, "%s", pulse);
    HEARD("state of a warning that goes on");
    fake_set(&f, 32, true);
    CHECK_STR(fake_hear(&f), golden("state of a warning that is broken off"));
    HEARD("result of a pulse with an input that changed during the warning");
    conn = speak(items);
    (void)fake_say(&f, conn, "%s", pulse);
    (void)fake_hear(&f);
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":20,\"point\":\"gpio26\",\"do\":\"on\",\"until\":9200}");
    (void)fake_hear(&f);
    HEARD("result of a pulse with a warning that was put out");
    conn = speak(items);
    (void)fake_say(&f, conn, "%s", pulse);
    (void)fake_hear(&f);
    (void)fake_say(&f, conn, "{\"t\":\"cancel\",\"id\":19}");
    (void)fake_hear(&f);
    HEARD("result of a pulse that was called off");
}

TEST(states_of_sensors_are_as_in_the_vectors)
{
    struct hob_sensor *s;
    (void)speak("{\"kind\":\"sensor\",\"point\":\"gpio4\",\"type\":\"ds18b20\",\"pin\":4}\n"
                "{\"kind\":\"sensor\",\"point\":\"gpio5\",\"type\":\"dht22\",\"pin\":5}\n"
                "{\"kind\":\"sensor\",\"point\":\"gpio18\",\"type\":\"ds18b20\",\"pin\":18}\n"
                "{\"kind\":\"sensor\",\"point\":\"gpio35\",\"type\":\"pulse\",\"pin\":35}\n"
                "{\"kind\":\"sensor\",\"point\":\"i2c-44\",\"type\":\"sht3x\",\"addr\":68}\n"
                "{\"kind\":\"board\",\"sda\":21,\"scl\":22}\n");
    static const struct {
        uint64_t up;
        int64_t value;
        bool valid;
        uint8_t fault;
    } rows[] = {{9100, -10125, true, HOB_SENSOR_OK},
                {9000, 35100, true, HOB_SENSOR_CHECKSUM},
                {41, 0, false, HOB_SENSOR_NO_ANSWER},
                {9200, 4000000000, true, HOB_SENSOR_OK},
                {41, 0, false, HOB_SENSOR_OK}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        s = &f.board.points[i].sensor;
        s->value = rows[i].value;
        s->humidity = 65200;
        s->valid = rows[i].valid;
        s->fault = rows[i].fault;
        f.board.points[i].up = rows[i].up;
    }
    hob_report_everything(&f.board);
    HEARD("state of sensors");
}

TEST(states_of_thermostats_are_as_in_the_vectors)
{
    struct hob_thermostat *t = &f.board.thermostats[0];
    (void)speak("{\"kind\":\"relay\",\"point\":\"gpio21\",\"pin\":21}\n"
                "{\"kind\":\"sensor\",\"point\":\"gpio4\",\"type\":\"ds18b20\",\"pin\":4}\n"
                "{\"kind\":\"thermostat\",\"relay\":\"gpio21\",\"sensor\":\"gpio4\",\"low\":0,"
                "\"high\":1,\"hysteresis\":1,\"min_on\":0,\"min_off\":0,\"lost\":1000}\n");
    struct hob_point *p = &f.board.points[0];
    f.board.points[1].dirty = false;
    p->up = 9100;
    p->cause = HOB_CAUSE_THERMOSTAT;
    p->out.level = 1000;
    p->dirty = true;
    memcpy(t->schedule.id, "1a2b3c4d", 9);
    t->control = (struct hob_control){.phase = HOB_PHASE_ACTIVE, .target = 21000, .temp = 20437,
                                      .source = HOB_SOURCE_PLAN, .warning = HOB_WARNS_NO_RISE};
    hob_report_changes(&f.board);
    HEARD("state of a thermostat");
    p->out.level = 0;
    p->dirty = true;
    t->control = (struct hob_control){.phase = HOB_PHASE_OFF, .target = HOB_NO_TEMP, .temp = -10125,
                                      .source = HOB_SOURCE_NONE, .warning = HOB_WARNS_STUCK};
    hob_report_changes(&f.board);
    HEARD("state of a thermostat that holds nothing");
    p->up = 41;
    p->cause = HOB_CAUSE_BOOT;
    p->dirty = true;
    t->schedule.id[0] = '\0';
    t->control = (struct hob_control){.phase = HOB_PHASE_LOST, .target = 5000, .temp = HOB_NO_TEMP,
                                      .source = HOB_SOURCE_FROST};
    hob_report_changes(&f.board);
    HEARD("state of a thermostat that has lost its sensor");
}

TEST(events_are_as_in_the_vectors)
{
    static const struct {
        const char *name;
        enum hob_gesture_event event;
        uint32_t n;
        uint64_t up;
    } rows[] = {{"event press", HOB_PRESS, 4, 9300},
                {"event release", HOB_RELEASE, 5, 9200},
                {"event double", HOB_DOUBLE, 6, 9200},
                {"event hold", HOB_HOLD, 7, 9200}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        (void)speak("{\"kind\":\"input\",\"point\":\"gpio32\",\"pin\":32,\"role\":\"button\"}\n");
        f.board.points[0].in.events = rows[i].n;
        f.board.now = rows[i].up;
        hob_report_event(&f.board, 0, rows[i].event);
        HEARD(rows[i].name);
    }
}

TEST(stats_are_as_in_the_vectors)
{
    (void)speak("");
    f.stats = (struct hob_stats){
        .heap = 123456, .loop_us = 850, .rssi = -61, .temp = 41, .has_temp = true};
    hob_report_stats(&f.board);
    HEARD("stats");
    f.stats.heap_low = 98304;
    f.stats.stack = 3120;
    hob_report_stats(&f.board);
    HEARD("stats of a chip");
    f.stats.heap_low = 0;
    f.stats.stack = 0;
    f.stats.rssi = 0;
    f.stats.has_temp = false;
    hob_report_stats(&f.board);
    HEARD("stats without a sensor, off Wi-Fi");
}

/* ---- configurations and setup codes, with real hashes ---- */

static void say_config(int conn, int i)
{
    char rev[HOB_REV_SIZE];
    char sha[65];
    int items = hob_json_find(&vectors, i, "items");
    int n = 0;
    (void)member(i, "rev", rev, sizeof rev);
    (void)member(i, "sha256", sha, sizeof sha);
    (void)fake_say(&f, conn, "{\"t\":\"config_begin\",\"rev\":\"%s\",\"items\":%d,\"sha256\":\"%s\"}",
                   rev, hob_json_count(&vectors, items), sha);
    for (int k = hob_json_first(&vectors, items); k >= 0; k = hob_json_next(&vectors, items, k)) {
        static char item[4096];
        (void)hob_json_copy(&vectors, k, item, sizeof item);
        (void)fake_say(&f, conn, "{\"t\":\"config_item\",\"n\":%d,\"item\":%s}", n++, item);
    }
    (void)fake_say(&f, conn, "{\"t\":\"config_commit\",\"rev\":\"%s\"}", rev);
}

TEST(configurations_of_the_vectors_are_accepted_with_their_hash)
{
    int seen = 0;
    fake_make(&f, 47);
    f.crypto = psa_crypto;
    (void)fake_boot(&f);
    int conn = fake_adopted(&f);
    REQUIRE(conn >= 0);
    for (int i = list("configs"); i >= 0; i = next("configs", i)) {
        char name[64];
        (void)member(i, "name", name, sizeof name);
        test_row("%s", name);
        fake_clear(&f);
        say_config(conn, i);
        CHECK(strstr(fake_hear(&f), "\"t\":\"configured\"") != NULL);
        seen++;
    }
    CHECK(seen >= 3);
}

TEST(setup_codes_give_the_keys_of_the_vectors)
{
    int seen = 0;
    fake_make(&f, 53);
    f.crypto = psa_crypto;
    (void)fake_boot(&f);
    for (int i = list("setup_codes"); i >= 0; i = next("setup_codes", i)) {
        uint8_t want[HOB_KEY_LEN];
        uint8_t got[HOB_KEY_LEN];
        (void)member(i, "code", f.board.keys.code, sizeof f.board.keys.code);
        test_row("%s", f.board.keys.code);
        CHECK_INT(hob_json_hex(&vectors, hob_json_find(&vectors, i, "key"), want, sizeof want),
                  HOB_OK);
        CHECK_INT(hob_keys_get(&f.board, HOB_KEY_ADOPTION, got), HOB_OK);
        CHECK_MEM(got, want, sizeof want);
        seen++;
    }
    CHECK(seen >= 3);
}

int main(void)
{
    if (!load(&frames, VECTORS "frames.json", frame_tokens, COUNT(frame_tokens)) ||
        !load(&refused, VECTORS "refused.json", refused_tokens, COUNT(refused_tokens)) ||
        !load(&settings, VECTORS "settings.json", setting_tokens, COUNT(setting_tokens)) ||
        hob_psa_init(&psa, &psa_crypto) != HOB_OK)
        return 1;
    vectors = refused;
    RUN(frames_that_go_calls_invalid_are_refused_for_the_same_reason);
    vectors = frames;
    RUN(frames_that_go_calls_valid_are_understood);
    RUN(hello_is_as_in_the_vectors);
    RUN(hello_with_a_slot_is_as_in_the_vectors);
    RUN(a_slot_that_no_chip_has_is_refused);
    RUN(hello_of_an_adoption_session_is_as_in_the_vectors);
    RUN(answers_are_as_in_the_vectors);
    RUN(configuration_answers_are_as_in_the_vectors);
    RUN(results_and_states_are_as_in_the_vectors);
    RUN(results_of_pulses_are_as_in_the_vectors);
    RUN(warnings_are_as_in_the_vectors);
    RUN(states_of_sensors_are_as_in_the_vectors);
    RUN(states_of_thermostats_are_as_in_the_vectors);
    RUN(events_are_as_in_the_vectors);
    RUN(stats_are_as_in_the_vectors);
    vectors = settings;
    RUN(configurations_of_the_vectors_are_accepted_with_their_hash);
    RUN(setup_codes_give_the_keys_of_the_vectors);
    return test_end("frames");
}
