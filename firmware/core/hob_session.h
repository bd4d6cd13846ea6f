/*
 * hob_session: connections, handshakes, and which of them is the session.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_SESSION_H
#define HOB_SESSION_H

#include "hob_board.h"

/* Whether there is a session in which hellos have been exchanged. */
bool hob_session_live(const struct hob_board *b);

/* The same, and it was opened by a real key: it is told what happens. */
bool hob_session_trusted(const struct hob_board *b);

/* Whether the session was heard in the last three seconds, so that its link is not broken. */
bool hob_session_heard(const struct hob_board *b);

/*
 * Seals the text of len bytes in scratch.in.text and sends it in the session. If
 * that fails the connection is closed. Result: HOB_OK, HOB_ERR_STATE if there is
 * no session (any more), or the error.
 */
int hob_session_send(struct hob_board *b, size_t len);

/*
 * Closes one connection, all of them, or all but one. Those that are free are
 * passed over.
 */
void hob_session_close(struct hob_board *b, int conn, enum hob_close code, const char *reason);
void hob_session_close_all(struct hob_board *b, enum hob_close code, const char *reason);
void hob_session_close_others(struct hob_board *b, int conn, enum hob_close code,
                              const char *reason);

/* Time limits of handshakes and silence. */
void hob_session_tick(struct hob_board *b);
uint64_t hob_session_due(const struct hob_board *b);

#endif
