/*
 * hob_psa: known answers of each primitive, refusals, and use from threads.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_psa.h"

#include <pthread.h>
#include <string.h>

#include "test.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int depth; /* how many hold the lock; guarded by it */
static int calls;

static void lock(void *ctx)
{
    (void)pthread_mutex_lock(ctx);
    depth++;
    calls++;
}

static void unlock(void *ctx)
{
    depth--;
    (void)pthread_mutex_unlock(ctx);
}

static struct hob_psa psa = {&mutex, lock, unlock};
static struct hob_crypto c;

/* Decodes hexadecimal text; the length in bytes. */
static size_t hex(const char *text, uint8_t *out)
{
    static const char digits[] = "0123456789abcdef";
    size_t n = 0;
    for (; text[2 * n] != '\0'; n++)
        out[n] = (uint8_t)((strchr(digits, text[2 * n]) - digits) * 16 +
                           (strchr(digits, text[2 * n + 1]) - digits));
    return n;
}

TEST(x25519_gives_the_answers_of_rfc_7748)
{
    static const struct {
        const char *scalar, *point, *want;
    } rows[] = {
        /* section 5.2 */
        {"a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
         "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
         "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"},
        {"4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
         "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
         "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957"},
        /* the same section's iteration, once: the base point */
        {"0900000000000000000000000000000000000000000000000000000000000000",
         "0900000000000000000000000000000000000000000000000000000000000000",
         "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t scalar[32];
        uint8_t point[32];
        uint8_t want[32];
        uint8_t out[32];
        test_row("row %u", (unsigned)i);
        (void)hex(rows[i].scalar, scalar);
        (void)hex(rows[i].point, point);
        CHECK_INT(c.x25519(c.ctx, scalar, point, out), HOB_OK);
        (void)hex(rows[i].want, want);
        CHECK_MEM(out, want, 32);
    }
}

TEST(sha256_gives_the_answers_of_fips_180_however_it_is_cut)
{
    static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    uint8_t want[32];
    (void)hex("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", want);
    for (size_t cut = 0; cut < sizeof text; cut++) {
        struct hob_sha256 s;
        uint8_t out[32];
        CHECK_INT(c.sha256_start(c.ctx, &s), HOB_OK);
        CHECK_INT(c.sha256_update(c.ctx, &s, (const uint8_t *)text, cut), HOB_OK);
        CHECK_INT(c.sha256_update(c.ctx, &s, (const uint8_t *)text + cut, sizeof text - 1 - cut),
                  HOB_OK);
        CHECK_INT(c.sha256_finish(c.ctx, &s, out), HOB_OK);
        CHECK_MEM(out, want, 32);
        c.sha256_abort(c.ctx, &s);
    }
}

TEST(sha256_of_nothing_is_known_too)
{
    struct hob_sha256 s;
    uint8_t out[32];
    uint8_t want[32];
    (void)hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", want);
    CHECK_INT(c.sha256_start(c.ctx, &s), HOB_OK);
    CHECK_INT(c.sha256_update(c.ctx, &s, NULL, 0), HOB_OK);
    CHECK_INT(c.sha256_finish(c.ctx, &s, out), HOB_OK);
    CHECK_MEM(out, want, 32);
}

TEST(an_aborted_sha256_takes_no_more)
{
    struct hob_sha256 s;
    uint8_t out[32];
    CHECK_INT(c.sha256_start(c.ctx, &s), HOB_OK);
    CHECK_INT(c.sha256_update(c.ctx, &s, (const uint8_t *)"x", 1), HOB_OK);
    c.sha256_abort(c.ctx, &s);
    c.sha256_abort(c.ctx, &s);
    CHECK_INT(c.sha256_update(c.ctx, &s, (const uint8_t *)"x", 1), HOB_ERR_CRYPTO);
    CHECK_INT(c.sha256_finish(c.ctx, &s, out), HOB_ERR_CRYPTO);
}

TEST(hmac_gives_the_answers_of_rfc_4231)
{
    static const struct {
        const char *key, *data, *want;
    } rows[] = {
        {"0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", "4869205468657265",
         "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
        {"4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
         "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint8_t key[64];
        uint8_t data[64];
        uint8_t want[32];
        uint8_t out[32];
        size_t key_len = hex(rows[i].key, key);
        size_t len = hex(rows[i].data, data);
        (void)hex(rows[i].want, want);
        CHECK_INT(c.hmac_sha256(c.ctx, key, key_len, data, len, out), HOB_OK);
        CHECK_MEM(out, want, 32);
    }
}

/* RFC 8439, section 2.8.2. */
static const char aead_text[] = "Ladies and Gentlemen of the class of '99: If I could offer you "
                                "only one tip for the future, sunscreen would be it.";
#define AEAD_LEN (sizeof aead_text - 1)

static void aead_inputs(uint8_t key[32], uint8_t nonce[12], uint8_t ad[12], uint8_t tag[16])
{
    (void)hex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f", key);
    (void)hex("070000004041424344454647", nonce);
    (void)hex("50515253c0c1c2c3c4c5c6c7", ad);
    (void)hex("1ae10b594f09e26a7e902ecbd0600691", tag);
}

TEST(chachapoly_gives_the_answer_of_rfc_8439)
{
    uint8_t key[32];
    uint8_t nonce[12];
    uint8_t ad[12];
    uint8_t tag[16];
    uint8_t head[16];
    uint8_t sealed[AEAD_LEN + 16];
    uint8_t back[AEAD_LEN];
    aead_inputs(key, nonce, ad, tag);
    (void)hex("d31a8d34648e60db7b86afbc53ef7ec2", head);
    CHECK_INT(c.seal(c.ctx, key, nonce, ad, 12, (const uint8_t *)aead_text, AEAD_LEN, sealed),
              HOB_OK);
    CHECK_MEM(sealed, head, 16);
    CHECK_MEM(sealed + AEAD_LEN, tag, 16);
    CHECK_INT(c.open(c.ctx, key, nonce, ad, 12, sealed, sizeof sealed, back), HOB_OK);
    CHECK_MEM(back, aead_text, AEAD_LEN);
}

TEST(chachapoly_opens_nothing_that_was_changed)
{
    uint8_t key[32];
    uint8_t nonce[12];
    uint8_t ad[12];
    uint8_t tag[16];
    uint8_t sealed[AEAD_LEN + 16];
    uint8_t back[AEAD_LEN];
    aead_inputs(key, nonce, ad, tag);
    CHECK_INT(c.seal(c.ctx, key, nonce, ad, 12, (const uint8_t *)aead_text, AEAD_LEN, sealed),
              HOB_OK);
    for (size_t i = 0; i < sizeof sealed; i++) {
        sealed[i] ^= 1;
        CHECK_INT(c.open(c.ctx, key, nonce, ad, 12, sealed, sizeof sealed, back), HOB_ERR_AUTH);
        sealed[i] ^= 1;
    }
    CHECK_INT(c.open(c.ctx, key, nonce, ad, 11, sealed, sizeof sealed, back), HOB_ERR_AUTH);
    CHECK_INT(c.open(c.ctx, key, nonce, ad, 12, sealed, 15, back), HOB_ERR_AUTH);
    CHECK_INT(c.open(c.ctx, key, nonce, ad, 12, sealed, 0, back), HOB_ERR_AUTH);
}

TEST(random_bytes_differ)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    CHECK_INT(c.random(c.ctx, a, sizeof a), HOB_OK);
    CHECK_INT(c.random(c.ctx, b, sizeof b), HOB_OK);
    CHECK(!hob_all_zero(a, sizeof a));
    CHECK(memcmp(a, b, sizeof a) != 0);
}

/* PSA has 32 key slots: a key left behind by any call, good or bad, would show. */
TEST(no_call_leaves_a_key_behind)
{
    uint8_t key[32] = {1};
    uint8_t zero[32] = {0};
    uint8_t out[64];
    for (int i = 0; i < 40; i++) {
        CHECK_INT(c.x25519(c.ctx, key, zero, out), HOB_ERR_CRYPTO);
        CHECK_INT(c.hmac_sha256(c.ctx, key, 0, key, 1, out), HOB_ERR_CRYPTO);
        CHECK_INT(c.hmac_sha256(c.ctx, key, 32, key, 1, out), HOB_OK);
        CHECK_INT(c.seal(c.ctx, key, zero, NULL, 0, key, 32, out), HOB_OK);
        CHECK_INT(c.open(c.ctx, key, zero, NULL, 0, key, 32, out), HOB_ERR_AUTH);
    }
    CHECK_INT(depth, 0);
}

TEST(init_wants_both_locks_or_none)
{
    struct hob_psa half = {&mutex, lock, NULL};
    struct hob_psa other = {&mutex, NULL, unlock};
    struct hob_crypto out;
    CHECK_INT(hob_psa_init(&half, &out), HOB_ERR_ARG);
    CHECK_INT(hob_psa_init(&other, &out), HOB_ERR_ARG);
    CHECK_INT(hob_psa_init(NULL, &out), HOB_ERR_ARG);
    CHECK_INT(hob_psa_init(&psa, NULL), HOB_ERR_ARG);
}

#define THREADS 8
#define ROUNDS 200

/* Counts the rounds whose answer was wrong into *arg. */
static void *work(void *arg)
{
    int *wrong = arg;
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t key[32] = {(uint8_t)(i + 1)};
        uint8_t nonce[12] = {(uint8_t)i};
        uint8_t sealed[16 + 16];
        uint8_t back[16];
        bool ok = c.random(c.ctx, key, 16) == HOB_OK &&
                  c.seal(c.ctx, key, nonce, NULL, 0, key, 16, sealed) == HOB_OK &&
                  c.open(c.ctx, key, nonce, NULL, 0, sealed, sizeof sealed, back) == HOB_OK &&
                  memcmp(back, key, 16) == 0;
        *wrong += ok ? 0 : 1;
    }
    return NULL;
}

TEST(threads_share_the_key_store_under_the_lock)
{
    pthread_t threads[THREADS];
    int wrong[THREADS] = {0};
    calls = 0;
    for (size_t i = 0; i < THREADS; i++)
        REQUIRE(pthread_create(&threads[i], NULL, work, &wrong[i]) == 0);
    for (size_t i = 0; i < THREADS; i++) {
        CHECK_INT(pthread_join(threads[i], NULL), 0);
        CHECK_INT(wrong[i], 0);
    }
    CHECK_INT(calls, THREADS * ROUNDS * 3);
    CHECK_INT(depth, 0);
}

/* RFC 6979, appendix A.2.5: P-256 and SHA-256 over "sample". */
TEST(a_signature_of_the_rfc_is_one_and_no_other_bit_is)
{
    static const char key_hex[] = "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                                  "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299";
    static const char signature_hex[] =
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8";
    uint8_t key[HOB_VERIFY_KEY_LEN];
    uint8_t signature[HOB_SIGNATURE_LEN];
    const uint8_t *data = (const uint8_t *)"sample";
    REQUIRE(hex(key_hex, key) == sizeof key && hex(signature_hex, signature) == sizeof signature);
    CHECK_INT(c.verify(c.ctx, key, data, 6, signature), HOB_OK);
    CHECK_INT(c.verify(c.ctx, key, (const uint8_t *)"Sample", 6, signature), HOB_ERR_AUTH);
    CHECK_INT(c.verify(c.ctx, key, data, 5, signature), HOB_ERR_AUTH);
    for (size_t i = 0; i < sizeof signature; i++) {
        signature[i] ^= 1u;
        CHECK(c.verify(c.ctx, key, data, 6, signature) < 0);
        signature[i] ^= 1u;
    }
    memset(signature, 0, sizeof signature);
    CHECK(c.verify(c.ctx, key, data, 6, signature) < 0);
    key[64] ^= 1u; /* no point of the curve */
    CHECK(c.verify(c.ctx, key, data, 6, signature) < 0);
}

int main(void)
{
    if (hob_psa_init(&psa, &c) != HOB_OK)
        return 1;
    RUN(x25519_gives_the_answers_of_rfc_7748);
    RUN(sha256_gives_the_answers_of_fips_180_however_it_is_cut);
    RUN(sha256_of_nothing_is_known_too);
    RUN(an_aborted_sha256_takes_no_more);
    RUN(hmac_gives_the_answers_of_rfc_4231);
    RUN(chachapoly_gives_the_answer_of_rfc_8439);
    RUN(chachapoly_opens_nothing_that_was_changed);
    RUN(random_bytes_differ);
    RUN(no_call_leaves_a_key_behind);
    RUN(init_wants_both_locks_or_none);
    RUN(threads_share_the_key_store_under_the_lock);
    RUN(a_signature_of_the_rfc_is_one_and_no_other_bit_is);
    return test_end("psa");
}
