/*
 * PWM by the LEDC. A timer gives the frequency for any number of channels. The
 * core makes fades itself, step by step, so that what it reports is what is shown.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "driver/ledc.h"
#include "hob_timing.h"
#include "pins.h"
#include "soc/soc_caps.h"

/* More bits than anybody sees, and few enough for every chip at every frequency. */
#define MOST_BITS 13u
#define CLOCK_HZ 80000000u
/* An esp32 has a second group of eight channels and four timers, which works the same. */
#if SOC_LEDC_SUPPORT_HS_MODE
#define GROUPS 2
#else
#define GROUPS 1
#endif
#define CHANNELS ((int)SOC_LEDC_CHANNEL_NUM)
#define TIMERS 4

static struct {
    uint32_t freq; /* Hz; 0: nobody uses it */
    unsigned bits;
    int users;
} timers[GROUPS][TIMERS];

static struct {
    uint8_t pin;
    uint8_t timer;
    bool used;
} channels[GROUPS][CHANNELS];

static ledc_mode_t mode(int group)
{
#if SOC_LEDC_SUPPORT_HS_MODE
    return group == 1 ? LEDC_HIGH_SPEED_MODE : LEDC_LOW_SPEED_MODE;
#else
    (void)group;
    return LEDC_LOW_SPEED_MODE;
#endif
}

static bool find(uint8_t pin, int *group, int *channel)
{
    for (*group = 0; *group < GROUPS; (*group)++) {
        for (*channel = 0; *channel < CHANNELS; (*channel)++) {
            if (channels[*group][*channel].used && channels[*group][*channel].pin == pin)
                return true;
        }
    }
    return false;
}

/* A timer of the group that has this frequency, or is free; -1 if there is none. */
static int find_timer(int group, uint32_t freq)
{
    int free_one = -1;
    for (int t = 0; t < TIMERS; t++) {
        if (timers[group][t].users > 0 && timers[group][t].freq == freq)
            return t;
        if (timers[group][t].users == 0)
            free_one = t;
    }
    return free_one;
}

static int find_channel(int group)
{
    for (int c = 0; c < CHANNELS; c++) {
        if (!channels[group][c].used)
            return c;
    }
    return -1;
}

static esp_err_t start_timer(int group, int timer, uint32_t freq)
{
    if (timers[group][timer].users > 0)
        return ESP_OK;
    timers[group][timer].freq = freq;
    timers[group][timer].bits = hob_timing_duty_bits(CLOCK_HZ, freq, MOST_BITS);
    const ledc_timer_config_t config = {
        .speed_mode = mode(group),
        .duty_resolution = (ledc_timer_bit_t)timers[group][timer].bits,
        .timer_num = (ledc_timer_t)timer,
        .freq_hz = freq,
        .clk_cfg = LEDC_AUTO_CLK,
    };
    return ledc_timer_config(&config);
}

static esp_err_t start_channel(int group, int channel, int timer, uint8_t pin, uint16_t duty)
{
    const ledc_channel_config_t config = {
        .gpio_num = pin,
        .speed_mode = mode(group),
        .channel = (ledc_channel_t)channel,
        .timer_sel = (ledc_timer_t)timer,
        .duty = hob_timing_duty(duty, timers[group][timer].bits),
    };
    return ledc_channel_config(&config);
}

static int open_in(int group, uint8_t pin, uint32_t freq, uint16_t duty)
{
    int channel = find_channel(group);
    int timer = find_timer(group, freq);
    if (channel < 0 || timer < 0)
        return HOB_ERR_SPACE;
    if (start_timer(group, timer, freq) != ESP_OK ||
        start_channel(group, channel, timer, pin, duty) != ESP_OK)
        return HOB_ERR_ARG;
    timers[group][timer].users++;
    channels[group][channel].pin = pin;
    channels[group][channel].timer = (uint8_t)timer;
    channels[group][channel].used = true;
    return HOB_OK;
}

int pwm_open(void *ctx, uint8_t pin, uint32_t freq_hz, uint16_t duty)
{
    int r = HOB_ERR_SPACE;
    (void)ctx;
    pwm_release(pin); /* another frequency for an open pin */
    pins_take(pin, PIN_PWM);
    for (int group = 0; group < GROUPS && r == HOB_ERR_SPACE; group++)
        r = open_in(group, pin, freq_hz, duty);
    return r;
}

void pwm_write(void *ctx, uint8_t pin, uint16_t duty)
{
    int group;
    int channel;
    (void)ctx;
    if (!find(pin, &group, &channel))
        return;
    unsigned bits = timers[group][channels[group][channel].timer].bits;
    if (ledc_set_duty(mode(group), (ledc_channel_t)channel, hob_timing_duty(duty, bits)) == ESP_OK)
        (void)ledc_update_duty(mode(group), (ledc_channel_t)channel);
}

void pwm_release(uint8_t pin)
{
    int group;
    int channel;
    if (!find(pin, &group, &channel))
        return;
    (void)ledc_stop(mode(group), (ledc_channel_t)channel, 0);
    channels[group][channel].used = false;
    timers[group][channels[group][channel].timer].users--;
}
