/*
 * shared_door: what may be seen at the pins of garage doors, worked out from what
 * was done to their board and nothing that the board says. Independent of the
 * core: it knows commands, edges and time, and counts pulses.
 *
 * Whoever tests tells it of everything before it is done to the board, and lets it
 * look at the pins' log afterwards; what breaks a promise of docs/wire.md is a
 * failed check.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#ifndef SHARED_DOOR_H
#define SHARED_DOOR_H

#include "fake_board.h"

#define DOOR_REEDS 2

/* A pulse as it was ordered. */
struct door_order {
    uint64_t came; /* when the board got it */
    uint64_t until;
    int id;
    uint32_t ms;
    uint32_t warn_ms; /* 0: no warning */
    int reeds;        /* conditions: the first so many of the door's reeds */
    bool is[DOOR_REEDS];
};

struct door {
    uint8_t relay;
    uint8_t horn;
    uint8_t reed[DOOR_REEDS];
    uint32_t relay_on; /* what the pin's log says when it is on */
    uint32_t horn_on;

    bool ordered;  /* next may still become a pulse */
    bool doubtful; /* a reed moved that nobody told of: both is right */
    struct door_order next;
    bool pulses; /* the relay is on since rose, for last */
    bool sounds; /* the horn is on since sounded, for the order with this id */
    int sounds_for;
    uint64_t rose;
    uint64_t sounded;
    struct door_order last;
    bool may_cut; /* the pulse may end in this turn before its time */
};

#define DOOR_COUNT 2
#define DOOR_IDS 128

struct door_watch {
    struct door doors[DOOR_COUNT];
    uint64_t now;
    uint64_t turned; /* the turn before this one */
    uint64_t ticked; /* the last tick before this turn */
    uint64_t heard;  /* the session, for the last time */
    bool ticks;      /* this turn is one */
    bool whole[DOOR_IDS]; /* by id, of this session: there was a pulse of full width */
    /* So that a campaign in which nothing happened can be told from a good one. */
    int announced;
    int plain;
    int sounded;
    int cut;
};

/* Power comes back: the pins are off, and what was ordered before is void. */
void door_boot(struct door_watch *w);

/* A new session is there, or none any more: orders of the old one are void. */
void door_session(struct door_watch *w);

/* The board is about to be called at this time; tick tells whether by hob_tick. */
void door_turn(struct door_watch *w, uint64_t now, bool tick);

/* It is about to get this order, in time and with an id above all others. */
void door_ordered(struct door_watch *w, int door, const struct door_order *order);

/* What is about to happen ends a warning; with cuts it may end a pulse as well. */
void door_spoil(struct door_watch *w, int door, bool cuts);

/* Nobody has told the board of it yet, but this input is about to move. */
void door_moves(struct door_watch *w, uint8_t pin);

/* The turn is over: looks at all that was done to the pins in it. */
void door_look(struct door_watch *w, struct fake_board *f);

#endif
