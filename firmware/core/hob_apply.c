/*
 * Configuration differences; see hob_apply.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_apply.h"

#include <string.h>

#include "hob_climate.h"
#include "hob_input.h"
#include "hob_interlock.h"
#include "hob_led.h"
#include "hob_output.h"
#include "hob_point.h"
#include "hob_restore.h"
#include "hob_sensor.h"

static bool is_output(const struct hob_point_config *c)
{
    return hob_kind_is_output((enum hob_kind)c->kind);
}

/* Whether a point can go on as it is, at most with other limits. */
static bool stays(const struct hob_point_config *from, const struct hob_point_config *to)
{
    if (from->kind != to->kind || from->pin != to->pin)
        return false;
    if (is_output(to))
        return from->out.inverted == to->out.inverted;
    if (to->kind == HOB_KIND_SENSOR)
        return from->sensor.type == to->sensor.type && from->sensor.addr == to->sensor.addr;
    return from->in.pull == to->in.pull && from->in.active_low == to->in.active_low &&
           from->in.role == to->in.role;
}

/* The value that an output which is set up anew starts with. */
static struct hob_value first_value(const struct hob_board *b, const struct hob_point_config *c,
                                    enum hob_cause cause)
{
    struct hob_value value = {0};
    uint8_t i = hob_point_find(b, c->name);
    if (cause == HOB_CAUSE_BOOT) {
        (void)hob_restore_find(b, c, &value);
    } else if (i != HOB_NONE && b->points[i].config.kind == c->kind) {
        value.level = hob_restore_level(b, i);
        value.last_level = b->points[i].out.last_level;
        memcpy(value.rgb, b->points[i].out.rgb, sizeof value.rgb);
    }
    if (c->out.boot == HOB_BOOT_OFF)
        value.level = 0;
    else if (c->out.boot == HOB_BOOT_ON)
        value.level = value.last_level > 0 && c->kind != HOB_KIND_RELAY ? value.last_level : 1000;
    if (value.level > 0 && c->kind == HOB_KIND_RELAY)
        value.level = 1000;
    if (value.level > 0)
        value.last_level = value.level;
    return value;
}

/* The button is gone that a value was ascribed to. */
static void forget_button(struct hob_board *b, uint8_t button)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        struct hob_point *p = &b->points[i];
        if (p->config.kind != HOB_KIND_NONE && p->cause == HOB_CAUSE_BINDING && p->by == button)
            p->cause = HOB_CAUSE_CONFIG;
    }
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        struct hob_request *r = &b->waits[n];
        if (r->cause == HOB_CAUSE_BINDING && r->by == button)
            r->cause = HOB_CAUSE_CONFIG;
    }
}

static void release(struct hob_board *b, uint8_t i)
{
    struct hob_point *p = &b->points[i];
    if (hob_point_is_output(p)) {
        hob_interlock_release(b, i);
        hob_output_release(b, i);
    } else if (p->config.kind == HOB_KIND_SENSOR) {
        hob_sensor_release(b, i);
    } else {
        hob_interlock_forget_input(b, i);
        hob_input_release(b, i);
        forget_button(b, i);
    }
    memset(p, 0, sizeof *p);
}

static bool same_output(const struct hob_output_config *x, const struct hob_output_config *y)
{
    return x->off_after == y->off_after && x->max_on == y->max_on && x->lease == y->lease &&
           x->interlock_wait == y->interlock_wait && x->min_off == y->min_off &&
           x->group == y->group && x->fade == y->fade && x->freq == y->freq &&
           x->gamma == y->gamma && x->min == y->min && x->count == y->count &&
           memcmp(x->order, y->order, sizeof x->order) == 0 && x->boot == y->boot &&
           x->inverted == y->inverted;
}

static bool same_input(const struct hob_input_config *x, const struct hob_input_config *y)
{
    return x->debounce == y->debounce && x->double_within == y->double_within &&
           x->hold_after == y->hold_after && x->pull == y->pull && x->role == y->role &&
           x->active_low == y->active_low && x->detect_double == y->detect_double &&
           x->detect_hold == y->detect_hold;
}

/* Whether an output or input that stays is told nothing new at all. */
static bool same(const struct hob_point_config *x, const struct hob_point_config *y)
{
    return is_output(x) ? same_output(&x->out, &y->out) : same_input(&x->in, &y->in);
}

static void reconfigure(struct hob_board *b, uint8_t i, const struct hob_point_config *to)
{
    /* Each difference is looked for by itself, so one that is equal in meaning is none. */
    if (to->kind == HOB_KIND_SENSOR) {
        hob_sensor_reconfigure(b, i, &to->sensor);
        return;
    }
    if (!same(&b->points[i].config, to))
        hob_interlock_touch(b, i);
    if (!is_output(to)) {
        hob_input_reconfigure(b, i, &to->in);
        return;
    }
    if (b->points[i].config.out.group != to->out.group) {
        hob_interlock_end(b, i, HOB_WAIT_CANCELLED);
        hob_interlock_leave(b, i);
    }
    hob_output_reconfigure(b, i, &to->out);
}

/* A sensor on a bus that moves is another one, whatever its address. */
static bool on_moved_bus(const struct hob_board *b, const struct hob_plan *plan,
                         const struct hob_point_config *c)
{
    return c->kind == HOB_KIND_SENSOR && c->sensor.type == HOB_SENSOR_SHT3X &&
           (b->i2c.sda != plan->i2c.sda || b->i2c.scl != plan->i2c.scl);
}

