/*
 * Pulses that are announced: turns that come late, sessions that change, and boots.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_warn.h"

/* ---- late turns ---- */

TEST(a_late_turn_makes_the_warning_longer_never_shorter)
{
    static const uint64_t late[] = {1, 700, 2500};
    for (size_t i = 0; i < COUNT(late); i++) {
        test_row("%d ms late", (int)late[i]);
        /* Late in the middle is as good as in time. */
        REQUIRE(start(BASE));
        (void)order("door", CLOSE);
        f.now += 1000 + late[i];
        (void)hob_tick(&f.board, f.now);
        ping();
        pass(9000);
        CHECK_INT(when(DOOR_PIN, 1), 7000);
        /* Late at the end. */
        REQUIRE(start(BASE));
        (void)order("door", CLOSE);
        pass(5999);
        ping();
        f.now += 1 + late[i];
        (void)hob_tick(&f.board, f.now);
        CHECK_INT(when(DOOR_PIN, 1), 7000 + late[i]);
        pass(9000);
        CHECK_INT(when(DOOR_PIN, 0), 7500 + late[i]);
        CHECK_INT(when(HORN_PIN, 0), 7500 + late[i]);
        check_idle();
    }
}

TEST(a_warning_lasts_from_the_turn_in_which_it_began)
{
    REQUIRE(start(BASE));
    /* The command was long under way, and comes in a turn of its own. */
    f.now += 800;
    (void)order("door", CLOSE);
    CHECK_INT(when(HORN_PIN, 1), 1800);
    pass(5999);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    fake_run(&f, 1);
    CHECK_INT(when(DOOR_PIN, 1), 7800);
}

TEST(news_that_waited_while_the_board_was_late_comes_before_the_pulse)
{
    static const struct {
        const char *what;
        happening *happens;
        const char *arg;
        const char *code;
    } news[] = {
        {"cancel", say, "{\"t\":\"cancel\",\"id\":1}", "cancelled"},
        {"off", to_door, "\"do\":\"off\"", "superseded"},
        {"reed", reed_tells_late, NULL, "precondition"},
        {"hang up", hang_up, NULL, NULL},
        {"take over", take_over, NULL, NULL},
    };
    for (size_t i = 0; i < COUNT(news); i++) {
        test_row("%s", news[i].what);
        REQUIRE(start(BASE BUTTON("other", "on") GROUPED("other", 26, "h")));
        int id = order("door", CLOSE);
        pass(5900);
        f.now += 1000;
        /* Other news first, each of which is a turn of its own. */
        hob_input_edge_at(&f.board, BUTTON_PIN, true, 6950, f.now);
        ping();
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK_INT(hob_next_tick(&f.board, f.now), 0);
        news[i].happens(news[i].arg);
        pass(9000);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        if (news[i].code != NULL)
            CHECK_INT(results(id, news[i].code), 1);
        check_idle();
    }
}

TEST(conditions_are_judged_afresh_however_late)
{
    REQUIRE(start(BASE));
    int id = order("door", CLOSE);
    pass(5900);
    ping();
    f.pins[REED_PIN].outside = true;
    f.now += 2000;
    (void)hob_tick(&f.board, f.now);
    CHECK_INT(results(id, "precondition"), 1);
    f.pins[REED_PIN].outside = false;
    pass(9000);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    check_idle();
}

static int reads; /* of the reed, until it changes under the board's eyes */

static bool read_changing(void *ctx, uint8_t pin)
{
    const struct fake_board *board = ctx;
    return pin == REED_PIN ? reads-- <= 0 : board->pins[pin].outside;
}

TEST(the_pin_is_read_in_the_very_moment_in_which_the_pulse_begins)
{
    for (int n = 0; n < 2; n++) {
        test_row("changes after %d reads of the last turn", n + 1);
        REQUIRE(start(BASE));
        int id = order("door", CLOSE);
        pass(5999);
        ping();
        reads = n + 1;
        f.port.pin_read = read_changing;
        fake_run(&f, 1);
        /* One read is the turn's, one is the pulse's; nobody looks any more after that. */
        CHECK_INT(shown(DOOR_PIN, 1), n);
        CHECK_INT(results(id, "precondition"), n == 0);
    }
}

/* ---- sessions and boots ---- */

TEST(an_overheard_command_starts_nothing_in_another_session)
{
    static uint8_t sealed[HOB_MAX_MESSAGE];
    char text[400];
    REQUIRE(start(BASE));
    int len = snprintf(text, sizeof text,
                       "{\"t\":\"command\",\"id\":1,\"point\":\"door\",\"until\":999999,%s}", CLOSE);
    int r = hob_noise_seal(&f.peers[conn].noise, (const uint8_t *)text, (size_t)len, sealed,
                           sizeof sealed);
    REQUIRE(r > 0);
    REQUIRE(hob_conn_message(&f.board, conn, sealed, (size_t)r, f.now) == HOB_OK);
    pass(3000);
    int old = conn;
    conn = fake_session(&f, fake_key);
    REQUIRE(conn >= 0 && conn != old);
    CHECK(!fake_level(&f, HORN_PIN));
    CHECK(hob_conn_message(&f.board, conn, sealed, (size_t)r, f.now) < 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_HANDSHAKE);
    fake_run(&f, 9000);
    CHECK_INT(shown(DOOR_PIN, 1), 0);
    CHECK_INT(shown(HORN_PIN, 1), 1);
}

