/*
 * hob_store: records that survive a power cut whole, two slots for each kind.
 *
 * A record in a buffer is HOB_RECORD_HEAD bytes of head, the content, and
 * HOB_RECORD_TAIL bytes of CRC-32 (ISO-HDLC) over both:
 *
 *     0  4  "HOB1"
 *     4  1  kind (enum hob_record)
 *     5  3  zero
 *     8  4  sequence number, little-endian
 *    12  4  length of the content, little-endian
 *
 * Of two good slots the one with the higher sequence number counts.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_STORE_H
#define HOB_STORE_H

#include "hob_board.h"

#define HOB_RECORD_HEAD 16u
#define HOB_RECORD_TAIL 4u

/*
 * Reads the newest good record of a kind into buf. Result: the length of its
 * content, which starts at buf + HOB_RECORD_HEAD; HOB_ERR_MISSING if nothing was
 * ever stored (a first write that was cut short included); HOB_ERR_CORRUPT if
 * something was and none is good; HOB_ERR_STORAGE if the port cannot read.
 */
int hob_store_load(struct hob_board *b, enum hob_record kind, uint8_t *buf, size_t cap);

/*
 * Reads the slot that is not the newest into buf, after hob_store_load. Result:
 * as there; HOB_ERR_MISSING if it is empty.
 */
int hob_store_load_older(struct hob_board *b, enum hob_record kind, uint8_t *buf, size_t cap);

/*
 * Stores the len bytes at buf + HOB_RECORD_HEAD as the newest record; buf needs
 * room for head and tail, which are filled in. HOB_ERR_STORAGE: the record
 * before is still the newest.
 */
int hob_store_save(struct hob_board *b, enum hob_record kind, uint8_t *buf, size_t cap,
                   size_t len);

/* Empties both slots. HOB_ERR_STORAGE. */
int hob_store_erase(struct hob_board *b, enum hob_record kind);

uint32_t hob_crc32(const uint8_t *data, size_t len);

/* Little-endian numbers in records. */
void hob_put32(uint8_t *p, uint32_t v);
uint32_t hob_get32(const uint8_t *p);
void hob_put16(uint8_t *p, uint32_t v);
uint32_t hob_get16(const uint8_t *p);

#endif
