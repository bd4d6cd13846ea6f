/*
 * Another firmware; see hob_update.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_update.h"

#include <string.h>

#include "hob_base64.h"
#include "hob_interlock.h"
#include "hob_log.h"
#include "hob_report.h"
#include "hob_session.h"
#include "hob_text.h"

/* A new firmware must have a session by then, and keep it for so long. */
#define TRIAL_MS 120000u
#define PROOF_MS 10000u
#define AGAIN_MS 1000u
/* Flash that is read and hashed in one turn takes a few ms. */
#define SLICE 4096u

void hob_update_load(struct hob_board *b)
{
    b->update.stage = HOB_UPDATE_NONE;
    if (b->port->update_on_trial(b->port->ctx))
        b->update.trial_until = b->now + TRIAL_MS;
}

bool hob_update_on_trial(const struct hob_board *b)
{
    return b->update.trial_until > 0;
}

/* ---- receiving ---- */

static void drop_hash(struct hob_board *b)
{
    if (b->update.hashing)
        b->options.crypto->sha256_abort(b->options.crypto->ctx, &b->update.hash);
    b->update.hashing = false;
}

static void fail(struct hob_board *b, const char *code, const char *message)
{
    drop_hash(b);
    b->update.stage = HOB_UPDATE_NONE;
    hob_log(b, HOB_LOG_UPDATE_FAILED, (int32_t)b->update.next);
    hob_report_update_failed(b, code, message);
}

/* The text that was signed, exactly; docs/wire.md has it. */
static void manifest(const struct hob_image *image, struct hob_text *t)
{
    static const char digits[] = "0123456789abcdef";
    char hex[2 * HOB_HASH_LEN + 1];
    for (size_t i = 0; i < HOB_HASH_LEN; i++) {
        hex[2 * i] = digits[image->sha256[i] >> 4];
        hex[2 * i + 1] = digits[image->sha256[i] & 15u];
    }
    hex[sizeof hex - 1] = '\0';
    hob_text_add(t, "hob.image.1\nchip ");
    hob_text_add(t, image->chip);
    hob_text_add(t, "\nfw ");
    hob_text_add(t, image->fw);
    hob_text_add(t, "\nsecurity ");
    hob_text_add_number(t, image->security);
    hob_text_add(t, "\nsize ");
    hob_text_add_number(t, image->size);
    hob_text_add(t, "\nsha256 ");
    hob_text_add(t, hex);
    hob_text_add(t, "\n");
}

static int check_signature(const struct hob_board *b, const struct hob_image *image)
{
    char buf[256]; /* with every part at its longest it is some 200 */
    struct hob_text t;
    const struct hob_crypto *c = b->options.crypto;
    hob_text_init(&t, buf, sizeof buf);
    manifest(image, &t);
    return c->verify(c->ctx, b->options.update_key, (const uint8_t *)t.buf, t.len,
                     image->signature);
}

/* What is under way already, or has just been found good. */
static bool same_as_now(const struct hob_board *b, const struct hob_image *image)
{
    return b->update.stage != HOB_UPDATE_NONE && b->update.image.size == image->size &&
           memcmp(b->update.image.sha256, image->sha256, HOB_HASH_LEN) == 0;
}

/* Whether the image may be taken; reports why not. Nothing of it is believed unsigned. */
static bool acceptable(struct hob_board *b, const struct hob_image *image)
{
    if (b->options.update_key == NULL)
        fail(b, "no_key", "this firmware was built without a key for updates");
    else if (check_signature(b, image) != HOB_OK)
        fail(b, "bad_signature", "it is not signed with this board's key");
    else if (strcmp(image->chip, b->chip->name) != 0)
        fail(b, "wrong_chip", "it is for another chip");
    else if (image->security < b->options.security)
        fail(b, "downgrade", "its security version is older than what runs");
    else if (hob_update_on_trial(b))
        fail(b, "on_trial", "what runs is on trial itself");
    else
        return true;
    return false;
}

static void report(struct hob_board *b)
{
    static const char *const names[] = {"none", "receiving", "checking", "restarting"};
    hob_report_update(b, b->update.waiting ? "wait" : names[b->update.stage]);
}

void hob_update_begin(struct hob_board *b, const struct hob_image *image)
{
    struct hob_update *u = &b->update;
    /* After a link that broke it goes on where it was. */
    if (same_as_now(b, image)) {
        report(b);
        return;
    }
    drop_hash(b);
    u->next = 0;
    u->waiting = false;
    u->stage = HOB_UPDATE_NONE;
    if (!acceptable(b, image))
        return;
    if (b->port->update_begin(b->port->ctx, image->size) < 0) {
        fail(b, "too_large", "there is no slot that it fits into");
        return;
    }
    u->image = *image;
    u->stage = HOB_UPDATE_RECEIVING;
    hob_log(b, HOB_LOG_UPDATE, (int32_t)image->size);
    report(b);
}

