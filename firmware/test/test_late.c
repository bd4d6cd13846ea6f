/*
 * What comes late, or while something else is going on: edges, reports, keys.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "hob_keys.h"
#include "test.h"

static struct fake_board f;
static int conn;

static bool start(const char *items)
{
    return fake_start(&f, 7, &conn, items, 1000);
}

/* Adds the letters of the events heard since the last call to out. */
static void events(char *out, size_t cap)
{
    size_t n = strlen(out);
    while (f.frame_count > 0) {
        const char *text = fake_hear(&f);
        const char *event = strstr(text, "\"event\":\"");
        if (event != NULL && n + 1 < cap) {
            out[n++] = event[9];
            out[n] = '\0';
        }
    }
}

#define BUTTON "{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\""

/* ---- edges ---- */

TEST(a_release_that_a_busy_loop_sees_late_is_no_hold)
{
    char heard[16] = "";
    REQUIRE(start(BUTTON ",\"hold\":true}\n"));
    fake_set(&f, 32, true);
    fake_run(&f, 100);
    /* Released soon after, but the loop was away for 700 ms. */
    f.now += 700;
    fake_set(&f, 32, false);
    fake_run(&f, 1000);
    events(heard, sizeof heard);
    CHECK_STR(heard, "pr");
}

TEST(a_release_that_only_a_late_tick_sees_is_no_hold)
{
    char heard[16] = "";
    REQUIRE(start(BUTTON ",\"hold\":true}\n"));
    fake_set(&f, 32, true);
    fake_run(&f, 100);
    f.now += 700;
    f.pins[32].outside = false;
    (void)hob_tick(&f.board, f.now);
    fake_run(&f, 1000);
    events(heard, sizeof heard);
    CHECK_STR(heard, "pr");
}

TEST(a_finger_that_is_still_there_after_a_busy_loop_is_a_hold)
{
    char heard[16] = "";
    REQUIRE(start(BUTTON ",\"hold\":true}\n"));
    fake_set(&f, 32, true);
    f.now += 700;
    (void)hob_tick(&f.board, f.now);
    events(heard, sizeof heard);
    CHECK_STR(heard, "h");
}

TEST(a_press_is_not_lost_when_no_tick_came_in_between)
{
    static const struct {
        int debounce;
        int held;
        const char *events;
    } rows[] = {{30, 29, ""}, {30, 30, "pr"}, {30, 60, "pr"}, {30, 80, "pr"}, {50, 49, ""}, {50, 50, "pr"}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        char items[120];
        char heard[16] = "";
        test_row("%d ms", rows[i].held);
        (void)snprintf(items, sizeof items, BUTTON ",\"debounce\":%d}\n", rows[i].debounce);
        REQUIRE(start(items));
        fake_set(&f, 32, true);
        f.now += (uint64_t)rows[i].held;
        fake_set(&f, 32, false);
        fake_run(&f, 1000);
        events(heard, sizeof heard);
        CHECK_STR(heard, rows[i].events);
    }
}

/* Edges of a rhythm (ms down, ms up, ...) told at their own times, all at the end. */
static void late_edges(const int *rhythm, int count, uint64_t late)
{
    uint64_t at = f.now;
    uint64_t edges[8];
    for (int e = 0; e < count; e++) {
        edges[e] = at;
        at += (uint64_t)rhythm[e];
    }
    f.now = at + late;
    f.pins[32].outside = count % 2 == 1;
    for (int e = 0; e < count; e++)
        hob_input_edge_at(&f.board, 32, e % 2 == 0, edges[e], f.now);
}

