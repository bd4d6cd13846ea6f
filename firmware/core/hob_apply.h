/*
 * hob_apply: brings a checked configuration into force, touching only what
 * differs from the one before.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_APPLY_H
#define HOB_APPLY_H

#include "hob_board.h"

/*
 * cause is HOB_CAUSE_BOOT (then values to restore come from hob_restore_load) or
 * HOB_CAUSE_CONFIG. Sends nothing; requests that waited for an output that is
 * gone have their outcome for hob_command_report.
 */
void hob_apply(struct hob_board *b, struct hob_plan *plan, enum hob_cause cause);

#endif
