/*
 * Bindings; see hob_binding.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_binding.h"

#include "hob_command.h"
#include "hob_interlock.h"
#include "hob_output.h"
#include "hob_point.h"

/* The level that a binding asks for. */
static uint16_t wanted(const struct hob_board *b, const struct hob_binding *binding)
{
    const struct hob_point *p = &b->points[binding->target];
    if (binding->act == HOB_DO_SET)
        return binding->level;
    if (binding->act == HOB_DO_OFF)
        return 0;
    /* One that waits to go on counts as on: the second press takes the first back. */
    if (binding->act == HOB_DO_TOGGLE &&
        (hob_point_on(p) || hob_interlock_waits(b, binding->target)))
        return 0;
    return hob_point_on(p) ? p->out.level : hob_output_on_level(p);
}

static void run(struct hob_board *b, const struct hob_binding *binding)
{
    struct hob_request request = {
        .cause = HOB_CAUSE_BINDING,
        .by = binding->button,
        .level = wanted(b, binding),
        .fade = b->points[binding->target].config.out.fade,
    };
    hob_interlock_supersede(b, binding->target, HOB_WAITING);
    hob_command_report(b);
    (void)hob_interlock_request(b, binding->target, &request);
}

void hob_binding_run(struct hob_board *b, uint8_t i, enum hob_gesture_event event)
{
    for (uint8_t n = 0; n < b->binding_count; n++) {
        const struct hob_binding *binding = &b->bindings[n];
        if (binding->button == i && binding->on == (uint8_t)event)
            run(b, binding);
    }
}
