/*
 * The pins of a board on a bench; see fake_board.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "fake_parts.h"

#include <string.h>

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

void fake_take(struct fake_board *f, uint8_t pin, enum fake_mode mode, bool again)
{
    struct fake_pin *p = &f->pins[pin];
    if (p->mode != FAKE_FREE && !(again && p->mode == mode))
        f->faults++;
    p->mode = mode;
}

static int pin_output(void *ctx, uint8_t pin, bool level)
{
    struct fake_board *f = ctx;
    fake_take(f, pin, FAKE_OUTPUT, false);
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
    fake_take(f, pin, FAKE_INPUT, false);
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
    fake_take(f, pin, FAKE_PWM, true);
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
    fake_take(f, pin, FAKE_STRIP, true);
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

void fake_pins_port(struct hob_port *port)
{
    port->pin_output = pin_output;
    port->pin_write = pin_write;
    port->pin_input = pin_input;
    port->pin_read = pin_read;
    port->pin_release = pin_release;
    port->pwm_open = pwm_open;
    port->pwm_write = pwm_write;
    port->strip_open = strip_open;
    port->strip_fill = strip_fill;
}

int fake_edges(const struct fake_board *f, uint8_t pin)
{
    int n = 0;
    for (int i = 0; i < f->edge_count; i++)
        n += f->edges[i].pin == pin;
    return n;
}

bool fake_level(const struct fake_board *f, uint8_t pin)
{
    return f->pins[pin].mode == FAKE_OUTPUT && f->pins[pin].level;
}
