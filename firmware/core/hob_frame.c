/*
 * Frames of a server; see hob_frame.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_frame.h"

#include <string.h>

#include "hob_name.h"
#include "hob_point.h"

/* A fade longer than an hour is a mistake. */
#define MAX_FADE_MS 3600000
#define MAX_PULSE_MS 60000
#define MAX_GAP_MS 3600000
#define MAX_AGE_MS 60000
#define MIN_WARN_MS 1000
#define MAX_WARN_MS 60000

static const char *const types[HOB_FRAME_COUNT] = {
    [HOB_FRAME_HELLO] = "hello",
    [HOB_FRAME_PING] = "ping",
    [HOB_FRAME_CONFIG_BEGIN] = "config_begin",
    [HOB_FRAME_CONFIG_ITEM] = "config_item",
    [HOB_FRAME_CONFIG_COMMIT] = "config_commit",
    [HOB_FRAME_COMMAND] = "command",
    [HOB_FRAME_CANCEL] = "cancel",
    [HOB_FRAME_RENEW] = "renew",
    [HOB_FRAME_FEED] = "feed",
    [HOB_FRAME_ADOPT] = "adopt",
    [HOB_FRAME_ROTATE] = "rotate",
    [HOB_FRAME_FORGET] = "forget",
    [HOB_FRAME_IDENTIFY] = "identify",
    [HOB_FRAME_RESTART] = "restart",
    [HOB_FRAME_TIME] = "time",
    [HOB_FRAME_UPDATE_BEGIN] = "update_begin",
    [HOB_FRAME_UPDATE_PART] = "update_part",
};

static int number(const struct hob_json *d, const char *member, int64_t min, uint64_t *out)
{
    int64_t v = 0;
    int r = hob_json_int(d, hob_json_find(d, 0, member), min, HOB_MAX_NUMBER, &v);
    *out = (uint64_t)v;
    return r;
}

static int decode_hello(const struct hob_json *d, struct hob_frame *out)
{
    int r = hob_json_int(d, hob_json_find(d, 0, "proto"), INT64_MIN, INT64_MAX, &out->proto);
    if (r < 0)
        return r;
    r = number(d, "unix", 0, &out->number);
    return r == HOB_ERR_MISSING ? HOB_OK : r;
}

static int decode_rev(const struct hob_json *d, char rev[HOB_REV_SIZE])
{
    int r = hob_json_copy(d, hob_json_find(d, 0, "rev"), rev, HOB_REV_SIZE);
    if (r == HOB_ERR_MISSING || r == HOB_ERR_TYPE)
        return r;
    return r < 0 || !hob_name_is_rev(rev) ? HOB_ERR_VALUE : HOB_OK;
}

static int decode_begin(const struct hob_json *d, struct hob_frame *out)
{
    uint64_t items = 0;
    int r = decode_rev(d, out->config.rev);
    if (r == HOB_OK)
        r = number(d, "items", 0, &items);
    if (r == HOB_OK)
        r = hob_json_hex(d, hob_json_find(d, 0, "sha256"), out->config.sha256, HOB_HASH_LEN);
    /* More than fit in 32 bits are too many in any case. */
    out->config.items = items > UINT32_MAX ? UINT32_MAX : (uint32_t)items;
    return r;
}

static int decode_item(const struct hob_json *d, struct hob_frame *out)
{
    uint64_t n = 0;
    int r = number(d, "n", 0, &n);
    if (r < 0)
        return r;
    int i = hob_json_find(d, 0, "item");
    int type = hob_json_type(d, i);
    if (type < 0)
        return type;
    if (type != HOB_JSON_OBJECT)
        return HOB_ERR_TYPE;
    out->item.n = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
    out->item.text = d->text + d->tokens[i].start;
    out->item.len = (size_t)(d->tokens[i].end - d->tokens[i].start);
    return HOB_OK;
}

/*
 * A member of a command with a value that is to be refused, rather than a frame
 * that is to end the session. Result: HOB_OK for that too.
 */
static int refuse(struct hob_command *c, const char *member, int r)
{
    if (r != HOB_ERR_RANGE && r != HOB_ERR_VALUE && r != HOB_ERR_TOO_LONG)
        return r;
    if (c->bad == NULL)
        c->bad = member;
    return HOB_OK;
}

