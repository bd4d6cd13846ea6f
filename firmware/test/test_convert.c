/*
 * From the bytes of a sensor to what it measured.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_convert.h"

#include <string.h>

#include "test.h"

struct raw {
    uint8_t bytes[10];
    size_t len;
};

static enum hob_sensor_fault convert(enum hob_sensor_kind kind, const struct raw *raw,
                                     struct hob_measured *out)
{
    const struct hob_sensor_config c = {
        .type = (uint8_t)kind, .beta = 3950, .r25 = 10000, .series = 10000};
    return hob_convert(&c, raw->bytes, raw->len, out);
}

/* Maxim's table of 16-bit values; the first row's CRC is that of every new part. */
TEST(a_ds18b20_has_sixteenths_of_a_degree)
{
    static const struct {
        struct raw raw;
        int64_t want;
    } rows[] = {
        {{{0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0x1c}, 9}, 85000},
        {{{0xd0, 0x07, 0x4b, 0x46, 0x7f, 0xff, 0x00, 0x10, 0xb9}, 9}, 125000},
        {{{0x91, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0f, 0x10, 0x25}, 9}, 25063},
        {{{0xa2, 0x00, 0x4b, 0x46, 0x7f, 0xff, 0x0e, 0x10, 0xe5}, 9}, 10125},
        {{{0x08, 0x00, 0x4b, 0x46, 0x7f, 0xff, 0x08, 0x10, 0xd9}, 9}, 500},
        {{{0x00, 0x00, 0x4b, 0x46, 0x7f, 0xff, 0x10, 0x10, 0x69}, 9}, 0},
        {{{0xf8, 0xff, 0x4b, 0x46, 0x7f, 0xff, 0x08, 0x10, 0xf8}, 9}, -500},
        {{{0x5e, 0xff, 0x4b, 0x46, 0x7f, 0xff, 0x02, 0x10, 0xb6}, 9}, -10125},
        {{{0x6f, 0xfe, 0x4b, 0x46, 0x7f, 0xff, 0x01, 0x10, 0x61}, 9}, -25063},
        {{{0x90, 0xfc, 0x4b, 0x46, 0x7f, 0xff, 0x10, 0x10, 0xee}, 9}, -55000},
        /* Nine bits: what is below half a degree means nothing. */
        {{{0x97, 0x01, 0x4b, 0x46, 0x1f, 0xff, 0x0f, 0x10, 0x26}, 9}, 25000},
        {{{0x6f, 0xfe, 0x4b, 0x46, 0x1f, 0xff, 0x0f, 0x10, 0x2d}, 9}, -25500},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hob_measured m;
        test_row("%d", (int)rows[i].want);
        CHECK_INT(convert(HOB_SENSOR_DS18B20, &rows[i].raw, &m), HOB_SENSOR_OK);
        CHECK_INT(m.value, rows[i].want);
    }
}

TEST(what_a_ds18b20_shows_after_a_reset_is_known)
{
    CHECK(hob_convert_is_reset(HOB_SENSOR_DS18B20, 85000));
    CHECK(!hob_convert_is_reset(HOB_SENSOR_DS18B20, 85063));
    CHECK(!hob_convert_is_reset(HOB_SENSOR_NTC, 85000));
}

/* The first row is the example of Aosong's data sheet. */
TEST(a_dht22_has_tenths_and_a_sign)
{
    static const struct {
        struct raw raw;
        int64_t want;
        int32_t humidity;
    } rows[] = {
        {{{0x02, 0x8c, 0x01, 0x5f, 0xee}, 5}, 35100, 65200},
        {{{0x02, 0x8c, 0x80, 0x65, 0x73}, 5}, -10100, 65200},
        {{{0x03, 0xe8, 0x00, 0x00, 0xeb}, 5}, 0, 100000},
        {{{0x00, 0x01, 0x80, 0x00, 0x81}, 5}, 0, 100},
        {{{0x01, 0x00, 0x81, 0x90, 0x12}, 5}, -40000, 25600},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hob_measured m;
        test_row("%d", (int)rows[i].want);
        CHECK_INT(convert(HOB_SENSOR_DHT22, &rows[i].raw, &m), HOB_SENSOR_OK);
        CHECK_INT(m.value, rows[i].want);
        CHECK_INT(m.humidity, rows[i].humidity);
    }
}

