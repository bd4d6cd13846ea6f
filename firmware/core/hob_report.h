/*
 * hob_report: writes the frames that a board sends. Each is written into
 * scratch.in, sealed into scratch.out and sent; without a session, nothing is.
 * A frame that cannot be sent ends the session, so nothing is returned.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_REPORT_H
#define HOB_REPORT_H

#include "hob_board.h"
#include "hob_fault.h"

/*
 * The board's hello, with as many points as fit; hob_report_changes sends the
 * others. An adoption session gets to see no points.
 */
void hob_report_hello(struct hob_board *b);

/* Points that the session has not been told of, newest value only. */
void hob_report_changes(struct hob_board *b);

/* Tells every point, in one state frame at least. */
void hob_report_everything(struct hob_board *b);

/* A frame without members of its own: adopted, rotated, forgotten. */
void hob_report_plain(struct hob_board *b, const char *type);
void hob_report_pong(struct hob_board *b, uint64_t n);
void hob_report_event(struct hob_board *b, uint8_t i, enum hob_gesture_event event);
void hob_report_configured(struct hob_board *b, const char *rev);
void hob_report_config_error(struct hob_board *b, const char *rev, const struct hob_fault *fault);
void hob_report_stats(struct hob_board *b);

/* How far an update is, in one of the words of docs/wire.md; why it does not go on. */
void hob_report_update(struct hob_board *b, const char *stage);
void hob_report_update_failed(struct hob_board *b, const char *code, const char *message);

/* The end of a command. reason and message are NULL unless it was refused. */
void hob_report_result(struct hob_board *b, uint64_t id, const char *code, const char *reason,
                       const char *message);

#endif
