/*
 * Outputs; see hob_output.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_output.h"

#include <string.h>

#include "hob_curve.h"
#include "hob_drive.h"
#include "hob_point.h"
#include "hob_restore.h"

/* A fade moves a hundred times a second: smooth to the eye. */
#define FADE_STEP_MS 10u

/* The colour of a strip before anyone has named one. */
static const uint8_t white[3] = {0xff, 0xff, 0xff};

static uint32_t target(const struct hob_output *out)
{
    return out->level * (HOB_FULL / 1000u);
}

/* Shows a brightness; notes when the output has gone dark. */
static void show(struct hob_board *b, struct hob_point *p, uint32_t shown)
{
    if (p->out.shown > 0 && shown == 0)
        p->out.off_since = b->now;
    p->out.shown = shown;
    hob_drive_show(b, p);
}

/* Starts the way from what is shown to the target. */
static void move(struct hob_board *b, struct hob_point *p, uint32_t fade)
{
    struct hob_output *out = &p->out;
    out->fade_time = 0;
    if (fade == 0 || out->shown == target(out) || p->config.kind == HOB_KIND_RELAY) {
        show(b, p, target(out));
        return;
    }
    out->fade_from = out->shown;
    out->fade_start = b->now;
    out->fade_time = fade;
    /* Colours change at once, only brightness fades. */
    hob_drive_show(b, p);
}

void hob_output_setup(struct hob_board *b, uint8_t i, const struct hob_value *value,
                      enum hob_cause cause)
{
    struct hob_point *p = &b->points[i];
    struct hob_output *out = &p->out;
    memset(out, 0, sizeof *out);
    out->level = value->level;
    out->last_level = value->last_level;
    memcpy(out->rgb, value->rgb, sizeof out->rgb);
    if (hob_all_zero(out->rgb, sizeof out->rgb))
        memcpy(out->rgb, white, sizeof white);
    out->shown = target(out);
    out->on_since = out->on_again = out->off_since = b->now;
    out->lease_until = b->now + p->config.out.lease;
    hob_drive_open(b, p);
    p->up = b->now;
    p->cause = (uint8_t)cause;
    p->cmd = 0;
    p->by = HOB_NONE;
    p->dirty = true;
}

void hob_output_release(struct hob_board *b, uint8_t i)
{
    struct hob_point *p = &b->points[i];
    p->out.level = 0;
    move(b, p, 0);
    b->port->pin_release(b->port->ctx, p->config.pin);
}

static void new_lease(struct hob_board *b, struct hob_output *out, uint32_t from, uint32_t to)
{
    uint64_t whole = b->now + to;
    if (from == 0 || out->lease_until > whole)
        out->lease_until = whole;
}

void hob_output_reconfigure(struct hob_board *b, uint8_t i, const struct hob_output_config *to)
{
    struct hob_point *p = &b->points[i];
    struct hob_output_config from = p->config.out;
    p->config.out = *to;
    if (from.lease != to->lease)
        new_lease(b, &p->out, from.lease, to->lease);
    if (from.boot != to->boot)
        hob_restore_touch(b);
    /* Pixels beyond the new end would keep their colour for good. */
    if (from.count > to->count)
        hob_drive_darken(b, p, from.count);
    if (from.freq != to->freq || from.count != to->count)
        hob_drive_open(b, p);
    else if (from.min != to->min || from.gamma != to->gamma ||
             memcmp(from.order, to->order, sizeof from.order) != 0)
        hob_drive_show(b, p);
}

/* Whether a request for what is the target already would bring it there sooner. */
static bool sooner(const struct hob_board *b, const struct hob_output *out, uint32_t fade)
{
    return out->fade_time > 0 && b->now + fade < out->fade_start + out->fade_time;
}

