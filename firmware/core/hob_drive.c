/*
 * Outputs on their pins; see hob_drive.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_drive.h"

#include <string.h>

#include "hob_curve.h"
#include "hob_log.h"

static uint16_t brightness(const struct hob_point *p)
{
    return hob_curve_duty(p->out.shown, p->config.out.min, p->config.out.gamma);
}

/* Duty of the pin. For relays, 0 or 65535 in the same sense. */
static uint16_t duty_of(const struct hob_point *p)
{
    uint16_t duty = p->out.shown > 0 ? UINT16_MAX : 0;
    if (p->config.kind == HOB_KIND_PWM)
        duty = brightness(p);
    return p->config.out.inverted ? (uint16_t)(UINT16_MAX - duty) : duty;
}

/* One colour at a brightness; what is lit at all stays visible. */
static uint8_t scale(uint8_t colour, uint16_t duty)
{
    uint32_t v = ((uint32_t)colour * duty + UINT16_MAX / 2) / UINT16_MAX;
    return (uint8_t)(v == 0 && colour > 0 && duty > 0 ? 1 : v);
}

static void pixel_of(const struct hob_point *p, uint8_t pixel[3])
{
    uint16_t duty = brightness(p);
    for (int i = 0; i < 3; i++)
        pixel[i] = scale(p->out.rgb[p->config.out.order[i]], duty);
}

static int open_strip(struct hob_board *b, struct hob_point *p)
{
    const struct hob_port *port = b->port;
    int r = port->strip_open(port->ctx, p->config.pin, p->config.out.count);
    pixel_of(p, p->out.pixel);
    /* A strip keeps its colours while it has power, so black must be said too. */
    port->strip_fill(port->ctx, p->config.pin, p->config.out.count, p->out.pixel);
    return r;
}

void hob_drive_open(struct hob_board *b, struct hob_point *p)
{
    const struct hob_port *port = b->port;
    int r;
    p->out.duty = duty_of(p);
    if (p->config.kind == HOB_KIND_RELAY)
        r = port->pin_output(port->ctx, p->config.pin, p->out.duty > 0);
    else if (p->config.kind == HOB_KIND_PWM)
        r = port->pwm_open(port->ctx, p->config.pin, p->config.out.freq, p->out.duty);
    else
        r = open_strip(b, p);
    if (r < 0)
        hob_log(b, HOB_LOG_PIN, p->config.pin);
}

void hob_drive_darken(struct hob_board *b, struct hob_point *p, uint16_t count)
{
    static const uint8_t black[3] = {0, 0, 0};
    memcpy(p->out.pixel, black, sizeof black);
    b->port->strip_fill(b->port->ctx, p->config.pin, count, black);
}

static void show_strip(struct hob_board *b, struct hob_point *p)
{
    uint8_t pixel[3];
    pixel_of(p, pixel);
    if (memcmp(pixel, p->out.pixel, sizeof pixel) == 0)
        return;
    memcpy(p->out.pixel, pixel, sizeof pixel);
    b->port->strip_fill(b->port->ctx, p->config.pin, p->config.out.count, pixel);
}

void hob_drive_show(struct hob_board *b, struct hob_point *p)
{
    if (p->config.kind == HOB_KIND_WS2812) {
        show_strip(b, p);
        return;
    }
    uint16_t duty = duty_of(p);
    if (duty == p->out.duty)
        return;
    p->out.duty = duty;
    if (p->config.kind == HOB_KIND_RELAY)
        b->port->pin_write(b->port->ctx, p->config.pin, duty > 0);
    else
        b->port->pwm_write(b->port->ctx, p->config.pin, duty);
}
