/*
 * hob_update: another firmware over the link, as in docs/wire.md. It goes into the
 * slot that does not run, in order; what was stored is read back and hashed; only
 * then is it booted, on trial: if no session lasts for 10 s, the one before comes
 * back after 2 minutes, and at any restart.
 *
 * Flash is not touched while a pulse or its warning is under way: that would make
 * them longer.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_UPDATE_H
#define HOB_UPDATE_H

#include "hob_board.h"

/* At boot, after everything else. */
void hob_update_load(struct hob_board *b);

/* Whether what runs is on trial. */
bool hob_update_on_trial(const struct hob_board *b);

/* A server offers an image. Reports what becomes of that. */
void hob_update_begin(struct hob_board *b, const struct hob_image *image);

/*
 * A part of it, base64 of at most HOB_MAX_PART bytes, which is decoded over the
 * start of scratch.in. HOB_ERR_VALUE: not base64, empty, or too much.
 */
int hob_update_part(struct hob_board *b, uint64_t at, const char *text, size_t len);

void hob_update_tick(struct hob_board *b);
uint64_t hob_update_due(const struct hob_board *b);

#endif
