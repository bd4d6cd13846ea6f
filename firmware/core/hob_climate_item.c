/*
 * Items of thermostats; see hob_climate_item.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_climate_item.h"

#include <string.h>

#include "hob_convert.h"

#define MAX_HYSTERESIS 20000u
#define MAX_MIN_MS 86400000u
#define MIN_LOST_MS 1000u
#define MAX_LOST_MS 86400000u

bool hob_climate_item_has(const struct hob_plan *plan, uint8_t i)
{
    for (uint8_t n = 0; n < plan->thermostat_count; n++) {
        if (plan->thermostats[n].relay == i)
            return true;
    }
    return false;
}

/* The point that a member names; HOB_NONE after a fault. */
static uint8_t named(struct hob_members *m, const char *member)
{
    char name[HOB_NAME_SIZE];
    hob_member_string(m, member, name, sizeof name);
    for (uint8_t i = 0; hob_member_ok(m) && i < m->plan->point_count; i++) {
        if (strcmp(m->plan->points[i].name, name) == 0)
            return i;
    }
    hob_member_fault(m, HOB_FAULT_UNKNOWN_POINT, member, "there is no such point");
    return HOB_NONE;
}

static bool bound(const struct hob_plan *plan, uint8_t i)
{
    for (uint8_t n = 0; n < plan->binding_count; n++) {
        if (plan->bindings[n].target == i)
            return true;
    }
    return false;
}

static void read_relay(struct hob_members *m, struct hob_thermostat_config *t)
{
    t->relay = named(m, "relay");
    if (!hob_member_ok(m))
        return;
    const struct hob_point_config *p = &m->plan->points[t->relay];
    if (p->kind != HOB_KIND_RELAY)
        hob_member_fault(m, HOB_FAULT_WRONG_KIND, "relay", "is no relay");
    else if (hob_climate_item_has(m->plan, t->relay))
        hob_member_fault(m, HOB_FAULT_DUPLICATE_POINT, "relay", "has a thermostat already");
    else if (bound(m->plan, t->relay))
        hob_member_fault(m, HOB_FAULT_WRONG_KIND, "relay", "a button is bound to it");
    else if (p->out.boot != HOB_BOOT_OFF || p->out.off_after > 0 || p->out.max_on > 0 ||
             p->out.lease > 0)
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "relay",
                         "must be off after boot, without off_after, max_on and lease");
}

static void read_sensor(struct hob_members *m, struct hob_thermostat_config *t)
{
    t->sensor = named(m, "sensor");
    if (!hob_member_ok(m))
        return;
    const struct hob_point_config *p = &m->plan->points[t->sensor];
    if (p->kind != HOB_KIND_SENSOR || !hob_convert_is_temp((enum hob_sensor_kind)p->sensor.type))
        hob_member_fault(m, HOB_FAULT_WRONG_KIND, "sensor", "measures no temperature");
}

static void read_temps(struct hob_members *m, struct hob_thermostat_config *t)
{
    t->low = hob_member_temp(m, "low", HOB_REQUIRED_TEMP);
    t->high = hob_member_temp(m, "high", HOB_REQUIRED_TEMP);
    t->hysteresis = (int32_t)hob_member_number(m, "hysteresis", 1, MAX_HYSTERESIS, -1);
    t->frost = hob_member_temp(m, "frost", HOB_NO_TEMP);
    t->fallback = hob_member_temp(m, "fallback", HOB_NO_TEMP);
    if (t->low >= t->high)
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "high", "is not above low");
    else if (t->cools && t->frost != HOB_NO_TEMP)
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, "frost", "a cooler does not warm");
}

void hob_climate_item(struct hob_members *m)
{
    struct hob_plan *plan = m->plan;
    if (plan->thermostat_count == HOB_MAX_THERMOSTATS) {
        hob_member_fault(m, HOB_FAULT_TOO_MANY, NULL, "too many thermostats");
        return;
    }
    struct hob_thermostat_config *t = &plan->thermostats[plan->thermostat_count];
    memset(t, 0, sizeof *t);
    read_relay(m, t);
    read_sensor(m, t);
    t->cools = hob_member_bool(m, "cools");
    read_temps(m, t);
    t->min_on = hob_member_number(m, "min_on", 0, MAX_MIN_MS, -1);
    t->min_off = hob_member_number(m, "min_off", 0, MAX_MIN_MS, -1);
    t->lost = hob_member_number(m, "lost", MIN_LOST_MS, MAX_LOST_MS, -1);
    if (hob_member_ok(m))
        plan->thermostat_count++;
}
