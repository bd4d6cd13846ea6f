/*
 * hob_noise: one session of Noise_NNpsk0_25519_ChaChaPoly_SHA256 (The Noise
 * Protocol Framework, revision 34), either side.
 *
 *     initiator (server)                    responder (board)
 *     -> psk, e            message 1, 48 bytes + payload
 *     <- e, ee             message 2, 48 bytes + payload
 *     <-> transport        16 bytes + text, in order, each exactly once
 *
 * A struct hob_noise is one session: caller-owned, used by one thread at a
 * time, no allocation. It holds secrets from init until it dies; end it with
 * hob_noise_wipe. It dies, wiped, by itself when anything received does not
 * verify, when a primitive fails, and when its nonces are used up; from then on
 * every call gives HOB_ERR_STATE and the caller closes the connection.
 *
 * A message 1 that verifies may be a replay: act on nothing before the first
 * hob_noise_open has succeeded.
 *
 * A responder that accepts either of two keys (rotation) makes a session with
 * each and offers message 1 to the second when the first fails.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_NOISE_H
#define HOB_NOISE_H

#include <stddef.h>
#include <stdint.h>

#include "hob_crypto.h"

/* Bytes of either handshake message without payload: a public key and a tag. */
#define HOB_NOISE_HANDSHAKE_LEN (HOB_KEY_LEN + HOB_TAG_LEN)
/* What encryption adds to a transport message. */
#define HOB_NOISE_OVERHEAD HOB_TAG_LEN
/* The longest message of the Noise framework, tag included. */
#define HOB_NOISE_MAX_MESSAGE 65535u
/* The longest transport message towards a board: 4 KiB of text and the tag. */
#define HOB_NOISE_MAX_TO_BOARD (4096u + HOB_NOISE_OVERHEAD)
/* What prologues begin with; the board id's bytes follow, with no separator. */
#define HOB_NOISE_PROLOGUE "hob.link.1"

enum hob_noise_role {
    HOB_NOISE_INITIATOR = 1, /* writes message 1, reads message 2 */
    HOB_NOISE_RESPONDER      /* reads message 1, writes message 2 */
};

enum hob_noise_stage {
    HOB_NOISE_DEAD = 0,  /* also a zeroed struct */
    HOB_NOISE_MESSAGE_1, /* the initiator writes it, the responder reads it */
    HOB_NOISE_MESSAGE_2, /* the other way round */
    HOB_NOISE_TRANSPORT
};

/* A key and the number of the next message under it. */
struct hob_noise_cipher {
    uint8_t key[HOB_KEY_LEN];
    uint64_t n;
};

/* One session. Read stage if you like; the rest is the session's own. */
struct hob_noise {
    const struct hob_crypto *crypto;
    enum hob_noise_role role;
    enum hob_noise_stage stage;
    size_t max_open;
    uint8_t h[HOB_HASH_LEN];  /* transcript hash; after the handshake it names the session */
    uint8_t ck[HOB_HASH_LEN]; /* chaining key */
    uint8_t psk[HOB_KEY_LEN];
    uint8_t e[HOB_KEY_LEN];  /* our ephemeral private key */
    uint8_t re[HOB_KEY_LEN]; /* their ephemeral public key */
    struct hob_noise_cipher send;
    struct hob_noise_cipher recv; /* in the handshake: the cipher of its payloads */
};

/*
 * Starts a session. psk must be exactly HOB_KEY_LEN bytes and not all zero:
 * HOB_ERR_KEY (the framework itself would take anything). prologue is what both
 * sides must agree on, copied into the transcript. max_open is the longest
 * transport message, tag included, that hob_noise_open takes, at most
 * HOB_NOISE_MAX_MESSAGE. crypto must outlive the session. HOB_ERR_ARG,
 * HOB_ERR_CRYPTO; after any error the session is dead.
 */
int hob_noise_init(struct hob_noise *s, enum hob_noise_role role, const struct hob_crypto *crypto,
                   const uint8_t *psk, size_t psk_len, const uint8_t *prologue,
                   size_t prologue_len, size_t max_open);

/*
 * Writes our handshake message: HOB_NOISE_HANDSHAKE_LEN + len bytes into out.
 * Links carry no payload (len 0); published vectors do. Result: its length;
 * HOB_ERR_STATE if it is not our turn; HOB_ERR_SPACE if out is too small or
 * HOB_ERR_TOO_LONG beyond the framework's limit (nothing has happened then);
 * HOB_ERR_CRYPTO, HOB_ERR_KEY (the session is dead).
 */
int hob_noise_write_handshake(struct hob_noise *s, const uint8_t *payload, size_t len,
                              uint8_t *out, size_t cap);

/*
 * Reads the peer's handshake message and copies its payload to payload. cap is
 * also the policy: a message whose payload is longer is refused unread, so with
 * cap 0 (as links do) any payload is. Result: the payload's length;
 * HOB_ERR_STATE if it is not the peer's turn (the session lives on); or, the
 * session being dead: HOB_ERR_TOO_LONG, HOB_ERR_AUTH (wrong key, prologue or
 * bytes, or too short), HOB_ERR_KEY (the peer's public key leads to an all-zero
 * secret), HOB_ERR_CRYPTO.
 */
int hob_noise_read_handshake(struct hob_noise *s, const uint8_t *msg, size_t len,
                             uint8_t *payload, size_t cap);

/*
 * Encrypts len bytes as the next transport message, len + HOB_NOISE_OVERHEAD
 * bytes into out. Result: that length; HOB_ERR_STATE; HOB_ERR_SPACE or
 * HOB_ERR_TOO_LONG (beyond the framework's limit), with nothing used up; or,
 * the session being dead, HOB_ERR_EXHAUSTED, HOB_ERR_CRYPTO.
 */
int hob_noise_seal(struct hob_noise *s, const uint8_t *plain, size_t len, uint8_t *out,
                   size_t cap);

/*
 * Decrypts the peer's next transport message into out, which needs
 * len - HOB_NOISE_OVERHEAD bytes. Result: the length of the text, which may be
 * 0; HOB_ERR_STATE; HOB_ERR_SPACE if out is too small (nothing has happened
 * then); or, the session being dead: HOB_ERR_TOO_LONG (over max_open),
 * HOB_ERR_AUTH (changed, replayed, out of order, too short), HOB_ERR_EXHAUSTED,
 * HOB_ERR_CRYPTO.
 */
int hob_noise_open(struct hob_noise *s, const uint8_t *msg, size_t len, uint8_t *out, size_t cap);

/* Ends the session and overwrites all of it; allowed at any time, repeatedly. */
void hob_noise_wipe(struct hob_noise *s);

#endif