/* A number that need not be there, of at most max. */
static int optional(const struct hob_json *d, struct hob_command *c, const char *member,
                    int64_t max, bool *has, int64_t *out)
{
    int i = hob_json_find(d, 0, member);
    *has = i >= 0;
    *out = 0;
    return i == HOB_ERR_MISSING ? HOB_OK : refuse(c, member, hob_json_int(d, i, 0, max, out));
}

static int decode_light(const struct hob_json *d, struct hob_command *c)
{
    int64_t level = 0;
    int64_t fade = 0;
    int r = optional(d, c, "level", 1000, &c->has_level, &level);
    if (r == HOB_OK)
        r = optional(d, c, "fade", MAX_FADE_MS, &c->has_fade, &fade);
    c->level = (uint16_t)level;
    c->fade = (uint32_t)fade;
    int rgb = hob_json_find(d, 0, "rgb");
    c->has_rgb = rgb >= 0;
    if (r == HOB_OK && c->has_rgb)
        r = refuse(c, "rgb", hob_json_hex(d, rgb, c->rgb, sizeof c->rgb));
    return r;
}

static int decode_condition(const struct hob_board *b, const struct hob_json *d, int i,
                            struct hob_command *c)
{
    char name[HOB_NAME_SIZE];
    struct hob_condition pre = {.point = HOB_NONE};
    int64_t age = 0;
    if (hob_json_type(d, i) != HOB_JSON_OBJECT)
        return HOB_ERR_TYPE;
    int r = hob_json_copy(d, hob_json_find(d, i, "point"), name, sizeof name);
    if (r == HOB_ERR_MISSING || r == HOB_ERR_TYPE)
        return r;
    if (r >= 0)
        pre.point = hob_point_find(b, name);
    r = hob_json_bool(d, hob_json_find(d, i, "is"), &pre.is);
    if (r == HOB_OK)
        r = refuse(c, "pre", hob_json_int(d, hob_json_find(d, i, "age"), 0, MAX_AGE_MS, &age));
    pre.age = (uint16_t)age;
    if (c->pre_count == HOB_MAX_CONDITIONS)
        return r < 0 ? r : refuse(c, "pre", HOB_ERR_TOO_LONG);
    c->pre[c->pre_count++] = pre;
    return r;
}

static int decode_conditions(const struct hob_board *b, const struct hob_json *d,
                             struct hob_command *c)
{
    int list = hob_json_find(d, 0, "pre");
    if (list == HOB_ERR_MISSING)
        return HOB_OK;
    if (hob_json_type(d, list) != HOB_JSON_ARRAY)
        return HOB_ERR_TYPE;
    int r = HOB_OK;
    for (int i = hob_json_first(d, list); i >= 0 && r == HOB_OK; i = hob_json_next(d, list, i))
        r = decode_condition(b, d, i, c);
    return r;
}

/* A number that need not be there; 0 when it is not, so min is above that. */
static int decode_ms(const struct hob_json *d, struct hob_command *c, const char *member,
                     int64_t min, int64_t max, uint16_t *out)
{
    int64_t ms = 0;
    int i = hob_json_find(d, 0, member);
    int r = i == HOB_ERR_MISSING ? HOB_OK : refuse(c, member, hob_json_int(d, i, min, max, &ms));
    *out = (uint16_t)ms;
    return r;
}

static int decode_warning(const struct hob_board *b, const struct hob_json *d,
                          struct hob_command *c)
{
    char name[HOB_NAME_SIZE];
    int i = hob_json_find(d, 0, "warn");
    c->warn = HOB_NONE;
    c->has_warn = i != HOB_ERR_MISSING;
    if (c->has_warn) {
        int r = hob_json_copy(d, i, name, sizeof name);
        if (r == HOB_ERR_TYPE)
            return r;
        if (r >= 0)
            c->warn = hob_point_find(b, name);
    }
    return decode_ms(d, c, "warn_ms", MIN_WARN_MS, MAX_WARN_MS, &c->warn_ms);
}

