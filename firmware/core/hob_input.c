/*
 * Inputs; see hob_input.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_input.h"

#include <string.h>

#include "hob_gesture.h"
#include "hob_log.h"
#include "hob_point.h"

static bool read_active(const struct hob_board *b, const struct hob_point *p)
{
    return b->port->pin_read(b->port->ctx, p->config.pin) != p->config.in.active_low;
}

void hob_input_setup(struct hob_board *b, uint8_t i, enum hob_cause cause)
{
    struct hob_point *p = &b->points[i];
    memset(&p->in, 0, sizeof p->in);
    if (b->port->pin_input(b->port->ctx, p->config.pin, (enum hob_pull)p->config.in.pull) < 0)
        hob_log(b, HOB_LOG_PIN, p->config.pin);
    p->in.raw = p->in.stable = read_active(b, p);
    p->in.since = b->now;
    hob_gesture_reset(&p->in.gesture, p->in.stable);
    hob_point_changed(b, p, cause, 0, HOB_NONE);
}

void hob_input_release(struct hob_board *b, uint8_t i)
{
    b->port->pin_release(b->port->ctx, b->points[i].config.pin);
}

void hob_input_reconfigure(struct hob_board *b, uint8_t i, const struct hob_input_config *to)
{
    struct hob_point *p = &b->points[i];
    if (p->config.in.detect_double != to->detect_double ||
        p->config.in.detect_hold != to->detect_hold)
        hob_gesture_reset(&p->in.gesture, p->in.stable);
    p->config.in = *to;
}

void hob_input_bounce(struct hob_board *b, uint8_t i)
{
    b->points[i].in.since = b->now;
}

/* Whether the raw level is one that has still to become the debounced one. */
static bool unsettled(const struct hob_input *in)
{
    return !in->settled || in->raw != in->stable;
}

/* The first settled level: a state, but nothing that a person has just done. */
static void settle(struct hob_board *b, struct hob_point *p)
{
    p->in.settled = true;
    if (p->in.stable == p->in.raw)
        return;
    p->in.stable = p->in.raw;
    hob_gesture_reset(&p->in.gesture, p->in.stable);
    hob_point_changed(b, p, HOB_CAUSE_INPUT, 0, HOB_NONE);
}

static unsigned edge(struct hob_board *b, struct hob_point *p)
{
    p->in.stable = p->in.raw;
    hob_point_changed(b, p, HOB_CAUSE_INPUT, 0, HOB_NONE);
    if (p->config.in.role != HOB_ROLE_BUTTON)
        return 0;
    return hob_gesture_edge(&p->in.gesture, &p->config.in, p->in.stable, b->now);
}

unsigned hob_input_tick(struct hob_board *b, uint8_t i)
{
    struct hob_point *p = &b->points[i];
    unsigned events = hob_gesture_time(&p->in.gesture, &p->config.in, b->now);
    bool active = read_active(b, p);
    if (active != p->in.raw) {
        p->in.raw = active;
        p->in.since = b->now;
    }
    if (!unsettled(&p->in) || b->now - p->in.since < p->config.in.debounce)
        return events;
    if (!p->in.settled) {
        settle(b, p);
        return events;
    }
    return events | edge(b, p);
}

uint64_t hob_input_due(const struct hob_board *b, const struct hob_point *p)
{
    uint64_t due = hob_gesture_due(&p->in.gesture, &p->config.in);
    uint64_t settled = p->in.since + p->config.in.debounce;
    if (unsettled(&p->in) && settled < due)
        due = settled;
    uint64_t poll = b->ticked + b->options.input_poll_ms;
    return b->options.input_poll_ms > 0 && poll < due ? poll : due;
}
