/*
 * rig_pulse: a board with a session, and commands for pulses, for the tests of those.
 * Each program has its own.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef RIG_PULSE_H
#define RIG_PULSE_H

#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;
static int last_id;

#define DOOR "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25}\n"
#define REED                                                                  \
    "{\"kind\":\"input\",\"point\":\"reed\",\"pin\":32,\"role\":\"contact\"," \
    "\"debounce\":50}\n"

/* A board with this configuration and a session at uptime 1000, everything heard. */
static inline bool start(const char *items)
{
    last_id = 0;
    return fake_start(&f, 19, &conn, items, 1000);
}

/* Keeps the session alive while time passes. */
static inline void pass(uint64_t ms)
{
    while (ms > 0) {
        uint64_t step = ms < 5000 ? ms : 5000;
        fake_run(&f, step);
        ms -= step;
        if (f.peers[conn].open)
            (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    }
}

/* Sends a command with the next id: the rest of it is args. */
static inline int order(const char *point, const char *args)
{
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}",
                   ++last_id, point, (unsigned long)f.now + 100000, args);
    return last_id;
}

#define PULSE(ms) "\"do\":\"pulse\",\"ms\":" #ms
#define IF(point, is, age)                                                            \
    ",\"pre\":[{\"point\":\"" point "\",\"is\":" #is ",\"age\":" #age "}]"

/* The next result; true if it is for this id and holds the text. */
static inline bool result(int id, const char *what)
{
    char want[24];
    const char *text = fake_wait(&f, "\"t\":\"result\"");
    (void)snprintf(want, sizeof want, "\"id\":%d,", id);
    return strstr(text, want) != NULL && strstr(text, what) != NULL;
}

static inline bool silent(void)
{
    return fake_wait(&f, "\"t\":\"result\"")[0] == '\0';
}

#endif
