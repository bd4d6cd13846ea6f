/*
 * hob_utf8: UTF-8 and UTF-16 as JSON uses them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_UTF8_H
#define HOB_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest character, in bytes. */
#define HOB_UTF8_MAX 4u

/*
 * Length in bytes of the character that the len bytes at s begin with, 1 to 4;
 * 0 if they begin with none: a stray or missing continuation byte, a surrogate,
 * an overlong form, beyond U+10FFFF, or len 0.
 */
size_t hob_utf8_len(const char *s, size_t len);

/* Encodes code, a character from 0 to 0x10FFFF; its length in bytes. */
size_t hob_utf8_encode(uint32_t code, char out[HOB_UTF8_MAX]);

/* The value of one hexadecimal digit of either case, or -1. */
int hob_hex_digit(char c);

/* The value of the four hexadecimal digits at s, or -1. */
int hob_hex4(const char *s);

static inline bool hob_is_high_surrogate(int unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static inline bool hob_is_low_surrogate(int unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

#endif
