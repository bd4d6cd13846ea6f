/*
 * The network to join; see hob_wifi.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_wifi.h"

#include <string.h>

#include "hob_store.h"

#define VERSION 1u
#define HEAD 3u
#define TAIL 4u
#define LEAST_PASSWORD 8u

int hob_wifi_check(const struct hob_wifi *w)
{
    size_t password = strlen(w->password);
    if (w->ssid[0] == '\0')
        return HOB_ERR_MISSING;
    return password > 0 && password < LEAST_PASSWORD ? HOB_ERR_VALUE : HOB_OK;
}

int hob_wifi_pack(const struct hob_wifi *w, uint8_t out[HOB_WIFI_RECORD])
{
    size_t ssid = strlen(w->ssid);
    size_t password = strlen(w->password);
    size_t len = HEAD + ssid + password;
    out[0] = VERSION;
    out[1] = (uint8_t)ssid;
    out[2] = (uint8_t)password;
    memcpy(out + HEAD, w->ssid, ssid);
    memcpy(out + HEAD + ssid, w->password, password);
    hob_put32(out + len, hob_crc32(out, len));
    return (int)(len + TAIL);
}

int hob_wifi_unpack(const uint8_t *data, size_t len, struct hob_wifi *out)
{
    memset(out, 0, sizeof *out);
    if (len < HEAD + TAIL || data[0] != VERSION)
        return HOB_ERR_CORRUPT;
    size_t ssid = data[1];
    size_t password = data[2];
    if (ssid >= HOB_SSID_SIZE || password >= HOB_PASSWORD_SIZE ||
        len != HEAD + ssid + password + TAIL ||
        hob_crc32(data, len - TAIL) != hob_get32(data + len - TAIL))
        return HOB_ERR_CORRUPT;
    memcpy(out->ssid, data + HEAD, ssid);
    memcpy(out->password, data + HEAD + ssid, password);
    if (hob_wifi_check(out) == HOB_OK)
        return HOB_OK;
    memset(out, 0, sizeof *out);
    return HOB_ERR_CORRUPT;
}
