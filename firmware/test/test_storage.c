/*
 * Settings: records in two slots, outputs to restore, boots without edges.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "hob_store.h"
#include "test.h"

static struct fake_board f;
static int conn;

static void start(const char *items)
{
    fake_make(&f, 29);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    if (conn >= 0)
        (void)fake_configure(&f, conn, "1", items);
    fake_clear(&f);
}

static void order(const char *point, const char *what)
{
    static int id;
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,\"do\":%s}", ++id,
                   point, (unsigned long)f.now + 10, what);
}

TEST(crc32_is_the_usual_one)
{
    CHECK_INT(hob_crc32((const uint8_t *)"123456789", 9), 0xcbf43926u);
    CHECK_INT(hob_crc32(NULL, 0), 0);
}

/* Stores text as a record of kind STATE. */
static int save(const char *text)
{
    uint8_t buf[128];
    size_t len = strlen(text);
    memcpy(buf + HOB_RECORD_HEAD, text, len);
    return hob_store_save(&f.board, HOB_RECORD_STATE, buf, sizeof buf, len);
}

/* What a fresh look at the slots finds; "" for nothing. */
static const char *load(void)
{
    static char text[128];
    uint8_t buf[128];
    int len = hob_store_load(&f.board, HOB_RECORD_STATE, buf, sizeof buf);
    if (len < 0)
        len = 0;
    memcpy(text, buf + HOB_RECORD_HEAD, (size_t)len);
    text[len] = '\0';
    return text;
}

TEST(a_record_is_old_or_new_whatever_byte_power_fails_at)
{
    static const char *const texts[] = {"one", "two, and longer than one", "3"};
    for (int shape = 0; shape < 2; shape++) {
        for (size_t at = 0; at < 60; at++) {
            start("");
            f.writes = 0;
            const char *before = "";
            for (int n = 0; n < 6; n++) {
                const char *after = texts[n % 3];
                test_row("shape %d, byte %d, write %d", shape, (int)at, n);
                /* First torn, then the same again in full: writing goes on. */
                f.cut_short = shape == 1;
                f.cut_at = at;
                f.cut_write = f.writes + 1;
                CHECK_INT(save(after), HOB_ERR_STORAGE);
                f.dead = false;
                f.cut_write = 0;
                const char *found = load();
                CHECK(strcmp(found, before) == 0 || strcmp(found, after) == 0);
                CHECK_INT(save(after), HOB_OK);
                CHECK_STR(load(), after);
                before = after;
            }
        }
    }
}

TEST(any_changed_byte_leaves_the_older_record)
{
    for (size_t at = 0; at < HOB_RECORD_HEAD + 3 + HOB_RECORD_TAIL; at++) {
        test_row("byte %d", (int)at);
        start("");
        CHECK_INT(save("old"), HOB_OK);
        CHECK_INT(save("new"), HOB_OK);
        f.slots[HOB_SLOT_STATE_B].data[at] ^= 0x10;
        CHECK_STR(load(), "old");
    }
}

TEST(sequence_numbers_may_wrap_around)
{
    start("");
    CHECK_INT(save("a"), HOB_OK);
    f.board.records[HOB_RECORD_STATE].seq = 0xfffffffeu;
    for (int i = 0; i < 5; i++) {
        char text[2] = {(char)('b' + i), '\0'};
        CHECK_INT(save(text), HOB_OK);
        if (i > 0)
            CHECK_STR(load(), text);
    }
}

TEST(storage_that_cannot_be_read_is_no_first_power_up)
{
    start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"on\"}\n");
    f.unreadable = true;
    CHECK_INT(fake_boot(&f), HOB_OK);
    struct hob_status s;
    hob_get_status(&f.board, &s, f.now);
    CHECK(!s.adopted);
    CHECK(!s.adoption_open);
    CHECK(s.config_refused);
    CHECK_INT(f.edge_count, 0);
    CHECK(f.logged[HOB_LOG_STORAGE_READ] > 0);
}

TEST(what_is_stored_after_a_failure_to_read_is_the_newest)
{
    start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n");
    REQUIRE(fake_configure(&f, conn, "2", ""));
    REQUIRE(fake_configure(&f, conn, "3", ""));
    f.unreadable = true;
    CHECK_INT(fake_boot(&f), HOB_OK);
    f.unreadable = false;
    conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "4", "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n"));
    CHECK_INT(fake_boot(&f), HOB_OK);
    CHECK_STR(f.board.rev, "4");
    CHECK(fake_session(&f, fake_key) >= 0);
}

