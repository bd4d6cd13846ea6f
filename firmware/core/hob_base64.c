/*
 * Base64; see hob_base64.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_base64.h"

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == '+')
        return 62;
    return c == '/' ? 63 : -1;
}

/* Four characters, of which the last pad are padding, as 24 bits; negative if they are not. */
static int32_t group(const char *text, size_t pad)
{
    int32_t bits = 0;
    for (size_t i = 0; i < 4; i++) {
        int d = i < 4 - pad ? digit(text[i]) : 0;
        if (d < 0)
            return HOB_ERR_VALUE;
        bits = bits << 6 | d;
    }
    /* What is not used must be zero, so that there is one way to write each byte. */
    int32_t unused = pad == 2 ? 0xFFFF : pad == 1 ? 0xFF : 0;
    return (bits & unused) != 0 ? HOB_ERR_VALUE : bits;
}

int hob_base64_decode(const char *text, size_t len, uint8_t *out, size_t cap)
{
    size_t n = 0;
    if (len % 4 != 0)
        return HOB_ERR_VALUE;
    for (size_t at = 0; at < len; at += 4) {
        size_t pad = 0;
        if (at + 4 == len && text[len - 1] == '=')
            pad = text[len - 2] == '=' ? 2 : 1;
        int32_t bits = group(text + at, pad);
        if (bits < 0)
            return HOB_ERR_VALUE;
        if (cap - n < 3 - pad)
            return HOB_ERR_TOO_LONG;
        for (size_t i = 0; i < 3 - pad; i++)
            out[n++] = (uint8_t)(bits >> (16 - 8 * i));
    }
    return (int)n;
}
