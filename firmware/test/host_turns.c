/*
 * Two boards get the same random house, commands, fingers, weather and power cuts.
 * One has a turn in every millisecond, the other when it asks for one: relays must
 * do the same in the same milliseconds, and the server must be told the same. So
 * whatever is due has asked for its turn. What fades is left out, since it moves in
 * every turn; and of one group two are never on.
 *
 * A few runs here, 3,000 under HOB_CAMPAIGN=1.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

#define STEPS 60
#define EVERY_MS 0
#define WHEN_ASKED 1
#define BOARDS 2

enum { PROBE = 4, LAMP = 21, STRIP = 22, BUTTON = 33, REED = 34, LED = 2 };

static struct fake_board boards[BOARDS];
static int conns[BOARDS];
static int last_id;
static int revision;
static int moves; /* of relays, in all runs */
static uint32_t seed;

static const char *const outputs[] = {"a", "b", "c", "d", "e", "lamp", "strip"};
static const int pins[] = {16, 17, 18, 19, 23};
#define RELAYS 5

static unsigned pick(unsigned n)
{
    return (unsigned)(test_random(&seed) % n);
}

static unsigned some_time(void)
{
    static const unsigned times[] = {0, 0, 300, 900, 2500};
    return times[pick(COUNT(times))];
}

/* ---- a house ---- */

static char items[4000];
static size_t length;

