/*
 * Ethernet: the MAC of an ESP32 with a LAN8720, or the one of QEMU. There is
 * nothing to set up; the link comes and goes with the cable.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "sdkconfig.h"

#if CONFIG_HOB_NET_EMAC || CONFIG_HOB_NET_OPENETH

#include <stdatomic.h>

#include "app.h"
#include "esp_eth.h"
#include "esp_event.h"
#include "esp_idf_version.h"
#include "esp_log.h"
#include "esp_netif.h"

#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(5, 3, 0) && CONFIG_HOB_NET_OPENETH
#include "esp_eth_mac_openeth.h"
#endif

static atomic_bool online;

/* Since ESP-IDF 6.0 the drivers of single PHYs are elsewhere; the LAN8720 needs none of its own. */
static esp_eth_phy_t *make_phy(const eth_phy_config_t *config)
{
#if ESP_IDF_VERSION >= ESP_IDF_VERSION_VAL(6, 0, 0)
    return esp_eth_phy_new_generic(config);
#elif CONFIG_HOB_NET_OPENETH
    return esp_eth_phy_new_dp83848(config);
#else
    return esp_eth_phy_new_lan87xx(config);
#endif
}

static esp_eth_mac_t *make_mac(void)
{
    eth_mac_config_t config = ETH_MAC_DEFAULT_CONFIG();
#if CONFIG_HOB_NET_OPENETH
    return esp_eth_mac_new_openeth(&config);
#else
    eth_esp32_emac_config_t emac = ETH_ESP32_EMAC_DEFAULT_CONFIG();
    return esp_eth_mac_new_esp32(&emac, &config);
#endif
}

static void tell(bool up)
{
    const struct app_event event = {.type = APP_NETWORK, .up = up};
    atomic_store(&online, up);
    (void)app_board_post(&event, 1000);
}

static void on_event(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    (void)arg, (void)data;
    if (base == IP_EVENT && id == IP_EVENT_ETH_GOT_IP)
        tell(true);
    else if (base == ETH_EVENT && id == ETHERNET_EVENT_DISCONNECTED)
        tell(false);
}

void net_start(void)
{
    eth_phy_config_t phy = ETH_PHY_DEFAULT_CONFIG();
#if CONFIG_HOB_NET_EMAC
    phy.phy_addr = CONFIG_HOB_ETH_PHY_ADDR;
    phy.reset_gpio_num = CONFIG_HOB_ETH_PHY_POWER;
#else
    phy.autonego_timeout_ms = 100;
    phy.reset_gpio_num = -1;
#endif
    const esp_netif_config_t config = ESP_NETIF_DEFAULT_ETH();
    esp_netif_t *netif = esp_netif_new(&config);
    esp_eth_config_t eth = ETH_DEFAULT_CONFIG(make_mac(), make_phy(&phy));
    esp_eth_handle_t handle = NULL;
    ESP_ERROR_CHECK(esp_event_handler_register(ETH_EVENT, ESP_EVENT_ANY_ID, on_event, NULL));
    ESP_ERROR_CHECK(esp_event_handler_register(IP_EVENT, IP_EVENT_ETH_GOT_IP, on_event, NULL));
    esp_err_t e = esp_eth_driver_install(&eth, &handle);
    if (e == ESP_OK)
        e = esp_netif_attach(netif, esp_eth_new_netif_glue(handle));
    if (e == ESP_OK)
        e = esp_eth_start(handle);
    /* Outputs, buttons and thermostats go on without; the cable can still reach the board. */
    if (e != ESP_OK)
        ESP_LOGE("net", "no Ethernet: %s (address or power pin of the PHY?)", esp_err_to_name(e));
}

void net_open_setup(void)
{
}

int net_join(const struct hob_wifi *wifi)
{
    (void)wifi;
    return HOB_ERR_STATE;
}

void net_forget(void)
{
}

bool net_has_wifi(void)
{
    return false;
}

bool net_online(void)
{
    return atomic_load(&online);
}

int net_rssi(void)
{
    return 0;
}

#else
/* An empty file is no C. */
typedef int net_eth_is_not_built;
#endif