void hob_output_apply(struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    struct hob_point *p = &b->points[i];
    struct hob_output *out = &p->out;
    /* A pulse never becomes a level. */
    if (out->pulse_until > 0 && request->level > 0)
        return;
    out->pulse_until = request->pulse > 0 ? b->now + request->pulse : 0;
    out->pulse_alone = false;
    bool changed = out->level != request->level;
    uint32_t fade = request->pulse > 0 ? 0 : request->fade;
    if (request->pulse == 0 && request->has_rgb &&
        memcmp(out->rgb, request->rgb, sizeof out->rgb) != 0) {
        memcpy(out->rgb, request->rgb, sizeof out->rgb);
        changed = true;
    }
    if (request->level > 0) {
        /* A light that is still fading out has never been off. */
        if (!hob_output_shows(p)) {
            out->on_since = b->now;
            out->lease_until = b->now + p->config.out.lease;
        }
        out->on_again = b->now;
        out->last_level = request->level;
    }
    out->level = request->level;
    if (changed)
        hob_point_changed(b, p, (enum hob_cause)request->cause, request->cmd, request->by);
    if (changed || sooner(b, out, fade))
        move(b, p, fade);
}

static void turn_off(struct hob_board *b, uint8_t i, enum hob_cause cause, uint32_t fade)
{
    struct hob_request off = {.cause = (uint8_t)cause, .by = HOB_NONE, .fade = fade};
    /* Only a pulse's own end has this cause: it belongs to the command that began it. */
    if (cause == HOB_CAUSE_COMMAND)
        off.cmd = b->points[i].cmd;
    hob_output_apply(b, i, &off);
}

void hob_output_cut(struct hob_board *b, uint8_t i, enum hob_cause cause)
{
    turn_off(b, i, cause, 0);
}

bool hob_output_shows(const struct hob_point *p)
{
    return p->out.level > 0 || p->out.shown > 0;
}

uint16_t hob_output_on_level(const struct hob_point *p)
{
    return p->config.kind == HOB_KIND_RELAY || p->out.last_level == 0 ? 1000 : p->out.last_level;
}

void hob_output_renew(struct hob_board *b, uint8_t i, uint64_t until)
{
    struct hob_point *p = &b->points[i];
    uint64_t most = b->now + p->config.out.lease;
    if (until > most)
        until = most;
    if (until > p->out.lease_until)
        p->out.lease_until = until;
}

/*
 * When a limit ends the output, and which. UINT64_MAX if none does. A fade to off
 * is under the limits as well: what they end then is the fade.
 */
static uint64_t limit(const struct hob_point *p, enum hob_cause *cause)
{
    const struct hob_output_config *c = &p->config.out;
    const struct hob_output *out = &p->out;
    uint64_t due = UINT64_MAX;
    if (!hob_output_shows(p))
        return due;
    if (c->off_after > 0 && out->level > 0) {
        due = out->on_again + c->off_after;
        *cause = HOB_CAUSE_OFF_AFTER;
    }
    if (c->lease > 0 && out->lease_until <= due) {
        due = out->lease_until;
        *cause = HOB_CAUSE_LEASE;
    }
    if (c->max_on > 0 && out->on_since + c->max_on <= due) {
        due = out->on_since + c->max_on;
        *cause = HOB_CAUSE_MAX_ON;
    }
    if (out->pulse_until > 0 && out->pulse_until <= due) {
        due = out->pulse_until;
        /* The id would mean nothing, or another command, to a later session. */
        *cause = out->pulse_alone ? HOB_CAUSE_OFF_AFTER : HOB_CAUSE_COMMAND;
    }
    return due;
}

void hob_output_tick(struct hob_board *b, uint8_t i)
{
    struct hob_point *p = &b->points[i];
    struct hob_output *out = &p->out;
    enum hob_cause cause = HOB_CAUSE_OFF_AFTER;
    if (b->now >= limit(p, &cause))
        turn_off(b, i, cause, cause == HOB_CAUSE_OFF_AFTER ? p->config.out.fade : 0);
    if (out->fade_time == 0)
        return;
    uint64_t elapsed = b->now - out->fade_start;
    uint32_t shown = hob_curve_fade(out->fade_from, target(out), elapsed, out->fade_time);
    if (elapsed >= out->fade_time)
        out->fade_time = 0;
    show(b, p, shown);
}

uint64_t hob_output_due(const struct hob_board *b, const struct hob_point *p)
{
    enum hob_cause cause;
    uint64_t due = limit(p, &cause);
    if (p->out.fade_time == 0)
        return due;
    uint64_t step = b->ticked + FADE_STEP_MS;
    /* Others may wait for the moment in which it is dark. */
    uint64_t end = p->out.fade_start + p->out.fade_time;
    step = step < end ? step : end;
    return step < due ? step : due;
}