/* The CRC of BE EF is Sensirion's own example. */
TEST(a_sht3x_has_shares_of_its_range)
{
    static const struct {
        struct raw raw;
        int64_t want;
        int32_t humidity;
    } rows[] = {
        {{{0xbe, 0xef, 0x92, 0xbe, 0xef, 0x92}, 6}, 85523, 74585},
        {{{0x00, 0x00, 0x81, 0x00, 0x00, 0x81}, 6}, -45000, 0},
        {{{0xff, 0xff, 0xac, 0xff, 0xff, 0xac}, 6}, 130000, 100000},
        {{{0x66, 0x66, 0x93, 0x80, 0x00, 0xa2}, 6}, 25000, 50001},
        {{{0x2d, 0xde, 0x06, 0x80, 0x00, 0xa2}, 6}, -13645, 50001},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hob_measured m;
        test_row("%d", (int)rows[i].want);
        CHECK_INT(convert(HOB_SENSOR_SHT3X, &rows[i].raw, &m), HOB_SENSOR_OK);
        CHECK_INT(m.value, rows[i].want);
        CHECK_INT(m.humidity, rows[i].humidity);
    }
}

/* 1 / (1 / 298.15 + ln(R / R25) / B) in double precision, of the very same millivolts. */
TEST(an_ntc_follows_the_beta_equation)
{
    static const struct {
        uint16_t beta;
        uint32_t r25;
        uint32_t series;
        uint16_t mv;
        int32_t want;
    } rows[] = {
        {3950, 10000, 10000, 3220, -40022}, {3950, 10000, 10000, 3014, -20000},
        {3950, 10000, 10000, 2816, -9981}, {3950, 10000, 10000, 2543, 15},
        {3950, 10000, 10000, 2206, 10010}, {3950, 10000, 10000, 1650, 25000},
        {3950, 10000, 10000, 1143, 40011}, {3950, 10000, 10000, 657, 60004},
        {3950, 10000, 10000, 372, 79996}, {3950, 10000, 10000, 215, 100030},
        {3950, 10000, 10000, 129, 120027}, {3435, 10000, 4700, 3239, -40082},
        {3435, 10000, 4700, 3111, -19962}, {3435, 10000, 4700, 2996, -10013},
        {3435, 10000, 4700, 2836, -17}, {3435, 10000, 4700, 2629, 9995},
        {3435, 10000, 4700, 2245, 24996}, {3435, 10000, 4700, 1817, 40001},
        {3435, 10000, 4700, 1281, 59987}, {3435, 10000, 4700, 862, 80014},
        {3435, 10000, 4700, 573, 99978}, {3435, 10000, 4700, 383, 120062},
        {4250, 100000, 47000, 3271, -39955}, {4250, 100000, 47000, 3181, -19953},
        {4250, 100000, 47000, 3082, -9966}, {4250, 100000, 47000, 2927, -9},
        {4250, 100000, 47000, 2703, 9999}, {4250, 100000, 47000, 2245, 24997},
        {4250, 100000, 47000, 1710, 39988}, {4250, 100000, 47000, 1064, 60003},
        {4250, 100000, 47000, 619, 80025}, {4250, 100000, 47000, 357, 99981},
        {4250, 100000, 47000, 210, 119978}, {3977, 2200, 2200, 3222, -40031},
        {3977, 2200, 2200, 3018, -19989}, {3977, 2200, 2200, 2821, -9983},
        {3977, 2200, 2200, 2548, 10}, {3977, 2200, 2200, 2210, 9996},
        {3977, 2200, 2200, 1650, 25000}, {3977, 2200, 2200, 1140, 40003},
        {3977, 2200, 2200, 652, 60004}, {3977, 2200, 2200, 367, 80031},
        {3977, 2200, 2200, 212, 99919}, {3977, 2200, 2200, 126, 120127},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct hob_sensor_config c = {.type = HOB_SENSOR_NTC, .beta = rows[i].beta,
                                            .r25 = rows[i].r25, .series = rows[i].series};
        const uint8_t raw[2] = {(uint8_t)rows[i].mv, (uint8_t)(rows[i].mv >> 8)};
        struct hob_measured m;
        test_row("B %d, %d mV", rows[i].beta, rows[i].mv);
        CHECK_INT(hob_convert(&c, raw, sizeof raw, &m), HOB_SENSOR_OK);
        /* A tenth of a degree is asked for; it is far better. */
        CHECK(m.value >= rows[i].want - 2 && m.value <= rows[i].want + 2);
    }
}

