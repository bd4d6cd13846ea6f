/*
 * hob_json: looking things up in a parsed document.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_json.h"

#include <string.h>

#include "hob_utf8.h"

/* Token i, or NULL if there is none. */
static const struct hob_json_token *token(const struct hob_json *doc, int i)
{
    return doc != NULL && i >= 0 && (size_t)i < doc->count ? &doc->tokens[i] : NULL;
}

/* What a getter answers for an index that names no token: a negative one is an earlier error. */
static int no_token(int i)
{
    return i < 0 ? i : HOB_ERR_ARG;
}

static bool is_container(const struct hob_json_token *t)
{
    return t->type == HOB_JSON_OBJECT || t->type == HOB_JSON_ARRAY;
}

/* Token i if it has that type; else NULL, and why in *error. */
static const struct hob_json_token *typed(const struct hob_json *doc, int i,
                                          enum hob_json_type type, int *error)
{
    const struct hob_json_token *t = token(doc, i);
    if (t == NULL) {
        *error = no_token(i);
        return NULL;
    }
    if (t->type != type) {
        *error = HOB_ERR_TYPE;
        return NULL;
    }
    return t;
}

/* The unescaped characters of a string token, one after another. */
struct reader {
    const char *text;
    size_t pos;
    size_t end;
    char ch[HOB_UTF8_MAX]; /* the present character */
    size_t len;
};

static struct reader read_string(const struct hob_json *doc, const struct hob_json_token *t)
{
    return (struct reader){.text = doc->text, .pos = t->start, .end = t->end};
}

/* The code unit of "\uXXXX" at the cursor, which moves past it. */
static uint32_t take_unit(struct reader *r)
{
    int unit = hob_hex4(r->text + r->pos + 2);
    r->pos += 6;
    return (uint32_t)unit;
}

static char simple_escape(char c)
{
    switch (c) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return c; /* quote, backslash, slash */
    }
}

static void take_escape(struct reader *r)
{
    char c = r->text[r->pos + 1];
    if (c != 'u') {
        r->pos += 2;
        r->ch[0] = simple_escape(c);
        r->len = 1;
        return;
    }
    uint32_t code = take_unit(r);
    if (hob_is_high_surrogate((int)code))
        code = 0x10000u + ((code - 0xD800u) << 10) + (take_unit(r) - 0xDC00u);
    r->len = hob_utf8_encode(code, r->ch);
}

/* Moves to the next byte or escaped character; false at the end. The parser checked all shapes. */
static bool advance(struct reader *r)
{
    if (r->pos >= r->end)
        return false;
    if (r->text[r->pos] == '\\') {
        take_escape(r);
        return true;
    }
    r->ch[0] = r->text[r->pos++];
    r->len = 1;
    return true;
}

static bool string_equals(const struct hob_json *doc, const struct hob_json_token *t,
                          const char *s)
{
    size_t len = strlen(s);
    if (!t->escaped)
        return len == (size_t)(t->end - t->start) && memcmp(doc->text + t->start, s, len) == 0;
    size_t at = 0;
    struct reader r = read_string(doc, t);
    while (advance(&r)) {
        if (r.len > len - at || memcmp(s + at, r.ch, r.len) != 0)
            return false;
        at += r.len;
    }
    return at == len;
}

int hob_json_type(const struct hob_json *doc, int i)
{
    const struct hob_json_token *t = token(doc, i);
    return t != NULL ? t->type : no_token(i);
}

const char *hob_json_slice(const struct hob_json *doc, int i, size_t *len)
{
    const struct hob_json_token *t = token(doc, i);
    *len = t != NULL ? (size_t)(t->end - t->start) : 0;
    return t != NULL ? doc->text + t->start : NULL;
}

int hob_json_first(const struct hob_json *doc, int container)
{
    const struct hob_json_token *t = token(doc, container);
    if (t == NULL)
        return no_token(container);
    if (!is_container(t))
        return HOB_ERR_TYPE;
    return t->next > container + 1 ? container + 1 : HOB_ERR_MISSING;
}

int hob_json_next(const struct hob_json *doc, int container, int i)
{
    const struct hob_json_token *t = token(doc, container);
    if (t == NULL)
        return no_token(container);
    if (!is_container(t))
        return HOB_ERR_TYPE;
    if (i <= container || i >= t->next)
        return HOB_ERR_ARG;
    /* From a key, past its value. */
    int last = t->type == HOB_JSON_OBJECT ? i + 1 : i;
    if (last >= t->next)
        return HOB_ERR_ARG;
    int next = doc->tokens[last].next;
    return next < t->next ? next : HOB_ERR_MISSING;
}

int hob_json_count(const struct hob_json *doc, int i)
{
    int count = 0;
    int item = hob_json_first(doc, i);
    while (item >= 0) {
        count++;
        item = hob_json_next(doc, i, item);
    }
    return item == HOB_ERR_MISSING && token(doc, i) != NULL ? count : item;
}

