/*
 * A board on a bench; see fake_board.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "fake_parts.h"

#include <string.h>

const uint8_t fake_key[HOB_KEY_LEN] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                       12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                       23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

static void restart(void *ctx)
{
    struct fake_board *f = ctx;
    f->restarts++;
}

static void adoption_changed(void *ctx)
{
    struct fake_board *f = ctx;
    f->adoption_changes++;
}

static void stats(void *ctx, struct hob_stats *out)
{
    struct fake_board *f = ctx;
    *out = f->stats;
}

static void log_line(void *ctx, enum hob_log what, int32_t detail)
{
    struct fake_board *f = ctx;
    (void)detail;
    f->logged[what]++;
}

void fake_make(struct fake_board *f, uint64_t seed)
{
    memset(f, 0, sizeof *f);
    f->sda = f->scl = HOB_NO_PIN;
    f->crypto = fake_crypto(&f->random, seed);
    f->port = (struct hob_port){
        .restart = restart,
        .adoption_changed = adoption_changed,
        .stats = stats,
        .log = log_line,
        .ctx = f,
    };
    fake_pins_port(&f->port);
    fake_sensors_port(&f->port);
    fake_storage_port(&f->port);
    fake_link_port(&f->port);
    f->options = (struct hob_options){
        .id = "hob-7c9ebd",
        .chip = "esp32",
        .fw = "0.1.0",
        .reset = HOB_RESET_POWER_ON,
        .build_unix_ms = 1700000000000u,
        .port = &f->port,
        .crypto = &f->crypto,
        .scratch = &f->scratch,
    };
}

int fake_boot(struct fake_board *f)
{
    bool outside[FAKE_PINS];
    for (int i = 0; i < FAKE_PINS; i++)
        outside[i] = f->pins[i].outside;
    memset(f->pins, 0, sizeof f->pins);
    for (int i = 0; i < FAKE_PINS; i++)
        f->pins[i].outside = outside[i];
    memset(f->peers, 0, sizeof f->peers);
    for (int i = 0; i < FAKE_SENSORS; i++)
        f->sensors[i].open = f->sensors[i].started = false;
    f->sda = f->scl = HOB_NO_PIN;
    /* Power that has failed once stays. */
    if (f->dead)
        f->cut_write = 0;
    f->dead = false;
    f->now = 0;
    fake_clear(f);
    return hob_init(&f->board, &f->options, f->now);
}

void fake_run(struct fake_board *f, uint64_t ms)
{
    uint64_t end = f->now + ms;
    while (f->now < end) {
        uint32_t step = hob_next_tick(&f->board, f->now);
        if (step == 0)
            step = 1;
        f->now = end - f->now < step ? end : f->now + step;
        (void)hob_tick(&f->board, f->now);
    }
}

void fake_set(struct fake_board *f, uint8_t pin, bool level)
{
    f->pins[pin].outside = level;
    hob_input_changed(&f->board, pin, f->now);
}

struct hob_point_status fake_point(const struct fake_board *f, const char *name)
{
    struct hob_point_status p;
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        if (hob_get_point(&f->board, i, &p) == HOB_OK && strcmp(p.name, name) == 0)
            return p;
    }
    memset(&p, 0, sizeof p);
    p.cause = "";
    return p;
}
