/*
 * rig_thermostat: a board with a heater and a probe in a room of 20 degrees, for
 * the tests of thermostats. Each program has its own.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef RIG_THERMOSTAT_H
#define RIG_THERMOSTAT_H

#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;
static int last_id;

#define MIN 60000u
#define NONE (-1000) /* no target */
#define RELAY "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"
#define PROBE "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":4,\"every\":1000}\n"
/* No sample falls on the moments that are looked at. */
#define SELDOM "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":4,\"every\":7000}\n"
#define LIMITS "\"low\":5000,\"high\":25000,\"hysteresis\":1000,\"min_on\":180000,\"min_off\":120000"
#define HEATER "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\"," LIMITS ",\"lost\":600000"
#define HOUSE RELAY PROBE HEATER "}\n"

/* Degrees at the sensor, in sixteenths. */
static inline void warm(int sixteenths)
{
    fake_ds18b20(&f, 4, sixteenths);
}

#define DEGREES(n) ((n) * 16)

/* A board with this configuration and a session, in a room of 20 degrees. */
static inline bool start(const char *items)
{
    fake_make(&f, 31);
    warm(DEGREES(20));
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    last_id = 0;
    return conn >= 0 && fake_configure(&f, conn, "1", items);
}

static inline void hang_up(void)
{
    hob_conn_closed(&f.board, conn, f.now);
    f.peers[conn].open = false;
}

static inline void redial(void)
{
    if (f.peers[conn].open)
        hang_up();
    conn = fake_session(&f, fake_key);
    last_id = 0;
}

/* Lets time pass with a server that is there. */
static inline void run_alive(uint64_t ms)
{
    uint64_t end = f.now + ms;
    while (f.now < end) {
        fake_run(&f, end - f.now < 4000 ? end - f.now : 4000);
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
        fake_clear(&f);
    }
}

static inline int plan_for(const char *relay, const char *rest)
{
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"do\":\"plan\",\"until\":%lu,%s}",
                   ++last_id, relay, (unsigned long)f.now, rest);
    return last_id;
}

static inline int plan(const char *rest)
{
    return plan_for("r", rest);
}

/* Holds one target for a year. */
static inline void hold_at(const char *relay, int32_t target)
{
    char text[120];
    char to[16] = "null";
    if (target != NONE)
        (void)snprintf(to, sizeof to, "%ld", (long)target);
    (void)snprintf(text, sizeof text, "\"plan\":\"%lx\",\"end\":%lu,\"segments\":[[0,%s]]",
                   (unsigned long)(uint32_t)target, (unsigned long)f.now + 4000000000ul, to);
    (void)plan_for(relay, text);
}

static inline void hold(int32_t target)
{
    hold_at("r", target);
}

static inline void lock(bool locked)
{
    (void)plan(locked ? "\"plan\":\"10c\",\"locked\":true"
                      : "\"plan\":\"0b\",\"end\":4000000000,\"segments\":[[0,24000]]");
}

static inline const struct hob_control *control(void)
{
    return &f.board.thermostats[0].control;
}

static inline const char *told(const char *point)
{
    static char want[32];
    const char *last = "";
    (void)snprintf(want, sizeof want, "{\"p\":\"%s\"", point);
    for (const char *text = fake_wait(&f, want); text[0] != '\0'; text = fake_wait(&f, want))
        last = strstr(text, want);
    return last;
}

/* Heating at full drive for a second: its least time on is still to come. */
static inline bool heating(const char *items)
{
    if (!start(items))
        return false;
    run_alive(5 * MIN);
    hold(24000);
    run_alive(1000);
    return fake_level(&f, 16);
}

#endif
