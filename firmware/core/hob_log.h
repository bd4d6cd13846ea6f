/*
 * hob_log: what the core tells the port's log, and counting.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_LOG_H
#define HOB_LOG_H

#include "hob_board.h"

/* One line; what detail means stands at enum hob_log. Never a secret. */
void hob_log(struct hob_board *b, enum hob_log what, int32_t detail);

/* Adds one, unless the counter is at its greatest value. */
void hob_count(uint32_t *counter);

#endif
