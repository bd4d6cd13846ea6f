/*
 * hob_psa: hob_crypto on the PSA Crypto API.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_psa.h"

#include <string.h>

#include <psa/crypto.h>

/*
 * The operation lives in the caller's opaque bytes, whose declared type is
 * another one, so the compiler is told that the two alias.
 */
struct hash_slot {
    psa_hash_operation_t op;
} __attribute__((may_alias));

_Static_assert(sizeof(struct hash_slot) <= HOB_SHA256_STATE, "HOB_SHA256_STATE is too small");
_Static_assert(_Alignof(struct hash_slot) <= _Alignof(struct hob_sha256), "struct hob_sha256");

static void lock(const struct hob_psa *psa)
{
    if (psa->lock != NULL)
        psa->lock(psa->ctx);
}

static void unlock(const struct hob_psa *psa)
{
    if (psa->unlock != NULL)
        psa->unlock(psa->ctx);
}

static int result(psa_status_t status)
{
    return status == PSA_SUCCESS ? HOB_OK : HOB_ERR_CRYPTO;
}

/* What a key is imported for. */
struct purpose {
    psa_key_type_t type;
    psa_algorithm_t algorithm;
    psa_key_usage_t usage;
};

static psa_status_t import_key(const struct purpose *p, const uint8_t *bytes, size_t len,
                               psa_key_id_t *key)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_type(&attributes, p->type);
    psa_set_key_algorithm(&attributes, p->algorithm);
    psa_set_key_usage_flags(&attributes, p->usage);
    return psa_import_key(&attributes, bytes, len, key);
}

/* Destroys the key (if it was imported) and gives the worse of the two outcomes. */
static psa_status_t drop_key(psa_key_id_t key, psa_status_t status)
{
    if (key == PSA_KEY_ID_NULL)
        return status;
    psa_status_t destroyed = psa_destroy_key(key);
    return status == PSA_SUCCESS ? destroyed : status;
}

static int do_random(void *ctx, uint8_t *out, size_t len)
{
    const struct hob_psa *psa = ctx;
    lock(psa);
    psa_status_t status = psa_generate_random(out, len);
    unlock(psa);
    return result(status);
}

static psa_status_t agree(const uint8_t scalar[HOB_KEY_LEN], const uint8_t point[HOB_KEY_LEN],
                          uint8_t out[HOB_KEY_LEN])
{
    static const struct purpose purpose = {
        PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), PSA_ALG_ECDH, PSA_KEY_USAGE_DERIVE};
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t len = 0;
    psa_status_t status = import_key(&purpose, scalar, HOB_KEY_LEN, &key);
    if (status == PSA_SUCCESS)
        status = psa_raw_key_agreement(PSA_ALG_ECDH, key, point, HOB_KEY_LEN, out, HOB_KEY_LEN,
                                       &len);
    status = drop_key(key, status);
    return status == PSA_SUCCESS && len != HOB_KEY_LEN ? PSA_ERROR_GENERIC_ERROR : status;
}

static int do_x25519(void *ctx, const uint8_t scalar[HOB_KEY_LEN],
                     const uint8_t point[HOB_KEY_LEN], uint8_t out[HOB_KEY_LEN])
{
    const struct hob_psa *psa = ctx;
    uint8_t clamped[HOB_KEY_LEN];
    /* RFC 7748, section 5; some drivers refuse a scalar that is not clamped. */
    memcpy(clamped, scalar, sizeof clamped);
    clamped[0] &= 0xF8u;
    clamped[31] = (uint8_t)((clamped[31] & 0x7Fu) | 0x40u);
    lock(psa);
    psa_status_t status = agree(clamped, point, out);
    unlock(psa);
    hob_wipe(clamped, sizeof clamped);
    return result(status);
}

static psa_hash_operation_t *operation(struct hob_sha256 *s)
{
    return &((struct hash_slot *)(void *)s->state)->op;
}

/* Hashing touches neither keys nor the random generator, so it needs no lock. */
static int do_sha256_start(void *ctx, struct hob_sha256 *s)
{
    (void)ctx;
    *operation(s) = psa_hash_operation_init();
    return result(psa_hash_setup(operation(s), PSA_ALG_SHA_256));
}

static int do_sha256_update(void *ctx, struct hob_sha256 *s, const uint8_t *data, size_t len)
{
    (void)ctx;
    return result(psa_hash_update(operation(s), data, len));
}

static int do_sha256_finish(void *ctx, struct hob_sha256 *s, uint8_t out[HOB_HASH_LEN])
{
    (void)ctx;
    size_t len = 0;
    return result(psa_hash_finish(operation(s), out, HOB_HASH_LEN, &len));
}

static void do_sha256_abort(void *ctx, struct hob_sha256 *s)
{
    (void)ctx;
    (void)psa_hash_abort(operation(s)); /* can only fail on a struct that was never started */
}

static int do_hmac_sha256(void *ctx, const uint8_t *key_bytes, size_t key_len,
                          const uint8_t *data, size_t len, uint8_t out[HOB_HASH_LEN])
{
    static const struct purpose purpose = {PSA_KEY_TYPE_HMAC, PSA_ALG_HMAC(PSA_ALG_SHA_256),
                                           PSA_KEY_USAGE_SIGN_MESSAGE};
    const struct hob_psa *psa = ctx;
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t out_len = 0;
    lock(psa);
    psa_status_t status = import_key(&purpose, key_bytes, key_len, &key);
    if (status == PSA_SUCCESS)
        status = psa_mac_compute(key, purpose.algorithm, data, len, out, HOB_HASH_LEN, &out_len);
    status = drop_key(key, status);
    unlock(psa);
    return result(status);
}

