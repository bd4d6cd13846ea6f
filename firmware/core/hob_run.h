/*
 * hob_run: what time brings, in the order in which it has to happen.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_RUN_H
#define HOB_RUN_H

#include "hob_board.h"

/*
 * Moves the board's clock on and does what pins and timers have due: limits and
 * fades, interlocks, inputs with what is bound to them. Sends events.
 */
void hob_run_due(struct hob_board *b, uint64_t now_ms);

/* Tells the session what has changed, and commands what became of them. */
void hob_run_report(struct hob_board *b);

/* The next stats frame is a whole period away. */
void hob_run_stats_later(struct hob_board *b);

#endif
