/*
 * Gamma and fades; see hob_curve.h.
 *
 * x^g is 2^(g * log2 x). The logarithm comes bit by bit from repeated squaring,
 * the power from the binary digits of its exponent and the roots 2^(-1/2),
 * 2^(-1/4), ... Both are good to about 2^-20, well below half a step of the duty.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_curve.h"

#include <stddef.h>

uint64_t hob_curve_minus_log2(uint64_t x)
{
    uint64_t whole = 0;
    while (x < (1ull << 29)) {
        x <<= 1;
        whole++;
    }
    if (x == (1ull << 30))
        return 0;
    /* Now 2^29 <= x < 2^30: log2(x / 2^30) is between -1 and 0. */
    whole++;
    x <<= 1; /* x / 2^30 is in [1, 2) */
    uint64_t fraction = 0;
    for (int bit = 0; bit < 24; bit++) {
        x = (x * x) >> 30;
        fraction <<= 1;
        if (x >= (1ull << 31)) {
            x >>= 1;
            fraction |= 1;
        }
    }
    return (whole << 24) - fraction;
}

/* 2^(-2^-k) for k = 1 to 24, times 2^32, rounded. */
static const uint32_t roots[24] = {
    3037000500u, 3611622603u, 3938502376u, 4112874773u, 4202935003u, 4248701965u,
    4271771996u, 4283353945u, 4289156690u, 4292061010u, 4293513907u, 4294240540u,
    4294603903u, 4294785595u, 4294876445u, 4294921870u, 4294944583u, 4294955939u,
    4294961618u, 4294964457u, 4294965876u, 4294966586u, 4294966941u, 4294967119u,
};

/* 2^-y times 2^32 for y with 24 fractional bits, y > 0. */
static uint64_t power_of_half(uint64_t y)
{
    uint64_t whole = y >> 24;
    if (whole >= 32)
        return 0;
    uint64_t r = 1ull << 32;
    for (size_t k = 0; k < 24; k++) {
        if ((y >> (23 - k)) & 1u)
            r = (r * roots[k]) >> 32;
    }
    return r >> whole;
}

uint16_t hob_curve_duty(uint32_t brightness, uint32_t min, uint32_t gamma)
{
    if (brightness == 0)
        return 0;
    if (brightness >= HOB_FULL)
        return UINT16_MAX;
    /* Brightness between min and full, as a share of 2^30. */
    uint64_t scaled = (uint64_t)min * 256 * 1000 + (uint64_t)brightness * (1000 - min);
    uint64_t share = (scaled << 30) / ((uint64_t)HOB_FULL * 1000);
    if (share == 0)
        return 1;
    uint64_t y = hob_curve_minus_log2(share) * gamma / 1000;
    uint64_t p = y == 0 ? 1ull << 32 : power_of_half(y);
    uint64_t duty = (p * UINT16_MAX + (1ull << 31)) >> 32;
    return duty == 0 ? 1 : (uint16_t)duty;
}

uint32_t hob_curve_fade(uint32_t from, uint32_t to, uint64_t elapsed, uint32_t time)
{
    if (elapsed >= time)
        return to;
    if (to >= from)
        return from + (uint32_t)((to - from) * elapsed / time);
    return from - (uint32_t)((from - to) * elapsed / time);
}
