/*
 * A year of a heated room in fast time: weather, sun, a radiator with inertia, a
 * server that is there for a minute a day and now and then not for days, power
 * cuts, and a sensor that fails. The room stays as warm as it should, and the
 * relay is not worn out.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;

/* An emulated processor takes its time: there, from November to Christmas. */
#ifdef __riscv
#define FIRST_DAY 305
#define DAYS 50
#else
#define FIRST_DAY 0
#define DAYS 365
#endif

#define MINUTE 60000u
#define MIN_ON 180000u
#define MIN_OFF 240000u

static const char items[] =
    "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"
    "{\"kind\":\"sensor\",\"point\":\"t\",\"type\":\"ds18b20\",\"pin\":4,\"every\":60000}\n"
    "{\"kind\":\"thermostat\",\"relay\":\"r\",\"sensor\":\"t\",\"low\":5000,\"high\":25000,"
    "\"hysteresis\":500,\"min_on\":180000,\"min_off\":240000,\"lost\":600000,\"frost\":6000,"
    "\"fallback\":17000}\n";

/* The room: 3 kW into 2 MJ/K behind 100 W/K, the radiator's heat comes in 12 minutes. */
static struct {
    double inside;
    double outside;
    double radiator; /* W */
} room;

static const double day_length = 86400.0;

/* A wave with period 1: an odd parabola, near enough to a sine, and libm is not needed. */
static double wave(double x)
{
    x -= (double)(int64_t)x;
    return x < 0.5 ? 16 * x * (0.5 - x) : -16 * (x - 0.5) * (1 - x);
}

static void weather(uint64_t minute)
{
    double t = (double)minute * 60 / day_length;
    /* Coldest at the end of January, and at six in the morning. */
    room.outside = 9 - 11 * wave((t + 61) / 365) + 4 * wave(t - 0.5) + 2 * wave(t / 4.3);
}

static void pass_minute(uint64_t minute, bool on)
{
    double t = (double)minute * 60 / day_length;
    double sun = wave(t - 0.25) * 500;
    room.radiator += ((on ? 3000 : 0) - room.radiator) * 60 / 720;
    double watts = room.radiator + (sun > 0 ? sun : 0) - 100 * (room.inside - room.outside);
    room.inside += watts * 60 / 2e6;
    weather(minute);
}

static double target(uint64_t minute)
{
    uint64_t of_day = minute % 1440;
    return of_day >= 360 && of_day < 1320 ? 21 : 16;
}

/* The day's plan, and two hours of the next, told in a minute's session. */
static void server(uint64_t minute)
{
    int conn = fake_session(&f, fake_key);
    uint64_t at = f.now;
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"plan\",\"plan\":\"%x\",\"end\":%llu,"
                             "\"segments\":[[%llu,16000],[%llu,21000],[%llu,16000]],\"until\":%llu}",
                   (unsigned)(minute / 1440), (unsigned long long)at + 26 * 60 * MINUTE,
                   (unsigned long long)at, (unsigned long long)at + 6 * 60 * MINUTE,
                   (unsigned long long)at + 22 * 60 * MINUTE, (unsigned long long)at);
    hob_conn_closed(&f.board, conn, f.now);
    f.peers[conn].open = false;
    fake_clear(&f);
}

/* What a day's edges say: their number, and the least times between them. */
struct relay {
    bool on;
    uint64_t since;
    int switched;
    int too_short;
};

static void note_edges(struct relay *r)
{
    for (int i = 0; i < f.edge_count; i++) {
        const struct fake_edge *e = &f.edges[i];
        if (e->pin != 16 || e->act != FAKE_WRITE || (e->value != 0) == r->on)
            continue;
        r->too_short += e->at - r->since < (r->on ? MIN_ON : MIN_OFF);
        r->on = e->value != 0;
        r->since = e->at;
        r->switched++;
    }
    f.edge_count = 0;
}

static void sense(void)
{
    double sixteenths = room.inside * 16;
    fake_ds18b20(&f, 4, (int)(sixteenths + (sixteenths < 0 ? -0.5 : 0.5)));
}

