/*
 * link: the parts of link.c and outbox.c that see each other. All of it runs on
 * the HTTP server's task.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef LINK_H
#define LINK_H

#include "esp_http_server.h"

/* Whether the descriptor still is that connection's, and speaks WebSocket. */
bool link_is(int fd, uint32_t serial);

/* Closes connections that have asked for nothing for too long. */
void link_sweep(httpd_handle_t server);

/* outbox.c: before the server starts, and when it has. */
void outbox_make(void);
void outbox_serve(httpd_handle_t server);

/* setup.c: its handlers. */
void setup_register(httpd_handle_t server);

#endif
