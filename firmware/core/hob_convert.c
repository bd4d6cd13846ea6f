/*
 * Conversions; see hob_convert.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_convert.h"

#include "hob_curve.h"
#include "hob_store.h"

/* The resistors of a thermistor hang on 3.3 V; a reading at the ends is no reading. */
#define SUPPLY_MV 3300
/* A voltage that the pins do not survive is a converter that tells nonsense. */
#define MAX_MV 3600
#define DS18B20_RESET 85000

bool hob_convert_is_temp(enum hob_sensor_kind type)
{
    return type != HOB_SENSOR_ANALOG && type != HOB_SENSOR_PULSE;
}

bool hob_convert_has_humidity(enum hob_sensor_kind type)
{
    return type == HOB_SENSOR_DHT22 || type == HOB_SENSOR_SHT3X;
}

bool hob_convert_is_reset(enum hob_sensor_kind type, int64_t value)
{
    return type == HOB_SENSOR_DS18B20 && value == DS18B20_RESET;
}

static bool all(const uint8_t *p, size_t len, uint8_t what)
{
    for (size_t i = 0; i < len; i++) {
        if (p[i] != what)
            return false;
    }
    return true;
}

/* x / y rounded to the nearest, halves away from zero; y > 0. */
static int64_t divide(int64_t x, int64_t y)
{
    return x < 0 ? -((-x + y / 2) / y) : (x + y / 2) / y;
}

/* CRC-8 of 1-Wire: x^8 + x^5 + x^4 + 1, reflected, from 0 (Maxim application note 27). */
static uint8_t crc_wire(const uint8_t *p, size_t len)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1u) != 0 ? (crc >> 1) ^ 0x8cu : crc >> 1;
    }
    return (uint8_t)crc;
}

/*
 * Maxim DS18B20 data sheet, "Operation, Measuring Temperature": 16 bits in two's
 * complement, sixteenths of a degree; with fewer bits (R1 and R0 of the
 * configuration byte) the lowest ones are undefined. Nine times the same byte is
 * a line that nothing pulls: all zeros would even have a good CRC.
 */
static enum hob_sensor_fault ds18b20(const uint8_t *raw, struct hob_measured *out)
{
    if (all(raw, 9, 0x00) || all(raw, 9, 0xff))
        return HOB_SENSOR_NO_ANSWER;
    if (crc_wire(raw, 8) != raw[8])
        return HOB_SENSOR_CHECKSUM;
    uint32_t undefined = 7u >> ((raw[4] >> 5) & 3u);
    int64_t sixteenths = (int16_t)(hob_get16(raw) & ~undefined);
    out->value = divide(sixteenths * 1000, 16);
    return HOB_SENSOR_OK;
}

/*
 * Aosong AM2302 (DHT22) data sheet: humidity and temperature in tenths, the
 * highest bit of the temperature is its sign, and the last byte is the sum.
 */
static enum hob_sensor_fault dht22(const uint8_t *raw, struct hob_measured *out)
{
    if (all(raw, 5, 0x00) || all(raw, 5, 0xff))
        return HOB_SENSOR_NO_ANSWER;
    if (((raw[0] + raw[1] + raw[2] + raw[3]) & 0xff) != raw[4])
        return HOB_SENSOR_CHECKSUM;
    int32_t tenths = (raw[2] & 0x7f) << 8 | raw[3];
    out->value = (raw[2] & 0x80) != 0 ? -tenths * 100 : tenths * 100;
    out->humidity = (raw[0] << 8 | raw[1]) * 100;
    return out->humidity <= 100000 ? HOB_SENSOR_OK : HOB_SENSOR_RANGE;
}

/* CRC-8 of Sensirion: x^8 + x^5 + x^4 + 1, from 0xff (SHT3x-DIS data sheet, table 20). */
static uint8_t crc_sensirion(const uint8_t *p, size_t len)
{
    uint32_t crc = 0xff;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = ((crc & 0x80u) != 0 ? (crc << 1) ^ 0x31u : crc << 1) & 0xffu;
    }
    return (uint8_t)crc;
}

