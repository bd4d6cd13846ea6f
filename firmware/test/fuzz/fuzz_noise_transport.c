/*
 * A board's session under a network that drops, repeats, swaps and edits. Each
 * input byte is one act; the reader may only ever open the next message that
 * was sent, and dies of any other.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "hob_noise.h"

#define SLOTS 8u
#define MAX_TEXT 48u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* A message in the network as it was sent, the number-th, and as it is now. */
struct slot {
    uint8_t sent[MAX_TEXT + HOB_NOISE_OVERHEAD];
    uint8_t msg[MAX_TEXT + HOB_NOISE_OVERHEAD];
    size_t sent_len;
    size_t len;
    uint32_t number;
};

struct world {
    struct hob_noise server;
    struct hob_noise board;
    struct slot slots[SLOTS];
    uint32_t sent;
    uint32_t opened;
};

/* The text of message number n: its length and bytes follow from n. */
static size_t text_of(uint32_t n, uint8_t out[MAX_TEXT])
{
    size_t len = (n * 7u) % (MAX_TEXT + 1);
    memset(out, (int)(n & 0xFFu), MAX_TEXT);
    return len;
}

static void connect(struct world *w, const struct hob_crypto *c)
{
    static const uint8_t psk[HOB_KEY_LEN] = {1};
    uint8_t msg[HOB_NOISE_HANDSHAKE_LEN];
    must(hob_noise_init(&w->server, HOB_NOISE_INITIATOR, c, psk, sizeof psk, NULL, 0, 64) == 0);
    must(hob_noise_init(&w->board, HOB_NOISE_RESPONDER, c, psk, sizeof psk, NULL, 0, 64) == 0);
    must(hob_noise_write_handshake(&w->server, NULL, 0, msg, sizeof msg) == sizeof msg);
    must(hob_noise_read_handshake(&w->board, msg, sizeof msg, NULL, 0) == 0);
    must(hob_noise_write_handshake(&w->board, NULL, 0, msg, sizeof msg) == sizeof msg);
    must(hob_noise_read_handshake(&w->server, msg, sizeof msg, NULL, 0) == 0);
}

static void send(struct world *w, struct slot *s)
{
    uint8_t text[MAX_TEXT];
    size_t len = text_of(++w->sent, text);
    s->len = len + HOB_NOISE_OVERHEAD;
    s->number = w->sent;
    must(hob_noise_seal(&w->server, text, len, s->msg, sizeof s->msg) == (int)s->len);
    memcpy(s->sent, s->msg, sizeof s->sent);
    s->sent_len = s->len;
}

static void edit(struct slot *s, uint8_t how)
{
    if (s->len == 0)
        return;
    if ((how & 1) != 0)
        s->msg[how % s->len] ^= how;
    else /* cut it */
        s->len = how % s->len;
}

/* Two edits may have undone each other. */
static bool untouched(const struct slot *s)
{
    return s->number > 0 && s->len == s->sent_len && memcmp(s->msg, s->sent, s->len) == 0;
}

/* Hands a slot to the board; it stays there, so that it can come again. */
static void deliver(struct world *w, const struct slot *s)
{
    uint8_t got[MAX_TEXT];
    uint8_t want[MAX_TEXT];
    bool alive = w->board.stage == HOB_NOISE_TRANSPORT;
    bool next = untouched(s) && s->number == w->opened + 1;
    int r = hob_noise_open(&w->board, s->msg, s->len, got, sizeof got);
    if (!alive) {
        must(r == HOB_ERR_STATE);
        return;
    }
    must(next ? r >= 0 : r < 0 && w->board.stage == HOB_NOISE_DEAD);
    if (next) {
        must((size_t)r == text_of(s->number, want) && memcmp(got, want, (size_t)r) == 0);
        w->opened++;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct world w;
    struct fake_crypto state;
    struct hob_crypto crypto = fake_crypto(&state, 1);
    memset(&w, 0, sizeof w);
    connect(&w, &crypto);
    for (size_t i = 0; i < size && i < 256; i++) {
        struct slot *s = &w.slots[data[i] % SLOTS];
        switch (data[i] / SLOTS % 4) {
        case 0: send(&w, s); break;
        case 1: edit(s, (uint8_t)(data[i] | 1)); break;
        case 2: edit(s, (uint8_t)(data[i] & 0xFEu)); break;
        default: deliver(&w, s); break;
        }
    }
    return 0;
}
