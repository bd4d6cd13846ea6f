/*
 * What a thermostat warns of; see hob_watch.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_watch.h"

#include <string.h>

#define QUARTER_MS 900000u
#define RISE 300       /* with the relay on, thousandths of a degree */
#define STUCK_RISE 500 /* with the relay off, in each quarter of an hour */
#define STUCK_QUARTERS 2u

static void mark(struct hob_watch *w, int32_t progress, uint64_t now)
{
    w->mark = progress;
    w->marked_at = now;
}

static void end_warning(struct hob_watch *w, enum hob_climate_warning warning)
{
    if (w->warning == (uint8_t)warning)
        w->warning = HOB_WARNS_OF_NOTHING;
}

static uint64_t while_on(struct hob_watch *w, int32_t progress, uint64_t now)
{
    end_warning(w, HOB_WARNS_STUCK);
    /* It goes on cooling for a while: what counts is the rise from the coldest. */
    if (progress < w->mark)
        w->mark = progress;
    if (progress >= w->mark + RISE) {
        mark(w, progress, now);
        end_warning(w, HOB_WARNS_NO_RISE);
    }
    if (now - w->marked_at < QUARTER_MS)
        return w->marked_at + QUARTER_MS;
    w->warning = HOB_WARNS_NO_RISE;
    return UINT64_MAX;
}

static uint64_t while_off(struct hob_watch *w, int32_t progress, uint64_t now)
{
    if (now - w->marked_at < QUARTER_MS)
        return w->marked_at + QUARTER_MS;
    end_warning(w, HOB_WARNS_NO_RISE);
    int32_t rise = progress - w->mark;
    /* The first quarter of an hour is for what the heater has still in it. */
    if (!w->cooled || rise < STUCK_RISE)
        w->quarters = 0;
    else if (w->quarters < STUCK_QUARTERS)
        w->quarters++;
    if (w->quarters == STUCK_QUARTERS)
        w->warning = HOB_WARNS_STUCK;
    else if (w->cooled && rise <= 0)
        end_warning(w, HOB_WARNS_STUCK);
    w->cooled = true;
    mark(w, progress, now);
    return now + QUARTER_MS;
}

uint64_t hob_watch_step(struct hob_watch *w, bool on, int32_t progress, uint64_t now)
{
    if (!w->watching || w->on != on) {
        w->watching = true;
        w->on = on;
        w->cooled = false;
        w->quarters = 0;
        mark(w, progress, now);
    }
    return on ? while_on(w, progress, now) : while_off(w, progress, now);
}

void hob_watch_stop(struct hob_watch *w)
{
    memset(w, 0, sizeof *w);
}
