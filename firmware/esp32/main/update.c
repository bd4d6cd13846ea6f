/*
 * The two slots for firmware, by ESP-IDF's OTA functions and its bootloader, which
 * boots what is new once and goes back unless it is marked as valid.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "update.h"

#include <string.h>

#include "board.h"
#include "esp_log.h"
#include "esp_ota_ops.h"
#include "esp_partition.h"
#include "sdkconfig.h"

/*
 * Right behind ESP-IDF's own description of the application, where `hob sign` and
 * internal/image look for it. The linker script has the place for it.
 */
struct own_description {
    char magic[4];
    uint16_t security;
    uint16_t reserved;
};

const __attribute__((section(".rodata_custom_desc"), used)) struct own_description hob_description = {
    .magic = {'H', 'O', 'B', '1'},
    .security = CONFIG_HOB_SECURITY_VERSION,
};

static esp_ota_handle_t handle;
static const esp_partition_t *slot; /* the one that does not run; NULL: none is being written */
static bool writing;

static void stop(void)
{
    if (writing)
        (void)esp_ota_abort(handle);
    writing = false;
}

/* Erases as it goes: the whole slot at once would take seconds. */
int update_begin(void *ctx, uint32_t size)
{
    (void)ctx;
    stop();
    slot = esp_ota_get_next_update_partition(NULL);
    if (slot == NULL || size > slot->size)
        return HOB_ERR_SPACE;
    writing = esp_ota_begin(slot, OTA_WITH_SEQUENTIAL_WRITES, &handle) == ESP_OK;
    return writing ? HOB_OK : HOB_ERR_STORAGE;
}

int update_write(void *ctx, uint32_t at, const uint8_t *data, size_t len)
{
    (void)ctx, (void)at; /* the core writes in order */
    if (!writing || esp_ota_write(handle, data, len) != ESP_OK)
        return HOB_ERR_STORAGE;
    return HOB_OK;
}

int update_read(void *ctx, uint32_t at, uint8_t *buf, size_t len)
{
    (void)ctx;
    if (slot == NULL || esp_partition_read(slot, at, buf, len) != ESP_OK)
        return HOB_ERR_STORAGE;
    return HOB_OK;
}

/* Both calls look at the image themselves: its chip, its segments, its own hash. */
int update_boot(void *ctx)
{
    (void)ctx;
    if (!writing)
        return HOB_ERR_STATE;
    writing = false;
    esp_err_t e = esp_ota_end(handle);
    if (e == ESP_OK)
        e = esp_ota_set_boot_partition(slot);
    if (e != ESP_OK)
        ESP_LOGE("hob", "update: %s", esp_err_to_name(e));
    return e == ESP_OK ? HOB_OK : HOB_ERR_VALUE;
}

bool update_on_trial(void *ctx)
{
    esp_ota_img_states_t state = ESP_OTA_IMG_UNDEFINED;
    (void)ctx;
    return esp_ota_get_state_partition(esp_ota_get_running_partition(), &state) == ESP_OK &&
           state == ESP_OTA_IMG_PENDING_VERIFY;
}

int update_keep(void *ctx)
{
    (void)ctx;
    return esp_ota_mark_app_valid_cancel_rollback() == ESP_OK ? HOB_OK : HOB_ERR_STORAGE;
}

/* A restart without a mark does the same: what is still on trial is not booted again. */
void update_undo(void *ctx)
{
    board_restart(ctx);
}

uint8_t update_slot(void)
{
    const esp_partition_t *p = esp_ota_get_running_partition();
    if (p == NULL || p->subtype < ESP_PARTITION_SUBTYPE_APP_OTA_MIN ||
        p->subtype >= ESP_PARTITION_SUBTYPE_APP_OTA_MAX)
        return 0;
    return (uint8_t)(p->subtype - ESP_PARTITION_SUBTYPE_APP_OTA_MIN + 1);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const uint8_t *update_key(void)
{
    static uint8_t key[HOB_VERIFY_KEY_LEN];
    static const char text[] = CONFIG_HOB_UPDATE_KEY;
    if (sizeof text - 1 != 2 * sizeof key)
        return NULL;
    for (size_t i = 0; i < sizeof key; i++) {
        /* cppcheck-suppress arrayIndexOutOfBounds ; the length was looked at above */
        int high = digit(text[2 * i]);
        /* cppcheck-suppress arrayIndexOutOfBounds */
        int low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return NULL;
        key[i] = (uint8_t)(16 * high + low);
    }
    return key;
}
