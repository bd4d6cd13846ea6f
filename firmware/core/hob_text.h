/*
 * hob_text: short texts for people, put together without printf.
 *
 * What does not fit is cut off; the result is always zero-terminated.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_TEXT_H
#define HOB_TEXT_H

#include <stddef.h>
#include <stdint.h>

struct hob_text {
    char *buf;
    size_t cap; /* at least 1 */
    size_t len;
};

/* Starts an empty text in buf. */
void hob_text_init(struct hob_text *t, char *buf, size_t cap);

/* Adds s; NULL adds nothing. */
void hob_text_add(struct hob_text *t, const char *s);

/* Adds a number in decimal. */
void hob_text_add_number(struct hob_text *t, uint32_t n);

/* Copies a zero-terminated name into a field of cap bytes, cut if it must be. */
void hob_text_copy(char *out, size_t cap, const char *s);

#endif
