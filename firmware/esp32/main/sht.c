/*
 * SHT3x on an I2C bus. The driver for it came with ESP-IDF 5.2; with 5.1 a board
 * answers that the sensor cannot be set up, and says why in its log.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "esp_idf_version.h"
#include "esp_log.h"
#include "pins.h"
#include "sensors.h"

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 2, 0)
#include "driver/i2c_master.h"

#define FIRST 0x44u
#define COUNT 2u
#define SPEED_HZ 100000u
#define TIMEOUT_MS 20
/* Once, high repeatability, no clock stretching: 15.5 ms. */
#define MEASURE_MS 17

static const uint8_t measure[2] = {0x24, 0x00};
static i2c_master_bus_handle_t bus;
static i2c_master_dev_handle_t sensors[COUNT];
static uint8_t bus_pins[2] = {HOB_NO_PIN, HOB_NO_PIN};

static void release(void)
{
    if (bus != NULL)
        (void)i2c_del_master_bus(bus);
    bus = NULL;
    for (int i = 0; i < 2; i++) {
        if (bus_pins[i] != HOB_NO_PIN)
            pins_float(bus_pins[i]);
        bus_pins[i] = HOB_NO_PIN;
    }
}

int sht_bus(void *ctx, uint8_t sda, uint8_t scl)
{
    (void)ctx;
    release();
    if (sda == HOB_NO_PIN)
        return HOB_OK;
    const i2c_master_bus_config_t config = {
        .i2c_port = -1,
        .sda_io_num = (gpio_num_t)sda,
        .scl_io_num = (gpio_num_t)scl,
        .clk_source = I2C_CLK_SRC_DEFAULT,
        .glitch_ignore_cnt = 7,
        .flags = {.enable_internal_pullup = 1},
    };
    pins_take(sda, PIN_SENSOR);
    pins_take(scl, PIN_SENSOR);
    bus_pins[0] = sda;
    bus_pins[1] = scl;
    if (i2c_new_master_bus(&config, &bus) == ESP_OK)
        return HOB_OK;
    bus = NULL;
    return HOB_ERR_ARG;
}

static i2c_master_dev_handle_t *at(uint8_t address)
{
    return address >= FIRST && address < FIRST + COUNT ? &sensors[address - FIRST] : NULL;
}

int sht_open(uint8_t address)
{
    const i2c_device_config_t config = {
        .dev_addr_length = I2C_ADDR_BIT_LEN_7, .device_address = address, .scl_speed_hz = SPEED_HZ};
    i2c_master_dev_handle_t *s = at(address);
    if (s == NULL || bus == NULL || i2c_master_bus_add_device(bus, &config, s) != ESP_OK)
        return HOB_ERR_ARG;
    return HOB_OK;
}

void sht_close(uint8_t address)
{
    i2c_master_dev_handle_t *s = at(address);
    if (s == NULL || *s == NULL)
        return;
    (void)i2c_master_bus_rm_device(*s);
    *s = NULL;
}

int sht_start(uint8_t address)
{
    i2c_master_dev_handle_t *s = at(address);
    if (s == NULL || *s == NULL ||
        i2c_master_transmit(*s, measure, sizeof measure, TIMEOUT_MS) != ESP_OK)
        return HOB_ERR_MISSING;
    return MEASURE_MS;
}

int sht_read(uint8_t address, uint8_t *buf)
{
    i2c_master_dev_handle_t *s = at(address);
    if (s == NULL || *s == NULL || i2c_master_receive(*s, buf, 6, TIMEOUT_MS) != ESP_OK)
        return HOB_ERR_MISSING;
    return 6;
}

#else

int sht_bus(void *ctx, uint8_t sda, uint8_t scl)
{
    (void)ctx, (void)scl;
    if (sda == HOB_NO_PIN)
        return HOB_OK;
    ESP_LOGE("hob", "I2C sensors need a firmware that was built with ESP-IDF 5.2 or later");
    return HOB_ERR_ARG;
}

int sht_open(uint8_t address)
{
    (void)address;
    return HOB_ERR_ARG;
}

void sht_close(uint8_t address)
{
    (void)address;
}

int sht_start(uint8_t address)
{
    (void)address;
    return HOB_ERR_MISSING;
}

int sht_read(uint8_t address, uint8_t *buf)
{
    (void)address, (void)buf;
    return HOB_ERR_MISSING;
}
#endif
