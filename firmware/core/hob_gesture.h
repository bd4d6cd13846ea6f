/*
 * hob_gesture: what a person meant by the edges of a debounced button.
 *
 * A pure machine: edges and time in, gestures out, as docs/wire.md defines them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_GESTURE_H
#define HOB_GESTURE_H

#include "hob_board.h"

/* No gesture is under way and, if down, none will come of the present press. */
void hob_gesture_reset(struct hob_gesture *g, bool down);

/*
 * Both give a set of enum hob_gesture_event; of several, the one with the lowest
 * value came first. Call hob_gesture_time before hob_gesture_edge with the same
 * now, so that what was due comes first.
 */
unsigned hob_gesture_edge(struct hob_gesture *g, const struct hob_input_config *config,
                          bool down, uint64_t now);
unsigned hob_gesture_time(struct hob_gesture *g, const struct hob_input_config *config,
                          uint64_t now);

/* Uptime at which hob_gesture_time has something to do; UINT64_MAX for never. */
uint64_t hob_gesture_due(const struct hob_gesture *g, const struct hob_input_config *config);

#endif
