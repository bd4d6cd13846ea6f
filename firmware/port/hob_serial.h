/*
 * hob_serial: provisioning over a cable, as docs/provisioning.md has it: lines
 * with a JSON object and a checksum, among whatever else the port carries. The
 * bytes, and what is done, are the caller's.
 *
 * Whoever holds the cable can write the whole flash, so nothing here asks for a
 * secret first; keys and passwords go in and never come out.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_SERIAL_H
#define HOB_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hob.h"
#include "hob_wifi.h"

/* The longest line in bytes, its end not counted. */
#define HOB_SERIAL_MAX 1024u

/* A line being received. All zero to begin with. */
struct hob_serial_line {
    char text[HOB_SERIAL_MAX + 1];
    size_t len;
    bool too_long; /* what is left of this line is passed over */
};

/*
 * Takes one byte. True when it ends a line: text has it, zero-terminated and
 * without its end, until the next call. Lines that are too long are dropped.
 */
bool hob_serial_byte(struct hob_serial_line *line, uint8_t byte);

/* What a board says of itself. Strings must last until the answer is written. */
struct hob_serial_board {
    const char *id;
    const char *chip;
    const char *fw;
    const char *code; /* the setup code, "" if there is none to show */
    const char *ssid; /* stored, "" for none */
    bool adopted;
    bool wifi;   /* it has Wi-Fi at all */
    bool online; /* its network is up */
};

/* The board. Results are HOB_OK or an error, and then nothing has changed. */
struct hob_serial_host {
    void *ctx;
    void (*describe)(void *ctx, struct hob_serial_board *out);
    int (*join)(void *ctx, const struct hob_wifi *wifi); /* stores it, and joins afterwards */
    int (*set_key)(void *ctx, const uint8_t key[HOB_KEY_LEN]);
    int (*reset)(void *ctx); /* back to the factory's state, network included */
};

/*
 * Does what a line asks for, and writes the answer with its line end into out.
 * Result: its length; 0 for a line that is no frame of ours, to which nothing is
 * said; HOB_ERR_SPACE if cap (HOB_SERIAL_MAX + 2 is enough) is too small. What the
 * line held is overwritten.
 */
int hob_serial_handle(const struct hob_serial_host *host, char *line, char *out, size_t cap);

#endif
