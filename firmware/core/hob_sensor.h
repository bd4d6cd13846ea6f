/*
 * hob_sensor: samples sensors in time, without waiting for any of them, and
 * keeps the newest good sample of each. A sample that fails changes nothing but
 * the fault; it only lets the good one grow old.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_SENSOR_H
#define HOB_SENSOR_H

#include "hob_board.h"

/* Opens a sensor that was not there before; its first sample is due at once. */
void hob_sensor_setup(struct hob_board *b, uint8_t i);
void hob_sensor_release(struct hob_board *b, uint8_t i);

/* Takes another configuration of the same type at the same place, and samples anew. */
void hob_sensor_reconfigure(struct hob_board *b, uint8_t i, const struct hob_sensor_config *to);

/* Moves the I2C bus to other pins, or releases it. To the same ones: nothing. */
void hob_sensor_bus(struct hob_board *b, const struct hob_i2c_config *to);

/*
 * A value of the fed sensor i, sampled age ms ago. Older ones than it has are
 * ignored, as is what is no plausible temperature, which counts as a bad sample.
 */
void hob_sensor_feed(struct hob_board *b, uint8_t i, int64_t value, uint64_t age);

/*
 * The uptime until which no sample of it need be there yet: it has been set up and
 * has neither answered nor failed. 0 when it has.
 */
uint64_t hob_sensor_first_by(const struct hob_point *p);

/* Starts and reads what is due; to be called from hob_tick only. */
void hob_sensor_tick(struct hob_board *b, uint8_t i);
uint64_t hob_sensor_due(const struct hob_point *p);

/* The fault as docs/wire.md spells it; static. */
const char *hob_sensor_fault_name(enum hob_sensor_fault fault);

#endif
