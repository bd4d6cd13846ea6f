/*
 * A board on a bench; see fake_board.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "fake_board.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const uint8_t fake_key[HOB_KEY_LEN] = {1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11,
                                       12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,
                                       23, 24, 25, 26, 27, 28, 29, 30, 31, 32};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- pins ---- */

static void note(struct fake_board *f, uint8_t pin, enum fake_act act, uint32_t value)
{
    if (f->edge_count < FAKE_EDGES)
        f->edges[f->edge_count++] =
            (struct fake_edge){.at = f->now, .value = value, .pin = pin, .act = (uint8_t)act};
}

static void expect_mode(struct fake_board *f, uint8_t pin, enum fake_mode mode)
{
    if (f->pins[pin].mode != mode)
        f->faults++;
}

static void take(struct fake_board *f, uint8_t pin, enum fake_mode mode, bool again)
{
    struct fake_pin *p = &f->pins[pin];
    if (p->mode != FAKE_FREE && !(again && p->mode == mode))
        f->faults++;
    p->mode = mode;
}

static int pin_output(void *ctx, uint8_t pin, bool level)
{
    struct fake_board *f = ctx;
    take(f, pin, FAKE_OUTPUT, false);
    f->pins[pin].level = level;
    note(f, pin, FAKE_OPEN, level);
    return f->pins_broken ? -1 : 0;
}

static void pin_write(void *ctx, uint8_t pin, bool level)
{
    struct fake_board *f = ctx;
    expect_mode(f, pin, FAKE_OUTPUT);
    f->pins[pin].level = level;
    note(f, pin, FAKE_WRITE, level);
}

static int pin_input(void *ctx, uint8_t pin, enum hob_pull pull)
{
    struct fake_board *f = ctx;
    take(f, pin, FAKE_INPUT, false);
    f->pins[pin].pull = pull;
    note(f, pin, FAKE_OPEN, 0);
    return f->pins_broken ? -1 : 0;
}

static bool pin_read(void *ctx, uint8_t pin)
{
    struct fake_board *f = ctx;
    expect_mode(f, pin, FAKE_INPUT);
    return f->pins[pin].outside;
}

static void pin_release(void *ctx, uint8_t pin)
{
    struct fake_board *f = ctx;
    if (f->pins[pin].mode == FAKE_FREE)
        f->faults++;
    f->pins[pin].mode = FAKE_FREE;
    note(f, pin, FAKE_RELEASE, 0);
}

static int pwm_open(void *ctx, uint8_t pin, uint32_t freq_hz, uint16_t duty)
{
    struct fake_board *f = ctx;
    take(f, pin, FAKE_PWM, true);
    f->pins[pin].freq = freq_hz;
    f->pins[pin].duty = duty;
    note(f, pin, FAKE_OPEN, duty);
    return f->pins_broken ? -1 : 0;
}

static void pwm_write(void *ctx, uint8_t pin, uint16_t duty)
{
    struct fake_board *f = ctx;
    expect_mode(f, pin, FAKE_PWM);
    f->pins[pin].duty = duty;
    note(f, pin, FAKE_WRITE, duty);
}

static int strip_open(void *ctx, uint8_t pin, uint16_t count)
{
    struct fake_board *f = ctx;
    take(f, pin, FAKE_STRIP, true);
    f->pins[pin].count = count;
    note(f, pin, FAKE_OPEN, count);
    return f->pins_broken ? -1 : 0;
}

static void strip_fill(void *ctx, uint8_t pin, uint16_t count, const uint8_t pixel[3])
{
    struct fake_board *f = ctx;
    expect_mode(f, pin, FAKE_STRIP);
    if (count != f->pins[pin].count)
        f->faults++;
    memcpy(f->pins[pin].pixel, pixel, 3);
    note(f, pin, FAKE_WRITE,
         (uint32_t)pixel[0] << 16 | (uint32_t)pixel[1] << 8 | (uint32_t)pixel[2]);
}

/* ---- sensors ---- */

static struct fake_sensor *sensor(struct fake_board *f, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_sensor *s = &f->sensors[where % COUNT_OF(f->sensors)];
    if (!s->open || s->kind != kind)
        f->faults++;
    return s;
}

static int sensor_open(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_board *f = ctx;
    struct fake_sensor *s = &f->sensors[where % COUNT_OF(f->sensors)];
    if (s->open)
        f->faults++;
    if (kind == HOB_SENSOR_SHT3X)
        f->faults += f->sda == HOB_NO_PIN;
    else
        take(f, where, FAKE_SENSOR, false);
    s->open = true;
    s->started = false;
    s->kind = kind;
    return f->pins_broken ? -1 : 0;
}

