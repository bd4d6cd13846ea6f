/*
 * pins: GPIO, PWM and strips, as struct hob_port has them. All of it belongs to
 * the board task.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef PINS_H
#define PINS_H

#include "hob.h"

/* What a pin is in use for, so that releasing it undoes the right thing. */
enum pin_use { PIN_FREE = 0, PIN_PLAIN, PIN_INPUT, PIN_PWM, PIN_STRIP, PIN_SENSOR };

int pins_output(void *ctx, uint8_t pin, bool level);
void pins_write(void *ctx, uint8_t pin, bool level);
int pins_input(void *ctx, uint8_t pin, enum hob_pull pull);
bool pins_read(void *ctx, uint8_t pin);
void pins_release(void *ctx, uint8_t pin);
bool pins_free(uint8_t pin);
/* Notes the use of a pin that is set up elsewhere. */
void pins_take(uint8_t pin, enum pin_use use);
/* An input without interrupt, and without pull but at the BOOT button; whatever drove the pin lets go. */
void pins_float(uint8_t pin);

int pwm_open(void *ctx, uint8_t pin, uint32_t freq_hz, uint16_t duty);
void pwm_write(void *ctx, uint8_t pin, uint16_t duty);
void pwm_release(uint8_t pin);

int strip_open(void *ctx, uint8_t pin, uint16_t count);
void strip_fill(void *ctx, uint8_t pin, uint16_t count, const uint8_t pixel[3]);
void strip_release(uint8_t pin);

#endif