TEST(an_ntc_is_monotonous_over_every_millivolt)
{
    int64_t before = INT64_MAX;
    for (uint32_t mv = 1; mv < 3300; mv++) {
        const struct raw raw = {{(uint8_t)mv, (uint8_t)(mv >> 8)}, 2};
        struct hob_measured m;
        if (convert(HOB_SENSOR_NTC, &raw, &m) != HOB_SENSOR_OK)
            continue;
        test_row("%d mV", (int)mv);
        CHECK(m.value <= before && m.value > -273150);
        before = m.value;
    }
    CHECK(before < -60000);
}

TEST(voltages_and_counts_are_what_they_are)
{
    static const struct raw most = {{0x10, 0x0e}, 2};
    static const struct raw beyond = {{0x11, 0x0e}, 2};
    static const struct raw count = {{0xff, 0xff, 0xff, 0xff}, 4};
    struct hob_measured m;
    CHECK_INT(convert(HOB_SENSOR_ANALOG, &most, &m), HOB_SENSOR_OK);
    CHECK_INT(m.value, 3600);
    CHECK_INT(convert(HOB_SENSOR_ANALOG, &beyond, &m), HOB_SENSOR_RANGE);
    CHECK_INT(convert(HOB_SENSOR_PULSE, &count, &m), HOB_SENSOR_OK);
    CHECK_INT(m.value, UINT32_MAX);
}

TEST(what_is_no_measurement_is_told_by_its_fault)
{
    static const struct {
        enum hob_sensor_kind kind;
        struct raw raw;
        enum hob_sensor_fault want;
    } rows[] = {
        {HOB_SENSOR_DS18B20, {{0}, 9}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_DS18B20, {{255, 255, 255, 255, 255, 255, 255, 255, 255}, 9}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_DS18B20, {{0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0x1d}, 9}, HOB_SENSOR_CHECKSUM},
        {HOB_SENSOR_DS18B20, {{0x51, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10, 0x1c}, 9}, HOB_SENSOR_CHECKSUM},
        {HOB_SENSOR_DS18B20, {{0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10}, 8}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_DS18B20, {{0}, 0}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_DHT22, {{0}, 5}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_DHT22, {{255, 255, 255, 255, 255}, 5}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_DHT22, {{0x02, 0x8c, 0x01, 0x5f, 0xef}, 5}, HOB_SENSOR_CHECKSUM},
        {HOB_SENSOR_DHT22, {{0x03, 0xe9, 0x00, 0x00, 0xec}, 5}, HOB_SENSOR_RANGE},
        {HOB_SENSOR_DHT22, {{0x02, 0x8c, 0x01, 0x5f}, 4}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_SHT3X, {{0}, 6}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_SHT3X, {{0xbe, 0xef, 0x92, 0xbe, 0xef, 0x93}, 6}, HOB_SENSOR_CHECKSUM},
        {HOB_SENSOR_SHT3X, {{0xbe, 0xee, 0x92, 0xbe, 0xef, 0x92}, 6}, HOB_SENSOR_CHECKSUM},
        {HOB_SENSOR_SHT3X, {{0xbe, 0xef, 0x92, 0xbe, 0xef, 0x92}, 7}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_NTC, {{0x00, 0x00}, 2}, HOB_SENSOR_NO_ANSWER}, /* shorted */
        {HOB_SENSOR_NTC, {{0xe4, 0x0c}, 2}, HOB_SENSOR_NO_ANSWER}, /* torn off: 3300 mV */
        {HOB_SENSOR_NTC, {{0xff, 0xff}, 2}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_ANALOG, {{0x00}, 1}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_PULSE, {{1, 2, 3}, 3}, HOB_SENSOR_NO_ANSWER},
        {HOB_SENSOR_FED, {{0}, 0}, HOB_SENSOR_NO_ANSWER},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct hob_measured m;
        test_row("%d", (int)i);
        CHECK_INT(convert(rows[i].kind, &rows[i].raw, &m), rows[i].want);
    }
}

