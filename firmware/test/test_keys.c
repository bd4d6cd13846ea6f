/*
 * Keys: adoption, rotation, and forgetting.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;

/* The adoption key, from the code as people see it. */
static void adoption_key(uint8_t key[HOB_KEY_LEN])
{
    char code[HOB_SETUP_CODE_SIZE];
    char plain[HOB_SETUP_CODE_SIZE];
    size_t n = 0;
    memset(key, 0, HOB_KEY_LEN);
    if (hob_setup_code(&f.board, code) < 0)
        return;
    for (const char *p = code; *p != '\0'; p++) {
        if (*p != '-')
            plain[n++] = *p;
    }
    (void)f.crypto.hmac_sha256(f.crypto.ctx, (const uint8_t *)"hob.adopt.1", 11,
                               (const uint8_t *)plain, n, key);
}

static void new_board(void)
{
    fake_make(&f, 37);
    (void)fake_boot(&f);
}

static struct hob_status status(void)
{
    struct hob_status s;
    hob_get_status(&f.board, &s, f.now);
    return s;
}

static void make_key(uint8_t key[HOB_KEY_LEN], uint8_t fill)
{
    memset(key, fill, HOB_KEY_LEN);
}

/* adopt or rotate with a key of one repeated byte. */
static int send_key(int conn, const char *type, uint8_t fill)
{
    char hex[65];
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", fill);
    return fake_say(&f, conn, "{\"t\":\"%s\",\"key\":\"%s\"}", type, hex);
}

/* Whether a session opens with a key of one repeated byte. */
static bool opens(uint8_t fill)
{
    uint8_t key[HOB_KEY_LEN];
    make_key(key, fill);
    int conn = fake_session(&f, key);
    bool ok = conn >= 0 && fake_wait(&f, "\"t\":\"hello\"")[0] != '\0';
    if (conn >= 0 && f.peers[conn].open)
        hob_conn_closed(&f.board, conn, f.now);
    return ok;
}

static int session(uint8_t fill)
{
    uint8_t key[HOB_KEY_LEN];
    make_key(key, fill);
    int conn = fake_session(&f, key);
    fake_clear(&f);
    return conn;
}

/* A board with a key of one repeated byte. */
static void adopted(uint8_t fill)
{
    uint8_t key[HOB_KEY_LEN];
    new_board();
    make_key(key, fill);
    CHECK_INT(hob_set_key(&f.board, key, f.now), HOB_OK);
}

TEST(a_new_board_makes_a_setup_code_and_keeps_it)
{
    char code[HOB_SETUP_CODE_SIZE];
    char later[HOB_SETUP_CODE_SIZE];
    new_board();
    CHECK_INT(hob_setup_code(&f.board, code), 30);
    CHECK_INT(strspn(code, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), 30);
    CHECK(code[5] == '-' && code[11] == '-' && code[17] == '-' && code[23] == '-');
    /* 128 bits in 26 digits: the first has only three of them. */
    CHECK(code[0] < '8');
    (void)fake_boot(&f);
    CHECK_INT(hob_setup_code(&f.board, later), 30);
    CHECK_STR(later, code);
}

TEST(two_boards_have_different_codes_and_boot_ids)
{
    char one[HOB_SETUP_CODE_SIZE];
    char two[HOB_SETUP_CODE_SIZE];
    new_board();
    (void)hob_setup_code(&f.board, one);
    struct hob_status first = status();
    (void)fake_boot(&f);
    CHECK(strcmp(first.boot, status().boot) != 0);
    fake_make(&f, 38);
    (void)fake_boot(&f);
    (void)hob_setup_code(&f.board, two);
    CHECK(strcmp(one, two) != 0);
}

TEST(adoption_gives_the_board_its_key)
{
    uint8_t key[HOB_KEY_LEN];
    char code[HOB_SETUP_CODE_SIZE];
    new_board();
    adoption_key(key);
    int conn = fake_session(&f, key);
    REQUIRE(conn >= 0);
    const char *hello = fake_hear(&f);
    CHECK(strstr(hello, "\"config\":\"\",\"points\":[],\"adopt\":true}") != NULL);
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":5}"), HOB_OK);
    CHECK(fake_wait(&f, "pong")[0] != '\0');
    int changes = f.adoption_changes;
    (void)send_key(conn, "adopt", 7);
    CHECK(strstr(fake_hear(&f), "{\"t\":\"adopted\",\"boot\":\"") != NULL);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_KEY_CHANGED);
    CHECK_INT(f.adoption_changes, changes + 1);
    CHECK(status().adopted);
    CHECK(!status().adoption_open);
    CHECK_INT(hob_setup_code(&f.board, code), HOB_ERR_STATE);
    CHECK(opens(7));
    CHECK(fake_dial(&f, key) < 0);
    (void)fake_boot(&f);
    CHECK(opens(7));
}

