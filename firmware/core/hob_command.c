/*
 * Commands; see hob_command.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_command.h"

#include <string.h>

#include "hob_climate.h"
#include "hob_interlock.h"
#include "hob_output.h"
#include "hob_point.h"
#include "hob_report.h"
#include "hob_text.h"
#include "hob_warning.h"

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

/* The limit that would put an output out before it has been on for ms; NULL if none would. */
static const char *shorter_limit(const struct hob_output_config *o, uint32_t ms)
{
    if (o->max_on > 0 && o->max_on < ms)
        return "max_on";
    if (o->off_after > 0 && o->off_after < ms)
        return "off_after";
    return o->lease > 0 && o->lease < ms ? "lease" : NULL;
}

/* What speaks against the warning by its words alone; false if the command was refused. */
static bool check_warning(struct hob_board *b, const struct hob_command *c, uint8_t i)
{
    if (!c->has_warn && c->warn_ms == 0)
        return true;
    const struct hob_point *w = c->warn != HOB_NONE ? &b->points[c->warn] : NULL;
    if (!c->has_warn)
        refuse(b, c, "missing", "warn_ms needs warn", NULL);
    else if (c->warn_ms == 0)
        refuse(b, c, "missing", "warn needs warn_ms", NULL);
    else if (w == NULL)
        refuse(b, c, "unknown_point", "warn names no point of this board", NULL);
    else if (!hob_point_is_output(w))
        refuse(b, c, "wrong_kind", "warn names no output: ", w->config.name);
    else if (hob_climate_of(b, c->warn) != HOB_NONE)
        refuse(b, c, "wrong_kind", "a thermostat has ", w->config.name);
    else if (c->warn == i || hob_interlock_rivals(b, c->warn, i))
        refuse(b, c, "bad_value", "warn is not on beside ", c->point);
    else if (shorter_limit(&w->config.out, (uint32_t)c->warn_ms + c->pulse) != NULL)
        refuse(b, c, "bad_value", "the warning is longer than its ",
               shorter_limit(&w->config.out, (uint32_t)c->warn_ms + c->pulse));
    else
        return true;
    return false;
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
static bool check_pulse(struct hob_board *b, const struct hob_command *c, uint8_t i)
{
    const struct hob_point *p = &b->points[i];
    const char *limit = shorter_limit(&p->config.out, c->pulse);
    if (p->config.kind != HOB_KIND_RELAY)
        refuse(b, c, "wrong_kind", "only a relay can pulse: ", c->point);
    else if (c->pulse == 0)
        refuse(b, c, "missing", "pulse needs ms", NULL);
    else if (limit != NULL)
        refuse(b, c, "bad_value", "ms is more than ", limit);
    else
        return check_warning(b, c, i) && check_inputs(b, c);
    return false;
}

static bool check_act(struct hob_board *b, const struct hob_command *c, uint8_t i)
{
    if (c->act == HOB_DO_SET)
        return check_set(b, c, &b->points[i]);
    return c->act != HOB_DO_PULSE || check_pulse(b, c, i);
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
    else if (c->act == HOB_DO_PLAN && hob_climate_of(b, i) == HOB_NONE)
        refuse(b, c, "wrong_kind", "no thermostat has ", c->point);
    else if (c->act != HOB_DO_PLAN && hob_climate_of(b, i) != HOB_NONE)
        refuse(b, c, "wrong_kind", "a thermostat has ", c->point);
    else if (c->bad != NULL)
        refuse(b, c, "bad_value", "not allowed: ", c->bad);
    else if (check_act(b, c, i))
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

/* Whether a pulse may start now, or what comes before it; false if it was refused. */
static bool timely_pulse(struct hob_board *b, const struct hob_command *c, uint8_t i,
                         const struct hob_request *request)
{
    const struct hob_point *p = &b->points[i];
    bool warns = request->warn_ms > 0;
    if (p->out.level > 0)
        refuse(b, c, "busy", "it is on: ", c->point);
    else if (b->now < p->out.off_since + c->gap)
        refuse(b, c, "too_soon", "it went off or was set up just now: ", c->point);
    else if (warns && hob_output_shows(&b->points[request->warn]))
        refuse(b, c, "busy", "it is on: ", b->points[request->warn].config.name);
    else if (!hob_interlock_conditions(b, request))
        refuse(b, c, "precondition", "an input is not as it must be", NULL);
    else if (warns && !hob_warning_possible(b, i, request))
        refuse(b, c, "precondition", "cannot go on now: ", b->points[request->warn].config.name);
    else
        return true;
    return false;
}

/* Whether this is a moment for it; false if it was refused, and then nothing was touched. */
static bool timely(struct hob_board *b, const struct hob_command *c, uint8_t i,
                   const struct hob_request *request)
{
    if (hob_warning_at(b, i))
        refuse(b, c, "busy", "it warns of a pulse: ", c->point);
    else if (request->level > 0 && b->points[i].out.pulse_until > 0)
        refuse(b, c, "busy", "a pulse is under way at ", c->point);
    else
        return request->pulse == 0 || timely_pulse(b, c, i, request);
    return false;
}

static struct hob_request request_of(const struct hob_command *c, const struct hob_point *p)
{
    struct hob_request r = {
        .cause = HOB_CAUSE_COMMAND,
        .by = HOB_NONE,
        .cmd = c->id,
        .until = c->until,
        .level = wanted(c, p),
        .pulse = c->pulse,
    };
    if (r.pulse > 0) {
        r.warn = c->warn;
        r.warn_ms = c->warn_ms;
        r.pre_count = c->pre_count;
        memcpy(r.pre, c->pre, sizeof r.pre);
    } else {
        r.fade = c->has_fade ? c->fade : p->config.out.fade;
        r.has_rgb = c->act == HOB_DO_SET && c->has_rgb;
        memcpy(r.rgb, c->rgb, sizeof r.rgb);
    }
    return r;
}

/*
 * Tells what has ended. False if the session has ended of that, and with it
 * everything that it asked for.
 */
static bool tell(struct hob_board *b)
{
    uint8_t session = b->session;
    hob_command_report(b);
    return b->session == session;
}

static void act(struct hob_board *b, const struct hob_command *c, uint8_t i)
{
    struct hob_request request = request_of(c, &b->points[i]);
    /* Any other word about the output calls the warning off, also one that is refused. */
    hob_interlock_supersede(b, i, HOB_WAIT_WARN);
    if (!tell(b) || !timely(b, c, i, &request))
        return;
    hob_interlock_supersede(b, i, HOB_WAITING);
    if (!tell(b))
        return;
    int r = hob_interlock_request(b, i, &request);
    /* A pulse that this has ended comes to its result first. */
    if (!tell(b))
        return;
    if (r == HOB_OK)
        hob_report_result(b, c->id, "done", NULL, NULL);
    else if (r < 0)
        refuse(b, c, "superseded", "too many commands wait", NULL);
}

static void follow(struct hob_board *b, const struct hob_command *c, uint8_t i)
{
    if (hob_climate_follow(b, i, &c->plan) == HOB_OK)
        hob_report_result(b, c->id, "done", NULL, NULL);
    else
        refuse(b, c, "storage", "a restart forgets it: ", c->point);
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
    if (i == HOB_NONE)
        return;
    if (command->act == HOB_DO_PLAN)
        follow(b, command, i);
    else
        act(b, command, i);
}

/* How a command ended that had to wait. */
static void report_wait(struct hob_board *b, uint64_t cmd, uint8_t stage)
{
    static const struct {
        const char *reason; /* of a refusal */
        const char *message;
    } refusals[] = {
        [HOB_WAIT_SUPERSEDED] = {"superseded", "a later command has come"},
        [HOB_WAIT_CANCELLED] = {"cancelled", "it was called off"},
        [HOB_WAIT_CONDITION] = {"precondition", "an input is not as it must be"},
        [HOB_WAIT_DISTURBED] = {"precondition", "an input changed during the warning"},
        [HOB_WAIT_UNHEARD] = {"cancelled", "nothing was heard of the server during the warning"},
        [HOB_WAIT_UNWARNED] = {"precondition", "the warning could not be given, or not to its end"},
        [HOB_WAIT_CUT] = {"cut_short", "the pulse began, and was ended before its time"},
    };
    if (stage == HOB_WAIT_DONE)
        hob_report_result(b, cmd, "done", NULL, NULL);
    else if (stage == HOB_WAIT_EXPIRED)
        hob_report_result(b, cmd, "expired", NULL, NULL);
    else
        hob_report_result(b, cmd, "refused", refusals[stage].reason, refusals[stage].message);
}

void hob_command_report(struct hob_board *b)
{
    hob_interlock_review(b);
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        uint8_t stage = w->stage;
        if (stage < HOB_WAIT_DONE)
            continue;
        w->stage = HOB_WAIT_FREE;
        report_wait(b, w->cmd, stage);
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
