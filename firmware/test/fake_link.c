/*
 * The server's end of the connections of a board on a bench; see fake_board.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "fake_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- what the board does ---- */

static void keep_frame(struct fake_board *f, int conn, const uint8_t *data, size_t len)
{
    struct fake_peer *peer = &f->peers[conn];
    if (f->frame_count == FAKE_FRAMES) {
        f->faults++;
        return;
    }
    struct fake_frame *frame = &f->frames[(f->frame_first + f->frame_count) % FAKE_FRAMES];
    int r = hob_noise_open(&peer->noise, data, len, (uint8_t *)frame->text, HOB_MAX_FRAME);
    if (r < 0) {
        f->faults++;
        return;
    }
    frame->text[r] = '\0';
    frame->conn = conn;
    f->frame_count++;
}

static int conn_send(void *ctx, int conn, const uint8_t *data, size_t len)
{
    struct fake_board *f = ctx;
    struct fake_peer *peer = &f->peers[conn];
    if (!peer->open)
        f->faults++;
    if (f->deaf || f->dead)
        return -1;
    if (peer->shaken) {
        keep_frame(f, conn, data, len);
        return 0;
    }
    peer->shaken = hob_noise_read_handshake(&peer->noise, data, len, NULL, 0) == 0;
    return 0;
}

static void conn_close(void *ctx, int conn, enum hob_close code, const char *reason)
{
    struct fake_board *f = ctx;
    struct fake_peer *peer = &f->peers[conn];
    if (!peer->open || strlen(reason) > 60)
        f->faults++;
    peer->open = false;
    peer->closed = (int)code;
    (void)snprintf(peer->reason, sizeof peer->reason, "%s", reason);
}

void fake_link_port(struct hob_port *port)
{
    port->conn_send = conn_send;
    port->conn_close = conn_close;
}

/* ---- what a server does ---- */

int fake_dial(struct fake_board *f, const uint8_t key[HOB_KEY_LEN])
{
    uint8_t prologue[64];
    uint8_t message[HOB_NOISE_HANDSHAKE_LEN];
    int len = snprintf((char *)prologue, sizeof prologue, "%s%s", HOB_NOISE_PROLOGUE,
                       f->options.id);
    int conn = hob_conn_open(&f->board, f->now);
    if (conn < 0)
        return conn;
    struct fake_peer *peer = &f->peers[conn];
    memset(peer, 0, sizeof *peer);
    peer->open = true;
    int r = hob_noise_init(&peer->noise, HOB_NOISE_INITIATOR, &f->crypto, key, HOB_KEY_LEN,
                           prologue, (size_t)len, HOB_MAX_MESSAGE);
    if (r == HOB_OK)
        r = hob_noise_write_handshake(&peer->noise, NULL, 0, message, sizeof message);
    if (r > 0)
        r = hob_conn_message(&f->board, conn, message, (size_t)r, f->now);
    if (r < 0)
        return r;
    return peer->shaken ? conn : HOB_ERR_AUTH;
}

int fake_session(struct fake_board *f, const uint8_t key[HOB_KEY_LEN])
{
    int conn = fake_dial(f, key);
    if (conn < 0)
        return conn;
    int r = fake_say(f, conn, "{\"t\":\"hello\",\"proto\":1,\"server\":\"0.1.0\",\"unix\":0}");
    return r < 0 ? r : conn;
}

int fake_say_bytes(struct fake_board *f, int conn, const void *data, size_t len)
{
    static uint8_t sealed[HOB_NOISE_MAX_MESSAGE];
    int r = hob_noise_seal(&f->peers[conn].noise, data, len, sealed, sizeof sealed);
    return r < 0 ? r : hob_conn_message(&f->board, conn, sealed, (size_t)r, f->now);
}

int fake_say(struct fake_board *f, int conn, const char *format, ...)
{
    static char text[HOB_MAX_FRAME + 1];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fake_say_bytes(f, conn, text, (size_t)len);
}

const char *fake_hear(struct fake_board *f)
{
    if (f->frame_count == 0)
        return "";
    const char *text = f->frames[f->frame_first].text;
    f->frame_first = (f->frame_first + 1) % FAKE_FRAMES;
    f->frame_count--;
    return text;
}

const char *fake_last(const struct fake_board *f)
{
    return f->frames[(f->frame_first + FAKE_FRAMES - 1) % FAKE_FRAMES].text;
}

const char *fake_wait(struct fake_board *f, const char *part)
{
    while (f->frame_count > 0) {
        const char *text = fake_hear(f);
        if (strstr(text, part) != NULL)
            return text;
    }
    return "";
}

void fake_clear(struct fake_board *f)
{
    f->frame_first = f->frame_count = 0;
    f->edge_count = 0;
}

/* The hash over lines, which are the items with their line ends. */
static void hash_items(struct fake_board *f, const char *items, char hex[65])
{
    struct hob_sha256 s;
    uint8_t hash[HOB_HASH_LEN];
    (void)f->crypto.sha256_start(f->crypto.ctx, &s);
    (void)f->crypto.sha256_update(f->crypto.ctx, &s, (const uint8_t *)items, strlen(items));
    (void)f->crypto.sha256_finish(f->crypto.ctx, &s, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

bool fake_configure(struct fake_board *f, int conn, const char *rev, const char *items)
{
    char hex[65];
    int count = 0;
    for (const char *p = items; *p != '\0'; p++)
        count += *p == '\n';
    hash_items(f, items, hex);
    fake_say(f, conn, "{\"t\":\"config_begin\",\"rev\":\"%s\",\"items\":%d,\"sha256\":\"%s\"}", rev,
             count, hex);
    for (int n = 0; n < count; n++) {
        const char *end = strchr(items, '\n');
        fake_say(f, conn, "{\"t\":\"config_item\",\"n\":%d,\"item\":%.*s}", n,
                 (int)(end - items), items);
        items = end + 1;
    }
    fake_say(f, conn, "{\"t\":\"config_commit\",\"rev\":\"%s\"}", rev);
    while (f->frame_count > 0) {
        const char *text = fake_hear(f);
        if (strstr(text, "\"t\":\"configured\"") != NULL)
            return true;
        if (strstr(text, "\"t\":\"config_error\"") != NULL)
            return false;
    }
    return false;
}

int fake_adopted(struct fake_board *f)
{
    if (hob_set_key(&f->board, fake_key, f->now) < 0)
        return -1;
    return fake_session(f, fake_key);
}

bool fake_start(struct fake_board *f, uint64_t seed, int *conn, const char *items, uint64_t ms)
{
    fake_make(f, seed);
    (void)fake_boot(f);
    *conn = fake_adopted(f);
    bool ok = *conn >= 0 && fake_configure(f, *conn, "1", items);
    fake_run(f, ms);
    fake_clear(f);
    return ok;
}