static void sensor_close(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_board *f = ctx;
    sensor(f, kind, where)->open = false;
    if (kind != HOB_SENSOR_SHT3X)
        f->pins[where].mode = FAKE_FREE;
}

static int sensor_start(void *ctx, enum hob_sensor_kind kind, uint8_t where)
{
    struct fake_board *f = ctx;
    struct fake_sensor *s = sensor(f, kind, where);
    s->starts++;
    s->started = s->wait >= 0;
    s->start_at = f->now;
    return s->wait;
}

static int sensor_read(void *ctx, enum hob_sensor_kind kind, uint8_t where, uint8_t *buf,
                       size_t cap)
{
    struct fake_board *f = ctx;
    struct fake_sensor *s = sensor(f, kind, where);
    if (!s->started || f->now < s->start_at + (uint64_t)s->wait || cap != HOB_MAX_RAW)
        f->faults++;
    s->started = false;
    /* A port may say that it got more than there is room for. */
    for (int i = 0; i < s->len && i < (int)cap; i++)
        buf[i] = s->raw[i];
    return s->len > 0 ? s->len : -1;
}

static int i2c_open(void *ctx, uint8_t sda, uint8_t scl)
{
    struct fake_board *f = ctx;
    if ((sda == HOB_NO_PIN) != (scl == HOB_NO_PIN) || (f->sda == HOB_NO_PIN) == (sda == HOB_NO_PIN))
        f->faults++;
    for (int addr = 0x44; addr <= 0x45; addr++)
        f->faults += f->sensors[addr].open;
    if (f->sda != HOB_NO_PIN)
        f->pins[f->sda].mode = f->pins[f->scl].mode = FAKE_FREE;
    if (sda != HOB_NO_PIN) {
        take(f, sda, FAKE_I2C, false);
        take(f, scl, FAKE_I2C, false);
    }
    f->sda = sda;
    f->scl = scl;
    return f->pins_broken ? -1 : 0;
}

void fake_raw(struct fake_board *f, uint8_t where, const void *raw, int len)
{
    struct fake_sensor *s = &f->sensors[where];
    s->len = len;
    if (len > 0)
        memcpy(s->raw, raw, (size_t)len < sizeof s->raw ? (size_t)len : sizeof s->raw);
}

/* A CRC-8, bit by bit in the order in which bits go over the wire. */
static uint8_t crc8(const uint8_t *p, size_t len, uint8_t crc, bool lowest_first)
{
    for (size_t i = 0; i < len * 8; i++) {
        unsigned bit = ((unsigned)p[i / 8] >> (lowest_first ? i % 8 : 7 - i % 8)) & 1u;
        unsigned top = lowest_first ? crc & 1u : (unsigned)crc >> 7;
        crc = (uint8_t)(lowest_first ? crc >> 1 : (unsigned)crc << 1);
        if ((bit ^ top) != 0)
            crc = (uint8_t)(crc ^ (lowest_first ? 0x8cu : 0x31u));
    }
    return crc;
}

void fake_ds18b20(struct fake_board *f, uint8_t pin, int sixteenths)
{
    uint8_t raw[9] = {(uint8_t)sixteenths, (uint8_t)(sixteenths >> 8), 0x4b, 0x46, 0x7f, 0xff,
                      0x0c, 0x10};
    raw[8] = crc8(raw, 8, 0, true);
    fake_raw(f, pin, raw, sizeof raw);
}

void fake_dht22(struct fake_board *f, uint8_t pin, int tenths, int humidity_tenths)
{
    unsigned t = tenths < 0 ? (unsigned)-tenths | 0x8000u : (unsigned)tenths;
    uint8_t raw[5] = {(uint8_t)(humidity_tenths >> 8), (uint8_t)humidity_tenths, (uint8_t)(t >> 8),
                      (uint8_t)t};
    raw[4] = (uint8_t)(raw[0] + raw[1] + raw[2] + raw[3]);
    fake_raw(f, pin, raw, sizeof raw);
}

void fake_sht3x(struct fake_board *f, uint8_t addr, uint16_t t, uint16_t rh)
{
    uint8_t raw[6] = {(uint8_t)(t >> 8), (uint8_t)t, 0, (uint8_t)(rh >> 8), (uint8_t)rh, 0};
    raw[2] = crc8(raw, 2, 0xff, false);
    raw[5] = crc8(raw + 3, 2, 0xff, false);
    fake_raw(f, addr, raw, sizeof raw);
}

void fake_millivolts(struct fake_board *f, uint8_t pin, uint16_t mv)
{
    const uint8_t raw[2] = {(uint8_t)mv, (uint8_t)(mv >> 8)};
    fake_raw(f, pin, raw, sizeof raw);
}

