/*
 * Settings in NVS, one blob for each slot of the core. NVS keeps the old blob
 * until the new one is whole, and the core has two slots of everything besides.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "app.h"
#include "esp_log.h"
#include "nvs.h"
#include "nvs_flash.h"

static const char *const keys[HOB_SLOT_COUNT] = {
    [HOB_SLOT_KEYS_A] = "keys_a",     [HOB_SLOT_KEYS_B] = "keys_b",
    [HOB_SLOT_CONFIG_A] = "config_a", [HOB_SLOT_CONFIG_B] = "config_b",
    [HOB_SLOT_STATE_A] = "state_a",   [HOB_SLOT_STATE_B] = "state_b",
};

static nvs_handle_t settings;
static bool started;

void app_settings_start(void)
{
    esp_err_t e = nvs_flash_init();
    if (e == ESP_OK)
        e = nvs_open("hob", NVS_READWRITE, &settings);
    started = e == ESP_OK;
    /* A key that was lost to an erasure would be lost for good; the cable can still do it. */
    if (!started)
        ESP_LOGE("hob", "settings memory does not start: %s", esp_err_to_name(e));
}

static int read_blob(const char *key, uint8_t *buf, size_t cap)
{
    size_t len = cap;
    if (!started)
        return HOB_ERR_STORAGE;
    esp_err_t e = nvs_get_blob(settings, key, buf, &len);
    if (e == ESP_ERR_NVS_NOT_FOUND)
        return 0;
    return e == ESP_OK ? (int)len : HOB_ERR_STORAGE;
}

static int write_blob(const char *key, const uint8_t *data, size_t len)
{
    if (!started)
        return HOB_ERR_STORAGE;
    esp_err_t e = len > 0 ? nvs_set_blob(settings, key, data, len) : nvs_erase_key(settings, key);
    if (len == 0 && e == ESP_ERR_NVS_NOT_FOUND)
        e = ESP_OK;
    if (e == ESP_OK)
        e = nvs_commit(settings);
    return e == ESP_OK ? HOB_OK : HOB_ERR_STORAGE;
}

int app_settings_read(void *ctx, enum hob_slot slot, uint8_t *buf, size_t cap)
{
    (void)ctx;
    return read_blob(keys[slot], buf, cap);
}

int app_settings_write(void *ctx, enum hob_slot slot, const uint8_t *data, size_t len)
{
    (void)ctx;
    return write_blob(keys[slot], data, len);
}

void app_settings_wifi(struct hob_wifi *out)
{
    uint8_t record[HOB_WIFI_RECORD];
    int len = read_blob("wifi", record, sizeof record);
    /* Without a good record it comes back empty. */
    (void)hob_wifi_unpack(record, len > 0 ? (size_t)len : 0, out);
    hob_wipe(record, sizeof record);
}

int app_settings_set_wifi(const struct hob_wifi *wifi)
{
    uint8_t record[HOB_WIFI_RECORD];
    size_t len = wifi != NULL ? (size_t)hob_wifi_pack(wifi, record) : 0;
    int r = write_blob("wifi", record, len);
    hob_wipe(record, sizeof record);
    return r;
}
