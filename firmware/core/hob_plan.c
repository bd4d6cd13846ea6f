/*
 * Checked configurations; see hob_plan.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_plan.h"

#include <string.h>

#include "hob_climate_item.h"
#include "hob_convert.h"
#include "hob_member.h"
#include "hob_name.h"
#include "hob_point.h"

#define WORDS(a) (a), (sizeof(a) / sizeof(a)[0])

/* Limits that docs/wire.md leaves to the board. */
#define MAX_FADE_MS 3600000u
#define MAX_FREQ_HZ 40000u
#define MAX_STRIP 1024u
#define MIN_GAMMA 500u
#define MAX_GAMMA 5000u
#define MAX_GESTURE_MS 60000u
#define MIN_EVERY_MS 1000u
#define MAX_EVERY_MS 3600000u
#define MAX_OHM 10000000u
#define SHT3X_ADDR 0x44u

enum { KIND_BOARD = HOB_KIND_SENSOR + 1, KIND_BINDING, KIND_THERMOSTAT };
static const char *const kinds[] = {"",       "relay", "pwm",     "ws2812",    "input",
                                    "sensor", "board", "binding", "thermostat"};

void hob_plan_init(struct hob_plan *plan)
{
    memset(plan, 0, sizeof *plan);
    plan->led.pin = HOB_NONE;
    plan->i2c.sda = plan->i2c.scl = HOB_NONE;
}

/* Index of the point of that name, HOB_NONE if there is none. */
static uint8_t find_point(const struct hob_plan *plan, const char *name)
{
    for (uint8_t i = 0; i < plan->point_count; i++) {
        if (strcmp(plan->points[i].name, name) == 0)
            return i;
    }
    return HOB_NONE;
}

/* Two outputs of one group that are both on after boot contradict each other. */
static void check_boot(struct hob_members *m, const struct hob_output_config *out)
{
    for (uint8_t i = 0; out->boot == HOB_BOOT_ON && i < m->plan->point_count; i++) {
        const struct hob_point_config *other = &m->plan->points[i];
        if (hob_kind_is_output((enum hob_kind)other->kind) && other->out.group == out->group &&
            other->out.boot == HOB_BOOT_ON)
            hob_member_fault(m, HOB_FAULT_BAD_VALUE, "boot",
                             "another output of the interlock group is on after boot");
    }
}

static void read_group(struct hob_members *m, struct hob_output_config *out)
{
    char name[HOB_NAME_SIZE];
    if (!hob_member_has(m, "interlock"))
        return;
    hob_member_string(m, "interlock", name, sizeof name);
    if (!hob_member_ok(m))
        return;
    if (!hob_name_is_group(name)) {
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "interlock", "is no name of a group");
        return;
    }
    out->group = hob_name_hash(name);
    check_boot(m, out);
    struct hob_plan *plan = m->plan;
    for (uint8_t i = 0; i < plan->group_count; i++) {
        if (strcmp(plan->groups[i], name) == 0)
            return;
        /* Groups are told apart by their hash from here on. */
        if (hob_name_hash(plan->groups[i]) == out->group) {
            hob_member_fault(m, HOB_FAULT_BAD_VALUE, "interlock", "clashes with another group");
            return;
        }
    }
    memcpy(plan->groups[plan->group_count++], name, sizeof name);
}

static void read_output(struct hob_members *m, struct hob_point_config *p)
{
    static const char *const boots[] = {"off", "on", "restore"};
    struct hob_output_config *out = &p->out;
    p->pin = hob_member_pin(m, "pin", HOB_PIN_OUTPUT);
    out->inverted = hob_member_bool(m, "inverted");
    out->boot = (uint8_t)hob_member_choice(m, "boot", WORDS(boots), HOB_BOOT_OFF);
    out->off_after = hob_member_number(m, "off_after", 0, UINT32_MAX, 0);
    out->max_on = hob_member_number(m, "max_on", 0, UINT32_MAX, 0);
    out->lease = hob_member_number(m, "lease", 0, UINT32_MAX, 0);
    out->interlock_wait = hob_member_number(m, "interlock_wait", 0, UINT32_MAX, 0);
    read_group(m, out);
}

static void read_relay(struct hob_members *m, struct hob_point_config *p)
{
    read_output(m, p);
    p->out.min_off = hob_member_number(m, "min_off", 0, UINT32_MAX, 0);
}

