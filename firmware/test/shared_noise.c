/*
 * shared_noise: what a Noise session must do with any crypto.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "shared_noise.h"

#include <string.h>

#include "test.h"

#define TEXT "{\"t\":\"ping\",\"n\":7}"
#define TEXT_LEN (sizeof TEXT - 1)
#define SEALED_LEN (TEXT_LEN + HOB_NOISE_OVERHEAD)

const uint8_t noise_pair_psk[HOB_KEY_LEN] = "a key of exactly thirty-two byte";
const char noise_pair_prologue[] = HOB_NOISE_PROLOGUE "hob-7c9ebd";

/* The crypto of the run under way. */
static const struct hob_crypto *crypto;

static int init_with(struct hob_noise *s, enum hob_noise_role role, const uint8_t *psk,
                     const char *prologue)
{
    return hob_noise_init(s, role, crypto, psk, HOB_KEY_LEN, (const uint8_t *)prologue,
                          strlen(prologue), HOB_NOISE_MAX_TO_BOARD);
}

int noise_pair_init(struct hob_noise *s, enum hob_noise_role role, const struct hob_crypto *c)
{
    return hob_noise_init(s, role, c, noise_pair_psk, HOB_KEY_LEN,
                          (const uint8_t *)noise_pair_prologue, strlen(noise_pair_prologue),
                          HOB_NOISE_MAX_TO_BOARD);
}

/* Both sides started and message 1 written. */
static bool pair_open(struct noise_pair *p, const struct hob_crypto *c)
{
    return test_check(__FILE__, __LINE__, "message 1",
                      noise_pair_init(&p->server, HOB_NOISE_INITIATOR, c) == HOB_OK &&
                          noise_pair_init(&p->board, HOB_NOISE_RESPONDER, c) == HOB_OK &&
                          hob_noise_write_handshake(&p->server, NULL, 0, p->message1,
                                                    sizeof p->message1) == sizeof p->message1);
}

/* As far as message 2 written. */
static bool pair_answer(struct noise_pair *p, const struct hob_crypto *c)
{
    return pair_open(p, c) &&
           test_check(__FILE__, __LINE__, "message 2",
                      hob_noise_read_handshake(&p->board, p->message1, sizeof p->message1, NULL,
                                               0) == 0 &&
                          hob_noise_write_handshake(&p->board, NULL, 0, p->message2,
                                                    sizeof p->message2) == sizeof p->message2);
}

bool noise_pair_connect(struct noise_pair *p, const struct hob_crypto *c)
{
    return pair_answer(p, c) &&
           test_check(__FILE__, __LINE__, "handshake",
                      hob_noise_read_handshake(&p->server, p->message2, sizeof p->message2, NULL,
                                               0) == 0);
}

static bool wiped(const struct hob_noise *s)
{
    const uint8_t *bytes = (const uint8_t *)s;
    for (size_t i = 0; i < sizeof *s; i++) {
        if (bytes[i] != 0)
            return false;
    }
    return true;
}

static void check_dead(struct hob_noise *s)
{
    uint8_t buf[HOB_NOISE_HANDSHAKE_LEN] = {0};
    CHECK_INT(s->stage, HOB_NOISE_DEAD);
    CHECK(wiped(s));
    CHECK_INT(hob_noise_write_handshake(s, NULL, 0, buf, sizeof buf), HOB_ERR_STATE);
    CHECK_INT(hob_noise_read_handshake(s, buf, sizeof buf, NULL, 0), HOB_ERR_STATE);
    CHECK_INT(hob_noise_seal(s, buf, 1, buf + 1, sizeof buf - 1), HOB_ERR_STATE);
    CHECK_INT(hob_noise_open(s, buf, sizeof buf, buf, 0), HOB_ERR_STATE);
}

/* The server's next message, TEXT sealed. */
static void seal_text(struct hob_noise *s, uint8_t out[SEALED_LEN])
{
    CHECK_INT(hob_noise_seal(s, (const uint8_t *)TEXT, TEXT_LEN, out, SEALED_LEN), SEALED_LEN);
}

