/*
 * hob_json: writing. The first error sticks, and from then on nothing is
 * written; one byte is always kept free for the terminator.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "hob_json.h"
#include "hob_utf8.h"

static void fail(struct hob_json_writer *w, int error)
{
    if (w->error == HOB_OK)
        w->error = error;
}

static void put(struct hob_json_writer *w, const char *s, size_t len)
{
    if (w->error != HOB_OK)
        return;
    if (len >= w->cap - w->len) {
        fail(w, HOB_ERR_SPACE);
        return;
    }
    memcpy(w->buf + w->len, s, len);
    w->len += len;
}

static void put_char(struct hob_json_writer *w, char c)
{
    put(w, &c, 1);
}

/* The bit of the innermost container; only with depth > 0. */
static uint8_t level(const struct hob_json_writer *w)
{
    return (uint8_t)(1u << (w->depth - 1u));
}

static bool in_object(const struct hob_json_writer *w)
{
    return w->depth > 0 && (w->objects & level(w)) != 0;
}

/* Puts the comma before a member or element, if there is one before it. */
static void separate(struct hob_json_writer *w)
{
    if (w->depth == 0)
        return;
    if ((w->filled & level(w)) != 0)
        put_char(w, ',');
    w->filled = (uint8_t)(w->filled | level(w));
}

/* Every value begins here: is one allowed, and is a comma due? */
static bool begin_value(struct hob_json_writer *w)
{
    if (w->done || in_object(w) != w->after_key)
        fail(w, HOB_ERR_STATE);
    if (w->error != HOB_OK)
        return false;
    if (!w->after_key)
        separate(w);
    w->after_key = false;
    w->done = w->depth == 0;
    return true;
}

static void begin_container(struct hob_json_writer *w, bool object)
{
    if (w->depth == HOB_JSON_MAX_DEPTH)
        fail(w, HOB_ERR_DEPTH);
    if (!begin_value(w))
        return;
    w->done = false;
    w->depth++;
    w->filled = (uint8_t)(w->filled & ~level(w));
    w->objects = (uint8_t)(object ? w->objects | level(w) : w->objects & ~level(w));
    put_char(w, object ? '{' : '[');
}

static void end_container(struct hob_json_writer *w, bool object)
{
    if (w->depth == 0 || in_object(w) != object || w->after_key)
        fail(w, HOB_ERR_STATE);
    if (w->error != HOB_OK)
        return;
    put_char(w, object ? '}' : ']');
    w->depth--;
    w->done = w->depth == 0;
}

static void put_escaped_control(struct hob_json_writer *w, char c)
{
    static const char digits[] = "0123456789abcdef";
    char out[] = {'\\', 'u', '0', '0', digits[((uint8_t)c >> 4) & 15u], digits[(uint8_t)c & 15u]};
    put(w, out, sizeof out);
}

/* Writes the character at s and tells how many bytes of the source it took. */
static size_t put_character(struct hob_json_writer *w, const char *s, size_t len)
{
    static const char replacement[] = "\xEF\xBF\xBD"; /* U+FFFD */
    size_t n = hob_utf8_len(s, len);
    if (n == 0) {
        put(w, replacement, sizeof replacement - 1);
        return 1;
    }
    char c = *s;
    if (c == '"' || c == '\\')
        put_char(w, '\\');
    if (n == 1 && (uint8_t)c < 0x20)
        put_escaped_control(w, c);
    else
        put(w, s, n);
    return n;
}

static void put_quoted(struct hob_json_writer *w, const char *s, size_t len)
{
    put_char(w, '"');
    for (size_t i = 0; i < len && w->error == HOB_OK;)
        i += put_character(w, s + i, len - i);
    put_char(w, '"');
}

void hob_jw_init(struct hob_json_writer *w, char *buf, size_t cap)
{
    *w = (struct hob_json_writer){.buf = buf, .cap = cap};
    if (buf == NULL || cap == 0)
        fail(w, HOB_ERR_ARG);
}

void hob_jw_begin_object(struct hob_json_writer *w)
{
    begin_container(w, true);
}

void hob_jw_end_object(struct hob_json_writer *w)
{
    end_container(w, true);
}

void hob_jw_begin_array(struct hob_json_writer *w)
{
    begin_container(w, false);
}

void hob_jw_end_array(struct hob_json_writer *w)
{
    end_container(w, false);
}

void hob_jw_key(struct hob_json_writer *w, const char *key)
{
    if (!in_object(w) || w->after_key)
        fail(w, HOB_ERR_STATE);
    if (w->error != HOB_OK)
        return;
    separate(w);
    put_quoted(w, key, strlen(key));
    put_char(w, ':');
    w->after_key = true;
}

void hob_jw_string(struct hob_json_writer *w, const char *s)
{
    hob_jw_string_n(w, s, strlen(s));
}

void hob_jw_string_n(struct hob_json_writer *w, const char *s, size_t len)
{
    if (begin_value(w))
        put_quoted(w, s, len);
}

void hob_jw_hex(struct hob_json_writer *w, const uint8_t *bytes, size_t len)
{
    static const char digits[] = "0123456789abcdef";
    if (!begin_value(w))
        return;
    put_char(w, '"');
    for (size_t i = 0; i < len; i++) {
        put_char(w, digits[bytes[i] >> 4]);
        put_char(w, digits[bytes[i] & 15u]);
    }
    put_char(w, '"');
}

void hob_jw_int(struct hob_json_writer *w, int64_t value)
{
    char out[20]; /* "-9223372036854775808" */
    size_t at = sizeof out;
    /* Negating as unsigned is defined for the least integer too. */
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        out[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        out[--at] = '-';
    hob_jw_raw(w, out + at, sizeof out - at);
}

void hob_jw_bool(struct hob_json_writer *w, bool value)
{
    if (value)
        hob_jw_raw(w, "true", 4);
    else
        hob_jw_raw(w, "false", 5);
}

void hob_jw_null(struct hob_json_writer *w)
{
    hob_jw_raw(w, "null", 4);
}

void hob_jw_raw(struct hob_json_writer *w, const char *json, size_t len)
{
    if (begin_value(w))
        put(w, json, len);
}

void hob_jw_put_string(struct hob_json_writer *w, const char *key, const char *s)
{
    hob_jw_key(w, key);
    hob_jw_string(w, s);
}

void hob_jw_put_int(struct hob_json_writer *w, const char *key, int64_t value)
{
    hob_jw_key(w, key);
    hob_jw_int(w, value);
}

void hob_jw_put_bool(struct hob_json_writer *w, const char *key, bool value)
{
    hob_jw_key(w, key);
    hob_jw_bool(w, value);
}

int hob_jw_finish(struct hob_json_writer *w)
{
    if (!w->done)
        fail(w, HOB_ERR_STATE);
    if (w->error != HOB_OK) {
        if (w->buf != NULL && w->cap > 0)
            w->buf[0] = '\0';
        return w->error;
    }
    w->buf[w->len] = '\0';
    return (int)w->len;
}
