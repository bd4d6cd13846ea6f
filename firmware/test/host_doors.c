/*
 * Two garage doors get random sequences of commands, cancels, reed changes, late
 * turns, reboots, configurations and broken links; commands come delayed, twice
 * and in another order. shared_door knows what may be seen at the pins.
 *
 * A few hundred sequences here, 12,000 under HOB_CAMPAIGN=1.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared_door.h"
#include "test.h"

#define STEPS 60
#define WAY 16 /* frames that are under way */

enum { BUTTON = 36, LAMP = 19 };

/* What the board is told to be; parts of it change on the way. */
struct house {
    bool relay_inverted;
    bool horn_inverted;
    bool horn_pwm;
    int debounce;
    bool off_after; /* of the first door's relay */
    bool lamp_limit;
    bool second; /* door */
    int revision;
};

struct frame {
    uint64_t at;   /* comes then, or when the link is back */
    int session;   /* for which it was sealed */
    int id;        /* of a command */
    int cancels;   /* id of another one */
    int door;
    struct door_order order; /* a pulse, if ms is not 0 */
    bool off;                /* for the door */
    char text[320];
};

static struct fake_board f;
static struct door_watch watch;
static struct house house;
static uint32_t seed;

static int conn;
static bool alive;         /* there is a session, as the server sees it */
static int session;        /* counts them */
static uint64_t silent;    /* the link says nothing until then */
static uint64_t pinged;
static int next_id;
static int last_id;        /* that the board got */
static struct frame way[WAY];
static bool sent[DOOR_IDS];     /* the board got the command with this id */
static bool answered[DOOR_IDS];
static bool pulse[DOOR_IDS];
static uint8_t sealed[HOB_MAX_MESSAGE]; /* a pulse, as it went over the air */
static size_t sealed_len;

static uint32_t below(uint32_t n)
{
    return test_random(&seed) % n;
}

static bool chance(uint32_t percent)
{
    return below(100) < percent;
}

/* ---- the board's turns ---- */

static void read_result(const char *text)
{
    const char *id_text = strstr(text, "\"id\":");
    if (strstr(text, "\"t\":\"result\"") == NULL || strstr(text, "duplicate") != NULL ||
        id_text == NULL)
        return;
    int id = atoi(id_text + 5);
    CHECK(id > 0 && id < DOOR_IDS && sent[id]);
    CHECK(!answered[id]);
    answered[id] = true;
    if (pulse[id])
        CHECK_INT(strstr(text, "\"done\"") != NULL, watch.whole[id]);
}

/* Looks at what the board has done in its turn. */
static void look(void)
{
    if (alive && !f.peers[conn].open) {
        alive = false;
        door_session(&watch);
    }
    door_look(&watch, &f);
    while (f.frame_count > 0) {
        bool mine = f.frames[f.frame_first].conn == conn && alive;
        const char *text = fake_hear(&f);
        if (mine)
            read_result(text);
    }
    CHECK_INT(f.faults, 0);
}

static void tick(void)
{
    door_turn(&watch, f.now, true);
    (void)hob_tick(&f.board, f.now);
    look();
}

/* A turn that is no tick. */
static void turn(void)
{
    door_turn(&watch, f.now, false);
}

static void send(const char *text)
{
    watch.heard = f.now;
    (void)fake_say_bytes(&f, conn, text, strlen(text));
    look();
}

/* ---- the link ---- */

static void lose_session(void)
{
    alive = false;
    door_session(&watch);
}

static void open_session(void)
{
    turn();
    lose_session();
    int c = fake_session(&f, fake_key);
    if (c >= 0) {
        conn = c;
        alive = true;
        session++;
        silent = 0;
        next_id = last_id = 0;
        pinged = watch.heard = f.now;
        memset(sent, 0, sizeof sent);
        memset(answered, 0, sizeof answered);
        f.frame_count = 0;
    }
    look();
}

