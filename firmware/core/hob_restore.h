/*
 * hob_restore: the values of outputs with boot=restore, and which thermostats are
 * locked, kept over a restart.
 *
 * Flash wears, so a change is stored two seconds after it came, together with
 * others, and not more often than every ten seconds; a planned restart stores at
 * once. After a power cut the values are those of up to ten seconds before.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_RESTORE_H
#define HOB_RESTORE_H

#include "hob_output.h"

/* A value to be restored has changed. */
void hob_restore_touch(struct hob_board *b);

/*
 * The level that output i is to come back with after a boot, or when it is set up
 * anew: never a pulse or a warning, but what waits to go on since a boot already.
 */
uint16_t hob_restore_level(const struct hob_board *b, uint8_t i);

/* Stores when it is time; uses scratch.out. */
void hob_restore_tick(struct hob_board *b);
uint64_t hob_restore_due(const struct hob_board *b);

/* Stores now if there is anything to store; uses scratch.out. HOB_ERR_STORAGE: later again. */
int hob_restore_flush(struct hob_board *b);

/*
 * At boot: reads what was stored into scratch.in, and finds there whether the
 * thermostat of a relay is locked, and the value of a point (by name and kind). hob_restore_find gives false, and off, if there is
 * none; scratch.in must not have been used in between.
 */
void hob_restore_load(struct hob_board *b);
bool hob_restore_locked(const struct hob_board *b, const char *relay);
bool hob_restore_find(const struct hob_board *b, const struct hob_point_config *config,
                      struct hob_value *out);

#endif
