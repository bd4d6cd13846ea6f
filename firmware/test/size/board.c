/*
 * What one board keeps in RAM: its instance, and the scratch memory that all
 * boards of a process share. `make size` builds this for 32 points and as many
 * bindings.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_board.h"

extern struct hob_board size_of_board;
extern struct hob_scratch size_of_scratch;

struct hob_board size_of_board;
struct hob_scratch size_of_scratch;
