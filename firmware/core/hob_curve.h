/*
 * hob_curve: from the brightness that people mean to the duty of a pin.
 *
 * Pure integer arithmetic, the same result on every machine.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_CURVE_H
#define HOB_CURVE_H

#include <stdint.h>

/* Brightness in per mille times 256, so that slow fades have steps to take. */
#define HOB_FULL (1000u * 256u)

/*
 * Duty (0 to 65535) for a brightness of 0 to HOB_FULL. min (0 to 1000 per mille)
 * is where the scale starts: 0 stays 0, the least brightness above it is min.
 * gamma is an exponent times 1000, 500 to 5000; the result is rounded, and at
 * least 1 for any brightness above 0.
 */
uint16_t hob_curve_duty(uint32_t brightness, uint32_t min, uint32_t gamma);

/* -log2(x / 2^30) with 24 fractional bits, for x from 1 to 2^30. */
uint64_t hob_curve_minus_log2(uint64_t x);

/* Where a fade from one brightness to another is after elapsed of time ms. */
uint32_t hob_curve_fade(uint32_t from, uint32_t to, uint64_t elapsed, uint32_t time);

#endif
