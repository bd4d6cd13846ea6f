/*
 * The BOOT button; see hob_button.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_button.h"

enum hob_button_event hob_button_tick(struct hob_button *b, bool pressed, uint64_t now_ms)
{
    if (!pressed) {
        *b = (struct hob_button){.seen_up = true};
        return HOB_BUTTON_NOTHING;
    }
    if (!b->seen_up)
        return HOB_BUTTON_NOTHING;
    if (!b->down) {
        b->down = true;
        b->since = now_ms;
    }
    uint64_t held = now_ms - b->since;
    if (!b->told && held >= HOB_BUTTON_HELD_MS) {
        b->told = true;
        return HOB_BUTTON_HELD;
    }
    if (!b->told_long && held >= HOB_BUTTON_LONG_MS) {
        b->told_long = true;
        return HOB_BUTTON_HELD_LONG;
    }
    return HOB_BUTTON_NOTHING;
}
