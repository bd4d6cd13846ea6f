/*
 * Any text as a configuration, after another one. The input is two lists of
 * items, one a line, with a line "then" between them. What is accepted must be
 * stored, must come back after a boot, and must leave the pins as they are on a
 * board that never had another configuration; what is refused changes nothing.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "hob_staging.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct fake_board f;
static struct fake_board fresh;

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Commits the items without a session. Result: whether they were accepted. */
static bool commit(struct fake_board *board, const uint8_t *data, size_t size, const char *rev)
{
    struct hob_sha256 s;
    struct hob_fault fault;
    uint8_t hash[HOB_HASH_LEN];
    uint32_t lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    (void)board->crypto.sha256_start(board->crypto.ctx, &s);
    (void)board->crypto.sha256_update(board->crypto.ctx, &s, data, size);
    (void)board->crypto.sha256_finish(board->crypto.ctx, &s, hash);
    hob_staging_begin(&board->board, rev, lines, hash);
    for (uint32_t n = 0; n < lines; n++) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t len = (size_t)(end - data);
        hob_staging_item(&board->board, n, (const char *)data, len);
        data += len + 1;
        size -= len + 1;
    }
    int r = hob_staging_commit(&board->board, rev, &fault);
    must(r == HOB_OK || (r == HOB_ERR_VALUE && fault.code != HOB_FAULT_NONE));
    return r == HOB_OK;
}

static void start(struct fake_board *board)
{
    fake_make(board, 67);
    (void)fake_boot(board);
}

/* Pins are what they are, whatever way led there. */
static void same_pins(void)
{
    for (int i = 0; i < FAKE_PINS; i++) {
        const struct fake_pin *a = &f.pins[i];
        const struct fake_pin *b = &fresh.pins[i];
        must(a->mode == b->mode);
        must(a->mode != FAKE_PWM || a->freq == b->freq);
        must(a->mode != FAKE_STRIP || a->count == b->count);
        must(a->mode != FAKE_INPUT || a->pull == b->pull);
    }
    for (size_t i = 0; i < sizeof f.sensors / sizeof f.sensors[0]; i++) {
        must(f.sensors[i].open == fresh.sensors[i].open);
        must(!f.sensors[i].open || f.sensors[i].kind == fresh.sensors[i].kind);
    }
    must(f.sda == fresh.sda && f.scl == fresh.scl);
    for (int k = 0; k < HOB_MAX_THERMOSTATS; k++)
        must(!f.board.thermostats[k].used ||
             f.board.points[f.board.thermostats[k].config.relay].config.kind == HOB_KIND_RELAY);
    must(f.faults == 0 && fresh.faults == 0);
}

/* Where the second list begins, and where the first ends; size if there is none. */
static size_t split(const uint8_t *data, size_t size, size_t *end)
{
    static const char word[] = "then\n";
    for (size_t i = 0; i + 5 <= size; i++) {
        if (memcmp(data + i, word, 5) == 0 && (i == 0 || data[i - 1] == '\n')) {
            *end = i;
            return i + 5;
        }
    }
    *end = size;
    return size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t end = 0;
    size_t second = split(data, size, &end);
    start(&f);
    start(&fresh);
    (void)commit(&f, data, end, "1");
    fake_run(&f, 100);
    bool after = commit(&f, data + second, size - second, "2");
    fake_run(&f, 100);
    if (!after)
        return 0;
    must(strcmp(f.board.rev, "2") == 0);
    must(commit(&fresh, data + second, size - second, "2"));
    same_pins();
    (void)fake_boot(&f);
    must(!f.board.config_refused && strcmp(f.board.rev, "2") == 0);
    same_pins();
    return 0;
}
