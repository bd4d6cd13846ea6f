/*
 * struct hob_port of the core, and the figures of its stats frame.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "app.h"
#include "board.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "pins.h"
#include "sensors.h"
#include "soc/soc_caps.h"
#include "update.h"

#if SOC_TEMP_SENSOR_SUPPORTED
#include "driver/temperature_sensor.h"

static bool chip_temperature(int16_t *out)
{
    static temperature_sensor_handle_t sensor;
    temperature_sensor_config_t config = TEMPERATURE_SENSOR_CONFIG_DEFAULT(-10, 80);
    float celsius = 0;
    if (sensor == NULL && (temperature_sensor_install(&config, &sensor) != ESP_OK ||
                           temperature_sensor_enable(sensor) != ESP_OK))
        return false;
    if (temperature_sensor_get_celsius(sensor, &celsius) != ESP_OK)
        return false;
    *out = (int16_t)celsius;
    return true;
}
#else
static bool chip_temperature(int16_t *out)
{
    (void)out;
    return false;
}
#endif

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Bytes of stack that the task which came nearest its end has never used. */
static uint32_t stack_left(void)
{
    /* Those of firmware/README.md that never end: a task that ends takes its figures with it. */
    static const char *const tasks[] = {"hob", "httpd", "serial", "sys_evt", "mdns", "tiT"};
    uint32_t left = UINT32_MAX;
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        TaskHandle_t task = xTaskGetHandle(tasks[i]);
        if (task != NULL)
            left = least(left, (uint32_t)uxTaskGetStackHighWaterMark(task));
    }
    return left;
}

static void stats(void *ctx, struct hob_stats *out)
{
    (void)ctx;
    out->heap = esp_get_free_heap_size();
    out->heap_low = esp_get_minimum_free_heap_size();
    out->stack = stack_left();
    out->loop_us = board_longest_turn_us();
    out->rssi = (int16_t)net_rssi();
    out->has_temp = chip_temperature(&out->temp);
}

const struct hob_port app_port = {
    .pin_output = pins_output,
    .pin_write = pins_write,
    .pin_input = pins_input,
    .pin_read = pins_read,
    .pin_release = pins_release,
    .pwm_open = pwm_open,
    .pwm_write = pwm_write,
    .strip_open = strip_open,
    .strip_fill = strip_fill,
    .sensor_open = sensors_open,
    .sensor_close = sensors_close,
    .sensor_start = sensors_start,
    .sensor_read = sensors_read,
    .i2c_open = sht_bus,
    .storage_read = app_settings_read,
    .storage_write = app_settings_write,
    .conn_send = board_send,
    .conn_close = board_close,
    .update_begin = update_begin,
    .update_write = update_write,
    .update_read = update_read,
    .update_boot = update_boot,
    .update_on_trial = update_on_trial,
    .update_keep = update_keep,
    .update_undo = update_undo,
    .restart = board_restart,
    .adoption_changed = board_adoption_changed,
    .stats = stats,
    .log = board_log,
};
