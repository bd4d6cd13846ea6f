/*
 * Values to restore; see hob_restore.h.
 *
 * The record: for each output its name (16 bytes, zero-padded), kind, level and
 * last level (two bytes each, little-endian), and three bytes of colour. For each
 * thermostat that is locked: the name of its relay, and LOCKED instead of a kind.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_restore.h"

#include <string.h>

#include "hob_interlock.h"
#include "hob_point.h"
#include "hob_store.h"
#include "hob_warning.h"

#define DELAY_MS 2000u
#define INTERVAL_MS 10000u
#define ENTRY (HOB_NAME_SIZE + 8u)
#define LOCKED 0x80u

_Static_assert(HOB_RECORD_HEAD + (HOB_MAX_POINTS + HOB_MAX_THERMOSTATS) * ENTRY + HOB_RECORD_TAIL <= 2048,
               "a record of all points fits the scratch memory");

void hob_restore_touch(struct hob_board *b)
{
    if (!b->restore.dirty)
        b->restore.dirty_since = b->now;
    b->restore.dirty = true;
}

uint64_t hob_restore_due(const struct hob_board *b)
{
    if (!b->restore.dirty)
        return UINT64_MAX;
    uint64_t due = b->restore.dirty_since + DELAY_MS;
    uint64_t spaced = b->restore.written + INTERVAL_MS;
    return b->restore.ever_written && spaced > due ? spaced : due;
}

void hob_restore_tick(struct hob_board *b)
{
    if (b->now >= hob_restore_due(b))
        (void)hob_restore_flush(b);
}

uint16_t hob_restore_level(const struct hob_board *b, uint8_t i)
{
    uint16_t waiting = hob_interlock_start_level(b, i);
    if (waiting > 0)
        return waiting;
    bool passing = b->points[i].out.pulse_until > 0 || hob_warning_at(b, i);
    return passing ? 0 : b->points[i].out.level;
}

static void put_entry(uint8_t *e, const struct hob_board *b, uint8_t i)
{
    const struct hob_point *p = &b->points[i];
    memcpy(e, p->config.name, HOB_NAME_SIZE);
    e[HOB_NAME_SIZE] = p->config.kind;
    hob_put16(e + HOB_NAME_SIZE + 1, hob_restore_level(b, i));
    hob_put16(e + HOB_NAME_SIZE + 3, p->out.last_level);
    memcpy(e + HOB_NAME_SIZE + 5, p->out.rgb, 3);
}

static void put_locked(uint8_t *e, const struct hob_board *b, const struct hob_thermostat *t)
{
    memset(e, 0, ENTRY);
    memcpy(e, b->points[t->config.relay].config.name, HOB_NAME_SIZE);
    e[HOB_NAME_SIZE] = LOCKED;
}

/* Fills in the content of a record. Result: its length. */
static size_t put_entries(const struct hob_board *b, uint8_t *record)
{
    size_t len = 0;
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        const struct hob_point *p = &b->points[i];
        if (!hob_point_is_output(p) || p->config.out.boot != HOB_BOOT_RESTORE)
            continue;
        put_entry(record + HOB_RECORD_HEAD + len, b, i);
        len += ENTRY;
    }
    for (uint8_t k = 0; k < HOB_MAX_THERMOSTATS; k++) {
        if (!b->thermostats[k].used || !b->thermostats[k].schedule.locked)
            continue;
        put_locked(record + HOB_RECORD_HEAD + len, b, &b->thermostats[k]);
        len += ENTRY;
    }
    return len;
}

static void note_locks(struct hob_board *b)
{
    for (uint8_t k = 0; k < HOB_MAX_THERMOSTATS; k++)
        b->thermostats[k].lock_stored = b->thermostats[k].schedule.locked;
}

int hob_restore_flush(struct hob_board *b)
{
    if (!b->restore.dirty)
        return HOB_OK;
    uint8_t *record = b->options.scratch->out.record;
    size_t len = put_entries(b, record);
    /* After a failure the next try waits its turn like any other write. */
    b->restore.written = b->now;
    b->restore.ever_written = true;
    b->restore.dirty_since = b->now;
    b->restore.dirty = hob_store_save(b, HOB_RECORD_STATE, record,
                                      sizeof b->options.scratch->out.record, len) != HOB_OK;
    if (b->restore.dirty)
        return HOB_ERR_STORAGE;
    note_locks(b);
    return HOB_OK;
}

void hob_restore_load(struct hob_board *b)
{
    uint8_t *record = b->options.scratch->in.record;
    int len = hob_store_load(b, HOB_RECORD_STATE, record, sizeof b->options.scratch->in.record);
    /* The length is where hob_restore_find looks for it, also if there is nothing. */
    hob_put32(record + 12, len > 0 ? (uint32_t)len : 0);
}

static bool take_entry(const uint8_t *e, struct hob_value *out)
{
    uint32_t level = hob_get16(e + HOB_NAME_SIZE + 1);
    uint32_t last = hob_get16(e + HOB_NAME_SIZE + 3);
    if (level > 1000 || last > 1000)
        return false;
    out->level = (uint16_t)level;
    out->last_level = (uint16_t)last;
    memcpy(out->rgb, e + HOB_NAME_SIZE + 5, sizeof out->rgb);
    return true;
}

/* The entry of a name and a kind; NULL if there is none. */
static const uint8_t *find_entry(const struct hob_board *b, const char *name, uint8_t kind)
{
    const uint8_t *record = b->options.scratch->in.record;
    size_t len = hob_get32(record + 12);
    for (size_t at = 0; at + ENTRY <= len; at += ENTRY) {
        const uint8_t *e = record + HOB_RECORD_HEAD + at;
        if (memcmp(e, name, HOB_NAME_SIZE) == 0 && e[HOB_NAME_SIZE] == kind)
            return e;
    }
    return NULL;
}

bool hob_restore_locked(const struct hob_board *b, const char *relay)
{
    return find_entry(b, relay, LOCKED) != NULL;
}

bool hob_restore_find(const struct hob_board *b, const struct hob_point_config *config,
                      struct hob_value *out)
{
    const uint8_t *e = find_entry(b, config->name, config->kind);
    memset(out, 0, sizeof *out);
    return e != NULL && take_entry(e, out);
}