static int do_seal(void *ctx, const uint8_t key_bytes[HOB_KEY_LEN],
                   const uint8_t nonce[HOB_NONCE_LEN], const uint8_t *ad, size_t ad_len,
                   const uint8_t *plain, size_t len, uint8_t *out)
{
    static const struct purpose purpose = {PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305,
                                           PSA_KEY_USAGE_ENCRYPT};
    const struct hob_psa *psa = ctx;
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t out_len = 0;
    lock(psa);
    psa_status_t status = import_key(&purpose, key_bytes, HOB_KEY_LEN, &key);
    if (status == PSA_SUCCESS)
        status = psa_aead_encrypt(key, purpose.algorithm, nonce, HOB_NONCE_LEN, ad, ad_len, plain,
                                  len, out, len + HOB_TAG_LEN, &out_len);
    status = drop_key(key, status);
    unlock(psa);
    return result(status);
}

static int do_open(void *ctx, const uint8_t key_bytes[HOB_KEY_LEN],
                   const uint8_t nonce[HOB_NONCE_LEN], const uint8_t *ad, size_t ad_len,
                   const uint8_t *sealed, size_t len, uint8_t *out)
{
    static const struct purpose purpose = {PSA_KEY_TYPE_CHACHA20, PSA_ALG_CHACHA20_POLY1305,
                                           PSA_KEY_USAGE_DECRYPT};
    const struct hob_psa *psa = ctx;
    psa_key_id_t key = PSA_KEY_ID_NULL;
    size_t out_len = 0;
    if (len < HOB_TAG_LEN)
        return HOB_ERR_AUTH;
    lock(psa);
    psa_status_t status = import_key(&purpose, key_bytes, HOB_KEY_LEN, &key);
    if (status == PSA_SUCCESS)
        status = psa_aead_decrypt(key, purpose.algorithm, nonce, HOB_NONCE_LEN, ad, ad_len,
                                  sealed, len, out, len - HOB_TAG_LEN, &out_len);
    status = drop_key(key, status);
    unlock(psa);
    return status == PSA_ERROR_INVALID_SIGNATURE ? HOB_ERR_AUTH : result(status);
}

static int do_verify(void *ctx, const uint8_t key_bytes[HOB_VERIFY_KEY_LEN], const uint8_t *data,
                     size_t len, const uint8_t signature[HOB_SIGNATURE_LEN])
{
    static const struct purpose purpose = {
        PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), PSA_ALG_ECDSA(PSA_ALG_SHA_256),
        PSA_KEY_USAGE_VERIFY_MESSAGE};
    const struct hob_psa *psa = ctx;
    psa_key_id_t key = PSA_KEY_ID_NULL;
    lock(psa);
    psa_status_t status = import_key(&purpose, key_bytes, HOB_VERIFY_KEY_LEN, &key);
    if (status == PSA_SUCCESS)
        status = psa_verify_message(key, purpose.algorithm, data, len, signature,
                                    HOB_SIGNATURE_LEN);
    status = drop_key(key, status);
    unlock(psa);
    return status == PSA_ERROR_INVALID_SIGNATURE ? HOB_ERR_AUTH : result(status);
}

/* Uses each primitive once: a PSA without one of them says so only when asked. */
int hob_psa_try(const struct hob_crypto *c)
{
    static const uint8_t base_point[HOB_KEY_LEN] = {9};
    static const uint8_t nonce[HOB_NONCE_LEN] = {0};
    uint8_t key[HOB_KEY_LEN];
    uint8_t shared[HOB_KEY_LEN];
    uint8_t mac[HOB_HASH_LEN];
    uint8_t sealed[HOB_HASH_LEN + HOB_TAG_LEN];
    int r = c->random(c->ctx, key, sizeof key);
    if (r == HOB_OK)
        r = c->x25519(c->ctx, key, base_point, shared);
    if (r == HOB_OK)
        r = c->hmac_sha256(c->ctx, key, sizeof key, shared, sizeof shared, mac);
    if (r == HOB_OK)
        r = c->seal(c->ctx, key, nonce, NULL, 0, mac, sizeof mac, sealed);
    if (r == HOB_OK)
        r = c->open(c->ctx, key, nonce, NULL, 0, sealed, sizeof sealed, mac);
    return r == HOB_OK ? HOB_OK : HOB_ERR_CRYPTO;
}

int hob_psa_start(struct hob_psa *psa, struct hob_crypto *out)
{
    if (psa == NULL || out == NULL || (psa->lock == NULL) != (psa->unlock == NULL))
        return HOB_ERR_ARG;
    *out = (struct hob_crypto){.ctx = psa,
                               .random = do_random,
                               .x25519 = do_x25519,
                               .sha256_start = do_sha256_start,
                               .sha256_update = do_sha256_update,
                               .sha256_finish = do_sha256_finish,
                               .sha256_abort = do_sha256_abort,
                               .hmac_sha256 = do_hmac_sha256,
                               .seal = do_seal,
                               .open = do_open,
                               .verify = do_verify};
    lock(psa);
    psa_status_t status = psa_crypto_init();
    unlock(psa);
    return result(status);
}

int hob_psa_init(struct hob_psa *psa, struct hob_crypto *out)
{
    struct hob_crypto c;
    if (out == NULL)
        return HOB_ERR_ARG;
    *out = (struct hob_crypto){0};
    int r = hob_psa_start(psa, &c);
    if (r == HOB_OK)
        r = hob_psa_try(&c);
    if (r == HOB_OK)
        *out = c;
    return r;
}