/* Frees what goes, keeps what stays; plan->slots tells which point became what. */
static void match(struct hob_board *b, struct hob_plan *plan)
{
    uint64_t kept = 0;
    for (uint8_t n = 0; n < plan->point_count; n++) {
        uint8_t i = hob_point_find(b, plan->points[n].name);
        if (i == HOB_NONE || !stays(&b->points[i].config, &plan->points[n]) ||
            on_moved_bus(b, plan, &plan->points[n]))
            i = HOB_NONE;
        else
            kept |= 1ull << i;
        plan->slots[n] = i;
    }
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (b->points[i].config.kind != HOB_KIND_NONE && (kept >> i & 1u) == 0)
            release(b, i);
    }
    for (uint8_t n = 0; n < plan->point_count; n++) {
        if (plan->slots[n] != HOB_NONE)
            reconfigure(b, plan->slots[n], &plan->points[n]);
    }
}

static uint8_t free_slot(const struct hob_board *b)
{
    uint8_t i = 0;
    while (b->points[i].config.kind != HOB_KIND_NONE)
        i++;
    return i;
}

/* Whether it may have to wait before it goes on. */
static bool may_wait(const struct hob_output_config *c)
{
    return c->group != 0 || c->min_off > 0;
}

/* One that may have to wait starts dark: hob_interlock decides when it may go on. */
static void setup_output(struct hob_board *b, uint8_t i, const struct hob_value *value,
                         enum hob_cause cause)
{
    struct hob_value first = *value;
    if (may_wait(&b->points[i].config.out))
        first.level = 0;
    hob_output_setup(b, i, &first, cause);
    if (b->points[i].config.out.boot == HOB_BOOT_RESTORE && cause == HOB_CAUSE_CONFIG)
        hob_restore_touch(b);
}

static void start_later(struct hob_board *b, uint8_t i, const struct hob_value *value,
                               enum hob_cause cause)
{
    struct hob_request on = {.level = value->level, .cause = (uint8_t)cause, .by = HOB_NONE};
    if (value->level > 0 && may_wait(&b->points[i].config.out))
        hob_interlock_start(b, i, &on);
}

static void bind(struct hob_board *b, const struct hob_plan *plan)
{
    b->binding_count = plan->binding_count;
    for (uint8_t n = 0; n < plan->binding_count; n++) {
        b->bindings[n] = plan->bindings[n];
        b->bindings[n].button = plan->slots[plan->bindings[n].button];
        b->bindings[n].target = plan->slots[plan->bindings[n].target];
    }
}

/* The LED's pin may be wanted by an output now: it goes first and comes last. */
static void release_led(struct hob_board *b, const struct hob_led_config *to)
{
    const struct hob_led_config none = {.pin = HOB_NONE};
    if (b->led.config.pin != to->pin || b->led.config.inverted != to->inverted)
        hob_led_configure(b, &none);
}

/* The same for the pins of the I2C bus, once no sensor is on it any more. */
static void release_bus(struct hob_board *b, const struct hob_i2c_config *to)
{
    const struct hob_i2c_config none = {.sda = HOB_NONE, .scl = HOB_NONE};
    if (b->i2c.sda != to->sda || b->i2c.scl != to->scl)
        hob_sensor_bus(b, &none);
}

/* Inputs and sensors: they are looked at, and move nothing. */
static void setup_others(struct hob_board *b, struct hob_plan *plan, enum hob_cause cause)
{
    for (uint8_t n = 0; n < plan->point_count; n++) {
        if (plan->slots[n] != HOB_NONE)
            continue;
        uint8_t i = plan->slots[n] = free_slot(b);
        b->points[i].config = plan->points[n];
        if (plan->points[n].kind == HOB_KIND_SENSOR)
            hob_sensor_setup(b, i);
        else
            hob_input_setup(b, i, cause);
    }
}

void hob_apply(struct hob_board *b, struct hob_plan *plan, enum hob_cause cause)
{
    struct hob_value values[HOB_MAX_POINTS];
    uint64_t fresh = 0;
    /* First of all, so that nothing takes over that the relay of one that goes was on. */
    hob_climate_match(b, plan);
    for (uint8_t n = 0; n < plan->point_count; n++) {
        if (is_output(&plan->points[n]))
            values[n] = first_value(b, &plan->points[n], cause);
    }
    release_led(b, &plan->led);
    match(b, plan);
    release_bus(b, &plan->i2c);
    /* Outputs first: nothing is to keep them from their boot state. */
    for (uint8_t n = 0; n < plan->point_count; n++) {
        if (plan->slots[n] != HOB_NONE || !is_output(&plan->points[n]))
            continue;
        uint8_t i = plan->slots[n] = free_slot(b);
        b->points[i].config = plan->points[n];
        setup_output(b, i, &values[n], cause);
        fresh |= 1ull << n;
    }
    hob_sensor_bus(b, &plan->i2c);
    setup_others(b, plan, cause);
    bind(b, plan);
    hob_interlock_settle(b);
    for (uint8_t n = 0; n < plan->point_count; n++) {
        if ((fresh >> n & 1u) != 0)
            start_later(b, plan->slots[n], &values[n], cause);
    }
    hob_led_configure(b, &plan->led);
    hob_climate_apply(b, plan, cause);
}