static int open_text(struct hob_noise *s, const uint8_t *msg, size_t len)
{
    uint8_t text[HOB_NOISE_MAX_TO_BOARD] = {0};
    int n = hob_noise_open(s, msg, len, text, sizeof text);
    if (n >= 0) {
        CHECK_INT(n, TEXT_LEN);
        CHECK_MEM(text, TEXT, TEXT_LEN);
    }
    return n;
}

TEST(both_sides_talk_after_the_handshake)
{
    struct noise_pair p;
    uint8_t msg[SEALED_LEN];
    REQUIRE(noise_pair_connect(&p, crypto));
    CHECK_MEM(p.server.h, p.board.h, HOB_HASH_LEN);
    for (int i = 0; i < 3; i++) {
        seal_text(&p.server, msg);
        CHECK_INT(open_text(&p.board, msg, sizeof msg), TEXT_LEN);
        seal_text(&p.board, msg);
        CHECK_INT(open_text(&p.server, msg, sizeof msg), TEXT_LEN);
    }
}

TEST(an_empty_message_is_a_message)
{
    struct noise_pair p;
    uint8_t msg[HOB_NOISE_OVERHEAD];
    REQUIRE(noise_pair_connect(&p, crypto));
    CHECK_INT(hob_noise_seal(&p.server, NULL, 0, msg, sizeof msg), HOB_NOISE_OVERHEAD);
    CHECK_INT(hob_noise_open(&p.board, msg, sizeof msg, NULL, 0), 0);
    CHECK_INT(p.board.stage, HOB_NOISE_TRANSPORT);
}

TEST(two_handshakes_never_share_bytes)
{
    struct noise_pair p;
    struct noise_pair q;
    REQUIRE(noise_pair_connect(&p, crypto) && noise_pair_connect(&q, crypto));
    CHECK(memcmp(p.message1, q.message1, HOB_KEY_LEN) != 0);
    CHECK(memcmp(p.message2, q.message2, HOB_KEY_LEN) != 0);
    CHECK(memcmp(p.server.send.key, q.server.send.key, HOB_KEY_LEN) != 0);
    CHECK(memcmp(p.server.send.key, p.server.recv.key, HOB_KEY_LEN) != 0);
}

TEST(a_key_that_is_not_32_bytes_or_all_zero_is_refused)
{
    static const uint8_t zero[HOB_KEY_LEN] = {0};
    static const uint8_t any[HOB_KEY_LEN + 1] = {1};
    static const struct {
        const uint8_t *psk;
        size_t len;
        int want;
    } rows[] = {
        {NULL, 0, HOB_ERR_KEY}, {NULL, 32, HOB_ERR_KEY}, {any, 0, HOB_ERR_KEY},
        {any, 31, HOB_ERR_KEY}, {any, 33, HOB_ERR_KEY},  {zero, 32, HOB_ERR_KEY},
        {any, 32, HOB_OK},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hob_noise s;
        test_row("row %u", (unsigned)i);
        CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, crypto, rows[i].psk, rows[i].len, NULL, 0,
                                 HOB_NOISE_MAX_TO_BOARD),
                  rows[i].want);
        if (rows[i].want != HOB_OK)
            check_dead(&s);
    }
}

TEST(init_refuses_what_makes_no_session)
{
    struct hob_noise s;
    struct hob_crypto holed = *crypto;
    holed.open = NULL;
    const uint8_t *psk = noise_pair_psk;
    CHECK_INT(hob_noise_init(NULL, HOB_NOISE_RESPONDER, crypto, psk, 32, NULL, 0, 64), HOB_ERR_ARG);
    CHECK_INT(hob_noise_init(&s, (enum hob_noise_role)0, crypto, psk, 32, NULL, 0, 64),
              HOB_ERR_ARG);
    CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, NULL, psk, 32, NULL, 0, 64), HOB_ERR_ARG);
    CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, &holed, psk, 32, NULL, 0, 64), HOB_ERR_ARG);
    CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, crypto, psk, 32, NULL, 1, 64), HOB_ERR_ARG);
    CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, crypto, psk, 32, NULL, 0, 15), HOB_ERR_ARG);
    CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, crypto, psk, 32, NULL, 0, 65536),
              HOB_ERR_ARG);
    check_dead(&s);
    CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, crypto, psk, 32, NULL, 0, 16), HOB_OK);
    CHECK_INT(hob_noise_init(&s, HOB_NOISE_RESPONDER, crypto, psk, 32, NULL, 0, 65535), HOB_OK);
}

