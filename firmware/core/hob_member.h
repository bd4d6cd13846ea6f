/*
 * hob_member: the members of one configuration item, read with their limits and
 * defaults. The first thing that is wrong is noted in the fault; after that
 * every further read does nothing, so a sequence of reads needs one check.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_MEMBER_H
#define HOB_MEMBER_H

#include "hob_board.h"
#include "hob_fault.h"

/* Instead of a default, for a temperature that must be there. */
#define HOB_REQUIRED_TEMP INT32_MAX

struct hob_members {
    struct hob_json doc;
    const hob_chip *chip;
    struct hob_plan *plan;
    struct hob_fault *fault; /* code HOB_FAULT_NONE as long as all is well */
    int32_t item;
};

/* Notes a fault of a member (NULL: of the item), unless there is one already. */
void hob_member_fault(struct hob_members *m, enum hob_fault_code code, const char *member,
                      const char *message);

bool hob_member_ok(const struct hob_members *m);

/* Whether the member is there at all. */
bool hob_member_has(const struct hob_members *m, const char *member);

/*
 * Each returns the value, or otherwise when the member is absent or there is a
 * fault. otherwise < 0 makes a number, or a choice, a required member.
 */
uint32_t hob_member_number(struct hob_members *m, const char *member, uint32_t min, uint32_t max,
                           int64_t otherwise);
/* A temperature in thousandths of a degree, HOB_MIN_TEMP to HOB_MAX_TEMP. */
int32_t hob_member_temp(struct hob_members *m, const char *member, int32_t otherwise);
bool hob_member_bool(struct hob_members *m, const char *member);
int hob_member_choice(struct hob_members *m, const char *member, const char *const *names,
                      size_t count, int otherwise);

/* A required string into out of cap bytes; empty after a fault. */
void hob_member_string(struct hob_members *m, const char *member, char *out, size_t cap);

/*
 * A required pin that must have the flags (HOB_PIN_OUTPUT, HOB_PIN_PULL and
 * HOB_PIN_ADC are looked at), must not be the flash's, and gets its owner by this.
 */
uint8_t hob_member_pin(struct hob_members *m, const char *member, uint8_t flags);

#endif
