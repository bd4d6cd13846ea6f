/*
 * Frames of a board; see hob_report.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_report.h"

#include "hob_climate.h"
#include "hob_convert.h"
#include "hob_point.h"
#include "hob_sensor.h"
#include "hob_session.h"
#include "hob_update.h"

/* More than any point, with all its members at their longest, and the ends. */
#define POINT_ROOM 320u

static void start(struct hob_board *b, struct hob_json_writer *w, const char *type)
{
    struct hob_scratch *s = b->options.scratch;
    hob_jw_init(w, (char *)s->in.text, sizeof s->in.text);
    hob_jw_begin_object(w);
    hob_jw_put_string(w, "t", type);
    hob_jw_put_string(w, "boot", b->boot);
    hob_jw_put_int(w, "up", (int64_t)b->now);
}

static void finish(struct hob_board *b, struct hob_json_writer *w)
{
    hob_jw_end_object(w);
    int len = hob_jw_finish(w);
    if (len > 0)
        (void)hob_session_send(b, (size_t)len);
}

static void put_reading(struct hob_json_writer *w, const struct hob_point *p)
{
    const struct hob_sensor *s = &p->sensor;
    if (s->valid) {
        hob_jw_put_int(w, "v", s->value);
    } else {
        hob_jw_key(w, "v");
        hob_jw_null(w);
    }
    if (s->valid && hob_convert_has_humidity((enum hob_sensor_kind)p->config.sensor.type))
        hob_jw_put_int(w, "h", s->humidity);
    if (s->fault != HOB_SENSOR_OK)
        hob_jw_put_string(w, "fault", hob_sensor_fault_name((enum hob_sensor_fault)s->fault));
}

static void put_value(struct hob_json_writer *w, const struct hob_point *p)
{
    if (p->config.kind == HOB_KIND_SENSOR) {
        put_reading(w, p);
        return;
    }
    if (p->config.kind == HOB_KIND_RELAY || p->config.kind == HOB_KIND_INPUT) {
        hob_jw_put_bool(w, "v", hob_point_on(p));
        return;
    }
    hob_jw_put_int(w, "v", p->out.level);
    if (p->config.kind == HOB_KIND_WS2812) {
        hob_jw_key(w, "rgb");
        hob_jw_hex(w, p->out.rgb, sizeof p->out.rgb);
    }
}

static void put_point(struct hob_json_writer *w, const struct hob_board *b, uint8_t i)
{
    const struct hob_point *p = &b->points[i];
    hob_jw_begin_object(w);
    hob_jw_put_string(w, "p", p->config.name);
    put_value(w, p);
    hob_jw_put_int(w, "up", (int64_t)p->up);
    hob_jw_put_string(w, "cause", hob_cause_name((enum hob_cause)p->cause));
    if (p->cause == HOB_CAUSE_COMMAND && p->cmd > 0)
        hob_jw_put_int(w, "cmd", (int64_t)p->cmd);
    if (p->cause == HOB_CAUSE_BINDING)
        hob_jw_put_string(w, "by", b->points[p->by].config.name);
    if (hob_climate_of(b, i) != HOB_NONE)
        hob_climate_put(w, b, i);
    hob_jw_end_object(w);
}

/* Index of the next point to tell, from i on; HOB_NONE if there is none. */
static uint8_t next_dirty(const struct hob_board *b, uint8_t i)
{
    for (; i < HOB_MAX_POINTS; i++) {
        if (b->points[i].config.kind != HOB_KIND_NONE && b->points[i].dirty)
            return i;
    }
    return HOB_NONE;
}

/* The member "points" with as many as fit into the frame. */
static void put_points(struct hob_board *b, struct hob_json_writer *w)
{
    hob_jw_key(w, "points");
    hob_jw_begin_array(w);
    for (uint8_t i = next_dirty(b, 0); i != HOB_NONE; i = next_dirty(b, (uint8_t)(i + 1))) {
        if (w->len + POINT_ROOM > HOB_MAX_FRAME)
            break;
        put_point(w, b, i);
        b->points[i].dirty = false;
    }
    hob_jw_end_array(w);
}

static void mark_all(struct hob_board *b)
{
    for (int i = 0; i < HOB_MAX_POINTS; i++)
        b->points[i].dirty = true;
}

static const char *reset_name(enum hob_reset reset)
{
    static const char *const names[] = {"unknown",  "power_on", "restart",
                                        "watchdog", "brownout", "panic"};
    return names[reset];
}

void hob_report_hello(struct hob_board *b)
{
    struct hob_json_writer w;
    bool trusted = hob_session_trusted(b);
    start(b, &w, "hello");
    hob_jw_put_int(&w, "proto", 1);
    hob_jw_put_string(&w, "id", b->options.id);
    hob_jw_put_string(&w, "chip", b->chip->name);
    hob_jw_put_string(&w, "fw", b->options.fw);
    hob_jw_put_string(&w, "reset", reset_name(b->options.reset));
    if (hob_update_on_trial(b))
        hob_jw_put_bool(&w, "trial", true);
    if (b->options.slot > 0)
        hob_jw_put_int(&w, "slot", b->options.slot);
    hob_jw_put_string(&w, "config", trusted ? b->rev : "");
    if (trusted) {
        mark_all(b);
        put_points(b, &w);
    } else {
        hob_jw_key(&w, "points");
        hob_jw_begin_array(&w);
        hob_jw_end_array(&w);
        hob_jw_put_bool(&w, "adopt", true);
    }
    finish(b, &w);
}