TEST(a_missing_buffer_is_refused_and_changes_nothing)
{
    struct noise_pair p;
    uint8_t msg[SEALED_LEN];
    CHECK_INT(noise_pair_init(&p.server, HOB_NOISE_INITIATOR, crypto), HOB_OK);
    CHECK_INT(hob_noise_write_handshake(NULL, NULL, 0, msg, sizeof msg), HOB_ERR_ARG);
    CHECK_INT(hob_noise_write_handshake(&p.server, NULL, 0, NULL, 48), HOB_ERR_ARG);
    CHECK_INT(hob_noise_write_handshake(&p.server, NULL, 1, msg, sizeof msg), HOB_ERR_ARG);
    CHECK_INT(noise_pair_init(&p.board, HOB_NOISE_RESPONDER, crypto), HOB_OK);
    CHECK_INT(hob_noise_read_handshake(NULL, msg, 48, NULL, 0), HOB_ERR_ARG);
    CHECK_INT(hob_noise_read_handshake(&p.board, NULL, 48, NULL, 0), HOB_ERR_ARG);
    CHECK_INT(hob_noise_read_handshake(&p.board, msg, 48, NULL, 1), HOB_ERR_ARG);
    CHECK_INT(p.board.stage, HOB_NOISE_MESSAGE_1);
    REQUIRE(noise_pair_connect(&p, crypto));
    CHECK_INT(hob_noise_seal(NULL, NULL, 0, msg, sizeof msg), HOB_ERR_ARG);
    CHECK_INT(hob_noise_seal(&p.server, NULL, 0, NULL, 16), HOB_ERR_ARG);
    CHECK_INT(hob_noise_seal(&p.server, NULL, 1, msg, sizeof msg), HOB_ERR_ARG);
    seal_text(&p.server, msg);
    CHECK_INT(hob_noise_open(NULL, msg, sizeof msg, NULL, 0), HOB_ERR_ARG);
    CHECK_INT(hob_noise_open(&p.board, NULL, sizeof msg, NULL, 0), HOB_ERR_ARG);
    CHECK_INT(hob_noise_open(&p.board, msg, sizeof msg, NULL, TEXT_LEN), HOB_ERR_ARG);
    CHECK_INT(open_text(&p.board, msg, sizeof msg), TEXT_LEN);
}

TEST(a_wrong_key_is_found_at_message_1)
{
    for (size_t bit = 0; bit < 8 * HOB_KEY_LEN; bit += 5) {
        struct noise_pair p;
        uint8_t psk[HOB_KEY_LEN];
        memcpy(psk, noise_pair_psk, sizeof psk);
        psk[bit / 8] ^= (uint8_t)(1u << (bit % 8));
        test_row("bit %u", (unsigned)bit);
        REQUIRE(pair_open(&p, crypto));
        CHECK_INT(init_with(&p.board, HOB_NOISE_RESPONDER, psk, noise_pair_prologue), HOB_OK);
        CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0),
                  HOB_ERR_AUTH);
        check_dead(&p.board);
    }
}

TEST(a_wrong_version_or_board_id_is_found_at_message_1)
{
    static const char *const prologues[] = {
        "",           "hob.link.1",           "hob.link.2hob-7c9ebd",
        "hob.link.1hob-7c9ebe", "hob.link.1hob-7c9ebd0", "hob.link.1hob-7c9eb",
    };
    for (size_t i = 0; i < COUNT(prologues); i++) {
        struct noise_pair p;
        test_row("%s", prologues[i]);
        REQUIRE(pair_open(&p, crypto));
        CHECK_INT(init_with(&p.board, HOB_NOISE_RESPONDER, noise_pair_psk, prologues[i]), HOB_OK);
        CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0),
                  HOB_ERR_AUTH);
        check_dead(&p.board);
    }
}

