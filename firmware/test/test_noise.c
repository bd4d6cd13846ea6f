/*
 * hob_noise on the fake crypto: the cases of shared_noise, failing primitives,
 * and equality of this machine with any other.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "fake_crypto.h"
#include "shared_noise.h"
#include "test.h"

/* One side's part of a session from start to first message; its result or the first error. */
static int play(struct noise_pair *p, const struct hob_crypto *server, const struct hob_crypto *board)
{
    uint8_t msg[HOB_NOISE_OVERHEAD + 2];
    uint8_t text[2];
    int r = noise_pair_init(&p->server, HOB_NOISE_INITIATOR, server);
    if (r >= 0)
        r = noise_pair_init(&p->board, HOB_NOISE_RESPONDER, board);
    if (r >= 0)
        r = hob_noise_write_handshake(&p->server, NULL, 0, p->message1, sizeof p->message1);
    if (r >= 0)
        r = hob_noise_read_handshake(&p->board, p->message1, sizeof p->message1, NULL, 0);
    if (r >= 0)
        r = hob_noise_write_handshake(&p->board, NULL, 0, p->message2, sizeof p->message2);
    if (r >= 0)
        r = hob_noise_read_handshake(&p->server, p->message2, sizeof p->message2, NULL, 0);
    if (r >= 0)
        r = hob_noise_seal(&p->server, (const uint8_t *)"{}", 2, msg, sizeof msg);
    if (r >= 0)
        r = hob_noise_open(&p->board, msg, sizeof msg, text, sizeof text);
    if (r >= 0)
        r = hob_noise_seal(&p->board, (const uint8_t *)"{}", 2, msg, sizeof msg);
    return r >= 0 ? hob_noise_open(&p->server, msg, sizeof msg, text, sizeof text) : r;
}

/* Fails each call of one side's primitives in turn. */
static void check_every_failure(bool board_fails)
{
    struct noise_pair p;
    struct fake_crypto good_state;
    struct fake_crypto bad_state;
    struct hob_crypto good = fake_crypto(&good_state, 1);
    struct hob_crypto bad = fake_crypto(&bad_state, 2);
    const struct hob_crypto *server = board_fails ? &good : &bad;
    const struct hob_crypto *board = board_fails ? &bad : &good;
    CHECK_INT(play(&p, server, board), 2);
    uint32_t calls = bad_state.calls;
    CHECK(calls > 20);
    for (uint32_t at = 1; at <= calls; at++) {
        test_row("call %u of the %s", (unsigned)at, board_fails ? "board" : "server");
        memset(&p, 0, sizeof p);
        bad = fake_crypto(&bad_state, 2);
        bad_state.fail_at = at;
        int r = play(&p, server, board);
        CHECK(r == HOB_ERR_CRYPTO || r == HOB_ERR_KEY);
        CHECK_INT((board_fails ? &p.board : &p.server)->stage, HOB_NOISE_DEAD);
        CHECK_INT(bad_state.open_hashes, 0);
    }
}

TEST(a_failing_primitive_ends_the_session_of_a_server)
{
    check_every_failure(false);
}

TEST(a_failing_primitive_ends_the_session_of_a_board)
{
    check_every_failure(true);
}

/*
 * The state machine has no constant of its own to test on other machines but
 * this: with the fake's fixed random numbers, the transcript is the same
 * everywhere. The value was taken on x86-64.
 */
TEST(the_transcript_is_the_same_on_every_machine)
{
    static const uint8_t want[8] = {0x58, 0xbb, 0x3b, 0xcf, 0xe1, 0xca, 0x11, 0x54};
    struct noise_pair p;
    struct fake_crypto state;
    struct hob_crypto crypto = fake_crypto(&state, 7);
    REQUIRE(noise_pair_connect(&p, &crypto));
    CHECK_MEM(p.server.h, want, sizeof want);
    CHECK_MEM(p.board.h, want, sizeof want);
}

TEST(a_wipe_reaches_every_byte_and_no_further)
{
    uint8_t bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    hob_wipe(bytes + 1, 6);
    CHECK_INT(bytes[0], 1);
    CHECK(hob_all_zero(bytes + 1, 6));
    CHECK_INT(bytes[7], 8);
}

TEST(secret_comparison_looks_at_every_byte)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};
    CHECK(hob_equal_secret(a, b, sizeof a));
    for (size_t i = 0; i < sizeof b; i++) {
        b[i] = 0x80;
        CHECK(!hob_equal_secret(a, b, sizeof a));
        CHECK(!hob_all_zero(b, sizeof b));
        b[i] = 0;
    }
}

int main(void)
{
    struct fake_crypto state;
    struct hob_crypto crypto = fake_crypto(&state, 3);
    shared_noise_run(&crypto);
    RUN(a_failing_primitive_ends_the_session_of_a_server);
    RUN(a_failing_primitive_ends_the_session_of_a_board);
    RUN(the_transcript_is_the_same_on_every_machine);
    RUN(a_wipe_reaches_every_byte_and_no_further);
    RUN(secret_comparison_looks_at_every_byte);
    return test_end("noise");
}
