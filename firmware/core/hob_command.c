/*
 * Commands; see hob_command.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_command.h"

#include <string.h>

#include "hob_interlock.h"
#include "hob_output.h"
#include "hob_point.h"
#include "hob_report.h"
#include "hob_text.h"

static void refuse(struct hob_board *b, const struct hob_command *c, const char *reason,
                   const char *before, const char *name)
{
    char message[48];
    struct hob_text t;
    hob_text_init(&t, message, sizeof message);
    hob_text_add(&t, before);
    hob_text_add(&t, name);
    hob_report_result(b, c->id, "refused", reason, message);
}

/* What a set lacks or must not have for this output; false if it was refused. */
static bool check_set(struct hob_board *b, const struct hob_command *c, const struct hob_point *p)
{
    if (p->config.kind == HOB_KIND_RELAY)
        refuse(b, c, "wrong_kind", "a relay has no level: ", c->point);
    else if (!c->has_level && !c->has_rgb)
        refuse(b, c, "missing", "set needs level or rgb", NULL);
    else if (c->has_rgb && p->config.kind != HOB_KIND_WS2812)
        refuse(b, c, "bad_value", "no colours at ", c->point);
    else
        return true;
    return false;
}

/* A limit that would end the pulse before its time; NULL if none would. */
static const char *shorter_limit(const struct hob_output_config *o, uint32_t pulse)
{
    if (o->max_on > 0 && o->max_on < pulse)
        return "ms is more than max_on";
    if (o->off_after > 0 && o->off_after < pulse)
        return "ms is more than off_after";
    return o->lease > 0 && o->lease < pulse ? "ms is more than lease" : NULL;
}

/* Whether the conditions name inputs; false if the command was refused. */
static bool check_inputs(struct hob_board *b, const struct hob_command *c)
{
    for (uint8_t k = 0; k < c->pre_count; k++) {
        uint8_t i = c->pre[k].point;
        if (i == HOB_NONE) {
            refuse(b, c, "unknown_point", "pre names no point of this board", NULL);
            return false;
        }
        if (b->points[i].config.kind != HOB_KIND_INPUT) {
            refuse(b, c, "wrong_kind", "pre names no input: ", b->points[i].config.name);
            return false;
        }
    }
    return true;
}

/* What speaks against this pulse by its words alone; false if it was refused. */
static bool check_pulse(struct hob_board *b, const struct hob_command *c, const struct hob_point *p)
{
    const char *limit = shorter_limit(&p->config.out, c->pulse);
    if (p->config.kind != HOB_KIND_RELAY)
        refuse(b, c, "wrong_kind", "only a relay can pulse: ", c->point);
    else if (c->pulse == 0)
        refuse(b, c, "missing", "pulse needs ms", NULL);
    else if (limit != NULL)
        refuse(b, c, "bad_value", limit, NULL);
    else
        return check_inputs(b, c);
    return false;
}

static bool check_act(struct hob_board *b, const struct hob_command *c, const struct hob_point *p)
{
    if (c->act == HOB_DO_SET)
        return check_set(b, c, p);
    return c->act != HOB_DO_PULSE || check_pulse(b, c, p);
}

/* The point that the command is for; HOB_NONE if it was refused. */
static uint8_t check(struct hob_board *b, const struct hob_command *c)
{
    uint8_t i = hob_point_find(b, c->point);
    if (b->rev[0] == '\0')
        refuse(b, c, "not_configured", "this board has no configuration", NULL);
    else if (i == HOB_NONE)
        refuse(b, c, "unknown_point", "no point ", c->point);
    else if (!hob_point_is_output(&b->points[i]))
        refuse(b, c, "wrong_kind", "no output: ", c->point);
    else if (c->bad != NULL)
        refuse(b, c, "bad_value", "not allowed: ", c->bad);
    else if (check_act(b, c, &b->points[i]))
        return i;
    return HOB_NONE;
}

static uint16_t wanted(const struct hob_command *c, const struct hob_point *p)
{
    if (c->act == HOB_DO_OFF)
        return 0;
    if (c->act == HOB_DO_SET && c->has_level)
        return c->level;
    if (c->act == HOB_DO_SET || p->out.level > 0)
        return p->out.level;
    return hob_output_on_level(p);
}

