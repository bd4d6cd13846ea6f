/*
 * Plain outputs and inputs; see pins.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "pins.h"

#include "app.h"
#include "driver/gpio.h"
#include "esp_attr.h"
#include "esp_timer.h"
#include "sdkconfig.h"

static uint8_t uses[GPIO_NUM_MAX];

bool pins_free(uint8_t pin)
{
    return pin < GPIO_NUM_MAX && uses[pin] == PIN_FREE;
}

void pins_take(uint8_t pin, enum pin_use use)
{
    uses[pin] = (uint8_t)use;
}

static esp_err_t set_up(uint8_t pin, gpio_mode_t mode, enum hob_pull pull, gpio_int_type_t edges)
{
    const gpio_config_t config = {
        .pin_bit_mask = 1ull << pin,
        .mode = mode,
        .pull_up_en = pull == HOB_PULL_UP ? GPIO_PULLUP_ENABLE : GPIO_PULLUP_DISABLE,
        .pull_down_en = pull == HOB_PULL_DOWN ? GPIO_PULLDOWN_ENABLE : GPIO_PULLDOWN_DISABLE,
        .intr_type = edges,
    };
    return gpio_config(&config);
}

int pins_output(void *ctx, uint8_t pin, bool level)
{
    (void)ctx;
    pins_take(pin, PIN_PLAIN);
    /* The level waits in its register, so that the first thing the pin drives is right. */
    esp_err_t e = gpio_set_level((gpio_num_t)pin, level);
    if (e == ESP_OK)
        e = set_up(pin, GPIO_MODE_OUTPUT, HOB_PULL_NONE, GPIO_INTR_DISABLE);
    return e == ESP_OK ? HOB_OK : HOB_ERR_ARG;
}

void pins_write(void *ctx, uint8_t pin, bool level)
{
    (void)ctx;
    (void)gpio_set_level((gpio_num_t)pin, level);
}

static void IRAM_ATTR on_edge(void *arg)
{
    uint8_t pin = (uint8_t)(uintptr_t)arg;
    app_board_edge_from_isr(pin, gpio_get_level((gpio_num_t)pin) == 1, esp_timer_get_time());
}

int pins_input(void *ctx, uint8_t pin, enum hob_pull pull)
{
    static bool service;
    (void)ctx;
    pins_take(pin, PIN_INPUT);
    if (!service)
        service = gpio_install_isr_service(0) == ESP_OK;
    esp_err_t e = set_up(pin, GPIO_MODE_INPUT, pull, GPIO_INTR_ANYEDGE);
    if (e == ESP_OK)
        e = gpio_isr_handler_add((gpio_num_t)pin, on_edge, (void *)(uintptr_t)pin);
    return e == ESP_OK ? HOB_OK : HOB_ERR_ARG;
}

bool pins_read(void *ctx, uint8_t pin)
{
    (void)ctx;
    return gpio_get_level((gpio_num_t)pin) == 1;
}

/* The BOOT button is read again when its pin is free, and many boards leave its pull-up to the chip. */
void pins_float(uint8_t pin)
{
    enum hob_pull pull = (int)pin == CONFIG_HOB_BOOT_PIN ? HOB_PULL_UP : HOB_PULL_NONE;
    (void)set_up(pin, GPIO_MODE_INPUT, pull, GPIO_INTR_DISABLE);
    pins_take(pin, PIN_FREE);
}

void pins_release(void *ctx, uint8_t pin)
{
    (void)ctx;
    switch ((enum pin_use)uses[pin]) {
    case PIN_PWM:
        pwm_release(pin);
        break;
    case PIN_STRIP:
        strip_release(pin);
        break;
    case PIN_INPUT:
        (void)gpio_isr_handler_remove((gpio_num_t)pin);
        break;
    case PIN_FREE:
    case PIN_PLAIN:
    case PIN_SENSOR:
        break;
    }
    pins_float(pin);
}
