/*
 * hob_psa: hob_crypto on the PSA Crypto API, as Mbed TLS 2.28 and later and
 * ESP-IDF 5.1 and later have it. Nothing of Mbed TLS's own API is used.
 *
 * PSA's key store is one per process, small and not made for threads: a key is
 * imported, used and destroyed within one call, under the caller's lock. All
 * boards of a process share one struct hob_psa.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_PSA_H
#define HOB_PSA_H

#include "hob_crypto.h"

/*
 * The lock around the key store and the random generator. Both or neither: with
 * neither, the caller promises that a single thread uses the adapter (and PSA).
 * lock waits; neither may fail.
 */
struct hob_psa {
    void *ctx; /* handed back as the argument */
    void (*lock)(void *ctx);
    void (*unlock)(void *ctx);
};

/*
 * Starts PSA (harmless if it runs already) and fills out with functions that
 * use psa, which must outlive out. HOB_ERR_ARG; HOB_ERR_CRYPTO if PSA does not
 * start or lacks ChaCha20-Poly1305, HMAC-SHA-256 or X25519 (ESP-IDF's default
 * configuration has the first switched off).
 */
int hob_psa_init(struct hob_psa *psa, struct hob_crypto *out);

/*
 * The two halves of it, for a board that has outputs to set in between: starting
 * takes some ms, trying every primitive may take some hundreds. HOB_ERR_CRYPTO as
 * above; out is filled by the first whatever comes of it.
 */
int hob_psa_start(struct hob_psa *psa, struct hob_crypto *out);
int hob_psa_try(const struct hob_crypto *crypto);

#endif
