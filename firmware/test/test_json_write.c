/*
 * The writer of hob_json: form, limits, and that what it writes is read back.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "hob_json.h"
#include "test.h"

static char buf[512];
static struct hob_json_writer w;

static void write_frame(struct hob_json_writer *out)
{
    static const uint8_t bytes[] = {0x00, 0xAB, 0xFF};
    hob_jw_begin_object(out);
    hob_jw_put_string(out, "t", "hello");
    hob_jw_put_int(out, "up", 8123);
    hob_jw_put_bool(out, "adopt", false);
    hob_jw_key(out, "points");
    hob_jw_begin_array(out);
    hob_jw_begin_object(out);
    hob_jw_put_bool(out, "v", true);
    hob_jw_end_object(out);
    hob_jw_begin_array(out);
    hob_jw_end_array(out);
    hob_jw_null(out);
    hob_jw_raw(out, "{\"x\":1}", 7);
    hob_jw_end_array(out);
    hob_jw_key(out, "sha");
    hob_jw_hex(out, bytes, sizeof bytes);
    hob_jw_end_object(out);
}

static const char frame[] = "{\"t\":\"hello\",\"up\":8123,\"adopt\":false,"
                            "\"points\":[{\"v\":true},[],null,{\"x\":1}],\"sha\":\"00abff\"}";

TEST(commas_and_brackets_fall_into_place)
{
    hob_jw_init(&w, buf, sizeof buf);
    write_frame(&w);
    CHECK_INT(hob_jw_finish(&w), sizeof frame - 1);
    CHECK_STR(buf, frame);
}

TEST(a_buffer_too_small_by_any_number_of_bytes_gives_no_half_text)
{
    for (size_t cap = 0; cap <= sizeof frame; cap++) {
        memset(buf, '#', sizeof buf);
        test_row("%u bytes", (unsigned)cap);
        hob_jw_init(&w, buf, cap);
        write_frame(&w);
        int want = cap == 0 ? HOB_ERR_ARG : cap < sizeof frame ? HOB_ERR_SPACE : (int)cap - 1;
        CHECK_INT(hob_jw_finish(&w), want);
        CHECK_INT(buf[cap], '#');
        if (cap > 0 && cap < sizeof frame)
            CHECK_STR(buf, "");
    }
}

TEST(integers_are_written_to_the_last_digit)
{
    static const struct {
        int64_t value;
        const char *want;
    } rows[] = {
        {0, "0"}, {7, "7"}, {-1, "-1"}, {1000, "1000"}, {INT64_MAX, "9223372036854775807"},
        {INT64_MIN, "-9223372036854775808"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        hob_jw_init(&w, buf, sizeof buf);
        hob_jw_int(&w, rows[i].value);
        CHECK_INT(hob_jw_finish(&w), strlen(rows[i].want));
        CHECK_STR(buf, rows[i].want);
    }
}

TEST(strings_are_escaped_and_made_valid)
{
    static const struct {
        const char *s;
        const char *want;
    } rows[] = {
        {"", "\"\""},
        {"a\"b\\c/", "\"a\\\"b\\\\c/\""},
        {"\n\t\x01\x1f\x7f", "\"\\u000a\\u0009\\u0001\\u001f\x7f\""},
        {"\xC3\xA9\xF0\x9F\x98\x80", "\"\xC3\xA9\xF0\x9F\x98\x80\""},
        {"a\xFF" "b", "\"a\xEF\xBF\xBD" "b\""},
        {"\xE2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("row %u", (unsigned)i);
        hob_jw_init(&w, buf, sizeof buf);
        hob_jw_string(&w, rows[i].s);
        CHECK_INT(hob_jw_finish(&w), strlen(rows[i].want));
        CHECK_STR(buf, rows[i].want);
    }
    hob_jw_init(&w, buf, sizeof buf);
    hob_jw_string_n(&w, "a\0b", 3);
    CHECK_INT(hob_jw_finish(&w), 10);
    CHECK_STR(buf, "\"a\\u0000b\"");
}

/* Each letter is one call, see apply. */
static void apply(char call)
{
    switch (call) {
    case '{': hob_jw_begin_object(&w); break;
    case '}': hob_jw_end_object(&w); break;
    case '[': hob_jw_begin_array(&w); break;
    case ']': hob_jw_end_array(&w); break;
    case 'k': hob_jw_key(&w, "k"); break;
    default: hob_jw_int(&w, 1); break;
    }
}

