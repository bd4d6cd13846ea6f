/*
 * hob_interlock: outputs of one group are never on together, and one goes on
 * only its interlock_wait after the last of the others went dark.
 *
 * A software interlock does not replace one in hardware.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_INTERLOCK_H
#define HOB_INTERLOCK_H

#include "hob_board.h"

/* Result of hob_interlock_request: the request waits, its outcome comes later. */
#define HOB_INTERLOCK_WAITS 1

/*
 * Ends a request that waits for the group of output i, as superseded. To be
 * followed by hob_command_report, and then hob_interlock_request.
 */
void hob_interlock_supersede(struct hob_board *b, uint8_t i);

/*
 * Does what is asked of output i; switches off others of its group if it is to
 * go on. HOB_OK: done; HOB_INTERLOCK_WAITS; HOB_ERR_SPACE: nothing was done.
 */
int hob_interlock_request(struct hob_board *b, uint8_t i, const struct hob_request *request);

/*
 * Output i has just been set up as off and is to be on: unless another of its
 * group is, or is about to be.
 */
void hob_interlock_start(struct hob_board *b, uint8_t i, const struct hob_request *request);

/* Whether output i is waiting to go on. */
bool hob_interlock_waits(const struct hob_board *b, uint8_t i);

/* Ends what waits for output i, with a stage that tells the outcome. */
void hob_interlock_end(struct hob_board *b, uint8_t i, enum hob_wait_stage stage);

/* The command with this id is no longer wanted. */
void hob_interlock_cancel(struct hob_board *b, uint64_t cmd);

/* Forgets all that commands wait for: their session is gone. */
void hob_interlock_drop_commands(struct hob_board *b);

/* After groups have changed: of each, all but one output are switched off. */
void hob_interlock_settle(struct hob_board *b);

void hob_interlock_tick(struct hob_board *b);
uint64_t hob_interlock_due(const struct hob_board *b);

#endif
