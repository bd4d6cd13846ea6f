/*
 * Connections: handshake, takeover, silence, what each may say.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;

/* A board with a key and a session; its hello is still to be heard. */
static int start(void)
{
    fake_make(&f, 7);
    (void)fake_boot(&f);
    return fake_adopted(&f);
}

static bool heard(const char *part)
{
    return fake_wait(&f, part)[0] != '\0';
}

TEST(a_session_opens_with_both_hellos)
{
    int conn = start();
    REQUIRE(conn >= 0);
    const char *hello = fake_hear(&f);
    CHECK(strstr(hello, "{\"t\":\"hello\",\"boot\":\"") == hello);
    CHECK(strstr(hello, "\"proto\":1,\"id\":\"hob-7c9ebd\",\"chip\":\"esp32\",\"fw\":\"0.1.0\","
                        "\"reset\":\"power_on\",\"config\":\"\",\"points\":[]}") != NULL);
    CHECK_INT(f.faults, 0);
}

TEST(a_ping_is_answered_at_once)
{
    int conn = start();
    fake_clear(&f);
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":9007199254740991}"), HOB_OK);
    CHECK(heard("\"t\":\"pong\""));
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":7}"), HOB_OK);
    CHECK(heard("\"n\":7}"));
}

TEST(a_wrong_key_is_refused)
{
    uint8_t wrong[HOB_KEY_LEN];
    (void)start();
    memcpy(wrong, fake_key, sizeof wrong);
    wrong[0] ^= 1;
    CHECK(fake_dial(&f, wrong) < 0);
    CHECK_INT(f.peers[1].closed, HOB_CLOSE_HANDSHAKE);
    CHECK(f.peers[0].open);
}

TEST(a_board_without_a_key_says_so)
{
    fake_make(&f, 7);
    (void)fake_boot(&f);
    fake_run(&f, 600000);
    CHECK(fake_dial(&f, fake_key) < 0);
    CHECK_INT(f.peers[0].closed, HOB_CLOSE_NO_KEY);
}

TEST(the_newest_authenticated_session_wins)
{
    int first = start();
    int second = fake_dial(&f, fake_key);
    REQUIRE(second >= 0);
    CHECK(f.peers[first].open);
    CHECK_INT(fake_say(&f, second, "{\"t\":\"hello\",\"proto\":1}"), HOB_OK);
    CHECK_INT(f.peers[first].closed, HOB_CLOSE_SUPERSEDED);
    CHECK_INT(fake_say(&f, second, "{\"t\":\"ping\",\"n\":1}"), HOB_OK);
}

TEST(a_replayed_handshake_does_not_end_the_session)
{
    int first = start();
    /* Message 1 verifies, but nothing follows: that is all a replay can do. */
    int second = fake_dial(&f, fake_key);
    REQUIRE(second >= 0);
    fake_run(&f, 4900);
    CHECK_INT(fake_say(&f, first, "{\"t\":\"ping\",\"n\":1}"), HOB_OK);
    fake_run(&f, 200);
    CHECK(f.peers[first].open);
    CHECK_INT(f.peers[second].closed, HOB_CLOSE_SILENT);
}

/* Somebody opens a connection and says nothing. */
static int lurk(void)
{
    int conn = hob_conn_open(&f.board, f.now);
    if (conn >= 0) {
        memset(&f.peers[conn], 0, sizeof f.peers[conn]);
        f.peers[conn].open = true;
    }
    return conn;
}

TEST(whoever_says_nothing_makes_room_for_the_next)
{
    int first = start();
    int one = lurk();
    fake_run(&f, 1);
    int two = lurk();
    fake_run(&f, 1);
    CHECK_INT(lurk(), one);
    CHECK_INT(lurk(), two);
    CHECK(f.peers[first].open);
    CHECK_INT(f.faults, 0);
}

