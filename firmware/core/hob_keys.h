/*
 * hob_keys: the board's keys, its setup code, and when adoption is open.
 *
 * Every change is stored before it is in force; where a key or code goes out of
 * use, both slots are written, so that it is gone for good.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_KEYS_H
#define HOB_KEYS_H

#include "hob_board.h"

/*
 * At boot. Settings that were never stored make this the first power-up: a setup
 * code is made and adoption opens. Slots that could not be read are tried again.
 */
void hob_keys_load(struct hob_board *b);

bool hob_keys_adopted(const struct hob_board *b);
bool hob_keys_adoption_open(const struct hob_board *b);

/*
 * The key number which, in the order in which they are tried, into out. HOB_OK;
 * HOB_ERR_MISSING if there is none of that kind now; HOB_ERR_CRYPTO.
 */
int hob_keys_get(const struct hob_board *b, enum hob_key_used which, uint8_t out[HOB_KEY_LEN]);

/* All: HOB_OK; HOB_ERR_KEY for a key of zeros; HOB_ERR_STORAGE, HOB_ERR_CRYPTO: no change. */
int hob_keys_adopt(struct hob_board *b, const uint8_t key[HOB_KEY_LEN]);
int hob_keys_rotate(struct hob_board *b, const uint8_t key[HOB_KEY_LEN]);
int hob_keys_forget(struct hob_board *b);
int hob_keys_open_adoption(struct hob_board *b);

/* The next key has proved itself: it is the current one from now on. */
void hob_keys_promote(struct hob_board *b);

/* Closes adoption when its time is over, and cleans slots that still need it. */
void hob_keys_tick(struct hob_board *b);
uint64_t hob_keys_due(const struct hob_board *b);

#endif
