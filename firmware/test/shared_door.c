/*
 * What doors may do; see shared_door.h.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "shared_door.h"

#include <string.h>

#include "test.h"

#define HEARD_MS 3000u

void door_boot(struct door_watch *w)
{
    for (int d = 0; d < DOOR_COUNT; d++)
        w->doors[d].ordered = w->doors[d].pulses = w->doors[d].sounds = false;
    w->now = w->turned = w->ticked = 0;
    door_session(w);
}

void door_session(struct door_watch *w)
{
    for (int d = 0; d < DOOR_COUNT; d++) {
        w->doors[d].ordered = false;
        /* A pulse under way goes on, with an id that means nothing any more. */
        w->doors[d].last.id = 0;
    }
    memset(w->whole, 0, sizeof w->whole);
}

void door_turn(struct door_watch *w, uint64_t now, bool tick)
{
    if (w->ticks)
        w->ticked = w->now;
    w->turned = w->now;
    w->now = now;
    w->ticks = tick;
    for (int d = 0; d < DOOR_COUNT; d++)
        w->doors[d].may_cut = false;
}

void door_ordered(struct door_watch *w, int door, const struct door_order *order)
{
    struct door *d = &w->doors[door];
    d->ordered = true;
    d->doubtful = false;
    d->next = *order;
    d->next.came = w->now;
}

void door_spoil(struct door_watch *w, int door, bool cuts)
{
    w->doors[door].ordered = false;
    w->doors[door].may_cut = w->doors[door].may_cut || cuts;
}

void door_moves(struct door_watch *w, uint8_t pin)
{
    for (int n = 0; n < DOOR_COUNT; n++) {
        struct door *d = &w->doors[n];
        for (int k = 0; k < d->next.reeds; k++)
            d->doubtful = d->doubtful || d->reed[k] == pin;
    }
}

static bool reeds_as_ordered(const struct fake_board *f, const struct door *d)
{
    for (int k = 0; k < d->next.reeds; k++) {
        if (f->pins[d->reed[k]].outside != d->next.is[k])
            return false;
    }
    return true;
}

/* The relay goes on: there must be an order for it that is good at this moment. */
static void rise(struct door_watch *w, const struct fake_board *f, struct door *d)
{
    const struct door_order *o = &d->next;
    CHECK(!d->pulses);
    if (!test_check(__FILE__, __LINE__, "a pulse has an order of its own", d->ordered))
        return;
    CHECK(reeds_as_ordered(f, d));
    CHECK(o->came <= o->until);
    if (o->warn_ms == 0) {
        CHECK_INT(w->now, o->came);
        w->plain++;
    } else {
        CHECK(d->sounds);
        CHECK_INT(d->sounded, o->came);
        CHECK(w->now - o->came >= o->warn_ms);
        CHECK(w->ticks);
        CHECK(w->ticked < o->came + o->warn_ms);
        CHECK(w->now - w->heard <= HEARD_MS);
        w->announced++;
    }
    d->last = *o;
    d->rose = w->now;
    d->pulses = true;
    d->ordered = false;
}

/* It goes off: in the first turn at or after its time, or because of what came in this one. */
static void fall(struct door_watch *w, struct door *d)
{
    if (!d->pulses)
        return;
    uint64_t due = d->rose + d->last.ms;
    bool whole = w->now >= due && w->turned < due;
    CHECK(whole || (d->may_cut && w->now <= due));
    d->pulses = false;
    if (whole)
        w->whole[d->last.id % DOOR_IDS] = true;
    else
        w->cut++;
}

static void sound(struct door_watch *w, struct door *d)
{
    CHECK(!d->sounds);
    CHECK(d->ordered && d->next.warn_ms > 0);
    CHECK_INT(w->now, d->next.came);
    d->sounds = true;
    d->sounded = w->now;
    d->sounds_for = d->next.id;
    w->sounded++;
}

static void edge(struct door_watch *w, const struct fake_board *f, const struct fake_edge *e)
{
    for (int n = 0; n < DOOR_COUNT; n++) {
        struct door *d = &w->doors[n];
        bool off = e->act == FAKE_RELEASE;
        if (e->pin == d->relay && !off && e->value == d->relay_on)
            rise(w, f, d);
        else if (e->pin == d->relay)
            fall(w, d);
        else if (e->pin == d->horn && !off && e->value == d->horn_on)
            sound(w, d);
        else if (e->pin == d->horn)
            d->sounds = false;
    }
}

/* What must not be so when a turn is over. */
static void check_rest(const struct door_watch *w, struct door *d, bool sounded)
{
    const struct door_order *o = &d->next;
    bool own = d->ordered && o->warn_ms > 0 && d->sounds_for == o->id;
    if (d->pulses) {
        CHECK(w->now < d->rose + d->last.ms);
        CHECK_INT(d->sounds, d->last.warn_ms > 0);
        return;
    }
    /* A horn that sounds is still warning, of an order that nothing has spoiled. */
    CHECK(!d->sounds || (own && d->sounded == o->came));
    CHECK(!d->sounds || !w->ticks || w->now < o->came + o->warn_ms);
    /* And what nothing has spoiled was not given up. */
    if (sounded && own && !d->doubtful && !d->sounds)
        CHECK(w->now >= o->came + o->warn_ms && w->now - w->heard > HEARD_MS);
    if (!d->sounds && o->warn_ms > 0 && w->now > o->came)
        d->ordered = false;
}

void door_look(struct door_watch *w, struct fake_board *f)
{
    bool sounded[DOOR_COUNT];
    bool pulsed[DOOR_COUNT];
    for (int n = 0; n < DOOR_COUNT; n++) {
        sounded[n] = w->doors[n].sounds;
        pulsed[n] = w->doors[n].pulses;
    }
    for (int i = 0; i < f->edge_count; i++)
        edge(w, f, &f->edges[i]);
    CHECK(f->edge_count < FAKE_EDGES);
    f->edge_count = 0;
    for (int n = 0; n < DOOR_COUNT; n++)
        check_rest(w, &w->doors[n], sounded[n] && !pulsed[n]);
}
