/*
 * update: the two slots for firmware, as struct hob_port has them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef UPDATE_H
#define UPDATE_H

#include "hob.h"

int update_begin(void *ctx, uint32_t size);
int update_write(void *ctx, uint32_t at, const uint8_t *data, size_t len);
int update_read(void *ctx, uint32_t at, uint8_t *buf, size_t len);
int update_boot(void *ctx);
bool update_on_trial(void *ctx);
int update_keep(void *ctx);
void update_undo(void *ctx);

/* The public key that this firmware was built with, HOB_VERIFY_KEY_LEN bytes; NULL for none. */
const uint8_t *update_key(void);

/* Of struct hob_options. */
uint8_t update_slot(void);

#endif
