/*
 * hob_fault: what is wrong with a configuration, as config_error tells it.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_FAULT_H
#define HOB_FAULT_H

#include <stdint.h>

enum hob_fault_code {
    HOB_FAULT_NONE = 0,
    HOB_FAULT_HASH_MISMATCH,
    HOB_FAULT_BAD_ITEM,
    HOB_FAULT_UNKNOWN_KIND,
    HOB_FAULT_MISSING,
    HOB_FAULT_BAD_VALUE,
    HOB_FAULT_DUPLICATE_POINT,
    HOB_FAULT_PIN_ABSENT,
    HOB_FAULT_PIN_INPUT_ONLY,
    HOB_FAULT_PIN_FLASH,
    HOB_FAULT_PIN_NO_PULL,
    HOB_FAULT_PIN_NO_ADC,
    HOB_FAULT_PIN_TAKEN,
    HOB_FAULT_UNKNOWN_POINT,
    HOB_FAULT_WRONG_KIND,
    HOB_FAULT_TOO_MANY,
    HOB_FAULT_TOO_LARGE,
    HOB_FAULT_STORAGE,
    HOB_FAULT_COUNT
};

struct hob_fault {
    enum hob_fault_code code;
    int32_t item;       /* number of the item, -1: the configuration as a whole */
    const char *member; /* static; NULL: the item as a whole */
    char message[80];   /* for people, zero-terminated */
};

/* Sets a fault with a fixed message. Result: HOB_ERR_VALUE, to be handed on. */
int hob_fault_set(struct hob_fault *f, enum hob_fault_code code, int32_t item,
                  const char *member, const char *message);

/* The code as docs/wire.md spells it; static. */
const char *hob_fault_name(enum hob_fault_code code);

/* Writes the path, "items[1].pin" or "", into out of cap bytes. */
void hob_fault_path(const struct hob_fault *f, char *out, uint32_t cap);

#endif
