/*
 * Connections and sessions; see hob_session.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_session.h"

#include <string.h>

#include "hob_dispatch.h"
#include "hob_interlock.h"
#include "hob_keys.h"
#include "hob_log.h"
#include "hob_point.h"
#include "hob_run.h"
#include "hob_staging.h"

#define HANDSHAKE_MS 5000u
/* Message 1 follows the upgrade at once; a packet may be lost on the way, not more. */
#define MESSAGE_1_MS 2000u
/* An answered handshake is left in peace so long, even if there is no room. */
#define ANSWERED_MS 1000u
/* Handing over one key takes no longer than this. */
#define ADOPTION_SESSION_MS 30000u
#define SILENCE_MS 15000u
/* A server pings once a second while it matters whether it is still there. */
#define HEARD_MS 3000u
/* A stranger who keeps trying does not fill the log. */
#define LOG_EVERY_MS 10000u

bool hob_session_live(const struct hob_board *b)
{
    return b->session != HOB_NONE && b->conns[b->session].stage == HOB_CONN_LIVE;
}

bool hob_session_trusted(const struct hob_board *b)
{
    return hob_session_live(b) && b->conns[b->session].key != HOB_KEY_ADOPTION;
}

bool hob_session_heard(const struct hob_board *b)
{
    return b->session != HOB_NONE && b->now - b->conns[b->session].heard <= HEARD_MS;
}

/* What a session leaves behind is nothing. */
static void end_session(struct hob_board *b, int32_t code)
{
    b->session = HOB_NONE;
    b->last_cmd = 0;
    hob_interlock_drop_commands(b);
    hob_point_forget_commands(b);
    hob_staging_abandon(b);
    hob_log(b, HOB_LOG_SESSION_ENDED, code);
}

static void free_conn(struct hob_board *b, int conn, int32_t code)
{
    hob_noise_wipe(&b->conns[conn].noise);
    b->conns[conn].stage = HOB_CONN_FREE;
    b->conns[conn].opened = 0;
    if (b->session == conn)
        end_session(b, code);
}

void hob_session_close(struct hob_board *b, int conn, enum hob_close code, const char *reason)
{
    if (b->conns[conn].stage == HOB_CONN_FREE)
        return;
    free_conn(b, conn, (int32_t)code);
    b->port->conn_close(b->port->ctx, conn, code, reason);
}

void hob_session_close_all(struct hob_board *b, enum hob_close code, const char *reason)
{
    for (int i = 0; i < HOB_MAX_CONNS; i++)
        hob_session_close(b, i, code, reason);
}

void hob_session_close_others(struct hob_board *b, int conn, enum hob_close code,
                              const char *reason)
{
    for (int i = 0; i < HOB_MAX_CONNS; i++) {
        if (i != conn)
            hob_session_close(b, i, code, reason);
    }
}

int hob_session_send(struct hob_board *b, size_t len)
{
    if (b->session == HOB_NONE)
        return HOB_ERR_STATE;
    int conn = b->session;
    struct hob_scratch *s = b->options.scratch;
    int r = hob_noise_seal(&b->conns[conn].noise, s->in.text, len, s->out.sealed,
                           sizeof s->out.sealed);
    if (r > 0)
        r = b->port->conn_send(b->port->ctx, conn, s->out.sealed, (size_t)r);
    if (r >= 0) {
        hob_count(&b->counters.frames_out);
        return HOB_OK;
    }
    hob_count(&b->counters.sends_failed);
    hob_log(b, HOB_LOG_SEND_FAILED, conn);
    hob_session_close(b, conn, HOB_CLOSE_SILENT, "a frame could not be sent");
    return r;
}

/* Offers message 1 to one key. */
static int try_key(struct hob_board *b, struct hob_conn *c, enum hob_key_used which,
                   const uint8_t *data, size_t len)
{
    uint8_t key[HOB_KEY_LEN];
    uint8_t prologue[sizeof HOB_NOISE_PROLOGUE + HOB_ID_SIZE];
    size_t head = sizeof HOB_NOISE_PROLOGUE - 1;
    size_t id = strlen(b->options.id);
    int r = hob_keys_get(b, which, key);
    if (r < 0)
        return r;
    memcpy(prologue, HOB_NOISE_PROLOGUE, head);
    memcpy(prologue + head, b->options.id, id);
    r = hob_noise_init(&c->noise, HOB_NOISE_RESPONDER, b->options.crypto, key, sizeof key,
                       prologue, head + id, HOB_MAX_MESSAGE);
    hob_wipe(key, sizeof key);
    if (r == HOB_OK)
        r = hob_noise_read_handshake(&c->noise, data, len, NULL, 0);
    c->key = (uint8_t)which;
    return r;
}

