/*
 * shared_noise: what a Noise session must do with any crypto, so that the same
 * cases run on the fake (here and on RISC-V) and on PSA.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef SHARED_NOISE_H
#define SHARED_NOISE_H

#include "hob_noise.h"

/* A server, a board, and the bytes between them. */
struct noise_pair {
    struct hob_noise server;
    struct hob_noise board;
    uint8_t message1[HOB_NOISE_HANDSHAKE_LEN];
    uint8_t message2[HOB_NOISE_HANDSHAKE_LEN];
};

extern const uint8_t noise_pair_psk[HOB_KEY_LEN];
extern const char noise_pair_prologue[];

/* Starts one side with the pair's key and prologue. */
int noise_pair_init(struct hob_noise *s, enum hob_noise_role role, const struct hob_crypto *crypto);

/* Starts both sides and runs the handshake; false (and a failed check) if it does not complete. */
bool noise_pair_connect(struct noise_pair *p, const struct hob_crypto *crypto);

/* Runs all the cases with crypto. */
void shared_noise_run(const struct hob_crypto *crypto);

#endif
