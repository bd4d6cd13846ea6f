/*
 * hob_timing: what lengths of pulses on a wire mean.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_TIMING_H
#define HOB_TIMING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hob_err.h"

/* A stretch of one level, in µs. */
struct hob_stretch {
    uint16_t us;
    bool high;
};

#define HOB_DHT_BYTES 5u

/*
 * A DHT22 answers with 40 high stretches, a short one for 0 and a long one for 1,
 * each after a low one of about 50 µs. The last 40 high ones count: what comes
 * before them is the sensor's greeting, whose beginning may have been missed. A
 * stretch of 0 µs ends the recording. HOB_ERR_MISSING: fewer; HOB_ERR_VALUE: one
 * that is neither short nor long.
 */
int hob_timing_dht(const struct hob_stretch *stretches, size_t count, uint8_t out[HOB_DHT_BYTES]);

/*
 * What of a PWM timer: the most bits of duty, at most max_bits, with which a
 * clock of clock_hz makes freq_hz; 1 at least.
 */
unsigned hob_timing_duty_bits(uint32_t clock_hz, uint32_t freq_hz, unsigned max_bits);

/* A duty of 0 to 65535 in so many bits; 65535 is 1 << bits, which is high all the time. */
uint32_t hob_timing_duty(uint16_t duty, unsigned bits);

#endif