static int find_key(struct hob_board *b, struct hob_conn *c, const uint8_t *data, size_t len)
{
    for (int which = HOB_KEY_NEXT; which <= HOB_KEY_ADOPTION; which++) {
        int r = try_key(b, c, (enum hob_key_used)which, data, len);
        if (r >= 0)
            return HOB_OK;
        if (r == HOB_ERR_CRYPTO)
            hob_log(b, HOB_LOG_CRYPTO, r);
    }
    return HOB_ERR_AUTH;
}

static void note_failure(struct hob_board *b, int conn)
{
    hob_count(&b->counters.handshakes_failed);
    if (b->failure_logged_at > 0 && b->now < b->failure_logged_at + LOG_EVERY_MS)
        return;
    /* 0 is for never. */
    b->failure_logged_at = b->now > 0 ? b->now : 1;
    hob_log(b, HOB_LOG_HANDSHAKE_FAILED, conn);
}

static int handshake_failed(struct hob_board *b, int conn)
{
    bool keyless = !hob_keys_adopted(b) && !hob_keys_adoption_open(b);
    note_failure(b, conn);
    if (keyless)
        hob_session_close(b, conn, HOB_CLOSE_NO_KEY, "no key yet, and adoption is closed");
    else
        hob_session_close(b, conn, HOB_CLOSE_HANDSHAKE, "no key of this board fits");
    return HOB_ERR_AUTH;
}

static int shake_hands(struct hob_board *b, int conn, const uint8_t *data, size_t len)
{
    struct hob_conn *c = &b->conns[conn];
    uint8_t answer[HOB_NOISE_HANDSHAKE_LEN];
    if (find_key(b, c, data, len) < 0)
        return handshake_failed(b, conn);
    int r = hob_noise_write_handshake(&c->noise, NULL, 0, answer, sizeof answer);
    if (r < 0) {
        hob_log(b, HOB_LOG_CRYPTO, r);
        return handshake_failed(b, conn);
    }
    c->stage = HOB_CONN_FIRST_FRAME;
    c->heard = b->now;
    r = b->port->conn_send(b->port->ctx, conn, answer, (size_t)r);
    if (r >= 0)
        return HOB_OK;
    hob_count(&b->counters.sends_failed);
    hob_log(b, HOB_LOG_SEND_FAILED, conn);
    hob_session_close(b, conn, HOB_CLOSE_HANDSHAKE, "the handshake could not be answered");
    return r;
}

/*
 * Someone who can touch the board is giving it another key: whoever holds the old
 * one waits until that is done.
 */
static bool adoption_under_way(const struct hob_board *b, int conn)
{
    return b->session != HOB_NONE && b->conns[b->session].key == HOB_KEY_ADOPTION &&
           b->conns[conn].key != HOB_KEY_ADOPTION;
}

/* The first frame has decrypted: only now the peer has proved its key. */
static void take_over(struct hob_board *b, int conn)
{
    if (b->session != HOB_NONE)
        hob_session_close(b, b->session, HOB_CLOSE_SUPERSEDED, "a newer session has taken over");
    b->session = (uint8_t)conn;
    b->last_cmd = 0;
    b->conns[conn].stage = HOB_CONN_HELLO;
    b->conns[conn].opened = b->now;
    if (b->conns[conn].key == HOB_KEY_NEXT) {
        hob_keys_promote(b);
        hob_session_close_others(b, conn, HOB_CLOSE_KEY_CHANGED, "the key has changed");
    }
    hob_count(&b->counters.sessions);
    hob_log(b, HOB_LOG_SESSION_OPENED, conn);
}

static int receive(struct hob_board *b, int conn, const uint8_t *data, size_t len)
{
    struct hob_conn *c = &b->conns[conn];
    struct hob_scratch *s = b->options.scratch;
    int r = hob_noise_open(&c->noise, data, len, s->in.text, HOB_MAX_FRAME);
    if (r < 0) {
        note_failure(b, conn);
        hob_session_close(b, conn, HOB_CLOSE_HANDSHAKE, "a frame did not decrypt");
        return r;
    }
    c->heard = b->now;
    if (c->stage == HOB_CONN_FIRST_FRAME && adoption_under_way(b, conn)) {
        hob_session_close(b, conn, HOB_CLOSE_SUPERSEDED, "adoption is under way");
        return HOB_ERR_STATE;
    }
    if (c->stage == HOB_CONN_FIRST_FRAME)
        take_over(b, conn);
    return hob_dispatch(b, conn, (size_t)r);
}

static bool is_open(const struct hob_board *b, int conn)
{
    return conn >= 0 && conn < HOB_MAX_CONNS && b->conns[conn].stage != HOB_CONN_FREE;
}

