/*
 * hob_json: what is JSON, what is not, and the way back.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_json.h"

#include <string.h>

#include "hob_utf8.h"
#include "test.h"

#define MAX_TOKENS 64

static struct hob_json_token tokens[MAX_TOKENS];
static struct hob_json doc;

static int parse(const char *text)
{
    return hob_json_parse(&doc, text, strlen(text), tokens, MAX_TOKENS);
}

TEST(every_kind_of_value_is_read)
{
    static const struct {
        const char *text;
        int type;
        int count;
    } rows[] = {
        {"{}", HOB_JSON_OBJECT, 1},
        {"[]", HOB_JSON_ARRAY, 1},
        {" [ ] ", HOB_JSON_ARRAY, 1},
        {"\t\r\n{ \n}\t", HOB_JSON_OBJECT, 1},
        {"\"\"", HOB_JSON_STRING, 1},
        {"0", HOB_JSON_NUMBER, 1},
        {"-0", HOB_JSON_NUMBER, 1},
        {"-12.5e+30", HOB_JSON_NUMBER, 1},
        {"1E-2", HOB_JSON_NUMBER, 1},
        {"0.0", HOB_JSON_NUMBER, 1},
        {"0e0", HOB_JSON_NUMBER, 1},
        {"true", HOB_JSON_TRUE, 1},
        {"false", HOB_JSON_FALSE, 1},
        {"null ", HOB_JSON_NULL, 1},
        {"{\"a\":1}", HOB_JSON_OBJECT, 3},
        {"{\"a\":1,\"a\":[]}", HOB_JSON_OBJECT, 5},
        {"[1,[2,{\"x\":null}],\"\"]", HOB_JSON_ARRAY, 8},
        {"[[[[[[[[]]]]]]]]", HOB_JSON_ARRAY, 8},
        {"\"\\u0000\\ud83d\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\"", HOB_JSON_STRING, 1},
        {"\"\xC2\x80\xDF\xBF\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\"", HOB_JSON_STRING, 1},
        {"\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\x7F\"", HOB_JSON_STRING, 1},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%s", rows[i].text);
        CHECK_INT(parse(rows[i].text), rows[i].count);
        CHECK_INT(hob_json_type(&doc, 0), rows[i].type);
        CHECK_INT(tokens[0].next, rows[i].count);
    }
}

TEST(what_is_not_json_is_refused)
{
    static const char *const rows[] = {
        "", " ", "{", "}", "[", "]", "[1,]", "[,1]", "[1 2]", "[1,,2]", "{\"a\"}", "{\"a\":}",
        "{\"a\":1,}", "{,}", "{1:2}", "{a:1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "[1}",
        "[1]]", "{}{}", "1 2", "nul", "nulll", "True", "tru e", "'a'", "NaN", "Infinity", "-",
        "+1", "01", "-01", "00", "1.", ".5", "1.e3", "1e", "1e+", "1.2.3", "0x10", "1_000", "--1",
        "\"", "\"abc", "\"\\\"", "\"\\x41\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\\",
        "\"\\u", "\"a\tb\"", "\"a\nb\"", "\"\x01\"", "\"\x1f\"",
        /* halves of surrogate pairs */
        "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\n\"", "\"\\ud800\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\\udc00\\ud800\"", "\"\\ud83d\\ude0\"",
        /* ill-formed UTF-8 */
        "\"\x80\"", "\"\xC0\x80\"", "\"\xC1\xBF\"", "\"\xC2\"", "\"\xC2\x41\"", "\"\xE0\x9F\xBF\"",
        "\"\xE1\x80\"", "\"\xED\xA0\x80\"", "\"\xF0\x8F\xBF\xBF\"", "\"\xF4\x90\x80\x80\"",
        "\"\xF5\x80\x80\x80\"", "\"\xFF\"", "\"\xF1\x80\x80\"", "\"\xE1\x80\xC0\"",
        "\xEF\xBB\xBF{}", "{\"a\":1}\xC2", "/**/{}", "{}//", "\xC2\xA0{}", "[1]\v",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("row %u: %s", (unsigned)i, rows[i]);
        CHECK_INT(parse(rows[i]), HOB_ERR_SYNTAX);
        CHECK(doc.error_at <= strlen(rows[i]));
        CHECK_INT(hob_json_type(&doc, 0), HOB_ERR_ARG);
    }
}

