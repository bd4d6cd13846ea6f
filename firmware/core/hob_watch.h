/*
 * hob_watch: notices that a heater does nothing although it is on, or heats
 * although it is off; the same for coolers, downward. It only warns.
 *
 * no_rise: on for 15 minutes without getting 0.3 K warmer than it was at the
 * coldest since it went on, or since the last 0.3 K. Ends with the next 0.3 K,
 * or when the relay has been off for 15 minutes.
 *
 * stuck: off for 15 minutes, which radiators take to cool, and then at least
 * 0.5 K warmer in each of two quarters of an hour in a row: 2 K an hour, with no
 * heat from the heater. What is stored in a floor, and the sun through a window,
 * do not get a room that far twice. Ends with a quarter of an hour that is not
 * warmer, or when the relay goes on.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_WATCH_H
#define HOB_WATCH_H

#include "hob_board.h"

/*
 * The relay is on or off at now, and progress is the temperature in thousandths
 * of a degree, with its sign turned for a cooler. Result: when to be called
 * again at the latest.
 */
uint64_t hob_watch_step(struct hob_watch *w, bool on, int32_t progress, uint64_t now);

/* The temperature is not known: begins anew when it is, and warns of nothing. */
void hob_watch_stop(struct hob_watch *w);

#endif