TEST(a_stranger_who_keeps_opening_connections_does_not_keep_the_server_out)
{
    (void)start();
    hob_conn_closed(&f.board, 0, f.now);
    for (int i = 0; i < 500; i++) {
        CHECK(lurk() >= 0);
        fake_run(&f, 10);
    }
    int conn = fake_dial(&f, fake_key);
    REQUIRE(conn >= 0);
    /* Between its handshake and its first frame the server keeps its place. */
    for (int i = 0; i < 99; i++) {
        CHECK(lurk() != conn);
        fake_run(&f, 10);
    }
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"hello\",\"proto\":1}"), HOB_OK);
    CHECK_INT(f.faults, 0);
}

TEST(answered_handshakes_that_lead_to_nothing_make_room_after_a_second)
{
    int first = start();
    int one = fake_dial(&f, fake_key);
    fake_run(&f, 1);
    CHECK(fake_dial(&f, fake_key) >= 0);
    CHECK_INT(hob_conn_open(&f.board, f.now), HOB_ERR_SPACE);
    fake_run(&f, 998);
    CHECK_INT(hob_conn_open(&f.board, f.now), HOB_ERR_SPACE);
    fake_run(&f, 1);
    CHECK_INT(fake_dial(&f, fake_key), one);
    CHECK(f.peers[first].open);
}

TEST(a_session_never_makes_room)
{
    int first = start();
    for (int i = 0; i < 10; i++) {
        (void)fake_dial(&f, fake_key);
        (void)lurk();
    }
    CHECK(f.peers[first].open);
    CHECK_INT(fake_say(&f, first, "{\"t\":\"ping\",\"n\":1}"), HOB_OK);
}

TEST(message_1_has_two_seconds_and_the_handshake_five)
{
    (void)start();
    int silent = lurk();
    int answered = fake_dial(&f, fake_key);
    fake_run(&f, 1999);
    CHECK(f.peers[silent].open);
    fake_run(&f, 1);
    CHECK_INT(f.peers[silent].closed, HOB_CLOSE_SILENT);
    fake_run(&f, 2999);
    CHECK(f.peers[answered].open);
    fake_run(&f, 1);
    CHECK_INT(f.peers[answered].closed, HOB_CLOSE_SILENT);
}

TEST(fifteen_seconds_of_silence_end_a_session)
{
    int conn = start();
    fake_run(&f, 14000);
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}"), HOB_OK);
    fake_run(&f, 14999);
    CHECK(f.peers[conn].open);
    fake_run(&f, 1);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_SILENT);
}

TEST(the_server_speaks_first)
{
    fake_make(&f, 7);
    (void)fake_boot(&f);
    (void)hob_set_key(&f.board, fake_key, 0);
    int conn = fake_dial(&f, fake_key);
    REQUIRE(conn >= 0);
    CHECK(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}") < 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
}

TEST(another_protocol_is_refused)
{
    fake_make(&f, 7);
    (void)fake_boot(&f);
    (void)hob_set_key(&f.board, fake_key, 0);
    int conn = fake_dial(&f, fake_key);
    CHECK(fake_say(&f, conn, "{\"t\":\"hello\",\"proto\":2}") < 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_PROTO);
}

TEST(bad_frames_end_the_session_with_4000)
{
    static const char *const frames[] = {
        "", " ", "x", "{", "[]", "\"ping\"", "{}", "{\"t\":7}", "{\"t\":\"pulse\"}",
        "{\"t\":\"ping\"}", "{\"t\":\"ping\",\"n\":\"7\"}", "{\"t\":\"ping\",\"n\":7.5}",
        "{\"t\":\"ping\",\"n\":9007199254740992}", "{\"t\":\"hello\",\"proto\":1}",
        "{\"t\":\"adopt\",\"key\":"
        "\"0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20\"}",
        "{\"t\":\"rotate\",\"key\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\"}",
        "{\"t\":\"command\",\"id\":1,\"point\":\"a\",\"do\":\"on\"}",
        "{\"t\":\"command\",\"id\":0,\"point\":\"a\",\"do\":\"on\",\"until\":1}",
        "{\"t\":\"command\",\"id\":1,\"point\":\"a\",\"do\":\"on\",\"until\":1,\"rgb\":1}",
        "{\"t\":\"renew\",\"points\":[1],\"until\":1}",
        "{\"t\":\"config_item\",\"n\":0,\"item\":[]}",
        "{\"t\":\"ping\",\"n\":1,\"x\":[[[[[[[[]]]]]]]]}",
    };
    for (size_t i = 0; i < COUNT(frames); i++) {
        test_row("%s", frames[i]);
        int conn = start();
        CHECK(fake_say_bytes(&f, conn, frames[i], strlen(frames[i])) < 0);
        CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
    }
}

