/*
 * Counts falling edges: by the PCNT where there is one, which costs nothing and
 * passes over spikes shorter than 1 µs; otherwise (ESP32-C3) by an interrupt each.
 * Neither debounces: a contact needs a capacitor, or is an input.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "driver/gpio.h"
#include "esp_attr.h"
#include "hob_store.h"
#include "sensors.h"
#include "soc/soc_caps.h"

#define COUNTERS 4

#if SOC_PCNT_SUPPORTED
#include "driver/pulse_cnt.h"

#define LIMIT 32000
#define GLITCH_NS 1000u

static struct counter {
    pcnt_unit_handle_t unit; /* NULL: free */
    pcnt_channel_handle_t channel;
    uint8_t pin;
} counters[COUNTERS];

static struct counter *find(uint8_t pin, bool used)
{
    for (int i = 0; i < COUNTERS; i++) {
        if (used ? counters[i].unit != NULL && counters[i].pin == pin : counters[i].unit == NULL)
            return &counters[i];
    }
    return NULL;
}

static void stop(struct counter *c)
{
    (void)pcnt_unit_stop(c->unit);
    (void)pcnt_unit_disable(c->unit);
    if (c->channel != NULL)
        (void)pcnt_del_channel(c->channel);
    (void)pcnt_del_unit(c->unit);
    memset(c, 0, sizeof *c);
}

/* Beyond its 16 bits the driver adds up at the watch point. */
static esp_err_t start(struct counter *c)
{
    const pcnt_glitch_filter_config_t filter = {.max_glitch_ns = GLITCH_NS};
    const pcnt_chan_config_t channel = {.edge_gpio_num = c->pin, .level_gpio_num = -1};
    esp_err_t e = pcnt_unit_set_glitch_filter(c->unit, &filter);
    if (e == ESP_OK)
        e = pcnt_new_channel(c->unit, &channel, &c->channel);
    if (e == ESP_OK)
        e = pcnt_channel_set_edge_action(c->channel, PCNT_CHANNEL_EDGE_ACTION_HOLD,
                                         PCNT_CHANNEL_EDGE_ACTION_INCREASE);
    if (e == ESP_OK)
        e = pcnt_unit_add_watch_point(c->unit, LIMIT);
    if (e == ESP_OK)
        e = pcnt_unit_enable(c->unit);
    if (e == ESP_OK)
        e = pcnt_unit_clear_count(c->unit);
    return e == ESP_OK ? pcnt_unit_start(c->unit) : e;
}

int counter_open(uint8_t pin)
{
    const pcnt_unit_config_t config = {
        .low_limit = -1, .high_limit = LIMIT, .flags = {.accum_count = 1}};
    struct counter *c = find(pin, false);
    if (c == NULL || pcnt_new_unit(&config, &c->unit) != ESP_OK) {
        if (c != NULL)
            c->unit = NULL;
        return HOB_ERR_SPACE;
    }
    c->pin = pin;
    if (start(c) == ESP_OK)
        return HOB_OK;
    stop(c);
    return HOB_ERR_ARG;
}

void counter_close(uint8_t pin)
{
    struct counter *c = find(pin, true);
    if (c != NULL)
        stop(c);
}

int counter_read(uint8_t pin, uint8_t *buf)
{
    const struct counter *c = find(pin, true);
    int count = 0;
    if (c == NULL || pcnt_unit_get_count(c->unit, &count) != ESP_OK)
        return HOB_ERR_STATE;
    hob_put32(buf, (uint32_t)count);
    return 4;
}

#else
#include "freertos/FreeRTOS.h"

static struct counter {
    uint32_t count;
    uint8_t pin;
    bool used;
} counters[COUNTERS];

static portMUX_TYPE count_lock = portMUX_INITIALIZER_UNLOCKED;

static struct counter *find(uint8_t pin, bool used)
{
    for (int i = 0; i < COUNTERS; i++) {
        if (used ? counters[i].used && counters[i].pin == pin : !counters[i].used)
            return &counters[i];
    }
    return NULL;
}

static void IRAM_ATTR on_edge(void *arg)
{
    struct counter *c = arg;
    portENTER_CRITICAL_ISR(&count_lock);
    c->count++;
    portEXIT_CRITICAL_ISR(&count_lock);
}

int counter_open(uint8_t pin)
{
    const gpio_config_t config = {.pin_bit_mask = 1ull << pin,
                                  .mode = GPIO_MODE_INPUT,
                                  .pull_up_en = GPIO_PULLUP_ENABLE,
                                  .intr_type = GPIO_INTR_NEGEDGE};
    struct counter *c = find(pin, false);
    if (c == NULL)
        return HOB_ERR_SPACE;
    /* Running already when an input came first. */
    esp_err_t e = gpio_install_isr_service(0);
    if (e == ESP_OK || e == ESP_ERR_INVALID_STATE)
        e = gpio_config(&config);
    *c = (struct counter){.pin = pin, .used = e == ESP_OK};
    if (e == ESP_OK)
        e = gpio_isr_handler_add((gpio_num_t)pin, on_edge, c);
    c->used = e == ESP_OK;
    return e == ESP_OK ? HOB_OK : HOB_ERR_ARG;
}

void counter_close(uint8_t pin)
{
    struct counter *c = find(pin, true);
    if (c == NULL)
        return;
    (void)gpio_isr_handler_remove((gpio_num_t)pin);
    c->used = false;
}

int counter_read(uint8_t pin, uint8_t *buf)
{
    const struct counter *c = find(pin, true);
    if (c == NULL)
        return HOB_ERR_STATE;
    portENTER_CRITICAL(&count_lock);
    uint32_t count = c->count;
    portEXIT_CRITICAL(&count_lock);
    hob_put32(buf, count);
    return 4;
}
#endif
