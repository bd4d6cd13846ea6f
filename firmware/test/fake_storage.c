/*
 * The memory of a board on a bench, for settings and for firmware; see fake_board.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "fake_parts.h"

#include <string.h>

/* ---- settings ---- */

static int storage_read(void *ctx, enum hob_slot slot, uint8_t *buf, size_t cap)
{
    struct fake_board *f = ctx;
    const struct fake_slot *s = &f->slots[slot];
    if (f->unreadable || s->len > cap)
        return -1;
    memcpy(buf, s->data, s->len);
    return (int)s->len;
}

/* A write that power fails in: the start is new, the rest old or gone. */
static void torn_write(struct fake_board *f, struct fake_slot *s, const uint8_t *data, size_t len)
{
    size_t done = f->cut_at < len ? f->cut_at : len;
    if (done > 0)
        memcpy(s->data, data, done);
    if (f->cut_short || s->len < done)
        s->len = done;
    if (len == 0 && f->cut_short)
        s->len = 0;
    f->cut_len = len;
    f->dead = true;
}

static int storage_write(void *ctx, enum hob_slot slot, const uint8_t *data, size_t len)
{
    struct fake_board *f = ctx;
    struct fake_slot *s = &f->slots[slot];
    f->writes++;
    if (f->dead || f->full)
        return -1;
    if (f->writes == f->cut_write) {
        torn_write(f, s, data, len);
        return -1;
    }
    if (len > 0)
        memcpy(s->data, data, len);
    s->len = len;
    return 0;
}

/* ---- firmware ---- */

static int update_begin(void *ctx, uint32_t size)
{
    struct fake_images *m = &((struct fake_board *)ctx)->images;
    m->written = 0;
    m->booted = false;
    return size <= (m->room > 0 ? m->room : FAKE_IMAGE) ? 0 : -1;
}

static int update_write(void *ctx, uint32_t at, const uint8_t *data, size_t len)
{
    struct fake_board *f = ctx;
    if (at != f->images.written || len > FAKE_IMAGE - at)
        f->faults++;
    if (f->images.broken || len > FAKE_IMAGE - at)
        return -1;
    memcpy(f->images.data + at, data, len);
    f->images.written += (uint32_t)len;
    return 0;
}

static int update_read(void *ctx, uint32_t at, uint8_t *buf, size_t len)
{
    struct fake_board *f = ctx;
    if (at + len > f->images.written)
        f->faults++;
    if (f->images.broken || at + len > FAKE_IMAGE)
        return -1;
    memcpy(buf, f->images.data + at, len);
    return 0;
}

static int update_boot(void *ctx)
{
    struct fake_board *f = ctx;
    f->images.booted = !f->images.unbootable;
    return f->images.unbootable ? -1 : 0;
}

static bool update_on_trial(void *ctx)
{
    return ((struct fake_board *)ctx)->images.on_trial;
}

static int update_keep(void *ctx)
{
    struct fake_board *f = ctx;
    f->images.keeps++;
    f->images.on_trial = f->images.unkeepable;
    return f->images.unkeepable ? -1 : 0;
}

static void update_undo(void *ctx)
{
    struct fake_board *f = ctx;
    f->images.undone++;
    f->restarts++;
}

void fake_storage_port(struct hob_port *port)
{
    port->storage_read = storage_read;
    port->storage_write = storage_write;
    port->update_begin = update_begin;
    port->update_write = update_write;
    port->update_read = update_read;
    port->update_boot = update_boot;
    port->update_on_trial = update_on_trial;
    port->update_keep = update_keep;
    port->update_undo = update_undo;
}
