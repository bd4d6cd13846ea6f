/*
 * The points of a board; see hob_point.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_point.h"

#include <string.h>

#include "hob_restore.h"
#include "hob_text.h"

bool hob_kind_is_output(enum hob_kind kind)
{
    return kind == HOB_KIND_RELAY || kind == HOB_KIND_PWM || kind == HOB_KIND_WS2812;
}

bool hob_point_is_output(const struct hob_point *p)
{
    return hob_kind_is_output((enum hob_kind)p->config.kind);
}

uint8_t hob_point_find(const struct hob_board *b, const char *name)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (b->points[i].config.kind != HOB_KIND_NONE &&
            strcmp(b->points[i].config.name, name) == 0)
            return i;
    }
    return HOB_NONE;
}

uint8_t hob_point_count(const struct hob_board *b)
{
    uint8_t n = 0;
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++) {
        if (b->points[i].config.kind != HOB_KIND_NONE)
            n++;
    }
    return n;
}

bool hob_point_on(const struct hob_point *p)
{
    if (hob_point_is_output(p))
        return p->out.level > 0;
    return p->config.kind == HOB_KIND_INPUT && p->in.stable;
}

void hob_point_changed(struct hob_board *b, struct hob_point *p, enum hob_cause cause,
                       uint64_t cmd, uint8_t by)
{
    p->up = b->now;
    p->cause = (uint8_t)cause;
    p->cmd = cmd;
    p->by = by;
    p->dirty = true;
    if (hob_point_is_output(p) && p->config.out.boot == HOB_BOOT_RESTORE)
        hob_restore_touch(b);
}

void hob_point_forget_commands(struct hob_board *b)
{
    for (uint8_t i = 0; i < HOB_MAX_POINTS; i++)
        b->points[i].cmd = 0;
}

const char *hob_cause_name(enum hob_cause cause)
{
    static const char *const names[] = {"boot",      "config", "command", "binding",   "input",
                                        "off_after", "max_on", "lease",   "interlock", "sensor",
                                        "thermostat"};
    return names[cause];
}

int hob_get_point(const struct hob_board *b, int i, struct hob_point_status *out)
{
    if (i < 0 || i >= HOB_MAX_POINTS || b->points[i].config.kind == HOB_KIND_NONE)
        return HOB_ERR_UNKNOWN;
    const struct hob_point *p = &b->points[i];
    memset(out, 0, sizeof *out);
    hob_text_copy(out->name, sizeof out->name, p->config.name);
    out->kind = (enum hob_kind)p->config.kind;
    out->pin = p->config.pin;
    out->on = hob_point_on(p);
    out->up = p->up;
    out->cause = hob_cause_name((enum hob_cause)p->cause);
    if (p->config.kind == HOB_KIND_PWM || p->config.kind == HOB_KIND_WS2812)
        out->level = p->out.level;
    if (p->config.kind == HOB_KIND_SENSOR) {
        out->measured = p->sensor.valid;
        out->reading = p->sensor.value;
    }
    if (p->config.kind == HOB_KIND_WS2812)
        memcpy(out->rgb, p->out.rgb, sizeof out->rgb);
    return HOB_OK;
}