TEST(a_pulse_that_has_begun_outlives_its_session_and_its_warning_ends_with_it)
{
    REQUIRE(start(BASE));
    int id = order("door", CLOSE);
    pass(6100);
    hang_up(NULL);
    CHECK(fake_level(&f, HORN_PIN));
    conn = fake_session(&f, fake_key);
    pass(399);
    CHECK(fake_level(&f, HORN_PIN) && fake_level(&f, DOOR_PIN));
    /* Still busy, and whoever has come since has ids of his own. */
    last_id = 0;
    CHECK_INT(results(order("horn", "\"do\":\"off\""), "busy"), 1);
    say("{\"t\":\"cancel\",\"id\":1}");
    fake_clear(&f);
    fake_run(&f, 1);
    CHECK(strstr(fake_hear(&f), "{\"p\":\"horn\",\"v\":false,\"up\":7500,\"cause\":\"command\"}") !=
          NULL);
    CHECK_STR(fake_hear(&f), "");
    CHECK_INT(results(id, "done"), 0);
    check_idle();
}

TEST(no_boot_brings_a_warning_back)
{
    static const uint64_t at[] = {5000, 6200};
    for (size_t i = 0; i < COUNT(at); i++) {
        test_row("power cut after %d ms", (int)at[i]);
        REQUIRE(start("{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"boot\":\"restore\"}\n"
                      "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"boot\":\"restore\"}\n"));
        (void)order("door", PULSE(60000) WARN("horn", 6000));
        /* Long enough for its level to be stored, had it been one. */
        pass(at[i]);
        (void)hob_tick(&f.board, f.now);
        (void)fake_boot(&f);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK_INT(shown(HORN_PIN, 1), 0);
        fake_run(&f, 30000);
        CHECK_INT(shown(DOOR_PIN, 1), 0);
        CHECK_INT(shown(HORN_PIN, 1), 0);
    }
}

TEST(nothing_moves_at_boot)
{
    static const char *const doors[] = {
        BASE,
        "{\"kind\":\"relay\",\"point\":\"door\",\"pin\":25,\"inverted\":true,\"boot\":\"restore\"}\n"
        "{\"kind\":\"relay\",\"point\":\"horn\",\"pin\":27,\"inverted\":true,\"boot\":\"restore\"}\n"
        REED,
        DOOR "{\"kind\":\"pwm\",\"point\":\"horn\",\"pin\":27,\"inverted\":true}\n" REED
             "{\"kind\":\"input\",\"point\":\"open\",\"pin\":26,\"role\":\"contact\",\"active\":"
             "\"low\",\"pull\":\"up\"}\n",
        DOOR "{\"kind\":\"ws2812\",\"point\":\"horn\",\"pin\":27,\"count\":8}\n" REED,
    };
    static const uint32_t rest[][2] = {{0, 0}, {1, 1}, {0, 65535}, {0, 0}};
    uint32_t seed = 77;
    for (size_t d = 0; d < COUNT(doors); d++) {
        REQUIRE(start(doors[d]));
        for (int boot = 0; boot < 250; boot++) {
            test_row("house %d, boot %d", (int)d, boot);
            /* Out of whatever was going on. */
            (void)order("door", CLOSE);
            pass(test_random(&seed) % 8000);
            f.pins[REED_PIN].outside = test_random(&seed) % 2 != 0;
            f.pins[26].outside = test_random(&seed) % 2 != 0;
            REQUIRE(fake_boot(&f) == HOB_OK);
            fake_run(&f, 1 + test_random(&seed) % 3000);
            fake_set(&f, REED_PIN, !f.pins[REED_PIN].outside);
            conn = fake_session(&f, fake_key);
            REQUIRE(conn >= 0);
            last_id = 0;
            fake_run(&f, 1000);
            fake_set(&f, REED_PIN, false);
            pass(3000);
            /* Each pin was opened once, at rest, and a strip was filled once. */
            CHECK_INT(fake_edges(&f, DOOR_PIN), 1);
            CHECK_INT(shown(DOOR_PIN, rest[d][0]), 1);
            CHECK_INT(fake_edges(&f, HORN_PIN), d == 3 ? 2 : 1);
            CHECK_INT(shown(HORN_PIN, d == 3 ? 8 : rest[d][1]), 1);
            fake_clear(&f);
        }
    }
}

int main(void)
{
    RUN(a_late_turn_makes_the_warning_longer_never_shorter);
    RUN(a_warning_lasts_from_the_turn_in_which_it_began);
    RUN(news_that_waited_while_the_board_was_late_comes_before_the_pulse);
    RUN(conditions_are_judged_afresh_however_late);
    RUN(the_pin_is_read_in_the_very_moment_in_which_the_pulse_begins);
    RUN(an_overheard_command_starts_nothing_in_another_session);
    RUN(a_pulse_that_has_begun_outlives_its_session_and_its_warning_ends_with_it);
    RUN(no_boot_brings_a_warning_back);
    RUN(nothing_moves_at_boot);
    return test_end("warn-late");
}
