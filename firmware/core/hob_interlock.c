/*
 * Interlock groups; see hob_interlock.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_interlock.h"

#include "hob_input.h"
#include "hob_output.h"
#include "hob_point.h"
#include "hob_restore.h"
#include "hob_warning.h"

bool hob_interlock_rivals(const struct hob_board *b, uint8_t i, uint8_t j)
{
    const struct hob_point *p = &b->points[i];
    const struct hob_point *q = &b->points[j];
    return i != j && hob_point_is_output(p) && hob_point_is_output(q) &&
           p->config.out.group != 0 && p->config.out.group == q->config.out.group;
}

/* Whether it is on its way to going on, and can still be called off. */
static bool waits(const struct hob_request *w)
{
    return w->stage == HOB_WAITING || w->stage == HOB_WAIT_WARN;
}

/* Whether it is what an output is to be since a boot or configuration, and not what anyone asked for. */
static bool is_start(const struct hob_request *w)
{
    return w->stage == HOB_WAITING && (w->cause == HOB_CAUSE_BOOT || w->cause == HOB_CAUSE_CONFIG);
}

/* The one way in which a request ends: its warning goes out, in this very moment. */
static void end_wait(struct hob_board *b, struct hob_request *w, enum hob_wait_stage stage)
{
    if (hob_warning_is_on(w))
        hob_warning_stop(b, w);
    /* Until now the next boot was to bring it back. */
    if (is_start(w) && b->points[w->point].config.out.boot == HOB_BOOT_RESTORE)
        hob_restore_touch(b);
    /* Only commands have an answer to wait for, while their session is there. */
    w->stage = (uint8_t)(w->cause == HOB_CAUSE_COMMAND && w->cmd > 0 ? stage : HOB_WAIT_FREE);
}

void hob_interlock_supersede(struct hob_board *b, uint8_t i, enum hob_wait_stage from)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (waits(w) && w->stage >= (uint8_t)from &&
            (w->point == i || hob_interlock_rivals(b, w->point, i)))
            end_wait(b, w, HOB_WAIT_SUPERSEDED);
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
        if (!hob_interlock_rivals(b, i, j))
            continue;
        uint64_t at = b->points[j].out.off_since + p->config.out.interlock_wait;
        if (at > ready)
            ready = at;
    }
    return ready;
}

/* Whether output i could go on in this moment, from dark and with nothing to be cut for it. */
static bool may_go_on(const struct hob_board *b, uint8_t i)
{
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (hob_interlock_rivals(b, i, j) && hob_output_shows(&b->points[j]))
            return false;
    }
    return !hob_output_shows(&b->points[i]) && ready_at(b, i) <= b->now;
}

uint64_t hob_interlock_ready(const struct hob_board *b, uint8_t i)
{
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (hob_interlock_rivals(b, i, j) &&
            (hob_output_shows(&b->points[j]) || hob_interlock_waits(b, j)))
            return UINT64_MAX;
    }
    return ready_at(b, i);
}

bool hob_interlock_free(const struct hob_board *b, uint8_t i)
{
    return !hob_output_shows(&b->points[i]) && !hob_interlock_waits(b, i) &&
           hob_interlock_ready(b, i) <= b->now;
}

static void cut_rivals(struct hob_board *b, uint8_t i)
{
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (hob_interlock_rivals(b, i, j) && hob_output_shows(&b->points[j]))
            hob_output_cut(b, j, HOB_CAUSE_INTERLOCK);
    }
}

/* A place for a request of output i, NULL if there is none. */
static struct hob_request *add_wait(struct hob_board *b, uint8_t i,
                                    const struct hob_request *request)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (w->stage == HOB_WAIT_FREE) {
            *w = *request;
            w->point = i;
            w->stage = HOB_WAITING;
            return w;
        }
    }
    return NULL;
}

/* The output goes on. */
static void begin(struct hob_board *b, struct hob_request *w)
{
    hob_output_apply(b, w->point, w);
    if (w->pulse > 0)
        w->stage = HOB_WAIT_PULSE;
    else
        end_wait(b, w, HOB_WAIT_DONE);
}