TEST(edges_told_late_with_their_times_make_the_same_gestures)
{
    static const struct {
        const char *options;
        int rhythm[6];
        int edges;
        const char *events;
    } rows[] = {
        {"", {80, 0}, 2, "pr"},
        {"", {29, 0}, 2, ""},
        {",\"hold\":true", {80, 0}, 2, "pr"},
        {",\"hold\":true", {599, 0}, 2, "pr"},
        {",\"hold\":true", {700, 0}, 2, "hr"},
        {",\"hold\":true", {80, 80, 80, 0}, 4, "prpr"},
        {",\"double\":true", {80, 80, 80, 0}, 4, "rdr"},
        {",\"double\":true", {80, 500, 80, 0}, 4, "rprp"},
        /* Bounces. */
        {"", {2, 1, 2, 1, 80, 0}, 6, "pr"},
    };
    static const uint64_t late[] = {0, 20, 500, 5000};
    for (size_t i = 0; i < COUNT(rows) * COUNT(late); i++) {
        char items[120];
        char heard[16] = "";
        size_t row = i / COUNT(late);
        test_row("%d, %d ms late", (int)row, (int)late[i % COUNT(late)]);
        (void)snprintf(items, sizeof items, BUTTON "%s}\n", rows[row].options);
        REQUIRE(start(items));
        late_edges(rows[row].rhythm, rows[row].edges, late[i % COUNT(late)]);
        fake_run(&f, 1000);
        events(heard, sizeof heard);
        CHECK_STR(heard, rows[row].events);
    }
}

TEST(a_look_at_the_pin_before_its_edges_are_told_loses_nothing)
{
    for (uint64_t look = 0; look < 120; look += 5) {
        char heard[16] = "";
        test_row("looked after %d ms", (int)look);
        REQUIRE(start(BUTTON "}\n"));
        uint64_t down = f.now;
        f.now = down + look;
        f.pins[32].outside = look < 80;
        (void)hob_tick(&f.board, f.now);
        f.now = down + 200;
        f.pins[32].outside = false;
        hob_input_edge_at(&f.board, 32, true, down, f.now);
        hob_input_edge_at(&f.board, 32, false, down + 80, f.now);
        fake_run(&f, 1000);
        events(heard, sizeof heard);
        CHECK_STR(heard, "pr");
    }
}

TEST(an_edge_from_the_future_or_at_no_input_does_no_harm)
{
    char heard[16] = "";
    REQUIRE(start(BUTTON "}\n"));
    hob_input_edge_at(&f.board, 5, true, f.now, f.now);
    hob_input_edge_at(&f.board, 255, true, f.now, f.now);
    f.pins[32].outside = true;
    hob_input_edge_at(&f.board, 32, true, f.now + 100000, f.now);
    fake_run(&f, 30);
    events(heard, sizeof heard);
    CHECK_STR(heard, "p");
    CHECK_INT(f.faults, 0);
}

/* ---- reports ---- */

#define PAIR                                                                                    \
    "{\"kind\":\"relay\",\"point\":\"r16\",\"pin\":16,\"interlock\":\"g\",\"interlock_wait\":500}\n" \
    "{\"kind\":\"relay\",\"point\":\"r17\",\"pin\":17,\"interlock\":\"g\",\"interlock_wait\":500}\n"

TEST(what_a_connection_event_finds_due_is_told_at_once)
{
    for (int event = 0; event < 3; event++) {
        test_row("event %d", event);
        REQUIRE(start(PAIR));
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":1,\"point\":\"r16\",\"do\":\"on\",\"until\":9000}");
        int other = hob_conn_open(&f.board, f.now);
        REQUIRE(other >= 0);
        f.peers[other].open = true;
        (void)fake_say(&f, conn,
                       "{\"t\":\"command\",\"id\":2,\"point\":\"r17\",\"do\":\"on\",\"until\":9000}");
        fake_clear(&f);
        f.now += 500;
        if (event == 0)
            CHECK(hob_conn_open(&f.board, f.now) >= 0);
        else if (event == 1)
            hob_conn_closed(&f.board, other, f.now);
        else
            hob_conn_violation(&f.board, other, f.now);
        CHECK(fake_level(&f, 17));
        CHECK(strstr(fake_wait(&f, "\"t\":\"result\""), "\"id\":2,\"code\":\"done\"") != NULL);
    }
}