static void put(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void put(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    length += (size_t)vsnprintf(items + length, sizeof items - length, format, args);
    va_end(args);
}

/* One half of the time the last relay is a heater's. */
static void put_relay(int i)
{
    bool heater = i == RELAYS - 1 && pick(2) == 0;
    put("{\"kind\":\"relay\",\"point\":\"%s\",\"pin\":%d,\"interlock\":\"%s\",\"interlock_wait\":%u,"
        "\"min_off\":%u,\"inverted\":%s", outputs[i], pins[i], pick(2) ? "g" : "h", some_time(), some_time(),
        pick(3) ? "false" : "true");
    if (!heater) {
        put(",\"boot\":\"%s\",\"off_after\":%u,\"max_on\":%u,\"lease\":%u}\n", pick(2) ? "off" : "restore",
            some_time() * 3, some_time() * 3, some_time() * 3);
        return;
    }
    put("}\n{\"kind\":\"thermostat\",\"relay\":\"%s\",\"sensor\":\"t\",\"low\":5000,\"high\":25000,"
        "\"hysteresis\":1000,\"min_on\":%u,\"min_off\":%u,\"lost\":5000,\"fallback\":%u}\n", outputs[i],
        some_time(), some_time(), 18000 + 1000 * pick(5));
}

static void put_lights(void)
{
    put("{\"kind\":\"pwm\",\"point\":\"lamp\",\"pin\":%d,\"fade\":%u,\"freq\":%u,\"max_on\":%u,"
        "\"off_after\":%u,\"interlock\":\"%s\"}\n", LAMP, some_time() + pick(9), 1000 + pick(2),
        some_time() * 2, some_time() * 2, pick(2) ? "g" : "k");
    put("{\"kind\":\"ws2812\",\"point\":\"strip\",\"pin\":%d,\"count\":%u,\"fade\":%u}\n", STRIP, 1 + pick(2),
        some_time());
}

static void put_inputs(void)
{
    put("{\"kind\":\"input\",\"point\":\"k\",\"pin\":%d,\"role\":\"button\",\"debounce\":%u,\"double\":%s,"
        "\"hold\":true}\n", BUTTON, some_time() / 10, pick(2) ? "true" : "false");
    put("{\"kind\":\"input\",\"point\":\"r\",\"pin\":%d,\"role\":\"contact\",\"debounce\":%u}\n", REED,
        some_time() / 10);
    put("{\"kind\":\"binding\",\"point\":\"k\",\"on\":\"press\",\"target\":\"%s\",\"do\":\"toggle\"}\n"
        "{\"kind\":\"binding\",\"point\":\"k\",\"on\":\"hold\",\"target\":\"%s\",\"do\":\"on\"}\n",
        outputs[pick(RELAYS - 1)], outputs[RELAYS + pick(2)]);
    put("{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":%d,\"every\":%u}\n"
        "{\"kind\":\"board\",\"status_led\":%d}\n", PROBE, 1000 + pick(2) * 700, LED);
}

static void configure(void)
{
    char rev[16];
    length = 0;
    for (int i = 0; i < RELAYS; i++)
        put_relay(i);
    put_lights();
    put_inputs();
    (void)snprintf(rev, sizeof rev, "%x", (unsigned)++revision);
    for (int n = 0; n < BOARDS; n++)
        CHECK(fake_configure(&boards[n], conns[n], rev, items));
}

/* ---- what happens ---- */

static void dial(void)
{
    last_id = 0;
    for (int n = 0; n < BOARDS; n++) {
        conns[n] = fake_session(&boards[n], fake_key);
        CHECK(conns[n] >= 0);
    }
}

static void say(const char *text)
{
    int result[BOARDS];
    for (int n = 0; n < BOARDS; n++)
        result[n] = fake_say(&boards[n], conns[n], "%s", text);
    CHECK_INT(result[WHEN_ASKED], result[EVERY_MS]);
}

#define PULSE "\"do\":\"pulse\",\"ms\":250"
#define CLOSED ",\"pre\":[{\"point\":\"r\",\"is\":false,\"age\":9000}]"

static void command(void)
{
    static const char *const words[] = {
        "\"do\":\"on\"",
        "\"do\":\"off\"",
        "\"do\":\"set\",\"level\":300",
        "\"do\":\"set\",\"level\":900,\"fade\":703",
        PULSE,
        PULSE ",\"gap\":500" CLOSED,
        PULSE ",\"warn\":\"lamp\",\"warn_ms\":1500" CLOSED,
        PULSE ",\"warn\":\"strip\",\"warn_ms\":1000",
    };
    char text[300];
    (void)snprintf(text, sizeof text, "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"until\":%lu,%s}",
                   ++last_id, outputs[pick(COUNT(outputs))], (unsigned long)boards[0].now + pick(3000),
                   words[pick(COUNT(words))]);
    say(text);
}

static void touch(uint8_t pin, bool level)
{
    for (int n = 0; n < BOARDS; n++)
        fake_set(&boards[n], pin, level);
}

static void renew(void)
{
    char text[120];
    (void)snprintf(text, sizeof text, "{\"t\":\"renew\",\"points\":[\"a\",\"b\",\"c\"],\"until\":%lu}",
                   (unsigned long)boards[0].now + pick(5000));
    say(text);
}

static void cancel(void)
{
    char text[60];
    (void)snprintf(text, sizeof text, "{\"t\":\"cancel\",\"id\":%d}", last_id > 0 ? last_id : 1);
    say(text);
}

/* Warmer or colder, or a probe that is torn off. */
static void weather(void)
{
    int sixteenths = pick(4) == 0 ? 0 : 17 * 16 + (int)pick(8 * 16);
    for (int n = 0; n < BOARDS; n++) {
        if (sixteenths == 0)
            fake_raw(&boards[n], PROBE, NULL, 0);
        else
            fake_ds18b20(&boards[n], PROBE, sixteenths);
    }
}

static void power_cut(void)
{
    for (int n = 0; n < BOARDS; n++)
        (void)fake_boot(&boards[n]);
    dial();
}

static void act(void)
{
    if (!boards[0].peers[conns[0]].open)
        dial();
    switch (pick(14)) {
    case 0: configure(); break;
    case 1: touch(BUTTON, pick(2) == 0); break;
    case 2: touch(REED, pick(2) == 0); break;
    case 3: weather(); break;
    case 4: renew(); break;
    case 5: cancel(); break;
    case 6: say("{\"t\":\"ping\",\"n\":1}"); break;
    case 7: if (pick(6) == 0) power_cut(); break;
    default: command();
    }
}

/* ---- both must be the same ---- */

static void check_groups(const struct hob_board *b)
{
    uint32_t on[2] = {0, 0};
    int n = 0;
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        const struct hob_point *p = &b->points[i];
        bool output = p->config.kind == HOB_KIND_RELAY || p->config.kind == HOB_KIND_PWM;
        if (!output || p->config.out.group == 0 || (p->out.level == 0 && p->out.shown == 0))
            continue;
        for (int k = 0; k < n && k < 2; k++)
            CHECK(on[k] != p->config.out.group);
        if (n < 2)
            on[n] = p->config.out.group;
        n++;
    }
}

