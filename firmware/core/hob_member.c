/*
 * Members of a configuration item; see hob_member.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_member.h"

#include "hob_text.h"

void hob_member_fault(struct hob_members *m, enum hob_fault_code code, const char *member,
                      const char *message)
{
    if (hob_member_ok(m))
        (void)hob_fault_set(m->fault, code, m->item, member, message);
}

bool hob_member_ok(const struct hob_members *m)
{
    return m->fault->code == HOB_FAULT_NONE;
}

bool hob_member_has(const struct hob_members *m, const char *member)
{
    return hob_json_find(&m->doc, 0, member) >= 0;
}

static void missing(struct hob_members *m, const char *member)
{
    char text[sizeof m->fault->message];
    struct hob_text t;
    hob_text_init(&t, text, sizeof text);
    hob_text_add(&t, member);
    hob_text_add(&t, " is missing");
    hob_member_fault(m, HOB_FAULT_MISSING, member, text);
}

static void out_of_range(struct hob_members *m, const char *member, uint32_t min, uint32_t max)
{
    char text[sizeof m->fault->message];
    struct hob_text t;
    hob_text_init(&t, text, sizeof text);
    hob_text_add(&t, member);
    hob_text_add(&t, " must be a whole number from ");
    hob_text_add_number(&t, min);
    hob_text_add(&t, " to ");
    hob_text_add_number(&t, max);
    hob_member_fault(m, HOB_FAULT_BAD_VALUE, member, text);
}

uint32_t hob_member_number(struct hob_members *m, const char *member, uint32_t min, uint32_t max,
                           int64_t otherwise)
{
    int64_t value = otherwise < 0 ? min : otherwise;
    int r = hob_json_int(&m->doc, hob_json_find(&m->doc, 0, member), min, max, &value);
    if (r == HOB_ERR_MISSING && otherwise < 0)
        missing(m, member);
    else if (r < 0 && r != HOB_ERR_MISSING)
        out_of_range(m, member, min, max);
    return (uint32_t)value;
}

int32_t hob_member_temp(struct hob_members *m, const char *member, int32_t otherwise)
{
    int64_t value = otherwise;
    int r = hob_json_int(&m->doc, hob_json_find(&m->doc, 0, member), HOB_MIN_TEMP, HOB_MAX_TEMP,
                         &value);
    if (r == HOB_ERR_MISSING && otherwise == HOB_REQUIRED_TEMP)
        missing(m, member);
    else if (r < 0 && r != HOB_ERR_MISSING)
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, member,
                         "must be a whole number from -55000 to 125000");
    return (int32_t)value;
}

bool hob_member_bool(struct hob_members *m, const char *member)
{
    bool value = false;
    int r = hob_json_bool(&m->doc, hob_json_find(&m->doc, 0, member), &value);
    if (r < 0 && r != HOB_ERR_MISSING)
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, member, "must be true or false");
    return value;
}

int hob_member_choice(struct hob_members *m, const char *member, const char *const *names,
                      size_t count, int otherwise)
{
    int r = hob_json_choice(&m->doc, hob_json_find(&m->doc, 0, member), names, count);
    if (r >= 0)
        return r;
    if (r != HOB_ERR_MISSING) {
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, member, "is none of the allowed words");
        return 0;
    }
    if (otherwise < 0) {
        missing(m, member);
        return 0;
    }
    return otherwise;
}

void hob_member_string(struct hob_members *m, const char *member, char *out, size_t cap)
{
    out[0] = '\0';
    int r = hob_json_copy(&m->doc, hob_json_find(&m->doc, 0, member), out, cap);
    if (r >= 0)
        return;
    if (r == HOB_ERR_MISSING)
        missing(m, member);
    else
        hob_member_fault(m, HOB_FAULT_BAD_VALUE, member, "is no string of the allowed length");
}

static void pin_fault(struct hob_members *m, enum hob_fault_code code, const char *member,
                      uint32_t pin, const char *what)
{
    char text[sizeof m->fault->message];
    struct hob_text t;
    hob_text_init(&t, text, sizeof text);
    hob_text_add(&t, "GPIO");
    hob_text_add_number(&t, pin);
    hob_text_add(&t, what);
    if (code != HOB_FAULT_PIN_TAKEN) {
        hob_text_add(&t, " on ");
        hob_text_add(&t, m->chip->name);
    }
    hob_member_fault(m, code, member, text);
}

uint8_t hob_member_pin(struct hob_members *m, const char *member, uint8_t flags)
{
    uint32_t pin = hob_member_number(m, member, 0, UINT8_MAX, -1);
    uint8_t has = hob_chip_pin_flags(m->chip, (int)pin);
    if (!hob_member_ok(m))
        return 0;
    if ((has & HOB_PIN_PRESENT) == 0)
        pin_fault(m, HOB_FAULT_PIN_ABSENT, member, pin, " does not exist");
    else if ((has & HOB_PIN_FLASH) != 0)
        pin_fault(m, HOB_FAULT_PIN_FLASH, member, pin, " belongs to the flash chip");
    else if ((flags & HOB_PIN_OUTPUT) != 0 && (has & HOB_PIN_OUTPUT) == 0)
        pin_fault(m, HOB_FAULT_PIN_INPUT_ONLY, member, pin, " is input only");
    else if ((flags & HOB_PIN_PULL) != 0 && (has & HOB_PIN_PULL) == 0)
        pin_fault(m, HOB_FAULT_PIN_NO_PULL, "pull", pin, " has no pull resistor");
    else if ((flags & HOB_PIN_ADC) != 0 && (has & HOB_PIN_ADC) == 0)
        pin_fault(m, HOB_FAULT_PIN_NO_ADC, member, pin, " measures no voltage");
    else if ((m->plan->pins >> pin & 1u) != 0)
        pin_fault(m, HOB_FAULT_PIN_TAKEN, member, pin, " has an owner already");
    else
        m->plan->pins |= 1ull << pin;
    return (uint8_t)pin;
}
