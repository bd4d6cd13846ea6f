/*
 * hob_drive: what an output shows, put on its pin.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_DRIVE_H
#define HOB_DRIVE_H

#include "hob_board.h"

/* Takes the pin so that it shows out.shown from the first instant on. */
void hob_drive_open(struct hob_board *b, struct hob_point *p);

/* Puts out.shown on the pin; writes only if that makes a difference. */
void hob_drive_show(struct hob_board *b, struct hob_point *p);

/* Makes the first count pixels of a strip black. */
void hob_drive_darken(struct hob_board *b, struct hob_point *p, uint16_t count);

#endif