TEST(every_flipped_bit_of_an_answer_is_noticed)
{
    static const struct {
        enum hob_sensor_kind kind;
        struct raw raw;
    } rows[] = {
        {HOB_SENSOR_DS18B20, {{0x91, 0x01, 0x4b, 0x46, 0x7f, 0xff, 0x0f, 0x10, 0x25}, 9}},
        {HOB_SENSOR_DHT22, {{0x02, 0x8c, 0x01, 0x5f, 0xee}, 5}},
        {HOB_SENSOR_SHT3X, {{0x66, 0x66, 0x93, 0x80, 0x00, 0xa2}, 6}},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        for (size_t bit = 0; bit < rows[i].raw.len * 8; bit++) {
            struct raw raw = rows[i].raw;
            struct hob_measured m;
            test_row("kind %d, bit %d", (int)rows[i].kind, (int)bit);
            raw.bytes[bit / 8] = (uint8_t)(raw.bytes[bit / 8] ^ 1u << bit % 8);
            CHECK_INT(convert(rows[i].kind, &raw, &m), HOB_SENSOR_CHECKSUM);
        }
    }
}

/* Whatever a thermistor's numbers are within their limits, and whatever comes: no overflow. */
TEST(no_raw_value_is_too_much)
{
    static const uint16_t betas[] = {500, 3950, 10000};
    static const uint32_t ohms[] = {1, 10000, 10000000};
    struct hob_measured m;
    uint32_t seed = 7;
    for (size_t k = 0; k < 27; k++) {
        const struct hob_sensor_config c = {.type = HOB_SENSOR_NTC, .beta = betas[k % 3],
                                            .r25 = ohms[k / 3 % 3], .series = ohms[k / 9]};
        for (uint32_t mv = 0; mv < 4000; mv += 7) {
            const uint8_t raw[2] = {(uint8_t)mv, (uint8_t)(mv >> 8)};
            if (hob_convert(&c, raw, sizeof raw, &m) == HOB_SENSOR_OK)
                CHECK(m.value >= -273150 && m.value <= 1000000);
        }
    }
    for (int n = 0; n < 20000; n++) {
        struct raw raw;
        uint32_t kind = test_random(&seed) % 8;
        for (size_t i = 0; i < sizeof raw.bytes; i++)
            raw.bytes[i] = (uint8_t)test_random(&seed);
        raw.len = test_random(&seed) % 10;
        if (convert((enum hob_sensor_kind)kind, &raw, &m) == HOB_SENSOR_OK)
            CHECK(m.value >= -273150 && m.value <= UINT32_MAX);
    }
}

int main(void)
{
    RUN(a_ds18b20_has_sixteenths_of_a_degree);
    RUN(what_a_ds18b20_shows_after_a_reset_is_known);
    RUN(a_dht22_has_tenths_and_a_sign);
    RUN(a_sht3x_has_shares_of_its_range);
    RUN(an_ntc_follows_the_beta_equation);
    RUN(an_ntc_is_monotonous_over_every_millivolt);
    RUN(voltages_and_counts_are_what_they_are);
    RUN(what_is_no_measurement_is_told_by_its_fault);
    RUN(every_flipped_bit_of_an_answer_is_noticed);
    RUN(no_raw_value_is_too_much);
    return test_end("convert");
}
