/*
 * The WebSocket of docs/wire.md on ESP-IDF's HTTP server. Its task only hands over
 * what comes (board.c) and sends what outbox.c has. Who connects and then asks for
 * nothing is put out after 5 s, so that nobody keeps the server out by that.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "link.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "esp_log.h"
#include "sdkconfig.h"

#define SOCKETS 8
#define STACK 6144u
/* How long the board task may be too busy to take what came, in ms. */
#define PATIENCE_MS 2000u
#define IDLE_MS 5000u

static httpd_handle_t server;

/* Every connection, of the server's task alone. */
static struct connection {
    int fd; /* -1: free */
    uint32_t serial;
    uint64_t since;
    bool link;
} connections[SOCKETS];

static struct connection *find(int fd)
{
    for (int i = 0; i < SOCKETS; i++) {
        if (connections[i].fd == fd)
            return &connections[i];
    }
    return NULL;
}

bool link_is(int fd, uint32_t serial)
{
    const struct connection *c = find(fd);
    return c != NULL && c->serial == serial && c->link;
}

/* ---- connections ---- */

static esp_err_t on_open(httpd_handle_t hd, int fd)
{
    static uint32_t serial;
    struct connection *c = find(-1);
    (void)hd;
    if (c == NULL)
        return ESP_FAIL;
    *c = (struct connection){fd, ++serial, app_now_ms(), false};
    return ESP_OK;
}

static void on_close(httpd_handle_t hd, int fd)
{
    struct connection *c = find(fd);
    (void)hd;
    if (c != NULL && c->link) {
        const struct app_event event = {.type = APP_PEER_CLOSED, .fd = fd, .serial = c->serial};
        /* The board task takes it some time, since it waits for nobody. */
        while (!app_board_post(&event, 1000)) {
        }
    }
    if (c != NULL)
        c->fd = -1;
    (void)close(fd);
}

void link_sweep(httpd_handle_t hd)
{
    uint64_t now = app_now_ms();
    for (int i = 0; i < SOCKETS; i++) {
        const struct connection *c = &connections[i];
        if (c->fd >= 0 && !c->link && now - c->since > IDLE_MS)
            (void)httpd_sess_trigger_close(hd, c->fd);
    }
}

/* ---- what comes ---- */

/* A browser's page has no business here: whoever speaks for one names its origin. */
static esp_err_t from_a_page(httpd_req_t *req)
{
    return httpd_req_get_hdr_value_len(req, "Origin") > 0 ? ESP_FAIL : ESP_OK;
}

/* The WebSocket is open; told once, by whichever call ESP-IDF has for it. */
static esp_err_t opened(httpd_req_t *req)
{
    struct connection *c = find(httpd_req_to_sockfd(req));
    if (c == NULL)
        return ESP_FAIL;
    if (c->link)
        return ESP_OK;
    const struct app_event event = {.type = APP_PEER_OPENED, .fd = c->fd, .serial = c->serial};
    if (!app_board_post(&event, PATIENCE_MS))
        return ESP_FAIL;
    c->link = true;
    return ESP_OK;
}

/* Closes at once, since what is left of the message may be anything. */
static esp_err_t violation(httpd_req_t *req, const struct connection *c)
{
    uint8_t code[2] = {HOB_CLOSE_BAD_FRAME >> 8, HOB_CLOSE_BAD_FRAME & 0xFF};
    httpd_ws_frame_t frame = {.type = HTTPD_WS_TYPE_CLOSE, .payload = code, .len = sizeof code};
    const struct app_event event = {
        .type = APP_PEER_MESSAGE, .fd = c->fd, .serial = c->serial, .data = NULL};
    (void)app_board_post(&event, PATIENCE_MS);
    (void)httpd_ws_send_frame(req, &frame);
    return ESP_FAIL;
}

/* Gives the message to the board task, which frees it. */
static esp_err_t hand_over(const struct connection *c, uint8_t *data, size_t len)
{
    const struct app_event event = {
        .type = APP_PEER_MESSAGE, .fd = c->fd, .serial = c->serial, .data = data, .len = len};
    if (app_board_post(&event, PATIENCE_MS))
        return ESP_OK;
    free(data);
    return ESP_FAIL;
}

static esp_err_t message(httpd_req_t *req, const struct connection *c)
{
    httpd_ws_frame_t frame = {0};
    esp_err_t e = httpd_ws_recv_frame(req, &frame, 0);
    if (e != ESP_OK)
        return e;
    if (frame.type == HTTPD_WS_TYPE_PONG || frame.type == HTTPD_WS_TYPE_CLOSE)
        return ESP_OK;
    if (frame.type != HTTPD_WS_TYPE_BINARY || !frame.final || frame.len > HOB_MAX_MESSAGE)
        return violation(req, c);
    size_t len = frame.len;
    /* An empty message is one too; it needs memory all the same. */
    frame.payload = malloc(len > 0 ? len : 1);
    if (frame.payload == NULL)
        return ESP_ERR_NO_MEM;
    e = len > 0 ? httpd_ws_recv_frame(req, &frame, len) : ESP_OK;
    if (e == ESP_OK)
        return hand_over(c, frame.payload, len);
    free(frame.payload);
    return e;
}

/* In the versions that have no call for it, the handshake itself comes here, as the GET that it is. */
static esp_err_t on_link(httpd_req_t *req)
{
    bool handshake = req->method == HTTP_GET;
    if (handshake && from_a_page(req) != ESP_OK)
        return ESP_FAIL;
    esp_err_t e = opened(req);
    if (e != ESP_OK || handshake)
        return e;
    return message(req, find(httpd_req_to_sockfd(req)));
}

void app_link_start(void)
{
    static const httpd_uri_t link = {
        .uri = "/link",
        .method = HTTP_GET,
        .handler = on_link,
        .is_websocket = true,
        .supported_subprotocol = "hob.link.1",
#if CONFIG_HTTPD_WS_PRE_HANDSHAKE_CB_SUPPORT
        .ws_pre_handshake_cb = from_a_page,
#endif
#if CONFIG_HTTPD_WS_POST_HANDSHAKE_CB_SUPPORT
        .ws_post_handshake_cb = opened,
#endif
    };
    httpd_config_t config = HTTPD_DEFAULT_CONFIG();
    config.server_port = APP_HTTP_PORT;
    config.stack_size = STACK;
    config.max_open_sockets = SOCKETS;
    config.lru_purge_enable = false; /* it would put out the session of the house */
    config.recv_wait_timeout = 5;
    config.send_wait_timeout = 2;
    config.open_fn = on_open;
    config.close_fn = on_close;
    for (int i = 0; i < SOCKETS; i++)
        connections[i].fd = -1;
    outbox_make();
    ESP_ERROR_CHECK(httpd_start(&server, &config));
    ESP_ERROR_CHECK(httpd_register_uri_handler(server, &link));
    setup_register(server);
    outbox_serve(server);
}