TEST(a_zero_byte_is_not_white_space)
{
    CHECK_INT(hob_json_parse(&doc, "{}\0", 3, tokens, MAX_TOKENS), HOB_ERR_SYNTAX);
    CHECK_INT(hob_json_parse(&doc, "\"a\0b\"", 5, tokens, MAX_TOKENS), HOB_ERR_SYNTAX);
}

static const char sample[] =
    "{\"t\":\"hello\",\"n\":-7,\"ok\":true,\"no\":false,\"nil\":null,\"half\":0.5,"
    "\"list\":[1,[2,3],{\"k\":\"v\"},\"x\"],\"esc\\u0061ped\":\"a\\u00e9\\ud83d\\ude00\\n\"}";

TEST(every_cut_is_refused)
{
    for (size_t cut = 0; cut < sizeof sample - 1; cut++) {
        test_row("%u bytes", (unsigned)cut);
        CHECK_INT(hob_json_parse(&doc, sample, cut, tokens, MAX_TOKENS), HOB_ERR_SYNTAX);
    }
    CHECK(parse(sample) > 0);
}

TEST(limits_are_errors_of_their_own)
{
    static char text[HOB_JSON_MAX_TEXT + 1];
    CHECK_INT(parse("[[[[[[[[[]]]]]]]]]"), HOB_ERR_DEPTH);
    CHECK_INT(parse("{\"a\":[[[[[[[{}]]]]]]]}"), HOB_ERR_DEPTH);
    CHECK_INT(hob_json_parse(&doc, "[1,2]", 5, tokens, 2), HOB_ERR_SPACE);
    CHECK_INT(hob_json_parse(&doc, "[1,2]", 5, tokens, 3), 3);
    CHECK_INT(hob_json_parse(&doc, "1", 1, tokens, 0), HOB_ERR_SPACE);
    memset(text, ' ', sizeof text);
    text[0] = '1';
    CHECK_INT(hob_json_parse(&doc, text, sizeof text, tokens, MAX_TOKENS), HOB_ERR_TOO_LONG);
    CHECK_INT(hob_json_parse(&doc, text, sizeof text - 1, tokens, MAX_TOKENS), 1);
    text[0] = '[';
    text[HOB_JSON_MAX_TEXT - 1] = ']';
    CHECK_INT(hob_json_parse(&doc, text, HOB_JSON_MAX_TEXT, tokens, MAX_TOKENS), 1);
    CHECK_INT(tokens[0].end, HOB_JSON_MAX_TEXT);
    CHECK_INT(hob_json_parse(NULL, "1", 1, tokens, 1), HOB_ERR_ARG);
    CHECK_INT(hob_json_parse(&doc, NULL, 0, tokens, 1), HOB_ERR_ARG);
    CHECK_INT(hob_json_parse(&doc, "1", 1, NULL, 1), HOB_ERR_ARG);
}

TEST(members_are_found_by_their_unescaped_key)
{
    CHECK(parse(sample) > 0);
    CHECK_INT(hob_json_equals(&doc, hob_json_find(&doc, 0, "t"), "hello"), 1);
    CHECK(hob_json_find(&doc, 0, "escaped") > 0);
    CHECK_INT(hob_json_find(&doc, 0, "esc"), HOB_ERR_MISSING);
    CHECK_INT(hob_json_find(&doc, 0, "escapedx"), HOB_ERR_MISSING);
    CHECK_INT(hob_json_find(&doc, 0, ""), HOB_ERR_MISSING);
    /* A key of an inner object, and a value, are no members. */
    CHECK_INT(hob_json_find(&doc, 0, "k"), HOB_ERR_MISSING);
    CHECK_INT(hob_json_find(&doc, 0, "hello"), HOB_ERR_MISSING);
    CHECK_INT(hob_json_find(&doc, hob_json_find(&doc, 0, "list"), "k"), HOB_ERR_TYPE);
}

TEST(the_first_of_equal_keys_counts)
{
    int64_t v = 0;
    CHECK(parse("{\"a\":1,\"\\u0061\":2}") > 0);
    CHECK_INT(hob_json_int(&doc, hob_json_find(&doc, 0, "a"), 0, 9, &v), HOB_OK);
    CHECK_INT(v, 1);
}

