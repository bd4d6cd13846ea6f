/*
 * Frames to their places; see hob_dispatch.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_dispatch.h"

#include "hob_command.h"
#include "hob_frame.h"
#include "hob_interlock.h"
#include "hob_keys.h"
#include "hob_led.h"
#include "hob_log.h"
#include "hob_report.h"
#include "hob_run.h"
#include "hob_sensor.h"
#include "hob_session.h"
#include "hob_staging.h"
#include "hob_update.h"

#define PROTO 1

static int bad_frame(struct hob_board *b, int conn, int error)
{
    hob_count(&b->counters.bad_frames);
    hob_log(b, HOB_LOG_BAD_FRAME, error);
    hob_session_close(b, conn, HOB_CLOSE_BAD_FRAME, hob_err_name(error));
    return error;
}

/* Whether a frame of this type may come at this point of this session. */
static bool allowed(const struct hob_board *b, const struct hob_conn *c, enum hob_frame_type type)
{
    if (c->stage == HOB_CONN_HELLO)
        return type == HOB_FRAME_HELLO;
    if (type == HOB_FRAME_HELLO)
        return false;
    if (c->key == HOB_KEY_ADOPTION)
        return type == HOB_FRAME_PING ||
               (type == HOB_FRAME_ADOPT && hob_keys_adoption_open(b));
    return type != HOB_FRAME_ADOPT;
}

static void take_time(struct hob_board *b, uint64_t unix_ms)
{
    if (unix_ms == 0 || unix_ms < b->options.build_unix_ms || unix_ms < b->now)
        return;
    b->unix_offset = unix_ms - b->now;
}

static void hello(struct hob_board *b, int conn, const struct hob_frame *f)
{
    if (f->proto != PROTO) {
        hob_session_close(b, conn, HOB_CLOSE_PROTO, "this board speaks protocol 1");
        return;
    }
    take_time(b, f->number);
    b->conns[conn].stage = HOB_CONN_LIVE;
    hob_run_stats_later(b);
    hob_report_hello(b);
    hob_report_changes(b);
}

/* What came too late, or is for no fed sensor of this board, is passed over. */
static void feed(struct hob_board *b, const struct hob_frame *f)
{
    uint8_t i = f->feed.point;
    if (i == HOB_NONE || b->now > f->feed.until ||
        b->points[i].config.kind != HOB_KIND_SENSOR ||
        b->points[i].config.sensor.type != HOB_SENSOR_FED)
        return;
    hob_sensor_feed(b, i, f->feed.value, f->feed.age);
}

static void commit(struct hob_board *b, const struct hob_frame *f)
{
    struct hob_fault fault = {.item = -1};
    if (hob_staging_commit(b, f->config.rev, &fault) < 0) {
        hob_report_config_error(b, f->config.rev, &fault);
        return;
    }
    hob_report_configured(b, f->config.rev);
    hob_report_everything(b);
}

/* A key could not be stored: nothing has changed, and the server sees no answer. */
static void keys_failed(struct hob_board *b, int conn)
{
    hob_session_close(b, conn, HOB_CLOSE_BAD_FRAME, "the key could not be stored");
}

static void adopt(struct hob_board *b, int conn, const struct hob_frame *f)
{
    if (hob_keys_adopt(b, f->key) < 0) {
        keys_failed(b, conn);
        return;
    }
    hob_report_plain(b, "adopted");
    hob_session_close_all(b, HOB_CLOSE_KEY_CHANGED, "adopted: dial again");
}

static void rotate(struct hob_board *b, int conn, const struct hob_frame *f)
{
    if (hob_keys_rotate(b, f->key) < 0) {
        keys_failed(b, conn);
        return;
    }
    /* Whoever shakes hands with an earlier next key must begin again. */
    hob_session_close_others(b, conn, HOB_CLOSE_KEY_CHANGED, "the key has changed");
    hob_report_plain(b, "rotated");
}

static void forget(struct hob_board *b, int conn)
{
    if (hob_keys_forget(b) < 0) {
        keys_failed(b, conn);
        return;
    }
    hob_report_plain(b, "forgotten");
    hob_session_close_all(b, HOB_CLOSE_KEY_CHANGED, "keys wiped");
}

static void part(struct hob_board *b, int conn, const struct hob_frame *f)
{
    int r = hob_update_part(b, f->part.at, f->part.text, f->part.len);
    if (r < 0)
        bad_frame(b, conn, r);
}

static void act(struct hob_board *b, int conn, const struct hob_frame *f)
{
    switch (f->type) {
    case HOB_FRAME_HELLO:
        hello(b, conn, f);
        break;
    case HOB_FRAME_PING:
        hob_report_pong(b, f->number);
        break;
    case HOB_FRAME_CONFIG_BEGIN:
        hob_staging_begin(b, f->config.rev, f->config.items, f->config.sha256);
        break;
    case HOB_FRAME_CONFIG_ITEM:
        hob_staging_item(b, f->item.n, f->item.text, f->item.len);
        break;
    case HOB_FRAME_CONFIG_COMMIT:
        commit(b, f);
        break;
    case HOB_FRAME_COMMAND:
        hob_command_run(b, &f->command);
        break;
    case HOB_FRAME_CANCEL:
        hob_interlock_cancel(b, f->number);
        break;
    case HOB_FRAME_RENEW:
        hob_command_renew(b, f->renew.points, f->renew.until);
        break;
    case HOB_FRAME_FEED:
        feed(b, f);
        break;
    case HOB_FRAME_ADOPT:
        adopt(b, conn, f);
        break;
    case HOB_FRAME_ROTATE:
        rotate(b, conn, f);
        break;
    case HOB_FRAME_FORGET:
        forget(b, conn);
        break;
    case HOB_FRAME_IDENTIFY:
        hob_led_identify(b, f->number);
        break;
    case HOB_FRAME_RESTART:
        hob_shutdown(b, b->now);
        b->port->restart(b->port->ctx);
        break;
    case HOB_FRAME_TIME:
        take_time(b, f->number);
        break;
    case HOB_FRAME_UPDATE_BEGIN:
        hob_update_begin(b, &f->image);
        break;
    case HOB_FRAME_UPDATE_PART:
        part(b, conn, f);
        break;
    case HOB_FRAME_COUNT:
        break;
    }
}

int hob_dispatch(struct hob_board *b, int conn, size_t len)
{
    struct hob_scratch *s = b->options.scratch;
    struct hob_frame frame;
    int r = hob_frame_decode(b, (const char *)s->in.text, len, s->tokens,
                             sizeof s->tokens / sizeof s->tokens[0], &frame);
    /* A key is to be in one place only. */
    if (r < 0 || frame.type == HOB_FRAME_ADOPT || frame.type == HOB_FRAME_ROTATE)
        hob_wipe(s->in.text, len);
    if (r == HOB_OK && !allowed(b, &b->conns[conn], frame.type))
        r = HOB_ERR_STATE;
    if (r < 0)
        return bad_frame(b, conn, r);
    hob_count(&b->counters.frames_in);
    act(b, conn, &frame);
    hob_wipe(&frame, sizeof frame);
    return b->session == conn ? HOB_OK : HOB_ERR_STATE;
}
