/*
 * A DHT22: woken by a low millisecond, it answers with 40 stretches, which the RMT
 * measures without the processor. A channel is in use for that moment only.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "driver/gpio.h"
#include "driver/rmt_rx.h"
#include "esp_attr.h"
#include "esp_rom_sys.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "hob_timing.h"
#include "sensors.h"
#include "soc/soc_caps.h"

#define RESOLUTION_HZ 1000000u /* a tick is 1 µs */
#define WAKE_US 1200u
/* The answer takes 5 ms at most. */
#define ANSWER_MS 12
/* 41 symbols answer; a channel of the smallest chips has room for 48. */
#define SYMBOLS SOC_RMT_MEM_WORDS_PER_CHANNEL

static uint8_t answer[HOB_DHT_BYTES];
static int answer_length; /* of the newest measurement; negative: an error */

/* ---- what the RMT saw ---- */

static bool IRAM_ATTR received(rmt_channel_handle_t channel, const rmt_rx_done_event_data_t *data,
                               void *ctx)
{
    BaseType_t woken = pdFALSE;
    (void)channel;
    (void)xQueueSendFromISR((QueueHandle_t)ctx, data, &woken);
    return woken == pdTRUE;
}

static int decode(const rmt_symbol_word_t *symbols, size_t count)
{
    struct hob_stretch s[2 * SYMBOLS];
    size_t n = 0;
    for (size_t i = 0; i < count && i < SYMBOLS; i++) {
        s[n++] = (struct hob_stretch){(uint16_t)symbols[i].duration0, symbols[i].level0 == 1};
        s[n++] = (struct hob_stretch){(uint16_t)symbols[i].duration1, symbols[i].level1 == 1};
    }
    int r = hob_timing_dht(s, n, answer);
    return r == HOB_OK ? (int)HOB_DHT_BYTES : r;
}

/* ---- a measurement ---- */

static esp_err_t wake(uint8_t pin)
{
    esp_err_t e = gpio_set_direction((gpio_num_t)pin, GPIO_MODE_INPUT_OUTPUT_OD);
    if (e == ESP_OK)
        e = gpio_set_level((gpio_num_t)pin, 0);
    esp_rom_delay_us(WAKE_US);
    return e;
}

static int hear(rmt_channel_handle_t channel, QueueHandle_t queue, uint8_t pin)
{
    static rmt_symbol_word_t symbols[SYMBOLS];
    static const rmt_receive_config_t limits = {.signal_range_min_ns = 2000,
                                                .signal_range_max_ns = 300000};
    rmt_rx_done_event_data_t done = {0};
    if (wake(pin) != ESP_OK || rmt_receive(channel, symbols, sizeof symbols, &limits) != ESP_OK)
        return HOB_ERR_STATE;
    (void)gpio_set_level((gpio_num_t)pin, 1);
    if (xQueueReceive(queue, &done, pdMS_TO_TICKS(ANSWER_MS)) != pdTRUE)
        return HOB_ERR_MISSING;
    return decode(done.received_symbols, done.num_symbols);
}

static int measure(uint8_t pin, QueueHandle_t queue)
{
    const rmt_rx_channel_config_t config = {
        .gpio_num = (gpio_num_t)pin,
        .clk_src = RMT_CLK_SRC_DEFAULT,
        .resolution_hz = RESOLUTION_HZ,
        .mem_block_symbols = SYMBOLS,
    };
    const rmt_rx_event_callbacks_t callbacks = {.on_recv_done = received};
    rmt_channel_handle_t channel = NULL;
    int r = HOB_ERR_SPACE;
    if (rmt_new_rx_channel(&config, &channel) != ESP_OK)
        return r;
    if (rmt_rx_register_event_callbacks(channel, &callbacks, queue) == ESP_OK &&
        rmt_enable(channel) == ESP_OK) {
        r = hear(channel, queue, pin);
        (void)rmt_disable(channel);
    }
    (void)rmt_del_channel(channel);
    return r;
}

int dht_start(uint8_t pin)
{
    QueueHandle_t queue = xQueueCreate(1, sizeof(rmt_rx_done_event_data_t));
    answer_length = queue != NULL ? measure(pin, queue) : HOB_ERR_SPACE;
    if (queue != NULL)
        vQueueDelete(queue);
    /* An open drain again, as the channel may have left it otherwise. */
    (void)onewire_open(pin);
    return 0;
}

/* The core reads a measurement that takes 0 ms before it starts another one. */
int dht_read(uint8_t pin, uint8_t *buf)
{
    (void)pin;
    if (answer_length > 0)
        memcpy(buf, answer, HOB_DHT_BYTES);
    return answer_length;
}
