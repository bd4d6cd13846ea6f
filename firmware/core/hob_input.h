/*
 * hob_input: one input: debouncing, and what follows from an edge.
 *
 * All functions expect an index of a point that is an input.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_INPUT_H
#define HOB_INPUT_H

#include "hob_board.h"

/*
 * Takes the pin. Its present level is the value until the first settled one,
 * which makes no event.
 */
void hob_input_setup(struct hob_board *b, uint8_t i, enum hob_cause cause);
void hob_input_release(struct hob_board *b, uint8_t i);

/* Takes other times and gestures, in place; the debounced state stays. */
void hob_input_reconfigure(struct hob_board *b, uint8_t i, const struct hob_input_config *to);

/* An edge was seen: the debounce time starts anew. */
void hob_input_bounce(struct hob_board *b, uint8_t i);

/*
 * Samples the pin. Result: the set of enum hob_gesture_event that came of it, to
 * be bound and reported; contacts have none.
 */
unsigned hob_input_tick(struct hob_board *b, uint8_t i);

/* Uptime at which hob_input_tick has something to do; UINT64_MAX for never. */
uint64_t hob_input_due(const struct hob_board *b, const struct hob_point *p);

#endif