TEST(an_adoption_session_can_do_nothing_else)
{
    static const char *const frames[] = {
        "{\"t\":\"forget\"}", "{\"t\":\"restart\"}", "{\"t\":\"identify\",\"for\":1}",
        "{\"t\":\"config_commit\",\"rev\":\"1\"}", "{\"t\":\"time\",\"unix\":1795363200000}",
        "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":9}",
        "{\"t\":\"renew\",\"points\":[],\"until\":9}",
    };
    for (size_t i = 0; i < COUNT(frames); i++) {
        uint8_t key[HOB_KEY_LEN];
        test_row("%s", frames[i]);
        new_board();
        adoption_key(key);
        int conn = fake_session(&f, key);
        CHECK(fake_say_bytes(&f, conn, frames[i], strlen(frames[i])) < 0);
        CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
        CHECK_INT(f.restarts, 0);
    }
}

TEST(an_adoption_session_hears_nothing_of_the_house)
{
    uint8_t key[HOB_KEY_LEN];
    adopted(7);
    int conn = session(7);
    REQUIRE(fake_configure(&f, conn, "1",
                           "{\"kind\":\"input\",\"point\":\"i\",\"pin\":32,\"role\":\"button\"}\n"));
    CHECK_INT(hob_boot_button_held(&f.board, f.now), HOB_OK);
    adoption_key(key);
    conn = fake_session(&f, key);
    REQUIRE(conn >= 0);
    CHECK(strstr(fake_wait(&f, "hello"), "\"config\":\"\",\"points\":[]") != NULL);
    fake_set(&f, 32, true);
    fake_run(&f, 5000);
    CHECK_STR(fake_hear(&f), "");
}

/* A board that has a key and adoption open, with the session that BOOT is for. */
static int adopt_again(uint8_t key[HOB_KEY_LEN])
{
    fake_make(&f, 7);
    (void)fake_boot(&f);
    (void)fake_adopted(&f);
    (void)hob_boot_button_held(&f.board, f.now);
    adoption_key(key);
    int conn = fake_session(&f, key);
    fake_clear(&f);
    return conn;
}

TEST(a_server_with_the_old_key_does_not_disturb_an_adoption)
{
    uint8_t key[HOB_KEY_LEN];
    int conn = adopt_again(key);
    REQUIRE(conn >= 0);
    CHECK_INT(f.peers[0].closed, HOB_CLOSE_SUPERSEDED);
    for (int i = 0; i < 3; i++) {
        int old = fake_dial(&f, fake_key);
        REQUIRE(old >= 0);
        CHECK(fake_say(&f, old, "{\"t\":\"hello\",\"proto\":1}") < 0);
        CHECK_INT(f.peers[old].closed, HOB_CLOSE_SUPERSEDED);
    }
    CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}"), HOB_OK);
    (void)fake_say(&f, conn, "{\"t\":\"adopt\",\"key\":\"%032d%032d\"}", 1, 1);
    CHECK(fake_wait(&f, "adopted")[0] != '\0');
    CHECK(fake_session(&f, fake_key) < 0);
}

TEST(a_next_key_is_not_promoted_while_adoption_is_under_way)
{
    static const uint8_t next[HOB_KEY_LEN] = {9};
    uint8_t key[HOB_KEY_LEN];
    fake_make(&f, 7);
    (void)fake_boot(&f);
    int conn = fake_adopted(&f);
    (void)fake_say(&f, conn, "{\"t\":\"rotate\",\"key\":\"09%062d\"}", 0);
    (void)hob_boot_button_held(&f.board, f.now);
    adoption_key(key);
    int adopting = fake_session(&f, key);
    CHECK(fake_session(&f, next) < 0);
    hob_conn_closed(&f.board, adopting, f.now);
    /* Both still fit: nothing was decided. */
    CHECK(fake_session(&f, fake_key) >= 0);
    CHECK(fake_session(&f, next) >= 0);
    CHECK(fake_dial(&f, fake_key) < 0);
}

TEST(a_second_adoption_session_takes_over_from_the_first)
{
    uint8_t key[HOB_KEY_LEN];
    int first = adopt_again(key);
    int second = fake_session(&f, key);
    REQUIRE(second >= 0);
    CHECK_INT(f.peers[first].closed, HOB_CLOSE_SUPERSEDED);
}

TEST(an_adoption_session_that_adopts_nothing_ends_after_half_a_minute)
{
    uint8_t key[HOB_KEY_LEN];
    int conn = adopt_again(key);
    for (int i = 0; i < 2; i++) {
        fake_run(&f, 14000);
        CHECK_INT(fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}"), HOB_OK);
    }
    fake_run(&f, 1999);
    CHECK(f.peers[conn].open);
    fake_run(&f, 1);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_SILENT);
    CHECK(fake_session(&f, fake_key) >= 0);
}

