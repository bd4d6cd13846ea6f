/*
 * hob_noise: the handshake state machine of NNpsk0 and the two transport
 * ciphers. Section numbers are those of the Noise Protocol Framework,
 * revision 34.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_noise.h"

#include <string.h>

static const char protocol_name[] = "Noise_NNpsk0_25519_ChaChaPoly_SHA256";

/* The last nonce is kept for rekeying by the framework (5.1), and we never rekey. */
#define NONCE_END UINT64_MAX

/* One digest over one or two pieces. */
static int digest(const struct hob_crypto *c, const uint8_t *a, size_t a_len, const uint8_t *b,
                  size_t b_len, uint8_t out[HOB_HASH_LEN])
{
    struct hob_sha256 sha;
    int r = c->sha256_start(c->ctx, &sha);
    if (r == HOB_OK)
        r = c->sha256_update(c->ctx, &sha, a, a_len);
    if (r == HOB_OK && b_len > 0)
        r = c->sha256_update(c->ctx, &sha, b, b_len);
    if (r == HOB_OK)
        r = c->sha256_finish(c->ctx, &sha, out);
    c->sha256_abort(c->ctx, &sha);
    return r;
}

/* MixHash (5.2): h = SHA-256(h || data). */
static int mix_hash(struct hob_noise *s, const uint8_t *data, size_t len)
{
    uint8_t h[HOB_HASH_LEN];
    int r = digest(s->crypto, s->h, sizeof s->h, data, len, h);
    if (r == HOB_OK)
        memcpy(s->h, h, sizeof h);
    return r;
}

static int hmac(const struct hob_crypto *c, const uint8_t key[HOB_HASH_LEN], const uint8_t *data,
                size_t len, uint8_t out[HOB_HASH_LEN])
{
    return c->hmac_sha256(c->ctx, key, HOB_HASH_LEN, data, len, out);
}

/*
 * HKDF (4.3): count outputs, 2 or 3, from the chaining key and len bytes of
 * input. Output i is HMAC(temp, output i-1 || i).
 */
static int hkdf(const struct hob_noise *s, const uint8_t *input, size_t len,
                uint8_t out[][HOB_HASH_LEN], uint8_t count)
{
    uint8_t temp[HOB_HASH_LEN];
    uint8_t block[HOB_HASH_LEN + 1];
    size_t block_len = 0;
    int r = hmac(s->crypto, s->ck, input, len, temp);
    for (uint8_t i = 0; i < count && r == HOB_OK; i++) {
        block[block_len] = (uint8_t)(i + 1);
        r = hmac(s->crypto, temp, block, block_len + 1, out[i]);
        if (r == HOB_OK)
            memcpy(block, out[i], HOB_HASH_LEN);
        block_len = HOB_HASH_LEN;
    }
    hob_wipe(temp, sizeof temp);
    hob_wipe(block, sizeof block);
    return r;
}

static void set_key(struct hob_noise_cipher *c, const uint8_t key[HOB_KEY_LEN])
{
    memcpy(c->key, key, HOB_KEY_LEN);
    c->n = 0;
}

/* MixKey (5.2). The cipher of the handshake's payloads is recv until the split. */
static int mix_key(struct hob_noise *s, const uint8_t input[HOB_KEY_LEN])
{
    uint8_t out[2][HOB_HASH_LEN];
    int r = hkdf(s, input, HOB_KEY_LEN, out, 2);
    if (r == HOB_OK) {
        memcpy(s->ck, out[0], HOB_HASH_LEN);
        set_key(&s->recv, out[1]);
    }
    hob_wipe(out, sizeof out);
    return r;
}

/* MixKeyAndHash (5.2): the token psk. */
static int mix_psk(struct hob_noise *s)
{
    uint8_t out[3][HOB_HASH_LEN];
    int r = hkdf(s, s->psk, sizeof s->psk, out, 3);
    if (r == HOB_OK) {
        memcpy(s->ck, out[0], HOB_HASH_LEN);
        r = mix_hash(s, out[1], HOB_HASH_LEN);
        set_key(&s->recv, out[2]);
    }
    hob_wipe(out, sizeof out);
    return r;
}

