/*
 * WS2812 strips by the RMT. Every pixel has the same colour, so a strip needs one
 * buffer, which must stay as it is while it is being sent.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "driver/rmt_encoder.h"
#include "driver/rmt_tx.h"
#include "esp_rom_sys.h"
#include "pins.h"
#include "soc/soc_caps.h"

#define RESOLUTION_HZ 10000000u /* a tick is 100 ns */
#define STRIPS 8
/* Data sheet of the WS2812B, in ticks: high and low of a 0, of a 1. Both are within the older one's. */
#define T0H 4
#define T0L 9
#define T1H 8
#define T1L 5
#define LATCH_US 300u
/* 1024 pixels take 31 ms. */
#define SEND_MS 60

static struct strip {
    rmt_channel_handle_t channel;
    rmt_encoder_handle_t encoder;
    uint8_t *pixels;
    uint16_t count;
    uint8_t pin;
} strips[STRIPS];

static struct strip *find(uint8_t pin)
{
    for (int i = 0; i < STRIPS; i++) {
        if (strips[i].channel != NULL && strips[i].pin == pin)
            return &strips[i];
    }
    return NULL;
}

static struct strip *find_free(void)
{
    for (int i = 0; i < STRIPS; i++) {
        if (strips[i].channel == NULL)
            return &strips[i];
    }
    return NULL;
}

static esp_err_t start(struct strip *s, uint8_t pin)
{
    const rmt_tx_channel_config_t channel = {
        .gpio_num = (gpio_num_t)pin,
        .clk_src = RMT_CLK_SRC_DEFAULT,
        .resolution_hz = RESOLUTION_HZ,
        .mem_block_symbols = SOC_RMT_MEM_WORDS_PER_CHANNEL,
        .trans_queue_depth = 1,
    };
    const rmt_bytes_encoder_config_t encoder = {
        .bit0 = {.duration0 = T0H, .level0 = 1, .duration1 = T0L, .level1 = 0},
        .bit1 = {.duration0 = T1H, .level0 = 1, .duration1 = T1L, .level1 = 0},
        .flags = {.msb_first = 1},
    };
    esp_err_t e = rmt_new_tx_channel(&channel, &s->channel);
    if (e != ESP_OK) {
        s->channel = NULL;
        return e;
    }
    e = rmt_new_bytes_encoder(&encoder, &s->encoder);
    if (e != ESP_OK)
        s->encoder = NULL;
    return e == ESP_OK ? rmt_enable(s->channel) : e;
}

static void stop(struct strip *s)
{
    if (s->channel != NULL) {
        (void)rmt_tx_wait_all_done(s->channel, SEND_MS);
        (void)rmt_disable(s->channel);
        (void)rmt_del_channel(s->channel);
    }
    if (s->encoder != NULL)
        (void)rmt_del_encoder(s->encoder);
    free(s->pixels);
    memset(s, 0, sizeof *s);
}

int strip_open(void *ctx, uint8_t pin, uint16_t count)
{
    (void)ctx;
    strip_release(pin); /* another count for an open pin */
    struct strip *s = find_free();
    pins_take(pin, PIN_STRIP);
    if (s == NULL)
        return HOB_ERR_SPACE;
    s->pixels = calloc(count, 3);
    s->pin = pin;
    s->count = count;
    if (s->pixels != NULL && start(s, pin) == ESP_OK)
        return HOB_OK;
    stop(s);
    return HOB_ERR_SPACE;
}

void strip_fill(void *ctx, uint8_t pin, uint16_t count, const uint8_t pixel[3])
{
    static const rmt_transmit_config_t once = {.loop_count = 0};
    struct strip *s = find(pin);
    (void)ctx;
    if (s == NULL || count > s->count)
        return;
    /* Of a strip that is longer than a fade's step, every step waits for the one before. */
    if (rmt_tx_wait_all_done(s->channel, SEND_MS) != ESP_OK)
        return;
    esp_rom_delay_us(LATCH_US);
    for (size_t i = 0; i < count; i++)
        memcpy(s->pixels + 3 * i, pixel, 3);
    (void)rmt_transmit(s->channel, s->encoder, s->pixels, (size_t)3 * count, &once);
}

void strip_release(uint8_t pin)
{
    struct strip *s = find(pin);
    if (s != NULL)
        stop(s);
}