TEST(a_frame_may_be_4096_bytes_and_no_longer)
{
    static char frame[HOB_MAX_FRAME + 2];
    memset(frame, ' ', sizeof frame);
    memcpy(frame, "{\"t\":\"ping\",\"n\":3}", 18);
    int conn = start();
    CHECK_INT(fake_say_bytes(&f, conn, frame, HOB_MAX_FRAME), HOB_OK);
    CHECK(heard("\"n\":3"));
    CHECK(fake_say_bytes(&f, conn, frame, HOB_MAX_FRAME + 1) < 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
}

TEST(a_frame_may_have_256_tokens_and_no_more)
{
    /* The object, t and its value, n and its value, x and its list: 7, and the elements. */
    for (int elements = 249; elements <= 250; elements++) {
        char frame[600] = "{\"t\":\"ping\",\"n\":3,\"x\":[1";
        size_t len = strlen(frame);
        for (int i = 1; i < elements; i++) {
            memcpy(frame + len, ",1", 2);
            len += 2;
        }
        memcpy(frame + len, "]}", 2);
        int conn = start();
        CHECK_INT(fake_say_bytes(&f, conn, frame, len + 2) == HOB_OK, elements == 249);
        CHECK_INT(f.peers[conn].closed, elements == 249 ? 0 : HOB_CLOSE_BAD_FRAME);
    }
}

TEST(a_changed_byte_ends_the_connection)
{
    static const char ping[] = "{\"t\":\"ping\",\"n\":1}";
    uint8_t sealed[64];
    for (size_t at = 0; at < sizeof ping - 1 + 16; at += 3) {
        test_row("byte %d", (int)at);
        int conn = start();
        int len = hob_noise_seal(&f.peers[conn].noise, (const uint8_t *)ping, sizeof ping - 1,
                                 sealed, sizeof sealed);
        REQUIRE(len > 0);
        sealed[at] ^= 0x40;
        CHECK(hob_conn_message(&f.board, conn, sealed, (size_t)len, f.now) < 0);
        CHECK_INT(f.peers[conn].closed, HOB_CLOSE_HANDSHAKE);
    }
}

TEST(a_replayed_frame_ends_the_connection)
{
    static const char ping[] = "{\"t\":\"ping\",\"n\":1}";
    uint8_t sealed[64];
    int conn = start();
    int len = hob_noise_seal(&f.peers[conn].noise, (const uint8_t *)ping, sizeof ping - 1, sealed,
                             sizeof sealed);
    CHECK_INT(hob_conn_message(&f.board, conn, sealed, (size_t)len, f.now), HOB_OK);
    CHECK(hob_conn_message(&f.board, conn, sealed, (size_t)len, f.now) < 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_HANDSHAKE);
}

TEST(sending_that_fails_ends_the_session_and_nothing_else)
{
    int conn = start();
    REQUIRE(fake_configure(&f, conn, "1", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"));
    f.deaf = true;
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":9}");
    CHECK(!f.peers[conn].open);
    CHECK(fake_level(&f, 16));
    f.deaf = false;
    conn = fake_session(&f, fake_key);
    REQUIRE(conn >= 0);
    CHECK(heard("\"points\":[{\"p\":\"r\",\"v\":true"));
}

TEST(points_that_do_not_fit_into_hello_follow_at_once)
{
    fake_make(&f, 7);
    (void)fake_boot(&f);
    (void)hob_set_key(&f.board, fake_key, 0);
    /* More than any chip has pins for, with everything at its longest. */
    for (int i = 0; i < HOB_MAX_POINTS; i++) {
        struct hob_point *p = &f.board.points[i];
        memcpy(p->config.name, "point-number-00", HOB_NAME_SIZE);
        p->config.name[13] = (char)('0' + i / 10);
        p->config.name[14] = (char)('0' + i % 10);
        p->config.kind = HOB_KIND_WS2812;
        p->out.level = 1000;
        p->up = 9007199254740991;
        p->cause = HOB_CAUSE_COMMAND;
        p->cmd = 9007199254740991;
    }
    REQUIRE(fake_session(&f, fake_key) >= 0);
    CHECK(f.frame_count >= 2);
    int told = 0;
    for (int n = f.frame_count; n > 0; n--) {
        const char *text = fake_hear(&f);
        CHECK(strlen(text) <= HOB_MAX_FRAME);
        for (const char *p = text; (p = strstr(p, "{\"p\":")) != NULL; p++)
            told++;
    }
    CHECK_INT(told, HOB_MAX_POINTS);
    CHECK_INT(f.faults, 0);
}

/* Any one primitive of the handshake and the first frames fails, once. */
TEST(a_primitive_that_fails_ends_one_connection_at_most)
{
    for (uint32_t at = 1; at < 80; at++) {
        test_row("call %d", (int)at);
        fake_make(&f, 7);
        (void)fake_boot(&f);
        (void)hob_set_key(&f.board, fake_key, 0);
        f.random.calls = 0;
        f.random.fail_at = at;
        (void)fake_session(&f, fake_key);
        f.random.fail_at = 0;
        for (int i = 0; i < HOB_MAX_CONNS; i++) {
            if (f.peers[i].open)
                hob_conn_closed(&f.board, i, f.now);
        }
        fake_clear(&f);
        CHECK(fake_session(&f, fake_key) >= 0);
        CHECK(heard("hello"));
    }
}

TEST(an_answer_to_the_handshake_that_cannot_be_sent_ends_it)
{
    (void)start();
    f.deaf = true;
    CHECK(fake_dial(&f, fake_key) < 0);
    CHECK(!f.peers[1].open);
    f.deaf = false;
    CHECK(fake_session(&f, fake_key) >= 0);
}

TEST(a_session_ends_in_the_tick_that_cannot_be_told)
{
    int conn = start();
    REQUIRE(fake_configure(&f, conn, "1",
                           "{\"kind\":\"input\",\"point\":\"i\",\"pin\":32,\"role\":\"button\"}\n"));
    fake_run(&f, 100);
    f.deaf = true;
    fake_set(&f, 32, true);
    f.now += 30;
    /* The message comes in the moment in which the press is due and cannot be sent. */
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}"), HOB_ERR_STATE);
    CHECK(!f.peers[conn].open);
}

/* Two boards in one process take turns with one scratch memory. */
TEST(boards_share_scratch_memory_and_nothing_else)
{
    static struct fake_board g;
    int mine = start();
    fake_make(&g, 8);
    g.options.id = "hob-0000aa";
    g.options.scratch = &f.scratch;
    (void)fake_boot(&g);
    int other = fake_adopted(&g);
    REQUIRE(other >= 0);
    CHECK(fake_configure(&f, mine, "a", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"));
    CHECK(fake_configure(&g, other, "b", "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17}\n"));
    for (int i = 1; i < 50; i++) {
        const char *act = i % 2 == 0 ? "off" : "on";
        (void)fake_say(&f, mine,
                       "{\"t\":\"command\",\"id\":%d,\"point\":\"r\",\"do\":\"%s\",\"until\":99}", i,
                       act);
        (void)fake_say(&g, other,
                       "{\"t\":\"command\",\"id\":%d,\"point\":\"q\",\"do\":\"%s\",\"until\":99}", i,
                       act);
        CHECK_INT(fake_level(&f, 16), i % 2 != 0);
        CHECK_INT(fake_level(&g, 17), i % 2 != 0);
        CHECK(fake_wait(&f, "\"p\":\"r\"")[0] != '\0');
        CHECK(fake_wait(&g, "\"p\":\"q\"")[0] != '\0');
        fake_clear(&f);
        fake_clear(&g);
    }
    CHECK_STR(f.board.rev, "a");
    CHECK_STR(g.board.rev, "b");
    CHECK_INT(f.faults + g.faults, 0);
}

TEST(every_line_of_the_log_has_a_text_and_none_a_secret)
{
    for (int what = -1; what <= HOB_LOG_COUNT; what++) {
        CHECK(hob_log_text((enum hob_log)what)[0] != '\0');
        CHECK(hob_log_level((enum hob_log)what) <= HOB_LOG_ERROR);
    }
    CHECK_STR(hob_log_text(HOB_LOG_COUNT), "unknown");
}

TEST(a_board_takes_the_memory_that_it_says)
{
    CHECK_INT(hob_board_size(), sizeof(struct hob_board));
    CHECK_INT(hob_scratch_size(), sizeof(struct hob_scratch));
    /* A thousand of them are to fit in one process. */
    CHECK(hob_board_size() + hob_scratch_size() <= 40960);
}

TEST(text_and_oversized_messages_are_violations)
{
    int conn = start();
    hob_conn_violation(&f.board, conn, f.now);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
    /* A number that is not open any more is no fault of anyone's. */
    hob_conn_violation(&f.board, conn, f.now);
    hob_conn_closed(&f.board, conn, f.now);
    hob_conn_closed(&f.board, -1, f.now);
    hob_conn_closed(&f.board, 99, f.now);
    CHECK_INT(hob_conn_message(&f.board, conn, NULL, 0, f.now), HOB_ERR_ARG);
    CHECK_INT(hob_conn_message(&f.board, 99, NULL, 0, f.now), HOB_ERR_ARG);
}

TEST(wall_time_counts_from_the_build_date_on)
{
    struct hob_status s;
    int conn = start();
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"time\",\"unix\":1699999999999}"), HOB_OK);
    hob_get_status(&f.board, &s, f.now);
    CHECK_INT(s.unix_ms, 0);
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"time\",\"unix\":1795363200000}"), HOB_OK);
    hob_get_status(&f.board, &s, f.now + 500);
    CHECK_INT(s.unix_ms, 1795363200500);
}

