/*
 * hob_climate_item: the item of a thermostat, read and checked against the
 * points that it names.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_CLIMATE_ITEM_H
#define HOB_CLIMATE_ITEM_H

#include "hob_member.h"

/* Adds the thermostat to the plan; all points are in it already. */
void hob_climate_item(struct hob_members *m);

/* Whether the plan's point i is the relay of a thermostat. */
bool hob_climate_item_has(const struct hob_plan *plan, uint8_t i);

#endif
