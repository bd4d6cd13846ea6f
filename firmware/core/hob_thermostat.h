/*
 * hob_thermostat: the control law of a heater or cooler. Pure: what it knows is
 * in its struct, what it is told in hob_thermostat_in, and the same of both gives
 * the same.
 *
 * Two-point control with hysteresis around a target, which comes from a plan, or
 * when there is none (any more) from the fallback; frost protection is below
 * both. The relay keeps its least times on and off, except that nothing keeps it
 * on when it must not be: with no fresh sample, with one beyond the range's end,
 * with readings that are not plausible, with nothing to be held, or locked.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_THERMOSTAT_H
#define HOB_THERMOSTAT_H

#include "hob_board.h"

/* What is so at this moment. */
struct hob_thermostat_in {
    uint64_t now;
    uint64_t switched; /* the relay went on, or off, or was set up as off */
    uint64_t ready;    /* interlocks let it go on from then on */
    uint64_t first_by; /* no sample need be there before (hob_sensor_first_by) */
    int64_t sampled;   /* the newest good sample, and when; with has_temp */
    int64_t temp;
    uint8_t strikes;   /* implausible readings since then */
    bool has_temp;
    bool on;           /* the relay is on */
};

/*
 * Decides: true if the relay is to be on. t->control says why, t->due when to
 * ask again at the latest, although it does no harm to ask sooner.
 */
bool hob_thermostat_step(struct hob_thermostat *t, const struct hob_thermostat_in *in);

/* Names as docs/wire.md spells them; static. */
const char *hob_phase_name(enum hob_phase phase);
const char *hob_source_name(enum hob_source source);
const char *hob_climate_warning_name(enum hob_climate_warning warning);

#endif