TEST(a_failed_look_up_passes_through_every_getter)
{
    int64_t n = 5;
    bool b = true;
    char buf[4] = "abc";
    uint8_t raw[2] = {1, 2};
    const char *names[] = {"a"};
    size_t len = 9;
    CHECK(parse("{}") > 0);
    CHECK_INT(hob_json_find(&doc, HOB_ERR_MISSING, "x"), HOB_ERR_MISSING);
    CHECK_INT(hob_json_type(&doc, HOB_ERR_TYPE), HOB_ERR_TYPE);
    CHECK_INT(hob_json_int(&doc, HOB_ERR_MISSING, 0, 9, &n), HOB_ERR_MISSING);
    CHECK_INT(n, 5);
    CHECK_INT(hob_json_bool(&doc, HOB_ERR_MISSING, &b), HOB_ERR_MISSING);
    CHECK(b);
    CHECK_INT(hob_json_copy(&doc, HOB_ERR_MISSING, buf, sizeof buf), HOB_ERR_MISSING);
    CHECK_STR(buf, "");
    CHECK_INT(hob_json_equals(&doc, HOB_ERR_MISSING, ""), HOB_ERR_MISSING);
    CHECK_INT(hob_json_choice(&doc, HOB_ERR_MISSING, names, 1), HOB_ERR_MISSING);
    CHECK_INT(hob_json_hex(&doc, HOB_ERR_MISSING, raw, 2), HOB_ERR_MISSING);
    CHECK_INT(hob_json_first(&doc, HOB_ERR_MISSING), HOB_ERR_MISSING);
    CHECK_INT(hob_json_next(&doc, HOB_ERR_MISSING, 1), HOB_ERR_MISSING);
    CHECK_INT(hob_json_count(&doc, HOB_ERR_MISSING), HOB_ERR_MISSING);
    CHECK(hob_json_slice(&doc, HOB_ERR_MISSING, &len) == NULL);
    CHECK_INT(len, 0);
    CHECK_INT(hob_json_type(&doc, 1), HOB_ERR_ARG);
    CHECK_INT(hob_json_type(NULL, 0), HOB_ERR_ARG);
}

TEST(containers_are_walked_over_what_they_hold_and_no_more)
{
    static const char *const keys[] = {"t", "n", "ok", "no", "nil", "half", "list", "escaped"};
    static const int types[] = {HOB_JSON_NUMBER, HOB_JSON_ARRAY, HOB_JSON_OBJECT, HOB_JSON_STRING};
    size_t n = 0;
    CHECK(parse(sample) > 0);
    CHECK_INT(hob_json_count(&doc, 0), COUNT(keys));
    for (int k = hob_json_first(&doc, 0); k >= 0; k = hob_json_next(&doc, 0, k)) {
        REQUIRE(n < COUNT(keys));
        CHECK_INT(hob_json_equals(&doc, k, keys[n++]), 1);
    }
    CHECK_INT(n, COUNT(keys));
    int list = hob_json_find(&doc, 0, "list");
    CHECK_INT(hob_json_count(&doc, list), COUNT(types));
    n = 0;
    for (int i = hob_json_first(&doc, list); i >= 0; i = hob_json_next(&doc, list, i)) {
        REQUIRE(n < COUNT(types));
        CHECK_INT(hob_json_type(&doc, i), types[n++]);
    }
    CHECK_INT(n, COUNT(types));
    CHECK_INT(hob_json_next(&doc, list, 0), HOB_ERR_ARG);
    CHECK_INT(hob_json_next(&doc, list, (int)doc.count - 1), HOB_ERR_ARG);
    CHECK_INT(hob_json_first(&doc, hob_json_find(&doc, 0, "t")), HOB_ERR_TYPE);
    CHECK_INT(hob_json_count(&doc, hob_json_find(&doc, 0, "t")), HOB_ERR_TYPE);
}

TEST(empty_containers_have_no_first)
{
    CHECK(parse("[{},[]]") > 0);
    CHECK_INT(hob_json_first(&doc, 1), HOB_ERR_MISSING);
    CHECK_INT(hob_json_first(&doc, 2), HOB_ERR_MISSING);
    CHECK_INT(hob_json_count(&doc, 1), 0);
}

