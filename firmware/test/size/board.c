/*
 * What one board of 32 points keeps in RAM, for the size check: all of its
 * state, and the memory that is used only during calls.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#define HOB_MAX_POINTS 32
#define HOB_MAX_BINDINGS 32

#include "hob_board.h"

extern struct hob_board size_board;
extern struct hob_scratch size_scratch;
struct hob_board size_board;
struct hob_scratch size_scratch;
