/*
 * Configurations as text; see hob_staging.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_staging.h"

#include <string.h>

#include "hob_apply.h"
#include "hob_log.h"
#include "hob_name.h"
#include "hob_plan.h"
#include "hob_restore.h"
#include "hob_store.h"
#include "hob_text.h"

/* Where things are in the record buffer. */
#define REV HOB_RECORD_HEAD
#define COUNT (REV + HOB_REV_SIZE)
#define ITEMS (COUNT + 2u)

_Static_assert(ITEMS + HOB_MAX_CONFIG_BYTES + HOB_MAX_ITEMS + HOB_RECORD_TAIL <= HOB_MAX_RECORD,
               "the longest configuration fits its record");

void hob_staging_begin(struct hob_board *b, const char *rev, uint32_t items,
                       const uint8_t sha256[HOB_HASH_LEN])
{
    struct hob_staging *s = &b->staging;
    hob_staging_abandon(b);
    s->open = true;
    s->expected = items;
    s->used = ITEMS;
    hob_text_copy(s->rev, sizeof s->rev, rev);
    memcpy(s->sha256, sha256, HOB_HASH_LEN);
    memset(s->record + REV, 0, HOB_REV_SIZE);
    hob_text_copy((char *)s->record + REV, HOB_REV_SIZE, rev);
    if (items > HOB_MAX_ITEMS)
        s->error = HOB_FAULT_TOO_MANY;
}

void hob_staging_abandon(struct hob_board *b)
{
    struct hob_staging *s = &b->staging;
    s->open = false;
    s->used = s->text = 0;
    s->expected = s->count = 0;
    s->error = HOB_FAULT_NONE;
    s->error_item = 0;
}

static void note(struct hob_staging *s, enum hob_fault_code code, uint32_t item)
{
    if (s->error == HOB_FAULT_NONE) {
        s->error = (uint8_t)code;
        s->error_item = item;
    }
}

void hob_staging_item(struct hob_board *b, uint32_t n, const char *text, size_t len)
{
    struct hob_staging *s = &b->staging;
    if (!s->open || s->error != HOB_FAULT_NONE)
        return;
    if (n != s->count || n >= s->expected) {
        note(s, HOB_FAULT_BAD_ITEM, s->count);
    } else if (s->text + len + 1 > HOB_MAX_CONFIG_BYTES) {
        note(s, HOB_FAULT_TOO_LARGE, n);
    } else {
        hob_put16(s->record + s->used, (uint32_t)len);
        memcpy(s->record + s->used + 2, text, len);
        s->used += len + 2;
        s->text += len + 1;
        s->count++;
    }
}

/* Steps through the items of a record that ends at used. False at the end. */
static bool next_item(const uint8_t *record, size_t used, size_t *at, const char **text,
                      size_t *len)
{
    if (*at + 2 > used)
        return false;
    *len = hob_get16(record + *at);
    if (*len > used - *at - 2)
        return false;
    *text = (const char *)record + *at + 2;
    *at += *len + 2;
    return true;
}

/* The hash over the items of a record that ends at used, as docs/wire.md has it. */
static int hash_items(struct hob_board *b, size_t used, uint8_t got[HOB_HASH_LEN])
{
    const struct hob_crypto *c = b->options.crypto;
    const struct hob_staging *s = &b->staging;
    struct hob_sha256 hash;
    const char *text;
    size_t len;
    size_t at = ITEMS;
    int r = c->sha256_start(c->ctx, &hash);
    while (r >= 0 && next_item(s->record, used, &at, &text, &len)) {
        r = c->sha256_update(c->ctx, &hash, (const uint8_t *)text, len);
        if (r >= 0)
            r = c->sha256_update(c->ctx, &hash, (const uint8_t *)"\n", 1);
    }
    if (r >= 0)
        r = c->sha256_finish(c->ctx, &hash, got);
    c->sha256_abort(c->ctx, &hash);
    return r < 0 ? r : HOB_OK;
}

/* One pass over the items with one of the two readers of hob_plan. */
static int read_items(struct hob_board *b, size_t used,
                      int (*reader)(const struct hob_item *, struct hob_fault *),
                      struct hob_fault *fault)
{
    struct hob_item item = {
        .plan = &b->options.scratch->out.plan,
        .chip = b->chip,
        .tokens = b->options.scratch->tokens,
        .token_cap = sizeof b->options.scratch->tokens / sizeof b->options.scratch->tokens[0],
    };
    size_t at = ITEMS;
    while (next_item(b->staging.record, used, &at, &item.text, &item.len)) {
        int r = reader(&item, fault);
        if (r < 0)
            return r;
        item.number++;
    }
    return HOB_OK;
}

/* Reads all items into scratch.out.plan. */
static int plan(struct hob_board *b, size_t used, struct hob_fault *fault)
{
    hob_plan_init(&b->options.scratch->out.plan);
    int r = read_items(b, used, hob_plan_item, fault);
    return r < 0 ? r : read_items(b, used, hob_plan_link, fault);
}

