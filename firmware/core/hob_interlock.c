/*
 * Interlock groups; see hob_interlock.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_interlock.h"

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

/* Uptime from which output i may go on. */
static uint64_t ready_at(const struct hob_board *b, uint8_t i)
{
    uint64_t ready = 0;
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (!rivals(b, i, j))
            continue;
        uint64_t at = b->points[j].out.off_since + b->points[i].config.out.interlock_wait;
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

static int add_wait(struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_wait *w = &b->waits[n];
        if (w->stage == HOB_WAIT_FREE) {
            w->request = *request;
            w->point = i;
            w->stage = HOB_WAITING;
            return HOB_INTERLOCK_WAITS;
        }
    }
    return HOB_ERR_SPACE;
}

int hob_interlock_request(struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    if (request->level == 0 || b->points[i].config.out.group == 0) {
        hob_output_apply(b, i, request);
        return HOB_OK;
    }
    cut_rivals(b, i);
    if (b->points[i].out.level == 0 && ready_at(b, i) > b->now)
        return add_wait(b, i, request);
    hob_output_apply(b, i, request);
    return HOB_OK;
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

void hob_interlock_end(struct hob_board *b, uint8_t i, enum hob_wait_stage stage)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAITING && b->waits[n].point == i)
            end_wait(&b->waits[n], stage);
    }
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
        if (is_command(&b->waits[n]))
            b->waits[n].stage = HOB_WAIT_FREE;
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

void hob_interlock_tick(struct hob_board *b)
{
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
        if (ready_at(b, w->point) <= b->now) {
            hob_output_apply(b, w->point, &w->request);
            end_wait(w, HOB_WAIT_DONE);
        }
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
