/*
 * hob_base64: decodes the base64 of RFC 4648 with its padding, nothing else: no
 * white space, no other alphabet, and no bits left over.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_BASE64_H
#define HOB_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include "hob_err.h"

/*
 * Result: bytes written to out, which may be text itself or lie before it in the
 * same memory. HOB_ERR_VALUE; HOB_ERR_TOO_LONG if they are more than cap.
 */
int hob_base64_decode(const char *text, size_t len, uint8_t *out, size_t cap);

#endif