TEST(adoption_is_open_for_ten_minutes_after_first_power_up_or_boot_held)
{
    uint8_t key[HOB_KEY_LEN];
    new_board();
    adoption_key(key);
    fake_run(&f, 599999);
    CHECK(status().adoption_open);
    int conn = fake_dial(&f, key);
    CHECK(conn >= 0);
    hob_conn_closed(&f.board, conn, f.now);
    fake_run(&f, 1);
    CHECK(!status().adoption_open);
    CHECK(fake_dial(&f, key) < 0);
    CHECK_INT(f.peers[0].closed, HOB_CLOSE_NO_KEY);
    /* A restart is no physical act. */
    (void)fake_boot(&f);
    CHECK(!status().adoption_open);
    CHECK_INT(hob_boot_button_held(&f.board, f.now), HOB_OK);
    adoption_key(key);
    CHECK(fake_session(&f, key) >= 0);
}

TEST(an_adopted_board_is_adopted_again_only_after_boot_was_held)
{
    uint8_t key[HOB_KEY_LEN];
    adopted(7);
    adoption_key(key);
    CHECK(fake_dial(&f, key) < 0);
    CHECK_INT(hob_boot_button_held(&f.board, f.now), HOB_OK);
    CHECK(opens(7));
    adoption_key(key);
    int conn = fake_session(&f, key);
    REQUIRE(conn >= 0);
    (void)send_key(conn, "adopt", 8);
    CHECK(opens(8));
    CHECK(!opens(7));
}

TEST(rotation_has_both_keys_until_the_next_one_has_spoken)
{
    uint8_t next[HOB_KEY_LEN];
    adopted(1);
    int conn = session(1);
    CHECK_INT(send_key(conn, "rotate", 2), HOB_OK);
    CHECK(strstr(fake_hear(&f), "{\"t\":\"rotated\",\"boot\":\"") != NULL);
    CHECK(f.peers[conn].open);
    CHECK(opens(1));
    /* A handshake alone proves nothing: message 1 may be a replay. */
    make_key(next, 2);
    conn = fake_dial(&f, next);
    REQUIRE(conn >= 0);
    hob_conn_closed(&f.board, conn, f.now);
    CHECK(opens(1));
    (void)fake_boot(&f);
    CHECK(opens(1));
    CHECK(opens(2));
    CHECK(!opens(1));
    (void)fake_boot(&f);
    CHECK(opens(2));
    CHECK(!opens(1));
}

TEST(a_rotation_that_is_repeated_takes_the_last_key)
{
    adopted(1);
    int conn = session(1);
    CHECK_INT(send_key(conn, "rotate", 2), HOB_OK);
    CHECK_INT(send_key(conn, "rotate", 3), HOB_OK);
    hob_conn_closed(&f.board, conn, f.now);
    CHECK(!opens(2));
    CHECK(opens(3));
    CHECK(!opens(1));
}

TEST(a_connection_that_shook_hands_with_a_key_now_gone_is_closed)
{
    uint8_t old[HOB_KEY_LEN];
    adopted(1);
    int conn = session(1);
    CHECK_INT(send_key(conn, "rotate", 2), HOB_OK);
    hob_conn_closed(&f.board, conn, f.now);
    make_key(old, 1);
    int slow = fake_dial(&f, old);
    REQUIRE(slow >= 0);
    CHECK(opens(2));
    CHECK(!f.peers[slow].open);
    /* The same with a next key that is replaced while someone shakes hands with it. */
    adopted(1);
    conn = session(1);
    CHECK_INT(send_key(conn, "rotate", 2), HOB_OK);
    make_key(old, 2);
    slow = fake_dial(&f, old);
    REQUIRE(slow >= 0);
    CHECK_INT(send_key(conn, "rotate", 3), HOB_OK);
    CHECK(!f.peers[slow].open);
    CHECK(opens(1));
}

TEST(the_old_key_is_nowhere_in_the_flash_after_a_rotation)
{
    uint8_t old[HOB_KEY_LEN];
    adopted(1);
    int conn = session(1);
    (void)send_key(conn, "rotate", 2);
    hob_conn_closed(&f.board, conn, f.now);
    CHECK(opens(2));
    make_key(old, 1);
    for (int i = 0; i <= HOB_SLOT_KEYS_B; i++) {
        for (size_t at = 0; at + HOB_KEY_LEN <= f.slots[i].len; at++)
            CHECK(memcmp(f.slots[i].data + at, old, HOB_KEY_LEN) != 0);
    }
}

