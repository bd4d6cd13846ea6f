/*
 * hob_noise on PSA: published vectors (vectors/README.md), the cases of
 * shared_noise, and every public key of low order.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "hob_json.h"
#include "hob_psa.h"
#include "host.h"
#include "shared_noise.h"
#include "test.h"

#define MAX_BYTES 256u

static struct hob_psa psa; /* no lock: one thread */
static struct hob_crypto crypto;

/* The "random" bytes of a vector's next ephemeral key. */
static uint8_t scripted[HOB_KEY_LEN];

static int scripted_random(void *ctx, uint8_t *out, size_t len)
{
    (void)ctx;
    if (len != sizeof scripted)
        return HOB_ERR_CRYPTO;
    memcpy(out, scripted, len);
    return HOB_OK;
}

struct bytes {
    uint8_t at[MAX_BYTES];
    size_t len;
};

/* Reads the hexadecimal member key of object i. */
static struct bytes member(const struct hob_json *d, int i, const char *key)
{
    struct bytes b = {.len = 0};
    size_t digits = 0;
    int value = hob_json_find(d, i, key);
    (void)hob_json_slice(d, value, &digits);
    b.len = digits / 2;
    CHECK(b.len <= MAX_BYTES);
    CHECK_INT(hob_json_hex(d, value, b.at, b.len), HOB_OK);
    return b;
}

/* Starts both sides of the vector at i. */
static void start(const struct hob_json *d, int i, const struct hob_crypto *c, struct noise_pair *p)
{
    struct bytes psk = member(d, i, "psk");
    struct bytes prologue = member(d, i, "prologue");
    CHECK_INT(hob_noise_init(&p->server, HOB_NOISE_INITIATOR, c, psk.at, psk.len, prologue.at,
                             prologue.len, HOB_NOISE_MAX_TO_BOARD),
              HOB_OK);
    CHECK_INT(hob_noise_init(&p->board, HOB_NOISE_RESPONDER, c, psk.at, psk.len, prologue.at,
                             prologue.len, HOB_NOISE_MAX_TO_BOARD),
              HOB_OK);
}

/* Sends the message at token m, the number-th, and compares both its forms. */
static void exchange(const struct hob_json *d, int m, int number, struct noise_pair *p)
{
    struct hob_noise *from = number % 2 == 0 ? &p->server : &p->board;
    struct hob_noise *to = number % 2 == 0 ? &p->board : &p->server;
    struct bytes payload = member(d, m, "payload");
    struct bytes want = member(d, m, "ciphertext");
    uint8_t got[MAX_BYTES];
    uint8_t back[MAX_BYTES];
    int sent = number < 2
                   ? hob_noise_write_handshake(from, payload.at, payload.len, got, sizeof got)
                   : hob_noise_seal(from, payload.at, payload.len, got, sizeof got);
    CHECK_INT(sent, want.len);
    CHECK_MEM(got, want.at, want.len);
    int read = number < 2 ? hob_noise_read_handshake(to, want.at, want.len, back, sizeof back)
                          : hob_noise_open(to, want.at, want.len, back, sizeof back);
    CHECK_INT(read, payload.len);
    CHECK_MEM(back, payload.at, payload.len);
}

static int play_messages(const struct hob_json *d, int vector, struct noise_pair *p)
{
    static const char *const keys[] = {"initiator_ephemeral", "responder_ephemeral"};
    int number = 0;
    int list = hob_json_find(d, vector, "messages");
    for (int m = hob_json_first(d, list); m >= 0; m = hob_json_next(d, list, m)) {
        if (number < 2)
            memcpy(scripted, member(d, vector, keys[number]).at, sizeof scripted);
        exchange(d, m, number, p);
        number++;
    }
    return number;
}

static void check_vector(const struct hob_json *d, int vector)
{
    char name[32];
    struct noise_pair p;
    struct hob_crypto c = crypto;
    c.random = scripted_random;
    CHECK(hob_json_copy(d, hob_json_find(d, vector, "name"), name, sizeof name) > 0);
    test_row("%s", name);
    start(d, vector, &c, &p);
    CHECK(play_messages(d, vector, &p) >= 4);
    CHECK_MEM(p.server.h, p.board.h, HOB_HASH_LEN);
    if (hob_json_find(d, vector, "handshake_hash") >= 0)
        CHECK_MEM(p.server.h, member(d, vector, "handshake_hash").at, HOB_HASH_LEN);
}

TEST(published_vectors_hold)
{
    size_t len = 0;
    static struct hob_json_token tokens[1024];
    struct hob_json d;
    char *text = host_read_file("vectors/noise_nnpsk0.json", &len);
    CHECK(hob_json_parse(&d, text, len, tokens, COUNT(tokens)) > 0);
    CHECK_INT(hob_json_equals(&d, hob_json_find(&d, 0, "protocol"),
                              "Noise_NNpsk0_25519_ChaChaPoly_SHA256"),
              1);
    int list = hob_json_find(&d, 0, "vectors");
    CHECK_INT(hob_json_count(&d, list), 5);
    for (int i = hob_json_first(&d, list); i >= 0; i = hob_json_next(&d, list, i))
        check_vector(&d, i);
    free(text);
}

/*
 * The points of low order on Curve25519 and its twist, and their forms beyond
 * the field's prime (the list on https://cr.yp.to/ecdh.html, "validate").
 */
static const uint8_t low_order[][HOB_KEY_LEN] = {
    {0},
    {1},
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
     0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
     0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xed, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
    {0xee, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

/* A peer that knows the key and sends a public key of its choice (in scripted). */
static int chosen_public_key(void *ctx, const uint8_t scalar[HOB_KEY_LEN],
                             const uint8_t point[HOB_KEY_LEN], uint8_t out[HOB_KEY_LEN])
{
    (void)ctx;
    (void)scalar;
    (void)point;
    memcpy(out, scripted, HOB_KEY_LEN);
    return HOB_OK;
}

TEST(every_public_key_of_low_order_is_refused)
{
    struct hob_crypto hostile = crypto;
    hostile.x25519 = chosen_public_key;
    for (size_t i = 0; i < 2 * COUNT(low_order); i++) {
        struct noise_pair p;
        memcpy(scripted, low_order[i / 2], HOB_KEY_LEN);
        if (i % 2 == 1)
            scripted[31] |= 0x80; /* a bit that X25519 ignores */
        test_row("point %u", (unsigned)i);
        CHECK_INT(noise_pair_init(&p.server, HOB_NOISE_INITIATOR, &hostile), HOB_OK);
        CHECK_INT(noise_pair_init(&p.board, HOB_NOISE_RESPONDER, &crypto), HOB_OK);
        CHECK_INT(hob_noise_write_handshake(&p.server, NULL, 0, p.message1, sizeof p.message1),
                  sizeof p.message1);
        CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0), 0);
        CHECK_INT(hob_noise_write_handshake(&p.board, NULL, 0, p.message2, sizeof p.message2),
                  HOB_ERR_KEY);
        CHECK_INT(p.board.stage, HOB_NOISE_DEAD);
    }
}

int main(void)
{
    if (hob_psa_init(&psa, &crypto) != HOB_OK)
        return 1;
    RUN(published_vectors_hold);
    RUN(every_public_key_of_low_order_is_refused);
    shared_noise_run(&crypto);
    return test_end("noise-psa");
}
