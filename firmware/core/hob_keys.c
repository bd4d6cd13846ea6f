/*
 * Keys and adoption; see hob_keys.h.
 *
 * The record: flags (1 current, 2 next, 4 code), the current key, the next one,
 * and the 26 characters of the code; what a flag denies is zero.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_keys.h"

#include <string.h>

#include "hob_log.h"
#include "hob_store.h"

#define ADOPTION_MS 600000u
#define SCRUB_RETRY_MS 10000u
#define HAS_CURRENT 1u
#define HAS_NEXT 2u
#define HAS_CODE 4u
/* Where things are in the content, after the byte of flags. */
#define CURRENT ((size_t)1)
#define NEXT (CURRENT + HOB_KEY_LEN)
#define CODE (NEXT + HOB_KEY_LEN)
#define CONTENT (CODE + HOB_CODE_LEN)
#define RECORD (HOB_RECORD_HEAD + CONTENT + HOB_RECORD_TAIL)

static void encode(const struct hob_keys *k, uint8_t *p)
{
    memset(p, 0, CONTENT);
    p[0] = (uint8_t)((k->has_current ? HAS_CURRENT : 0u) | (k->has_next ? HAS_NEXT : 0u) |
                     (k->has_code ? HAS_CODE : 0u));
    if (k->has_current)
        memcpy(p + CURRENT, k->current, HOB_KEY_LEN);
    if (k->has_next)
        memcpy(p + NEXT, k->next, HOB_KEY_LEN);
    if (k->has_code)
        memcpy(p + CODE, k->code, HOB_CODE_LEN);
}

static void decode(struct hob_keys *k, const uint8_t *p)
{
    k->has_current = (p[0] & HAS_CURRENT) != 0;
    k->has_next = (p[0] & HAS_NEXT) != 0;
    k->has_code = (p[0] & HAS_CODE) != 0;
    memcpy(k->current, p + CURRENT, HOB_KEY_LEN);
    memcpy(k->next, p + NEXT, HOB_KEY_LEN);
    memcpy(k->code, p + CODE, HOB_CODE_LEN);
    k->code[HOB_CODE_LEN] = '\0';
}

static int save(struct hob_board *b, const struct hob_keys *k)
{
    uint8_t record[RECORD];
    encode(k, record + HOB_RECORD_HEAD);
    int r = hob_store_save(b, HOB_RECORD_KEYS, record, sizeof record, CONTENT);
    hob_wipe(record, sizeof record);
    return r;
}

/* Writes as often as it takes to have nothing else in either slot. */
static void scrub(struct hob_board *b)
{
    while (b->keys.scrubs > 0 && save(b, &b->keys) == HOB_OK)
        b->keys.scrubs--;
    b->keys.scrub_at = b->now + SCRUB_RETRY_MS;
}

/* Stores the new keys, and only then makes them the board's. */
static int replace(struct hob_board *b, struct hob_keys *k)
{
    int r = save(b, k);
    if (r == HOB_OK) {
        b->keys = *k;
        b->keys.scrubs = 1;
        scrub(b);
    }
    hob_wipe(k, sizeof *k);
    return r;
}

static int make_code(const struct hob_board *b, char *code)
{
    static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    uint8_t bits[16];
    if (b->options.crypto->random(b->options.crypto->ctx, bits, sizeof bits) < 0)
        return HOB_ERR_CRYPTO;
    /* 26 digits have 130 bits: the first one starts with two zeros. */
    uint32_t window = 0;
    unsigned have = 2;
    size_t next = 0;
    for (size_t i = 0; i < HOB_CODE_LEN; i++) {
        if (have < 5) {
            window = (window << 8 | bits[next++]) & 0xffffu;
            have += 8;
        }
        have -= 5;
        code[i] = digits[window >> have & 31u];
    }
    code[HOB_CODE_LEN] = '\0';
    hob_wipe(bits, sizeof bits);
    return HOB_OK;
}

static void new_code(const struct hob_board *b, struct hob_keys *k)
{
    k->has_code = make_code(b, k->code) == HOB_OK;
}

static void announce(struct hob_board *b, enum hob_log what)
{
    hob_log(b, what, 0);
    b->port->adoption_changed(b->port->ctx);
}

static void first_power_up(struct hob_board *b)
{
    struct hob_keys *k = &b->keys;
    new_code(b, k);
    if (!k->has_code) {
        hob_log(b, HOB_LOG_CRYPTO, HOB_ERR_CRYPTO);
        return;
    }
    /* Not stored: then the next boot is the first power-up again. */
    (void)save(b, k);
    k->adoption_until = b->now + ADOPTION_MS;
    announce(b, HOB_LOG_ADOPTION_OPEN);
}

/* Whether the older slot has anything but what is in force: power failed before it was cleaned. */
static bool has_residue(struct hob_board *b, const uint8_t *record)
{
    uint8_t older[RECORD];
    int r = hob_store_load_older(b, HOB_RECORD_KEYS, older, sizeof older);
    bool same = r == (int)CONTENT &&
                memcmp(older + HOB_RECORD_HEAD, record + HOB_RECORD_HEAD, CONTENT) == 0;
    hob_wipe(older, sizeof older);
    return !same && r != HOB_ERR_MISSING && r != HOB_ERR_STORAGE;
}