static void tell_watch(const struct frame *p)
{
    for (int d = 0; d < DOOR_COUNT; d++) {
        if (p->cancels > 0 && watch.doors[d].ordered && watch.doors[d].next.id == p->cancels)
            door_spoil(&watch, d, false);
    }
    if (p->id <= last_id)
        return;
    last_id = p->id;
    sent[p->id] = true;
    pulse[p->id] = p->order.ms > 0;
    if (f.now > p->order.until)
        return;
    if (p->order.ms > 0)
        door_ordered(&watch, p->door, &p->order);
    else if (p->off)
        door_spoil(&watch, p->door, true);
}

/* Sealed by hand, to be kept for whoever has overheard it. */
static void deliver(const struct frame *p)
{
    turn();
    tell_watch(p);
    watch.heard = f.now;
    int r = hob_noise_seal(&f.peers[conn].noise, (const uint8_t *)p->text, strlen(p->text), sealed,
                           sizeof sealed);
    sealed_len = r > 0 ? (size_t)r : 0;
    (void)hob_conn_message(&f.board, conn, sealed, sealed_len, f.now);
    look();
}

/* What has arrived by now, and the server's pings. */
static void receive(void)
{
    for (int n = 0; n < WAY; n++) {
        struct frame p = way[n];
        if (p.at == 0 || p.at > f.now || (alive && f.now < silent))
            continue;
        way[n].at = 0;
        if (alive && p.session == session)
            deliver(&p);
    }
    if (alive && f.now >= silent && f.now >= pinged + 1000) {
        pinged = f.now;
        turn();
        send("{\"t\":\"ping\",\"n\":1}");
    }
}

/* Lets time pass in the steps that the board and the link ask for. */
static void pass(uint64_t ms)
{
    uint64_t end = f.now + ms;
    for (;;) {
        receive();
        uint32_t step = hob_next_tick(&f.board, f.now);
        if (step == 0) {
            tick();
            continue;
        }
        if (f.now >= end)
            return;
        uint64_t left = end - f.now;
        f.now += step < left ? (step < 100 ? step : 100) : (left < 100 ? left : 100);
        if (hob_next_tick(&f.board, f.now) == 0 && chance(50))
            tick();
    }
}

/* ---- what the server asks for ---- */

static void put_on_way(const struct frame *p, uint64_t at)
{
    for (int n = 0; n < WAY; n++) {
        if (way[n].at == 0) {
            way[n] = *p;
            way[n].at = at > 0 ? at : 1;
            return;
        }
    }
}

/* Most come at once, some late, some more than once. */
static void dispatch(const struct frame *p)
{
    do
        put_on_way(p, f.now + (chance(70) ? below(20) : below(4000)));
    while (chance(20));
}

static void pulse_text(struct frame *p, uint32_t gap)
{
    const struct door_order *o = &p->order;
    char pre[160] = "";
    char warn[48] = "";
    int len = 0;
    for (int k = 0; k < o->reeds; k++)
        len += snprintf(pre + len, sizeof pre - (size_t)len,
                        "%s{\"point\":\"r%d%d\",\"is\":%s,\"age\":%d}", k > 0 ? "," : "", p->door, k,
                        o->is[k] ? "true" : "false", (int)below(60000));
    if (o->warn_ms > 0)
        (void)snprintf(warn, sizeof warn, "\"warn\":\"h%d\",\"warn_ms\":%d,", p->door,
                       (int)o->warn_ms);
    (void)snprintf(p->text, sizeof p->text,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"d%d\",\"do\":\"pulse\",\"ms\":%d,"
                   "\"gap\":%d,%s\"pre\":[%s],\"until\":%lu}",
                   p->id, p->door, (int)o->ms, (int)gap, warn, pre, (unsigned long)o->until);
}