/* Whether this is a moment for it; false if it was refused, and then nothing was touched. */
static bool timely(struct hob_board *b, const struct hob_command *c, const struct hob_point *p,
                   const struct hob_request *request)
{
    if (request->level > 0 && p->out.pulse_until > 0)
        refuse(b, c, "busy", "a pulse is under way at ", c->point);
    else if (request->pulse > 0 && p->out.level > 0)
        refuse(b, c, "busy", "it is on: ", c->point);
    else if (request->pulse > 0 && b->now < p->out.off_since + c->gap)
        refuse(b, c, "busy", "too soon after the last time: ", c->point);
    else if (!hob_interlock_conditions(b, request))
        refuse(b, c, "precondition", "an input is not as it must be", NULL);
    else
        return true;
    return false;
}

static void act(struct hob_board *b, const struct hob_command *c, uint8_t i)
{
    const struct hob_point *p = &b->points[i];
    struct hob_request request = {
        .cause = HOB_CAUSE_COMMAND,
        .by = HOB_NONE,
        .cmd = c->id,
        .until = c->until,
        .level = wanted(c, p),
        .fade = c->has_fade ? c->fade : p->config.out.fade,
        .has_rgb = c->act == HOB_DO_SET && c->has_rgb,
        .pulse = c->pulse,
        .pre_count = c->pre_count,
    };
    memcpy(request.rgb, c->rgb, sizeof request.rgb);
    memcpy(request.pre, c->pre, sizeof request.pre);
    if (!timely(b, c, p, &request))
        return;
    uint8_t session = b->session;
    hob_interlock_supersede(b, i);
    hob_command_report(b);
    /* Sending may have ended the session, and what it asked for with it. */
    if (b->session != session)
        return;
    int r = hob_interlock_request(b, i, &request);
    /* A pulse that this has ended comes to its result first. */
    hob_command_report(b);
    if (b->session != session)
        return;
    if (r == HOB_OK)
        hob_report_result(b, c->id, "done", NULL, NULL);
    else if (r < 0)
        refuse(b, c, "superseded", "too many commands wait", NULL);
}

void hob_command_run(struct hob_board *b, const struct hob_command *command)
{
    if (command->id <= b->last_cmd) {
        hob_report_result(b, command->id, "duplicate", NULL, NULL);
        return;
    }
    b->last_cmd = command->id;
    if (b->now > command->until) {
        hob_report_result(b, command->id, "expired", NULL, NULL);
        return;
    }
    uint8_t i = check(b, command);
    if (i != HOB_NONE)
        act(b, command, i);
}

static void report_wait(struct hob_board *b, const struct hob_wait *w)
{
    if (w->stage == HOB_WAIT_DONE)
        hob_report_result(b, w->request.cmd, "done", NULL, NULL);
    else if (w->stage == HOB_WAIT_EXPIRED)
        hob_report_result(b, w->request.cmd, "expired", NULL, NULL);
    else if (w->stage == HOB_WAIT_SUPERSEDED)
        hob_report_result(b, w->request.cmd, "refused", "superseded",
                          "a later command has come");
    else if (w->stage == HOB_WAIT_CONDITION)
        hob_report_result(b, w->request.cmd, "refused", "precondition",
                          "an input is not as it must be");
    else if (w->stage == HOB_WAIT_CUT)
        hob_report_result(b, w->request.cmd, "refused", "cut_short",
                          "the pulse began, and was ended before its time");
    else
        hob_report_result(b, w->request.cmd, "refused", "cancelled", "it was called off");
}

void hob_command_report(struct hob_board *b)
{
    hob_interlock_end_pulses(b);
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait w = b->waits[n];
        if (w.stage < HOB_WAIT_DONE)
            continue;
        b->waits[n].stage = HOB_WAIT_FREE;
        report_wait(b, &w);
    }
}

void hob_command_renew(struct hob_board *b, uint64_t points, uint64_t until)
{
    if (b->now > until)
        return;
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if ((points >> i & 1u) != 0)
            hob_output_renew(b, i, until);
    }
}