void hob_keys_load(struct hob_board *b)
{
    uint8_t record[RECORD];
    memset(&b->keys, 0, sizeof b->keys);
    int r = hob_store_load(b, HOB_RECORD_KEYS, record, sizeof record);
    if (r == (int)CONTENT) {
        decode(&b->keys, record + HOB_RECORD_HEAD);
        b->keys.scrubs = has_residue(b, record) ? 1 : 0;
    }
    hob_wipe(record, sizeof record);
    b->keys.unread = r == HOB_ERR_STORAGE;
    b->keys.scrub_at = b->now + (b->keys.unread ? SCRUB_RETRY_MS : 0);
    if (r == HOB_ERR_MISSING)
        first_power_up(b);
}

/* Tries to read once more what could not be read. */
static int load_again(struct hob_board *b)
{
    if (!b->keys.unread)
        return HOB_OK;
    hob_keys_load(b);
    if (b->keys.unread)
        return HOB_ERR_STORAGE;
    b->port->adoption_changed(b->port->ctx);
    return HOB_OK;
}

bool hob_keys_adopted(const struct hob_board *b)
{
    return b->keys.has_current;
}

bool hob_keys_adoption_open(const struct hob_board *b)
{
    return b->keys.has_code && b->now < b->keys.adoption_until;
}

int hob_keys_get(const struct hob_board *b, enum hob_key_used which, uint8_t out[HOB_KEY_LEN])
{
    static const char label[] = "hob.adopt.1";
    const struct hob_keys *k = &b->keys;
    const struct hob_crypto *c = b->options.crypto;
    if (which == HOB_KEY_NEXT && k->has_next)
        memcpy(out, k->next, HOB_KEY_LEN);
    else if (which == HOB_KEY_CURRENT && k->has_current)
        memcpy(out, k->current, HOB_KEY_LEN);
    else if (which == HOB_KEY_ADOPTION && hob_keys_adoption_open(b))
        return c->hmac_sha256(c->ctx, (const uint8_t *)label, sizeof label - 1,
                              (const uint8_t *)k->code, HOB_CODE_LEN, out);
    else
        return HOB_ERR_MISSING;
    return HOB_OK;
}

int hob_keys_adopt(struct hob_board *b, const uint8_t key[HOB_KEY_LEN])
{
    if (hob_all_zero(key, HOB_KEY_LEN))
        return HOB_ERR_KEY;
    struct hob_keys k = {.has_current = true};
    memcpy(k.current, key, HOB_KEY_LEN);
    int r = replace(b, &k);
    if (r == HOB_OK)
        announce(b, HOB_LOG_KEY_STORED);
    return r;
}

int hob_keys_rotate(struct hob_board *b, const uint8_t key[HOB_KEY_LEN])
{
    if (hob_all_zero(key, HOB_KEY_LEN))
        return HOB_ERR_KEY;
    struct hob_keys k = b->keys;
    memcpy(k.next, key, HOB_KEY_LEN);
    k.has_next = true;
    int r = save(b, &k);
    if (r == HOB_OK) {
        b->keys = k;
        hob_log(b, HOB_LOG_KEY_STORED, 0);
    }
    hob_wipe(&k, sizeof k);
    return r;
}

void hob_keys_promote(struct hob_board *b)
{
    struct hob_keys *k = &b->keys;
    memcpy(k->current, k->next, HOB_KEY_LEN);
    k->has_current = true;
    k->has_next = false;
    hob_wipe(k->next, HOB_KEY_LEN);
    /* Once for the new record and once over the old one. If that fails, a boot finds
     * current and next as they were, and next fits as well as before. */
    k->scrubs = 2;
    scrub(b);
}

int hob_keys_forget(struct hob_board *b)
{
    struct hob_keys k = {.has_current = false};
    new_code(b, &k);
    int r = replace(b, &k);
    if (r == HOB_OK)
        announce(b, HOB_LOG_KEYS_WIPED);
    return r;
}

int hob_keys_open_adoption(struct hob_board *b)
{
    /* A code over keys that could not be read would be the end of those. */
    if (load_again(b) != HOB_OK)
        return HOB_ERR_STORAGE;
    if (!b->keys.has_code) {
        struct hob_keys k = b->keys;
        new_code(b, &k);
        int r = k.has_code ? save(b, &k) : HOB_ERR_CRYPTO;
        if (r == HOB_OK)
            b->keys = k;
        hob_wipe(&k, sizeof k);
        if (r != HOB_OK)
            return r;
    }
    b->keys.adoption_until = b->now + ADOPTION_MS;
    announce(b, HOB_LOG_ADOPTION_OPEN);
    return HOB_OK;
}

void hob_keys_tick(struct hob_board *b)
{
    struct hob_keys *k = &b->keys;
    if (k->adoption_until > 0 && b->now >= k->adoption_until) {
        k->adoption_until = 0;
        announce(b, HOB_LOG_ADOPTION_CLOSED);
    }
    if (k->unread && b->now >= k->scrub_at)
        (void)load_again(b);
    if (k->scrubs > 0 && b->now >= k->scrub_at)
        scrub(b);
}

uint64_t hob_keys_due(const struct hob_board *b)
{
    const struct hob_keys *k = &b->keys;
    uint64_t due = k->adoption_until > 0 ? k->adoption_until : UINT64_MAX;
    return (k->scrubs > 0 || k->unread) && k->scrub_at < due ? k->scrub_at : due;
}

int hob_setup_code(const struct hob_board *b, char out[HOB_SETUP_CODE_SIZE])
{
    if (!b->keys.has_code)
        return HOB_ERR_STATE;
    /* XXXXX-XXXXX-XXXXX-XXXXX-XXXXXX */
    size_t n = 0;
    for (size_t i = 0; i < HOB_CODE_LEN; i++) {
        if (i > 0 && i % 5 == 0 && i < 25)
            out[n++] = '-';
        out[n++] = b->keys.code[i];
    }
    out[n] = '\0';
    return (int)n;
}
