/*
 * Waiting longer each time; see hob_backoff.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_backoff.h"

uint32_t hob_backoff_failed(struct hob_backoff *b, uint32_t random)
{
    uint32_t wait = b->next > b->least ? b->next : b->least;
    b->next = wait > b->most / 2 ? b->most : 2 * wait;
    return wait - random % (wait / 4 + 1);
}

void hob_backoff_worked(struct hob_backoff *b)
{
    b->next = 0;
}
