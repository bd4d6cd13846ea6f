/*
 * hob_err: the results every function of the core shares.
 *
 * A function that can fail returns an int: 0 or a count, length or index when
 * it worked, one of these negative values when it did not. Nothing else of the
 * outcome is kept anywhere; there is no errno.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_ERR_H
#define HOB_ERR_H

enum hob_err {
    HOB_OK = 0,

    /* Faults of the caller or of this board. */
    HOB_ERR_ARG = -1,       /* an argument breaks the function's contract */
    HOB_ERR_STATE = -2,     /* not allowed in the present state */
    HOB_ERR_SPACE = -3,     /* a buffer, array or table of ours is too small */
    HOB_ERR_CRYPTO = -4,    /* a cryptographic primitive failed */
    HOB_ERR_STORAGE = -5,   /* reading or writing settings failed */
    HOB_ERR_CORRUPT = -6,   /* stored data fails its own check */

    /* Faults of what was received. */
    HOB_ERR_SYNTAX = -10,   /* not JSON, or not UTF-8 */
    HOB_ERR_DEPTH = -11,    /* nested deeper than HOB_JSON_MAX_DEPTH */
    HOB_ERR_TOO_LONG = -12, /* longer than the limit */
    HOB_ERR_MISSING = -13,  /* a required member, or a further element, is absent */
    HOB_ERR_TYPE = -14,     /* a JSON value of another type */
    HOB_ERR_RANGE = -15,    /* a number outside its range */
    HOB_ERR_VALUE = -16,    /* right type, but not one of the allowed values */
    HOB_ERR_UNKNOWN = -17,  /* names a frame, point, pin or action that is not there */
    HOB_ERR_CONFLICT = -18, /* contradicts something else that was declared */

    /* The link. */
    HOB_ERR_KEY = -20,       /* a key of wrong length, all zero, or a useless DH result */
    HOB_ERR_AUTH = -21,      /* wrong key, wrong identity, or bytes that were changed */
    HOB_ERR_EXHAUSTED = -22, /* no nonce left: a new session is needed */

    /* Outcomes of a command. */
    HOB_ERR_REFUSED = -30,   /* a precondition, interlock or limit says no */
    HOB_ERR_EXPIRED = -31,   /* its deadline has passed */
    HOB_ERR_DUPLICATE = -32  /* its id was seen before */
};

/*
 * Name of a result in lower case, as frames carry it ("syntax", "too_long");
 * "ok" for 0 and every positive value, "internal" for a value not listed above.
 * The string is static.
 */
const char *hob_err_name(int result);

#endif
