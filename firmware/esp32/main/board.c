/*
 * The task that owns the core. It sleeps until the core wants to be called or
 * something comes in, and does things in this order: edges, which carry their own
 * time, then one event after another, then what is due.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "board.h"
#include "bootloader_random.h"
#include "driver/gpio.h"
#include "esp_log.h"
#include "esp_system.h"
#include "esp_task_wdt.h"
#include "esp_timer.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "freertos/semphr.h"
#include "freertos/task.h"
#include "hob_board.h"
#include "hob_button.h"
#include "hob_psa.h"
#include "pins.h"
#include "sdkconfig.h"
#include "update.h"

static const char tag[] = "hob";

/* Bytes; docs: firmware/README.md has the budget. X25519 and the core together take most of it. */
#define STACK 12288u
/* Above the HTTP server (5) and mDNS (1), below lwIP (18) and Wi-Fi (23). */
#define PRIORITY 10
#define EVENTS 24
/* The BOOT button is looked at, and the watchdog fed, this often at least, in ms. */
#define LONGEST_WAIT 100u

/* A WebSocket behind each connection of the core. */
struct peer {
    int fd; /* -1: none */
    uint32_t serial;
};

static struct {
    struct hob_board board;
    struct hob_scratch scratch;
    struct hob_psa psa;
    struct hob_crypto crypto;
    struct peer peers[HOB_MAX_CONNS];
    struct hob_button button;
    QueueHandle_t events;
    TaskHandle_t task;
    SemaphoreHandle_t running;
    uint32_t longest_us;
    bool restart;
    bool adoption_changed;
    bool adoption_was_open;
} app;

/* ---- from elsewhere ---- */

bool app_board_post(const struct app_event *event, uint32_t ms)
{
    if (xQueueSend(app.events, event, pdMS_TO_TICKS(ms)) != pdTRUE)
        return false;
    xTaskNotifyGive(app.task);
    return true;
}

struct call {
    void (*call)(struct hob_board *board, uint64_t now_ms, void *ctx);
    void *ctx;
    TaskHandle_t caller;
    atomic_bool done;
};

static void run_call(struct hob_board *board, uint64_t now_ms, void *ctx)
{
    struct call *c = ctx;
    TaskHandle_t caller = c->caller;
    c->call(board, now_ms, c->ctx);
    /* From here on c may be gone. */
    atomic_store(&c->done, true);
    xTaskNotifyGive(caller);
}

void app_board_call(void (*call)(struct hob_board *board, uint64_t now_ms, void *ctx), void *ctx)
{
    struct call c = {call, ctx, xTaskGetCurrentTaskHandle(), false};
    struct app_event event = {.type = APP_CALL, .call = run_call, .ctx = &c};
    /* There is room some time, since the board task never waits for anybody. */
    while (!app_board_post(&event, 1000)) {
    }
    while (!atomic_load(&c.done))
        (void)ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(1000));
}

static void read_code(struct hob_board *board, uint64_t now_ms, void *ctx)
{
    struct hob_status status;
    char *out = ctx;
    hob_get_status(board, &status, now_ms);
    if (!status.adoption_open || hob_setup_code(board, out) < 0)
        out[0] = '\0';
}

void app_board_code(char *out)
{
    app_board_call(read_code, out);
}

/* ---- what the core asks for ---- */

int board_send(void *ctx, int conn, const uint8_t *data, size_t len)
{
    (void)ctx;
    const struct peer *p = &app.peers[conn];
    return p->fd < 0 ? HOB_ERR_STATE : app_link_send(p->fd, p->serial, data, len);
}

void board_close(void *ctx, int conn, enum hob_close code, const char *reason)
{
    (void)ctx;
    struct peer *p = &app.peers[conn];
    if (p->fd >= 0)
        app_link_close(p->fd, p->serial, (int)code, reason);
    p->fd = -1;
}

void board_restart(void *ctx)
{
    (void)ctx;
    app.restart = true;
}

void board_adoption_changed(void *ctx)
{
    (void)ctx;
    app.adoption_changed = true;
}