/* A row of days like any others. */
static bool begin(void)
{
    fake_make(&f, 37);
    f.sensors[4].wait = 750;
    room.inside = 19;
    room.radiator = 0;
    weather(FIRST_DAY * 1440u);
    sense();
    (void)fake_boot(&f);
    int conn = fake_adopted(&f);
    bool ok = conn >= 0 && fake_configure(&f, conn, "1", items);
    hob_conn_closed(&f.board, conn, f.now);
    f.peers[conn].open = false;
    fake_clear(&f);
    return ok;
}

TEST(a_room_is_as_warm_as_it_should_be_all_year_and_the_relay_is_spared)
{
    REQUIRE(begin());
    struct relay relay = {0};
    double coldest = 100;
    double warmest = -100;
    double behind = 0; /* of the target, at worst, after it had two hours for it */
    int switched = 0;
    int most = 0;
    for (uint64_t minute = FIRST_DAY * 1440u; minute < (FIRST_DAY + DAYS) * 1440u; minute++) {
        if (minute % 1440 == 0) {
            test_row("day %d", (int)(minute / 1440));
            server(minute);
            CHECK(f.faults == 0);
            most = relay.switched > most ? relay.switched : most;
            switched += relay.switched;
            relay.switched = 0;
        }
        sense();
        fake_run(&f, MINUTE);
        pass_minute(minute, fake_level(&f, 16));
        note_edges(&relay);
        if (minute < FIRST_DAY * 1440u + 1440)
            continue;
        coldest = room.inside < coldest ? room.inside : coldest;
        if (room.outside < 12)
            warmest = room.inside > warmest ? room.inside : warmest;
        uint64_t of_day = minute % 1440;
        bool settled = of_day >= 600 && of_day < 1320;
        if (settled && target(minute) - room.inside > behind)
            behind = target(minute) - room.inside;
    }
    test_row("coldest %d, warmest %d, behind %d mK; switched %d, at most %d a day", (int)(coldest * 1000),
             (int)(warmest * 1000), (int)(behind * 1000), switched, most);
    CHECK_INT(relay.too_short, 0);
    CHECK(coldest > 15.2);
    CHECK(warmest < 23);
    CHECK(behind < 1);
    /* A relay lives for a hundred thousand times: ten winters and more. */
    CHECK(switched > 2 * DAYS && switched < 40 * DAYS);
    CHECK(most <= 60);
}

TEST(without_a_server_for_a_winter_it_holds_its_fallback_through_power_cuts)
{
    REQUIRE(begin());
    struct relay relay = {0};
    double coldest = 100;
    double warmest = -100;
    server(0);
    for (uint64_t minute = 335 * 1440u; minute < 345 * 1440u; minute++) {
        if (minute % 997 == 0)
            (void)fake_boot(&f);
        sense();
        fake_run(&f, MINUTE);
        pass_minute(minute, fake_level(&f, 16));
        note_edges(&relay);
        if (minute < 337 * 1440u)
            continue;
        coldest = room.inside < coldest ? room.inside : coldest;
        warmest = room.inside > warmest ? room.inside : warmest;
    }
    test_row("coldest %d, warmest %d", (int)(coldest * 1000), (int)(warmest * 1000));
    CHECK(coldest > 16);
    CHECK(warmest < 18.5);
}

TEST(a_sensor_that_dies_in_a_winter_night_leaves_the_heater_off)
{
    REQUIRE(begin());
    server(0);
    for (uint64_t minute = 20 * 1440u; minute < 21 * 1440u; minute++) {
        uint64_t of_day = minute % 1440;
        sense();
        if (of_day >= 400)
            f.sensors[4].len = 0;
        fake_run(&f, MINUTE);
        pass_minute(minute, fake_level(&f, 16));
        test_row("minute %d", (int)of_day);
        if (of_day > 411)
            CHECK(!fake_level(&f, 16));
    }
    CHECK_INT(f.board.thermostats[0].control.phase, HOB_PHASE_LOST);
}

int main(void)
{
    RUN(a_room_is_as_warm_as_it_should_be_all_year_and_the_relay_is_spared);
    RUN(without_a_server_for_a_winter_it_holds_its_fallback_through_power_cuts);
    RUN(a_sensor_that_dies_in_a_winter_night_leaves_the_heater_off);
    return test_end("year");
}
