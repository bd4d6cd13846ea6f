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

static bool read_pin(const struct hob_board *b, const struct hob_point *p)
{
    return b->port->pin_read(b->port->ctx, p->config.pin);
}

static bool read_active(const struct hob_board *b, const struct hob_point *p)
{
    return read_pin(b, p) != p->config.in.active_low;
}

void hob_input_setup(struct hob_board *b, uint8_t i, enum hob_cause cause)
{
    struct hob_point *p = &b->points[i];
    memset(&p->in, 0, sizeof p->in);
    if (b->port->pin_input(b->port->ctx, p->config.pin, (enum hob_pull)p->config.in.pull) < 0)
        hob_log(b, HOB_LOG_PIN, p->config.pin);
    p->in.raw = p->in.stable = read_active(b, p);
    p->in.since = p->in.sampled = b->now;
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

static unsigned edge(struct hob_board *b, struct hob_point *p, uint64_t at)
{
    p->in.stable = p->in.raw;
    hob_point_changed(b, p, HOB_CAUSE_INPUT, 0, HOB_NONE);
    if (p->config.in.role != HOB_ROLE_BUTTON)
        return 0;
    return hob_gesture_edge(&p->in.gesture, &p->config.in, p->in.stable, at);
}

/* Uptime at which the raw level becomes the debounced one. */
static uint64_t level_due(const struct hob_input *in, const struct hob_input_config *c)
{
    return unsettled(in) ? in->since + c->debounce : UINT64_MAX;
}

/*
 * While a button is down a gesture can only be waiting for its hold. There is none
 * if the finger had gone when it was due, or if held says that it may have.
 */
static uint64_t gesture_due(const struct hob_input *in, const struct hob_input_config *c,
                            bool held)
{
    uint64_t due = hob_gesture_due(&in->gesture, c);
    bool gone = !held || (!in->raw && due < in->since);
    return in->stable && gone ? UINT64_MAX : due;
}

/* Does what was due up to a time, in its order and as of its own time, up to the first events. */
static unsigned advance(struct hob_board *b, struct hob_point *p, uint64_t upto, bool held)
{
    unsigned events = 0;
    while (events == 0) {
        uint64_t level = level_due(&p->in, &p->config.in);
        uint64_t gesture = gesture_due(&p->in, &p->config.in, held);
        if (gesture <= upto && gesture <= level)
            events = hob_gesture_time(&p->in.gesture, &p->config.in, gesture);
        else if (level > upto)
            break;
        else if (p->in.settled)
            events = edge(b, p, level);
        else
            settle(b, p);
    }
    return events;
}

unsigned hob_input_edge(struct hob_board *b, uint8_t i, bool level, uint64_t at, bool exact)
{
    struct hob_point *p = &b->points[i];
    struct hob_input *in = &p->in;
    bool active = level != p->config.in.active_low;
    if (at > b->now)
        at = b->now;
    /* Looked at before it was told of: the level is older than was known. */
    if (at < in->since && active == in->raw) {
        in->since = at;
        return 0;
    }
    /* When the finger left is known only if the time is the edge's own. */
    unsigned events = advance(b, p, at, exact && in->raw);
    if (events != 0)
        return events;
    in->raw = active;
    if (at > in->since)
        in->since = at;
    return 0;
}

unsigned hob_input_tick(struct hob_board *b, uint8_t i)
{
    struct hob_point *p = &b->points[i];
    unsigned events = 0;
    bool level = read_pin(b, p);
    p->in.sampled = b->now;
    if ((level != p->config.in.active_low) != p->in.raw)
        events = hob_input_edge(b, i, level, b->now, false);
    return events != 0 ? events : advance(b, p, b->now, true);
}

bool hob_input_holds(const struct hob_board *b, uint8_t i, bool active, uint32_t age)
{
    const struct hob_point *p = &b->points[i];
    const struct hob_input *in = &p->in;
    return !unsettled(in) && in->stable == active && b->now - in->sampled <= age &&
           b->now - in->since >= p->config.in.debounce && read_active(b, p) == active;
}

uint64_t hob_input_due(const struct hob_board *b, const struct hob_point *p)
{
    uint64_t due = gesture_due(&p->in, &p->config.in, true);
    uint64_t level = level_due(&p->in, &p->config.in);
    if (level < due)
        due = level;
    uint64_t poll = b->ticked + b->options.input_poll_ms;
    return b->options.input_poll_ms > 0 && poll < due ? poll : due;
}
