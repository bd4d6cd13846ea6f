/*
 * The status LED; see hob_led.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_led.h"

#include "hob_keys.h"
#include "hob_log.h"
#include "hob_session.h"

#define MAX_IDENTIFY_MS 60000u

/* Lit for so long at the start of every period, in ms; period 0: dark. */
struct rhythm {
    uint32_t period;
    uint32_t lit;
};

static struct rhythm rhythm(const struct hob_board *b)
{
    if (b->now < b->led.identify_until)
        return (struct rhythm){200, 100};
    if (b->config_refused)
        return (struct rhythm){500, 250};
    if (hob_keys_adoption_open(b))
        return (struct rhythm){1000, 500};
    if (!b->network)
        return (struct rhythm){1500, 100};
    if (!hob_session_live(b))
        return (struct rhythm){3000, 100};
    return (struct rhythm){0, 0};
}

static bool wanted(const struct hob_board *b)
{
    struct rhythm r = rhythm(b);
    return r.period > 0 && b->now % r.period < r.lit;
}

void hob_led_configure(struct hob_board *b, const struct hob_led_config *config)
{
    const struct hob_port *port = b->port;
    struct hob_led *led = &b->led;
    if (led->config.pin == config->pin && led->config.inverted == config->inverted)
        return;
    if (led->config.pin != HOB_NONE) {
        port->pin_write(port->ctx, led->config.pin, led->config.inverted);
        port->pin_release(port->ctx, led->config.pin);
    }
    led->config = *config;
    led->lit = false;
    if (config->pin != HOB_NONE && port->pin_output(port->ctx, config->pin, config->inverted) < 0)
        hob_log(b, HOB_LOG_PIN, config->pin);
}

void hob_led_identify(struct hob_board *b, uint64_t ms)
{
    b->led.identify_until = b->now + (ms < MAX_IDENTIFY_MS ? ms : MAX_IDENTIFY_MS);
}

void hob_led_tick(struct hob_board *b)
{
    struct hob_led *led = &b->led;
    if (led->config.pin == HOB_NONE || led->lit == wanted(b))
        return;
    led->lit = !led->lit;
    b->port->pin_write(b->port->ctx, led->config.pin, led->lit != led->config.inverted);
}

uint64_t hob_led_due(const struct hob_board *b)
{
    if (b->led.config.pin == HOB_NONE)
        return UINT64_MAX;
    if (b->led.lit != wanted(b))
        return b->now;
    struct rhythm r = rhythm(b);
    if (r.period == 0)
        return UINT64_MAX;
    uint64_t at = b->now % r.period;
    return b->now + (at < r.lit ? r.lit - at : r.period - at);
}
