/*
 * hob_button: what holding a board's BOOT button means: 5 s open adoption (and
 * the access point of a board with Wi-Fi), 20 s bring back the factory's state.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef HOB_BUTTON_H
#define HOB_BUTTON_H

#include <stdbool.h>
#include <stdint.h>

#define HOB_BUTTON_HELD_MS 5000u
#define HOB_BUTTON_LONG_MS 20000u

/* All zero to begin with: a button that is down at boot has to be let go first. */
struct hob_button {
    uint64_t since;
    bool seen_up;
    bool down;
    bool told;      /* HOB_BUTTON_HELD of this press */
    bool told_long;
};

enum hob_button_event { HOB_BUTTON_NOTHING = 0, HOB_BUTTON_HELD, HOB_BUTTON_HELD_LONG };

/*
 * To be called every 100 ms or so with what the pin says; each event comes once a
 * press, while the button is still down.
 */
enum hob_button_event hob_button_tick(struct hob_button *b, bool pressed, uint64_t now_ms);

#endif
