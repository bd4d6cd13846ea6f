/*
 * Wi-Fi: a station that tries for ever, and an access point for setting up, open
 * for 10 minutes when somebody stands in front of the board. Everything happens on
 * the task of the event loop; other tasks post what they want.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "sdkconfig.h"

#if CONFIG_HOB_NET_WIFI

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "esp_event.h"
#include "esp_log.h"
#include "esp_netif.h"
#include "esp_random.h"
#include "esp_timer.h"
#include "esp_wifi.h"
#include "hob_backoff.h"

ESP_EVENT_DEFINE_BASE(HOB_NET);

enum { WANT_SETUP = 0, WANT_JOIN, WANT_FORGET, SETUP_OVER, TRY_AGAIN };

static const char tag[] = "net";

#define SETUP_US (10LL * 60 * 1000000)
#define SETUP_CLIENTS 2
#define SETUP_PASSWORD 10

static esp_netif_t *access_point;
static esp_timer_handle_t setup_timer;
static esp_timer_handle_t retry_timer;
static struct hob_backoff backoff = {.least = 1000, .most = 30000};
static bool joining; /* there is a network to join */
static bool joined;  /* and the station is in it, with an address or without */
static bool setup_open;
static atomic_bool online;

static void want(int32_t what)
{
    /* The loop's queue has room some time; nobody who calls this is the loop itself. */
    if (esp_event_post(HOB_NET, what, NULL, 0, pdMS_TO_TICKS(1000)) != ESP_OK)
        ESP_LOGE(tag, "the event loop does not answer");
}

static void tell(bool up)
{
    const struct app_event event = {.type = APP_NETWORK, .up = up};
    atomic_store(&online, up);
    (void)app_board_post(&event, 1000);
}

static void attempt(const char *what, esp_err_t e)
{
    if (e != ESP_OK)
        ESP_LOGW(tag, "%s: %s", what, esp_err_to_name(e));
}

/* ---- the house's network ---- */

static void configure_station(void)
{
    wifi_config_t config = {0};
    struct hob_wifi wifi;
    app_settings_wifi(&wifi);
    joining = wifi.ssid[0] != '\0';
    if (joining) {
        /* Neither needs a terminator at its full length. */
        memcpy(config.sta.ssid, wifi.ssid, strnlen(wifi.ssid, sizeof config.sta.ssid));
        memcpy(config.sta.password, wifi.password,
               strnlen(wifi.password, sizeof config.sta.password));
        config.sta.scan_method = WIFI_ALL_CHANNEL_SCAN;
        config.sta.sort_method = WIFI_CONNECT_AP_BY_SIGNAL;
        if (wifi.password[0] != '\0')
            config.sta.threshold.authmode = WIFI_AUTH_WPA2_PSK;
        attempt("configure", esp_wifi_set_config(WIFI_IF_STA, &config));
    }
    hob_wipe(&wifi, sizeof wifi);
    hob_wipe(&config, sizeof config);
}

static void try_to_connect(void)
{
    if (joining && !joined)
        attempt("connect", esp_wifi_connect());
}

static void join(void)
{
    hob_backoff_worked(&backoff);
    (void)esp_timer_stop(retry_timer);
    (void)esp_wifi_disconnect();
    joined = false;
    configure_station();
    try_to_connect();
}

/* The reason is a number of IEEE 802.11, or of ESP-IDF from 200 on. */
static void disconnected(const wifi_event_sta_disconnected_t *event)
{
    joined = false;
    if (atomic_load(&online))
        tell(false);
    if (!joining)
        return;
    uint32_t wait = hob_backoff_failed(&backoff, esp_random());
    ESP_LOGI(tag, "no Wi-Fi (reason %d), again in %lu ms", event->reason, (unsigned long)wait);
    (void)esp_timer_stop(retry_timer);
    attempt("retry", esp_timer_start_once(retry_timer, (uint64_t)wait * 1000u));
}

/* Leaving one network for another counts as a disconnection as well, and what was to come after that is done. */
static void connected(void)
{
    joined = true;
    (void)esp_timer_stop(retry_timer);
}

/* ---- the access point ---- */

static void make_password(char *out)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    uint8_t bits[SETUP_PASSWORD];
    esp_fill_random(bits, sizeof bits);
    for (int i = 0; i < SETUP_PASSWORD; i++)
        out[i] = letters[bits[i] % 32u];
    out[SETUP_PASSWORD] = '\0';
}

static esp_err_t configure_access_point(char *password)
{
    wifi_config_t config = {0};
    make_password(password);
    /* hob-7c9ebd is Hob-7C9EBD to those who look for it. */
    int len = snprintf((char *)config.ap.ssid, sizeof config.ap.ssid, "Hob-%s", app_id() + 4);
    config.ap.ssid_len = (uint8_t)len;
    memcpy(config.ap.password, password, SETUP_PASSWORD);
    config.ap.channel = 1;
    config.ap.authmode = WIFI_AUTH_WPA2_PSK;
    config.ap.max_connection = SETUP_CLIENTS;
    return esp_wifi_set_config(WIFI_IF_AP, &config);
}

static void serve_setup(void)
{
    esp_netif_ip_info_t ip = {0};
    attempt("address", esp_netif_get_ip_info(access_point, &ip));
    app_setup_open((const uint8_t *)&ip.ip.addr);
}

