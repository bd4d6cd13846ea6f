/*
 * Provisioning over a cable: frames among noise, and what becomes of them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "hob_serial.h"
#include "hob_store.h"
#include "test.h"

/* A board on the other end of the cable. */
static struct {
    struct hob_wifi wifi;
    uint8_t key[HOB_KEY_LEN];
    int joins;
    int keys;
    int resets;
    int fail; /* the result of everything */
} board;

static void describe(void *ctx, struct hob_serial_board *out)
{
    (void)ctx;
    *out = (struct hob_serial_board){.id = "hob-7c9ebd",
                                     .chip = "esp32",
                                     .fw = "0.1.0",
                                     .code = "AAAAA-BBBBB-CCCCC-DDDDD-EEEEEE",
                                     .ssid = board.wifi.ssid,
                                     .wifi = true};
}

static int join(void *ctx, const struct hob_wifi *wifi)
{
    (void)ctx;
    board.joins++;
    if (board.fail == HOB_OK)
        board.wifi = *wifi;
    return board.fail;
}

static int set_key(void *ctx, const uint8_t key[HOB_KEY_LEN])
{
    (void)ctx;
    board.keys++;
    memcpy(board.key, key, HOB_KEY_LEN);
    return board.fail;
}

static int reset(void *ctx)
{
    (void)ctx;
    board.resets++;
    return board.fail;
}

static const struct hob_serial_host host = {NULL, describe, join, set_key, reset};
static char answer[HOB_SERIAL_MAX + 2];
static struct hob_serial_line line;

/* Every byte of text to the port; what the last line was answered is in answer. */
static int say(const char *text)
{
    int last = 0;
    for (; *text != '\0'; text++) {
        if (!hob_serial_byte(&line, (uint8_t)*text))
            continue;
        int len = hob_serial_handle(&host, line.text, answer, sizeof answer);
        if (len > 0) {
            last = len;
            answer[len - 1] = '\0';
        }
    }
    return last;
}

static int say_frame(const char *json)
{
    char frame[2 * HOB_SERIAL_MAX];
    (void)snprintf(frame, sizeof frame, "HOB1 %s %08x\n", json,
                   (unsigned)hob_crc32((const uint8_t *)json, strlen(json)));
    return say(frame);
}

static void start(void)
{
    memset(&board, 0, sizeof board);
    memset(&line, 0, sizeof line);
    answer[0] = '\0';
}

static bool answered(const char *json)
{
    char want[HOB_SERIAL_MAX];
    (void)snprintf(want, sizeof want, "HOB1 %s %08x", json,
                   (unsigned)hob_crc32((const uint8_t *)json, strlen(json)));
    CHECK_STR(answer, want);
    return strcmp(answer, want) == 0;
}

#define KEY "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

TEST(a_board_says_what_it_is)
{
    start();
    CHECK(say_frame("{\"t\":\"hello\",\"n\":1}") > 0);
    CHECK(answered("{\"t\":\"board\",\"n\":1,\"id\":\"hob-7c9ebd\",\"chip\":\"esp32\",\"fw\":\"0.1.0\","
                   "\"state\":\"new\",\"code\":\"AAAAA-BBBBB-CCCCC-DDDDD-EEEEEE\",\"wifi\":true,"
                   "\"ssid\":\"\",\"online\":false}"));
}

TEST(one_frame_gives_the_network_and_the_key)
{
    start();
    say_frame("{\"t\":\"provision\",\"n\":2,\"ssid\":\"home \\u00e9\",\"password\":\"12345678\",\"key\":\"" KEY "\"}");
    CHECK(answered("{\"t\":\"done\",\"n\":2}"));
    CHECK_STR(board.wifi.ssid, "home \xC3\xA9");
    CHECK_STR(board.wifi.password, "12345678");
    CHECK_INT(board.key[0], 1);
    CHECK_INT(board.key[31], 0x20);
}

TEST(either_part_may_be_left_out_and_neither_is_touched_then)
{
    start();
    say_frame("{\"t\":\"provision\",\"n\":3,\"ssid\":\"open\"}");
    CHECK(answered("{\"t\":\"done\",\"n\":3}"));
    CHECK_INT(board.joins, 1);
    CHECK_INT(board.keys, 0);
    say_frame("{\"t\":\"provision\",\"n\":4,\"key\":\"" KEY "\"}");
    CHECK_INT(board.joins, 1);
    CHECK_INT(board.keys, 1);
}

