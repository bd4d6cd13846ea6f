/* Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0 */
#include "bridge.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"
#include "hob_psa.h"
#include "hob_serial.h"

/* What goes into the port as it is must have the very type. */
#pragma GCC diagnostic error "-Wincompatible-pointer-types"

#define CHIP_SIZE 16u
#define FW_SIZE 32u

struct bridge_crypto {
    pthread_mutex_t mutex;
    struct hob_psa psa;
    struct hob_crypto crypto;
};

struct bridge {
    uintptr_t handle; /* first: see bridge_handle */
    struct hob_port port;
    struct hob_options options;
    char id[HOB_ID_SIZE];
    char chip[CHIP_SIZE];
    char fw[FW_SIZE];
    uint8_t update_key[HOB_VERIFY_KEY_LEN];
    struct hob_serial_line line;
    size_t board_size;
    _Alignas(max_align_t) unsigned char board[];
};

uintptr_t bridge_handle(const void *ctx)
{
    return *(const uintptr_t *)ctx;
}

/* ---- cryptography ---- */

static void lock(void *ctx)
{
    pthread_mutex_lock(ctx);
}

static void unlock(void *ctx)
{
    pthread_mutex_unlock(ctx);
}

struct bridge_crypto *bridge_crypto_new(void)
{
    struct bridge_crypto *c = calloc(1, sizeof *c);
    if (c == NULL) {
        return NULL;
    }
    if (pthread_mutex_init(&c->mutex, NULL) != 0) {
        free(c);
        return NULL;
    }
    c->psa = (struct hob_psa){.ctx = &c->mutex, .lock = lock, .unlock = unlock};
    if (hob_psa_init(&c->psa, &c->crypto) != HOB_OK) {
        bridge_crypto_free(c);
        return NULL;
    }
    return c;
}

void bridge_crypto_free(struct bridge_crypto *c)
{
    if (c != NULL) {
        pthread_mutex_destroy(&c->mutex);
        free(c);
    }
}

struct hob_scratch *bridge_scratch_new(void)
{
    return calloc(1, hob_scratch_size());
}

/*
 * ---- the port ----
 *
 * Go's functions as they are, and where C says const, enum or an array, C's types to Go's.
 */

static int pin_input(void *ctx, uint8_t pin, enum hob_pull pull)
{
    return goPinInput(ctx, pin, (int)pull);
}

static void strip_fill(void *ctx, uint8_t pin, uint16_t count, const uint8_t pixel[3])
{
    goStripFill(ctx, pin, count, pixel[0], pixel[1], pixel[2]);
}

static int sensor_open(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    return goSensorOpen(ctx, (int)kind, where);
}

static void sensor_close(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    goSensorClose(ctx, (int)kind, where);
}

static int sensor_start(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    /* Whether anything is there shows when it is read. */
    (void)ctx, (void)where;
    return goSensorTime((int)kind);
}

static int sensor_read(void *ctx, enum hob_sensor_kind kind, uint8_t where, uint8_t *buf,
                       size_t cap)
{
    return goSensorRead(ctx, (int)kind, where, buf, cap);
}

static int storage_read(void *ctx, enum hob_slot slot, uint8_t *buf, size_t cap)
{
    return goStorageRead(ctx, (int)slot, buf, cap);
}

static int storage_write(void *ctx, enum hob_slot slot, const uint8_t *data, size_t len)
{
    return goStorageWrite(ctx, (int)slot, (uint8_t *)data, len);
}

static int conn_send(void *ctx, int conn, const uint8_t *data, size_t len)
{
    return goConnSend(ctx, conn, (uint8_t *)data, len);
}

static void conn_close(void *ctx, int conn, enum hob_close code, const char *reason)
{
    goConnClose(ctx, conn, (int)code, (char *)reason);
}

static int update_write(void *ctx, uint32_t at, const uint8_t *data, size_t len)
{
    return goUpdateWrite(ctx, at, (uint8_t *)data, len);
}

static void log_line(void *ctx, enum hob_log what, int32_t detail)
{
    goLog(ctx, (int)what, detail);
}

static const struct hob_port go_port = {
    .pin_output = goPinOutput,
    .pin_write = goPinWrite,
    .pin_input = pin_input,
    .pin_read = goPinRead,
    .pin_release = goPinRelease,
    .pwm_open = goPWMOpen,
    .pwm_write = goPWMWrite,
    .strip_open = goStripOpen,
    .strip_fill = strip_fill,
    .sensor_open = sensor_open,
    .sensor_close = sensor_close,
    .sensor_start = sensor_start,
    .sensor_read = sensor_read,
    .i2c_open = goI2COpen,
    .storage_read = storage_read,
    .storage_write = storage_write,
    .conn_send = conn_send,
    .conn_close = conn_close,
    .update_begin = goUpdateBegin,
    .update_write = update_write,
    .update_read = goUpdateRead,
    .update_boot = goUpdateBoot,
    .update_on_trial = goUpdateOnTrial,
    .update_keep = goUpdateKeep,
    .update_undo = goRestart, /* what is still on trial is not booted again */
    .restart = goRestart,
    .adoption_changed = goAdoptionChanged,
    .stats = goStats,
    .log = log_line,
};

