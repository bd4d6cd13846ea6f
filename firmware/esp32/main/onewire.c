/*
 * A DS18B20, alone on its 1-Wire bus, by the pin itself: an open drain, and waits
 * with interrupts off for one time slot at a time, 70 µs at most. Not by the RMT:
 * an ESP32-C3 has two channels that can send, which strips may have, and since
 * ESP-IDF 6.0 a channel cannot share its pin with one that receives.
 *
 * Slots and commands are those of the data sheet.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_rom_sys.h"
#include "freertos/FreeRTOS.h"
#include "sensors.h"

#define SKIP_ROM 0xCCu
#define CONVERT 0x44u
#define READ_SCRATCHPAD 0xBEu
/* 12 bits take 750 ms at most. */
#define CONVERT_MS 760
#define SCRATCHPAD 9

static portMUX_TYPE slot_lock = portMUX_INITIALIZER_UNLOCKED;

int onewire_open(uint8_t pin)
{
    const gpio_config_t config = {
        .pin_bit_mask = 1ull << pin,
        .mode = GPIO_MODE_INPUT_OUTPUT_OD,
        .pull_up_en = GPIO_PULLUP_ENABLE, /* helps the resistor that has to be there */
        .intr_type = GPIO_INTR_DISABLE,
    };
    (void)gpio_set_level((gpio_num_t)pin, 1);
    return gpio_config(&config) == ESP_OK ? HOB_OK : HOB_ERR_ARG;
}

/* Nobody else's interrupt makes the slot longer. Result: the level some 10 µs after its start. */
static bool IRAM_ATTR slot(uint8_t pin, uint32_t low_us, uint32_t rest_us)
{
    portENTER_CRITICAL(&slot_lock);
    (void)gpio_set_level((gpio_num_t)pin, 0);
    esp_rom_delay_us(low_us);
    (void)gpio_set_level((gpio_num_t)pin, 1);
    if (low_us < 10)
        esp_rom_delay_us(10 - low_us);
    bool level = gpio_get_level((gpio_num_t)pin) == 1;
    portEXIT_CRITICAL(&slot_lock);
    esp_rom_delay_us(rest_us);
    return level;
}

static void write_byte(uint8_t pin, uint8_t byte)
{
    for (int bit = 0; bit < 8; bit++) {
        if ((byte >> bit & 1u) != 0)
            (void)slot(pin, 4, 60);
        else
            (void)slot(pin, 62, 8);
    }
}

static uint8_t read_byte(uint8_t pin)
{
    unsigned byte = 0;
    for (unsigned bit = 0; bit < 8; bit++)
        byte |= (slot(pin, 2, 58) ? 1u : 0u) << bit;
    return (uint8_t)byte;
}

/* Low for long enough, then the sensor says that it is there. Its length does no harm. */
static bool IRAM_ATTR reset(uint8_t pin)
{
    if (gpio_get_level((gpio_num_t)pin) == 0)
        return false; /* nothing pulls the line up */
    (void)gpio_set_level((gpio_num_t)pin, 0);
    esp_rom_delay_us(500);
    portENTER_CRITICAL(&slot_lock);
    (void)gpio_set_level((gpio_num_t)pin, 1);
    esp_rom_delay_us(70);
    bool there = gpio_get_level((gpio_num_t)pin) == 0;
    portEXIT_CRITICAL(&slot_lock);
    esp_rom_delay_us(430);
    return there && gpio_get_level((gpio_num_t)pin) == 1;
}

int onewire_start(uint8_t pin)
{
    if (!reset(pin))
        return HOB_ERR_MISSING;
    write_byte(pin, SKIP_ROM);
    write_byte(pin, CONVERT);
    return CONVERT_MS;
}

int onewire_read(uint8_t pin, uint8_t *buf)
{
    if (!reset(pin))
        return HOB_ERR_MISSING;
    write_byte(pin, SKIP_ROM);
    write_byte(pin, READ_SCRATCHPAD);
    for (int i = 0; i < SCRATCHPAD; i++)
        buf[i] = read_byte(pin);
    return SCRATCHPAD;
}
