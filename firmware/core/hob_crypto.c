/*
 * hob_crypto: helpers for handling secrets.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_crypto.h"

bool hob_crypto_complete(const struct hob_crypto *c)
{
    return c != NULL && c->random != NULL && c->x25519 != NULL && c->sha256_start != NULL &&
           c->sha256_update != NULL && c->sha256_finish != NULL && c->sha256_abort != NULL &&
           c->hmac_sha256 != NULL && c->seal != NULL && c->open != NULL && c->verify != NULL;
}

void hob_wipe(void *p, size_t len)
{
    /* Writes through a volatile pointer are side effects: none may be dropped. */
    volatile uint8_t *byte = p;
    while (len-- > 0)
        *byte++ = 0;
}

bool hob_all_zero(const uint8_t *p, size_t len)
{
    volatile uint8_t any = 0; /* volatile, so that no shortcut is compiled in */
    for (size_t i = 0; i < len; i++)
        any = (uint8_t)(any | p[i]);
    return any == 0;
}

bool hob_equal_secret(const uint8_t *a, const uint8_t *b, size_t len)
{
    volatile uint8_t differ = 0;
    for (size_t i = 0; i < len; i++)
        differ = (uint8_t)(differ | (a[i] ^ b[i]));
    return differ == 0;
}
