/*
 * fake_crypto: everything is made of one sponge-like mixer of 64-bit words.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "fake_crypto.h"

#include <string.h>

/* A running hash: four words, each byte stirred into all of them. */
struct mixer {
    uint64_t w[4];
};

_Static_assert(sizeof(struct mixer) <= HOB_SHA256_STATE, "HOB_SHA256_STATE");

/* The finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t stir(uint64_t x)
{
    x ^= x >> 30;
    x *= 0xBF58476D1CE4E5B9u;
    x ^= x >> 27;
    x *= 0x94D049BB133111EBu;
    return x ^ (x >> 31);
}

static struct mixer mixer_new(uint64_t domain)
{
    return (struct mixer){{stir(domain + 1), stir(domain + 2), stir(domain + 3), stir(domain + 4)}};
}

static void mix_word(struct mixer *m, uint64_t word)
{
    m->w[0] = stir(m->w[0] ^ word) + m->w[3];
    m->w[1] = stir(m->w[1] + m->w[0]);
    m->w[2] = stir(m->w[2] ^ m->w[1]);
    m->w[3] = stir(m->w[3] + m->w[2]);
}

static void mix_bytes(struct mixer *m, const uint8_t *data, size_t len)
{
    for (size_t i = 0; i < len; i++)
        mix_word(m, data[i] + 1u);
}

/* Length-prefixed, so that two fields cannot trade bytes. */
static void mix_field(struct mixer *m, const uint8_t *data, size_t len)
{
    mix_word(m, 0x1000 + (uint64_t)len);
    mix_bytes(m, data, len);
}

static void mixer_out(const struct mixer *m, uint8_t *out, size_t len)
{
    struct mixer end = *m;
    for (size_t i = 0; i < len; i++) {
        if (i % 8 == 0)
            mix_word(&end, 0xE0D);
        out[i] = (uint8_t)(end.w[3] >> (8 * (i % 8)));
    }
}

/* Counts a call; true if this is the one that has to fail. */
static bool fails(struct fake_crypto *f)
{
    return ++f->calls == f->fail_at;
}

static int fake_random(void *ctx, uint8_t *out, size_t len)
{
    struct fake_crypto *f = ctx;
    if (fails(f))
        return HOB_ERR_CRYPTO;
    struct mixer m = mixer_new(++f->seed);
    mixer_out(&m, out, len);
    return HOB_OK;
}

/*
 * Commutative like the real one: multiplication of odd 64-bit numbers, four
 * times side by side. An all-zero point gives an all-zero result, likewise.
 */
static int fake_x25519(void *ctx, const uint8_t scalar[HOB_KEY_LEN],
                       const uint8_t point[HOB_KEY_LEN], uint8_t out[HOB_KEY_LEN])
{
    if (fails(ctx))
        return HOB_ERR_CRYPTO;
    for (size_t i = 0; i < HOB_KEY_LEN; i += 8) {
        uint64_t a = 0;
        uint64_t b = 0;
        for (size_t j = 0; j < 8; j++) {
            a |= (uint64_t)scalar[i + j] << (8 * j);
            b |= (uint64_t)point[i + j] << (8 * j);
        }
        a |= 1;
        for (size_t j = 0; j < 8; j++)
            out[i + j] = (uint8_t)((a * b) >> (8 * j));
    }
    return HOB_OK;
}

static int fake_sha256_start(void *ctx, struct hob_sha256 *s)
{
    struct fake_crypto *f = ctx;
    memset(s->state, 0, sizeof s->state);
    if (fails(f))
        return HOB_ERR_CRYPTO;
    struct mixer m = mixer_new(256);
    memcpy(s->state, &m, sizeof m);
    f->open_hashes++;
    return HOB_OK;
}

static int fake_sha256_update(void *ctx, struct hob_sha256 *s, const uint8_t *data, size_t len)
{
    struct mixer m;
    if (fails(ctx))
        return HOB_ERR_CRYPTO;
    memcpy(&m, s->state, sizeof m);
    mix_bytes(&m, data, len);
    memcpy(s->state, &m, sizeof m);
    return HOB_OK;
}

static void fake_sha256_abort(void *ctx, struct hob_sha256 *s)
{
    struct fake_crypto *f = ctx;
    if (!hob_all_zero(s->state, sizeof s->state))
        f->open_hashes--;
    memset(s->state, 0, sizeof s->state);
}

static int fake_sha256_finish(void *ctx, struct hob_sha256 *s, uint8_t out[HOB_HASH_LEN])
{
    struct mixer m;
    if (fails(ctx))
        return HOB_ERR_CRYPTO;
    memcpy(&m, s->state, sizeof m);
    mixer_out(&m, out, HOB_HASH_LEN);
    fake_sha256_abort(ctx, s);
    return HOB_OK;
}