void fake_count(struct fake_board *f, uint8_t pin, uint32_t count)
{
    const uint8_t raw[4] = {(uint8_t)count, (uint8_t)(count >> 8), (uint8_t)(count >> 16),
                            (uint8_t)(count >> 24)};
    fake_raw(f, pin, raw, sizeof raw);
}

/* ---- storage ---- */

static int storage_read(void *ctx, enum hob_slot slot, uint8_t *buf, size_t cap)
{
    struct fake_board *f = ctx;
    const struct fake_slot *s = &f->slots[slot];
    if (f->unreadable || s->len > cap)
        return -1;
    memcpy(buf, s->data, s->len);
    return (int)s->len;
}

/* A write that power fails in: the start is new, the rest old or gone. */
static void torn_write(struct fake_board *f, struct fake_slot *s, const uint8_t *data, size_t len)
{
    size_t done = f->cut_at < len ? f->cut_at : len;
    if (done > 0)
        memcpy(s->data, data, done);
    if (f->cut_short || s->len < done)
        s->len = done;
    if (len == 0 && f->cut_short)
        s->len = 0;
    f->cut_len = len;
    f->dead = true;
}

static int storage_write(void *ctx, enum hob_slot slot, const uint8_t *data, size_t len)
{
    struct fake_board *f = ctx;
    struct fake_slot *s = &f->slots[slot];
    f->writes++;
    if (f->dead || f->full)
        return -1;
    if (f->writes == f->cut_write) {
        torn_write(f, s, data, len);
        return -1;
    }
    if (len > 0)
        memcpy(s->data, data, len);
    s->len = len;
    return 0;
}

/* ---- connections ---- */

static void keep_frame(struct fake_board *f, int conn, const uint8_t *data, size_t len)
{
    struct fake_peer *peer = &f->peers[conn];
    if (f->frame_count == FAKE_FRAMES) {
        f->faults++;
        return;
    }
    struct fake_frame *frame = &f->frames[(f->frame_first + f->frame_count) % FAKE_FRAMES];
    int r = hob_noise_open(&peer->noise, data, len, (uint8_t *)frame->text, HOB_MAX_FRAME);
    if (r < 0) {
        f->faults++;
        return;
    }
    frame->text[r] = '\0';
    frame->conn = conn;
    f->frame_count++;
}

static int conn_send(void *ctx, int conn, const uint8_t *data, size_t len)
{
    struct fake_board *f = ctx;
    struct fake_peer *peer = &f->peers[conn];
    if (!peer->open)
        f->faults++;
    if (f->deaf || f->dead)
        return -1;
    if (peer->shaken) {
        keep_frame(f, conn, data, len);
        return 0;
    }
    peer->shaken = hob_noise_read_handshake(&peer->noise, data, len, NULL, 0) == 0;
    return 0;
}

static void conn_close(void *ctx, int conn, enum hob_close code, const char *reason)
{
    struct fake_board *f = ctx;
    struct fake_peer *peer = &f->peers[conn];
    if (!peer->open || strlen(reason) > 60)
        f->faults++;
    peer->open = false;
    peer->closed = (int)code;
    (void)snprintf(peer->reason, sizeof peer->reason, "%s", reason);
}

/* ---- updates ---- */

static int update_begin(void *ctx, uint32_t size)
{
    struct fake_images *m = &((struct fake_board *)ctx)->images;
    m->written = 0;
    m->booted = false;
    return size <= (m->room > 0 ? m->room : FAKE_IMAGE) ? 0 : -1;
}

static int update_write(void *ctx, uint32_t at, const uint8_t *data, size_t len)
{
    struct fake_board *f = ctx;
    if (at != f->images.written || len > FAKE_IMAGE - at)
        f->faults++;
    if (f->images.broken || len > FAKE_IMAGE - at)
        return -1;
    memcpy(f->images.data + at, data, len);
    f->images.written += (uint32_t)len;
    return 0;
}

static int update_read(void *ctx, uint32_t at, uint8_t *buf, size_t len)
{
    struct fake_board *f = ctx;
    if (at + len > f->images.written)
        f->faults++;
    if (f->images.broken || at + len > FAKE_IMAGE)
        return -1;
    memcpy(buf, f->images.data + at, len);
    return 0;
}

static int update_boot(void *ctx)
{
    struct fake_board *f = ctx;
    f->images.booted = !f->images.unbootable;
    return f->images.unbootable ? -1 : 0;
}

static bool update_on_trial(void *ctx)
{
    return ((struct fake_board *)ctx)->images.on_trial;
}