/* Split (5.2): the initiator sends under the first key, the responder under the second. */
static int split(struct hob_noise *s)
{
    uint8_t out[2][HOB_HASH_LEN];
    int r = hkdf(s, NULL, 0, out, 2);
    if (r == HOB_OK) {
        bool first = s->role == HOB_NOISE_INITIATOR;
        set_key(&s->send, out[first ? 0 : 1]);
        set_key(&s->recv, out[first ? 1 : 0]);
        s->stage = HOB_NOISE_TRANSPORT;
        /* What led here is of no further use, and forward secrecy wants it gone. */
        hob_wipe(s->ck, sizeof s->ck);
        hob_wipe(s->psk, sizeof s->psk);
        hob_wipe(s->e, sizeof s->e);
        hob_wipe(s->re, sizeof s->re);
    }
    hob_wipe(out, sizeof out);
    return r;
}

/* The nonce of ChaChaPoly (12.3): 32 zero bits, then n in little-endian order. */
static void nonce_bytes(uint64_t n, uint8_t out[HOB_NONCE_LEN])
{
    memset(out, 0, HOB_NONCE_LEN);
    for (size_t i = 0; i < 8; i++)
        out[4 + i] = (uint8_t)(n >> (8 * i));
}

static int cipher_seal(const struct hob_noise *s, struct hob_noise_cipher *c, const uint8_t *ad,
                       size_t ad_len, const uint8_t *plain, size_t len, uint8_t *out)
{
    uint8_t nonce[HOB_NONCE_LEN];
    if (c->n == NONCE_END)
        return HOB_ERR_EXHAUSTED;
    nonce_bytes(c->n, nonce);
    int r = s->crypto->seal(s->crypto->ctx, c->key, nonce, ad, ad_len, plain, len, out);
    if (r == HOB_OK)
        c->n++;
    return r;
}

static int cipher_open(const struct hob_noise *s, struct hob_noise_cipher *c, const uint8_t *ad,
                       size_t ad_len, const uint8_t *sealed, size_t len, uint8_t *out)
{
    uint8_t nonce[HOB_NONCE_LEN];
    if (c->n == NONCE_END)
        return HOB_ERR_EXHAUSTED;
    nonce_bytes(c->n, nonce);
    int r = s->crypto->open(s->crypto->ctx, c->key, nonce, ad, ad_len, sealed, len, out);
    if (r == HOB_OK)
        c->n++;
    return r;
}

/* Token e of a handshake with psk (9.2): into the transcript, and into the key too. */
static int mix_public(struct hob_noise *s, const uint8_t public_key[HOB_KEY_LEN])
{
    int r = mix_hash(s, public_key, HOB_KEY_LEN);
    return r == HOB_OK ? mix_key(s, public_key) : r;
}

/* Token e, written: a fresh key pair, its public half to out. */
static int write_ephemeral(struct hob_noise *s, uint8_t out[HOB_KEY_LEN])
{
    static const uint8_t base_point[HOB_KEY_LEN] = {9}; /* RFC 7748, section 4.1 */
    const struct hob_crypto *c = s->crypto;
    int r = c->random(c->ctx, s->e, sizeof s->e);
    if (r == HOB_OK)
        r = c->x25519(c->ctx, s->e, base_point, out);
    return r == HOB_OK ? mix_public(s, out) : r;
}

/* Token e, read. */
static int read_ephemeral(struct hob_noise *s, const uint8_t public_key[HOB_KEY_LEN])
{
    memcpy(s->re, public_key, sizeof s->re);
    return mix_public(s, s->re);
}

