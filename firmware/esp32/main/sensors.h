/*
 * sensors: the kinds of sensors, one file each, and sensors.c, which hands what
 * the core asks for to the right one. Results are those of struct hob_port. All of
 * it belongs to the board task.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef SENSORS_H
#define SENSORS_H

#include "hob.h"

int sensors_open(void *ctx, enum hob_sensor_kind kind, uint8_t where);
void sensors_close(void *ctx, enum hob_sensor_kind kind, uint8_t where);
int sensors_start(void *ctx, enum hob_sensor_kind kind, uint8_t where);
int sensors_read(void *ctx, enum hob_sensor_kind kind, uint8_t where, uint8_t *buf, size_t cap);

/* DS18B20 */
int onewire_open(uint8_t pin);
int onewire_start(uint8_t pin);
int onewire_read(uint8_t pin, uint8_t *buf);

/* DHT22 */
int dht_start(uint8_t pin);
int dht_read(uint8_t pin, uint8_t *buf);

/* SHT3x, and the bus it is on */
int sht_bus(void *ctx, uint8_t sda, uint8_t scl);
int sht_open(uint8_t address);
void sht_close(uint8_t address);
int sht_start(uint8_t address);
int sht_read(uint8_t address, uint8_t *buf);

/* NTC, plain voltages */
int analog_open(uint8_t pin);
void analog_close(uint8_t pin);
int analog_read(uint8_t pin, uint8_t *buf);

/* pulses */
int counter_open(uint8_t pin);
void counter_close(uint8_t pin);
int counter_read(uint8_t pin, uint8_t *buf);

#endif
