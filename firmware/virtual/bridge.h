/*
 * bridge: one board of the core together with everything it keeps pointers to,
 * in a single block of C memory, and a port whose functions call into Go. The
 * Go side (core.go) knows a board by a number; it is the first member, so that
 * a callback finds it with nothing but the context pointer.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_VIRTUAL_BRIDGE_H
#define HOB_VIRTUAL_BRIDGE_H

#include <stdint.h>

#include "hob.h"

/* Cryptography for all boards of the process, with the lock that PSA wants. */
struct bridge_crypto;

/* NULL: no memory, or PSA does not start. */
struct bridge_crypto *bridge_crypto_new(void);
void bridge_crypto_free(struct bridge_crypto *c);

/* Scratch for boards that are never driven at once. NULL: no memory. */
struct hob_scratch *bridge_scratch_new(void);

/* A board that has not been started. Strings are copied. NULL: no memory. */
struct bridge *bridge_new(uintptr_t handle, const char *id, const char *chip, const char *fw,
                          uint64_t build_unix_ms, struct bridge_crypto *crypto,
                          struct hob_scratch *scratch);

/*
 * Before bridge_start: who may sign updates, HOB_VERIFY_KEY_LEN bytes that are
 * copied, or NULL for nobody; the security version of what runs, and its slot.
 */
void bridge_updates(struct bridge *b, const uint8_t *key, uint16_t security, uint8_t slot);

/* The memory, keys included, is overwritten first. */
void bridge_free(struct bridge *b);

/* hob_init; what hob_init gives. */
int bridge_start(struct bridge *b, enum hob_reset reset, uint64_t now_ms);

/* The board for every other function of hob.h. */
struct hob_board *bridge_board(struct bridge *b);

/*
 * Bytes have come over the board's cable (hob_serial.h). Answers go to
 * goSerialWrite during the call.
 */
void bridge_serial(struct bridge *b, const uint8_t *data, size_t len, bool online,
                   uint64_t now_ms);

/* The number given to bridge_new, from a port's context. */
uintptr_t bridge_handle(const void *ctx);

#endif