/* The time of a request has come: what it asks for, or the warning before that. */
static void proceed(struct hob_board *b, struct hob_request *w)
{
    if (!hob_interlock_conditions(b, w))
        end_wait(b, w, HOB_WAIT_CONDITION);
    else if (w->pulse == 0 || w->warn_ms == 0)
        begin(b, w);
    else if (!hob_warning_possible(b, w->point, w))
        end_wait(b, w, HOB_WAIT_UNWARNED);
    else
        hob_warning_start(b, w);
}

int hob_interlock_request(struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    if (request->level > 0) {
        /* What warns is on already, and what it is told does not outlast the warning. */
        if (hob_warning_at(b, i))
            return HOB_OK;
        cut_rivals(b, i);
    }
    bool later = request->level > 0 && b->points[i].out.level == 0 && ready_at(b, i) > b->now;
    if (!later && request->pulse == 0) {
        hob_output_apply(b, i, request);
        return HOB_OK;
    }
    struct hob_request *w = add_wait(b, i, request);
    if (w == NULL)
        return HOB_ERR_SPACE;
    if (!later)
        proceed(b, w);
    return HOB_INTERLOCK_WAITS;
}

void hob_interlock_start(struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    for (uint8_t j = 0; j < HOB_MAX_POINTS; j++) {
        if (hob_interlock_rivals(b, i, j) && (hob_output_shows(&b->points[j]) || hob_interlock_waits(b, j)))
            return;
    }
    (void)hob_interlock_request(b, i, request);
}

bool hob_interlock_waits(const struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (waits(&b->waits[n]) && b->waits[n].point == i)
            return true;
    }
    return false;
}

uint16_t hob_interlock_start_level(const struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        const struct hob_request *w = &b->waits[n];
        if (is_start(w) && w->point == i)
            return w->level;
    }
    return 0;
}

void hob_interlock_end(struct hob_board *b, uint8_t i, enum hob_wait_stage stage)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (waits(&b->waits[n]) && b->waits[n].point == i)
            end_wait(b, &b->waits[n], stage);
    }
}

/* Whether a pulse is to be, or is, announced by output i. */
static bool announced_by(const struct hob_request *w, uint8_t i)
{
    return w->stage != HOB_WAIT_FREE && w->pulse > 0 && w->warn_ms > 0 && w->warn == i;
}

void hob_interlock_release(struct hob_board *b, uint8_t i)
{
    hob_interlock_end(b, i, HOB_WAIT_CANCELLED);
    hob_interlock_leave(b, i);
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (waits(w) && announced_by(w, i))
            end_wait(b, w, HOB_WAIT_CANCELLED);
        if (w->stage == HOB_WAIT_PULSE && w->point == i)
            end_wait(b, w, HOB_WAIT_CUT);
        /* A pulse that has begun goes on. What comes in the place of i is no warning. */
        if (announced_by(w, i))
            w->warn_ms = 0;
    }
}

static uint8_t conditions_of(const struct hob_request *r)
{
    return r->pulse > 0 ? r->pre_count : 0;
}

static bool depends_on(const struct hob_request *r, uint8_t i)
{
    for (uint8_t k = 0; k < conditions_of(r); k++) {
        if (r->pre[k].point == i)
            return true;
    }
    return false;
}

void hob_interlock_forget_input(struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (waits(&b->waits[n]) && depends_on(&b->waits[n], i))
            end_wait(b, &b->waits[n], HOB_WAIT_CONDITION);
    }
}

void hob_interlock_disturb(struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAIT_WARN && depends_on(&b->waits[n], i))
            end_wait(b, &b->waits[n], HOB_WAIT_DISTURBED);
    }
}

void hob_interlock_touch(struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (w->stage == HOB_WAIT_WARN &&
            (w->point == i || announced_by(w, i) || depends_on(w, i)))
            end_wait(b, w, HOB_WAIT_CANCELLED);
    }
}

/* How a pulse came off that is under way no more. */
static enum hob_wait_stage ended(const struct hob_board *b, const struct hob_request *w)
{
    const struct hob_point *p = &b->points[w->point];
    bool own = p->cause == HOB_CAUSE_COMMAND && p->cmd == w->cmd;
    return own ? HOB_WAIT_DONE : HOB_WAIT_CUT;
}