TEST(outputs_take_their_boot_state_before_anything_else)
{
    start("{\"kind\":\"relay\",\"point\":\"off\",\"pin\":16}\n"
          "{\"kind\":\"relay\",\"point\":\"on\",\"pin\":17,\"boot\":\"on\"}\n"
          "{\"kind\":\"relay\",\"point\":\"inv\",\"pin\":18,\"inverted\":true}\n"
          "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":19,\"boot\":\"on\"}\n");
    order("off", "\"on\"");
    (void)fake_boot(&f);
    /* One act for each pin, with the right level from the first instant. */
    CHECK_INT(f.edge_count, 4);
    for (int i = 0; i < f.edge_count; i++)
        CHECK_INT(f.edges[i].act, FAKE_OPEN);
    CHECK(!fake_level(&f, 16));
    CHECK(fake_level(&f, 17));
    CHECK(fake_level(&f, 18));
    CHECK_INT(f.pins[19].duty, 65535);
    CHECK_STR(fake_point(&f, "on").cause, "boot");
}

static const char restored[] =
    "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"restore\"}\n"
    "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":17,\"boot\":\"restore\",\"gamma\":1000}\n"
    "{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":18,\"boot\":\"restore\",\"count\":2,"
    "\"gamma\":1000}\n";

TEST(restore_brings_back_level_brightness_and_colour)
{
    start(restored);
    order("r", "\"on\"");
    order("l", "\"set\",\"level\":400");
    order("l", "\"off\"");
    order("s", "\"set\",\"level\":1000,\"rgb\":\"102030\"");
    fake_run(&f, 12000);
    (void)fake_boot(&f);
    CHECK(fake_level(&f, 16));
    CHECK_INT(f.pins[17].duty, 0);
    static const uint8_t grb[] = {0x20, 0x10, 0x30};
    CHECK_MEM(f.pins[18].pixel, grb, 3);
    conn = fake_session(&f, fake_key);
    order("l", "\"on\"");
    CHECK_INT(fake_point(&f, "l").level, 400);
}

TEST(restore_is_stored_before_a_restart_and_seldom_otherwise)
{
    start(restored);
    f.writes = 0;
    for (int i = 0; i < 100; i++) {
        order("r", i % 2 == 0 ? "\"on\"" : "\"off\"");
        f.frame_first = f.frame_count = 0;
        fake_run(&f, 500);
    }
    /* 50 seconds: at most one write in ten. */
    CHECK(f.writes >= 4 && f.writes <= 6);
    order("r", "\"on\"");
    (void)fake_say(&f, conn, "{\"t\":\"restart\"}");
    CHECK_INT(f.restarts, 1);
    (void)fake_boot(&f);
    CHECK(fake_level(&f, 16));
    /* Nothing changes, nothing is written. */
    f.writes = 0;
    fake_run(&f, 3600000);
    CHECK_INT(f.writes, 0);
}

TEST(without_a_restore_point_nothing_is_ever_written)
{
    start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n");
    f.writes = 0;
    order("r", "\"on\"");
    fake_run(&f, 60000);
    CHECK_INT(f.writes, 0);
}

TEST(a_restored_output_has_its_limits)
{
    start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"restore\",\"max_on\":60000}\n");
    order("r", "\"on\"");
    fake_run(&f, 5000);
    (void)fake_boot(&f);
    fake_run(&f, 59999);
    CHECK(fake_level(&f, 16));
    fake_run(&f, 1);
    CHECK(!fake_level(&f, 16));
}

TEST(a_thousand_boots_make_no_edges_but_the_boot_state)
{
    start("{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16}\n"
          "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"boot\":\"on\",\"inverted\":true}\n"
          "{\"kind\":\"relay\",\"point\":\"c\",\"pin\":18,\"boot\":\"restore\"}\n"
          "{\"kind\":\"input\",\"point\":\"i\",\"pin\":32,\"role\":\"button\"}\n"
          "{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"a\","
          "\"do\":\"toggle\"}\n");
    order("c", "\"on\"");
    fake_run(&f, 3000);
    f.writes = 0;
    uint32_t seed = 5;
    for (int i = 0; i < 1000; i++) {
        f.pins[32].outside = i % 2 == 0;
        REQUIRE(fake_boot(&f) == HOB_OK);
        fake_run(&f, test_random(&seed) % 200);
        CHECK_INT(f.edge_count, 4);
        CHECK(!fake_level(&f, 16));
        CHECK(!fake_level(&f, 17));
        CHECK(fake_level(&f, 18));
    }
    CHECK_INT(f.writes, 0);
    CHECK_INT(f.faults, 0);
}

TEST(a_stored_configuration_that_is_not_accepted_any_more_drives_nothing)
{
    start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":25,\"boot\":\"on\"}\n");
    /* The same flash in another chip, which has no such pin. */
    f.options.chip = "esp32c3";
    CHECK_INT(fake_boot(&f), HOB_OK);
    CHECK_INT(f.edge_count, 0);
    CHECK_INT(f.logged[HOB_LOG_CONFIG_REFUSED], 1);
    conn = fake_session(&f, fake_key);
    REQUIRE(conn >= 0);
    CHECK(strstr(fake_hear(&f), "\"config\":\"\",\"points\":[]") != NULL);
    REQUIRE(fake_configure(&f, conn, "2", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":5}\n"));
    struct hob_status s;
    hob_get_status(&f.board, &s, f.now);
    CHECK(!s.config_refused);
}

