/*
 * What does not change while the board runs: who it is, and why it started.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "esp_app_desc.h"
#include "esp_mac.h"
#include "esp_system.h"
#include "esp_timer.h"
#include "sdkconfig.h"

const char *app_id(void)
{
    static char id[HOB_ID_SIZE];
    uint8_t mac[6] = {0};
    if (id[0] == '\0') {
        /* The chip's own number: it stays, whatever network the board is on. */
        ESP_ERROR_CHECK(esp_read_mac(mac, ESP_MAC_BASE));
        (void)snprintf(id, sizeof id, "hob-%02x%02x%02x", mac[3], mac[4], mac[5]);
    }
    return id;
}

const char *app_chip(void)
{
    return CONFIG_IDF_TARGET;
}

const char *app_fw(void)
{
    return esp_app_get_description()->version;
}

/* Days since 1970 of a date of our calendar. */
static int64_t days(int year, int month, int day)
{
    /* March is month 0, so that the leap day ends the year. */
    int64_t y = month > 2 ? year : year - 1;
    int64_t m = month > 2 ? month - 3 : month + 9;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719468;
}

/* The compiler's form: "Nov  5 2026". UTC is close enough: the day before counts. */
uint64_t app_build_ms(void)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const esp_app_desc_t *app = esp_app_get_description();
    char name[4] = {app->date[0], app->date[1], app->date[2], '\0'};
    char *end = NULL;
    int day = (int)strtol(app->date + 3, &end, 10);
    int year = (int)strtol(end, NULL, 10);
    const char *at = strstr(months, name);
    if (at == NULL || day < 1 || day > 31 || year < 2026 || year > 2200 || (at - months) % 3 != 0)
        return 0;
    int64_t day_number = days(year, (int)(at - months) / 3 + 1, day) - 1;
    return (uint64_t)day_number * 86400000u;
}

enum hob_reset app_reset(void)
{
    switch (esp_reset_reason()) {
    case ESP_RST_POWERON:
    case ESP_RST_EXT:
        return HOB_RESET_POWER_ON;
    case ESP_RST_SW:
        return HOB_RESET_RESTART;
    case ESP_RST_INT_WDT:
    case ESP_RST_TASK_WDT:
    case ESP_RST_WDT:
        return HOB_RESET_WATCHDOG;
    case ESP_RST_BROWNOUT:
        return HOB_RESET_BROWNOUT;
    case ESP_RST_PANIC:
        return HOB_RESET_PANIC;
    default:
        return HOB_RESET_UNKNOWN;
    }
}

uint64_t app_now_ms(void)
{
    return (uint64_t)esp_timer_get_time() / 1000u;
}
