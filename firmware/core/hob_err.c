/*
 * hob_err: names of results.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_err.h"

const char *hob_err_name(int result)
{
    if (result >= 0)
        return "ok";
    /* No default: the compiler then names a value that is missing here. */
    switch ((enum hob_err)result) {
    case HOB_OK: return "ok";
    case HOB_ERR_ARG: return "argument";
    case HOB_ERR_STATE: return "state";
    case HOB_ERR_SPACE: return "space";
    case HOB_ERR_CRYPTO: return "crypto";
    case HOB_ERR_STORAGE: return "storage";
    case HOB_ERR_CORRUPT: return "corrupt";
    case HOB_ERR_SYNTAX: return "syntax";
    case HOB_ERR_DEPTH: return "depth";
    case HOB_ERR_TOO_LONG: return "too_long";
    case HOB_ERR_MISSING: return "missing";
    case HOB_ERR_TYPE: return "type";
    case HOB_ERR_RANGE: return "range";
    case HOB_ERR_VALUE: return "value";
    case HOB_ERR_UNKNOWN: return "unknown";
    case HOB_ERR_CONFLICT: return "conflict";
    case HOB_ERR_KEY: return "key";
    case HOB_ERR_AUTH: return "auth";
    case HOB_ERR_EXHAUSTED: return "exhausted";
    case HOB_ERR_REFUSED: return "refused";
    case HOB_ERR_EXPIRED: return "expired";
    case HOB_ERR_DUPLICATE: return "duplicate";
    }
    return "internal";
}