/* Token ee. A public key of low order would let its sender choose the secret: refused. */
static int mix_shared(struct hob_noise *s)
{
    uint8_t shared[HOB_KEY_LEN] = {0};
    int r = s->crypto->x25519(s->crypto->ctx, s->e, s->re, shared);
    if (r != HOB_OK || hob_all_zero(shared, sizeof shared))
        r = HOB_ERR_KEY;
    else
        r = mix_key(s, shared);
    hob_wipe(shared, sizeof shared);
    return r;
}

/* EncryptAndHash (5.2). */
static int write_payload(struct hob_noise *s, const uint8_t *payload, size_t len, uint8_t *out)
{
    int r = cipher_seal(s, &s->recv, s->h, sizeof s->h, payload, len, out);
    return r == HOB_OK ? mix_hash(s, out, len + HOB_TAG_LEN) : r;
}

/* DecryptAndHash (5.2). */
static int read_payload(struct hob_noise *s, const uint8_t *sealed, size_t len, uint8_t *out)
{
    int r = cipher_open(s, &s->recv, s->h, sizeof s->h, sealed, len, out);
    return r == HOB_OK ? mix_hash(s, sealed, len) : r;
}

/* What a failure makes of the session. */
static int die(struct hob_noise *s, int error)
{
    hob_noise_wipe(s);
    return error;
}

/* Is a handshake message due from this side (or else from the peer)? */
static bool due(const struct hob_noise *s, bool ours)
{
    bool first = s->role == HOB_NOISE_INITIATOR;
    if (s->stage == HOB_NOISE_MESSAGE_1)
        return first == ours;
    return s->stage == HOB_NOISE_MESSAGE_2 && first != ours;
}

/* Moves on after a complete handshake message. */
static int advance(struct hob_noise *s)
{
    if (s->stage == HOB_NOISE_MESSAGE_2)
        return split(s);
    s->stage = HOB_NOISE_MESSAGE_2;
    return HOB_OK;
}

/* h and ck from the protocol's name, then the prologue (5.3). */
static int start(struct hob_noise *s, const uint8_t *prologue, size_t len)
{
    int r = digest(s->crypto, (const uint8_t *)protocol_name, sizeof protocol_name - 1, NULL, 0,
                   s->h);
    if (r != HOB_OK)
        return r;
    memcpy(s->ck, s->h, sizeof s->ck);
    return mix_hash(s, prologue, len);
}

int hob_noise_init(struct hob_noise *s, enum hob_noise_role role, const struct hob_crypto *crypto,
                   const uint8_t *psk, size_t psk_len, const uint8_t *prologue,
                   size_t prologue_len, size_t max_open)
{
    if (s == NULL)
        return HOB_ERR_ARG;
    hob_noise_wipe(s);
    if ((role != HOB_NOISE_INITIATOR && role != HOB_NOISE_RESPONDER) ||
        !hob_crypto_complete(crypto) || (prologue == NULL && prologue_len > 0) ||
        max_open < HOB_NOISE_OVERHEAD || max_open > HOB_NOISE_MAX_MESSAGE)
        return HOB_ERR_ARG;
    if (psk == NULL || psk_len != HOB_KEY_LEN || hob_all_zero(psk, psk_len))
        return HOB_ERR_KEY;
    s->crypto = crypto;
    s->role = role;
    s->max_open = max_open;
    memcpy(s->psk, psk, sizeof s->psk);
    int r = start(s, prologue, prologue_len);
    if (r != HOB_OK)
        return die(s, r);
    s->stage = HOB_NOISE_MESSAGE_1;
    return HOB_OK;
}

