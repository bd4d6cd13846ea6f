/*
 * hob_plan: reads the items of a configuration and checks them, one by one and
 * against each other and the chip. Touches nothing but the plan.
 *
 *     hob_plan_init
 *     hob_plan_item  for every item, in order: its points and the board's own
 *     hob_plan_link  for every item again: what names other items, as bindings do
 *
 * Twice, because a binding may stand before the points that it names.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_PLAN_H
#define HOB_PLAN_H

#include "hob_board.h"
#include "hob_fault.h"

void hob_plan_init(struct hob_plan *plan);

/* A text that is to become part of a plan. */
struct hob_item {
    struct hob_plan *plan;
    const hob_chip *chip;
    const char *text;
    size_t len;
    int32_t number; /* for the fault's path */
    struct hob_json_token *tokens;
    size_t token_cap;
};

/* All: HOB_OK, or HOB_ERR_VALUE with the fault filled in. */
int hob_plan_item(const struct hob_item *item, struct hob_fault *fault);
int hob_plan_link(const struct hob_item *item, struct hob_fault *fault);

#endif
