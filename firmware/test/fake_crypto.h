/*
 * fake_crypto: a hob_crypto without cryptography, for tests where no PSA is
 * (RISC-V) or where speed matters (fuzzers). It behaves like the real thing as
 * far as a session can tell: both sides of a handshake agree, any changed byte
 * fails to open, equal inputs give equal outputs on every machine. It protects
 * nothing, and lives in firmware/test so that nothing else can link it.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef FAKE_CRYPTO_H
#define FAKE_CRYPTO_H

#include "hob_crypto.h"

/* Its state: a repeatable random source, and faults on request. */
struct fake_crypto {
    uint64_t seed;
    /*
     * The call, counted from 1 over all primitives that can fail, that fails;
     * 0 for none. calls counts them.
     */
    uint32_t fail_at;
    uint32_t calls;
    int open_hashes; /* SHA-256 started and neither finished nor aborted */
};

/* Sets up f from seed and gives the functions that use it. */
struct hob_crypto fake_crypto(struct fake_crypto *f, uint64_t seed);

/* What verify of such a crypto takes for a signature of data by the owner of key. */
void fake_sign(const uint8_t key[HOB_VERIFY_KEY_LEN], const uint8_t *data, size_t len,
               uint8_t out[HOB_SIGNATURE_LEN]);

#endif