TEST(what_is_wrong_is_refused_before_anything_changes)
{
    static const struct {
        const char *json;
        const char *code;
    } cases[] = {
        {"{\"t\":\"provision\",\"n\":5}", "missing"},
        {"{\"t\":\"provision\",\"n\":5,\"ssid\":\"\"}", "missing"},
        {"{\"t\":\"provision\",\"n\":5,\"ssid\":\"home\",\"password\":\"short\"}", "value"},
        {"{\"t\":\"provision\",\"n\":5,\"ssid\":\"home\",\"password\":\"12345678\",\"key\":\"01\"}", "value"},
        {"{\"t\":\"provision\",\"n\":5,\"ssid\":17}", "type"},
        {"{\"t\":\"provision\",\"n\":5,\"ssid\":\"123456789012345678901234567890123\"}", "too_long"},
        {"{\"t\":\"provision\",\"n\":5,\"key\":\"00000000000000000000000000000000"
         "00000000000000000000000000000000\"}", "key"},
        {"{\"t\":\"dance\",\"n\":5}", "unknown"},
        {"{\"n\":5}", "missing"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char want[40];
        start();
        test_row("%s", cases[i].json);
        CHECK(say_frame(cases[i].json) > 0);
        (void)snprintf(want, sizeof want, "\"n\":5,\"code\":\"%s\"", cases[i].code);
        CHECK(strstr(answer, "\"failed\"") != NULL && strstr(answer, want) != NULL);
        CHECK_INT(board.joins + board.keys + board.resets, 0);
    }
}

TEST(what_the_board_cannot_do_is_told)
{
    start();
    board.fail = HOB_ERR_STORAGE;
    say_frame("{\"t\":\"provision\",\"n\":6,\"ssid\":\"home\",\"key\":\"" KEY "\"}");
    CHECK(answered("{\"t\":\"failed\",\"n\":6,\"code\":\"storage\",\"message\":\"it could not be stored\"}"));
    CHECK_INT(board.keys, 0);
    say_frame("{\"t\":\"reset\",\"n\":7}");
    CHECK(strstr(answer, "\"failed\"") != NULL);
    board.fail = HOB_OK;
    say_frame("{\"t\":\"reset\",\"n\":8}");
    CHECK(answered("{\"t\":\"done\",\"n\":8}"));
    CHECK_INT(board.resets, 2);
}

TEST(whatever_else_is_on_the_line_gets_no_answer)
{
    static const char *const noise[] = {
        "\r\n\r\n", "I (312) boot: ESP-IDF v5.5\r\n", "HOB1 {} 00000000\n", "HOB1 \n", "HOB1\n",
        "HOB1 {\"t\":\"reset\",\"n\":1} 12345678\n", "HOB2 {\"t\":\"reset\",\"n\":1} 12345678\n",
    };
    start();
    for (size_t i = 0; i < COUNT(noise); i++) {
        test_row("%s", noise[i]);
        CHECK_INT(say(noise[i]), 0);
    }
    CHECK_INT(board.resets, 0);
    test_row("after the noise");
    /* And the next frame is heard, after a line that is too long as well. */
    for (size_t i = 0; i < 3 * HOB_SERIAL_MAX; i++)
        CHECK(!hob_serial_byte(&line, 'x'));
    CHECK_INT(say("\n"), 0);
    CHECK(say_frame("{\"t\":\"hello\",\"n\":9}") > 0);
}

TEST(a_frame_whose_json_is_none_is_told_so)
{
    start();
    CHECK(say_frame("{\"t\":") > 0);
    CHECK(strstr(answer, "\"code\":\"syntax\"") != NULL);
}

TEST(secrets_do_not_stay_in_the_line)
{
    start();
    say_frame("{\"t\":\"provision\",\"n\":2,\"ssid\":\"home\",\"password\":\"12345678\"}");
    for (size_t i = 0; i + 8 <= sizeof line.text; i++)
        CHECK(memcmp(line.text + i, "12345678", 8) != 0);
}

int main(void)
{
    RUN(a_board_says_what_it_is);
    RUN(one_frame_gives_the_network_and_the_key);
    RUN(either_part_may_be_left_out_and_neither_is_touched_then);
    RUN(what_is_wrong_is_refused_before_anything_changes);
    RUN(what_the_board_cannot_do_is_told);
    RUN(whatever_else_is_on_the_line_gets_no_answer);
    RUN(a_frame_whose_json_is_none_is_told_so);
    RUN(secrets_do_not_stay_in_the_line);
    return test_end("serial");
}
