/*
 * The control law; see hob_thermostat.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_thermostat.h"

#include "hob_watch.h"

/* So many implausible readings in a row are no accident. */
#define STRIKES 2u

/* Notes a time at which something is to be looked at again. */
static void again(struct hob_thermostat *t, uint64_t at)
{
    if (at < t->due)
        t->due = at;
}

/* ---- the target ---- */

/* What the schedule says now; false if it says nothing (any more). */
static bool scheduled(struct hob_thermostat *t, uint64_t now, int32_t *to)
{
    const struct hob_schedule *s = &t->schedule;
    uint64_t elapsed = now - s->base;
    uint8_t i = 0;
    if (s->count == 0 || elapsed >= s->end)
        return false;
    while (i + 1 < s->count && s->segments[i + 1].from <= elapsed)
        i++;
    *to = s->segments[i].to;
    again(t, s->base + (i + 1 < s->count ? s->segments[i + 1].from : s->end));
    return true;
}

/* A plan that was made for another range holds what this one allows. */
static int32_t within(const struct hob_thermostat_config *c, int32_t target)
{
    if (target == HOB_NO_TEMP)
        return target;
    if (target < c->low)
        return c->low;
    return target > c->high ? c->high : target;
}

static void find_target(struct hob_thermostat *t, uint64_t now)
{
    const struct hob_thermostat_config *c = &t->config;
    struct hob_control *to = &t->control;
    if (scheduled(t, now, &to->target)) {
        to->source = HOB_SOURCE_PLAN;
    } else {
        t->schedule.count = 0;
        t->schedule.id[0] = '\0';
        to->target = c->fallback;
        to->source = HOB_SOURCE_FALLBACK;
    }
    to->target = within(c, to->target);
    if (c->frost != HOB_NO_TEMP && (to->target == HOB_NO_TEMP || to->target < c->frost)) {
        to->target = c->frost < c->high ? c->frost : c->high;
        to->source = HOB_SOURCE_FROST;
    }
    if (to->target == HOB_NO_TEMP)
        to->source = HOB_SOURCE_NONE;
}

/* ---- the relay ---- */

/* Whether the temperature asks for the relay: within the band it stays as it is. */
static bool asks(const struct hob_thermostat *t, bool on)
{
    const struct hob_control *c = &t->control;
    int32_t half = t->config.hysteresis > 1 ? t->config.hysteresis / 2 : 1;
    int32_t short_of = t->config.cools ? c->temp - c->target : c->target - c->temp;
    return on ? short_of > -half : short_of >= half;
}

static bool beyond_range(const struct hob_thermostat *t, const struct hob_thermostat_in *in)
{
    const struct hob_thermostat_config *c = &t->config;
    return in->strikes >= STRIKES ||
           (c->cools ? t->control.temp < c->low : t->control.temp > c->high);
}

/*
 * Why there is nothing to go by. The relay is off either way; but who has just
 * been set up has not lost anything, and people are not to be told so.
 */
static enum hob_phase without_temp(const struct hob_thermostat *t,
                                   const struct hob_thermostat_in *in)
{
    if (in->now >= in->first_by)
        return HOB_PHASE_LOST;
    return t->control.target == HOB_NO_TEMP ? HOB_PHASE_OFF : HOB_PHASE_WAIT;
}

/* The newest good sample, if it is fresh enough to act on. */
static void take_temp(struct hob_thermostat *t, const struct hob_thermostat_in *in)
{
    int64_t until = in->sampled + t->config.lost;
    t->control.temp = HOB_NO_TEMP;
    if (in->now < in->first_by)
        again(t, in->first_by);
    if (!in->has_temp || (int64_t)in->now > until)
        return;
    t->control.temp = (int32_t)in->temp;
    again(t, (uint64_t)until + 1);
}

/* Phases in which the relay is off at once, whatever its least time on; else idle. */
static enum hob_phase must_be_off(const struct hob_thermostat *t,
                                  const struct hob_thermostat_in *in)
{
    if (t->schedule.locked)
        return HOB_PHASE_LOCKED;
    if (t->control.temp == HOB_NO_TEMP)
        return without_temp(t, in);
    if (beyond_range(t, in))
        return HOB_PHASE_RANGE;
    return t->control.target == HOB_NO_TEMP ? HOB_PHASE_OFF : HOB_PHASE_IDLE;
}

static enum hob_phase control(struct hob_thermostat *t, const struct hob_thermostat_in *in)
{
    uint64_t least = in->switched + (in->on ? t->config.min_on : t->config.min_off);
    bool wanted = asks(t, in->on);
    if (in->on == wanted)
        return wanted ? HOB_PHASE_ACTIVE : HOB_PHASE_IDLE;
    if (in->now < least) {
        again(t, least);
        return in->on ? HOB_PHASE_ACTIVE : HOB_PHASE_WAIT;
    }
    if (in->on)
        return HOB_PHASE_IDLE;
    again(t, in->ready);
    return in->ready <= in->now ? HOB_PHASE_ACTIVE : HOB_PHASE_WAIT;
}

/* Downward counts for a cooler as upward does for a heater. */
static void watch(struct hob_thermostat *t, const struct hob_thermostat_in *in)
{
    int32_t temp = t->control.temp;
    if (temp == HOB_NO_TEMP)
        hob_watch_stop(&t->watch);
    else
        again(t, hob_watch_step(&t->watch, in->on, t->config.cools ? -temp : temp, in->now));
    t->control.warning = t->watch.warning;
}

bool hob_thermostat_step(struct hob_thermostat *t, const struct hob_thermostat_in *in)
{
    struct hob_control *c = &t->control;
    t->due = UINT64_MAX;
    take_temp(t, in);
    if (t->schedule.locked) {
        c->target = HOB_NO_TEMP;
        c->source = HOB_SOURCE_NONE;
    } else {
        find_target(t, in->now);
    }
    enum hob_phase phase = must_be_off(t, in);
    if (phase == HOB_PHASE_IDLE)
        phase = control(t, in);
    c->phase = (uint8_t)phase;
    watch(t, in);
    return phase == HOB_PHASE_ACTIVE;
}

/* ---- names ---- */

const char *hob_phase_name(enum hob_phase phase)
{
    static const char *const names[] = {"active", "idle", "wait",  "off",
                                        "lost",   "range", "locked"};
    return names[phase];
}

const char *hob_source_name(enum hob_source source)
{
    static const char *const names[] = {"none", "plan", "fallback", "frost"};
    return names[source];
}

const char *hob_climate_warning_name(enum hob_climate_warning warning)
{
    static const char *const names[] = {"", "no_rise", "stuck"};
    return names[warning];
}