int hob_noise_write_handshake(struct hob_noise *s, const uint8_t *payload, size_t len,
                              uint8_t *out, size_t cap)
{
    if (s == NULL || out == NULL || (payload == NULL && len > 0))
        return HOB_ERR_ARG;
    if (!due(s, true))
        return HOB_ERR_STATE;
    if (len > HOB_NOISE_MAX_MESSAGE - HOB_NOISE_HANDSHAKE_LEN)
        return HOB_ERR_TOO_LONG;
    if (cap < HOB_NOISE_HANDSHAKE_LEN + len)
        return HOB_ERR_SPACE;
    bool opening = s->stage == HOB_NOISE_MESSAGE_1;
    int r = opening ? mix_psk(s) : HOB_OK;
    if (r == HOB_OK)
        r = write_ephemeral(s, out);
    if (r == HOB_OK && !opening)
        r = mix_shared(s);
    if (r == HOB_OK)
        r = write_payload(s, payload, len, out + HOB_KEY_LEN);
    if (r == HOB_OK)
        r = advance(s);
    return r == HOB_OK ? (int)(HOB_NOISE_HANDSHAKE_LEN + len) : die(s, r);
}

int hob_noise_read_handshake(struct hob_noise *s, const uint8_t *msg, size_t len,
                             uint8_t *payload, size_t cap)
{
    if (s == NULL || msg == NULL || (payload == NULL && cap > 0))
        return HOB_ERR_ARG;
    if (!due(s, false))
        return HOB_ERR_STATE;
    if (len < HOB_NOISE_HANDSHAKE_LEN)
        return die(s, HOB_ERR_AUTH);
    size_t payload_len = len - HOB_NOISE_HANDSHAKE_LEN;
    if (payload_len > cap || len > HOB_NOISE_MAX_MESSAGE)
        return die(s, HOB_ERR_TOO_LONG);
    bool opening = s->stage == HOB_NOISE_MESSAGE_1;
    uint8_t none = 0; /* stands in for the buffer of an empty payload */
    int r = opening ? mix_psk(s) : HOB_OK;
    if (r == HOB_OK)
        r = read_ephemeral(s, msg);
    if (r == HOB_OK && !opening)
        r = mix_shared(s);
    if (r == HOB_OK)
        r = read_payload(s, msg + HOB_KEY_LEN, len - HOB_KEY_LEN, cap > 0 ? payload : &none);
    if (r == HOB_OK)
        r = advance(s);
    return r == HOB_OK ? (int)payload_len : die(s, r);
}

int hob_noise_seal(struct hob_noise *s, const uint8_t *plain, size_t len, uint8_t *out,
                   size_t cap)
{
    if (s == NULL || out == NULL || (plain == NULL && len > 0))
        return HOB_ERR_ARG;
    if (s->stage != HOB_NOISE_TRANSPORT)
        return HOB_ERR_STATE;
    if (len > HOB_NOISE_MAX_MESSAGE - HOB_NOISE_OVERHEAD)
        return HOB_ERR_TOO_LONG;
    if (cap < len + HOB_NOISE_OVERHEAD)
        return HOB_ERR_SPACE;
    int r = cipher_seal(s, &s->send, NULL, 0, plain, len, out);
    return r == HOB_OK ? (int)(len + HOB_NOISE_OVERHEAD) : die(s, r);
}

int hob_noise_open(struct hob_noise *s, const uint8_t *msg, size_t len, uint8_t *out, size_t cap)
{
    if (s == NULL || msg == NULL || (out == NULL && cap > 0))
        return HOB_ERR_ARG;
    if (s->stage != HOB_NOISE_TRANSPORT)
        return HOB_ERR_STATE;
    if (len > s->max_open)
        return die(s, HOB_ERR_TOO_LONG);
    if (len < HOB_NOISE_OVERHEAD)
        return die(s, HOB_ERR_AUTH);
    size_t plain_len = len - HOB_NOISE_OVERHEAD;
    if (cap < plain_len)
        return HOB_ERR_SPACE;
    uint8_t none = 0;
    int r = cipher_open(s, &s->recv, NULL, 0, msg, len, cap > 0 ? out : &none);
    return r == HOB_OK ? (int)plain_len : die(s, r);
}

void hob_noise_wipe(struct hob_noise *s)
{
    if (s != NULL)
        hob_wipe(s, sizeof *s); /* zero is HOB_NOISE_DEAD */
}
