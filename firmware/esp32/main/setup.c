/*
 * The setup page on the HTTP server, for those who are on the board's own access
 * point while that is open, and for nobody else: it shows the setup code.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_setup.h"

#include <stdio.h>
#include <string.h>

#include "app.h"
#include "dns.h"
#include "link.h"
#include "lwip/sockets.h"

/* Of the access point, network byte order as in memory; 0.0.0.0: it is closed. */
static volatile uint32_t here;

static uint32_t word(const uint8_t a[4])
{
    uint32_t w;
    memcpy(&w, a, sizeof w);
    return w;
}

/* The IPv4 address of one end, which may come wrapped in an IPv6 one; 0 if it has none. */
static uint32_t end_of(int fd, bool theirs)
{
    struct sockaddr_storage address = {0};
    socklen_t len = sizeof address;
    struct sockaddr *to = (struct sockaddr *)&address;
    if ((theirs ? getpeername(fd, to, &len) : getsockname(fd, to, &len)) != 0)
        return 0;
    if (address.ss_family == AF_INET)
        return ((const struct sockaddr_in *)(const void *)&address)->sin_addr.s_addr;
#if CONFIG_LWIP_IPV6
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    const uint8_t *v6 =
        (const uint8_t *)&((const struct sockaddr_in6 *)(const void *)&address)->sin6_addr;
    if (address.ss_family == AF_INET6 && memcmp(v6, mapped, sizeof mapped) == 0)
        return word(v6 + sizeof mapped);
#endif
    return 0;
}

/*
 * The first three bytes are the access point's network: its mask is 255.255.255.0.
 * The network of the house may have the same ones, so who asks must have come to the
 * access point's own address, which there is somebody else's.
 */
static bool on_access_point(httpd_req_t *req)
{
    int fd = httpd_req_to_sockfd(req);
    uint32_t them = end_of(fd, true);
    uint32_t us = here;
    return us != 0 && memcmp(&them, &us, 3) == 0 && end_of(fd, false) == us;
}

static void put(void *ctx, const char *text)
{
    (void)httpd_resp_send_chunk(ctx, text, HTTPD_RESP_USE_STRLEN);
}

static esp_err_t begin(httpd_req_t *req)
{
    if (!on_access_point(req)) {
        (void)httpd_resp_send_err(req, HTTPD_404_NOT_FOUND, NULL);
        return ESP_FAIL;
    }
    (void)httpd_resp_set_type(req, "text/html; charset=utf-8");
    return httpd_resp_set_hdr(req, "Cache-Control", "no-store");
}

static esp_err_t on_page(httpd_req_t *req)
{
    char code[HOB_SETUP_CODE_SIZE];
    struct hob_wifi wifi;
    if (begin(req) != ESP_OK)
        return ESP_FAIL;
    app_board_code(code);
    app_settings_wifi(&wifi);
    hob_setup_page(app_id(), code, wifi.ssid, put, req);
    hob_wipe(&wifi, sizeof wifi);
    return httpd_resp_send_chunk(req, NULL, 0);
}

static int read_form(httpd_req_t *req, struct hob_wifi *wifi)
{
    char body[HOB_SETUP_MAX_FORM];
    size_t len = 0;
    if (req->content_len > sizeof body)
        return HOB_ERR_TOO_LONG;
    while (len < req->content_len) {
        int n = httpd_req_recv(req, body + len, req->content_len - len);
        if (n <= 0)
            return HOB_ERR_SYNTAX;
        len += (size_t)n;
    }
    int r = hob_setup_read(body, len, wifi);
    hob_wipe(body, sizeof body);
    return r;
}

static esp_err_t on_form(httpd_req_t *req)
{
    struct hob_wifi wifi = {0};
    if (begin(req) != ESP_OK)
        return ESP_FAIL;
    int r = read_form(req, &wifi);
    if (r == HOB_OK)
        r = net_join(&wifi);
    hob_setup_answer(app_id(), wifi.ssid, r, put, req);
    hob_wipe(&wifi, sizeof wifi);
    return httpd_resp_send_chunk(req, NULL, 0);
}

/* What phones ask for to see whether there is an internet leads them to the page. */
static esp_err_t on_anything(httpd_req_t *req, httpd_err_code_t error)
{
    char address[24];
    uint32_t us = here;
    const uint8_t *a = (const uint8_t *)&us;
    if (!on_access_point(req))
        return httpd_resp_send_err(req, error, NULL);
    (void)snprintf(address, sizeof address, "http://%u.%u.%u.%u/", a[0], a[1], a[2], a[3]);
    (void)httpd_resp_set_status(req, "302 Found");
    (void)httpd_resp_set_hdr(req, "Location", address);
    return httpd_resp_send(req, NULL, 0);
}

void setup_register(httpd_handle_t server)
{
    static const httpd_uri_t page = {.uri = "/", .method = HTTP_GET, .handler = on_page};
    static const httpd_uri_t form = {.uri = "/setup", .method = HTTP_POST, .handler = on_form};
    ESP_ERROR_CHECK(httpd_register_uri_handler(server, &page));
    ESP_ERROR_CHECK(httpd_register_uri_handler(server, &form));
    ESP_ERROR_CHECK(httpd_register_err_handler(server, HTTPD_404_NOT_FOUND, on_anything));
}

void app_setup_open(const uint8_t address[4])
{
    here = word(address);
    dns_start(address);
}

void app_setup_close(void)
{
    here = 0;
    dns_stop();
}
