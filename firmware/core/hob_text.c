/*
 * Short texts for people; see hob_text.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_text.h"

void hob_text_init(struct hob_text *t, char *buf, size_t cap)
{
    t->buf = buf;
    t->cap = cap;
    t->len = 0;
    buf[0] = '\0';
}

void hob_text_add(struct hob_text *t, const char *s)
{
    while (s != NULL && *s != '\0' && t->len + 1 < t->cap)
        t->buf[t->len++] = *s++;
    t->buf[t->len] = '\0';
}

void hob_text_add_number(struct hob_text *t, uint32_t n)
{
    char digits[11]; /* 4294967295 and the terminator */
    size_t at = sizeof digits - 1;
    digits[at] = '\0';
    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n > 0);
    hob_text_add(t, &digits[at]);
}

void hob_text_copy(char *out, size_t cap, const char *s)
{
    struct hob_text t;
    hob_text_init(&t, out, cap);
    hob_text_add(&t, s);
}