static int decode_pulse(const struct hob_board *b, const struct hob_json *d, struct hob_command *c)
{
    int64_t gap = 0;
    bool has_gap;
    int r = decode_ms(d, c, "ms", 1, MAX_PULSE_MS, &c->pulse);
    if (r == HOB_OK)
        r = optional(d, c, "gap", MAX_GAP_MS, &has_gap, &gap);
    c->gap = (uint32_t)gap;
    if (r == HOB_OK)
        r = decode_warning(b, d, c);
    return r < 0 ? r : decode_conditions(b, d, c);
}

static int decode_command(const struct hob_board *b, const struct hob_json *d,
                          struct hob_frame *out)
{
    static const char *const acts[] = {"on", "off", "set", "pulse", "plan"};
    static const uint8_t does[] = {HOB_DO_ON, HOB_DO_OFF, HOB_DO_SET, HOB_DO_PULSE, HOB_DO_PLAN};
    struct hob_command *c = &out->command;
    memset(c, 0, sizeof *c);
    int r = number(d, "id", 1, &c->id);
    if (r == HOB_OK)
        r = number(d, "until", 0, &c->until);
    if (r < 0)
        return r;
    r = hob_json_copy(d, hob_json_find(d, 0, "point"), c->point, sizeof c->point);
    if (r == HOB_ERR_MISSING || r == HOB_ERR_TYPE)
        return r;
    if (r < 0)
        c->point[0] = '\0';
    r = hob_json_choice(d, hob_json_find(d, 0, "do"), acts, sizeof acts / sizeof acts[0]);
    c->act = does[r >= 0 ? r : 0];
    r = refuse(c, "do", r < 0 ? r : HOB_OK);
    if (r < 0)
        return r;
    if (c->act == HOB_DO_PLAN)
        return hob_frame_decode_plan(d, c, b->now);
    return c->act == HOB_DO_PULSE ? decode_pulse(b, d, c) : decode_light(d, c);
}

static int decode_renew(const struct hob_board *b, const struct hob_json *d, struct hob_frame *out)
{
    int list = hob_json_find(d, 0, "points");
    int type = hob_json_type(d, list);
    if (type < 0)
        return type;
    if (type != HOB_JSON_ARRAY)
        return HOB_ERR_TYPE;
    out->renew.points = 0;
    for (int i = hob_json_first(d, list); i >= 0; i = hob_json_next(d, list, i)) {
        char name[HOB_NAME_SIZE];
        int r = hob_json_copy(d, i, name, sizeof name);
        if (r == HOB_ERR_TYPE)
            return r;
        uint8_t p = r < 0 ? HOB_NONE : hob_point_find(b, name);
        if (p != HOB_NONE && hob_point_is_output(&b->points[p]))
            out->renew.points |= 1ull << p;
    }
    return number(d, "until", 0, &out->renew.until);
}

static int decode_feed(const struct hob_board *b, const struct hob_json *d, struct hob_frame *out)
{
    char name[HOB_NAME_SIZE];
    out->feed.point = HOB_NONE;
    int r = hob_json_copy(d, hob_json_find(d, 0, "point"), name, sizeof name);
    if (r == HOB_ERR_MISSING || r == HOB_ERR_TYPE)
        return r;
    if (r >= 0)
        out->feed.point = hob_point_find(b, name);
    int v = hob_json_find(d, 0, "v");
    r = hob_json_type(d, v) == HOB_JSON_NULL
            ? HOB_OK
            : hob_json_int(d, v, -HOB_MAX_NUMBER, HOB_MAX_NUMBER, &out->feed.value);
    if (r == HOB_OK)
        r = number(d, "age", 0, &out->feed.age);
    if (r == HOB_OK)
        r = number(d, "until", 0, &out->feed.until);
    if (hob_json_type(d, v) == HOB_JSON_NULL)
        out->feed.point = HOB_NONE;
    return r;
}

static int decode_key(const struct hob_json *d, struct hob_frame *out)
{
    int r = hob_json_hex(d, hob_json_find(d, 0, "key"), out->key, HOB_KEY_LEN);
    return r == HOB_OK && hob_all_zero(out->key, HOB_KEY_LEN) ? HOB_ERR_VALUE : r;
}

/* A text that fits, and says no more than it should in what is signed: one word. */
static int decode_word(const struct hob_json *d, const char *member, char *out, size_t cap)
{
    int r = hob_json_copy(d, hob_json_find(d, 0, member), out, cap);
    if (r == HOB_ERR_MISSING || r == HOB_ERR_TYPE)
        return r;
    for (const char *c = out; *c != '\0'; c++) {
        if (*c <= ' ' || *c > '~')
            return HOB_ERR_VALUE;
    }
    return r > 0 ? HOB_OK : HOB_ERR_VALUE;
}