static void read_light(struct hob_members *m, struct hob_output_config *out)
{
    out->fade = hob_member_number(m, "fade", 0, MAX_FADE_MS, 0);
    out->min = (uint16_t)hob_member_number(m, "min", 0, 1000, 0);
    out->gamma = (uint16_t)hob_member_number(m, "gamma", MIN_GAMMA, MAX_GAMMA, 2200);
}

static void read_pwm(struct hob_members *m, struct hob_point_config *p)
{
    read_output(m, p);
    read_light(m, &p->out);
    p->out.freq = (uint16_t)hob_member_number(m, "freq", 1, MAX_FREQ_HZ, 1000);
    if (++m->plan->pwm_count > m->chip->pwm_channels)
        hob_member_fault(m, HOB_FAULT_TOO_MANY, NULL, "more dimmable outputs than PWM channels");
}

/* Any order of r, g and b, into the place that each has on the wire. */
static void read_order(struct hob_members *m, struct hob_output_config *out)
{
    static const char *const orders[] = {"grb", "rgb", "brg", "bgr", "gbr", "rbg"};
    const char *order = orders[hob_member_choice(m, "order", WORDS(orders), 0)];
    for (int i = 0; i < 3; i++)
        out->order[i] = order[i] == 'r' ? 0 : order[i] == 'g' ? 1 : 2;
}

static void read_strip(struct hob_members *m, struct hob_point_config *p)
{
    read_output(m, p);
    read_light(m, &p->out);
    read_order(m, &p->out);
    p->out.count = (uint16_t)hob_member_number(m, "count", 1, MAX_STRIP, -1);
    if (p->out.inverted)
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "inverted", "a strip cannot be inverted");
    if (++m->plan->strip_count > m->chip->strip_channels)
        hob_member_fault(m, HOB_FAULT_TOO_MANY, NULL, "more strips than the chip can drive");
}

static void read_input(struct hob_members *m, struct hob_point_config *p)
{
    static const char *const pulls[] = {"none", "up", "down"};
    static const char *const levels[] = {"high", "low"};
    static const char *const roles[] = {"button", "contact"};
    struct hob_input_config *in = &p->in;
    in->pull = (uint8_t)hob_member_choice(m, "pull", WORDS(pulls), HOB_PULL_NONE);
    p->pin = hob_member_pin(m, "pin", in->pull != HOB_PULL_NONE ? HOB_PIN_PULL : 0);
    in->active_low = hob_member_choice(m, "active", WORDS(levels), 0) == 1;
    in->debounce = (uint16_t)hob_member_number(m, "debounce", 0, MAX_GESTURE_MS, 30);
    in->role = (uint8_t)hob_member_choice(m, "role", WORDS(roles), -1);
    if (in->role != HOB_ROLE_BUTTON)
        return;
    in->detect_double = hob_member_bool(m, "double");
    in->detect_hold = hob_member_bool(m, "hold");
    in->double_within = (uint16_t)hob_member_number(m, "double_within", 1, MAX_GESTURE_MS, 350);
    in->hold_after = (uint16_t)hob_member_number(m, "hold_after", 1, MAX_GESTURE_MS, 600);
}

static void read_ntc(struct hob_members *m, struct hob_sensor_config *s)
{
    s->beta = (uint16_t)hob_member_number(m, "beta", 500, 10000, -1);
    s->r25 = hob_member_number(m, "r25", 1, MAX_OHM, -1);
    s->series = hob_member_number(m, "series", 1, MAX_OHM, -1);
}

/* Where it is: a pin, an address on the bus, or nowhere. */
static void read_place(struct hob_members *m, struct hob_point_config *p)
{
    struct hob_sensor_config *s = &p->sensor;
    p->pin = HOB_NONE;
    if (s->type == HOB_SENSOR_SHT3X)
        s->addr = (uint8_t)hob_member_number(m, "addr", SHT3X_ADDR, SHT3X_ADDR + 1, -1);
    else if (s->type == HOB_SENSOR_NTC || s->type == HOB_SENSOR_ANALOG)
        p->pin = hob_member_pin(m, "pin", HOB_PIN_ADC);
    else if (s->type == HOB_SENSOR_PULSE)
        p->pin = hob_member_pin(m, "pin", 0);
    else if (s->type != HOB_SENSOR_FED)
        p->pin = hob_member_pin(m, "pin", HOB_PIN_OUTPUT); /* the chip talks on it too */
}

