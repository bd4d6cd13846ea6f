/*
 * hob_name: which strings are allowed as names, and their hash.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_NAME_H
#define HOB_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A point: 1 to 15 characters out of a-z0-9-. */
bool hob_name_is_point(const char *s);
/* An interlock group: 1 to 15 characters out of a-z0-9_-. */
bool hob_name_is_group(const char *s);
/* A revision: 1 to 16 hexadecimal digits. */
bool hob_name_is_rev(const char *s);
/* A board: "hob-" and 6 to 12 lower-case hexadecimal digits. */
bool hob_name_is_board(const char *s);

/* A plan of a thermostat: 1 to 8 hexadecimal digits. */
bool hob_name_is_plan(const char *s);

/* FNV-1a with 32 bits; never 0. */
uint32_t hob_name_hash(const char *s);

#endif