TEST(the_id_of_a_command_is_not_told_to_a_later_session)
{
    REQUIRE(start(PAIR));
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":5,\"point\":\"r16\",\"do\":\"on\",\"until\":9000}");
    CHECK(strstr(fake_hear(&f), "\"cmd\":5") != NULL);
    fake_clear(&f);
    conn = fake_session(&f, fake_key);
    const char *hello = fake_hear(&f);
    CHECK(strstr(hello, "\"cause\":\"command\"") != NULL);
    CHECK(strstr(hello, "\"cmd\"") == NULL);
}

/* ---- adoption and keys ---- */

static void adoption_key(uint8_t key[HOB_KEY_LEN])
{
    fake_make(&f, 7);
    (void)fake_boot(&f);
    CHECK_INT(hob_keys_get(&f.board, HOB_KEY_ADOPTION, key), HOB_OK);
}

static const char adopt[] = "{\"t\":\"adopt\",\"key\":\"0102030405060708090a0b0c0d0e0f10"
                            "1112131415161718191a1b1c1d1e1f20\"}";

TEST(an_adoption_session_ends_with_the_window)
{
    uint8_t key[HOB_KEY_LEN];
    adoption_key(key);
    fake_run(&f, 599000);
    conn = fake_session(&f, key);
    REQUIRE(conn >= 0);
    fake_run(&f, 1000);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_HANDSHAKE);
}

TEST(an_adopt_that_comes_too_late_is_refused_even_before_the_next_tick)
{
    uint8_t key[HOB_KEY_LEN];
    adoption_key(key);
    fake_run(&f, 599000);
    conn = fake_session(&f, key);
    REQUIRE(conn >= 0);
    f.now = 600000;
    (void)fake_say(&f, conn, adopt);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
    CHECK(!hob_keys_adopted(&f.board));
}

/* The longest run of the digits of a key anywhere in memory that is shared. */
static size_t digits_left(const char *hex)
{
    const unsigned char *m = (const unsigned char *)&f.scratch;
    size_t best = 0;
    for (size_t i = 0; i < sizeof f.scratch; i++) {
        for (size_t o = 0; o < 64; o++) {
            size_t n = 0;
            while (o + n < 64 && i + n < sizeof f.scratch && m[i + n] == (unsigned char)hex[o + n])
                n++;
            best = n > best ? n : best;
        }
    }
    return best;
}

TEST(a_key_does_not_stay_behind_in_the_text_of_its_frame)
{
    char hex[65];
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", (unsigned)(0xa0 + i));
    REQUIRE(start(PAIR));
    (void)fake_say(&f, conn, "{\"t\":\"rotate\",\"key\":\"%s\"}", hex);
    CHECK(strstr(fake_hear(&f), "rotated") != NULL);
    CHECK(digits_left(hex) < 8);
    /* Nor if it was refused. */
    (void)fake_say(&f, conn, "{\"t\":\"adopt\",\"key\":\"%s\"}", hex);
    CHECK(digits_left(hex) < 8);
}

static int slots_with(const uint8_t *key)
{
    int found = 0;
    for (int k = 0; k < 2; k++) {
        for (size_t i = 0; i + HOB_KEY_LEN <= f.slots[k].len; i++)
            found += memcmp(f.slots[k].data + i, key, HOB_KEY_LEN) == 0;
    }
    return found;
}

TEST(an_old_key_does_not_outlive_a_power_cut_while_it_is_wiped)
{
    for (size_t at = 0; at < 120; at += 10) {
        test_row("cut after %d bytes", (int)at);
        REQUIRE(start(PAIR));
        f.cut_write = f.writes + 2;
        f.cut_at = at;
        (void)fake_say(&f, conn, "{\"t\":\"forget\"}");
        (void)fake_boot(&f);
        CHECK(!hob_keys_adopted(&f.board));
        fake_run(&f, 1000);
        CHECK_INT(slots_with(fake_key), 0);
        /* And then there is nothing more to write. */
        int writes = f.writes;
        (void)fake_boot(&f);
        fake_run(&f, 60000);
        CHECK_INT(f.writes, writes);
    }
}