TEST(stats_come_every_thirty_seconds)
{
    int conn = start();
    f.stats = (struct hob_stats){.heap = 123456, .loop_us = 850, .rssi = -61, .temp = 41};
    for (int i = 0; i < 5; i++) {
        fake_run(&f, 5999);
        (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    }
    CHECK(!heard("stats"));
    fake_run(&f, 5);
    CHECK(heard("\"heap\":123456,\"loop\":850,\"rssi\":-61}"));
}

/* Good frames with bytes changed: each is answered, acted on or ends the session. */
TEST(hostile_frames_never_do_harm)
{
    static const char *const frames[] = {
        "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":99999999}",
        ("{\"t\":\"config_begin\",\"rev\":\"5d\",\"items\":3,\"sha256\":"
         "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"}"),
        "{\"t\":\"config_item\",\"n\":0,\"item\":{\"kind\":\"relay\",\"point\":\"r\"}}",
        "{\"t\":\"config_commit\",\"rev\":\"5d\"}",
        "{\"t\":\"renew\",\"points\":[\"r\",\"q\"],\"until\":21000}",
        "{\"t\":\"identify\",\"for\":10000}",
    };
    uint32_t seed = 77;
    int conn = start();
    REQUIRE(fake_configure(&f, conn, "1", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"));
    for (int n = 0; n < 3000; n++) {
        char text[160];
        const char *frame = frames[test_random(&seed) % COUNT(frames)];
        size_t len = strlen(frame);
        memcpy(text, frame, len);
        for (uint32_t k = test_random(&seed) % 4; k > 0; k--)
            text[test_random(&seed) % len] = (char)test_random(&seed);
        if (test_random(&seed) % 8 == 0)
            len = test_random(&seed) % len;
        (void)fake_say_bytes(&f, conn, text, len);
        fake_clear(&f);
        if (!f.peers[conn].open) {
            conn = fake_session(&f, fake_key);
            REQUIRE(conn >= 0);
        }
    }
    CHECK_INT(f.faults, 0);
    CHECK_STR(f.board.rev, "1");
    fake_clear(&f);
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}"), HOB_OK);
    CHECK(heard("pong"));
}

TEST(restart_stores_and_closes_and_restarts)
{
    int conn = start();
    CHECK(fake_say(&f, conn, "{\"t\":\"restart\"}") < 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_RESTART);
    CHECK_INT(f.restarts, 1);
}

TEST(options_that_make_no_board_are_refused)
{
    (void)start();
    struct hob_board *b = &f.board;
    struct hob_options o = f.options;
    o.id = "hob-7C9EBD";
    CHECK_INT(hob_init(b, &o, 0), HOB_ERR_ARG);
    o = f.options;
    o.chip = "esp8266";
    CHECK_INT(hob_init(b, &o, 0), HOB_ERR_ARG);
    o = f.options;
    o.fw = "";
    CHECK_INT(hob_init(b, &o, 0), HOB_ERR_ARG);
    o = f.options;
    o.fw = "0.1\"";
    CHECK_INT(hob_init(b, &o, 0), HOB_ERR_ARG);
    o = f.options;
    o.scratch = NULL;
    CHECK_INT(hob_init(b, &o, 0), HOB_ERR_ARG);
    o = f.options;
    f.port.strip_fill = NULL;
    CHECK_INT(hob_init(b, &o, 0), HOB_ERR_ARG);
}

int main(void)
{
    RUN(a_session_opens_with_both_hellos);
    RUN(a_ping_is_answered_at_once);
    RUN(a_wrong_key_is_refused);
    RUN(a_board_without_a_key_says_so);
    RUN(the_newest_authenticated_session_wins);
    RUN(a_replayed_handshake_does_not_end_the_session);
    RUN(whoever_says_nothing_makes_room_for_the_next);
    RUN(a_stranger_who_keeps_opening_connections_does_not_keep_the_server_out);
    RUN(answered_handshakes_that_lead_to_nothing_make_room_after_a_second);
    RUN(a_session_never_makes_room);
    RUN(message_1_has_two_seconds_and_the_handshake_five);
    RUN(fifteen_seconds_of_silence_end_a_session);
    RUN(the_server_speaks_first);
    RUN(another_protocol_is_refused);
    RUN(bad_frames_end_the_session_with_4000);
    RUN(a_frame_may_be_4096_bytes_and_no_longer);
    RUN(a_frame_may_have_256_tokens_and_no_more);
    RUN(a_changed_byte_ends_the_connection);
    RUN(a_replayed_frame_ends_the_connection);
    RUN(sending_that_fails_ends_the_session_and_nothing_else);
    RUN(points_that_do_not_fit_into_hello_follow_at_once);
    RUN(a_primitive_that_fails_ends_one_connection_at_most);
    RUN(an_answer_to_the_handshake_that_cannot_be_sent_ends_it);
    RUN(a_session_ends_in_the_tick_that_cannot_be_told);
    RUN(boards_share_scratch_memory_and_nothing_else);
    RUN(every_line_of_the_log_has_a_text_and_none_a_secret);
    RUN(a_board_takes_the_memory_that_it_says);
    RUN(text_and_oversized_messages_are_violations);
    RUN(wall_time_counts_from_the_build_date_on);
    RUN(stats_come_every_thirty_seconds);
    RUN(hostile_frames_never_do_harm);
    RUN(restart_stores_and_closes_and_restarts);
    RUN(options_that_make_no_board_are_refused);
    return test_end("session");
}