uint32_t board_longest_turn_us(void)
{
    uint32_t us = app.longest_us;
    app.longest_us = 0;
    return us;
}

void board_log(void *ctx, enum hob_log what, int32_t detail)
{
    (void)ctx;
    switch (hob_log_level(what)) {
    case HOB_LOG_ERROR:
        ESP_LOGE(tag, "%s (%ld)", hob_log_text(what), (long)detail);
        break;
    case HOB_LOG_WARNING:
        ESP_LOGW(tag, "%s (%ld)", hob_log_text(what), (long)detail);
        break;
    case HOB_LOG_INFO:
        ESP_LOGI(tag, "%s (%ld)", hob_log_text(what), (long)detail);
        break;
    }
}

/* ---- events ---- */

static int find_peer(const struct app_event *e)
{
    for (int i = 0; i < HOB_MAX_CONNS; i++) {
        if (app.peers[i].fd == e->fd && app.peers[i].serial == e->serial)
            return i;
    }
    return -1;
}

static void peer_opened(const struct app_event *e)
{
    int conn = hob_conn_open(&app.board, app_now_ms());
    if (conn < 0)
        app_link_close(e->fd, e->serial, 1013, "too many connections"); /* RFC 6455: try again later */
    else
        app.peers[conn] = (struct peer){e->fd, e->serial};
}

static void peer_message(const struct app_event *e)
{
    int conn = find_peer(e);
    if (conn >= 0 && e->data == NULL)
        hob_conn_violation(&app.board, conn, app_now_ms());
    else if (conn >= 0)
        (void)hob_conn_message(&app.board, conn, e->data, e->len, app_now_ms());
    free(e->data);
}

static void peer_closed(const struct app_event *e)
{
    int conn = find_peer(e);
    if (conn < 0)
        return;
    app.peers[conn].fd = -1;
    hob_conn_closed(&app.board, conn, app_now_ms());
}

static void handle(const struct app_event *e)
{
    switch (e->type) {
    case APP_PEER_OPENED:
        peer_opened(e);
        break;
    case APP_PEER_MESSAGE:
        peer_message(e);
        break;
    case APP_PEER_CLOSED:
        peer_closed(e);
        break;
    case APP_NETWORK:
        hob_set_network(&app.board, e->up, app_now_ms());
        break;
    case APP_CALL:
        e->call(&app.board, app_now_ms(), e->ctx);
        break;
    }
}

/* ---- the BOOT button ---- */

/* The button's pin may have a point of its own by now. */
static bool has_button(void)
{
    return CONFIG_HOB_BOOT_PIN >= 0 && pins_free((uint8_t)CONFIG_HOB_BOOT_PIN);
}

void board_factory_reset(struct hob_board *board, uint64_t now_ms, int *result)
{
    *result = hob_factory_reset(board, now_ms);
    if (*result == HOB_OK)
        net_forget();
}

static void look_at_button(void)
{
    int result = HOB_OK;
    if (!has_button()) {
        /* Whatever pulls the pin low when it is free again, no finger has to be it. */
        app.button = (struct hob_button){0};
        return;
    }
    bool pressed = gpio_get_level((gpio_num_t)CONFIG_HOB_BOOT_PIN) == 0;
    switch (hob_button_tick(&app.button, pressed, app_now_ms())) {
    case HOB_BUTTON_NOTHING:
        break;
    case HOB_BUTTON_HELD:
        (void)hob_boot_button_held(&app.board, app_now_ms());
        net_open_setup();
        break;
    case HOB_BUTTON_HELD_LONG:
        board_factory_reset(&app.board, app_now_ms(), &result);
        ESP_LOGW(tag, "factory reset: %s", hob_err_name(result));
        break;
    }
}

/* ---- turns ---- */

/* Whoever reads the cable may adopt; so may whoever could write the flash through it. */
static void tell_adoption(void)
{
    struct hob_status status;
    char code[HOB_SETUP_CODE_SIZE];
    app.adoption_changed = false;
    hob_get_status(&app.board, &status, app_now_ms());
    app_announce_state(status.adopted);
    if (status.adoption_open && !app.adoption_was_open && hob_setup_code(&app.board, code) > 0)
        ESP_LOGI(tag, "%s: setup code %s", app_id(), code);
    app.adoption_was_open = status.adoption_open;
}

