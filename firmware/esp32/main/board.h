/*
 * board: the part of board.c that port.c puts into struct hob_port, and edges.c,
 * which is of the board's task too.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef BOARD_H
#define BOARD_H

#include "hob.h"

int board_send(void *ctx, int conn, const uint8_t *data, size_t len);
void board_close(void *ctx, int conn, enum hob_close code, const char *reason);
void board_restart(void *ctx);
void board_adoption_changed(void *ctx);
void board_log(void *ctx, enum hob_log what, int32_t detail);

/* The longest turn since the last call, in µs. */
uint32_t board_longest_turn_us(void);

/* On the board task: hob_factory_reset, and the network is forgotten too. */
void board_factory_reset(struct hob_board *board, uint64_t now_ms, int *result);

/* Before anything is an input: edges are for the task that calls this. */
void edges_start(void);
/*
 * Tells the core every edge that has been seen. False if a pin is so noisy that they
 * came as fast as that; then the core is told what the pins are now.
 */
bool edges_take(struct hob_board *board);

#endif
