/*
 * hob_dispatch: takes each frame of the session to whoever acts on it, and ends
 * the session over one that breaks the rules.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_DISPATCH_H
#define HOB_DISPATCH_H

#include "hob_board.h"

/*
 * A frame of len bytes is in scratch.in.text. HOB_OK, or the connection was
 * closed: HOB_ERR_UNKNOWN, HOB_ERR_SYNTAX, ... for a bad frame, HOB_ERR_STATE
 * otherwise.
 */
int hob_dispatch(struct hob_board *b, int conn, size_t len);

#endif
