/*
 * hob_warning: the output that is on before a relay pulses, so that people get
 * out of the way. It belongs to one request of hob_interlock, which says when.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_WARNING_H
#define HOB_WARNING_H

#include "hob_board.h"

/* Whether this request's warning is on: from its start to the end of the pulse. */
bool hob_warning_is_on(const struct hob_request *w);

/* Whether output i is on as the warning of some request. */
bool hob_warning_at(const struct hob_board *b, uint8_t i);

/* Whether what request is to warn of output i with could go on in this moment. */
bool hob_warning_possible(const struct hob_board *b, uint8_t i, const struct hob_request *request);

/* Brings the warning of a request to its full level at once; it lasts warn_ms from now. */
void hob_warning_start(struct hob_board *b, struct hob_request *w);

/* Puts the warning out at once, unless something else has. */
void hob_warning_stop(struct hob_board *b, struct hob_request *w);

#endif
