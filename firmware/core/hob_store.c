/*
 * Records in two slots; see hob_store.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_store.h"

#include <string.h>

#include "hob_log.h"

static const uint8_t magic[4] = {'H', 'O', 'B', '1'};

void hob_put16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)v;
    p[1] = (uint8_t)(v >> 8);
}

uint32_t hob_get16(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

void hob_put32(uint8_t *p, uint32_t v)
{
    hob_put16(p, v);
    hob_put16(p + 2, v >> 16);
}

uint32_t hob_get32(const uint8_t *p)
{
    return hob_get16(p) | hob_get16(p + 2) << 16;
}

uint32_t hob_crc32(const uint8_t *data, size_t len)
{
    /* Reflected polynomial 0xedb88320, four bits at a time. */
    static const uint32_t nibble[16] = {
        0x00000000u, 0x1db71064u, 0x3b6e20c8u, 0x26d930acu, 0x76dc4190u, 0x6b6b51f4u,
        0x4db26158u, 0x5005713cu, 0xedb88320u, 0xf00f9344u, 0xd6d6a3e8u, 0xcb61b38cu,
        0x9b64c2b0u, 0x86d3d2d4u, 0xa00ae278u, 0xbdbdf21cu,
    };
    uint32_t crc = 0xffffffffu;
    for (size_t i = 0; i < len; i++) {
        crc ^= data[i];
        crc = (crc >> 4) ^ nibble[crc & 15u];
        crc = (crc >> 4) ^ nibble[crc & 15u];
    }
    return ~crc;
}

static enum hob_slot slot_of(enum hob_record kind, int which)
{
    return (enum hob_slot)((int)kind * 2 + which);
}

/* Length of the content if buf holds a good record of len bytes, else negative. */
static int check(enum hob_record kind, const uint8_t *buf, size_t len)
{
    if (len < HOB_RECORD_HEAD + HOB_RECORD_TAIL)
        return HOB_ERR_CORRUPT;
    uint32_t content = hob_get32(buf + 12);
    if (memcmp(buf, magic, sizeof magic) != 0 || buf[4] != (uint8_t)kind ||
        content > len - HOB_RECORD_HEAD - HOB_RECORD_TAIL)
        return HOB_ERR_CORRUPT;
    size_t checked = HOB_RECORD_HEAD + content;
    if (hob_crc32(buf, checked) != hob_get32(buf + checked))
        return HOB_ERR_CORRUPT;
    return (int)content;
}

/* Reads one slot; HOB_ERR_MISSING if it is empty. */
static int load_slot(struct hob_board *b, enum hob_record kind, int which, uint8_t *buf,
                     size_t cap)
{
    enum hob_slot slot = slot_of(kind, which);
    int len = b->port->storage_read(b->port->ctx, slot, buf, cap);
    if (len == 0)
        return HOB_ERR_MISSING;
    if (len < 0 || (size_t)len > cap) {
        hob_count(&b->counters.storage_errors);
        hob_log(b, HOB_LOG_STORAGE_READ, (int32_t)slot);
        return HOB_ERR_STORAGE;
    }
    return check(kind, buf, (size_t)len);
}

/* What to say when neither slot is good. The first write ever goes to slot 0. */
static int why_nothing(const int result[2])
{
    if (result[0] == HOB_ERR_STORAGE || result[1] == HOB_ERR_STORAGE)
        return HOB_ERR_STORAGE;
    return result[1] == HOB_ERR_MISSING ? HOB_ERR_MISSING : HOB_ERR_CORRUPT;
}

int hob_store_load(struct hob_board *b, enum hob_record kind, uint8_t *buf, size_t cap)
{
    struct hob_record_state *state = &b->records[kind];
    int result[2];
    state->newest = HOB_NONE;
    state->seq = 0;
    state->doubtful = false;
    for (int which = 0; which < 2; which++) {
        result[which] = load_slot(b, kind, which, buf, cap);
        state->doubtful = state->doubtful || result[which] == HOB_ERR_STORAGE;
        if (result[which] < 0)
            continue;
        uint32_t seq = hob_get32(buf + 8);
        /* A difference in serial numbers, so that they may wrap around. */
        if (state->newest == HOB_NONE || seq - state->seq < 0x80000000u) {
            state->newest = (uint8_t)which;
            state->seq = seq;
        }
    }
    if (state->newest == HOB_NONE)
        return why_nothing(result);
    return state->newest == 1 ? result[1] : load_slot(b, kind, 0, buf, cap);
}

int hob_store_load_older(struct hob_board *b, enum hob_record kind, uint8_t *buf, size_t cap)
{
    return load_slot(b, kind, b->records[kind].newest == 0 ? 1 : 0, buf, cap);
}

static int write_slot(struct hob_board *b, enum hob_slot slot, const uint8_t *data, size_t len)
{
    hob_count(&b->counters.storage_writes);
    if (b->port->storage_write(b->port->ctx, slot, data, len) >= 0)
        return HOB_OK;
    hob_count(&b->counters.storage_errors);
    hob_log(b, HOB_LOG_STORAGE_WRITE, (int32_t)slot);
    return HOB_ERR_STORAGE;
}

/* Writes the record to the slot that is not the newest. */
static int save_once(struct hob_board *b, enum hob_record kind, uint8_t *buf, size_t len)
{
    struct hob_record_state *state = &b->records[kind];
    memcpy(buf, magic, sizeof magic);
    hob_put32(buf + 4, (uint32_t)kind);
    hob_put32(buf + 8, state->seq + 1);
    hob_put32(buf + 12, (uint32_t)len);
    size_t checked = HOB_RECORD_HEAD + len;
    hob_put32(buf + checked, hob_crc32(buf, checked));

    int which = state->newest == 0 ? 1 : 0;
    int r = write_slot(b, slot_of(kind, which), buf, checked + HOB_RECORD_TAIL);
    if (r == HOB_OK) {
        state->newest = (uint8_t)which;
        state->seq++;
    }
    return r;
}

int hob_store_save(struct hob_board *b, enum hob_record kind, uint8_t *buf, size_t cap,
                   size_t len)
{
    struct hob_record_state *state = &b->records[kind];
    if (cap < HOB_RECORD_HEAD + HOB_RECORD_TAIL ||
        len > cap - HOB_RECORD_HEAD - HOB_RECORD_TAIL)
        return HOB_ERR_SPACE;
    int r = save_once(b, kind, buf, len);
    /* What could not be read may carry a higher number: it must go as well. */
    if (r == HOB_OK && state->doubtful)
        r = save_once(b, kind, buf, len);
    if (r == HOB_OK)
        state->doubtful = false;
    return r;
}

int hob_store_erase(struct hob_board *b, enum hob_record kind)
{
    struct hob_record_state *state = &b->records[kind];
    /* The older one first: were it the other way round, a power cut would bring it back. */
    int first = state->newest == 0 ? 1 : 0;
    int r = write_slot(b, slot_of(kind, first), NULL, 0);
    if (r == HOB_OK)
        r = write_slot(b, slot_of(kind, 1 - first), NULL, 0);
    if (r == HOB_OK)
        state->newest = HOB_NONE;
    return r;
}
