/*
 * Configurations in their parts: what has to come in which order, and how much of it.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "rig_config.h"

/* The code of the answer to a commit, "configured" if it was accepted. */
static const char *answer(void)
{
    static char code[32];
    const char *text = fake_wait(&f, "\"t\":\"config");
    const char *at = strstr(text, "\"code\":\"");
    if (at == NULL)
        return strstr(text, "\"configured\"") != NULL ? "configured" : "";
    (void)snprintf(code, sizeof code, "%.*s", (int)strcspn(at + 8, "\""), at + 8);
    return code;
}

static void begin(int items)
{
    (void)fake_say(&f, conn, "{\"t\":\"config_begin\",\"rev\":\"a\",\"items\":%d,\"sha256\":\"%064d\"}",
                   items, 0);
}

static void item(int n)
{
    (void)fake_say(&f, conn,
                   "{\"t\":\"config_item\",\"n\":%d,\"item\":{\"kind\":\"relay\",\"point\":"
                   "\"p%d\",\"pin\":16}}",
                   n, n);
}

static void commit(const char *rev)
{
    (void)fake_say(&f, conn, "{\"t\":\"config_commit\",\"rev\":\"%s\"}", rev);
}

TEST(parts_that_do_not_fit_together_are_refused_at_the_commit)
{
    start();
    commit("a");
    CHECK_STR(answer(), "missing");
    begin(1);
    item(0);
    commit("b");
    CHECK_STR(answer(), "missing");
    begin(2);
    item(0);
    commit("a");
    CHECK_STR(answer(), "missing");
    begin(2);
    item(0);
    item(0);
    commit("a");
    CHECK_STR(answer(), "bad_item");
    begin(1);
    item(0);
    item(1);
    commit("a");
    CHECK_STR(answer(), "bad_item");
    begin(1);
    item(0);
    commit("a");
    CHECK_STR(answer(), "hash_mismatch");
    begin(HOB_MAX_ITEMS + 1);
    commit("a");
    CHECK_STR(answer(), "too_many");
    /* Each is answered once, and the next one begins afresh. */
    CHECK(fake_configure(&f, conn, "c", RELAY));
}

TEST(a_new_begin_throws_away_what_was_unfinished)
{
    start();
    begin(5);
    item(0);
    CHECK(fake_configure(&f, conn, "c", RELAY));
}

TEST(other_frames_may_come_between)
{
    start();
    begin(1);
    (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":1}");
    item(0);
    (void)fake_say(&f, conn, "{\"t\":\"ping\",\"n\":2}");
    commit("a");
    CHECK(strstr(fake_hear(&f), "pong") != NULL);
    CHECK(strstr(fake_hear(&f), "pong") != NULL);
    CHECK_STR(answer(), "hash_mismatch");
}

TEST(a_session_that_ends_takes_an_unfinished_configuration_with_it)
{
    start();
    begin(1);
    item(0);
    conn = fake_session(&f, fake_key);
    fake_clear(&f);
    commit("a");
    CHECK_STR(answer(), "missing");
}

TEST(a_configuration_beyond_its_size_is_refused)
{
    static char items[8 * 4200];
    size_t n = 0;
    start();
    for (int i = 0; i < 4; i++) {
        n += (size_t)snprintf(items + n, sizeof items - n,
                              "{\"kind\":\"relay\",\"point\":\"p%d\",\"pin\":%d,\"x\":\"%0*d\"}\n", i,
                              16 + i, 3500, 0);
    }
    CHECK(!fake_configure(&f, conn, "1", items));
    CHECK(strstr(fake_last(&f), "\"code\":\"too_large\"") != NULL);
    /* Three of them fit, unknown members and all. */
    *(strchr(strchr(strchr(items, '\n') + 1, '\n') + 1, '\n') + 1) = '\0';
    CHECK(fake_configure(&f, conn, "2", items));
}