static void ask_pulse(void)
{
    struct frame p = {.session = session, .id = ++next_id, .door = (int)below(DOOR_COUNT)};
    struct door_order *o = &p.order;
    o->id = p.id;
    o->until = f.now + 200 + below(4000);
    o->ms = 1 + below(chance(50) ? 20 : 3000);
    o->warn_ms = chance(75) ? 1000 + below(6000) : 0;
    o->reeds = (int)below(DOOR_REEDS + 1);
    for (int k = 0; k < o->reeds; k++)
        o->is[k] = chance(95) == f.pins[watch.doors[p.door].reed[k]].outside;
    pulse_text(&p, chance(80) ? 0 : below(3000));
    dispatch(&p);
}

/* Off for a door, a horn (which is busy with it) or the lamp. */
static void ask_off(void)
{
    static const char *const points[] = {"d", "h", "lamp"};
    uint32_t which = below(3);
    struct frame p = {.session = session, .id = ++next_id, .door = (int)below(DOOR_COUNT)};
    char door[2] = {(char)('0' + p.door), '\0'};
    p.off = which == 0;
    p.order.until = f.now + 200 + below(4000);
    (void)snprintf(p.text, sizeof p.text,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"%s%s\",\"do\":\"off\",\"until\":%lu}",
                   p.id, points[which], which < 2 ? door : "", (unsigned long)p.order.until);
    dispatch(&p);
}

static void ask_cancel(void)
{
    struct frame p = {.session = session, .cancels = 1 + (int)below((uint32_t)next_id + 1)};
    (void)snprintf(p.text, sizeof p.text, "{\"t\":\"cancel\",\"id\":%d}", p.cancels);
    dispatch(&p);
}

/* ---- the house, and what happens to it ---- */

static bool inverted_text(char *out, size_t cap, bool inverted)
{
    return snprintf(out, cap, "%s", inverted ? ",\"inverted\":true" : "") >= 0;
}

static void put_door(char *out, size_t cap, int n)
{
    const struct door *d = &watch.doors[n];
    char relay[24];
    char horn[24];
    size_t len = strlen(out);
    (void)inverted_text(relay, sizeof relay, house.relay_inverted);
    (void)inverted_text(horn, sizeof horn, house.horn_inverted);
    len += (size_t)snprintf(
        out + len, cap - len,
        "{\"kind\":\"relay\",\"point\":\"d%d\",\"pin\":%d%s%s,\"boot\":\"restore\"}\n"
        "{\"kind\":\"%s\",\"point\":\"h%d\",\"pin\":%d%s,\"boot\":\"restore\"}\n",
        n, d->relay, relay, n == 0 && house.off_after ? ",\"off_after\":90000" : "",
        n == 1 && house.horn_pwm ? "pwm" : "relay", n, d->horn, horn);
    for (int k = 0; k < DOOR_REEDS; k++)
        len += (size_t)snprintf(out + len, cap - len,
                                "{\"kind\":\"input\",\"point\":\"r%d%d\",\"pin\":%d,\"role\":"
                                "\"contact\",\"debounce\":%d}\n",
                                n, k, d->reed[k], n == 0 ? house.debounce : 20);
}

static void configure(void)
{
    static char items[2400];
    char rev[12];
    items[0] = '\0';
    put_door(items, sizeof items, 0);
    if (house.second)
        put_door(items, sizeof items, 1);
    size_t len = strlen(items);
    (void)snprintf(items + len, sizeof items - len,
                   "{\"kind\":\"relay\",\"point\":\"lamp\",\"pin\":%d%s}\n"
                   "{\"kind\":\"input\",\"point\":\"b\",\"pin\":%d,\"role\":\"button\",\"debounce\":0}\n"
                   "{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\",\"target\":\"d0\",\"do\":"
                   "\"off\"}\n",
                   LAMP, house.lamp_limit ? ",\"max_on\":1000" : "", BUTTON);
    (void)snprintf(rev, sizeof rev, "%d", ++house.revision);
    watch.heard = f.now;
    CHECK(fake_configure(&f, conn, rev, items));
    look();
}

