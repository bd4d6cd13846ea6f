/*
 * The order of things; see hob_run.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_run.h"

#include "hob_binding.h"
#include "hob_climate.h"
#include "hob_command.h"
#include "hob_input.h"
#include "hob_interlock.h"
#include "hob_keys.h"
#include "hob_led.h"
#include "hob_output.h"
#include "hob_point.h"
#include "hob_report.h"
#include "hob_restore.h"
#include "hob_sensor.h"
#include "hob_session.h"
#include "hob_update.h"

#define STATS_MS 30000u

/* One gesture: what is bound to it comes before anyone is told. */
static void gesture(struct hob_board *b, uint8_t i, enum hob_gesture_event event)
{
    b->points[i].in.events++;
    hob_binding_run(b, i, event);
    hob_report_changes(b);
    hob_report_event(b, i, event);
}

static void gestures(struct hob_board *b, uint8_t i, unsigned events)
{
    static const enum hob_gesture_event order[] = {HOB_PRESS, HOB_DOUBLE, HOB_HOLD, HOB_RELEASE};
    for (int n = 0; n < 4; n++) {
        if ((events & order[n]) != 0)
            gesture(b, i, order[n]);
    }
}

static void look(struct hob_board *b, uint8_t i)
{
    bool raw = b->points[i].in.raw;
    unsigned events = hob_input_tick(b, i);
    while (events != 0) {
        gestures(b, i, events);
        events = hob_input_tick(b, i);
    }
    if (b->points[i].in.raw != raw)
        hob_interlock_disturb(b, i);
}

static void take_edge(struct hob_board *b, uint8_t i, bool level, uint64_t at_ms, bool exact)
{
    /* Even if the level is back to what it was, or the edge is older than the warning. */
    hob_interlock_disturb(b, i);
    unsigned events = hob_input_edge(b, i, level, at_ms, exact);
    while (events != 0) {
        gestures(b, i, events);
        events = hob_input_edge(b, i, level, at_ms, exact);
    }
}

static void run_outputs(struct hob_board *b, uint64_t now_ms)
{
    if (now_ms > b->now)
        b->now = now_ms;
    b->ticked = b->now;
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (hob_point_is_output(&b->points[i]))
            hob_output_tick(b, i);
    }
    hob_interlock_tick(b);
}

static void run_inputs(struct hob_board *b)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (b->points[i].config.kind == HOB_KIND_INPUT)
            look(b, i);
    }
}

void hob_run_due(struct hob_board *b, uint64_t now_ms)
{
    run_outputs(b, now_ms);
    run_inputs(b);
}

void hob_run_report(struct hob_board *b)
{
    /* Whatever has happened to sensors, relays and plans has its consequences first. */
    hob_climate_tick(b);
    hob_command_report(b);
    hob_report_changes(b);
}

void hob_run_stats_later(struct hob_board *b)
{
    b->stats_at = b->now + STATS_MS;
}

static uint64_t stats_due(const struct hob_board *b)
{
    return hob_session_trusted(b) ? b->stats_at : UINT64_MAX;
}

static void stats_tick(struct hob_board *b)
{
    if (b->now < stats_due(b))
        return;
    hob_run_stats_later(b);
    hob_report_stats(b);
}

static void run_sensors(struct hob_board *b)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (b->points[i].config.kind == HOB_KIND_SENSOR)
            hob_sensor_tick(b, i);
    }
}

uint32_t hob_tick(struct hob_board *b, uint64_t now_ms)
{
    hob_run_due(b, now_ms);
    /* Only here: to talk to a sensor takes time, and whoever has a message is not to wait. */
    run_sensors(b);
    hob_session_tick(b);
    hob_keys_tick(b);
    hob_restore_tick(b);
    stats_tick(b);
    hob_led_tick(b);
    hob_update_tick(b);
    hob_interlock_after_warning(b, hob_session_heard(b));
    hob_run_report(b);
    uint32_t next = hob_next_tick(b, now_ms);
    return next > 0 ? next : 1;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t points_due(const struct hob_board *b)
{
    uint64_t due = UINT64_MAX;
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        const struct hob_point *p = &b->points[i];
        if (p->config.kind == HOB_KIND_INPUT)
            due = least(due, hob_input_due(b, p));
        else if (p->config.kind == HOB_KIND_SENSOR)
            due = least(due, hob_sensor_due(p));
        else if (p->config.kind != HOB_KIND_NONE)
            due = least(due, hob_output_due(b, p));
    }
    return due;
}

uint32_t hob_next_tick(const struct hob_board *b, uint64_t now_ms)
{
    uint64_t now = now_ms > b->now ? now_ms : b->now;
    uint64_t due = least(points_due(b), hob_interlock_due(b));
    due = least(due, hob_climate_due(b));
    due = least(due, hob_session_due(b));
    due = least(due, hob_keys_due(b));
    due = least(due, hob_restore_due(b));
    due = least(due, stats_due(b));
    due = least(due, hob_led_due(b));
    due = least(due, hob_update_due(b));
    if (due <= now)
        return 0;
    return due - now < HOB_TICK_MAX_MS ? (uint32_t)(due - now) : HOB_TICK_MAX_MS;
}

/* The input at a pin; HOB_NONE if there is none. */
static uint8_t input_at(const struct hob_board *b, uint8_t pin)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (b->points[i].config.kind == HOB_KIND_INPUT && b->points[i].config.pin == pin)
            return i;
    }
    return HOB_NONE;
}

void hob_input_changed(struct hob_board *b, uint8_t pin, uint64_t now_ms)
{
    uint8_t i = input_at(b, pin);
    run_outputs(b, now_ms);
    if (i != HOB_NONE)
        take_edge(b, i, b->port->pin_read(b->port->ctx, pin), b->now, false);
    run_inputs(b);
    hob_run_report(b);
}

void hob_input_edge_at(struct hob_board *b, uint8_t pin, bool level, uint64_t at_ms,
                       uint64_t now_ms)
{
    uint8_t i = input_at(b, pin);
    run_outputs(b, now_ms);
    if (i != HOB_NONE)
        take_edge(b, i, level, at_ms, true);
    /* The pin is not looked at: there may be more edges to be told. */
    hob_run_report(b);
}