TEST(a_board_with_two_keys_takes_either)
{
    static const uint8_t next[HOB_KEY_LEN] = "the next key, of 32 bytes length";
    struct noise_pair p;
    REQUIRE(pair_open(&p, crypto));
    CHECK_INT(init_with(&p.board, HOB_NOISE_RESPONDER, next, noise_pair_prologue), HOB_OK);
    CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0),
              HOB_ERR_AUTH);
    CHECK_INT(noise_pair_init(&p.board, HOB_NOISE_RESPONDER, crypto), HOB_OK);
    CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0), 0);
}

TEST(a_payload_is_refused_where_none_is_allowed)
{
    struct noise_pair p;
    uint8_t msg[HOB_NOISE_HANDSHAKE_LEN + 1];
    REQUIRE(pair_open(&p, crypto));
    CHECK_INT(noise_pair_init(&p.server, HOB_NOISE_INITIATOR, crypto), HOB_OK);
    CHECK_INT(hob_noise_write_handshake(&p.server, (const uint8_t *)"x", 1, msg, sizeof msg),
              sizeof msg);
    CHECK_INT(hob_noise_read_handshake(&p.board, msg, sizeof msg, NULL, 0), HOB_ERR_TOO_LONG);
    check_dead(&p.board);
}

TEST(a_payload_arrives_where_one_is_allowed)
{
    struct noise_pair p;
    uint8_t msg[HOB_NOISE_HANDSHAKE_LEN + 5];
    uint8_t payload[5];
    REQUIRE(pair_open(&p, crypto));
    CHECK_INT(noise_pair_init(&p.server, HOB_NOISE_INITIATOR, crypto), HOB_OK);
    CHECK_INT(hob_noise_write_handshake(&p.server, (const uint8_t *)"hello", 5, msg, sizeof msg),
              sizeof msg);
    CHECK_INT(hob_noise_read_handshake(&p.board, msg, sizeof msg, payload, sizeof payload), 5);
    CHECK_MEM(payload, "hello", 5);
}

/* Sets up p so that the message of that number is next, and copies it to msg. */
static size_t next_message(struct noise_pair *p, int number, uint8_t msg[64],
                           struct hob_noise **reader)
{
    size_t len = HOB_NOISE_HANDSHAKE_LEN;
    if (number == 1 && pair_open(p, crypto)) {
        memcpy(msg, p->message1, len);
        *reader = &p->board;
    } else if (number == 2 && pair_answer(p, crypto)) {
        memcpy(msg, p->message2, len);
        *reader = &p->server;
    } else if (number == 3 && noise_pair_connect(p, crypto)) {
        len = SEALED_LEN;
        seal_text(&p->server, msg);
        *reader = &p->board;
    }
    return len;
}

static int read_message(struct hob_noise *s, int number, const uint8_t *msg, size_t len)
{
    uint8_t text[64];
    return number < 3 ? hob_noise_read_handshake(s, msg, len, NULL, 0)
                      : hob_noise_open(s, msg, len, text, sizeof text);
}

TEST(a_message_cut_at_any_byte_ends_the_session)
{
    for (int number = 1; number <= 3; number++) {
        size_t len = HOB_NOISE_HANDSHAKE_LEN;
        for (size_t cut = 0; cut < len; cut++) {
            struct noise_pair p;
            struct hob_noise *reader = NULL;
            uint8_t msg[64];
            test_row("message %d cut to %u", number, (unsigned)cut);
            len = next_message(&p, number, msg, &reader);
            REQUIRE(reader != NULL);
            CHECK_INT(read_message(reader, number, msg, cut), HOB_ERR_AUTH);
            check_dead(reader);
        }
    }
}

