/*
 * The access point's name server; see dns.h and hob_dns.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "dns.h"

#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "esp_log.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "hob_dns.h"
#include "lwip/sockets.h"

#define PORT 53
#define STACK 3072u
#define PRIORITY 3
#define LOOK_US 500000

static uint8_t here[4];
static atomic_bool wanted;
static atomic_bool running;

static int open_socket(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(PORT)};
    const struct timeval patience = {.tv_usec = LOOK_US};
    memcpy(&at.sin_addr, here, sizeof here);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) == 0 &&
        bind(fd, (const struct sockaddr *)&at, sizeof at) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static void answer(int fd)
{
    static uint8_t query[HOB_DNS_MAX];
    static uint8_t out[HOB_DNS_MAX];
    struct sockaddr_in from;
    socklen_t from_len = sizeof from;
    ssize_t len = recvfrom(fd, query, sizeof query, 0, (struct sockaddr *)&from, &from_len);
    int n = len > 0 ? hob_dns_answer(query, (size_t)len, here, out) : 0;
    if (n > 0)
        (void)sendto(fd, out, (size_t)n, 0, (const struct sockaddr *)&from, from_len);
}

static void run(void *arg)
{
    int fd = open_socket();
    (void)arg;
    if (fd < 0)
        ESP_LOGW("hob", "no name server: open the board's address in a browser");
    while (fd >= 0 && atomic_load(&wanted))
        answer(fd);
    if (fd >= 0)
        (void)close(fd);
    atomic_store(&running, false);
    vTaskDelete(NULL);
}

void dns_start(const uint8_t address[4])
{
    memcpy(here, address, sizeof here);
    atomic_store(&wanted, true);
    if (!atomic_exchange(&running, true) &&
        xTaskCreate(run, "dns", STACK, NULL, PRIORITY, NULL) != pdPASS)
        atomic_store(&running, false);
}

void dns_stop(void)
{
    atomic_store(&wanted, false);
}