static void open_setup(void)
{
    char password[SETUP_PASSWORD + 1];
    (void)esp_timer_stop(setup_timer);
    attempt("timer", esp_timer_start_once(setup_timer, SETUP_US));
    if (setup_open)
        return;
    esp_err_t e = esp_wifi_set_mode(WIFI_MODE_APSTA);
    if (e == ESP_OK)
        e = configure_access_point(password);
    if (e != ESP_OK) {
        attempt("access point", e);
        /* One that is not configured would be open to everybody. */
        attempt("mode", esp_wifi_set_mode(WIFI_MODE_STA));
        return;
    }
    setup_open = true;
    serve_setup();
    /* Whoever reads this holds the board. */
    ESP_LOGI(tag, "setup for 10 minutes: Wi-Fi Hob-%s, password %s", app_id() + 4, password);
}

static void close_setup(void)
{
    if (!setup_open)
        return;
    setup_open = false;
    (void)esp_timer_stop(setup_timer);
    app_setup_close();
    attempt("mode", esp_wifi_set_mode(WIFI_MODE_STA));
}

/* ---- events ---- */

static void on_wifi(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    (void)arg, (void)base;
    if (id == WIFI_EVENT_STA_START)
        try_to_connect();
    else if (id == WIFI_EVENT_STA_CONNECTED)
        connected();
    else if (id == WIFI_EVENT_STA_DISCONNECTED)
        disconnected(data);
}

static void on_ip(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    (void)arg, (void)base, (void)data;
    if (id == IP_EVENT_STA_GOT_IP) {
        hob_backoff_worked(&backoff);
        tell(true);
        close_setup();
    } else if (id == IP_EVENT_STA_LOST_IP) {
        tell(false);
    }
}

static void on_wish(void *arg, esp_event_base_t base, int32_t id, void *data)
{
    (void)arg, (void)base, (void)data;
    switch (id) {
    case WANT_SETUP:
        open_setup();
        break;
    case WANT_JOIN:
    case WANT_FORGET:
        join();
        break;
    case SETUP_OVER:
        close_setup();
        break;
    case TRY_AGAIN:
        try_to_connect();
        break;
    default:
        break;
    }
}

static void on_timer(void *arg)
{
    want((int32_t)(intptr_t)arg);
}

/* ---- for everybody else ---- */

void net_open_setup(void)
{
    want(WANT_SETUP);
}

int net_join(const struct hob_wifi *wifi)
{
    int r = app_settings_set_wifi(wifi);
    if (r == HOB_OK)
        want(WANT_JOIN);
    return r;
}

void net_forget(void)
{
    (void)app_settings_set_wifi(NULL);
    want(WANT_FORGET);
}

bool net_has_wifi(void)
{
    return true;
}

bool net_online(void)
{
    return atomic_load(&online);
}

int net_rssi(void)
{
    wifi_ap_record_t ap;
    return atomic_load(&online) && esp_wifi_sta_get_ap_info(&ap) == ESP_OK ? ap.rssi : 0;
}

static esp_err_t make_timers(void)
{
    const esp_timer_create_args_t setup = {
        .callback = on_timer, .arg = (void *)(intptr_t)SETUP_OVER, .name = "setup"};
    const esp_timer_create_args_t retry = {
        .callback = on_timer, .arg = (void *)(intptr_t)TRY_AGAIN, .name = "retry"};
    esp_err_t e = esp_timer_create(&setup, &setup_timer);
    return e == ESP_OK ? esp_timer_create(&retry, &retry_timer) : e;
}

static esp_err_t listen_to_events(void)
{
    esp_err_t e = esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL);
    if (e == ESP_OK)
        e = esp_event_handler_register(IP_EVENT, ESP_EVENT_ANY_ID, on_ip, NULL);
    if (e == ESP_OK)
        e = esp_event_handler_register(HOB_NET, ESP_EVENT_ANY_ID, on_wish, NULL);
    return e;
}

static esp_err_t start_radio(void)
{
    wifi_init_config_t config = WIFI_INIT_CONFIG_DEFAULT();
    esp_err_t e = esp_wifi_init(&config);
    if (e == ESP_OK)
        e = esp_wifi_set_storage(WIFI_STORAGE_RAM);
    if (e == ESP_OK)
        e = esp_wifi_set_mode(WIFI_MODE_STA);
    if (e != ESP_OK)
        return e;
    configure_station();
    return esp_wifi_start();
}

void net_start(void)
{
    char code[HOB_SETUP_CODE_SIZE];
    esp_err_t e = make_timers();
    (void)esp_netif_create_default_wifi_sta();
    access_point = esp_netif_create_default_wifi_ap();
    if (e == ESP_OK)
        e = listen_to_events();
    if (e == ESP_OK)
        e = start_radio();
    /* Outputs, buttons and thermostats go on without; the cable can still reach the board. */
    if (e != ESP_OK) {
        ESP_LOGE(tag, "no Wi-Fi: %s", esp_err_to_name(e));
        return;
    }
    /* A relay that answers within milliseconds is worth the 0.2 W. */
    attempt("power save", esp_wifi_set_ps(WIFI_PS_NONE));
    /* The first power-up is a physical act too. */
    app_board_code(code);
    if (!joining && code[0] != '\0')
        net_open_setup();
    hob_wipe(code, sizeof code);
}

#else
/* An empty file is no C. */
typedef int net_wifi_is_not_built;
#endif
