/*
 * The start: outputs, then everything that can be reached over a wire or the
 * air. This task ends; the others go on.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "app.h"
#include "esp_event.h"
#include "esp_netif.h"

void app_main(void)
{
    app_board_start();
    app_serial_start();
    ESP_ERROR_CHECK(esp_netif_init());
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    app_announce_start();
    app_link_start();
    net_start();
}
