/*
 * The arguments of a command "plan"; see hob_frame.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_frame.h"
#include "hob_name.h"

/* Notes the member that the command is to be refused for, unless there is one already. */
static void refuse(struct hob_command *c, const char *member)
{
    if (c->bad == NULL)
        c->bad = member;
}

/* A time that may be past, as ms from now on; one too far ahead is to be refused. */
static uint32_t offset(struct hob_command *c, const char *member, uint64_t at, uint64_t now)
{
    if (at <= now)
        return 0;
    if (at - now > UINT32_MAX)
        refuse(c, member);
    return (uint32_t)(at - now);
}

static int read_uptime(const struct hob_json *d, int i, uint64_t *out)
{
    int64_t v = 0;
    int r = hob_json_int(d, i, 0, HOB_MAX_NUMBER, &v);
    *out = (uint64_t)v;
    return r;
}

/* The target of a segment: a number, or null for none. */
static int read_target(const struct hob_json *d, int i, struct hob_command *c, int32_t *to)
{
    int64_t v = HOB_NO_TEMP;
    if (hob_json_type(d, i) == HOB_JSON_NULL) {
        *to = HOB_NO_TEMP;
        return HOB_OK;
    }
    int r = hob_json_int(d, i, HOB_MIN_TEMP, HOB_MAX_TEMP, &v);
    *to = (int32_t)v;
    if (r != HOB_ERR_RANGE)
        return r;
    refuse(c, "segments");
    return HOB_OK;
}

/* One segment, which begins after the last one did. */
static int decode_segment(const struct hob_json *d, int i, struct hob_command *c, uint64_t now,
                          uint64_t *last)
{
    uint64_t from = 0;
    struct hob_segment segment = {0};
    if (hob_json_type(d, i) != HOB_JSON_ARRAY)
        return HOB_ERR_TYPE;
    if (hob_json_count(d, i) != 2)
        return HOB_ERR_MISSING;
    int first = hob_json_first(d, i);
    int r = read_uptime(d, first, &from);
    if (r == HOB_OK)
        r = read_target(d, hob_json_next(d, i, first), c, &segment.to);
    segment.from = offset(c, "segments", from, now);
    bool begun = c->plan.count > 0 ? from > *last : from <= now;
    *last = from;
    if (!begun || c->plan.count == HOB_MAX_SEGMENTS) {
        refuse(c, "segments");
        return r;
    }
    c->plan.segments[c->plan.count++] = segment;
    return r;
}

static int decode_segments(const struct hob_json *d, int list, struct hob_command *c, uint64_t now)
{
    uint64_t last = 0;
    uint64_t end = 0;
    int type = hob_json_type(d, list);
    if (type < 0)
        return type;
    int r = type == HOB_JSON_ARRAY ? HOB_OK : HOB_ERR_TYPE;
    for (int i = hob_json_first(d, list); i >= 0 && r == HOB_OK; i = hob_json_next(d, list, i))
        r = decode_segment(d, i, c, now, &last);
    if (r == HOB_OK)
        r = read_uptime(d, hob_json_find(d, 0, "end"), &end);
    if (r == HOB_OK && (c->plan.count == 0 || end <= last))
        refuse(c, c->plan.count == 0 ? "segments" : "end");
    c->plan.end = offset(c, "end", end, now);
    return r;
}

int hob_frame_decode_plan(const struct hob_json *d, struct hob_command *c, uint64_t now)
{
    struct hob_schedule *s = &c->plan;
    s->base = now;
    int r = hob_json_copy(d, hob_json_find(d, 0, "plan"), s->id, sizeof s->id);
    if (r == HOB_ERR_MISSING || r == HOB_ERR_TYPE)
        return r;
    if (r <= 0 || !hob_name_is_plan(s->id))
        refuse(c, "plan");
    r = hob_json_bool(d, hob_json_find(d, 0, "locked"), &s->locked);
    if (r < 0 && r != HOB_ERR_MISSING)
        return r;
    int list = hob_json_find(d, 0, "segments");
    return list == HOB_ERR_MISSING && s->locked ? HOB_OK : decode_segments(d, list, c, now);
}