/* A record that is intact and still no configuration: by length, count or text. */
TEST(an_intact_record_with_nonsense_drives_nothing)
{
    for (int what = 0; what < 5; what++) {
        static uint8_t buf[HOB_MAX_RECORD];
        test_row("%d", what);
        start("{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"on\"}\n");
        int len = hob_store_load(&f.board, HOB_RECORD_CONFIG, buf, sizeof buf);
        REQUIRE(len > 0);
        if (what == 0)
            len = 5;
        else if (what == 1)
            buf[HOB_RECORD_HEAD + 17] = 9; /* items */
        else if (what == 2)
            buf[HOB_RECORD_HEAD + 19] = 0xff; /* length of the first */
        else if (what == 3)
            buf[HOB_RECORD_HEAD + 21] = '['; /* its text */
        else
            buf[HOB_RECORD_HEAD] = 'x'; /* revision */
        REQUIRE(hob_store_save(&f.board, HOB_RECORD_CONFIG, buf, sizeof buf, (size_t)len) == 0);
        CHECK_INT(fake_boot(&f), HOB_OK);
        CHECK_INT(f.edge_count, 0);
        CHECK_INT(f.logged[HOB_LOG_CONFIG_REFUSED], 1);
    }
}

/* What was restored is not what the record says it could be: a level beyond 1000. */
TEST(a_value_that_makes_no_sense_is_not_restored)
{
    uint8_t buf[256];
    start(restored);
    order("r", "\"on\"");
    fake_run(&f, 12000);
    int len = hob_store_load(&f.board, HOB_RECORD_STATE, buf, sizeof buf);
    REQUIRE(len > 0);
    for (int at = 0; at + 24 <= len; at += 24) {
        buf[HOB_RECORD_HEAD + (size_t)at + 17] = 0xff;
        buf[HOB_RECORD_HEAD + (size_t)at + 18] = 0xff;
    }
    REQUIRE(hob_store_save(&f.board, HOB_RECORD_STATE, buf, sizeof buf, (size_t)len) == HOB_OK);
    (void)fake_boot(&f);
    CHECK(!fake_level(&f, 16));
    CHECK_INT(f.faults, 0);
}

TEST(factory_reset_leaves_a_new_board)
{
    char before[HOB_SETUP_CODE_SIZE];
    char after[HOB_SETUP_CODE_SIZE];
    fake_make(&f, 29);
    (void)fake_boot(&f);
    CHECK_INT(hob_setup_code(&f.board, before), 30);
    conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "1", restored));
    order("r", "\"on\"");
    CHECK_INT(hob_factory_reset(&f.board, f.now), HOB_OK);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_KEY_CHANGED);
    CHECK_INT(f.pins[16].mode, FAKE_FREE);
    CHECK_INT(hob_setup_code(&f.board, after), 30);
    CHECK(strcmp(before, after) != 0);
    struct hob_status s;
    hob_get_status(&f.board, &s, f.now);
    CHECK(!s.adopted);
    CHECK(s.adoption_open);
    (void)fake_boot(&f);
    hob_get_status(&f.board, &s, f.now);
    CHECK(!s.adopted);
    CHECK_INT(s.points, 0);
    char again[HOB_SETUP_CODE_SIZE];
    CHECK_INT(hob_setup_code(&f.board, again), 30);
    CHECK_STR(again, after);
    /* The old key is nowhere in the flash. */
    for (int i = 0; i < HOB_SLOT_COUNT; i++) {
        for (size_t at = 0; at + HOB_KEY_LEN <= f.slots[i].len; at++)
            CHECK(memcmp(f.slots[i].data + at, fake_key, HOB_KEY_LEN) != 0);
    }
}

int main(void)
{
    RUN(crc32_is_the_usual_one);
    RUN(a_record_is_old_or_new_whatever_byte_power_fails_at);
    RUN(any_changed_byte_leaves_the_older_record);
    RUN(sequence_numbers_may_wrap_around);
    RUN(storage_that_cannot_be_read_is_no_first_power_up);
    RUN(what_is_stored_after_a_failure_to_read_is_the_newest);
    RUN(outputs_take_their_boot_state_before_anything_else);
    RUN(restore_brings_back_level_brightness_and_colour);
    RUN(restore_is_stored_before_a_restart_and_seldom_otherwise);
    RUN(without_a_restore_point_nothing_is_ever_written);
    RUN(a_restored_output_has_its_limits);
    RUN(a_thousand_boots_make_no_edges_but_the_boot_state);
    RUN(a_stored_configuration_that_is_not_accepted_any_more_drives_nothing);
    RUN(an_intact_record_with_nonsense_drives_nothing);
    RUN(a_value_that_makes_no_sense_is_not_restored);
    RUN(factory_reset_leaves_a_new_board);
    return test_end("storage");
}