/* The core has closed its sessions; their last words get a moment to leave. */
static void restart(void)
{
    app_link_flush();
    vTaskDelay(pdMS_TO_TICKS(300));
    esp_restart();
}

static uint32_t turn(void)
{
    struct app_event event;
    int64_t started = esp_timer_get_time();
    bool calm = edges_take(&app.board);
    int n = 0;
    for (; n < EVENTS && xQueueReceive(app.events, &event, 0) == pdTRUE; n++) {
        handle(&event);
        calm = edges_take(&app.board) && calm;
    }
    look_at_button();
    uint32_t wait = hob_tick(&app.board, app_now_ms());
    app_link_flush();
    if (app.adoption_changed)
        tell_adoption();
    if (app.restart)
        restart();
    int64_t took = esp_timer_get_time() - started;
    if (took > (int64_t)app.longest_us)
        app.longest_us = (uint32_t)took;
    /* Whoever floods the board gets what others leave, and so does the idle task that is watched. */
    if (!calm || n == EVENTS)
        vTaskDelay(1);
    return wait < LONGEST_WAIT ? wait : LONGEST_WAIT;
}

static void lock(void *ctx)
{
    (void)xSemaphoreTake((SemaphoreHandle_t)ctx, portMAX_DELAY);
}

static void unlock(void *ctx)
{
    (void)xSemaphoreGive((SemaphoreHandle_t)ctx);
}

/* Outputs first: what takes its time or may fail comes after hob_init. */
static void start_core(void)
{
    static struct hob_options options;
    app_settings_start();
    /* Without a radio running, only this makes the chip's random numbers random. */
    bootloader_random_enable();
    app.psa = (struct hob_psa){.ctx = xSemaphoreCreateMutex(), .lock = lock, .unlock = unlock};
    if (hob_psa_start(&app.psa, &app.crypto) != HOB_OK)
        ESP_LOGE(tag, "cryptography does not start: outputs work, the link will not");
    options = (struct hob_options){.id = app_id(),
                                   .chip = app_chip(),
                                   .fw = app_fw(),
                                   .reset = app_reset(),
                                   .build_unix_ms = app_build_ms(),
                                   .port = &app_port,
                                   .crypto = &app.crypto,
                                   .scratch = &app.scratch,
                                   .update_key = update_key(),
                                   .security = CONFIG_HOB_SECURITY_VERSION,
                                   .slot = update_slot()};
    int r = hob_init(&app.board, &options, app_now_ms());
    /* The ADC and the radio want what the random generator had. */
    bootloader_random_disable();
    if (r == HOB_ERR_ARG)
        abort(); /* this firmware is not what it should be: rollback, if it is an update */
    if (hob_psa_try(&app.crypto) != HOB_OK)
        ESP_LOGE(tag, "ESP-IDF was built without a primitive that the link needs");
}

static void run(void *ctx)
{
    (void)ctx;
    edges_start();
    start_core();
    ESP_ERROR_CHECK(esp_task_wdt_add(NULL));
    app.adoption_changed = true;
    (void)xSemaphoreGive(app.running);
    for (;;) {
        uint32_t wait = turn();
        (void)esp_task_wdt_reset();
        (void)ulTaskNotifyTake(pdTRUE, pdMS_TO_TICKS(wait));
    }
}

void app_board_start(void)
{
    for (int i = 0; i < HOB_MAX_CONNS; i++)
        app.peers[i].fd = -1;
    app.events = xQueueCreate(EVENTS, sizeof(struct app_event));
    app.running = xSemaphoreCreateBinary();
    if (app.events == NULL || app.running == NULL ||
        xTaskCreate(run, "hob", STACK, NULL, PRIORITY, &app.task) != pdPASS)
        abort();
    (void)xSemaphoreTake(app.running, portMAX_DELAY);
}
