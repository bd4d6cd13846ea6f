/*
 * hob_form: reads what a browser sends for a form
 * (application/x-www-form-urlencoded), as the setup page gets it. It comes from
 * whoever is near enough for the board's access point.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_FORM_H
#define HOB_FORM_H

#include <stddef.h>

#include "hob_err.h"

/*
 * Decodes the first field called name (plain letters) of len bytes of body into
 * out, zero-terminated. Result: its length; HOB_ERR_MISSING; HOB_ERR_SYNTAX for a
 * % without two hexadecimal digits; HOB_ERR_VALUE for a zero byte, which a C
 * string cannot carry; HOB_ERR_TOO_LONG if it does not fit in cap (1 at least).
 * After an error out is empty.
 */
int hob_form_get(const char *body, size_t len, const char *name, char *out, size_t cap);

#endif