void hob_interlock_review(struct hob_board *b)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (w->stage == HOB_WAIT_PULSE && b->points[w->point].out.pulse_until == 0)
            end_wait(b, w, ended(b, w));
        else if (w->stage == HOB_WAIT_WARN && b->points[w->warn].out.level == 0)
            end_wait(b, w, HOB_WAIT_UNWARNED);
    }
}

bool hob_interlock_conditions(const struct hob_board *b, const struct hob_request *request)
{
    for (uint8_t k = 0; k < conditions_of(request); k++) {
        const struct hob_condition *c = &request->pre[k];
        if (!hob_input_holds(b, c->point, c->is, c->age))
            return false;
    }
    return true;
}

static bool is_command(const struct hob_request *w)
{
    return w->stage != HOB_WAIT_FREE && w->cause == HOB_CAUSE_COMMAND;
}

void hob_interlock_cancel(struct hob_board *b, uint64_t cmd)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (waits(w) && is_command(w) && w->cmd == cmd)
            end_wait(b, w, HOB_WAIT_CANCELLED);
    }
}

void hob_interlock_drop_commands(struct hob_board *b)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (!is_command(w))
            continue;
        w->cmd = 0;
        if (w->stage == HOB_WAIT_PULSE)
            b->points[w->point].out.pulse_alone = true;
        else
            end_wait(b, w, HOB_WAIT_CANCELLED);
    }
}

void hob_interlock_stop(struct hob_board *b)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (w->stage == HOB_WAIT_WARN)
            end_wait(b, w, HOB_WAIT_CANCELLED);
        else if (w->stage == HOB_WAIT_PULSE)
            hob_output_cut(b, w->point, HOB_CAUSE_BOOT);
    }
}

bool hob_interlock_busy(const struct hob_board *b)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAIT_WARN || b->waits[n].stage == HOB_WAIT_PULSE)
            return true;
    }
    return false;
}

void hob_interlock_settle(struct hob_board *b)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (!hob_point_is_output(&b->points[i]) || !hob_output_shows(&b->points[i]))
            continue;
        for (uint8_t j = (uint8_t)(i + 1); j < HOB_MAX_POINTS; j++) {
            if (hob_interlock_rivals(b, i, j) && hob_output_shows(&b->points[j]))
                hob_output_cut(b, j, HOB_CAUSE_INTERLOCK);
        }
    }
    /* What waits is to go on, and one that joins its group is not. */
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (b->waits[n].stage == HOB_WAITING)
            cut_rivals(b, b->waits[n].point);
    }
}

static bool expired(const struct hob_board *b, const struct hob_request *w)
{
    return w->cause == HOB_CAUSE_COMMAND && b->now > w->until;
}

void hob_interlock_tick(struct hob_board *b)
{
    hob_interlock_review(b);
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (w->stage != HOB_WAITING)
            continue;
        if (expired(b, w)) {
            end_wait(b, w, HOB_WAIT_EXPIRED);
            continue;
        }
        /* None is on as far as is known, but two never must be. */
        cut_rivals(b, w->point);
        if (ready_at(b, w->point) <= b->now)
            proceed(b, w);
    }
}

void hob_interlock_after_warning(struct hob_board *b, bool session_there)
{
    hob_interlock_review(b);
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *w = &b->waits[n];
        if (w->stage != HOB_WAIT_WARN || b->now < w->until)
            continue;
        if (!session_there)
            end_wait(b, w, HOB_WAIT_UNHEARD);
        else if (!hob_interlock_conditions(b, w))
            end_wait(b, w, HOB_WAIT_CONDITION);
        else if (!may_go_on(b, w->point))
            end_wait(b, w, HOB_WAIT_UNWARNED);
        else
            begin(b, w);
    }
}

uint64_t hob_interlock_due(const struct hob_board *b)
{
    uint64_t due = UINT64_MAX;
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        const struct hob_request *w = &b->waits[n];
        if (!waits(w))
            continue;
        uint64_t at = w->stage == HOB_WAIT_WARN ? w->until : ready_at(b, w->point);
        if (w->stage == HOB_WAITING && w->cause == HOB_CAUSE_COMMAND && w->until < at)
            at = w->until + 1;
        if (at < due)
            due = at;
    }
    return due;
}