/* The next edge of a relay, from *i on; NULL if there is none. */
static const struct fake_edge *next_edge(const struct fake_board *f, int *i)
{
    while (*i < f->edge_count) {
        const struct fake_edge *e = &f->edges[(*i)++];
        if (e->pin != LAMP && e->pin != STRIP && e->pin != LED)
            return e;
    }
    return NULL;
}

static void compare_edges(void)
{
    int i[BOARDS] = {0, 0};
    for (;;) {
        const struct fake_edge *x = next_edge(&boards[0], &i[0]);
        const struct fake_edge *y = next_edge(&boards[1], &i[1]);
        CHECK((x == NULL) == (y == NULL));
        if (x == NULL || y == NULL)
            return;
        CHECK_INT(y->pin, x->pin);
        CHECK_INT(y->at, x->at);
        CHECK_INT(y->value, x->value);
        moves++;
    }
}

static void compare_frames(void)
{
    CHECK_INT(boards[1].frame_count, boards[0].frame_count);
    while (boards[0].frame_count > 0 && boards[1].frame_count > 0)
        CHECK_STR(fake_hear(&boards[1]), fake_hear(&boards[0]));
}

static void compare(void)
{
    /* Fades may have filled the log of the board that moves them every millisecond. */
    if (boards[EVERY_MS].edge_count < FAKE_EDGES)
        compare_edges();
    compare_frames();
    for (int n = 0; n < BOARDS; n++) {
        check_groups(&boards[n].board);
        CHECK_INT(boards[n].faults, 0);
        fake_clear(&boards[n]);
    }
}

static void pass(unsigned ms)
{
    fake_run(&boards[WHEN_ASKED], ms);
    for (unsigned i = 0; i < ms; i++)
        (void)hob_tick(&boards[EVERY_MS].board, ++boards[EVERY_MS].now);
}

static void run(uint32_t n)
{
    seed = n;
    revision = 0;
    for (int i = 0; i < BOARDS; i++) {
        fake_make(&boards[i], n);
        fake_ds18b20(&boards[i], PROBE, 20 * 16);
        (void)fake_boot(&boards[i]);
        conns[i] = fake_adopted(&boards[i]);
    }
    last_id = 0;
    configure();
    for (int step = 0; step < STEPS; step++) {
        test_row("run %u, step %d", (unsigned)n, step);
        act();
        pass(pick(3) == 0 ? 0 : pick(pick(4) ? 900 : 4000));
        compare();
    }
}

TEST(a_board_asks_for_its_turn_whenever_anything_is_due)
{
    bool all = getenv("HOB_CAMPAIGN") != NULL;
    uint32_t first = all ? 1 : 165; /* number 178 found a fault once */
    uint32_t runs = all ? 3000 : 20;
    for (uint32_t n = first; n < first + runs; n++)
        run(n * 2654435761u | 1u);
    /* It was no use if nothing ever moved. */
    CHECK(moves > 20 * (int)runs);
    printf("turns: %u runs, %d moves of relays\n", (unsigned)runs, moves);
}

int main(void)
{
    RUN(a_board_asks_for_its_turn_whenever_anything_is_due);
    return test_end("turns");
}