static void report_state(struct hob_board *b)
{
    struct hob_json_writer w;
    start(b, &w, "state");
    put_points(b, &w);
    finish(b, &w);
}

void hob_report_changes(struct hob_board *b)
{
    while (hob_session_trusted(b) && next_dirty(b, 0) != HOB_NONE)
        report_state(b);
}

void hob_report_everything(struct hob_board *b)
{
    mark_all(b);
    if (hob_session_trusted(b))
        report_state(b);
    hob_report_changes(b);
}

void hob_report_plain(struct hob_board *b, const char *type)
{
    struct hob_json_writer w;
    start(b, &w, type);
    finish(b, &w);
}

void hob_report_pong(struct hob_board *b, uint64_t n)
{
    struct hob_json_writer w;
    start(b, &w, "pong");
    hob_jw_put_int(&w, "n", (int64_t)n);
    finish(b, &w);
}

static const char *event_name(enum hob_gesture_event event)
{
    switch (event) {
    case HOB_PRESS:
        return "press";
    case HOB_DOUBLE:
        return "double";
    case HOB_HOLD:
        return "hold";
    case HOB_RELEASE:
        break;
    }
    return "release";
}

void hob_report_event(struct hob_board *b, uint8_t i, enum hob_gesture_event event)
{
    if (!hob_session_trusted(b))
        return;
    struct hob_json_writer w;
    start(b, &w, "event");
    hob_jw_put_string(&w, "p", b->points[i].config.name);
    hob_jw_put_string(&w, "event", event_name(event));
    hob_jw_put_int(&w, "n", b->points[i].in.events);
    finish(b, &w);
}

void hob_report_configured(struct hob_board *b, const char *rev)
{
    struct hob_json_writer w;
    start(b, &w, "configured");
    hob_jw_put_string(&w, "rev", rev);
    finish(b, &w);
}

void hob_report_config_error(struct hob_board *b, const char *rev, const struct hob_fault *fault)
{
    struct hob_json_writer w;
    char path[48];
    hob_fault_path(fault, path, sizeof path);
    start(b, &w, "config_error");
    hob_jw_put_string(&w, "rev", rev);
    hob_jw_put_string(&w, "path", path);
    hob_jw_put_string(&w, "code", hob_fault_name(fault->code));
    hob_jw_put_string(&w, "message", fault->message);
    finish(b, &w);
}

void hob_report_stats(struct hob_board *b)
{
    if (!hob_session_trusted(b))
        return;
    struct hob_stats stats = {0};
    struct hob_json_writer w;
    b->port->stats(b->port->ctx, &stats);
    start(b, &w, "stats");
    hob_jw_put_int(&w, "heap", stats.heap);
    if (stats.heap_low > 0)
        hob_jw_put_int(&w, "heap_low", stats.heap_low);
    if (stats.stack > 0)
        hob_jw_put_int(&w, "stack", stats.stack);
    hob_jw_put_int(&w, "loop", stats.loop_us);
    hob_jw_put_int(&w, "rssi", stats.rssi);
    if (stats.has_temp)
        hob_jw_put_int(&w, "temp", stats.temp);
    finish(b, &w);
}

void hob_report_update(struct hob_board *b, const char *stage)
{
    struct hob_json_writer w;
    if (!hob_session_trusted(b))
        return;
    start(b, &w, "update");
    hob_jw_put_string(&w, "stage", stage);
    hob_jw_put_int(&w, "next", b->update.next);
    finish(b, &w);
}

void hob_report_update_failed(struct hob_board *b, const char *code, const char *message)
{
    struct hob_json_writer w;
    if (!hob_session_trusted(b))
        return;
    start(b, &w, "update");
    hob_jw_put_string(&w, "stage", "failed");
    hob_jw_put_int(&w, "next", b->update.next);
    hob_jw_put_string(&w, "code", code);
    hob_jw_put_string(&w, "message", message);
    finish(b, &w);
}

void hob_report_result(struct hob_board *b, uint64_t id, const char *code, const char *reason,
                       const char *message)
{
    struct hob_json_writer w;
    hob_report_changes(b);
    if (!hob_session_trusted(b))
        return;
    start(b, &w, "result");
    hob_jw_put_int(&w, "id", (int64_t)id);
    hob_jw_put_string(&w, "code", code);
    if (reason != NULL)
        hob_jw_put_string(&w, "reason", reason);
    if (message != NULL)
        hob_jw_put_string(&w, "message", message);
    finish(b, &w);
}