/* The same house, or one that differs in something. */
static void reload(void)
{
    uint32_t what = below(5);
    if (!alive || f.now < silent)
        return;
    turn();
    if (what == 1) {
        house.off_after = !house.off_after;
        door_spoil(&watch, 0, false);
    } else if (what == 2) {
        house.debounce = (house.debounce + 7) % 60;
        if (watch.doors[0].next.reeds > 0)
            door_spoil(&watch, 0, false);
    } else if (what == 3) {
        house.lamp_limit = !house.lamp_limit;
    } else if (what == 4) {
        house.second = !house.second;
        door_spoil(&watch, 1, true);
    }
    configure();
}

static void spoil_by_reed(uint8_t pin)
{
    for (int n = 0; n < DOOR_COUNT; n++) {
        for (int k = 0; k < watch.doors[n].next.reeds; k++) {
            if (watch.doors[n].reed[k] == pin)
                door_spoil(&watch, n, false);
        }
    }
}

static uint8_t any_reed(void)
{
    return watch.doors[below(DOOR_COUNT)].reed[below(DOOR_REEDS)];
}

static void move_reed(void)
{
    uint8_t pin = any_reed();
    uint32_t edges = 1 + below(4);
    for (uint32_t n = 0; n < edges; n++) {
        turn();
        spoil_by_reed(pin);
        f.pins[pin].outside = !f.pins[pin].outside;
        hob_input_changed(&f.board, pin, f.now);
        look();
        if (chance(30))
            pass(below(10));
    }
}

/* The board is too busy to look; what happened meanwhile it hears of late, or never. */
static void stall(void)
{
    uint8_t pin = any_reed();
    uint64_t begun = f.now;
    bool told = chance(60);
    uint32_t edges = below(4);
    f.now += 1 + below(chance(80) ? 500 : 5000);
    for (uint32_t n = 0; n < edges; n++) {
        bool level = !f.pins[pin].outside;
        door_moves(&watch, pin);
        f.pins[pin].outside = level;
        if (!told)
            continue;
        turn();
        spoil_by_reed(pin);
        hob_input_edge_at(&f.board, pin, level, begun + n + 1 <= f.now ? begun + n + 1 : f.now, f.now);
        look();
    }
    if (chance(50))
        receive();
    tick();
}

static void press(void)
{
    for (int n = 0; n < 2; n++) {
        turn();
        if (n == 0)
            door_spoil(&watch, 0, true);
        f.pins[BUTTON].outside = n == 0;
        hob_input_changed(&f.board, BUTTON, f.now);
        look();
        pass(1 + below(50));
    }
}

static void boot(void)
{
    door_boot(&watch);
    alive = false;
    memset(way, 0, sizeof way);
    CHECK_INT(fake_boot(&f), HOB_OK);
    silent = 0;
    look();
    pass(below(2000));
    open_session();
}

/* The power goes, the board restarts because somebody wants it to, or the server does. */
static void reboot(void)
{
    uint32_t how = below(3);
    if (how > 0) {
        turn();
        for (int d = 0; d < DOOR_COUNT; d++)
            door_spoil(&watch, d, true);
        if (how == 1 && alive && f.now >= silent)
            send("{\"t\":\"restart\"}");
        else
            hob_shutdown(&f.board, f.now);
        look();
    }
    boot();
}

static void break_link(void)
{
    uint32_t how = below(5);
    turn();
    if (how == 0) {
        (void)fake_dial(&f, fake_key); /* and says nothing more */
        look();
    } else if (how == 1 && alive && sealed_len > 0) {
        lose_session();
        (void)hob_conn_message(&f.board, conn, sealed, sealed_len, f.now);
        look();
    } else if (how == 2 && alive) {
        silent = f.now + below(20000);
    } else if (how == 3 && alive) {
        lose_session();
        hob_conn_closed(&f.board, conn, f.now);
        f.peers[conn].open = false;
        look();
        pass(below(1000));
    }
    if (!alive || how == 4)
        open_session();
    /* What was overheard before is of no use in the session after. */
    if (alive && how == 4 && sealed_len > 0 && chance(30)) {
        turn();
        lose_session();
        (void)hob_conn_message(&f.board, conn, sealed, sealed_len, f.now);
        look();
    }
}

