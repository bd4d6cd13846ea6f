/*
 * rig_warn: a board with a door that is warned of by a horn, for the tests of
 * announced pulses. Each program has its own.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef RIG_WARN_H
#define RIG_WARN_H

#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;
static int last_id;

enum { DOOR_PIN = 25, HORN_PIN = 27, REED_PIN = 32, BUTTON_PIN = 33 };

#define DOOR "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25}\n"
#define HORN "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27}\n"
#define REED                                                                  \
    "{\"kind\":\"input\",\"point\":\"reed\",\"pin\":32,\"role\":\"contact\"," \
    "\"debounce\":50}\n"
#define BASE DOOR HORN REED
#define BUTTON(target, act)                                                                      \
    "{\"kind\":\"input\",\"point\":\"b\",\"pin\":33,\"role\":\"button\",\"debounce\":0}\n"       \
    "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"" target "\",\"do\":\"" \
    act "\"}\n"
#define GROUPED(point, pin, group)                                                       \
    "{\"kind\":\"relay\",\"point\":\"" point "\",\"pin\":" #pin ",\"interlock\":\"" group "\"}\n"

/* A board with this configuration and a session at uptime 1000, everything heard. */
static inline bool start(const char *items)
{
    last_id = 0;
    bool ok = fake_start(&f, 23, &conn, items, 1000);
    memset(f.frames, 0, sizeof f.frames);
    return ok;
}

static inline void ping(void)
{
    if (f.peers[conn].open)
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
}

/* Lets time pass as it does with a server that knows of the warning. */
static inline void pass(uint64_t ms)
{
    while (ms > 0) {
        uint64_t step = ms < 1000 ? ms : 1000;
        fake_run(&f, step);
        ms -= step;
        if (ms > 0)
            ping();
    }
}

/* Sends a command with the next id: the rest of it is args. */
static inline int order(const char *point, const char *args)
{
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}",
                   ++last_id, point, (unsigned long)f.now + 900, args);
    return last_id;
}

#define PULSE(ms) "\"do\":\"pulse\",\"ms\":" #ms
#define WARN(point, ms) ",\"warn\":\"" point "\",\"warn_ms\":" #ms
#define IF(point, is, age) ",\"pre\":[{\"point\":\"" point "\",\"is\":" #is ",\"age\":" #age "}]"
/* What a door is closed with. */
#define CLOSE PULSE(500) IF("reed", false, 2000) WARN("horn", 6000)

/* How often a pin was made to show a value; act FAKE_RELEASE does not count. */
static inline int shown(uint8_t pin, uint32_t value)
{
    int n = 0;
    for (int i = 0; i < f.edge_count; i++)
        n += f.edges[i].pin == pin && f.edges[i].act != FAKE_RELEASE && f.edges[i].value == value;
    return n;
}

/* When a pin was made to show a value for the first time; 0 if it was not. */
static inline uint64_t when(uint8_t pin, uint32_t value)
{
    for (int i = 0; i < f.edge_count; i++) {
        if (f.edges[i].pin == pin && f.edges[i].act != FAKE_RELEASE && f.edges[i].value == value)
            return f.edges[i].at;
    }
    return 0;
}

/* Whether the board ever said this result of a command, among the frames that are left. */
static inline int results(int id, const char *what)
{
    char want[24];
    int n = 0;
    (void)snprintf(want, sizeof want, "\"id\":%d,", id);
    for (int i = 0; i < FAKE_FRAMES; i++) {
        const char *text = f.frames[i].text;
        n += strstr(text, "\"t\":\"result\"") != NULL && strstr(text, want) != NULL &&
             strstr(text, what) != NULL;
    }
    return n;
}

/* ---- what happens to it ---- */

/* What one row does; arg is the row's. */
typedef void happening(const char *arg);

static inline void say(const char *frame)
{
    (void)fake_say_bytes(&f, conn, frame, strlen(frame));
}

static inline void to_door(const char *args)
{
    (void)order("door", args);
}

static inline void reed_tells_late(const char *arg)
{
    uint64_t at = f.now - (f.now > 1300 ? 300 : 0);
    (void)arg;
    hob_input_edge_at(&f.board, REED_PIN, true, at, f.now);
    hob_input_edge_at(&f.board, REED_PIN, false, at + 1, f.now);
}

static inline void hang_up(const char *arg)
{
    (void)arg;
    hob_conn_closed(&f.board, conn, f.now);
    f.peers[conn].open = false;
}

static inline void take_over(const char *arg)
{
    (void)arg;
    conn = fake_session(&f, fake_key);
}

/* Nothing of the door is on, as the board has it and as the pins have it. */
static inline void check_idle(void)
{
    CHECK(!fake_point(&f, "door").on);
    CHECK(!fake_point(&f, "horn").on);
    CHECK(!fake_level(&f, DOOR_PIN));
    /* The one row that inverts the horn sets its pin up anew, dark. */
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        const struct hob_point *p = &f.board.points[i];
        if (p->config.kind == HOB_KIND_RELAY && p->config.pin == HORN_PIN)
            CHECK_INT(fake_level(&f, HORN_PIN), p->config.out.inverted);
    }
    CHECK_INT(f.faults, 0);
}

#endif