static void read_sensor(struct hob_members *m, struct hob_point_config *p)
{
    static const char *const types[] = {"ds18b20", "dht22", "sht3x", "ntc",
                                        "analog",  "pulse", "fed"};
    struct hob_sensor_config *s = &p->sensor;
    s->type = (uint8_t)hob_member_choice(m, "type", WORDS(types), -1);
    if (!hob_member_ok(m))
        return;
    read_place(m, p);
    s->every = hob_member_number(m, "every", MIN_EVERY_MS, MAX_EVERY_MS, 30000);
    if (s->type == HOB_SENSOR_NTC)
        read_ntc(m, s);
    if (!hob_convert_is_temp((enum hob_sensor_kind)s->type))
        return;
    s->offset = hob_member_temp(m, "offset", 0);
    s->low = hob_member_temp(m, "low", HOB_MIN_TEMP);
    s->high = hob_member_temp(m, "high", HOB_MAX_TEMP);
    if (s->low > s->high)
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "high", "is below low");
}

static void read_point(struct hob_members *m, enum hob_kind kind)
{
    struct hob_plan *plan = m->plan;
    if (plan->point_count == HOB_MAX_POINTS) {
        hob_member_fault(m, HOB_FAULT_TOO_MANY, NULL, "too many points");
        return;
    }
    struct hob_point_config *p = &plan->points[plan->point_count];
    memset(p, 0, sizeof *p);
    hob_member_string(m, "point", p->name, sizeof p->name);
    if (hob_member_ok(m) && !hob_name_is_point(p->name))
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "point", "is no name of a point");
    if (hob_member_ok(m) && find_point(plan, p->name) != HOB_NONE)
        hob_member_fault(m, HOB_FAULT_DUPLICATE_POINT, "point", "another point has this name");
    if (!hob_member_ok(m))
        return;
    p->kind = (uint8_t)kind;
    if (kind == HOB_KIND_RELAY)
        read_relay(m, p);
    else if (kind == HOB_KIND_PWM)
        read_pwm(m, p);
    else if (kind == HOB_KIND_WS2812)
        read_strip(m, p);
    else if (kind == HOB_KIND_SENSOR)
        read_sensor(m, p);
    else
        read_input(m, p);
    plan->point_count++;
}

static void read_board(struct hob_members *m)
{
    struct hob_plan *plan = m->plan;
    if (plan->has_board) {
        hob_member_fault(m, HOB_FAULT_TOO_MANY, NULL, "a second item of kind board");
        return;
    }
    plan->has_board = true;
    plan->led.inverted = hob_member_bool(m, "status_led_inverted");
    if (hob_member_has(m, "status_led"))
        plan->led.pin = hob_member_pin(m, "status_led", HOB_PIN_OUTPUT);
    if (!hob_member_has(m, "sda") && !hob_member_has(m, "scl"))
        return;
    plan->i2c.sda = hob_member_pin(m, "sda", HOB_PIN_OUTPUT);
    plan->i2c.scl = hob_member_pin(m, "scl", HOB_PIN_OUTPUT);
}

static void read_source(struct hob_members *m, struct hob_binding *out)
{
    static const char *const gestures[] = {"press", "double", "hold"};
    static const uint8_t events[] = {HOB_PRESS, HOB_DOUBLE, HOB_HOLD};
    char name[HOB_NAME_SIZE];
    hob_member_string(m, "point", name, sizeof name);
    out->on = events[hob_member_choice(m, "on", WORDS(gestures), -1)];
    if (!hob_member_ok(m))
        return;
    out->button = find_point(m->plan, name);
    if (out->button == HOB_NONE) {
        hob_member_fault(m, HOB_FAULT_UNKNOWN_POINT, "point", "there is no such point");
        return;
    }
    const struct hob_point_config *p = &m->plan->points[out->button];
    if (p->kind != HOB_KIND_INPUT || p->in.role != HOB_ROLE_BUTTON)
        hob_member_fault(m, HOB_FAULT_WRONG_KIND, "point", "is no button");
    else if ((out->on == HOB_DOUBLE && !p->in.detect_double) ||
             (out->on == HOB_HOLD && !p->in.detect_hold))
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "on", "the button does not look for this gesture");
}

