/*
 * One address for every name; see hob_dns.h. Offsets are those of RFC 1035,
 * section 4.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_dns.h"

#include <string.h>

#define HEAD 12u
#define RECORD 16u
#define TYPE_A 1u
#define TYPE_ANY 255u
#define CLASS_IN 1u
#define TTL 1u /* seconds: the phone is to forget it with the network */

static unsigned get16(const uint8_t *p)
{
    return (unsigned)p[0] << 8 | p[1];
}

/* Where the question's name ends, behind its empty label; 0 if it does not, or is compressed. */
static size_t name_end(const uint8_t *query, size_t len)
{
    size_t at = HEAD;
    while (at < len && query[at] != 0) {
        if (query[at] > 63)
            return 0;
        at += 1u + query[at];
    }
    return at < len ? at + 1 : 0;
}

/* A query with one question, and nothing but a question. */
static size_t question_end(const uint8_t *query, size_t len)
{
    if (len < HEAD || (query[2] & 0xF8u) != 0 || get16(query + 4) != 1)
        return 0;
    size_t end = name_end(query, len);
    return end > 0 && len - end >= 4 ? end + 4 : 0;
}

int hob_dns_answer(const uint8_t *query, size_t len, const uint8_t address[4],
                   uint8_t out[HOB_DNS_MAX])
{
    size_t end = question_end(query, len);
    if (end == 0)
        return HOB_ERR_SYNTAX;
    if (end + RECORD > HOB_DNS_MAX)
        return HOB_ERR_SPACE;
    unsigned type = get16(query + end - 4);
    bool known = (type == TYPE_A || type == TYPE_ANY) && get16(query + end - 2) == CLASS_IN;
    memset(out, 0, HEAD);
    memcpy(out, query, 2);
    out[2] = (uint8_t)(0x84u | (query[2] & 1u)); /* an answer, with authority */
    out[5] = 1;
    memcpy(out + HEAD, query + HEAD, end - HEAD);
    if (!known)
        return (int)end;
    /* The name is where the question has it. */
    const uint8_t record[RECORD] = {0xC0, HEAD, 0,   TYPE_A, 0, CLASS_IN, 0,          0, 0,
                                    TTL,  0,    4,   address[0], address[1], address[2], address[3]};
    out[7] = 1;
    memcpy(out + end, record, sizeof record);
    return (int)(end + sizeof record);
}
