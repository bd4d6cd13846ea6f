/*
 * Interlock groups; see hob_interlock.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_interlock.h"

#include "hob_input.h"
#include "hob_output.h"
#include "hob_point.h"

/* True if i and j are two outputs of one group. */
static bool rivals(const struct hob_board *b, uint8_t i, uint8_t j)
{
    const struct hob_point *p = &b->points[i];
    const struct hob_point *q = &b->points[j];
    return i != j && hob_point_is_output(p) && hob_point_is_output(q) &&
           p->config.out.group != 0 && p->config.out.group == q->config.out.group;
}

static void end_wait(struct hob_wait *w, enum hob_wait_stage stage)
{
    /* Only commands have an answer to wait for. */
    w->stage = (uint8_t)(w->request.cause == HOB_CAUSE_COMMAND ? stage : HOB_WAIT_FREE);
}

void hob_interlock_supersede(struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait *w = &b->waits[n];
        if (w->stage == HOB_WAITING && (w->point == i || rivals(b, w->point, i)))
            end_wait(w, HOB_WAIT_SUPERSEDED);
    }
}

/* Whether what has left a group, as this entry notes, left the group of p. */
static bool left_of(const struct hob_board *b, int n, const struct hob_point *p)
{
    uint32_t group = b->left[n].group;
    return group != 0 && p->config.out.group != 0 &&
           (group == p->config.out.group || n == HOB_MAX_LEFT - 1);
}

/* When the last of those that have left the group of p went dark; 0 if none has. */
static uint64_t left_since(const struct hob_board *b, const struct hob_point *p)
{
    uint64_t since = 0;
    for (int n = 0; n < HOB_MAX_LEFT; n++) {
        if (left_of(b, n, p) && b->left[n].off_since > since)
            since = b->left[n].off_since;
    }
    return since;
}

void hob_interlock_leave(struct hob_board *b, uint8_t i)
{
    const struct hob_point *p = &b->points[i];
    int n = 0;
    if (p->config.out.group == 0)
        return;
    while (n < HOB_MAX_LEFT - 1 && b->left[n].group != 0 &&
           b->left[n].group != p->config.out.group)
        n++;
    uint64_t since = hob_output_shows(p) ? b->now : p->out.off_since;
    b->left[n].group = p->config.out.group;
    if (since > b->left[n].off_since)
        b->left[n].off_since = since;
}

/* Uptime from which output i may go on. */
static uint64_t ready_at(const struct hob_board *b, uint8_t i)
{
    const struct hob_point *p = &b->points[i];
    uint64_t ready = p->config.out.min_off > 0 ? p->out.off_since + p->config.out.min_off : 0;
    uint64_t left = left_since(b, p);
    if (left > 0 && left + p->config.out.interlock_wait > ready)
        ready = left + p->config.out.interlock_wait;
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (!rivals(b, i, j))
            continue;
        uint64_t at = b->points[j].out.off_since + p->config.out.interlock_wait;
        if (at > ready)
            ready = at;
    }
    return ready;
}

static void cut_rivals(struct hob_board *b, uint8_t i)
{
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (rivals(b, i, j) && hob_output_shows(&b->points[j]))
            hob_output_cut(b, j, HOB_CAUSE_INTERLOCK);
    }
}

static int add_wait(struct hob_board *b, uint8_t i, const struct hob_request *request,
                    enum hob_wait_stage stage)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait *w = &b->waits[n];
        if (w->stage == HOB_WAIT_FREE) {
            w->request = *request;
            w->point = i;
            w->stage = (uint8_t)stage;
            return HOB_INTERLOCK_WAITS;
        }
    }
    return HOB_ERR_SPACE;
}

int hob_interlock_request(struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    if (request->level > 0)
        cut_rivals(b, i);
    if (request->level > 0 && b->points[i].out.level == 0 && ready_at(b, i) > b->now)
        return add_wait(b, i, request, HOB_WAITING);
    int r = request->pulse > 0 ? add_wait(b, i, request, HOB_WAIT_PULSE) : HOB_OK;
    if (r >= 0)
        hob_output_apply(b, i, request);
    return r;
}

void hob_interlock_start(struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (rivals(b, i, j) && (hob_output_shows(&b->points[j]) || hob_interlock_waits(b, j)))
            return;
    }
    (void)hob_interlock_request(b, i, request);
}

bool hob_interlock_waits(const struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAITING && b->waits[n].point == i)
            return true;
    }
    return false;
}