static int decode_image(const struct hob_json *d, struct hob_image *out)
{
    int64_t size = 0;
    int64_t security = 0;
    int r = decode_word(d, "chip", out->chip, sizeof out->chip);
    if (r == HOB_OK)
        r = decode_word(d, "fw", out->fw, sizeof out->fw);
    if (r == HOB_OK)
        r = hob_json_int(d, hob_json_find(d, 0, "security"), 0, UINT16_MAX, &security);
    if (r == HOB_OK)
        r = hob_json_int(d, hob_json_find(d, 0, "size"), 1, INT32_MAX, &size);
    if (r == HOB_OK)
        r = hob_json_hex(d, hob_json_find(d, 0, "sha256"), out->sha256, sizeof out->sha256);
    if (r == HOB_OK)
        r = hob_json_hex(d, hob_json_find(d, 0, "sig"), out->signature, sizeof out->signature);
    out->security = (uint16_t)security;
    out->size = (uint32_t)size;
    return r;
}

static int decode_part(const struct hob_json *d, struct hob_frame *out)
{
    int r = number(d, "at", 0, &out->part.at);
    if (r < 0)
        return r;
    int i = hob_json_find(d, 0, "data");
    int type = hob_json_type(d, i);
    if (type < 0)
        return type;
    if (type != HOB_JSON_STRING)
        return HOB_ERR_TYPE;
    /* A backslash is no digit of base64: what is escaped is refused with the rest. */
    out->part.text = d->text + d->tokens[i].start;
    out->part.len = (size_t)(d->tokens[i].end - d->tokens[i].start);
    return HOB_OK;
}

static int decode_members(const struct hob_board *b, const struct hob_json *d,
                          struct hob_frame *out)
{
    switch (out->type) {
    case HOB_FRAME_HELLO:
        return decode_hello(d, out);
    case HOB_FRAME_PING:
        return number(d, "n", 0, &out->number);
    case HOB_FRAME_CONFIG_BEGIN:
        return decode_begin(d, out);
    case HOB_FRAME_CONFIG_ITEM:
        return decode_item(d, out);
    case HOB_FRAME_CONFIG_COMMIT:
        return decode_rev(d, out->config.rev);
    case HOB_FRAME_COMMAND:
        return decode_command(b, d, out);
    case HOB_FRAME_CANCEL:
        return number(d, "id", 1, &out->number);
    case HOB_FRAME_RENEW:
        return decode_renew(b, d, out);
    case HOB_FRAME_FEED:
        return decode_feed(b, d, out);
    case HOB_FRAME_ADOPT:
    case HOB_FRAME_ROTATE:
        return decode_key(d, out);
    case HOB_FRAME_IDENTIFY:
        return number(d, "for", 0, &out->number);
    case HOB_FRAME_TIME:
        return number(d, "unix", 0, &out->number);
    case HOB_FRAME_UPDATE_BEGIN:
        return decode_image(d, &out->image);
    case HOB_FRAME_UPDATE_PART:
        return decode_part(d, out);
    case HOB_FRAME_FORGET:
    case HOB_FRAME_RESTART:
    case HOB_FRAME_COUNT:
        break;
    }
    return HOB_OK;
}

int hob_frame_decode(const struct hob_board *b, const char *text, size_t len,
                     struct hob_json_token *tokens, size_t token_cap, struct hob_frame *out)
{
    struct hob_json d;
    int r = hob_json_parse(&d, text, len, tokens, token_cap);
    if (r < 0)
        return r;
    if (hob_json_type(&d, 0) != HOB_JSON_OBJECT)
        return HOB_ERR_SYNTAX;
    memset(out, 0, sizeof *out);
    r = hob_json_choice(&d, hob_json_find(&d, 0, "t"), types, HOB_FRAME_COUNT);
    if (r < 0)
        return r == HOB_ERR_VALUE ? HOB_ERR_UNKNOWN : r;
    out->type = (enum hob_frame_type)r;
    return decode_members(b, &d, out);
}
