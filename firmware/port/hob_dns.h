/*
 * hob_dns: answers every name with one address, so that a phone which joins the
 * board's access point opens the setup page by itself. Only for that network:
 * queries come from whoever joined it.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_DNS_H
#define HOB_DNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hob_err.h"

/* The longest query that is looked at, and the longest answer, in bytes. */
#define HOB_DNS_MAX 512u

/*
 * Writes the answer to a query of len bytes into out: an address record if one
 * question for an IPv4 address (or any record) is asked, no records otherwise.
 * Result: its length; HOB_ERR_SYNTAX if it is no query and gets no answer;
 * HOB_ERR_SPACE if it is longer than HOB_DNS_MAX.
 */
int hob_dns_answer(const uint8_t *query, size_t len, const uint8_t address[4],
                   uint8_t out[HOB_DNS_MAX]);

#endif