TEST(integers_are_exact_and_in_range)
{
    static const struct {
        const char *text;
        int64_t min, max;
        int want;
        int64_t value;
    } rows[] = {
        {"0", 0, 0, HOB_OK, 0},
        {"-0", 0, 0, HOB_OK, 0},
        {"255", 0, 255, HOB_OK, 255},
        {"256", 0, 255, HOB_ERR_RANGE, 0},
        {"-1", 0, 255, HOB_ERR_RANGE, 0},
        {"-5", -5, -5, HOB_OK, -5},
        {"9007199254740993", 0, INT64_MAX, HOB_OK, 9007199254740993},
        {"9223372036854775807", INT64_MIN, INT64_MAX, HOB_OK, INT64_MAX},
        {"9223372036854775808", INT64_MIN, INT64_MAX, HOB_ERR_RANGE, 0},
        {"-9223372036854775808", INT64_MIN, INT64_MAX, HOB_OK, INT64_MIN},
        {"-9223372036854775809", INT64_MIN, INT64_MAX, HOB_ERR_RANGE, 0},
        {"18446744073709551616", INT64_MIN, INT64_MAX, HOB_ERR_RANGE, 0},
        {"99999999999999999999999999999999", INT64_MIN, INT64_MAX, HOB_ERR_RANGE, 0},
        {"1.0", 0, 9, HOB_ERR_TYPE, 0},
        {"1e0", 0, 9, HOB_ERR_TYPE, 0},
        {"99999999999999999999e1", 0, 9, HOB_ERR_TYPE, 0},
        {"\"1\"", 0, 9, HOB_ERR_TYPE, 0},
        {"true", 0, 9, HOB_ERR_TYPE, 0},
        {"null", 0, 9, HOB_ERR_TYPE, 0},
        {"[1]", 0, 9, HOB_ERR_TYPE, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int64_t v = 42;
        test_row("%s", rows[i].text);
        CHECK(parse(rows[i].text) > 0);
        CHECK_INT(hob_json_int(&doc, 0, rows[i].min, rows[i].max, &v), rows[i].want);
        CHECK_INT(v, rows[i].want == HOB_OK ? rows[i].value : 42);
    }
}

TEST(booleans_are_nothing_else)
{
    bool b = false;
    CHECK(parse("[true,false,0,\"true\",null]") > 0);
    CHECK_INT(hob_json_bool(&doc, 1, &b), HOB_OK);
    CHECK(b);
    CHECK_INT(hob_json_bool(&doc, 2, &b), HOB_OK);
    CHECK(!b);
    for (int i = 3; i <= 5; i++)
        CHECK_INT(hob_json_bool(&doc, i, &b), HOB_ERR_TYPE);
}

TEST(strings_are_unescaped_into_what_fits)
{
    static const struct {
        const char *text;
        size_t cap;
        int want;
        const char *value;
    } rows[] = {
        {"\"\"", 1, 0, ""},
        {"\"abc\"", 4, 3, "abc"},
        {"\"abc\"", 3, HOB_ERR_TOO_LONG, ""},
        {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", 16, 8, "\"\\/\b\f\n\r\t"},
        {"\"\\u0041\\u00e9\\u20AC\"", 16, 6, "A\xC3\xA9\xE2\x82\xAC"},
        {"\"\\ud800\\udc00\\uDBFF\\uDFFF\"", 16, 8, "\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
        {"\"\\ud83d\\ude00\"", 5, 4, "\xF0\x9F\x98\x80"},
        {"\"\\ud83d\\ude00\"", 4, HOB_ERR_TOO_LONG, ""},
        {"\"\\u0000\"", 16, HOB_ERR_VALUE, ""},
        {"\"a\\u0000b\"", 16, HOB_ERR_VALUE, ""},
        {"7", 16, HOB_ERR_TYPE, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char buf[16] = "junk";
        test_row("%s into %u", rows[i].text, (unsigned)rows[i].cap);
        CHECK(parse(rows[i].text) > 0);
        CHECK_INT(hob_json_copy(&doc, 0, buf, rows[i].cap), rows[i].want);
        CHECK_STR(buf, rows[i].value);
        if (rows[i].want >= 0)
            CHECK_INT(hob_json_equals(&doc, 0, rows[i].value), 1);
    }
    CHECK_INT(hob_json_copy(&doc, 0, NULL, 4), HOB_ERR_ARG);
}

TEST(escaped_strings_equal_only_their_whole_self)
{
    CHECK(parse("\"a\\u00e9b\"") > 0);
    CHECK_INT(hob_json_equals(&doc, 0, "a\xC3\xA9" "b"), 1);
    CHECK_INT(hob_json_equals(&doc, 0, "a\xC3\xA9"), 0);
    CHECK_INT(hob_json_equals(&doc, 0, "a\xC3"), 0);
    CHECK_INT(hob_json_equals(&doc, 0, "a\xC3\xA8" "b"), 0);
    CHECK_INT(hob_json_equals(&doc, 0, "x\xC3\xA9" "b"), 0);
    CHECK_INT(hob_json_equals(&doc, 0, "a\xC3\xA9" "bc"), 0);
    CHECK_INT(hob_json_equals(&doc, 0, ""), 0);
}

TEST(a_choice_is_one_of_the_names)
{
    static const char *const names[] = {"on", "off", "set"};
    CHECK(parse("[\"off\",\"toggle\",1,\"\\u006fn\"]") > 0);
    CHECK_INT(hob_json_choice(&doc, 1, names, COUNT(names)), 1);
    CHECK_INT(hob_json_choice(&doc, 2, names, COUNT(names)), HOB_ERR_VALUE);
    CHECK_INT(hob_json_choice(&doc, 3, names, COUNT(names)), HOB_ERR_TYPE);
    CHECK_INT(hob_json_choice(&doc, 4, names, COUNT(names)), 0);
}

TEST(hexadecimal_is_exactly_as_long_as_asked)
{
    static const struct {
        const char *text;
        int want;
    } rows[] = {
        {"\"00aFf9\"", HOB_OK},           {"\"00aFf\"", HOB_ERR_VALUE},
        {"\"00aFf900\"", HOB_ERR_VALUE},  {"\"00aFg9\"", HOB_ERR_VALUE},
        {"\"\"", HOB_ERR_VALUE},          {"\"0\\u0030aFf9\"", HOB_ERR_VALUE},
        {"\" 0aFf9\"", HOB_ERR_VALUE},    {"123456", HOB_ERR_TYPE},
    };
    static const uint8_t want[] = {0x00, 0xAF, 0xF9};
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t out[3] = {1, 1, 1};
        test_row("%s", rows[i].text);
        CHECK(parse(rows[i].text) > 0);
        CHECK_INT(hob_json_hex(&doc, 0, out, sizeof out), rows[i].want);
        if (rows[i].want == HOB_OK)
            CHECK_MEM(out, want, sizeof want);
    }
}

TEST(a_slice_is_the_text_as_it_came)
{
    size_t len = 0;
    CHECK(parse(" {\"item\": { \"a\" : [1, 2] }, \"s\":\"x\\n\"} ") > 0);
    const char *s = hob_json_slice(&doc, hob_json_find(&doc, 0, "item"), &len);
    CHECK_INT(len, 16);
    CHECK_MEM(s, "{ \"a\" : [1, 2] }", 16);
    s = hob_json_slice(&doc, hob_json_find(&doc, 0, "s"), &len);
    CHECK_INT(len, 3);
    CHECK_MEM(s, "x\\n", 3);
}

TEST(every_character_survives_encoding)
{
    for (uint32_t code = 0; code <= 0x10FFFF; code += code < 0x900 ? 1 : 37) {
        char ch[HOB_UTF8_MAX];
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        size_t len = hob_utf8_encode(code, ch);
        test_row("U+%04X", (unsigned)code);
        CHECK_INT(hob_utf8_len(ch, len), len);
        CHECK_INT(hob_utf8_len(ch, len - 1), 0);
    }
}

TEST(every_error_has_a_name_of_its_own)
{
    CHECK_STR(hob_err_name(HOB_OK), "ok");
    CHECK_STR(hob_err_name(12), "ok");
    CHECK_STR(hob_err_name(HOB_ERR_TOO_LONG), "too_long");
    CHECK_STR(hob_err_name(-9999), "internal");
    for (int a = -1; a > -100; a--) {
        for (int b = a - 1; b > -100; b--) {
            bool both = strcmp(hob_err_name(a), "internal") != 0;
            CHECK(!both || strcmp(hob_err_name(a), hob_err_name(b)) != 0);
        }
    }
}

int main(void)
{
    RUN(every_kind_of_value_is_read);
    RUN(what_is_not_json_is_refused);
    RUN(a_zero_byte_is_not_white_space);
    RUN(every_cut_is_refused);
    RUN(limits_are_errors_of_their_own);
    RUN(members_are_found_by_their_unescaped_key);
    RUN(the_first_of_equal_keys_counts);
    RUN(a_failed_look_up_passes_through_every_getter);
    RUN(containers_are_walked_over_what_they_hold_and_no_more);
    RUN(empty_containers_have_no_first);
    RUN(integers_are_exact_and_in_range);
    RUN(booleans_are_nothing_else);
    RUN(strings_are_unescaped_into_what_fits);
    RUN(escaped_strings_equal_only_their_whole_self);
    RUN(a_choice_is_one_of_the_names);
    RUN(hexadecimal_is_exactly_as_long_as_asked);
    RUN(a_slice_is_the_text_as_it_came);
    RUN(every_character_survives_encoding);
    RUN(every_error_has_a_name_of_its_own);
    return test_end("json");
}
