/*
 * hob_command: what the server orders, each id once and nothing too late.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_COMMAND_H
#define HOB_COMMAND_H

#include "hob_frame.h"

/* Carries out a command of the present session, and answers unless it waits. */
void hob_command_run(struct hob_board *b, const struct hob_command *command);

/* Answers for commands whose waiting has ended. */
void hob_command_report(struct hob_board *b);

/* Keeps leases; points has bit i for the point with index i. */
void hob_command_renew(struct hob_board *b, uint64_t points, uint64_t until);

#endif
