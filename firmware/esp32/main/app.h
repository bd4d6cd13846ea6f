/*
 * app: how the parts of this firmware see each other. One task, "hob", owns the
 * core and every pin (board.c); everybody else hands it events. Nothing here is
 * the core's business, and nothing of the core knows any of this.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef APP_H
#define APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hob.h"
#include "hob_wifi.h"

/* Port of the WebSocket and of the setup page. */
#define APP_HTTP_PORT 80

/* ---- board.c: the task that owns the core ---- */

/* What happened elsewhere. Memory in it belongs to the board task from then on. */
enum app_event_type {
    APP_PEER_OPENED = 0, /* fd, serial */
    APP_PEER_MESSAGE,    /* fd, serial, data (malloc'd, NULL for a violation), len */
    APP_PEER_CLOSED,     /* fd, serial */
    APP_NETWORK,         /* up */
    APP_CALL             /* call, with ctx */
};

struct app_event {
    enum app_event_type type;
    int fd;
    uint32_t serial; /* of the connection: descriptors are used again */
    bool up;
    uint8_t *data;
    size_t len;
    void (*call)(struct hob_board *board, uint64_t now_ms, void *ctx);
    void *ctx;
};

/*
 * Starts the task and returns when outputs have their boot state; nothing else
 * needs to run for that.
 */
void app_board_start(void);

/*
 * Hands over an event; waits up to ms for room. False: there was none, and what
 * the event holds still belongs to the caller. From any task, not from ISRs.
 */
bool app_board_post(const struct app_event *event, uint32_t ms);

/* Runs call on the board task and returns when it is done. */
void app_board_call(void (*call)(struct hob_board *board, uint64_t now_ms, void *ctx), void *ctx);

/* An edge at an input, from an ISR (edges.c). */
void app_board_edge_from_isr(uint8_t pin, bool level, int64_t at_us);

/* The setup code while adoption is open, else "". out has HOB_SETUP_CODE_SIZE bytes. */
void app_board_code(char *out);

/* ---- facts.c ---- */

const char *app_id(void);
const char *app_chip(void);
const char *app_fw(void);
/* Build time in ms since 1970, 0 if it is not known. */
uint64_t app_build_ms(void);
enum hob_reset app_reset(void);
uint64_t app_now_ms(void);

/* ---- settings.c ---- */

/* Starts the settings memory. What is in it is never erased to make it start. */
void app_settings_start(void);
int app_settings_read(void *ctx, enum hob_slot slot, uint8_t *buf, size_t cap);
int app_settings_write(void *ctx, enum hob_slot slot, const uint8_t *data, size_t len);
/* The stored network; empty if there is none. */
void app_settings_wifi(struct hob_wifi *out);
/* NULL forgets it. HOB_OK or HOB_ERR_STORAGE. */
int app_settings_set_wifi(const struct hob_wifi *wifi);

/* ---- port.c: struct hob_port, put together from pins.c to sensors.c ---- */

extern const struct hob_port app_port;

/* ---- link.c, outbox.c: the WebSocket ---- */

/* Starts the HTTP server; it serves whatever network comes up. */
void app_link_start(void);
/* For the board task: sends or closes without waiting. Negative: no room. */
int app_link_send(int fd, uint32_t serial, const uint8_t *data, size_t len);
void app_link_close(int fd, uint32_t serial, int code, const char *reason);
/* Has what was sent written; to be called every now and then. */
void app_link_flush(void);

/* ---- setup.c, dns.c: the access point's page ---- */

/* Serves the page to those who are on the access point at this address. */
void app_setup_open(const uint8_t address[4]);
void app_setup_close(void);

/* ---- announce.c ---- */

void app_announce_start(void);
void app_announce_state(bool adopted);

/* ---- serial.c ---- */

void app_serial_start(void);

/* ---- net_wifi.c or net_eth.c ---- */

/* Brings the network up, and up again whenever it goes. Never restarts the board. */
void net_start(void);
/* Somebody stands in front of the board: its access point is open for 10 minutes. */
void net_open_setup(void);
/* Joins another network from now on. HOB_ERR_STATE without Wi-Fi, HOB_ERR_STORAGE. */
int net_join(const struct hob_wifi *wifi);
void net_forget(void);
bool net_has_wifi(void);
bool net_online(void);
/* dBm, 0 when not on Wi-Fi. */
int net_rssi(void);

#endif