/* ---- the board ---- */

/* Copies s if it fits with its terminator; otherwise leaves out empty, which hob_init refuses. */
static void copy(char *out, size_t cap, const char *s)
{
    size_t len = strlen(s);
    if (len < cap) {
        memcpy(out, s, len + 1);
    }
}

struct bridge *bridge_new(uintptr_t handle, const char *id, const char *chip, const char *fw,
                          uint64_t build_unix_ms, struct bridge_crypto *crypto,
                          struct hob_scratch *scratch)
{
    struct bridge *b = calloc(1, sizeof *b + hob_board_size());
    if (b == NULL) {
        return NULL;
    }
    b->handle = handle;
    b->board_size = hob_board_size();
    copy(b->id, sizeof b->id, id);
    copy(b->chip, sizeof b->chip, chip);
    copy(b->fw, sizeof b->fw, fw);
    b->port = go_port;
    b->port.ctx = b;
    b->options = (struct hob_options){
        .id = b->id,
        .chip = b->chip,
        .fw = b->fw,
        .build_unix_ms = build_unix_ms,
        .port = &b->port,
        .crypto = &crypto->crypto,
        .scratch = scratch,
    };
    return b;
}

void bridge_updates(struct bridge *b, const uint8_t *key, uint16_t security, uint8_t slot)
{
    b->options.slot = slot;
    b->options.security = security;
    b->options.update_key = NULL;
    if (key != NULL) {
        memcpy(b->update_key, key, sizeof b->update_key);
        b->options.update_key = b->update_key;
    }
}

void bridge_free(struct bridge *b)
{
    if (b != NULL) {
        hob_wipe(b->board, b->board_size);
        free(b);
    }
}

int bridge_start(struct bridge *b, enum hob_reset reset, uint64_t now_ms)
{
    b->options.reset = reset;
    return hob_init(bridge_board(b), &b->options, now_ms);
}

struct hob_board *bridge_board(struct bridge *b)
{
    return (struct hob_board *)b->board;
}

/* ---- the cable ---- */

/* One call of bridge_serial. */
struct cable {
    struct bridge *b;
    uint64_t now;
    bool online;
    char code[HOB_SETUP_CODE_SIZE];
    struct hob_wifi wifi;
};

static void load_wifi(struct cable *c)
{
    uint8_t record[HOB_WIFI_RECORD];
    int len = goWifiRead(c->b, record, sizeof record);
    (void)hob_wifi_unpack(record, len > 0 ? (size_t)len : 0, &c->wifi);
    hob_wipe(record, sizeof record);
}

static void describe(void *ctx, struct hob_serial_board *out)
{
    struct cable *c = ctx;
    struct hob_status status;
    struct hob_board *board = bridge_board(c->b);
    hob_get_status(board, &status, c->now);
    if (!status.adoption_open || hob_setup_code(board, c->code) < 0) {
        c->code[0] = '\0';
    }
    load_wifi(c);
    *out = (struct hob_serial_board){.id = c->b->id,
                                     .chip = c->b->chip,
                                     .fw = c->b->fw,
                                     .code = c->code,
                                     .ssid = c->wifi.ssid,
                                     .adopted = status.adopted,
                                     .wifi = true,
                                     .online = c->online};
}

static int join(void *ctx, const struct hob_wifi *wifi)
{
    struct cable *c = ctx;
    uint8_t record[HOB_WIFI_RECORD];
    int len = hob_wifi_pack(wifi, record);
    int r = goWifiWrite(c->b, record, (size_t)len);
    hob_wipe(record, sizeof record);
    return r;
}

static int set_key(void *ctx, const uint8_t key[HOB_KEY_LEN])
{
    struct cable *c = ctx;
    return hob_set_key(bridge_board(c->b), key, c->now);
}

static int reset(void *ctx)
{
    struct cable *c = ctx;
    int r = hob_factory_reset(bridge_board(c->b), c->now);
    return r == HOB_OK ? goWifiWrite(c->b, NULL, 0) : r;
}

void bridge_serial(struct bridge *b, const uint8_t *data, size_t len, bool online, uint64_t now_ms)
{
    struct cable cable = {.b = b, .now = now_ms, .online = online};
    const struct hob_serial_host host = {&cable, describe, join, set_key, reset};
    char answer[HOB_SERIAL_MAX + 2];
    for (size_t i = 0; i < len; i++) {
        if (!hob_serial_byte(&b->line, data[i])) {
            continue;
        }
        int n = hob_serial_handle(&host, b->line.text, answer, sizeof answer);
        if (n > 0) {
            goSerialWrite(b, (uint8_t *)answer, (size_t)n);
        }
    }
    hob_wipe(&cable, sizeof cable);
}
