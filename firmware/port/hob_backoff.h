/*
 * hob_backoff: how long to wait before trying something again: twice as long
 * each time, from least to most, less a random part of up to a quarter, so that
 * boards which a power cut has stopped together do not come back in step.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_BACKOFF_H
#define HOB_BACKOFF_H

#include <stdint.h>

/* least and most are in ms, 4 at least and most at most 2^30. */
struct hob_backoff {
    uint32_t least;
    uint32_t most;
    uint32_t next; /* 0: the first try is still to fail */
};

/* After a failure: the wait before the next try in ms. random is any number. */
uint32_t hob_backoff_failed(struct hob_backoff *b, uint32_t random);

/* After a success: the next wait is the least one again. */
void hob_backoff_worked(struct hob_backoff *b);

#endif
