/*
 * Warnings; see hob_warning.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_warning.h"

#include "hob_interlock.h"
#include "hob_output.h"
#include "hob_point.h"

bool hob_warning_is_on(const struct hob_request *w)
{
    return (w->stage == HOB_WAIT_WARN || w->stage == HOB_WAIT_PULSE) && w->warn_ms > 0;
}

bool hob_warning_at(const struct hob_board *b, uint8_t i)
{
    for (int n = 0; n < HOB_MAX_WAITS; n++) {
        if (hob_warning_is_on(&b->waits[n]) && b->waits[n].warn == i)
            return true;
    }
    return false;
}

bool hob_warning_possible(const struct hob_board *b, uint8_t i, const struct hob_request *request)
{
    /* One group would never let the relay go on while it is warned of. */
    return request->warn != i && !hob_interlock_rivals(b, request->warn, i) &&
           hob_interlock_free(b, request->warn);
}

void hob_warning_start(struct hob_board *b, struct hob_request *w)
{
    /* A strip warns in white, whatever colour it had: that may be black. */
    const struct hob_request on = {
        .cause = HOB_CAUSE_COMMAND,
        .by = HOB_NONE,
        .cmd = w->cmd,
        .level = 1000,
        .rgb = {0xff, 0xff, 0xff},
        .has_rgb = b->points[w->warn].config.kind == HOB_KIND_WS2812,
    };
    hob_output_apply(b, w->warn, &on);
    w->stage = HOB_WAIT_WARN;
    w->until = b->now + w->warn_ms;
}

void hob_warning_stop(struct hob_board *b, struct hob_request *w)
{
    const struct hob_request off = {.cause = HOB_CAUSE_COMMAND, .by = HOB_NONE, .cmd = w->cmd};
    if (b->points[w->warn].out.level > 0)
        hob_output_apply(b, w->warn, &off);
}
