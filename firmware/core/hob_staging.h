/*
 * hob_staging: a configuration as text: gathered item by item, checked, stored,
 * and handed to hob_apply; and read again at boot.
 *
 * The record: the revision (17 bytes, zero-padded), the number of items (two
 * bytes, little-endian), and each item as its length (two bytes) and its text.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_STAGING_H
#define HOB_STAGING_H

#include "hob_board.h"
#include "hob_fault.h"

/* What is wrong with it comes to light with the commit. */
void hob_staging_begin(struct hob_board *b, const char *rev, uint32_t items,
                       const uint8_t sha256[HOB_HASH_LEN]);
void hob_staging_item(struct hob_board *b, uint32_t n, const char *text, size_t len);

/* Throws away what was gathered. */
void hob_staging_abandon(struct hob_board *b);

/*
 * HOB_OK: stored and in force. HOB_ERR_VALUE: the fault says why not, and all is
 * as it was. Uses scratch.out and the tokens.
 */
int hob_staging_commit(struct hob_board *b, const char *rev, struct hob_fault *fault);

/* At boot: brings the stored configuration into force, if there is one. */
void hob_staging_load(struct hob_board *b);

/* After that, once outputs are as they should be: so that it is known when it comes again. */
void hob_staging_recognise(struct hob_board *b);

#endif
