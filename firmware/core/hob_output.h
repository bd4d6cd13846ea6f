/*
 * hob_output: one output: its pin, its level, and the timers that end it. Knows
 * nothing of the other members of its interlock group (hob_interlock does).
 *
 * All functions expect an index of a point that is an output.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_OUTPUT_H
#define HOB_OUTPUT_H

#include "hob_board.h"

/* A value to start with. */
struct hob_value {
    uint16_t level; /* 0 to 1000; relays have 0 or 1000 */
    uint16_t last_level;
    uint8_t rgb[3];
};

/*
 * Takes the pin and drives it to the value at once, as an output that was not
 * there before; timers start now. The point's configuration is set already.
 */
void hob_output_setup(struct hob_board *b, uint8_t i, const struct hob_value *value,
                      enum hob_cause cause);

/* Off at once, and the pin given back. */
void hob_output_release(struct hob_board *b, uint8_t i);

/*
 * Takes another configuration with the same kind, pin and inversion, in place.
 * What the output does stays as it is; a new limit is enforced by the next tick.
 */
void hob_output_reconfigure(struct hob_board *b, uint8_t i, const struct hob_output_config *to);

/* Brings the output to what is asked for, interlocks set aside. */
void hob_output_apply(struct hob_board *b, uint8_t i, const struct hob_request *request);

/* Off in this very moment, without a fade. */
void hob_output_cut(struct hob_board *b, uint8_t i, enum hob_cause cause);

/* True while anything comes out of the pin, a fade to off included. */
bool hob_output_shows(const struct hob_point *p);

/* The level that "on" means now: 1000 for a relay, of a light the last one. */
uint16_t hob_output_on_level(const struct hob_point *p);

/* Keeps the lease to until, at most a whole lease from now, never shorter. */
void hob_output_renew(struct hob_board *b, uint8_t i, uint64_t until);

/* Ends what is over its limit and moves fades on. */
void hob_output_tick(struct hob_board *b, uint8_t i);

/* Uptime at which hob_output_tick has something to do; UINT64_MAX for never. */
uint64_t hob_output_due(const struct hob_board *b, const struct hob_point *p);

#endif
