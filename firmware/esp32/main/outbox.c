/*
 * What the board task has to say, until the HTTP server's task says it. A call
 * that wakes that task may get lost when its own queue is full, so the outbox is
 * what counts, and every turn of the board wakes the task while it holds anything.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "freertos/FreeRTOS.h"
#include "freertos/queue.h"
#include "link.h"

/* Every frame of a large house's first state, and then some. */
#define PLACES 24
#define MAX_REASON 60u
#define SWEEP_MS 1000u

struct letter {
    int fd;
    uint32_t serial;
    int code; /* of a close; 0: a message */
    uint8_t *data;
    size_t len;
};

static QueueHandle_t letters;
static httpd_handle_t server; /* NULL until it runs */

void outbox_make(void)
{
    letters = xQueueCreate(PLACES, sizeof(struct letter));
    if (letters == NULL)
        abort();
}

void outbox_serve(httpd_handle_t hd)
{
    server = hd;
}

/* ---- on the board task ---- */

static int post(struct letter *l, const void *data, size_t len)
{
    l->data = malloc(len > 0 ? len : 1);
    l->len = len;
    if (l->data == NULL)
        return HOB_ERR_SPACE;
    memcpy(l->data, data, len);
    if (xQueueSend(letters, l, 0) == pdTRUE)
        return HOB_OK;
    free(l->data);
    return HOB_ERR_SPACE;
}

int app_link_send(int fd, uint32_t serial, const uint8_t *data, size_t len)
{
    struct letter l = {.fd = fd, .serial = serial};
    return post(&l, data, len);
}

/* With no room the peer is told nothing, and its silence ends it. */
void app_link_close(int fd, uint32_t serial, int code, const char *reason)
{
    struct letter l = {.fd = fd, .serial = serial, .code = code};
    uint8_t payload[2 + MAX_REASON];
    size_t len = strnlen(reason, MAX_REASON);
    payload[0] = (uint8_t)(code >> 8);
    payload[1] = (uint8_t)code;
    memcpy(payload + 2, reason, len);
    (void)post(&l, payload, len + 2);
}

/* ---- on the server's task ---- */

static void deliver(const struct letter *l)
{
    httpd_ws_frame_t frame = {
        .final = true,
        .type = l->code != 0 ? HTTPD_WS_TYPE_CLOSE : HTTPD_WS_TYPE_BINARY,
        .payload = l->data,
        .len = l->len,
    };
    if (!link_is(l->fd, l->serial))
        return;
    esp_err_t e = httpd_ws_send_frame_async(server, l->fd, &frame);
    if (l->code != 0 || e != ESP_OK)
        (void)httpd_sess_trigger_close(server, l->fd);
}

static void work(void *arg)
{
    struct letter l;
    (void)arg;
    while (xQueueReceive(letters, &l, 0) == pdTRUE) {
        deliver(&l);
        free(l.data);
    }
    link_sweep(server);
}

void app_link_flush(void)
{
    static uint64_t swept;
    uint64_t now = app_now_ms();
    if (server == NULL || (uxQueueMessagesWaiting(letters) == 0 && now - swept < SWEEP_MS))
        return;
    swept = now;
    (void)httpd_queue_work(server, work, NULL);
}
