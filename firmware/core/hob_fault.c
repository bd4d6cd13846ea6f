/*
 * Faults of a configuration; see hob_fault.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_fault.h"

#include "hob_err.h"
#include "hob_text.h"

static const char *const names[HOB_FAULT_COUNT] = {
    [HOB_FAULT_NONE] = "",
    [HOB_FAULT_HASH_MISMATCH] = "hash_mismatch",
    [HOB_FAULT_BAD_ITEM] = "bad_item",
    [HOB_FAULT_UNKNOWN_KIND] = "unknown_kind",
    [HOB_FAULT_MISSING] = "missing",
    [HOB_FAULT_BAD_VALUE] = "bad_value",
    [HOB_FAULT_DUPLICATE_POINT] = "duplicate_point",
    [HOB_FAULT_PIN_ABSENT] = "pin_absent",
    [HOB_FAULT_PIN_INPUT_ONLY] = "pin_input_only",
    [HOB_FAULT_PIN_FLASH] = "pin_flash",
    [HOB_FAULT_PIN_NO_PULL] = "pin_no_pull",
    [HOB_FAULT_PIN_NO_ADC] = "pin_no_adc",
    [HOB_FAULT_PIN_TAKEN] = "pin_taken",
    [HOB_FAULT_UNKNOWN_POINT] = "unknown_point",
    [HOB_FAULT_WRONG_KIND] = "wrong_kind",
    [HOB_FAULT_TOO_MANY] = "too_many",
    [HOB_FAULT_TOO_LARGE] = "too_large",
    [HOB_FAULT_STORAGE] = "storage",
};

int hob_fault_set(struct hob_fault *f, enum hob_fault_code code, int32_t item,
                  const char *member, const char *message)
{
    f->code = code;
    f->item = item;
    f->member = member;
    hob_text_copy(f->message, sizeof f->message, message);
    return HOB_ERR_VALUE;
}

const char *hob_fault_name(enum hob_fault_code code)
{
    return code < HOB_FAULT_COUNT ? names[code] : "";
}

void hob_fault_path(const struct hob_fault *f, char *out, uint32_t cap)
{
    struct hob_text t;
    hob_text_init(&t, out, cap);
    if (f->item >= 0) {
        hob_text_add(&t, "items[");
        hob_text_add_number(&t, (uint32_t)f->item);
        hob_text_add(&t, "]");
    }
    if (f->member != NULL) {
        if (f->item >= 0)
            hob_text_add(&t, ".");
        hob_text_add(&t, f->member);
    }
}