static void step(void)
{
    uint32_t what = below(100);
    if (!alive)
        open_session();
    if (what < 45 && next_id < DOOR_IDS - 2)
        ask_pulse();
    else if (what < 52 && next_id < DOOR_IDS - 2)
        ask_off();
    else if (what < 58)
        ask_cancel();
    else if (what < 70)
        move_reed();
    else if (what < 82)
        stall();
    else if (what < 87)
        reload();
    else if (what < 90)
        press();
    else if (what < 93)
        reboot();
    else if (what < 96)
        break_link();
    pass(chance(40) ? below(100) : chance(60) ? below(2500) : below(9000));
}

static void begin(uint32_t number)
{
    static const uint8_t pins[DOOR_COUNT][4] = {{25, 27, 32, 33}, {26, 18, 34, 35}};
    struct door_watch counts = watch;
    seed = number * 2654435761u | 1u;
    memset(&watch, 0, sizeof watch);
    watch.announced = counts.announced;
    watch.plain = counts.plain;
    watch.sounded = counts.sounded;
    watch.cut = counts.cut;
    memset(way, 0, sizeof way);
    house = (struct house){.relay_inverted = chance(30), .horn_inverted = chance(30),
                           .horn_pwm = chance(50), .debounce = (int)below(60), .second = true};
    for (int n = 0; n < DOOR_COUNT; n++) {
        struct door *d = &watch.doors[n];
        bool pwm = n == 1 && house.horn_pwm;
        d->relay = pins[n][0];
        d->horn = pins[n][1];
        memcpy(d->reed, pins[n] + 2, sizeof d->reed);
        d->relay_on = !house.relay_inverted;
        d->horn_on = pwm ? (house.horn_inverted ? 0 : 65535) : !house.horn_inverted;
    }
    fake_make(&f, number + 1);
    f.options.input_poll_ms = chance(20) ? 40 : 0;
    sealed_len = 0;
    session = 0;
    (void)fake_boot(&f);
    (void)hob_set_key(&f.board, fake_key, f.now);
    open_session();
    turn();
    configure();
    pass(100);
}

/* When all is quiet nothing is on, and everybody has an answer. */
static void end(void)
{
    silent = 0;
    if (!alive)
        open_session();
    pass(20000);
    for (int n = 0; n < DOOR_COUNT; n++)
        CHECK(!watch.doors[n].pulses && !watch.doors[n].sounds);
    for (int id = 1; id < DOOR_IDS; id++)
        CHECK(!sent[id] || answered[id]);
}

TEST(no_sequence_of_events_moves_a_door_that_should_not_move)
{
    uint32_t sequences = getenv("HOB_CAMPAIGN") != NULL ? 12000 : 300;
    for (uint32_t n = 1; n <= sequences; n++) {
        test_row("sequence %u", (unsigned)n);
        begin(n);
        for (int k = 0; k < STEPS; k++)
            step();
        end();
    }
    /* It was no use if nothing ever moved. */
    CHECK(watch.announced > (int)sequences);
    CHECK(watch.plain > (int)sequences);
    CHECK(watch.sounded > watch.announced + 3 * (int)sequences);
    CHECK(watch.cut > (int)sequences / 10);
    printf("doors: %u sequences, %d warnings, %d pulses after one, %d without, %d cut short\n",
           (unsigned)sequences, watch.sounded, watch.announced, watch.plain, watch.cut);
}

int main(void)
{
    RUN(no_sequence_of_events_moves_a_door_that_should_not_move);
    return test_end("doors");
}