static void read_target(struct hob_members *m, struct hob_binding *out)
{
    static const char *const acts[] = {"on", "off", "set", "toggle"};
    char name[HOB_NAME_SIZE];
    hob_member_string(m, "target", name, sizeof name);
    out->act = (uint8_t)hob_member_choice(m, "do", WORDS(acts), -1);
    if (!hob_member_ok(m))
        return;
    out->target = find_point(m->plan, name);
    if (out->target == HOB_NONE) {
        hob_member_fault(m, HOB_FAULT_UNKNOWN_POINT, "target", "there is no such point");
        return;
    }
    uint8_t kind = m->plan->points[out->target].kind;
    if (!hob_kind_is_output((enum hob_kind)kind))
        hob_member_fault(m, HOB_FAULT_WRONG_KIND, "target", "is no output");
    else if (hob_climate_item_has(m->plan, out->target))
        hob_member_fault(m, HOB_FAULT_WRONG_KIND, "target", "a thermostat has it");
    else if (out->act == HOB_DO_SET && kind == HOB_KIND_RELAY)
        hob_member_fault(m, HOB_FAULT_WRONG_KIND, "do", "a relay has no level");
    else if (out->act == HOB_DO_SET)
        out->level = (uint16_t)hob_member_number(m, "level", 0, 1000, -1);
}

static void read_binding(struct hob_members *m)
{
    struct hob_plan *plan = m->plan;
    if (plan->binding_count == HOB_MAX_BINDINGS) {
        hob_member_fault(m, HOB_FAULT_TOO_MANY, NULL, "too many bindings");
        return;
    }
    struct hob_binding *out = &plan->bindings[plan->binding_count];
    memset(out, 0, sizeof *out);
    read_source(m, out);
    read_target(m, out);
    if (hob_member_ok(m))
        plan->binding_count++;
}

/* Parses the item. Result: its kind, or negative with the fault noted. */
static int open_item(const struct hob_item *item, struct hob_fault *fault, struct hob_members *m)
{
    fault->code = HOB_FAULT_NONE;
    m->chip = item->chip;
    m->plan = item->plan;
    m->fault = fault;
    m->item = item->number;
    int r = hob_json_parse(&m->doc, item->text, item->len, item->tokens, item->token_cap);
    if (r < 0 || hob_json_type(&m->doc, 0) != HOB_JSON_OBJECT)
        return hob_fault_set(fault, HOB_FAULT_BAD_ITEM, item->number, NULL,
                             "is no JSON object, or one with too many members");
    int kind = hob_json_choice(&m->doc, hob_json_find(&m->doc, 0, "kind"), WORDS(kinds));
    if (kind > 0)
        return kind;
    if (kind == HOB_ERR_MISSING)
        return hob_fault_set(fault, HOB_FAULT_MISSING, item->number, "kind", "kind is missing");
    return hob_fault_set(fault, HOB_FAULT_UNKNOWN_KIND, item->number, "kind",
                         "this firmware does not know this kind of item");
}

static int outcome(const struct hob_fault *fault)
{
    return fault->code == HOB_FAULT_NONE ? HOB_OK : HOB_ERR_VALUE;
}

int hob_plan_item(const struct hob_item *item, struct hob_fault *fault)
{
    struct hob_members m;
    int kind = open_item(item, fault, &m);
    if (kind < 0)
        return kind;
    if (kind == KIND_BOARD)
        read_board(&m);
    else if (kind != KIND_BINDING && kind != KIND_THERMOSTAT)
        read_point(&m, (enum hob_kind)kind);
    return outcome(fault);
}

/* A sensor on the bus needs one, and an address that no other has. */
static void check_bus(struct hob_members *m)
{
    char name[HOB_NAME_SIZE];
    hob_member_string(m, "point", name, sizeof name);
    uint8_t i = find_point(m->plan, name);
    const struct hob_sensor_config *s = &m->plan->points[i].sensor;
    if (s->type != HOB_SENSOR_SHT3X)
        return;
    if (m->plan->i2c.sda == HOB_NONE)
        hob_member_fault(m, HOB_FAULT_MISSING, "addr", "the board has no sda and scl");
    for (uint8_t j = 0; j < i; j++) {
        const struct hob_point_config *other = &m->plan->points[j];
        if (other->kind == HOB_KIND_SENSOR && other->sensor.type == HOB_SENSOR_SHT3X &&
            other->sensor.addr == s->addr)
            hob_member_fault(m, HOB_FAULT_BAD_VALUE, "addr", "another sensor has this address");
    }
}

int hob_plan_link(const struct hob_item *item, struct hob_fault *fault)
{
    struct hob_members m;
    int kind = open_item(item, fault, &m);
    if (kind < 0)
        return kind;
    if (kind == KIND_BINDING)
        read_binding(&m);
    else if (kind == KIND_THERMOSTAT)
        hob_climate_item(&m);
    else if (kind == HOB_KIND_SENSOR)
        check_bus(&m);
    return outcome(fault);
}