int hob_json_find(const struct hob_json *doc, int i, const char *key)
{
    int error = HOB_OK;
    if (typed(doc, i, HOB_JSON_OBJECT, &error) == NULL)
        return error;
    for (int k = hob_json_first(doc, i); k >= 0; k = hob_json_next(doc, i, k)) {
        if (string_equals(doc, &doc->tokens[k], key))
            return k + 1;
    }
    return HOB_ERR_MISSING;
}

int hob_json_equals(const struct hob_json *doc, int i, const char *s)
{
    int error = HOB_OK;
    const struct hob_json_token *t = typed(doc, i, HOB_JSON_STRING, &error);
    if (t == NULL)
        return error;
    return string_equals(doc, t, s) ? 1 : 0;
}

/* Unescapes t into out; its length or an error. */
static int unescape(const struct hob_json *doc, const struct hob_json_token *t, char *out,
                    size_t cap)
{
    size_t at = 0;
    struct reader r = read_string(doc, t);
    while (advance(&r)) {
        if (r.len == 1 && r.ch[0] == '\0')
            return HOB_ERR_VALUE;
        if (r.len >= cap - at) /* one byte stays for the terminator */
            return HOB_ERR_TOO_LONG;
        memcpy(out + at, r.ch, r.len);
        at += r.len;
    }
    out[at] = '\0';
    return (int)at;
}

int hob_json_copy(const struct hob_json *doc, int i, char *out, size_t cap)
{
    int error = HOB_OK;
    const struct hob_json_token *t = typed(doc, i, HOB_JSON_STRING, &error);
    if (out == NULL || cap == 0)
        return HOB_ERR_ARG;
    int len = t != NULL ? unescape(doc, t, out, cap) : error;
    if (len < 0)
        out[0] = '\0';
    return len;
}

int hob_json_choice(const struct hob_json *doc, int i, const char *const *names, size_t count)
{
    int error = HOB_OK;
    const struct hob_json_token *t = typed(doc, i, HOB_JSON_STRING, &error);
    if (t == NULL)
        return error;
    for (size_t n = 0; n < count; n++) {
        if (string_equals(doc, t, names[n]))
            return (int)n;
    }
    return HOB_ERR_VALUE;
}

int hob_json_hex(const struct hob_json *doc, int i, uint8_t *out, size_t len)
{
    int error = HOB_OK;
    const struct hob_json_token *t = typed(doc, i, HOB_JSON_STRING, &error);
    if (t == NULL)
        return error;
    const char *s = doc->text + t->start;
    if ((size_t)(t->end - t->start) != 2 * len)
        return HOB_ERR_VALUE;
    for (size_t b = 0; b < len; b++) {
        int high = hob_hex_digit(s[2 * b]);
        int low = hob_hex_digit(s[2 * b + 1]);
        if (high < 0 || low < 0)
            return HOB_ERR_VALUE;
        out[b] = (uint8_t)(high * 16 + low);
    }
    return HOB_OK;
}

/* Reads digits as a magnitude of at most limit; HOB_ERR_TYPE, HOB_ERR_RANGE. */
static int magnitude(const char *s, size_t len, uint64_t limit, uint64_t *out)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9') /* the point or the e: no integer */
            return HOB_ERR_TYPE;
    }
    for (size_t i = 0; i < len; i++) {
        uint64_t digit = (uint64_t)(s[i] - '0');
        if (value > (limit - digit) / 10)
            return HOB_ERR_RANGE;
        value = value * 10 + digit;
    }
    *out = value;
    return HOB_OK;
}

/* Reads token t as any 64-bit integer. */
static int read_int(const struct hob_json *doc, const struct hob_json_token *t, int64_t *out)
{
    const char *s = doc->text + t->start;
    size_t len = (size_t)(t->end - t->start);
    bool negative = s[0] == '-';
    uint64_t m = 0;
    int r = magnitude(s + negative, len - negative, (uint64_t)INT64_MAX + negative, &m);
    if (r < 0)
        return r;
    /* -2^63 has no positive counterpart, so the sign goes on before the last step. */
    *out = !negative || m == 0 ? (int64_t)m : -(int64_t)(m - 1) - 1;
    return HOB_OK;
}

int hob_json_int(const struct hob_json *doc, int i, int64_t min, int64_t max, int64_t *out)
{
    int error = HOB_OK;
    const struct hob_json_token *t = typed(doc, i, HOB_JSON_NUMBER, &error);
    if (t == NULL)
        return error;
    int64_t value = 0;
    int r = read_int(doc, t, &value);
    if (r < 0)
        return r;
    if (value < min || value > max)
        return HOB_ERR_RANGE;
    *out = value;
    return HOB_OK;
}

int hob_json_bool(const struct hob_json *doc, int i, bool *out)
{
    int type = hob_json_type(doc, i);
    if (type < 0)
        return type;
    if (type != HOB_JSON_TRUE && type != HOB_JSON_FALSE)
        return HOB_ERR_TYPE;
    *out = type == HOB_JSON_TRUE;
    return HOB_OK;
}
