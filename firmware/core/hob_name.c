/*
 * Names; see hob_name.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_name.h"

#include <string.h>

/* True if s has min to max characters, all of them out of set. */
static bool made_of(const char *s, const char *set, size_t min, size_t max)
{
    size_t len = strlen(s);
    return len >= min && len <= max && strspn(s, set) == len;
}

bool hob_name_is_point(const char *s)
{
    return made_of(s, "abcdefghijklmnopqrstuvwxyz0123456789-", 1, 15);
}

bool hob_name_is_group(const char *s)
{
    return made_of(s, "abcdefghijklmnopqrstuvwxyz0123456789_-", 1, 15);
}

bool hob_name_is_rev(const char *s)
{
    return made_of(s, "0123456789abcdefABCDEF", 1, 16);
}

bool hob_name_is_plan(const char *s)
{
    return made_of(s, "0123456789abcdefABCDEF", 1, 8);
}

bool hob_name_is_board(const char *s)
{
    return strncmp(s, "hob-", 4) == 0 && made_of(s + 4, "0123456789abcdef", 6, 12);
}

uint32_t hob_name_hash(const char *s)
{
    uint32_t h = 2166136261u;
    for (; *s != '\0'; s++)
        h = (h ^ (uint8_t)*s) * 16777619u;
    return h != 0 ? h : 1;
}
