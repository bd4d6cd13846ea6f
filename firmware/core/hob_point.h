/*
 * hob_point: the points of a board, by name and by pin, and noting what changed.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_POINT_H
#define HOB_POINT_H

#include "hob_board.h"

bool hob_kind_is_output(enum hob_kind kind);
bool hob_point_is_output(const struct hob_point *p);

/* Index of a point, HOB_NONE if there is none. */
uint8_t hob_point_find(const struct hob_board *b, const char *name);

/* Number of configured points. */
uint8_t hob_point_count(const struct hob_board *b);

/* Whether the point is on, or the input active. */
bool hob_point_on(const struct hob_point *p);

/* The point took a new value just now. cmd and by as in struct hob_point. */
void hob_point_changed(struct hob_board *b, struct hob_point *p, enum hob_cause cause,
                       uint64_t cmd, uint8_t by);

/* The session is gone: the ids of its commands mean nothing to the next one. */
void hob_point_forget_commands(struct hob_board *b);

/* The cause as docs/wire.md spells it; static. */
const char *hob_cause_name(enum hob_cause cause);

#endif