uint16_t hob_interlock_start_level(const struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        const struct hob_wait *w = &b->waits[n];
        if (w->stage == HOB_WAITING && w->point == i &&
            (w->request.cause == HOB_CAUSE_BOOT || w->request.cause == HOB_CAUSE_CONFIG))
            return w->request.level;
    }
    return 0;
}

void hob_interlock_end(struct hob_board *b, uint8_t i, enum hob_wait_stage stage)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAITING && b->waits[n].point == i)
            end_wait(&b->waits[n], stage);
    }
}

void hob_interlock_release(struct hob_board *b, uint8_t i)
{
    hob_interlock_end(b, i, HOB_WAIT_CANCELLED);
    hob_interlock_leave(b, i);
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAIT_PULSE && b->waits[n].point == i)
            b->waits[n].stage = HOB_WAIT_CUT;
    }
}

static bool depends_on(const struct hob_request *r, uint8_t i)
{
    for (uint8_t k = 0; k < r->pre_count; k++) {
        if (r->pre[k].point == i)
            return true;
    }
    return false;
}

void hob_interlock_forget_input(struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAITING && depends_on(&b->waits[n].request, i))
            end_wait(&b->waits[n], HOB_WAIT_CONDITION);
    }
}

void hob_interlock_end_pulses(struct hob_board *b)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait *w = &b->waits[n];
        const struct hob_point *p = &b->points[w->point];
        if (w->stage != HOB_WAIT_PULSE || p->out.pulse_until > 0)
            continue;
        bool own = p->cause == HOB_CAUSE_COMMAND && p->cmd == w->request.cmd;
        w->stage = (uint8_t)(own ? HOB_WAIT_DONE : HOB_WAIT_CUT);
    }
}

bool hob_interlock_conditions(const struct hob_board *b, const struct hob_request *request)
{
    for (uint8_t k = 0; k < request->pre_count; k++) {
        const struct hob_condition *c = &request->pre[k];
        if (!hob_input_holds(b, c->point, c->is, c->age))
            return false;
    }
    return true;
}

static bool is_command(const struct hob_wait *w)
{
    return w->stage != HOB_WAIT_FREE && w->request.cause == HOB_CAUSE_COMMAND;
}

void hob_interlock_cancel(struct hob_board *b, uint64_t cmd)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait *w = &b->waits[n];
        if (w->stage == HOB_WAITING && is_command(w) && w->request.cmd == cmd)
            end_wait(w, HOB_WAIT_CANCELLED);
    }
}

void hob_interlock_drop_commands(struct hob_board *b)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait *w = &b->waits[n];
        if (!is_command(w))
            continue;
        if (w->stage == HOB_WAIT_PULSE)
            b->points[w->point].out.pulse_alone = true;
        w->stage = HOB_WAIT_FREE;
    }
}

void hob_interlock_settle(struct hob_board *b)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (!hob_point_is_output(&b->points[i]) || !hob_output_shows(&b->points[i]))
            continue;
        for (uint8_t j = (uint8_t)(i + 1); j < HOB_MAX_POINTS; j++) {
            if (rivals(b, i, j) && hob_output_shows(&b->points[j]))
                hob_output_cut(b, j, HOB_CAUSE_INTERLOCK);
        }
    }
}

static bool expired(const struct hob_board *b, const struct hob_wait *w)
{
    return w->request.cause == HOB_CAUSE_COMMAND && b->now > w->request.until;
}

/* The time of a request has come. */
static void begin(struct hob_board *b, struct hob_wait *w)
{
    if (!hob_interlock_conditions(b, &w->request)) {
        end_wait(w, HOB_WAIT_CONDITION);
        return;
    }
    hob_output_apply(b, w->point, &w->request);
    end_wait(w, w->request.pulse > 0 ? HOB_WAIT_PULSE : HOB_WAIT_DONE);
}

void hob_interlock_tick(struct hob_board *b)
{
    hob_interlock_end_pulses(b);
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait *w = &b->waits[n];
        if (w->stage != HOB_WAITING)
            continue;
        if (expired(b, w)) {
            end_wait(w, HOB_WAIT_EXPIRED);
            continue;
        }
        /* A new configuration may have put one that is on into the group. */
        cut_rivals(b, w->point);
        if (ready_at(b, w->point) <= b->now)
            begin(b, w);
    }
}

uint64_t hob_interlock_due(const struct hob_board *b)
{
    uint64_t due = UINT64_MAX;
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        const struct hob_wait *w = &b->waits[n];
        if (w->stage != HOB_WAITING)
            continue;
        uint64_t at = ready_at(b, w->point);
        if (w->request.cause == HOB_CAUSE_COMMAND && w->request.until < at)
            at = w->request.until + 1;
        if (at < due)
            due = at;
    }
    return due;
}
