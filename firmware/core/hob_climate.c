/*
 * Thermostats of a board; see hob_climate.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_climate.h"

#include <string.h>

#include "hob_interlock.h"
#include "hob_output.h"
#include "hob_restore.h"
#include "hob_sensor.h"
#include "hob_thermostat.h"

uint8_t hob_climate_of(const struct hob_board *b, uint8_t i)
{
    for (uint8_t k = 0; k < HOB_MAX_THERMOSTATS; k++) {
        if (b->thermostats[k].used && b->thermostats[k].config.relay == i)
            return k;
    }
    return HOB_NONE;
}

/* ---- configurations ---- */

/* Which thermostat of the board has the relay of this name. */
static uint8_t find(const struct hob_board *b, const char *relay)
{
    for (uint8_t k = 0; k < HOB_MAX_THERMOSTATS; k++) {
        const struct hob_thermostat *t = &b->thermostats[k];
        if (t->used && strcmp(b->points[t->config.relay].config.name, relay) == 0)
            return k;
    }
    return HOB_NONE;
}

static void end(struct hob_board *b, struct hob_thermostat *t)
{
    /* Nobody would switch it off any more. */
    if (hob_output_shows(&b->points[t->config.relay]))
        hob_output_cut(b, t->config.relay, HOB_CAUSE_CONFIG);
    if (t->schedule.locked)
        hob_restore_touch(b);
    memset(t, 0, sizeof *t);
}

void hob_climate_match(struct hob_board *b, struct hob_plan *plan)
{
    uint32_t stays = 0;
    for (uint8_t n = 0; n < plan->thermostat_count; n++) {
        plan->kept[n] = find(b, plan->points[plan->thermostats[n].relay].name);
        if (plan->kept[n] != HOB_NONE)
            stays |= 1u << plan->kept[n];
    }
    for (uint8_t k = 0; k < HOB_MAX_THERMOSTATS; k++) {
        if (b->thermostats[k].used && (stays >> k & 1u) == 0)
            end(b, &b->thermostats[k]);
    }
}

/* A thermostat that was not there before, for output i; nobody else moves that any more. */
static struct hob_thermostat *make(struct hob_board *b, uint8_t i)
{
    uint8_t k = 0;
    while (b->thermostats[k].used)
        k++;
    memset(&b->thermostats[k], 0, sizeof b->thermostats[k]);
    b->thermostats[k].used = true;
    hob_interlock_end(b, i, HOB_WAIT_CANCELLED);
    return &b->thermostats[k];
}

void hob_climate_apply(struct hob_board *b, const struct hob_plan *plan, enum hob_cause cause)
{
    for (uint8_t n = 0; n < plan->thermostat_count; n++) {
        const struct hob_thermostat_config *c = &plan->thermostats[n];
        uint8_t relay = plan->slots[c->relay];
        struct hob_thermostat *t =
            plan->kept[n] != HOB_NONE ? &b->thermostats[plan->kept[n]] : make(b, relay);
        t->config = *c;
        t->config.relay = relay;
        t->config.sensor = plan->slots[c->sensor];
        if (cause == HOB_CAUSE_BOOT)
            t->schedule.locked = t->lock_stored = hob_restore_locked(b, plan->points[c->relay].name);
        else if (plan->kept[n] == HOB_NONE)
            hob_restore_touch(b); /* the lock of one before it may be stored still */
        /* Whatever it comes to is news. */
        b->points[relay].dirty = true;
    }
    hob_climate_tick(b);
}

/* ---- plans ---- */

int hob_climate_follow(struct hob_board *b, uint8_t i, const struct hob_schedule *schedule)
{
    struct hob_thermostat *t = &b->thermostats[hob_climate_of(b, i)];
    t->schedule = *schedule;
    b->points[i].dirty = true;
    hob_climate_tick(b);
    if (t->lock_stored == schedule->locked)
        return HOB_OK;
    /* Whoever opens the boiler relies on it: it is not left to the next write. */
    hob_restore_touch(b);
    return hob_restore_flush(b);
}

/* ---- decisions ---- */

static struct hob_thermostat_in look(const struct hob_board *b, const struct hob_thermostat *t)
{
    const struct hob_point *relay = &b->points[t->config.relay];
    const struct hob_sensor *s = &b->points[t->config.sensor].sensor;
    bool on = relay->out.level > 0;
    return (struct hob_thermostat_in){
        .now = b->now,
        .switched = on ? relay->out.on_since : relay->out.off_since,
        .first_by = hob_sensor_first_by(&b->points[t->config.sensor]),
        .sampled = s->sampled,
        .temp = s->value,
        .strikes = s->strikes,
        .has_temp = s->valid,
        .on = on,
        .ready = hob_interlock_ready(b, t->config.relay),
    };
}

static void move(struct hob_board *b, uint8_t i, bool on)
{
    const struct hob_request request = {.cause = HOB_CAUSE_THERMOSTAT,
                                        .by = HOB_NONE,
                                        .level = on ? 1000 : 0};
    if ((b->points[i].out.level > 0) != on)
        hob_output_apply(b, i, &request);
}

static bool same(const struct hob_control *x, const struct hob_control *y)
{
    return x->target == y->target && x->temp == y->temp && x->phase == y->phase &&
           x->source == y->source && x->warning == y->warning;
}

static void decide(struct hob_board *b, struct hob_thermostat *t)
{
    struct hob_control before = t->control;
    bool planned = t->schedule.id[0] != '\0';
    struct hob_thermostat_in in = look(b, t);
    move(b, t->config.relay, hob_thermostat_step(t, &in));
    /* What it comes to now that the relay has moved: when to decide again. */
    in = look(b, t);
    (void)hob_thermostat_step(t, &in);
    if (!same(&before, &t->control) || planned != (t->schedule.id[0] != '\0'))
        b->points[t->config.relay].dirty = true;
}

void hob_climate_tick(struct hob_board *b)
{
    for (uint8_t k = 0; k < HOB_MAX_THERMOSTATS; k++) {
        if (b->thermostats[k].used)
            decide(b, &b->thermostats[k]);
    }
}

uint64_t hob_climate_due(const struct hob_board *b)
{
    uint64_t due = UINT64_MAX;
    for (uint8_t k = 0; k < HOB_MAX_THERMOSTATS; k++) {
        if (b->thermostats[k].used && b->thermostats[k].due < due)
            due = b->thermostats[k].due;
    }
    return due;
}

/* ---- reports ---- */

void hob_climate_put(struct hob_json_writer *w, const struct hob_board *b, uint8_t i)
{
    const struct hob_thermostat *t = &b->thermostats[hob_climate_of(b, i)];
    const struct hob_control *c = &t->control;
    hob_jw_key(w, "th");
    hob_jw_begin_object(w);
    hob_jw_put_string(w, "phase", hob_phase_name((enum hob_phase)c->phase));
    if (c->target != HOB_NO_TEMP)
        hob_jw_put_int(w, "target", c->target);
    if (c->temp != HOB_NO_TEMP)
        hob_jw_put_int(w, "temp", c->temp);
    hob_jw_put_string(w, "source", hob_source_name((enum hob_source)c->source));
    hob_jw_put_string(w, "plan", t->schedule.id);
    if (c->warning != HOB_WARNS_OF_NOTHING)
        hob_jw_put_string(w, "warn",
                          hob_climate_warning_name((enum hob_climate_warning)c->warning));
    hob_jw_end_object(w);
}
