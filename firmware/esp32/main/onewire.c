/*
 * The 1-Wire bus of a DS18B20 by the pin itself: an open drain, and waits with
 * interrupts off up to the look at the line, 72 µs at most. What is said on it is in
 * port/hob_onewire.c; why not by the RMT, in docs/decisions/one-wire-by-the-pin.md.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_rom_sys.h"
#include "freertos/FreeRTOS.h"
#include "hob_onewire.h"
#include "sensors.h"

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

static bool IRAM_ATTR idle(void *ctx)
{
    return gpio_get_level((gpio_num_t)(*(const uint8_t *)ctx)) == 1;
}

/* In a critical section: lets the line go, and gives its level look_us later. */
static bool IRAM_ATTR let_go(gpio_num_t pin, uint32_t look_us)
{
    (void)gpio_set_level(pin, 1);
    esp_rom_delay_us(look_us);
    return gpio_get_level(pin) == 1;
}

/* Nobody else's interrupt makes it longer. */
static bool IRAM_ATTR slot(void *ctx, uint32_t low_us, uint32_t look_us, uint32_t rest_us)
{
    gpio_num_t pin = (gpio_num_t)(*(const uint8_t *)ctx);
    portENTER_CRITICAL(&slot_lock);
    (void)gpio_set_level(pin, 0);
    esp_rom_delay_us(low_us);
    bool level = let_go(pin, look_us);
    portEXIT_CRITICAL(&slot_lock);
    esp_rom_delay_us(rest_us);
    return level;
}

/* Half a millisecond is too long to keep interrupts off, and a longer one does no harm. */
static bool IRAM_ATTR reset(void *ctx, uint32_t low_us, uint32_t look_us, uint32_t rest_us)
{
    gpio_num_t pin = (gpio_num_t)(*(const uint8_t *)ctx);
    (void)gpio_set_level(pin, 0);
    esp_rom_delay_us(low_us);
    portENTER_CRITICAL(&slot_lock);
    bool level = let_go(pin, look_us);
    portEXIT_CRITICAL(&slot_lock);
    esp_rom_delay_us(rest_us);
    return level;
}

int onewire_start(uint8_t pin)
{
    const struct hob_onewire bus = {&pin, idle, slot, reset};
    return hob_onewire_convert(&bus);
}

int onewire_read(uint8_t pin, uint8_t *buf)
{
    const struct hob_onewire bus = {&pin, idle, slot, reset};
    return hob_onewire_read(&bus, buf);
}
