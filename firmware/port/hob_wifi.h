/*
 * hob_wifi: the network that a board is to join, checked and in the form in
 * which it is stored.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_WIFI_H
#define HOB_WIFI_H

#include <stddef.h>
#include <stdint.h>

#include "hob_err.h"

/* Sizes with terminators: 802.11 allows 32 bytes of name, WPA 63 characters of password. */
#define HOB_SSID_SIZE 33u
#define HOB_PASSWORD_SIZE 64u

struct hob_wifi {
    char ssid[HOB_SSID_SIZE];         /* "" for none */
    char password[HOB_PASSWORD_SIZE]; /* "" for an open network */
};

/*
 * HOB_OK; HOB_ERR_MISSING without a name; HOB_ERR_VALUE for a password of 1 to 7
 * bytes, which WPA does not have.
 */
int hob_wifi_check(const struct hob_wifi *w);

/* As stored: 1 byte of version, both lengths, both texts, CRC-32. */
#define HOB_WIFI_RECORD (3u + HOB_SSID_SIZE + HOB_PASSWORD_SIZE + 4u)

/* Result: how many bytes of out are to be stored. */
int hob_wifi_pack(const struct hob_wifi *w, uint8_t out[HOB_WIFI_RECORD]);

/* HOB_ERR_CORRUPT: not a record, or one that hob_wifi_check refuses; out is empty then. */
int hob_wifi_unpack(const uint8_t *data, size_t len, struct hob_wifi *out);

#endif