TEST(calls_in_the_wrong_order_give_no_document)
{
    static const struct {
        const char *calls;
        int want;
    } rows[] = {
        {"", HOB_ERR_STATE},     {"{", HOB_ERR_STATE},      {"}", HOB_ERR_STATE},
        {"{]", HOB_ERR_STATE},   {"[}", HOB_ERR_STATE},     {"{1}", HOB_ERR_STATE},
        {"{k}", HOB_ERR_STATE},  {"{kk1}", HOB_ERR_STATE},  {"[k1]", HOB_ERR_STATE},
        {"k", HOB_ERR_STATE},    {"11", HOB_ERR_STATE},     {"{}{", HOB_ERR_STATE},
        {"[]]", HOB_ERR_STATE},  {"{k1}k", HOB_ERR_STATE},  {"[[]", HOB_ERR_STATE},
        {"{k1", HOB_ERR_STATE},  {"[[[[[[[[[", HOB_ERR_DEPTH},
        {"1", 1},                {"[]", 2},                 {"{k[1{}]k1}", 18},
        {"[[[[[[[[]]]]]]]]", 16}, {"[[]{}[]1]", 12},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].calls);
        hob_jw_init(&w, buf, sizeof buf);
        for (const char *c = rows[i].calls; *c != '\0'; c++)
            apply(*c);
        CHECK_INT(hob_jw_finish(&w), rows[i].want);
        CHECK_INT(strlen(buf), rows[i].want > 0 ? rows[i].want : 0);
    }
}

/* Whatever calls come, the result is an error or a document that the reader takes. */
TEST(whatever_is_written_is_read_back)
{
    static const char calls[] = "{}[]k1";
    uint32_t seed = 2026;
    int documents = 0;
    for (int round = 0; round < 20000; round++) {
        struct hob_json d;
        struct hob_json_token tokens[64];
        hob_jw_init(&w, buf, sizeof buf);
        for (uint32_t n = test_random(&seed) % 10; n > 0; n--)
            apply(calls[test_random(&seed) % 6]);
        int len = hob_jw_finish(&w);
        if (len > 0) {
            documents++;
            test_row("%s", buf);
            CHECK(hob_json_parse(&d, buf, (size_t)len, tokens, COUNT(tokens)) > 0);
        }
    }
    CHECK(documents > 100);
}

TEST(any_string_comes_back_as_it_was)
{
    uint32_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        static const char *const pieces[] = {"a", "\"", "\\", "\n", "\x01", "\xC3\xA9",
                                             "\xF0\x9F\x98\x80", "/", "u0041", "\xEF\xBF\xBF"};
        struct hob_json d;
        struct hob_json_token tokens[1];
        char text[64] = "";
        char back[64];
        for (uint32_t n = test_random(&seed) % 8; n > 0; n--)
            strcat(text, pieces[test_random(&seed) % COUNT(pieces)]);
        hob_jw_init(&w, buf, sizeof buf);
        hob_jw_string(&w, text);
        int len = hob_jw_finish(&w);
        REQUIRE(len > 0);
        CHECK_INT(hob_json_parse(&d, buf, (size_t)len, tokens, 1), 1);
        CHECK_INT(hob_json_copy(&d, 0, back, sizeof back), strlen(text));
        CHECK_STR(back, text);
    }
}

int main(void)
{
    RUN(commas_and_brackets_fall_into_place);
    RUN(a_buffer_too_small_by_any_number_of_bytes_gives_no_half_text);
    RUN(integers_are_written_to_the_last_digit);
    RUN(strings_are_escaped_and_made_valid);
    RUN(calls_in_the_wrong_order_give_no_document);
    RUN(whatever_is_written_is_read_back);
    RUN(any_string_comes_back_as_it_was);
    return test_end("json-write");
}