TEST(forgetting_wipes_keys_and_leaves_the_configuration)
{
    uint8_t key[HOB_KEY_LEN];
    adopted(1);
    int conn = session(1);
    REQUIRE(fake_configure(&f, conn, "1", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"));
    fake_clear(&f);
    (void)fake_say(&f, conn, "{\"t\":\"forget\"}");
    CHECK(strstr(fake_hear(&f), "{\"t\":\"forgotten\",\"boot\":\"") != NULL);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_KEY_CHANGED);
    CHECK_INT(f.edge_count, 0);
    CHECK_INT(status().points, 1);
    CHECK(!status().adopted);
    CHECK(!status().adoption_open);
    CHECK(!opens(1));
    /* There is a code, and it is of no use before someone touches the board. */
    adoption_key(key);
    CHECK(!hob_all_zero(key, sizeof key));
    CHECK(fake_dial(&f, key) < 0);
    CHECK_INT(hob_boot_button_held(&f.board, f.now), HOB_OK);
    CHECK(fake_session(&f, key) >= 0);
    (void)fake_boot(&f);
    CHECK_INT(status().points, 1);
    CHECK(!opens(1));
}

TEST(keys_that_cannot_be_stored_change_nothing)
{
    static const char *const types[] = {"rotate", "forget"};
    for (size_t i = 0; i < COUNT(types); i++) {
        test_row("%s", types[i]);
        adopted(1);
        int conn = session(1);
        f.full = true;
        if (i == 0)
            CHECK(send_key(conn, types[i], 2) < 0);
        else
            CHECK(fake_say(&f, conn, "{\"t\":\"forget\"}") < 0);
        CHECK_STR(fake_hear(&f), "");
        CHECK(!f.peers[conn].open);
        f.full = false;
        CHECK(opens(1));
        CHECK(!opens(2));
    }
}

TEST(a_promotion_that_cannot_be_stored_is_stored_later)
{
    uint8_t old[HOB_KEY_LEN];
    adopted(1);
    int conn = session(1);
    CHECK_INT(send_key(conn, "rotate", 2), HOB_OK);
    hob_conn_closed(&f.board, conn, f.now);
    f.full = true;
    CHECK(opens(2));
    CHECK(!opens(1));
    f.full = false;
    fake_run(&f, 10000);
    make_key(old, 1);
    for (int i = 0; i <= HOB_SLOT_KEYS_B; i++) {
        for (size_t at = 0; at + HOB_KEY_LEN <= f.slots[i].len; at++)
            CHECK(memcmp(f.slots[i].data + at, old, HOB_KEY_LEN) != 0);
    }
    (void)fake_boot(&f);
    CHECK(opens(2));
    CHECK(!opens(1));
}

TEST(a_key_of_zeros_is_no_key)
{
    uint8_t zero[HOB_KEY_LEN] = {0};
    new_board();
    CHECK_INT(hob_set_key(&f.board, zero, f.now), HOB_ERR_KEY);
    CHECK(!status().adopted);
    CHECK(fake_dial(&f, zero) < 0);
}

TEST(without_random_numbers_outputs_still_work)
{
    new_board();
    int conn = fake_adopted(&f);
    REQUIRE(fake_configure(&f, conn, "1",
                           "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"on\"}\n"));
    f.random.calls = 0;
    f.random.fail_at = 1;
    CHECK_INT(fake_boot(&f), HOB_ERR_CRYPTO);
    CHECK(fake_level(&f, 16));
    fake_run(&f, 1000);
}

int main(void)
{
    RUN(a_new_board_makes_a_setup_code_and_keeps_it);
    RUN(two_boards_have_different_codes_and_boot_ids);
    RUN(adoption_gives_the_board_its_key);
    RUN(an_adoption_session_can_do_nothing_else);
    RUN(an_adoption_session_hears_nothing_of_the_house);
    RUN(a_server_with_the_old_key_does_not_disturb_an_adoption);
    RUN(a_next_key_is_not_promoted_while_adoption_is_under_way);
    RUN(a_second_adoption_session_takes_over_from_the_first);
    RUN(an_adoption_session_that_adopts_nothing_ends_after_half_a_minute);
    RUN(adoption_is_open_for_ten_minutes_after_first_power_up_or_boot_held);
    RUN(an_adopted_board_is_adopted_again_only_after_boot_was_held);
    RUN(rotation_has_both_keys_until_the_next_one_has_spoken);
    RUN(a_rotation_that_is_repeated_takes_the_last_key);
    RUN(a_connection_that_shook_hands_with_a_key_now_gone_is_closed);
    RUN(the_old_key_is_nowhere_in_the_flash_after_a_rotation);
    RUN(forgetting_wipes_keys_and_leaves_the_configuration);
    RUN(keys_that_cannot_be_stored_change_nothing);
    RUN(a_promotion_that_cannot_be_stored_is_stored_later);
    RUN(a_key_of_zeros_is_no_key);
    RUN(without_random_numbers_outputs_still_work);
    return test_end("keys");
}