static int find_stage(const struct hob_board *b, enum hob_conn_stage stage)
{
    int oldest = HOB_ERR_SPACE;
    for (int i = 0; i < HOB_MAX_CONNS; i++) {
        const struct hob_conn *c = &b->conns[i];
        if (c->stage == (uint8_t)stage && (oldest < 0 || c->opened < b->conns[oldest].opened))
            oldest = i;
    }
    return oldest;
}

/*
 * A place for a newcomer. Whoever opens connections and says nothing, or repeats
 * an overheard message 1, does not keep the server out.
 */
static int find_place(struct hob_board *b)
{
    int conn = find_stage(b, HOB_CONN_FREE);
    if (conn >= 0)
        return conn;
    conn = find_stage(b, HOB_CONN_MESSAGE_1);
    if (conn < 0)
        conn = find_stage(b, HOB_CONN_FIRST_FRAME);
    if (conn < 0 || (b->conns[conn].stage == HOB_CONN_FIRST_FRAME &&
                     b->now - b->conns[conn].heard < ANSWERED_MS))
        return HOB_ERR_SPACE;
    hob_session_close(b, conn, HOB_CLOSE_SILENT, "others want to shake hands");
    return conn;
}

int hob_conn_open(struct hob_board *b, uint64_t now_ms)
{
    hob_run_due(b, now_ms);
    hob_run_report(b);
    int conn = find_place(b);
    if (conn < 0)
        return conn;
    struct hob_conn *c = &b->conns[conn];
    memset(c, 0, sizeof *c);
    c->stage = HOB_CONN_MESSAGE_1;
    c->opened = c->heard = b->now;
    return conn;
}

int hob_conn_message(struct hob_board *b, int conn, const uint8_t *data, size_t len,
                     uint64_t now_ms)
{
    if (!is_open(b, conn))
        return HOB_ERR_ARG;
    /* What was due before this message comes before it. */
    hob_run_due(b, now_ms);
    if (!is_open(b, conn)) {
        hob_run_report(b);
        return HOB_ERR_STATE;
    }
    if (len > HOB_MAX_MESSAGE) {
        hob_conn_violation(b, conn, now_ms);
        return HOB_ERR_TOO_LONG;
    }
    int r = b->conns[conn].stage == HOB_CONN_MESSAGE_1 ? shake_hands(b, conn, data, len)
                                                       : receive(b, conn, data, len);
    hob_run_report(b);
    return r;
}

void hob_conn_violation(struct hob_board *b, int conn, uint64_t now_ms)
{
    if (!is_open(b, conn))
        return;
    hob_run_due(b, now_ms);
    hob_count(&b->counters.bad_frames);
    hob_log(b, HOB_LOG_BAD_FRAME, HOB_ERR_TOO_LONG);
    hob_session_close(b, conn, HOB_CLOSE_BAD_FRAME, "not a binary message of the allowed length");
    hob_run_report(b);
}

void hob_conn_closed(struct hob_board *b, int conn, uint64_t now_ms)
{
    if (!is_open(b, conn))
        return;
    hob_run_due(b, now_ms);
    if (is_open(b, conn))
        free_conn(b, conn, 0);
    hob_run_report(b);
}

/* Uptime at which a connection has been silent for too long. */
static uint64_t limit(const struct hob_conn *c)
{
    if (c->stage == HOB_CONN_FREE)
        return UINT64_MAX;
    if (c->stage == HOB_CONN_MESSAGE_1)
        return c->opened + MESSAGE_1_MS;
    if (c->stage == HOB_CONN_FIRST_FRAME)
        return c->opened + HANDSHAKE_MS;
    uint64_t silent = c->heard + SILENCE_MS;
    uint64_t over = c->opened + ADOPTION_SESSION_MS;
    return c->key == HOB_KEY_ADOPTION && over < silent ? over : silent;
}

/* Who came by the adoption key has nothing more to do here. */
static void close_adoption(struct hob_board *b)
{
    for (int i = 0; i < HOB_MAX_CONNS; i++) {
        if (b->conns[i].stage > HOB_CONN_MESSAGE_1 && b->conns[i].key == HOB_KEY_ADOPTION)
            hob_session_close(b, i, HOB_CLOSE_HANDSHAKE, "adoption is closed");
    }
}

void hob_session_tick(struct hob_board *b)
{
    if (!hob_keys_adoption_open(b))
        close_adoption(b);
    for (int i = 0; i < HOB_MAX_CONNS; i++) {
        if (b->now >= limit(&b->conns[i]))
            hob_session_close(b, i, HOB_CLOSE_SILENT, "nothing was heard for too long");
    }
}

uint64_t hob_session_due(const struct hob_board *b)
{
    uint64_t due = UINT64_MAX;
    for (int i = 0; i < HOB_MAX_CONNS; i++) {
        uint64_t at = limit(&b->conns[i]);
        if (at < due)
            due = at;
    }
    return due;
}
