/*
 * Sensors; see hob_sensor.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_sensor.h"

#include <string.h>

#include "hob_convert.h"
#include "hob_log.h"
#include "hob_point.h"

/* No sensor measures longer; a port that says so is not believed. */
#define MAX_MEASURING_MS 10000
/* A sensor that has been set up may say nothing for so long before it counts as lost. */
#define FIRST_SAMPLE_MS 30000u
/* How near the last good sample 85.000 degrees must be to be believed, in thousandths. */
#define NEAR_RESET 5000

static enum hob_sensor_kind type_of(const struct hob_point *p)
{
    return (enum hob_sensor_kind)p->config.sensor.type;
}

static bool fed(const struct hob_point *p)
{
    return p->config.sensor.type == HOB_SENSOR_FED;
}

static uint8_t where(const struct hob_point *p)
{
    return type_of(p) == HOB_SENSOR_SHT3X ? p->config.sensor.addr : p->config.pin;
}

void hob_sensor_setup(struct hob_board *b, uint8_t i)
{
    struct hob_point *p = &b->points[i];
    memset(&p->sensor, 0, sizeof p->sensor);
    p->sensor.started = b->now;
    p->sensor.due = fed(p) ? UINT64_MAX : b->now;
    if (!fed(p) && b->port->sensor_open(b->port->ctx, type_of(p), where(p)) < 0)
        hob_log(b, HOB_LOG_PIN, where(p));
    hob_point_changed(b, p, HOB_CAUSE_SENSOR, 0, HOB_NONE);
}

void hob_sensor_release(struct hob_board *b, uint8_t i)
{
    const struct hob_point *p = &b->points[i];
    if (!fed(p))
        b->port->sensor_close(b->port->ctx, type_of(p), where(p));
}

void hob_sensor_reconfigure(struct hob_board *b, uint8_t i, const struct hob_sensor_config *to)
{
    struct hob_point *p = &b->points[i];
    if (memcmp(&p->config.sensor, to, sizeof *to) == 0)
        return;
    p->config.sensor = *to;
    if (!fed(p) && !p->sensor.measuring)
        p->sensor.due = b->now;
}

void hob_sensor_bus(struct hob_board *b, const struct hob_i2c_config *to)
{
    if (b->i2c.sda == to->sda && b->i2c.scl == to->scl)
        return;
    b->i2c = *to;
    if (b->port->i2c_open(b->port->ctx, to->sda, to->scl) < 0)
        hob_log(b, HOB_LOG_PIN, to->sda);
}

/* Whether a converted value is a measurement that can be believed. */
static enum hob_sensor_fault judge(const struct hob_point *p, int64_t value)
{
    const struct hob_sensor_config *c = &p->config.sensor;
    const struct hob_sensor *s = &p->sensor;
    if (!hob_convert_is_temp(type_of(p)))
        return HOB_SENSOR_OK;
    if (hob_convert_is_reset(type_of(p), value - c->offset) &&
        (!s->valid || s->value < value - NEAR_RESET || s->value > value + NEAR_RESET))
        return HOB_SENSOR_NO_ANSWER;
    return value < c->low || value > c->high ? HOB_SENSOR_RANGE : HOB_SENSOR_OK;
}

static void bad_sample(struct hob_point *p, enum hob_sensor_fault fault)
{
    struct hob_sensor *s = &p->sensor;
    if (fault == HOB_SENSOR_RANGE && s->strikes < UINT8_MAX)
        s->strikes++;
    if (s->fault != (uint8_t)fault)
        p->dirty = true;
    s->fault = (uint8_t)fault;
}

static void good_sample(struct hob_board *b, struct hob_point *p, const struct hob_measured *m,
                        int64_t at)
{
    struct hob_sensor *s = &p->sensor;
    s->valid = true;
    s->value = m->value;
    s->humidity = m->humidity;
    s->sampled = at;
    s->fault = HOB_SENSOR_OK;
    s->strikes = 0;
    hob_point_changed(b, p, HOB_CAUSE_SENSOR, 0, HOB_NONE);
    p->up = at > 0 ? (uint64_t)at : 0;
}

static void take(struct hob_board *b, struct hob_point *p, enum hob_sensor_fault fault,
                 struct hob_measured *m, int64_t at)
{
    if (fault == HOB_SENSOR_OK && hob_convert_is_temp(type_of(p)))
        m->value += p->config.sensor.offset;
    if (fault == HOB_SENSOR_OK)
        fault = judge(p, m->value);
    if (fault == HOB_SENSOR_OK)
        good_sample(b, p, m, at);
    else
        bad_sample(p, fault);
}

uint64_t hob_sensor_first_by(const struct hob_point *p)
{
    const struct hob_sensor *s = &p->sensor;
    return s->valid || s->fault != HOB_SENSOR_OK ? 0 : s->started + FIRST_SAMPLE_MS;
}

void hob_sensor_feed(struct hob_board *b, uint8_t i, int64_t value, uint64_t age)
{
    struct hob_point *p = &b->points[i];
    struct hob_measured m = {.value = value};
    int64_t at = (int64_t)b->now - (int64_t)age;
    if (!p->sensor.valid || at >= p->sensor.sampled)
        take(b, p, HOB_SENSOR_OK, &m, at);
}

/* The next measurement begins a whole number of periods after this one. */
static void wait_for_next(struct hob_board *b, struct hob_point *p)
{
    struct hob_sensor *s = &p->sensor;
    uint32_t every = p->config.sensor.every;
    s->measuring = false;
    s->due = s->started + every;
    if (s->due <= b->now)
        s->due += (b->now - s->due) / every * every + every;
}

static void read(struct hob_board *b, struct hob_point *p)
{
    uint8_t raw[HOB_MAX_RAW] = {0};
    struct hob_measured m;
    int len = b->port->sensor_read(b->port->ctx, type_of(p), where(p), raw, sizeof raw);
    size_t got = len > 0 && len <= (int)sizeof raw ? (size_t)len : 0;
    enum hob_sensor_fault fault = hob_convert(&p->config.sensor, raw, got, &m);
    take(b, p, fault, &m, (int64_t)b->now);
    wait_for_next(b, p);
}

static void start(struct hob_board *b, struct hob_point *p)
{
    int wait = b->port->sensor_start(b->port->ctx, type_of(p), where(p));
    p->sensor.started = b->now;
    if (wait < 0) {
        bad_sample(p, HOB_SENSOR_NO_ANSWER);
        wait_for_next(b, p);
        return;
    }
    p->sensor.measuring = true;
    p->sensor.due = b->now + (uint64_t)(wait < MAX_MEASURING_MS ? wait : MAX_MEASURING_MS);
}

void hob_sensor_tick(struct hob_board *b, uint8_t i)
{
    struct hob_point *p = &b->points[i];
    if (b->now >= p->sensor.due && !p->sensor.measuring)
        start(b, p);
    if (b->now >= p->sensor.due && p->sensor.measuring)
        read(b, p);
}

uint64_t hob_sensor_due(const struct hob_point *p)
{
    return p->sensor.due;
}

const char *hob_sensor_fault_name(enum hob_sensor_fault fault)
{
    static const char *const names[] = {"", "no_answer", "checksum", "range"};
    return names[fault];
}
