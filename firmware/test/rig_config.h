/*
 * rig_config: a board that has a session and no configuration yet, for the tests of
 * configurations. Each program has its own.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef RIG_CONFIG_H
#define RIG_CONFIG_H

#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;

static inline void start(void)
{
    fake_make(&f, 19);
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    fake_clear(&f);
}

#define RELAY "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"

/* An "on" with a deadline far away. */
static inline void say_on(const char *point, int id)
{
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"do\":\"on\",\"until\":99999}", id,
                   point);
}

#endif