TEST(keys_that_could_not_be_read_are_not_written_over)
{
    REQUIRE(start(PAIR));
    f.unreadable = true;
    (void)fake_boot(&f);
    int writes = f.writes;
    CHECK_INT(hob_boot_button_held(&f.board, f.now), HOB_ERR_STORAGE);
    CHECK_INT(f.writes, writes);
    f.unreadable = false;
    CHECK_INT(hob_boot_button_held(&f.board, f.now), HOB_OK);
    CHECK(hob_keys_adopted(&f.board));
    CHECK(fake_session(&f, fake_key) >= 0);
}

TEST(keys_that_could_not_be_read_at_boot_are_read_later)
{
    REQUIRE(start(PAIR));
    f.unreadable = true;
    (void)fake_boot(&f);
    fake_run(&f, 30000);
    CHECK(!hob_keys_adopted(&f.board));
    f.unreadable = false;
    int changes = f.adoption_changes;
    fake_run(&f, 10000);
    CHECK(hob_keys_adopted(&f.board));
    CHECK_INT(f.adoption_changes, changes + 1);
    CHECK(fake_session(&f, fake_key) >= 0);
}

TEST(failed_handshakes_are_counted_and_seldom_logged)
{
    static const uint8_t wrong[HOB_KEY_LEN] = {1};
    REQUIRE(start(PAIR));
    for (int i = 0; i < 100; i++) {
        CHECK(fake_dial(&f, wrong) < 0);
        fake_run(&f, 100);
    }
    CHECK_INT(f.logged[HOB_LOG_HANDSHAKE_FAILED], 1);
    CHECK(fake_dial(&f, wrong) < 0);
    CHECK_INT(f.logged[HOB_LOG_HANDSHAKE_FAILED], 2);
    CHECK_INT(f.board.counters.handshakes_failed, 101);
}

TEST(without_a_build_date_any_time_is_believed_but_none)
{
    struct hob_status s;
    fake_make(&f, 7);
    f.options.build_unix_ms = 0;
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    hob_get_status(&f.board, &s, f.now);
    CHECK_INT(s.unix_ms, 0);
    (void)fake_say(&f, conn, "{\"t\":\"time\",\"unix\":1795363200000}");
    hob_get_status(&f.board, &s, f.now);
    CHECK_INT(s.unix_ms, 1795363200000);
    (void)fake_say(&f, conn, "{\"t\":\"time\",\"unix\":0}");
    hob_get_status(&f.board, &s, f.now);
    CHECK_INT(s.unix_ms, 1795363200000);
}

int main(void)
{
    RUN(a_release_that_a_busy_loop_sees_late_is_no_hold);
    RUN(a_release_that_only_a_late_tick_sees_is_no_hold);
    RUN(a_finger_that_is_still_there_after_a_busy_loop_is_a_hold);
    RUN(a_press_is_not_lost_when_no_tick_came_in_between);
    RUN(edges_told_late_with_their_times_make_the_same_gestures);
    RUN(a_look_at_the_pin_before_its_edges_are_told_loses_nothing);
    RUN(an_edge_from_the_future_or_at_no_input_does_no_harm);
    RUN(what_a_connection_event_finds_due_is_told_at_once);
    RUN(the_id_of_a_command_is_not_told_to_a_later_session);
    RUN(an_adoption_session_ends_with_the_window);
    RUN(an_adopt_that_comes_too_late_is_refused_even_before_the_next_tick);
    RUN(a_key_does_not_stay_behind_in_the_text_of_its_frame);
    RUN(an_old_key_does_not_outlive_a_power_cut_while_it_is_wiped);
    RUN(keys_that_could_not_be_read_are_not_written_over);
    RUN(keys_that_could_not_be_read_at_boot_are_read_later);
    RUN(failed_handshakes_are_counted_and_seldom_logged);
    RUN(without_a_build_date_any_time_is_believed_but_none);
    return test_end("late");
}
