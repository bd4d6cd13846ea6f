/*
 * hob_led: what the status LED tells, by how it blinks:
 *
 *     identify                        5 times a second
 *     stored configuration refused    2 times a second
 *     adoption open                   once a second, half of the time lit
 *     no network                      a flash every 1.5 s
 *     no server                       a flash every 3 s
 *     all is well                     dark
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_LED_H
#define HOB_LED_H

#include "hob_board.h"

/* Takes another LED, or none. The same one is not touched. */
void hob_led_configure(struct hob_board *b, const struct hob_led_config *config);

/* Blinks for so many ms from now, longer ones cut to a minute; 0 ends it. */
void hob_led_identify(struct hob_board *b, uint64_t ms);

void hob_led_tick(struct hob_board *b);
uint64_t hob_led_due(const struct hob_board *b);

#endif