TEST(a_message_with_bytes_added_ends_the_session)
{
    for (int number = 1; number <= 3; number++) {
        struct noise_pair p;
        struct hob_noise *reader = NULL;
        uint8_t msg[64] = {0};
        test_row("message %d", number);
        size_t len = next_message(&p, number, msg, &reader);
        REQUIRE(reader != NULL);
        CHECK_INT(read_message(reader, number, msg, len + 1),
                  number < 3 ? HOB_ERR_TOO_LONG : HOB_ERR_AUTH);
        check_dead(reader);
    }
}

TEST(any_flipped_bit_ends_the_session)
{
    for (int number = 1; number <= 3; number++) {
        size_t len = HOB_NOISE_HANDSHAKE_LEN;
        for (size_t bit = 0; bit < 8 * len; bit++) {
            struct noise_pair p;
            struct hob_noise *reader = NULL;
            uint8_t msg[64];
            test_row("message %d bit %u", number, (unsigned)bit);
            len = next_message(&p, number, msg, &reader);
            REQUIRE(reader != NULL);
            msg[bit / 8] ^= (uint8_t)(1u << (bit % 8));
            CHECK_INT(read_message(reader, number, msg, len), HOB_ERR_AUTH);
            check_dead(reader);
        }
    }
}

TEST(a_replayed_message_ends_the_session)
{
    struct noise_pair p;
    uint8_t msg[SEALED_LEN];
    REQUIRE(noise_pair_connect(&p, crypto));
    seal_text(&p.server, msg);
    CHECK_INT(open_text(&p.board, msg, sizeof msg), TEXT_LEN);
    CHECK_INT(open_text(&p.board, msg, sizeof msg), HOB_ERR_AUTH);
    check_dead(&p.board);
}

TEST(messages_out_of_order_end_the_session)
{
    struct noise_pair p;
    uint8_t first[SEALED_LEN];
    uint8_t second[SEALED_LEN];
    REQUIRE(noise_pair_connect(&p, crypto));
    seal_text(&p.server, first);
    seal_text(&p.server, second);
    CHECK_INT(open_text(&p.board, second, sizeof second), HOB_ERR_AUTH);
    check_dead(&p.board);
    CHECK_INT(open_text(&p.board, first, sizeof first), HOB_ERR_STATE);
}

TEST(a_reflected_message_ends_the_session)
{
    struct noise_pair p;
    uint8_t msg[SEALED_LEN];
    REQUIRE(noise_pair_connect(&p, crypto));
    seal_text(&p.server, msg);
    CHECK_INT(open_text(&p.server, msg, sizeof msg), HOB_ERR_AUTH);
    check_dead(&p.server);
}

TEST(a_replayed_message_1_leads_nowhere)
{
    struct noise_pair p;
    struct hob_noise board;
    uint8_t recorded[SEALED_LEN];
    uint8_t answer[HOB_NOISE_HANDSHAKE_LEN];
    REQUIRE(noise_pair_connect(&p, crypto));
    seal_text(&p.server, recorded);
    CHECK_INT(noise_pair_init(&board, HOB_NOISE_RESPONDER, crypto), HOB_OK);
    CHECK_INT(hob_noise_read_handshake(&board, p.message1, sizeof p.message1, NULL, 0), 0);
    CHECK_INT(hob_noise_write_handshake(&board, NULL, 0, answer, sizeof answer), sizeof answer);
    CHECK_INT(open_text(&board, recorded, sizeof recorded), HOB_ERR_AUTH);
    check_dead(&board);
}

