/*
 * hob_utf8: UTF-8 and UTF-16 as JSON uses them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_utf8.h"

/*
 * Length and bounds of the second byte, by the first byte (Unicode, table 3-7:
 * well-formed UTF-8 byte sequences).
 */
struct lead {
    uint8_t from, to;     /* first bytes */
    uint8_t len;
    uint8_t low, high;    /* second bytes */
};

static const struct lead leads[] = {
    {0xC2, 0xDF, 2, 0x80, 0xBF}, {0xE0, 0xE0, 3, 0xA0, 0xBF}, {0xE1, 0xEC, 3, 0x80, 0xBF},
    {0xED, 0xED, 3, 0x80, 0x9F}, {0xEE, 0xEF, 3, 0x80, 0xBF}, {0xF0, 0xF0, 4, 0x90, 0xBF},
    {0xF1, 0xF3, 4, 0x80, 0xBF}, {0xF4, 0xF4, 4, 0x80, 0x8F},
};

static const struct lead *find_lead(uint8_t first)
{
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        if (first >= leads[i].from && first <= leads[i].to)
            return &leads[i];
    }
    return NULL;
}

size_t hob_utf8_len(const char *s, size_t len)
{
    if (len == 0)
        return 0;
    uint8_t first = (uint8_t)s[0];
    if (first < 0x80)
        return 1;
    const struct lead *lead = find_lead(first);
    if (lead == NULL || len < lead->len)
        return 0;
    uint8_t second = (uint8_t)s[1];
    if (second < lead->low || second > lead->high)
        return 0;
    for (size_t i = 2; i < lead->len; i++) {
        if (((uint8_t)s[i] & 0xC0u) != 0x80u)
            return 0;
    }
    return lead->len;
}

size_t hob_utf8_encode(uint32_t code, char out[HOB_UTF8_MAX])
{
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t len = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t mark[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = len - 1; i > 0; i--) {
        out[i] = (char)(0x80u | (code & 0x3Fu));
        code >>= 6;
    }
    out[0] = (char)(mark[len] | code);
    return len;
}

int hob_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int hob_hex4(const char *s)
{
    int value = 0;
    for (size_t i = 0; i < 4; i++) {
        int digit = hob_hex_digit(s[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}