static int update_keep(void *ctx)
{
    struct fake_board *f = ctx;
    f->images.keeps++;
    f->images.on_trial = f->images.unkeepable;
    return f->images.unkeepable ? -1 : 0;
}

static void update_undo(void *ctx)
{
    struct fake_board *f = ctx;
    f->images.undone++;
    f->restarts++;
}

/* ---- the rest of the port ---- */

static void restart(void *ctx)
{
    struct fake_board *f = ctx;
    f->restarts++;
}

static void adoption_changed(void *ctx)
{
    struct fake_board *f = ctx;
    f->adoption_changes++;
}

static void stats(void *ctx, struct hob_stats *out)
{
    struct fake_board *f = ctx;
    *out = f->stats;
}

static void log_line(void *ctx, enum hob_log what, int32_t detail)
{
    struct fake_board *f = ctx;
    (void)detail;
    f->logged[what]++;
}

void fake_make(struct fake_board *f, uint64_t seed)
{
    memset(f, 0, sizeof *f);
    f->sda = f->scl = HOB_NO_PIN;
    f->crypto = fake_crypto(&f->random, seed);
    f->port = (struct hob_port){
        .pin_output = pin_output,
        .pin_write = pin_write,
        .pin_input = pin_input,
        .pin_read = pin_read,
        .pin_release = pin_release,
        .pwm_open = pwm_open,
        .pwm_write = pwm_write,
        .strip_open = strip_open,
        .strip_fill = strip_fill,
        .sensor_open = sensor_open,
        .sensor_close = sensor_close,
        .sensor_start = sensor_start,
        .sensor_read = sensor_read,
        .i2c_open = i2c_open,
        .storage_read = storage_read,
        .storage_write = storage_write,
        .conn_send = conn_send,
        .conn_close = conn_close,
        .update_begin = update_begin,
        .update_write = update_write,
        .update_read = update_read,
        .update_boot = update_boot,
        .update_on_trial = update_on_trial,
        .update_keep = update_keep,
        .update_undo = update_undo,
        .restart = restart,
        .adoption_changed = adoption_changed,
        .stats = stats,
        .log = log_line,
        .ctx = f,
    };
    f->options = (struct hob_options){
        .id = "hob-7c9ebd",
        .chip = "esp32",
        .fw = "0.1.0",
        .reset = HOB_RESET_POWER_ON,
        .build_unix_ms = 1700000000000u,
        .port = &f->port,
        .crypto = &f->crypto,
        .scratch = &f->scratch,
    };
}

int fake_boot(struct fake_board *f)
{
    bool outside[FAKE_PINS];
    for (int i = 0; i < FAKE_PINS; i++)
        outside[i] = f->pins[i].outside;
    memset(f->pins, 0, sizeof f->pins);
    for (int i = 0; i < FAKE_PINS; i++)
        f->pins[i].outside = outside[i];
    memset(f->peers, 0, sizeof f->peers);
    for (size_t i = 0; i < COUNT_OF(f->sensors); i++)
        f->sensors[i].open = f->sensors[i].started = false;
    f->sda = f->scl = HOB_NO_PIN;
    /* Power that has failed once stays. */
    if (f->dead)
        f->cut_write = 0;
    f->dead = false;
    f->now = 0;
    fake_clear(f);
    return hob_init(&f->board, &f->options, f->now);
}

void fake_run(struct fake_board *f, uint64_t ms)
{
    uint64_t end = f->now + ms;
    while (f->now < end) {
        uint32_t step = hob_next_tick(&f->board, f->now);
        if (step == 0)
            step = 1;
        f->now = end - f->now < step ? end : f->now + step;
        (void)hob_tick(&f->board, f->now);
    }
}

void fake_set(struct fake_board *f, uint8_t pin, bool level)
{
    f->pins[pin].outside = level;
    hob_input_changed(&f->board, pin, f->now);
}

int fake_dial(struct fake_board *f, const uint8_t key[HOB_KEY_LEN])
{
    uint8_t prologue[64];
    uint8_t message[HOB_NOISE_HANDSHAKE_LEN];
    int len = snprintf((char *)prologue, sizeof prologue, "%s%s", HOB_NOISE_PROLOGUE,
                       f->options.id);
    int conn = hob_conn_open(&f->board, f->now);
    if (conn < 0)
        return conn;
    struct fake_peer *peer = &f->peers[conn];
    memset(peer, 0, sizeof *peer);
    peer->open = true;
    int r = hob_noise_init(&peer->noise, HOB_NOISE_INITIATOR, &f->crypto, key, HOB_KEY_LEN,
                           prologue, (size_t)len, HOB_MAX_MESSAGE);
    if (r == HOB_OK)
        r = hob_noise_write_handshake(&peer->noise, NULL, 0, message, sizeof message);
    if (r > 0)
        r = hob_conn_message(&f->board, conn, message, (size_t)r, f->now);
    if (r < 0)
        return r;
    return peer->shaken ? conn : HOB_ERR_AUTH;
}

