/*
 * Power cuts: a whole life of a board (first power-up, adoption, two
 * configurations, a rotation, restored outputs, forgetting), with the power cut
 * in every write to storage and at every byte of it, twice: with the rest of the
 * slot as it was, and with the rest gone.
 *
 * After each cut the board boots, has the old or the new of everything, holds a
 * key that the server holds too, and can go on from there.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;

/* An emulated processor takes its time: there, every seventh byte. */
#ifdef __riscv
#define STRIDE 7u
#else
#define STRIDE 1u
#endif

static const char first_items[] =
    "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"restore\"}\n";
static const char second_items[] =
    "{\"kind\":\"relay\",\"point\":\"q\",\"pin\":17,\"boot\":\"on\"}\n"
    "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16,\"boot\":\"restore\"}\n";

/* What the server knows. A key is a byte, repeated; 0 is none. */
struct server {
    uint8_t key;
    uint8_t next;
    bool wants_key; /* is adopting */
    char wanted_rev[HOB_REV_SIZE];
    char old_rev[HOB_REV_SIZE];
};
static struct server server;

static void make_key(uint8_t key[HOB_KEY_LEN], uint8_t fill)
{
    memset(key, fill, HOB_KEY_LEN);
}

static int say_key(int conn, const char *type, uint8_t fill)
{
    char hex[65];
    for (size_t i = 0; i < 32; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", fill);
    return fake_say(&f, conn, "{\"t\":\"%s\",\"key\":\"%s\"}", type, hex);
}

static int dial(uint8_t fill)
{
    uint8_t key[HOB_KEY_LEN];
    make_key(key, fill);
    return fill != 0 ? fake_session(&f, key) : -1;
}

/* As a server does: with the new key if there is one, else with the old one. */
static int session(void)
{
    int conn = dial(server.next);
    if (conn >= 0) {
        server.key = server.next;
        server.next = 0;
        return conn;
    }
    return dial(server.key);
}

static bool heard(const char *part)
{
    return fake_wait(&f, part)[0] != '\0';
}

static void hang_up(int conn)
{
    if (conn >= 0 && f.peers[conn].open)
        hob_conn_closed(&f.board, conn, f.now);
    fake_clear(&f);
}

static void adopt(void)
{
    uint8_t key[HOB_KEY_LEN];
    /* The key of the setup code, taken from the board itself. */
    const struct hob_keys *k = &f.board.keys;
    if (!k->has_code)
        return;
    (void)f.crypto.hmac_sha256(f.crypto.ctx, (const uint8_t *)"hob.adopt.1", 11,
                               (const uint8_t *)k->code, HOB_CODE_LEN, key);
    int conn = fake_session(&f, key);
    if (conn < 0)
        return;
    /* The server stores the key before it sends it. */
    server.next = 1;
    (void)say_key(conn, "adopt", 1);
    hang_up(conn);
}

static void configure(const char *rev, const char *items)
{
    int conn = session();
    if (conn < 0)
        return;
    (void)snprintf(server.old_rev, sizeof server.old_rev, "%s", f.board.rev);
    (void)snprintf(server.wanted_rev, sizeof server.wanted_rev, "%s", rev);
    if (fake_configure(&f, conn, rev, items))
        (void)snprintf(server.old_rev, sizeof server.old_rev, "%s", rev);
    hang_up(conn);
}

static void configure_first(void)
{
    configure("1", first_items);
}

static void configure_second(void)
{
    configure("2", second_items);
}

static void switch_on(void)
{
    int conn = session();
    if (conn < 0)
        return;
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"on\",\"until\":99999999}");
    hang_up(conn);
    fake_run(&f, 13000);
}

static void rotate(void)
{
    int conn = session();
    if (conn < 0)
        return;
    server.next = 2;
    (void)say_key(conn, "rotate", 2);
    hang_up(conn);
}

static void use_next(void)
{
    hang_up(session());
}

static void forget(void)
{
    int conn = session();
    if (conn < 0)
        return;
    (void)fake_say(&f, conn, "{\"t\":\"forget\"}");
    /* Only an answer lets the server drop its key. */
    if (heard("forgotten"))
        server.key = server.next = 0;
    hang_up(conn);
}

static void (*const life[])(void) = {
    adopt, configure_first, switch_on, configure_second, rotate, use_next, configure_first, forget,
};

/* Runs the life up to the write that is cut. Result: whether power failed. */
static bool live(int write, size_t byte, bool cut_short)
{
    memset(&server, 0, sizeof server);
    fake_make(&f, 41);
    f.cut_write = write;
    f.cut_at = byte;
    f.cut_short = cut_short;
    (void)fake_boot(&f);
    for (size_t i = 0; i < COUNT(life) && !f.dead; i++)
        life[i]();
    return f.dead;
}

static void check_configuration(void)
{
    const char *rev = f.board.rev;
    CHECK(strcmp(rev, server.old_rev) == 0 || strcmp(rev, server.wanted_rev) == 0);
    CHECK(!f.board.config_refused);
    CHECK_INT(f.pins[17].mode == FAKE_OUTPUT, strcmp(rev, "2") == 0);
    CHECK_INT(f.pins[16].mode == FAKE_OUTPUT, rev[0] != '\0');
    CHECK_INT(fake_level(&f, 17), strcmp(rev, "2") == 0);
}

/* The server's keys fit, or the board is as new and says how to adopt it. */
static void check_keys(void)
{
    struct hob_status s;
    hob_get_status(&f.board, &s, f.now);
    if (s.adopted) {
        int conn = session();
        CHECK(conn >= 0);
        hang_up(conn);
        return;
    }
    char code[HOB_SETUP_CODE_SIZE];
    CHECK_INT(hob_setup_code(&f.board, code), 30);
}

/* What is still to be done can be done. */
static void check_future(void)
{
    struct hob_status s;
    hob_get_status(&f.board, &s, f.now);
    if (!s.adopted) {
        CHECK_INT(hob_boot_button_held(&f.board, f.now), HOB_OK);
        adopt();
    }
    configure_second();
    CHECK_STR(f.board.rev, "2");
    rotate();
    use_next();
    CHECK_INT(server.key, 2);
    (void)fake_boot(&f);
    CHECK_STR(f.board.rev, "2");
    CHECK(dial(2) >= 0);
}

/* One life, one cut. Result: false if there is no such write, or no such byte of it. */
static bool cut(int write, size_t byte, bool cut_short)
{
    test_row("write %d, byte %d%s", write, (int)byte, cut_short ? ", cut short" : "");
    if (!live(write, byte, cut_short) || byte > f.cut_len)
        return false;
    CHECK_INT(fake_boot(&f), HOB_OK);
    check_configuration();
    check_keys();
    check_future();
    CHECK_INT(f.faults, 0);
    return true;
}

TEST(a_power_cut_leaves_the_old_or_the_new_whole)
{
    int write = 1;
    while (cut(write, 0, false)) {
        for (size_t byte = 0; cut(write, byte, true); byte += STRIDE)
            CHECK(cut(write, byte, false));
        write++;
    }
    /* Adoption, rotation and forgetting write twice, all else at least once. */
    CHECK(write > 12);
}

int main(void)
{
    RUN(a_power_cut_leaves_the_old_or_the_new_whole);
    return test_end("power_cut");
}
