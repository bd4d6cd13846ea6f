/*
 * What a boot brings back, after anything that people, servers and the power may
 * have done before it.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;
static int last_id;
static uint32_t seed;

/* Longer than anything waits, fades or takes to be stored. */
#define CALM 15000

static unsigned pick(unsigned n)
{
    return (unsigned)(test_random(&seed) % n);
}

static const char *const outputs[] = {"a", "b", "c", "d", "lamp", "strip"};

/* One of a few houses, which differ in what an output is and has to wait for. */
static void configure(void)
{
    static unsigned rev;
    char items[1200];
    char name[16];
    (void)snprintf(
        items, sizeof items,
        "{\"kind\":\"relay\",\"point\":\"a\",\"pin\":16,\"boot\":\"restore\",\"min_off\":3000,\"inverted\":%s}\n"
        "{\"kind\":\"relay\",\"point\":\"b\",\"pin\":17,\"boot\":\"restore\",\"min_off\":%u}\n"
        "{\"kind\":\"relay\",\"point\":\"c\",\"pin\":18,\"boot\":\"restore\",\"interlock\":\"%s\",\"interlock_wait\":700}\n"
        "{\"kind\":\"relay\",\"point\":\"d\",\"pin\":19,\"boot\":\"restore\",\"interlock\":\"g\",\"interlock_wait\":400,\"inverted\":%s}\n"
        "{\"kind\":\"pwm\",\"point\":\"lamp\",\"pin\":21,\"boot\":\"restore\",\"fade\":%u}\n"
        "{\"kind\":\"ws2812\",\"point\":\"strip\",\"pin\":22,\"boot\":\"restore\",\"count\":%u}\n"
        "{\"kind\":\"input\",\"point\":\"k\",\"pin\":33,\"role\":\"button\",\"debounce\":0}\n"
        "{\"kind\":\"binding\",\"point\":\"k\",\"on\":\"press\",\"target\":\"%s\",\"do\":\"toggle\"}\n",
        pick(2) ? "true" : "false", pick(2) * 2000, pick(2) ? "g" : "h", pick(2) ? "true" : "false",
        pick(3) * 900, 1 + pick(2), outputs[pick(COUNT(outputs))]);
    (void)snprintf(name, sizeof name, "%x", ++rev);
    CHECK(fake_configure(&f, conn, name, items));
}

static void dial(void)
{
    conn = fake_session(&f, fake_key);
    last_id = 0;
    CHECK(conn >= 0);
}

static void command(void)
{
    static const char *const words[] = {"\"do\":\"on\"", "\"do\":\"off\"", "\"do\":\"pulse\",\"ms\":900",
                                        "\"do\":\"set\",\"level\":300", "\"do\":\"set\",\"rgb\":\"102030\"",
                                        "\"do\":\"set\",\"level\":0,\"fade\":2500"};
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}", ++last_id,
                   outputs[pick(COUNT(outputs))], (unsigned long)f.now + pick(4000), words[pick(COUNT(words))]);
}

static void power_cut(void)
{
    (void)fake_boot(&f);
    dial();
}

static void act(void)
{
    if (!f.peers[conn].open)
        dial();
    switch (pick(8)) {
    case 0:
        power_cut();
        break;
    case 1:
        configure();
        break;
    case 2:
        fake_set(&f, 33, true);
        fake_set(&f, 33, false);
        break;
    case 3:
        (void)fake_say(&f, conn, "{\"t\":\"cancel\",\"id\":%d}", last_id > 0 ? last_id : 1);
        break;
    default:
        command();
    }
    fake_clear(&f);
    fake_run(&f, pick(3) == 0 ? 0 : pick(4000));
}

static void compare(const struct hob_point_status *before)
{
    for (size_t i = 0; i < COUNT(outputs); i++) {
        struct hob_point_status after = fake_point(&f, outputs[i]);
        CHECK_INT(after.on, before[i].on);
        CHECK_INT(after.level, before[i].level);
        CHECK_MEM(after.rgb, before[i].rgb, sizeof after.rgb);
    }
}

TEST(a_boot_brings_back_what_was_whatever_was_done_before)
{
    for (seed = 1; seed <= 100000; seed += 1000) {
        uint32_t first = seed;
        struct hob_point_status before[COUNT(outputs)];
        fake_make(&f, seed);
        (void)fake_boot(&f);
        conn = fake_adopted(&f);
        last_id = 0;
        configure();
        for (int n = 0; n < 20; n++)
            act();
        /* What is stored is known; a little happens while outputs still wait after a boot. */
        fake_run(&f, CALM);
        power_cut();
        for (unsigned n = pick(3); n > 0; n--)
            act();
        fake_run(&f, CALM);
        for (size_t i = 0; i < COUNT(outputs); i++)
            before[i] = fake_point(&f, outputs[i]);
        (void)fake_boot(&f);
        fake_run(&f, CALM);
        test_row("seed %lu", (unsigned long)first);
        compare(before);
        CHECK_INT(f.faults, 0);
        seed = first;
    }
}

int main(void)
{
    RUN(a_boot_brings_back_what_was_whatever_was_done_before);
    return test_end("restore");
}
