/*
 * Gestures of a button; see hob_gesture.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_gesture.h"

enum stage {
    UP = 0,
    DOWN,  /* since g->at; may become a press, a hold, or half a double */
    SPENT, /* down, and all that it meant has been said */
    AGAIN  /* up since g->at; a second press makes it a double */
};

void hob_gesture_reset(struct hob_gesture *g, bool down)
{
    g->stage = down ? SPENT : UP;
    g->at = 0;
}

static void enter(struct hob_gesture *g, enum stage stage, uint64_t now)
{
    g->stage = (uint8_t)stage;
    g->at = now;
}

static unsigned went_down(struct hob_gesture *g, const struct hob_input_config *config,
                          uint64_t now)
{
    if (g->stage == AGAIN) {
        enter(g, SPENT, now);
        return HOB_DOUBLE;
    }
    if (config->detect_double || config->detect_hold) {
        enter(g, DOWN, now);
        return 0;
    }
    enter(g, SPENT, now);
    return HOB_PRESS;
}

static unsigned went_up(struct hob_gesture *g, const struct hob_input_config *config, uint64_t now)
{
    if (g->stage != DOWN) {
        enter(g, UP, now);
        return HOB_RELEASE;
    }
    if (config->detect_double) {
        enter(g, AGAIN, now);
        return HOB_RELEASE;
    }
    enter(g, UP, now);
    return HOB_PRESS | HOB_RELEASE;
}

unsigned hob_gesture_edge(struct hob_gesture *g, const struct hob_input_config *config,
                          bool down, uint64_t now)
{
    return down ? went_down(g, config, now) : went_up(g, config, now);
}

uint64_t hob_gesture_due(const struct hob_gesture *g, const struct hob_input_config *config)
{
    if (g->stage == DOWN && config->detect_hold)
        return g->at + config->hold_after;
    if (g->stage == AGAIN)
        return g->at + config->double_within;
    return UINT64_MAX;
}

unsigned hob_gesture_time(struct hob_gesture *g, const struct hob_input_config *config,
                          uint64_t now)
{
    if (now < hob_gesture_due(g, config))
        return 0;
    if (g->stage == DOWN) {
        enter(g, SPENT, now);
        return HOB_HOLD;
    }
    enter(g, UP, now);
    return HOB_PRESS;
}
