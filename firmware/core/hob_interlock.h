/*
 * hob_interlock: when an output may go on, and what waits for that. Outputs of
 * one group are never on together, and one goes on only its interlock_wait after
 * the last of the others went dark, and its own min_off after it did itself.
 * Pulses stay here until they end, because only then they have a result.
 *
 * A software interlock does not replace one in hardware.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_INTERLOCK_H
#define HOB_INTERLOCK_H

#include "hob_board.h"

/* Result of hob_interlock_request: it waits, warns or pulses; its outcome comes later. */
#define HOB_INTERLOCK_WAITS 1

/* True if i and j are two outputs of one group. */
bool hob_interlock_rivals(const struct hob_board *b, uint8_t i, uint8_t j);

/*
 * Ends a request that waits for output i or its group and has come as far as from
 * (HOB_WAITING: any), as superseded. To be followed by hob_command_report, and
 * then hob_interlock_request.
 */
void hob_interlock_supersede(struct hob_board *b, uint8_t i, enum hob_wait_stage from);

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

/*
 * Uptime from which output i may go on without cutting another one; UINT64_MAX
 * while one of its group is on, or is about to be.
 */
uint64_t hob_interlock_ready(const struct hob_board *b, uint8_t i);

/* Whether output i is waiting to go on, or is being warned of. */
bool hob_interlock_waits(const struct hob_board *b, uint8_t i);

/* Whether output i could go on in this moment, with nothing to be cut or superseded for it. */
bool hob_interlock_free(const struct hob_board *b, uint8_t i);

/* The level that output i waits for since a boot or configuration; 0 if it does not. */
uint16_t hob_interlock_start_level(const struct hob_board *b, uint8_t i);

/* Whether a pulse or its warning is under way at any output: their times must be exact. */
bool hob_interlock_busy(const struct hob_board *b);

/* Ends what waits for output i, with a stage that tells the outcome. */
void hob_interlock_end(struct hob_board *b, uint8_t i, enum hob_wait_stage stage);

/* Output i is about to leave its group: the others wait for it as if it still were there. */
void hob_interlock_leave(struct hob_board *b, uint8_t i);

/* Output i is about to be released: what waits for it, its pulse and its warning are over. */
void hob_interlock_release(struct hob_board *b, uint8_t i);

/* Input i is about to be released: pulses that wait with a condition on it are over. */
void hob_interlock_forget_input(struct hob_board *b, uint8_t i);

/* Point i is about to be configured in another way: warnings that it has to do with are over. */
void hob_interlock_touch(struct hob_board *b, uint8_t i);

/* There was an edge at input i: warnings of pulses with a condition on it are over. */
void hob_interlock_disturb(struct hob_board *b, uint8_t i);

/* Ends what has come to its end: pulses that are over, and warnings that something put out. */
void hob_interlock_review(struct hob_board *b);

/* Whether every condition of a request holds in this moment. */
bool hob_interlock_conditions(const struct hob_board *b, const struct hob_request *request);

/* The command with this id is no longer wanted. */
void hob_interlock_cancel(struct hob_board *b, uint64_t cmd);

/*
 * The session is gone: forgets all that its commands wait for. A pulse under way
 * ends at its time, without a result.
 */
void hob_interlock_drop_commands(struct hob_board *b);

/* The board is about to stop: pulses end, and warnings end without one. */
void hob_interlock_stop(struct hob_board *b);

/* After groups have changed: of each, all but one output are switched off. */
void hob_interlock_settle(struct hob_board *b);

void hob_interlock_tick(struct hob_board *b);

/*
 * Starts the pulses whose warning has lasted its time, if all still is as it must
 * be, and the session that asked is known to be there. To be called when no news
 * is left to be heard: after inputs were sampled and what was received was done.
 */
void hob_interlock_after_warning(struct hob_board *b, bool session_there);
uint64_t hob_interlock_due(const struct hob_board *b);

#endif