TEST(an_item_may_have_line_ends_of_its_own)
{
    static const char item_text[] = "{\n\t\"kind\":\"relay\",\r\n\"point\":\"r\",\"pin\":16\n}";
    struct hob_sha256 s;
    uint8_t hash[HOB_HASH_LEN];
    char hex[65];
    start();
    (void)f.crypto.sha256_start(f.crypto.ctx, &s);
    (void)f.crypto.sha256_update(f.crypto.ctx, &s, (const uint8_t *)item_text, sizeof item_text - 1);
    (void)f.crypto.sha256_update(f.crypto.ctx, &s, (const uint8_t *)"\n", 1);
    (void)f.crypto.sha256_finish(f.crypto.ctx, &s, hash);
    for (size_t i = 0; i < sizeof hash; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", hash[i]);
    (void)fake_say(&f, conn, "{\"t\":\"config_begin\",\"rev\":\"a\",\"items\":1,\"sha256\":\"%s\"}",
                   hex);
    (void)fake_say(&f, conn, "{\"t\":\"config_item\",\"n\":0, \"item\" : %s }", item_text);
    commit("a");
    CHECK_STR(answer(), "configured");
    (void)fake_boot(&f);
    CHECK_STR(f.board.rev, "a");
    CHECK(f.pins[16].mode == FAKE_OUTPUT);
}

TEST(a_chip_has_so_many_channels_and_no_more)
{
    static char items[2000];
    size_t n = 0;
    fake_make(&f, 19);
    f.options.chip = "esp32c3";
    (void)fake_boot(&f);
    conn = fake_adopted(&f);
    for (int i = 0; i < 6; i++)
        n += (size_t)snprintf(items + n, sizeof items - n,
                              "{\"kind\":\"pwm\",\"point\":\"p%d\",\"pin\":%d}\n", i, i);
    CHECK(fake_configure(&f, conn, "1", items));
    (void)snprintf(items + n, sizeof items - n, "{\"kind\":\"pwm\",\"point\":\"x\",\"pin\":6}\n");
    CHECK(!fake_configure(&f, conn, "2", items));
}

/* A head and count items: before, a number, between, another one, and the end. */
static void fill(char *items, size_t cap, const char *head, const char *const form[3], int count)
{
    size_t n = (size_t)snprintf(items, cap, "%s", head);
    for (int i = 0; i < count; i++)
        n += (size_t)snprintf(items + n, cap - n, "%s%d%s%d%s\n", form[0], i, form[1], i + 12,
                              form[2]);
}

TEST(a_board_has_so_many_bindings_and_strips_and_no_more)
{
    static char items[12000];
    static const char head[] =
        RELAY "{\"kind\":\"input\",\"point\":\"i\",\"pin\":32,\"role\":\"button\"}\n";
    static const char *const binding[] = {
        ("{\"kind\":\"binding\",\"point\":\"i\",\"on\":\"press\",\"target\":\"r\","
         "\"do\":\"toggle\",\"x\":["),
        ",", "]}"};
    static const char *const strip[] = {"{\"kind\":\"ws2812\",\"point\":\"s", "\",\"pin\":",
                                        ",\"count\":1}"};
    start();
    fill(items, sizeof items, head, binding, HOB_MAX_BINDINGS);
    CHECK(fake_configure(&f, conn, "1", items));
    fill(items, sizeof items, head, binding, HOB_MAX_BINDINGS + 1);
    CHECK(!fake_configure(&f, conn, "2", items));
    CHECK(strstr(fake_last(&f), "\"path\":\"items[50]\",\"code\":\"too_many\"") != NULL);
    fill(items, sizeof items, "", strip, 8);
    CHECK(fake_configure(&f, conn, "3", items));
    fill(items, sizeof items,
         "{\"kind\":\"ws2812\",\"point\":\"x\",\"pin\":21,\"count\":1}\n", strip, 8);
    CHECK(!fake_configure(&f, conn, "4", items));
    CHECK(strstr(fake_last(&f), "\"path\":\"items[8]\",\"code\":\"too_many\"") != NULL);
}

int main(void)
{
    RUN(parts_that_do_not_fit_together_are_refused_at_the_commit);
    RUN(a_new_begin_throws_away_what_was_unfinished);
    RUN(other_frames_may_come_between);
    RUN(a_session_that_ends_takes_an_unfinished_configuration_with_it);
    RUN(a_configuration_beyond_its_size_is_refused);
    RUN(an_item_may_have_line_ends_of_its_own);
    RUN(a_chip_has_so_many_channels_and_no_more);
    RUN(a_board_has_so_many_bindings_and_strips_and_no_more);
    return test_end("config-parts");
}
