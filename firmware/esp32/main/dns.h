/*
 * dns: the access point's name server, which knows one address.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef DNS_H
#define DNS_H

#include <stdint.h>

/* Starts it at the access point's address; harmless while it runs. */
void dns_start(const uint8_t address[4]);

/* It ends within half a second. */
void dns_stop(void);

#endif