TEST(a_call_out_of_turn_is_refused_and_changes_nothing)
{
    struct noise_pair p;
    uint8_t msg[SEALED_LEN];
    REQUIRE(pair_open(&p, crypto));
    /* The server waits for message 2, the board for message 1. */
    CHECK_INT(hob_noise_write_handshake(&p.server, NULL, 0, p.message2, sizeof p.message2),
              HOB_ERR_STATE);
    CHECK_INT(hob_noise_write_handshake(&p.board, NULL, 0, p.message2, sizeof p.message2),
              HOB_ERR_STATE);
    CHECK_INT(hob_noise_seal(&p.server, NULL, 0, msg, sizeof msg), HOB_ERR_STATE);
    CHECK_INT(hob_noise_open(&p.board, p.message1, sizeof p.message1, msg, sizeof msg),
              HOB_ERR_STATE);
    CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0), 0);
    CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0),
              HOB_ERR_STATE);
    CHECK_INT(hob_noise_write_handshake(&p.board, NULL, 0, p.message2, sizeof p.message2),
              sizeof p.message2);
    CHECK_INT(hob_noise_read_handshake(&p.server, p.message2, sizeof p.message2, NULL, 0), 0);
    CHECK_INT(hob_noise_read_handshake(&p.server, p.message2, sizeof p.message2, NULL, 0),
              HOB_ERR_STATE);
    seal_text(&p.server, msg);
    CHECK_INT(open_text(&p.board, msg, sizeof msg), TEXT_LEN);
}

TEST(a_buffer_too_small_is_refused_and_changes_nothing)
{
    struct noise_pair p;
    uint8_t msg[SEALED_LEN];
    uint8_t text[TEXT_LEN];
    CHECK_INT(noise_pair_init(&p.server, HOB_NOISE_INITIATOR, crypto), HOB_OK);
    CHECK_INT(hob_noise_write_handshake(&p.server, NULL, 0, p.message1, sizeof p.message1 - 1),
              HOB_ERR_SPACE);
    CHECK_INT(hob_noise_write_handshake(&p.server, NULL, 0, p.message1, sizeof p.message1),
              sizeof p.message1);
    REQUIRE(noise_pair_connect(&p, crypto));
    CHECK_INT(hob_noise_seal(&p.server, (const uint8_t *)TEXT, TEXT_LEN, msg, SEALED_LEN - 1),
              HOB_ERR_SPACE);
    seal_text(&p.server, msg);
    CHECK_INT(hob_noise_open(&p.board, msg, sizeof msg, text, sizeof text - 1), HOB_ERR_SPACE);
    CHECK_INT(hob_noise_open(&p.board, msg, sizeof msg, text, sizeof text), TEXT_LEN);
}

TEST(the_longest_message_passes_and_a_longer_one_ends_the_session)
{
    static uint8_t text[HOB_NOISE_MAX_MESSAGE];
    static uint8_t msg[HOB_NOISE_MAX_MESSAGE + 1];
    struct noise_pair p;
    REQUIRE(noise_pair_connect(&p, crypto));
    CHECK_INT(hob_noise_seal(&p.server, text, 4096, msg, sizeof msg), HOB_NOISE_MAX_TO_BOARD);
    CHECK_INT(hob_noise_open(&p.board, msg, HOB_NOISE_MAX_TO_BOARD, text, 4096), 4096);
    CHECK_INT(hob_noise_seal(&p.server, text, 4097, msg, sizeof msg), HOB_NOISE_MAX_TO_BOARD + 1);
    CHECK_INT(hob_noise_open(&p.board, msg, HOB_NOISE_MAX_TO_BOARD + 1, text, sizeof text),
              HOB_ERR_TOO_LONG);
    check_dead(&p.board);
    CHECK_INT(hob_noise_seal(&p.server, text, HOB_NOISE_MAX_MESSAGE - 15, msg, sizeof msg),
              HOB_ERR_TOO_LONG);
    CHECK_INT(hob_noise_seal(&p.server, text, HOB_NOISE_MAX_MESSAGE - 16, msg, sizeof msg),
              HOB_NOISE_MAX_MESSAGE);
}

TEST(the_last_nonce_is_never_used)
{
    struct noise_pair p;
    uint8_t msg[SEALED_LEN];
    REQUIRE(noise_pair_connect(&p, crypto));
    p.server.send.n = UINT64_MAX - 1;
    p.board.recv.n = UINT64_MAX - 1;
    seal_text(&p.server, msg);
    CHECK_INT(open_text(&p.board, msg, sizeof msg), TEXT_LEN);
    CHECK_INT(hob_noise_seal(&p.server, NULL, 0, msg, sizeof msg), HOB_ERR_EXHAUSTED);
    check_dead(&p.server);
    CHECK_INT(open_text(&p.board, msg, sizeof msg), HOB_ERR_EXHAUSTED);
    check_dead(&p.board);
}

