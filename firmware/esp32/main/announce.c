/*
 * mDNS: who the board is, on every network it has. See docs/wire.md.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>

#include "app.h"
#include "esp_log.h"
#include "mdns.h"

static const char service[] = "_hob";
static const char proto[] = "_tcp";
static atomic_bool adopted; /* as it was told last */
static atomic_bool started;

static const char *state(void)
{
    return atomic_load(&adopted) ? "adopted" : "new";
}

void app_announce_start(void)
{
    mdns_txt_item_t txt[] = {
        {"txtvers", "1"},   {"id", app_id()}, {"chip", app_chip()},
        {"fw", app_fw()},   {"proto", "1"},   {"state", state()},
    };
    esp_err_t e = mdns_init();
    if (e == ESP_OK)
        e = mdns_hostname_set(app_id());
    if (e == ESP_OK)
        e = mdns_service_add(app_id(), service, proto, APP_HTTP_PORT, txt,
                             sizeof txt / sizeof txt[0]);
    if (e != ESP_OK) {
        /* `address:` in config.yaml works without. */
        ESP_LOGE("hob", "the board is not announced: %s", esp_err_to_name(e));
        return;
    }
    atomic_store(&started, true);
    app_announce_state(atomic_load(&adopted));
}

void app_announce_state(bool now_adopted)
{
    atomic_store(&adopted, now_adopted);
    if (atomic_load(&started))
        (void)mdns_service_txt_item_set(service, proto, "state", state());
}