static void check(struct hob_board *b)
{
    const struct hob_crypto *c = b->options.crypto;
    b->update.read = 0;
    b->update.hashing = c->sha256_start(c->ctx, &b->update.hash) == HOB_OK;
    b->update.stage = HOB_UPDATE_CHECKING;
}

static void store(struct hob_board *b, const uint8_t *data, size_t len)
{
    struct hob_update *u = &b->update;
    if (b->port->update_write(b->port->ctx, u->next, data, len) < 0) {
        fail(b, "storage", "it could not be stored");
        return;
    }
    u->next += (uint32_t)len;
    if (u->next == u->image.size)
        check(b);
    report(b);
}

int hob_update_part(struct hob_board *b, uint64_t at, const char *text, size_t len)
{
    struct hob_update *u = &b->update;
    struct hob_scratch *s = b->options.scratch;
    int n = hob_base64_decode(text, len, s->in.text, HOB_MAX_PART);
    if (n <= 0)
        return HOB_ERR_VALUE;
    if (u->stage != HOB_UPDATE_RECEIVING || at != u->next) {
        report(b); /* which says what is wanted instead */
        return HOB_OK;
    }
    if ((uint32_t)n > u->image.size - u->next)
        return HOB_ERR_VALUE;
    u->waiting = hob_interlock_busy(b);
    if (u->waiting)
        report(b);
    else
        store(b, s->in.text, (size_t)n);
    return HOB_OK;
}

/* ---- checking ---- */

static void finish(struct hob_board *b)
{
    struct hob_update *u = &b->update;
    uint8_t hash[HOB_HASH_LEN];
    const struct hob_crypto *c = b->options.crypto;
    int r = c->sha256_finish(c->ctx, &u->hash, hash);
    u->hashing = false;
    if (r < 0 || memcmp(hash, u->image.sha256, sizeof hash) != 0) {
        fail(b, "hash_mismatch", "what was stored is not what was signed");
        return;
    }
    if (b->port->update_boot(b->port->ctx) < 0) {
        fail(b, "not_bootable", "this chip cannot boot it");
        return;
    }
    u->stage = HOB_UPDATE_READY;
    report(b);
    hob_shutdown(b, b->now);
    b->port->restart(b->port->ctx);
}

static void read_slice(struct hob_board *b)
{
    struct hob_update *u = &b->update;
    struct hob_scratch *s = b->options.scratch;
    const struct hob_crypto *c = b->options.crypto;
    uint32_t left = u->image.size - u->read;
    size_t len = left < SLICE ? left : SLICE;
    if (!u->hashing || b->port->update_read(b->port->ctx, u->read, s->in.text, len) < 0 ||
        c->sha256_update(c->ctx, &u->hash, s->in.text, len) < 0) {
        fail(b, "storage", "what was stored cannot be read");
        return;
    }
    u->read += (uint32_t)len;
    if (u->read == u->image.size)
        finish(b);
}

/* ---- the trial ---- */

/* Uptime at which the session has proved that this firmware can be reached; UINT64_MAX without. */
static uint64_t proved_at(const struct hob_board *b)
{
    if (!hob_session_trusted(b))
        return UINT64_MAX;
    uint64_t at = b->conns[b->session].opened + PROOF_MS;
    return at > b->update.keep_at ? at : b->update.keep_at;
}

static void judge(struct hob_board *b)
{
    struct hob_update *u = &b->update;
    if (u->trial_until == 0)
        return;
    if (b->now >= proved_at(b)) {
        if (b->port->update_keep(b->port->ctx) < 0) {
            u->keep_at = b->now + AGAIN_MS;
            return;
        }
        u->trial_until = 0;
        hob_log(b, HOB_LOG_UPDATE_KEPT, 0);
        hob_report_update(b, "kept");
    } else if (b->now >= u->trial_until && !hob_session_trusted(b)) {
        hob_log(b, HOB_LOG_UPDATE_UNDONE, 0);
        u->trial_until = 0;
        hob_shutdown(b, b->now);
        b->port->update_undo(b->port->ctx);
    }
}

void hob_update_tick(struct hob_board *b)
{
    struct hob_update *u = &b->update;
    judge(b);
    if (hob_interlock_busy(b))
        return;
    if (u->waiting) {
        u->waiting = false;
        report(b);
    }
    if (u->stage == HOB_UPDATE_CHECKING)
        read_slice(b);
}

uint64_t hob_update_due(const struct hob_board *b)
{
    const struct hob_update *u = &b->update;
    uint64_t due = UINT64_MAX;
    if (u->trial_until > 0)
        due = hob_session_trusted(b) ? proved_at(b) : u->trial_until;
    /* A pulse that holds this up has a due time of its own. */
    if ((u->waiting || u->stage == HOB_UPDATE_CHECKING) && !hob_interlock_busy(b))
        due = b->now;
    return due;
}
