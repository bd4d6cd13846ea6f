/*
 * hob_binding: what buttons do to outputs of their own board, with no server.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_BINDING_H
#define HOB_BINDING_H

#include "hob_board.h"

/* Carries out the bindings of one gesture of the button with index i. */
void hob_binding_run(struct hob_board *b, uint8_t i, enum hob_gesture_event event);

#endif