/* SHT3x-DIS data sheet, 4.13: T = -45 + 175 S / 65535, RH = 100 S / 65535. */
static enum hob_sensor_fault sht3x(const uint8_t *raw, struct hob_measured *out)
{
    if (all(raw, 6, 0x00) || all(raw, 6, 0xff))
        return HOB_SENSOR_NO_ANSWER;
    if (crc_sensirion(raw, 2) != raw[2] || crc_sensirion(raw + 3, 2) != raw[5])
        return HOB_SENSOR_CHECKSUM;
    int64_t t = raw[0] << 8 | raw[1];
    int64_t rh = raw[3] << 8 | raw[4];
    out->value = -45000 + divide(175000 * t, 65535);
    out->humidity = (int32_t)divide(100000 * rh, 65535);
    return HOB_SENSOR_OK;
}

/* log2(a / b) with 24 fractional bits; both from 1 to 2^30. */
static int64_t log2_ratio(uint32_t a, uint32_t b)
{
    return (int64_t)hob_curve_minus_log2(b) - (int64_t)hob_curve_minus_log2(a);
}

/*
 * The Beta equation, 1/T = 1/T25 + ln(R / R25) / B in kelvin (IEC 60539-1), with
 * R = series * V / (supply - V). Solved for T, with L = ln(R / R25):
 *
 *     T = T25 B / (B + T25 L),  T25 = 298.15 K
 */
static enum hob_sensor_fault ntc(const struct hob_sensor_config *c, const uint8_t *raw,
                                 struct hob_measured *out)
{
    int32_t mv = (int32_t)hob_get16(raw);
    if (mv <= 0 || mv >= SUPPLY_MV)
        return HOB_SENSOR_NO_ANSWER;
    int64_t log2 = log2_ratio((uint32_t)mv, (uint32_t)(SUPPLY_MV - mv)) +
                   log2_ratio(c->series, c->r25);
    /* ln 2 = 0.69314718; 30 bits of it, and what is lost is far below a thousandth. */
    int64_t ln = log2 * 744261118 / (1 << 30);
    int64_t below = ((int64_t)c->beta << 24) + ln * 29815 / 100;
    if (below <= 0)
        return HOB_SENSOR_RANGE;
    int64_t millikelvin = 298150 * ((int64_t)c->beta << 24) / below;
    if (millikelvin > 1000000)
        return HOB_SENSOR_RANGE;
    out->value = millikelvin - 273150;
    return HOB_SENSOR_OK;
}

static enum hob_sensor_fault analog(const uint8_t *raw, struct hob_measured *out)
{
    out->value = hob_get16(raw);
    return out->value <= MAX_MV ? HOB_SENSOR_OK : HOB_SENSOR_RANGE;
}

enum hob_sensor_fault hob_convert(const struct hob_sensor_config *config, const uint8_t *raw,
                                  size_t len, struct hob_measured *out)
{
    static const uint8_t lengths[] = {9, 5, 6, 2, 2, 4};
    out->value = 0;
    out->humidity = 0;
    if (config->type >= sizeof lengths || len != lengths[config->type])
        return HOB_SENSOR_NO_ANSWER;
    switch ((enum hob_sensor_kind)config->type) {
    case HOB_SENSOR_DS18B20:
        return ds18b20(raw, out);
    case HOB_SENSOR_DHT22:
        return dht22(raw, out);
    case HOB_SENSOR_SHT3X:
        return sht3x(raw, out);
    case HOB_SENSOR_NTC:
        return ntc(config, raw, out);
    case HOB_SENSOR_ANALOG:
        return analog(raw, out);
    case HOB_SENSOR_PULSE:
        out->value = hob_get32(raw);
        return HOB_SENSOR_OK;
    case HOB_SENSOR_FED:
        break;
    }
    return HOB_SENSOR_NO_ANSWER;
}
