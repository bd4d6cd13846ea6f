/*
 * The sensors of a board on a bench; see fake_board.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "fake_parts.h"

#include <string.h>

static struct fake_sensor *sensor(struct fake_board *f, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_sensor *s = &f->sensors[where % FAKE_SENSORS];
    if (!s->open || s->kind != kind)
        f->faults++;
    return s;
}

static int sensor_open(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_board *f = ctx;
    struct fake_sensor *s = &f->sensors[where % FAKE_SENSORS];
    if (s->open)
        f->faults++;
    if (kind == HOB_SENSOR_SHT3X)
        f->faults += f->sda == HOB_NO_PIN;
    else
        fake_take(f, where, FAKE_SENSOR, false);
    s->open = true;
    s->started = false;
    s->kind = kind;
    return f->pins_broken ? -1 : 0;
}

static void sensor_close(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_board *f = ctx;
    sensor(f, kind, where)->open = false;
    if (kind != HOB_SENSOR_SHT3X)
        f->pins[where].mode = FAKE_FREE;
}

static int sensor_start(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_board *f = ctx;
    struct fake_sensor *s = sensor(f, kind, where);
    s->starts++;
    s->started = s->wait >= 0;
    s->start_at = f->now;
    return s->wait;
}

static int sensor_read(void *ctx, enum hob_sensor_kind kind, uint8_t where, uint8_t *buf,
                       size_t cap)
{
    struct fake_board *f = ctx;
    struct fake_sensor *s = sensor(f, kind, where);
    if (!s->started || f->now < s->start_at + (uint64_t)s->wait || cap != HOB_MAX_RAW)
        f->faults++;
    s->started = false;
    /* A port may say that it got more than there is room for. */
    for (int i = 0; i < s->len && i < (int)cap; i++)
        buf[i] = s->raw[i];
    return s->len > 0 ? s->len : -1;
}

static int i2c_open(void *ctx, uint8_t sda, uint8_t scl)
{
    struct fake_board *f = ctx;
    if ((sda == HOB_NO_PIN) != (scl == HOB_NO_PIN) || (f->sda == HOB_NO_PIN) == (sda == HOB_NO_PIN))
        f->faults++;
    for (int addr = 0x44; addr <= 0x45; addr++)
        f->faults += f->sensors[addr].open;
    if (f->sda != HOB_NO_PIN)
        f->pins[f->sda].mode = f->pins[f->scl].mode = FAKE_FREE;
    if (sda != HOB_NO_PIN) {
        fake_take(f, sda, FAKE_I2C, false);
        fake_take(f, scl, FAKE_I2C, false);
    }
    f->sda = sda;
    f->scl = scl;
    return f->pins_broken ? -1 : 0;
}

void fake_raw(struct fake_board *f, uint8_t where, const void *raw, int len)
{
    struct fake_sensor *s = &f->sensors[where];
    s->len = len;
    if (len > 0)
        memcpy(s->raw, raw, (size_t)len < sizeof s->raw ? (size_t)len : sizeof s->raw);
}

/* A CRC-8, bit by bit in the order in which bits go over the wire. */
static uint8_t crc8(const uint8_t *p, size_t len, uint8_t crc, bool lowest_first)
{
    for (size_t i = 0; i < len * 8; i++) {
        unsigned bit = ((unsigned)p[i / 8] >> (lowest_first ? i % 8 : 7 - i % 8)) & 1u;
        unsigned top = lowest_first ? crc & 1u : (unsigned)crc >> 7;
        crc = (uint8_t)(lowest_first ? crc >> 1 : (unsigned)crc << 1);
        if ((bit ^ top) != 0)
            crc = (uint8_t)(crc ^ (lowest_first ? 0x8cu : 0x31u));
    }
    return crc;
}

void fake_ds18b20(struct fake_board *f, uint8_t pin, int sixteenths)
{
    uint8_t raw[9] = {(uint8_t)sixteenths, (uint8_t)(sixteenths >> 8), 0x4b, 0x46, 0x7f, 0xff,
                      0x0c, 0x10};
    raw[8] = crc8(raw, 8, 0, true);
    fake_raw(f, pin, raw, sizeof raw);
}

void fake_dht22(struct fake_board *f, uint8_t pin, int tenths, int humidity_tenths)
{
    unsigned t = tenths < 0 ? (unsigned)-tenths | 0x8000u : (unsigned)tenths;
    uint8_t raw[5] = {(uint8_t)(humidity_tenths >> 8), (uint8_t)humidity_tenths, (uint8_t)(t >> 8),
                      (uint8_t)t};
    raw[4] = (uint8_t)(raw[0] + raw[1] + raw[2] + raw[3]);
    fake_raw(f, pin, raw, sizeof raw);
}

void fake_sht3x(struct fake_board *f, uint8_t addr, uint16_t t, uint16_t rh)
{
    uint8_t raw[6] = {(uint8_t)(t >> 8), (uint8_t)t, 0, (uint8_t)(rh >> 8), (uint8_t)rh, 0};
    raw[2] = crc8(raw, 2, 0xff, false);
    raw[5] = crc8(raw + 3, 2, 0xff, false);
    fake_raw(f, addr, raw, sizeof raw);
}

void fake_millivolts(struct fake_board *f, uint8_t pin, uint16_t mv)
{
    const uint8_t raw[2] = {(uint8_t)mv, (uint8_t)(mv >> 8)};
    fake_raw(f, pin, raw, sizeof raw);
}

void fake_count(struct fake_board *f, uint8_t pin, uint32_t count)
{
    const uint8_t raw[4] = {(uint8_t)count, (uint8_t)(count >> 8), (uint8_t)(count >> 16),
                            (uint8_t)(count >> 24)};
    fake_raw(f, pin, raw, sizeof raw);
}

void fake_sensors_port(struct hob_port *port)
{
    port->sensor_open = sensor_open;
    port->sensor_close = sensor_close;
    port->sensor_start = sensor_start;
    port->sensor_read = sensor_read;
    port->i2c_open = i2c_open;
}
