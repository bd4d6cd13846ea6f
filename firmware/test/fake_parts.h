/*
 * fake_parts: what the parts of fake_board have for each other. Each puts its
 * callbacks into the port.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef FAKE_PARTS_H
#define FAKE_PARTS_H

#include "fake_board.h"

void fake_pins_port(struct hob_port *port);
void fake_sensors_port(struct hob_port *port);
void fake_storage_port(struct hob_port *port);
void fake_link_port(struct hob_port *port);

/* The pin has this use from now on. A fault if it has one, unless it is the same and that may be. */
void fake_take(struct fake_board *f, uint8_t pin, enum fake_mode mode, bool again);

#endif
