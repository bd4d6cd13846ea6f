/*
 * Forms of a browser; see hob_form.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_form.h"

#include <string.h>

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* One character of text at *i, which moves behind it. Result: 0 to 255, or an error. */
static int character(const char *text, size_t len, size_t *i)
{
    char c = text[(*i)++];
    if (c == '+')
        return ' ';
    if (c != '%')
        return c == '\0' ? HOB_ERR_VALUE : (int)(unsigned char)c;
    if (len - *i < 2)
        return HOB_ERR_SYNTAX;
    int high = digit(text[*i]);
    int low = digit(text[*i + 1]);
    *i += 2;
    if (high < 0 || low < 0)
        return HOB_ERR_SYNTAX;
    return high + low == 0 ? HOB_ERR_VALUE : 16 * high + low;
}

static int decode(const char *text, size_t len, char *out, size_t cap)
{
    size_t n = 0;
    int error = HOB_OK;
    for (size_t i = 0; i < len && error == HOB_OK;) {
        int c = character(text, len, &i);
        if (c < 0)
            error = c;
        else if (n + 1 >= cap)
            error = HOB_ERR_TOO_LONG;
        else
            out[n++] = (char)c;
    }
    if (error != HOB_OK)
        n = 0;
    out[n] = '\0';
    return error == HOB_OK ? (int)n : error;
}

int hob_form_get(const char *body, size_t len, const char *name, char *out, size_t cap)
{
    size_t name_len = strlen(name);
    out[0] = '\0';
    for (size_t at = 0; at < len;) {
        const char *amp = memchr(body + at, '&', len - at);
        size_t end = amp != NULL ? (size_t)(amp - body) : len;
        if (end - at > name_len && body[at + name_len] == '=' &&
            memcmp(body + at, name, name_len) == 0)
            return decode(body + at + name_len + 1, end - at - name_len - 1, out, cap);
        at = end + 1;
    }
    return HOB_ERR_MISSING;
}
