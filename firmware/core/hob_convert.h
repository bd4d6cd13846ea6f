/*
 * hob_convert: from the bytes of a sensor to what it measured.
 *
 * Pure integer arithmetic, the same result on every machine. Where a formula
 * comes from stands at each of them.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_CONVERT_H
#define HOB_CONVERT_H

#include "hob_board.h"

struct hob_measured {
    int64_t value;    /* thousandths of a degree Celsius, millivolts, or edges */
    int32_t humidity; /* thousandths of a percent; 0 if the sensor has none */
};

/* Whether sensors of this type measure temperature, and humidity. */
bool hob_convert_is_temp(enum hob_sensor_kind type);
bool hob_convert_has_humidity(enum hob_sensor_kind type);

/*
 * Reads len bytes of raw as an answer of a sensor of this configuration, which
 * is no fed one; offset and plausible range are left to the caller. out is
 * meant only with HOB_SENSOR_OK.
 *
 * The 85 degrees that a DS18B20 shows after a reset until it has measured are
 * converted like any others: hob_convert_is_reset tells them.
 */
enum hob_sensor_fault hob_convert(const struct hob_sensor_config *config, const uint8_t *raw,
                                  size_t len, struct hob_measured *out);

/* Whether the value is what a sensor of this type shows without having measured. */
bool hob_convert_is_reset(enum hob_sensor_kind type, int64_t value);

#endif