/* What can be said before the items are read. */
static int check_whole(struct hob_board *b, const char *rev, struct hob_fault *fault)
{
    const struct hob_staging *s = &b->staging;
    if (!s->open || strcmp(rev, s->rev) != 0)
        return hob_fault_set(fault, HOB_FAULT_MISSING, -1, NULL,
                             "no configuration of this revision was begun");
    if (s->error == HOB_FAULT_TOO_MANY)
        return hob_fault_set(fault, HOB_FAULT_TOO_MANY, -1, "items", "too many items");
    if (s->error == HOB_FAULT_TOO_LARGE)
        return hob_fault_set(fault, HOB_FAULT_TOO_LARGE, (int32_t)s->error_item, NULL,
                             "the configuration is too large");
    if (s->error != HOB_FAULT_NONE)
        return hob_fault_set(fault, HOB_FAULT_BAD_ITEM, (int32_t)s->error_item, NULL,
                             "another item was expected here");
    if (s->count < s->expected)
        return hob_fault_set(fault, HOB_FAULT_MISSING, (int32_t)s->count, NULL,
                             "this item has not come");
    uint8_t got[HOB_HASH_LEN];
    if (hash_items(b, s->used, got) < 0 || memcmp(got, s->sha256, sizeof got) != 0)
        return hob_fault_set(fault, HOB_FAULT_HASH_MISMATCH, -1, NULL,
                             "the items are not those that were announced");
    return HOB_OK;
}

static int store(struct hob_board *b, struct hob_fault *fault)
{
    struct hob_staging *s = &b->staging;
    hob_put16(s->record + COUNT, s->count);
    if (hob_store_save(b, HOB_RECORD_CONFIG, s->record, sizeof s->record,
                       s->used - HOB_RECORD_HEAD) == HOB_OK)
        return HOB_OK;
    return hob_fault_set(fault, HOB_FAULT_STORAGE, -1, NULL, "it could not be stored");
}

/* Whether what has come is what is stored and in force, byte for byte. */
static bool in_force(const struct hob_board *b, const char *rev)
{
    return b->config_hashed && strcmp(b->rev, rev) == 0 &&
           !b->records[HOB_RECORD_CONFIG].doubtful &&
           memcmp(b->config_sha256, b->staging.sha256, HOB_HASH_LEN) == 0;
}

int hob_staging_commit(struct hob_board *b, const char *rev, struct hob_fault *fault)
{
    int r = check_whole(b, rev, fault);
    if (r == HOB_OK && in_force(b, rev)) {
        /* Flash wears out, and there is nothing to change. */
        hob_staging_abandon(b);
        return HOB_OK;
    }
    if (r == HOB_OK)
        r = plan(b, b->staging.used, fault);
    if (r == HOB_OK)
        r = store(b, fault);
    if (r == HOB_OK) {
        hob_apply(b, &b->options.scratch->out.plan, HOB_CAUSE_CONFIG);
        hob_text_copy(b->rev, sizeof b->rev, rev);
        b->config_refused = false;
        memcpy(b->config_sha256, b->staging.sha256, HOB_HASH_LEN);
        b->config_hashed = true;
        hob_log(b, HOB_LOG_CONFIG_APPLIED, b->options.scratch->out.plan.point_count);
    } else {
        hob_log(b, HOB_LOG_CONFIG_ERROR, fault->item);
    }
    hob_staging_abandon(b);
    return r;
}

/* Whether a record that is intact has the shape of a configuration at all. */
static bool well_formed(const uint8_t *record, size_t used)
{
    if (used < ITEMS || record[REV + HOB_REV_SIZE - 1] != 0 ||
        !hob_name_is_rev((const char *)record + REV))
        return false;
    const char *text;
    size_t len;
    size_t at = ITEMS;
    uint32_t n = 0;
    while (next_item(record, used, &at, &text, &len))
        n++;
    return at == used && n == hob_get16(record + COUNT);
}

void hob_staging_load(struct hob_board *b)
{
    struct hob_staging *s = &b->staging;
    struct hob_fault fault = {.item = -1};
    int len = hob_store_load(b, HOB_RECORD_CONFIG, s->record, sizeof s->record);
    if (len == HOB_ERR_MISSING)
        return;
    size_t used = len > 0 ? HOB_RECORD_HEAD + (size_t)len : 0;
    if (!well_formed(s->record, used) || plan(b, used, &fault) != HOB_OK) {
        b->config_refused = true;
        hob_log(b, HOB_LOG_CONFIG_REFUSED, fault.item);
        return;
    }
    hob_restore_load(b);
    hob_apply(b, &b->options.scratch->out.plan, HOB_CAUSE_BOOT);
    hob_text_copy(b->rev, sizeof b->rev, (const char *)s->record + REV);
    s->used = used;
}

void hob_staging_recognise(struct hob_board *b)
{
    b->config_hashed = b->rev[0] != '\0' &&
                       hash_items(b, b->staging.used, b->config_sha256) == HOB_OK;
    hob_staging_abandon(b);
}
