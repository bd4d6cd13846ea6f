/*
 * A handshake whose messages an attacker edits. The first byte says which
 * message, the second how, the rest is what with. An edited message must end
 * the reader's session; an untouched one must not.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "fake_crypto.h"
#include "hob_noise.h"

#define MAX_MESSAGE 512u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

enum edit { EDIT_NONE, EDIT_REPLACE, EDIT_XOR, EDIT_CUT, EDIT_APPEND, EDIT_KINDS };

/* Edits msg of len bytes with the attacker's bytes; the new length. */
static size_t apply(enum edit edit, const uint8_t *with, size_t n, uint8_t *msg, size_t len)
{
    size_t used = n < MAX_MESSAGE - len ? n : MAX_MESSAGE - len;
    switch (edit) {
    case EDIT_REPLACE:
        memcpy(msg, with, used);
        return used;
    case EDIT_XOR:
        for (size_t i = 0; i < len && i < n; i++)
            msg[i] ^= with[i];
        return len;
    case EDIT_CUT:
        return n < len ? n : len;
    case EDIT_APPEND:
        memcpy(msg + len, with, used);
        return len + used;
    case EDIT_NONE:
    case EDIT_KINDS:
        break;
    }
    return len;
}

static void begin(struct hob_noise *s, enum hob_noise_role role, const struct hob_crypto *c)
{
    static const uint8_t psk[HOB_KEY_LEN] = {1};
    must(hob_noise_init(s, role, c, psk, sizeof psk, NULL, 0, HOB_NOISE_MAX_TO_BOARD) == HOB_OK);
}

/* Hands the reader msg, edited; true if it was taken. */
static bool deliver(struct hob_noise *reader, enum edit edit, const uint8_t *with, size_t n,
                    const uint8_t original[HOB_NOISE_HANDSHAKE_LEN])
{
    uint8_t msg[MAX_MESSAGE];
    memcpy(msg, original, HOB_NOISE_HANDSHAKE_LEN);
    size_t len = apply(edit, with, n, msg, HOB_NOISE_HANDSHAKE_LEN);
    bool same = len == HOB_NOISE_HANDSHAKE_LEN && memcmp(msg, original, len) == 0;
    int r = hob_noise_read_handshake(reader, msg, len, NULL, 0);
    must(same ? r == 0 : r < 0 && reader->stage == HOB_NOISE_DEAD);
    return same;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hob_noise server;
    struct hob_noise board;
    struct fake_crypto state;
    struct hob_crypto crypto = fake_crypto(&state, 1);
    uint8_t msg[HOB_NOISE_HANDSHAKE_LEN];
    if (size < 2)
        return 0;
    bool second = (data[0] & 1) != 0;
    enum edit edit = (enum edit)(data[1] % EDIT_KINDS);
    data += 2;
    size -= 2;
    begin(&server, HOB_NOISE_INITIATOR, &crypto);
    begin(&board, HOB_NOISE_RESPONDER, &crypto);
    must(hob_noise_write_handshake(&server, NULL, 0, msg, sizeof msg) == sizeof msg);
    if (!deliver(&board, second ? EDIT_NONE : edit, data, size, msg))
        return 0;
    must(hob_noise_write_handshake(&board, NULL, 0, msg, sizeof msg) == sizeof msg);
    if (deliver(&server, second ? edit : EDIT_NONE, data, size, msg))
        must(memcmp(server.h, board.h, HOB_HASH_LEN) == 0);
    return 0;
}
