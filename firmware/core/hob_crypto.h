/*
 * hob_crypto: the cryptographic primitives that the core asks its surroundings
 * for, and two helpers for handling secrets.
 *
 * The core calls the functions of one struct from the thread that drives the
 * board, never from two at once for the same board; several boards in one
 * process may share one struct, so an implementation with shared state has to
 * lock. firmware/psa implements it for real; tests have a toy.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_CRYPTO_H
#define HOB_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hob_err.h"

#define HOB_KEY_LEN 32u    /* pre-shared, X25519 and cipher keys, in bytes */
#define HOB_HASH_LEN 32u   /* SHA-256 */
#define HOB_TAG_LEN 16u    /* Poly1305 */
#define HOB_NONCE_LEN 12u  /* ChaCha20-Poly1305 as in RFC 8439 */
#define HOB_SHA256_STATE 288u
#define HOB_VERIFY_KEY_LEN 65u /* a point of P-256: 0x04 and both coordinates */
#define HOB_SIGNATURE_LEN 64u  /* r and s */

/*
 * A SHA-256 under way. Opaque room for the implementation, aligned for any of
 * its types; it must not be moved or copied between start and finish or abort.
 */
struct hob_sha256 {
    _Alignas(max_align_t) uint8_t state[HOB_SHA256_STATE];
};

/*
 * Every function returns HOB_OK or HOB_ERR_CRYPTO unless it says otherwise, and
 * leaves its output undefined on failure. Buffers never overlap. None may be
 * NULL. A pointer with length 0 may be NULL.
 */
struct hob_crypto {
    void *ctx; /* handed back as the first argument */

    /* Fills out with bytes fit for keys. */
    int (*random)(void *ctx, uint8_t *out, size_t len);

    /*
     * X25519 (RFC 7748): scalar, clamped by the implementation, times point. A
     * point of low order gives HOB_ERR_CRYPTO or 32 zero bytes.
     */
    int (*x25519)(void *ctx, const uint8_t scalar[HOB_KEY_LEN],
                  const uint8_t point[HOB_KEY_LEN], uint8_t out[HOB_KEY_LEN]);

    /*
     * SHA-256 over any number of pieces. Each start needs a finish or an abort;
     * abort is also allowed after a failure and after finish, and does nothing
     * then.
     */
    int (*sha256_start)(void *ctx, struct hob_sha256 *s);
    int (*sha256_update)(void *ctx, struct hob_sha256 *s, const uint8_t *data, size_t len);
    int (*sha256_finish)(void *ctx, struct hob_sha256 *s, uint8_t out[HOB_HASH_LEN]);
    void (*sha256_abort)(void *ctx, struct hob_sha256 *s);

    /* HMAC-SHA256 with a key of 1 byte or more. */
    int (*hmac_sha256)(void *ctx, const uint8_t *key, size_t key_len,
                       const uint8_t *data, size_t len, uint8_t out[HOB_HASH_LEN]);

    /* ChaCha20-Poly1305: writes len + HOB_TAG_LEN bytes to out. */
    int (*seal)(void *ctx, const uint8_t key[HOB_KEY_LEN], const uint8_t nonce[HOB_NONCE_LEN],
                const uint8_t *ad, size_t ad_len, const uint8_t *plain, size_t len, uint8_t *out);

    /*
     * The reverse: len counts the tag, so len - HOB_TAG_LEN bytes go to out.
     * HOB_ERR_AUTH if the tag is wrong; out then holds nothing of the text.
     */
    int (*open)(void *ctx, const uint8_t key[HOB_KEY_LEN], const uint8_t nonce[HOB_NONCE_LEN],
                const uint8_t *ad, size_t ad_len, const uint8_t *sealed, size_t len, uint8_t *out);

    /*
     * ECDSA with P-256 and SHA-256: whether signature is one of data. HOB_ERR_AUTH if
     * it is not.
     */
    int (*verify)(void *ctx, const uint8_t key[HOB_VERIFY_KEY_LEN], const uint8_t *data, size_t len,
                  const uint8_t signature[HOB_SIGNATURE_LEN]);
};

/* True if every function of the struct is there. */
bool hob_crypto_complete(const struct hob_crypto *c);

/* Overwrites len bytes with zeros in a way that the compiler must keep. */
void hob_wipe(void *p, size_t len);

/* True if all len bytes are zero; the time taken does not depend on them. */
bool hob_all_zero(const uint8_t *p, size_t len);

/* True if both are equal; the time taken does not depend on their content. */
bool hob_equal_secret(const uint8_t *a, const uint8_t *b, size_t len);

#endif
