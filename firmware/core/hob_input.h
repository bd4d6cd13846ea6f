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

/*
 * There was an edge at uptime at, and the pin has had this level since then: what was due before that comes first, and the debounce time starts anew.
 * Edges of one input come in their order; at may be before hob_board's now, and
 * exact tells whether it is the edge's own time or that of whoever noticed.
 * Result: as of hob_input_tick; with 0 the edge has been taken.
 */
unsigned hob_input_edge(struct hob_board *b, uint8_t i, bool level, uint64_t at, bool exact);

/*
 * Samples the pin. Result: the set of enum hob_gesture_event that came of it, to
 * be bound and reported, contacts have none. Until that is 0 there may be more.
 */
unsigned hob_input_tick(struct hob_board *b, uint8_t i);

/*
 * Whether the input is known to be active, or not, as a pulse wants it: settled,
 * read at most age ms ago, its level standing for its debounce time, and the pin
 * still at that level in this moment.
 */
bool hob_input_holds(const struct hob_board *b, uint8_t i, bool active, uint32_t age);

/* Uptime at which hob_input_tick has something to do; UINT64_MAX for never. */
uint64_t hob_input_due(const struct hob_board *b, const struct hob_point *p);

#endif
