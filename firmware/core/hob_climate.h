/*
 * hob_climate: the board's thermostats on their relays and sensors.
 *
 * The relay of a thermostat is its own: no command and no binding moves it. An
 * interlock is waited for; nothing else is cut for it.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_CLIMATE_H
#define HOB_CLIMATE_H

#include "hob_board.h"

/* Index of the thermostat of output i, HOB_NONE if it has none. */
uint8_t hob_climate_of(const struct hob_board *b, uint8_t i);

/*
 * Before points change: notes in the plan which thermostats stay, which is told
 * by the names of their relays, and ends the others with their relays off.
 */
void hob_climate_match(struct hob_board *b, struct hob_plan *plan);

/*
 * After points have changed: the plan's thermostats are in force. Those that stay
 * keep their plan; at HOB_CAUSE_BOOT those that were locked are locked again.
 */
void hob_climate_apply(struct hob_board *b, const struct hob_plan *plan, enum hob_cause cause);

/*
 * What output i, which has a thermostat, is to hold from now on. HOB_ERR_STORAGE:
 * it is in force, but that it is locked, or not any more, would not survive a boot.
 */
int hob_climate_follow(struct hob_board *b, uint8_t i, const struct hob_schedule *schedule);

/* Decides anew for each, and moves relays. */
void hob_climate_tick(struct hob_board *b);
uint64_t hob_climate_due(const struct hob_board *b);

/* Writes the member "th" of a point that has a thermostat. */
void hob_climate_put(struct hob_json_writer *w, const struct hob_board *b, uint8_t i);

#endif
