/*
 * Which sensor is meant; see sensors.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "sensors.h"

#include "pins.h"

int sensors_open(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    (void)ctx;
    if (kind != HOB_SENSOR_SHT3X)
        pins_take(where, PIN_SENSOR);
    switch (kind) {
    case HOB_SENSOR_DS18B20:
    case HOB_SENSOR_DHT22:
        return onewire_open(where);
    case HOB_SENSOR_SHT3X:
        return sht_open(where);
    case HOB_SENSOR_NTC:
    case HOB_SENSOR_ANALOG:
        return analog_open(where);
    case HOB_SENSOR_PULSE:
        return counter_open(where);
    case HOB_SENSOR_FED:
        break;
    }
    return HOB_ERR_ARG;
}

void sensors_close(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    (void)ctx;
    if (kind == HOB_SENSOR_SHT3X) {
        sht_close(where);
        return;
    }
    if (kind == HOB_SENSOR_PULSE)
        counter_close(where);
    if (kind == HOB_SENSOR_NTC || kind == HOB_SENSOR_ANALOG)
        analog_close(where);
    pins_float(where);
}

int sensors_start(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    (void)ctx;
    switch (kind) {
    case HOB_SENSOR_DS18B20:
        return onewire_start(where);
    case HOB_SENSOR_DHT22:
        return dht_start(where);
    case HOB_SENSOR_SHT3X:
        return sht_start(where);
    case HOB_SENSOR_NTC:
    case HOB_SENSOR_ANALOG:
    case HOB_SENSOR_PULSE:
        return 0;
    case HOB_SENSOR_FED:
        break;
    }
    return HOB_ERR_ARG;
}

int sensors_read(void *ctx, enum hob_sensor_kind kind, uint8_t where, uint8_t *buf, size_t cap)
{
    (void)ctx;
    if (cap < HOB_MAX_RAW)
        return HOB_ERR_SPACE;
    switch (kind) {
    case HOB_SENSOR_DS18B20:
        return onewire_read(where, buf);
    case HOB_SENSOR_DHT22:
        return dht_read(where, buf);
    case HOB_SENSOR_SHT3X:
        return sht_read(where, buf);
    case HOB_SENSOR_NTC:
    case HOB_SENSOR_ANALOG:
        return analog_read(where, buf);
    case HOB_SENSOR_PULSE:
        return counter_read(where, buf);
    case HOB_SENSOR_FED:
        break;
    }
    return HOB_ERR_ARG;
}