TEST(secrets_are_gone_when_no_longer_needed)
{
    struct noise_pair p;
    REQUIRE(noise_pair_connect(&p, crypto));
    struct hob_noise *sides[] = {&p.server, &p.board};
    for (size_t i = 0; i < COUNT(sides); i++) {
        CHECK(hob_all_zero(sides[i]->psk, HOB_KEY_LEN));
        CHECK(hob_all_zero(sides[i]->e, HOB_KEY_LEN));
        CHECK(hob_all_zero(sides[i]->ck, HOB_KEY_LEN));
        CHECK(!hob_all_zero(sides[i]->send.key, HOB_KEY_LEN));
        hob_noise_wipe(sides[i]);
        check_dead(sides[i]);
    }
    hob_noise_wipe(NULL);
}

/* A peer whose public key is all zero, the simplest point of low order. */
static int zero_public_key(void *ctx, const uint8_t scalar[HOB_KEY_LEN],
                           const uint8_t point[HOB_KEY_LEN], uint8_t out[HOB_KEY_LEN])
{
    (void)ctx;
    (void)scalar;
    (void)point;
    memset(out, 0, HOB_KEY_LEN);
    return HOB_OK;
}

TEST(a_public_key_that_forces_the_secret_is_refused)
{
    struct noise_pair p;
    struct hob_crypto hostile = *crypto;
    hostile.x25519 = zero_public_key;
    CHECK_INT(noise_pair_init(&p.server, HOB_NOISE_INITIATOR, &hostile), HOB_OK);
    CHECK_INT(noise_pair_init(&p.board, HOB_NOISE_RESPONDER, crypto), HOB_OK);
    CHECK_INT(hob_noise_write_handshake(&p.server, NULL, 0, p.message1, sizeof p.message1),
              sizeof p.message1);
    CHECK(hob_all_zero(p.message1, HOB_KEY_LEN));
    CHECK_INT(hob_noise_read_handshake(&p.board, p.message1, sizeof p.message1, NULL, 0), 0);
    CHECK_INT(hob_noise_write_handshake(&p.board, NULL, 0, p.message2, sizeof p.message2),
              HOB_ERR_KEY);
    check_dead(&p.board);
}

void shared_noise_run(const struct hob_crypto *c)
{
    crypto = c;
    RUN(both_sides_talk_after_the_handshake);
    RUN(an_empty_message_is_a_message);
    RUN(two_handshakes_never_share_bytes);
    RUN(a_key_that_is_not_32_bytes_or_all_zero_is_refused);
    RUN(init_refuses_what_makes_no_session);
    RUN(a_missing_buffer_is_refused_and_changes_nothing);
    RUN(a_wrong_key_is_found_at_message_1);
    RUN(a_wrong_version_or_board_id_is_found_at_message_1);
    RUN(a_board_with_two_keys_takes_either);
    RUN(a_payload_is_refused_where_none_is_allowed);
    RUN(a_payload_arrives_where_one_is_allowed);
    RUN(a_message_cut_at_any_byte_ends_the_session);
    RUN(a_message_with_bytes_added_ends_the_session);
    RUN(any_flipped_bit_ends_the_session);
    RUN(a_replayed_message_ends_the_session);
    RUN(messages_out_of_order_end_the_session);
    RUN(a_reflected_message_ends_the_session);
    RUN(a_replayed_message_1_leads_nowhere);
    RUN(a_call_out_of_turn_is_refused_and_changes_nothing);
    RUN(a_buffer_too_small_is_refused_and_changes_nothing);
    RUN(the_longest_message_passes_and_a_longer_one_ends_the_session);
    RUN(the_last_nonce_is_never_used);
    RUN(secrets_are_gone_when_no_longer_needed);
    RUN(a_public_key_that_forces_the_secret_is_refused);
}
