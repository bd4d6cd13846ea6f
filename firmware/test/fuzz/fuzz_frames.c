/*
 * A board in a session gets any frames, edges, gaps in time and hang-ups. It may
 * close the connection; it may not misuse a pin, put two of a group on, let a
 * pulse become a level, warn of nothing, heat without a reason, or stop serving.
 *
 * The input is a row of lines. One that begins with { is a frame; of others the
 * first letter says what happens: t time (its length squared in ms, 16 s at most), i an edge
 * at the button, h hang up and dial again, m the line as a message that nobody
 * sealed, b BOOT held.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "hob_point.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Squared, longer than any silence that a session survives. */
#define MAX_GAP 127u

static struct fake_board f;
static struct fake_board ready; /* f as it is before every input */
static int conn;

static const char items[] =
    "{\"kind\":\"board\",\"status_led\":2}\n"
    "{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16,\"interlock\":\"g\",\"interlock_wait\":50}\n"
    "{\"kind\":\"relay\",\"point\":\"down\",\"pin\":17,\"interlock\":\"g\",\"interlock_wait\":50,"
    "\"lease\":900}\n"
    "{\"kind\":\"relay\",\"point\":\"p\",\"pin\":25,\"min_off\":40,\"boot\":\"restore\"}\n"
    "{\"kind\":\"pwm\",\"point\":\"l\",\"pin\":18,\"fade\":300,\"boot\":\"restore\"}\n"
    "{\"kind\":\"ws2812\",\"point\":\"s\",\"pin\":19,\"count\":3,\"off_after\":700}\n"
    "{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\",\"hold\":true,"
    "\"double\":true}\n"
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"up\",\"do\":\"toggle\"}\n"
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"hold\",\"target\":\"l\",\"do\":\"toggle\"}\n"
    "{\"kind\":\"relay\",\"point\":\"h\",\"pin\":26}\n"
    "{\"kind\":\"sensor\",\"point\":\"fed-1a2b3c4d\",\"type\":\"fed\"}\n"
    "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":4,\"every\":10000}\n"
    "{\"kind\":\"thermostat\",\"relay\":\"h\",\"sensor\":\"fed-1a2b3c4d\",\"low\":5000,\"high\":25000,"
    "\"hysteresis\":500,\"min_on\":700,\"min_off\":300,\"lost\":9000,\"frost\":5000}\n";

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* Sealing that costs nothing, so that time goes into frames. Any key fits. */
static int seal(void *ctx, const uint8_t key[HOB_KEY_LEN], const uint8_t nonce[HOB_NONCE_LEN],
                const uint8_t *ad, size_t ad_len, const uint8_t *plain, size_t len, uint8_t *out)
{
    (void)ctx, (void)key, (void)nonce, (void)ad, (void)ad_len;
    if (len > 0)
        memcpy(out, plain, len);
    memset(out + len, 0, HOB_TAG_LEN);
    return HOB_OK;
}

static int unseal(void *ctx, const uint8_t key[HOB_KEY_LEN], const uint8_t nonce[HOB_NONCE_LEN],
                  const uint8_t *ad, size_t ad_len, const uint8_t *sealed, size_t len, uint8_t *out)
{
    (void)ctx, (void)key, (void)nonce, (void)ad, (void)ad_len;
    if (len < HOB_TAG_LEN || !hob_all_zero(sealed + len - HOB_TAG_LEN, HOB_TAG_LEN))
        return HOB_ERR_AUTH;
    if (len > HOB_TAG_LEN)
        memcpy(out, sealed, len - HOB_TAG_LEN);
    return HOB_OK;
}

static void prepare(void)
{
    if (ready.options.id != NULL) {
        memcpy(&f, &ready, sizeof f);
        return;
    }
    fake_make(&f, 61);
    f.crypto.seal = seal;
    f.crypto.open = unseal;
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    must(conn == 0 && fake_configure(&f, conn, "1", items));
    fake_clear(&f);
    memcpy(&ready, &f, sizeof f);
}

/* The session as it is, or a new one; a board that lost its key gets it again. */
static void redial(void)
{
    for (int i = 0; i < HOB_MAX_CONNS; i++) {
        if (f.peers[i].open) {
            hob_conn_closed(&f.board, i, f.now);
            f.peers[i].open = false;
        }
    }
    conn = fake_session(&f, fake_key);
    if (conn < 0)
        conn = fake_adopted(&f);
    must(conn >= 0);
}

/* What is pulsing is on, and its end is still to come. */
static void check_pulses(void)
{
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        const struct hob_point *p = &f.board.points[i];
        if (!hob_point_is_output(p) || p->out.pulse_until == 0)
            continue;
        must(p->config.kind == HOB_KIND_RELAY && p->out.level > 0 && p->out.shown > 0);
        must(p->out.pulse_until >= f.board.ticked && p->out.pulse_until <= f.board.now + 60000);
    }
}

/* What warns is on in full, what it warns of is dark, and somebody is there who wants it. */
static void check_warnings(void)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        const struct hob_request *w = &f.board.waits[n];
        if (w->stage != HOB_WAIT_WARN)
            continue;
        const struct hob_point *horn = &f.board.points[w->warn];
        const struct hob_point *relay = &f.board.points[w->point];
        must(horn->out.level == 1000 && horn->out.shown > 0 && horn->out.fade_time == 0);
        must(relay->config.kind == HOB_KIND_RELAY && relay->out.level == 0);
        must(w->until <= f.board.now + 60000 && f.board.session != HOB_NONE);
    }
}

/* What is on has a reason that holds in this moment. */
static void check_thermostats(void)
{
    for (int k = 0; k < HOB_MAX_THERMOSTATS; k++) {
        const struct hob_thermostat *t = &f.board.thermostats[k];
        if (!t->used)
            continue;
        const struct hob_point *relay = &f.board.points[t->config.relay];
        const struct hob_sensor *s = &f.board.points[t->config.sensor].sensor;
        must((relay->out.level > 0) == (t->control.phase == HOB_PHASE_ACTIVE));
        must(relay->out.level == 0 || (s->valid && s->strikes < 2 && !t->schedule.locked &&
                                       (int64_t)f.board.now <= s->sampled + t->config.lost &&
                                       s->value <= t->config.high));
    }
}

static void line(const uint8_t *text, size_t len)
{
    if (!f.peers[conn].open)
        redial();
    switch (len > 0 ? text[0] : '\0') {
    case 't':
        fake_run(&f, len < MAX_GAP ? len * len : MAX_GAP * MAX_GAP);
        break;
    case 'i':
        fake_set(&f, 32, !f.pins[32].outside);
        break;
    case 'h':
        redial();
        break;
    case 'm':
        (void)hob_conn_message(&f.board, conn, text, len, f.now);
        break;
    case 'b':
        (void)hob_boot_button_held(&f.board, f.now);
        break;
    default:
        (void)fake_say_bytes(&f, conn, text, len);
        break;
    }
    must(f.faults == 0);
    check_pulses();
    check_warnings();
    check_thermostats();
    fake_clear(&f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    prepare();
    conn = 0;
    while (size > 0) {
        const uint8_t *end = memchr(data, '\n', size);
        size_t len = end != NULL ? (size_t)(end - data) : size;
        line(data, len);
        if (strcmp(f.board.rev, "1") == 0)
            must(!(fake_level(&f, 16) && fake_level(&f, 17)));
        len += end != NULL;
        data += len;
        size -= len;
    }
    redial();
    fake_clear(&f);
    must(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}") == HOB_OK);
    must(fake_wait(&f, "pong")[0] != '\0');
    return 0;
}
