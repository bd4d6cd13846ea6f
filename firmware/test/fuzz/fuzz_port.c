/*
 * What strangers send to a board that is being set up: a form, a DNS query, and
 * bytes on its serial port. The first byte chooses.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "hob_dns.h"
#include "hob_serial.h"
#include "hob_setup.h"
#include "hob_store.h"
#include "hob_timing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void put(void *ctx, const char *text)
{
    *(size_t *)ctx += strlen(text);
}

static void read_form(const uint8_t *data, size_t size)
{
    struct hob_wifi w;
    size_t page = 0;
    int r = hob_setup_read((const char *)data, size, &w);
    must((r == HOB_OK) == (hob_wifi_check(&w) == HOB_OK));
    hob_setup_answer("hob-7c9ebd", w.ssid, r, put, &page);
    hob_setup_page("hob-7c9ebd", "", w.ssid, put, &page);
}

static void answer_dns(const uint8_t *data, size_t size)
{
    static const uint8_t here[4] = {192, 168, 4, 1};
    uint8_t out[HOB_DNS_MAX];
    int r = hob_dns_answer(data, size, here, out);
    must(r == HOB_ERR_SYNTAX || r == HOB_ERR_SPACE ||
         (r >= 17 && (size_t)r <= HOB_DNS_MAX && memcmp(out, data, 2) == 0));
}

static void read_record(const uint8_t *data, size_t size)
{
    struct hob_wifi w;
    uint8_t again[HOB_WIFI_RECORD];
    if (hob_wifi_unpack(data, size, &w) == HOB_OK)
        must(hob_wifi_check(&w) == HOB_OK && hob_wifi_pack(&w, again) > 0);
}

static void read_pulses(const uint8_t *data, size_t size)
{
    struct hob_stretch s[128];
    uint8_t out[HOB_DHT_BYTES];
    size_t n = size < 128 ? size : 128;
    for (size_t i = 0; i < n; i++)
        s[i] = (struct hob_stretch){data[i], i % 2 == 1};
    (void)hob_timing_dht(s, n, out);
}

/* ---- the serial port ---- */

static void describe(void *ctx, struct hob_serial_board *out)
{
    (void)ctx;
    *out = (struct hob_serial_board){
        .id = "hob-7c9ebd", .chip = "esp32", .fw = "0.1.0", .code = "", .ssid = ""};
}

static int join(void *ctx, const struct hob_wifi *w)
{
    (void)ctx;
    must(hob_wifi_check(w) == HOB_OK);
    return HOB_OK;
}

static int set_key(void *ctx, const uint8_t key[HOB_KEY_LEN])
{
    (void)ctx;
    must(!hob_all_zero(key, HOB_KEY_LEN));
    return HOB_OK;
}

static int reset(void *ctx)
{
    (void)ctx;
    return HOB_OK;
}

static void serial_line(char *text)
{
    static const struct hob_serial_host host = {NULL, describe, join, set_key, reset};
    char out[HOB_SERIAL_MAX + 2];
    int len = hob_serial_handle(&host, text, out, sizeof out);
    must(len >= 0 && (size_t)len <= sizeof out && (len == 0 || out[len - 1] == '\n'));
}

static void hear(const uint8_t *data, size_t size)
{
    static struct hob_serial_line line;
    for (size_t i = 0; i < size; i++) {
        if (hob_serial_byte(&line, data[i]))
            serial_line(line.text);
    }
    if (hob_serial_byte(&line, '\n'))
        serial_line(line.text);
}

/* The same as JSON that has its checksum. */
static void hear_frame(const uint8_t *data, size_t size)
{
    static char text[HOB_SERIAL_MAX + 1];
    size_t len = size < HOB_SERIAL_MAX - 16 ? size : HOB_SERIAL_MAX - 16;
    uint32_t sum = hob_crc32(data, len);
    memcpy(text, "HOB1 ", 5);
    memcpy(text + 5, data, len);
    text[5 + len] = ' ';
    for (size_t i = 0; i < 8; i++)
        text[6 + len + i] = "0123456789abcdef"[sum >> (28 - 4 * i) & 15u];
    text[14 + len] = '\0';
    serial_line(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const readers[])(const uint8_t *, size_t) = {
        read_form, answer_dns, read_record, read_pulses, hear, hear_frame};
    if (size > 0)
        readers[data[0] % 6](data + 1, size - 1);
    return 0;
}
