/*
 * Any bytes through the tokenizer. What it takes is looked through with every
 * getter, written anew from the tokens, and must then read as the same tokens.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "hob_json.h"

#define MAX_TOKENS 2048
#define MAX_TEXT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* A token must lie in the text, and inside the one that encloses it. */
static void check_bounds(const struct hob_json *d, size_t len)
{
    for (size_t i = 0; i < d->count; i++) {
        const struct hob_json_token *t = &d->tokens[i];
        must(t->start <= t->end && t->end <= len);
        must(t->next > i && t->next <= d->count);
    }
    must(d->tokens[0].next == d->count);
}

static void use_getters(const struct hob_json *d, int i)
{
    char text[64];
    uint8_t bytes[8];
    int64_t n = 0;
    bool b = false;
    int len = hob_json_copy(d, i, text, sizeof text);
    must(len < 0 || (strlen(text) == (size_t)len && hob_json_equals(d, i, text) == 1));
    (void)hob_json_hex(d, i, bytes, sizeof bytes);
    must(hob_json_int(d, i, -100, 100, &n) != HOB_OK || (n >= -100 && n <= 100));
    (void)hob_json_bool(d, i, &b);
    (void)hob_json_find(d, i, "t");
    int items = 0;
    for (int k = hob_json_first(d, i); k >= 0; k = hob_json_next(d, i, k))
        items++;
    must(hob_json_type(d, i) > HOB_JSON_ARRAY || items == hob_json_count(d, i));
}

/* Containers being written anew: where each ends, and its kind. */
struct open_container {
    int end;
    bool object;
    bool key_next;
};

static void begin(struct hob_json_writer *w, bool object)
{
    if (object)
        hob_jw_begin_object(w);
    else
        hob_jw_begin_array(w);
}

static void end(struct hob_json_writer *w, bool object)
{
    if (object)
        hob_jw_end_object(w);
    else
        hob_jw_end_array(w);
}

/* Writes token i; a string is unescaped first, when it can be. */
static void write_scalar(struct hob_json_writer *w, const struct hob_json *d, int i, bool key)
{
    static char text[MAX_TEXT];
    size_t len = 0;
    const char *slice = hob_json_slice(d, i, &len);
    int n = hob_json_copy(d, i, text, sizeof text);
    if (n == HOB_ERR_VALUE) /* it holds U+0000 */
        strcpy(text, "?");
    if (key)
        hob_jw_key(w, text);
    else if (hob_json_type(d, i) == HOB_JSON_STRING)
        hob_jw_string(w, text);
    else
        hob_jw_raw(w, slice, len);
}

static int rewrite(const struct hob_json *d, char *out, size_t cap)
{
    struct hob_json_writer w;
    struct open_container open[HOB_JSON_MAX_DEPTH];
    int depth = 0;
    hob_jw_init(&w, out, cap);
    for (int i = 0; i <= (int)d->count; i++) {
        while (depth > 0 && open[depth - 1].end == i)
            end(&w, open[--depth].object);
        if (i == (int)d->count)
            break;
        struct open_container *in = depth > 0 ? &open[depth - 1] : NULL;
        bool key = in != NULL && in->object && in->key_next;
        if (in != NULL)
            in->key_next = !in->key_next;
        int type = hob_json_type(d, i);
        if (type == HOB_JSON_OBJECT || type == HOB_JSON_ARRAY) {
            bool object = type == HOB_JSON_OBJECT;
            begin(&w, object);
            open[depth++] = (struct open_container){d->tokens[i].next, object, true};
        } else {
            write_scalar(&w, d, i, key);
        }
    }
    return hob_jw_finish(&w);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct hob_json_token tokens[MAX_TOKENS];
    static struct hob_json_token again[MAX_TOKENS];
    static char text[6 * MAX_TEXT];
    struct hob_json d;
    struct hob_json e;
    int n = hob_json_parse(&d, (const char *)data, size, tokens, MAX_TOKENS);
    must(n != 0 && (n > 0 || (d.count == 0 && d.error_at <= size)));
    if (n < 0)
        return 0;
    check_bounds(&d, size);
    for (int i = 0; i < n; i++)
        use_getters(&d, i);
    int len = rewrite(&d, text, sizeof text);
    must(len > 0);
    if ((size_t)len <= HOB_JSON_MAX_TEXT) {
        must(hob_json_parse(&e, text, (size_t)len, again, MAX_TOKENS) == n);
        for (int i = 0; i < n; i++)
            must(tokens[i].type == again[i].type && tokens[i].next == again[i].next);
    }
    return 0;
}