static int fake_hmac_sha256(void *ctx, const uint8_t *key, size_t key_len, const uint8_t *data,
                            size_t len, uint8_t out[HOB_HASH_LEN])
{
    if (fails(ctx))
        return HOB_ERR_CRYPTO;
    struct mixer m = mixer_new(257);
    mix_field(&m, key, key_len);
    mix_field(&m, data, len);
    mixer_out(&m, out, HOB_HASH_LEN);
    return HOB_OK;
}

/* XORs the key stream of (key, nonce) over len bytes. */
static void stream(const uint8_t *key, const uint8_t *nonce, const uint8_t *in, size_t len,
                   uint8_t *out)
{
    struct mixer m = mixer_new(258);
    mix_field(&m, key, HOB_KEY_LEN);
    mix_field(&m, nonce, HOB_NONCE_LEN);
    for (size_t i = 0; i < len; i++) {
        if (i % 8 == 0)
            mix_word(&m, i);
        out[i] = (uint8_t)(in[i] ^ (uint8_t)(m.w[3] >> (8 * (i % 8))));
    }
}

static void tag_of(const uint8_t *key, const uint8_t *nonce, const uint8_t *ad, size_t ad_len,
                   const uint8_t *text, size_t len, uint8_t out[HOB_TAG_LEN])
{
    struct mixer m = mixer_new(259);
    mix_field(&m, key, HOB_KEY_LEN);
    mix_field(&m, nonce, HOB_NONCE_LEN);
    mix_field(&m, ad, ad_len);
    mix_field(&m, text, len);
    mixer_out(&m, out, HOB_TAG_LEN);
}

static int fake_seal(void *ctx, const uint8_t key[HOB_KEY_LEN], const uint8_t nonce[HOB_NONCE_LEN],
                     const uint8_t *ad, size_t ad_len, const uint8_t *plain, size_t len,
                     uint8_t *out)
{
    if (fails(ctx))
        return HOB_ERR_CRYPTO;
    stream(key, nonce, plain, len, out);
    tag_of(key, nonce, ad, ad_len, out, len, out + len);
    return HOB_OK;
}

static int fake_open(void *ctx, const uint8_t key[HOB_KEY_LEN], const uint8_t nonce[HOB_NONCE_LEN],
                     const uint8_t *ad, size_t ad_len, const uint8_t *sealed, size_t len,
                     uint8_t *out)
{
    uint8_t tag[HOB_TAG_LEN];
    if (fails(ctx))
        return HOB_ERR_CRYPTO;
    if (len < HOB_TAG_LEN)
        return HOB_ERR_AUTH;
    tag_of(key, nonce, ad, ad_len, sealed, len - HOB_TAG_LEN, tag);
    if (!hob_equal_secret(tag, sealed + len - HOB_TAG_LEN, HOB_TAG_LEN))
        return HOB_ERR_AUTH;
    stream(key, nonce, sealed, len - HOB_TAG_LEN, out);
    return HOB_OK;
}

void fake_sign(const uint8_t key[HOB_VERIFY_KEY_LEN], const uint8_t *data, size_t len,
               uint8_t out[HOB_SIGNATURE_LEN])
{
    struct mixer m = mixer_new(9);
    mix_field(&m, key, HOB_VERIFY_KEY_LEN);
    mix_field(&m, data, len);
    mixer_out(&m, out, HOB_SIGNATURE_LEN);
}

static int fake_verify(void *ctx, const uint8_t key[HOB_VERIFY_KEY_LEN], const uint8_t *data,
                       size_t len, const uint8_t signature[HOB_SIGNATURE_LEN])
{
    uint8_t want[HOB_SIGNATURE_LEN];
    if (fails(ctx))
        return HOB_ERR_CRYPTO;
    fake_sign(key, data, len, want);
    return hob_equal_secret(want, signature, sizeof want) ? HOB_OK : HOB_ERR_AUTH;
}

struct hob_crypto fake_crypto(struct fake_crypto *f, uint64_t seed)
{
    *f = (struct fake_crypto){.seed = seed << 20};
    return (struct hob_crypto){.ctx = f,
                               .random = fake_random,
                               .x25519 = fake_x25519,
                               .sha256_start = fake_sha256_start,
                               .sha256_update = fake_sha256_update,
                               .sha256_finish = fake_sha256_finish,
                               .sha256_abort = fake_sha256_abort,
                               .hmac_sha256 = fake_hmac_sha256,
                               .seal = fake_seal,
                               .open = fake_open,
                               .verify = fake_verify};
}