int fake_session(struct fake_board *f, const uint8_t key[HOB_KEY_LEN])
{
    int conn = fake_dial(f, key);
    if (conn < 0)
        return conn;
    int r = fake_say(f, conn, "{\"t\":\"hello\",\"proto\":1,\"server\":\"0.1.0\",\"unix\":0}");
    return r < 0 ? r : conn;
}

int fake_say_bytes(struct fake_board *f, int conn, const void *data, size_t len)
{
    static uint8_t sealed[HOB_NOISE_MAX_MESSAGE];
    int r = hob_noise_seal(&f->peers[conn].noise, data, len, sealed, sizeof sealed);
    return r < 0 ? r : hob_conn_message(&f->board, conn, sealed, (size_t)r, f->now);
}

int fake_say(struct fake_board *f, int conn, const char *format, ...)
{
    static char text[HOB_MAX_FRAME + 1];
    va_list args;
    va_start(args, format);
    int len = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fake_say_bytes(f, conn, text, (size_t)len);
}

const char *fake_hear(struct fake_board *f)
{
    if (f->frame_count == 0)
        return "";
    const char *text = f->frames[f->frame_first].text;
    f->frame_first = (f->frame_first + 1) % FAKE_FRAMES;
    f->frame_count--;
    return text;
}

const char *fake_last(const struct fake_board *f)
{
    return f->frames[(f->frame_first + FAKE_FRAMES - 1) % FAKE_FRAMES].text;
}

const char *fake_wait(struct fake_board *f, const char *part)
{
    while (f->frame_count > 0) {
        const char *text = fake_hear(f);
        if (strstr(text, part) != NULL)
            return text;
    }
    return "";
}

void fake_clear(struct fake_board *f)
{
    f->frame_first = f->frame_count = 0;
    f->edge_count = 0;
}

/* The hash over lines, which are the items with their line ends. */
static void hash_items(struct fake_board *f, const char *items, char hex[65])
{
    struct hob_sha256 s;
    uint8_t hash[HOB_HASH_LEN];
    (void)f->crypto.sha256_start(f->crypto.ctx, &s);
    (void)f->crypto.sha256_update(f->crypto.ctx, &s, (const uint8_t *)items, strlen(items));
    (void)f->crypto.sha256_finish(f->crypto.ctx, &s, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
}

bool fake_configure(struct fake_board *f, int conn, const char *rev, const char *items)
{
    char hex[65];
    int count = 0;
    for (const char *p = items; *p != '\0'; p++)
        count += *p == '\n';
    hash_items(f, items, hex);
    fake_say(f, conn, "{\"t\":\"config_begin\",\"rev\":\"%s\",\"items\":%d,\"sha256\":\"%s\"}", rev,
             count, hex);
    for (int n = 0; n < count; n++) {
        const char *end = strchr(items, '\n');
        fake_say(f, conn, "{\"t\":\"config_item\",\"n\":%d,\"item\":%.*s}", n,
                 (int)(end - items), items);
        items = end + 1;
    }
    fake_say(f, conn, "{\"t\":\"config_commit\",\"rev\":\"%s\"}", rev);
    while (f->frame_count > 0) {
        const char *text = fake_hear(f);
        if (strstr(text, "\"t\":\"configured\"") != NULL)
            return true;
        if (strstr(text, "\"t\":\"config_error\"") != NULL)
            return false;
    }
    return false;
}

int fake_adopted(struct fake_board *f)
{
    if (hob_set_key(&f->board, fake_key, f->now) < 0)
        return -1;
    return fake_session(f, fake_key);
}

int fake_edges(const struct fake_board *f, uint8_t pin)
{
    int n = 0;
    for (int i = 0; i < f->edge_count; i++)
        n += f->edges[i].pin == pin;
    return n;
}

struct hob_point_status fake_point(const struct fake_board *f, const char *name)
{
    struct hob_point_status p;
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        if (hob_get_point(&f->board, i, &p) == HOB_OK && strcmp(p.name, name) == 0)
            return p;
    }
    memset(&p, 0, sizeof p);
    p.cause = "";
    return p;
}

bool fake_level(const struct fake_board *f, uint8_t pin)
{
    return f->pins[pin].mode == FAKE_OUTPUT && f->pins[pin].level;
}
