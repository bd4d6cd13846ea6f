/*
 * Another firmware over the link: what is taken, what is refused, what a broken
 * link and a pulse do to it, and the trial of what was booted.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "hob_base64.h"
#include "test.h"

static struct fake_board f;

static const uint8_t signer[HOB_VERIFY_KEY_LEN] = {4, 1, 2, 3};
static const uint8_t stranger[HOB_VERIFY_KEY_LEN] = {4, 9, 9, 9};

/* An image as somebody offers it. */
struct offer {
    uint8_t bytes[5000];
    uint32_t size;
    const char *chip;
    const char *fw;
    unsigned security;
    const uint8_t *key;
};
static struct offer offer;

static void start(void)
{
    fake_make(&f, 1);
    f.options.update_key = signer;
    f.options.security = 3;
    offer = (struct offer){.size = sizeof offer.bytes, .chip = "esp32", .fw = "0.2.0", .security = 3,
                           .key = signer};
    for (size_t i = 0; i < sizeof offer.bytes; i++)
        offer.bytes[i] = (uint8_t)(i * 7 + i / 256);
    CHECK_INT(fake_boot(&f), HOB_OK);
}

static void to_hex(const uint8_t *bytes, size_t len, char *out)
{
    for (size_t i = 0; i < len; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

static void hash(uint8_t out[HOB_HASH_LEN])
{
    struct hob_sha256 s;
    (void)f.crypto.sha256_start(f.crypto.ctx, &s);
    (void)f.crypto.sha256_update(f.crypto.ctx, &s, offer.bytes, offer.size);
    (void)f.crypto.sha256_finish(f.crypto.ctx, &s, out);
}

/* Says update_begin, and gives what the board answers. */
static const char *begin(int conn)
{
    uint8_t sum[HOB_HASH_LEN];
    uint8_t signature[HOB_SIGNATURE_LEN];
    char sum_hex[2 * HOB_HASH_LEN + 1];
    char signature_hex[2 * HOB_SIGNATURE_LEN + 1];
    char text[256];
    hash(sum);
    to_hex(sum, sizeof sum, sum_hex);
    int len = snprintf(text, sizeof text,
                       "hob.image.1\nchip %s\nfw %s\nsecurity %u\nsize %u\nsha256 %s\n", offer.chip,
                       offer.fw, offer.security, (unsigned)offer.size, sum_hex);
    fake_sign(offer.key, (const uint8_t *)text, (size_t)len, signature);
    to_hex(signature, sizeof signature, signature_hex);
    (void)fake_say(&f, conn,
                   "{\"t\":\"update_begin\",\"chip\":\"%s\",\"fw\":\"%s\",\"security\":%u,"
                   "\"size\":%u,\"sha256\":\"%s\",\"sig\":\"%s\"}",
                   offer.chip, offer.fw, offer.security, (unsigned)offer.size, sum_hex,
                   signature_hex);
    return fake_wait(&f, "\"update\"");
}

static void to_base64(const uint8_t *bytes, size_t len, char *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < len; i += 3) {
        uint32_t bits = (uint32_t)bytes[i] << 16;
        bits |= i + 1 < len ? (uint32_t)bytes[i + 1] << 8 : 0;
        bits |= i + 2 < len ? bytes[i + 2] : 0;
        *out++ = digits[bits >> 18];
        *out++ = digits[bits >> 12 & 63u];
        *out++ = i + 1 < len ? digits[bits >> 6 & 63u] : '=';
        *out++ = i + 2 < len ? digits[bits & 63u] : '=';
    }
    *out = '\0';
}

/* The part that begins there, and what the board answers. */
static const char *part(int conn, uint32_t at)
{
    static char text[3000];
    uint32_t len = offer.size - at < HOB_MAX_PART ? offer.size - at : HOB_MAX_PART;
    to_base64(offer.bytes + at, len, text);
    (void)fake_say(&f, conn, "{\"t\":\"update_part\",\"at\":%u,\"data\":\"%s\"}", (unsigned)at, text);
    return fake_wait(&f, "\"update\"");
}

static bool says(const char *frame, const char *what)
{
    bool ok = strstr(frame, what) != NULL;
    if (!ok)
        CHECK_STR(frame, what);
    return ok;
}

/* Sends everything from at on. */
static void send_all(int conn, uint32_t at)
{
    for (; at < offer.size; at += HOB_MAX_PART)
        (void)part(conn, at);
}

TEST(an_image_that_is_signed_is_stored_read_back_and_booted)
{
    start();
    int conn = fake_adopted(&f);
    CHECK(says(begin(conn), "\"stage\":\"receiving\",\"next\":0"));
    CHECK(says(part(conn, 0), "\"stage\":\"receiving\",\"next\":2048"));
    CHECK(says(part(conn, 2048), "\"stage\":\"receiving\",\"next\":4096"));
    CHECK(says(part(conn, 4096), "\"stage\":\"checking\",\"next\":5000"));
    CHECK(!f.images.booted);
    fake_run(&f, 10);
    CHECK(says(fake_wait(&f, "\"update\""), "\"stage\":\"restarting\""));
    CHECK(f.images.booted);
    CHECK_INT(f.restarts, 1);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_RESTART);
    CHECK_MEM(f.images.data, offer.bytes, offer.size);
    CHECK_INT(f.random.open_hashes, 0);
    CHECK_INT(f.faults, 0);
}

TEST(what_is_not_for_this_board_is_refused_before_flash_is_touched)
{
    static const struct {
        const char *chip;
        unsigned security;
        const uint8_t *key;
        uint32_t room;
        const char *code;
    } cases[] = {
        {"esp32", 3, stranger, 0, "bad_signature"},
        {"esp32c3", 3, signer, 0, "wrong_chip"},
        {"esp32c3", 3, stranger, 0, "bad_signature"}, /* and nothing unsigned is believed */
        {"esp32", 2, signer, 0, "downgrade"},
        {"esp32", 3, signer, 4999, "too_large"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char want[64];
        start();
        test_row("%s", cases[i].code);
        offer.chip = cases[i].chip;
        offer.security = cases[i].security;
        offer.key = cases[i].key;
        f.images.room = cases[i].room;
        int conn = fake_adopted(&f);
        (void)snprintf(want, sizeof want, "\"stage\":\"failed\",\"next\":0,\"code\":\"%s\"",
                       cases[i].code);
        CHECK(says(begin(conn), want));
        CHECK(says(part(conn, 0), "\"stage\":\"none\""));
        CHECK_INT(f.images.written, 0);
        CHECK(f.peers[conn].open);
    }
}

TEST(a_newer_security_version_is_taken)
{
    start();
    offer.security = 4;
    CHECK(says(begin(fake_adopted(&f)), "receiving"));
}

TEST(a_firmware_without_a_key_takes_no_update)
{
    start();
    f.options.update_key = NULL;
    CHECK_INT(fake_boot(&f), HOB_OK);
    CHECK(says(begin(fake_adopted(&f)), "\"code\":\"no_key\""));
}

TEST(what_is_signed_cannot_be_said_in_other_words)
{
    static const char *const words[] = {"0.2.0\\nsecurity 9", "0.2.0 x", "", "\\u00e9",
                                        "1234567890123456789012345678901x"};
    for (size_t i = 0; i < COUNT(words); i++) {
        start();
        test_row("%s", words[i]);
        offer.fw = words[i];
        int conn = fake_adopted(&f);
        CHECK_STR(begin(conn), "");
        CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
    }
}

TEST(one_bit_that_flips_on_the_way_into_flash_is_found)
{
    start();
    int conn = fake_adopted(&f);
    (void)begin(conn);
    send_all(conn, 0);
    f.images.data[4321] ^= 0x10u;
    fake_run(&f, 10);
    CHECK(says(fake_wait(&f, "\"failed\""), "\"code\":\"hash_mismatch\""));
    CHECK(!f.images.booted);
    CHECK_INT(f.restarts, 0);
    CHECK_INT(f.random.open_hashes, 0);
    /* It can be tried again. */
    CHECK(says(begin(conn), "\"stage\":\"receiving\",\"next\":0"));
}

TEST(a_link_that_breaks_costs_nothing_of_what_has_come)
{
    start();
    int conn = fake_adopted(&f);
    (void)begin(conn);
    (void)part(conn, 0);
    hob_conn_closed(&f.board, conn, f.now);
    conn = fake_session(&f, fake_key);
    CHECK(says(begin(conn), "\"stage\":\"receiving\",\"next\":2048"));
    send_all(conn, 2048);
    fake_run(&f, 10);
    CHECK(f.images.booted);
}

TEST(another_image_begins_anew)
{
    start();
    int conn = fake_adopted(&f);
    (void)begin(conn);
    (void)part(conn, 0);
    offer.bytes[0] ^= 1u;
    CHECK(says(begin(conn), "\"stage\":\"receiving\",\"next\":0"));
    send_all(conn, 0);
    fake_run(&f, 10);
    CHECK_MEM(f.images.data, offer.bytes, offer.size);
    CHECK(f.images.booted);
}

TEST(a_part_that_is_not_wanted_is_answered_with_what_is)
{
    start();
    int conn = fake_adopted(&f);
    (void)begin(conn);
    CHECK(says(part(conn, 2048), "\"stage\":\"receiving\",\"next\":0"));
    (void)part(conn, 0);
    CHECK(says(part(conn, 0), "\"stage\":\"receiving\",\"next\":2048"));
    CHECK_INT(f.images.written, 2048);
    CHECK_INT(f.faults, 0);
}

TEST(a_part_that_is_none_ends_the_session)
{
    static const char *const data[] = {"", "AAA", "AA=A", "A===", "AAB=", "A AA", "AAAA====", "\\u0041AAA"};
    for (size_t i = 0; i < COUNT(data); i++) {
        start();
        test_row("%s", data[i]);
        int conn = fake_adopted(&f);
        (void)begin(conn);
        (void)fake_say(&f, conn, "{\"t\":\"update_part\",\"at\":0,\"data\":\"%s\"}", data[i]);
        CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
        CHECK_INT(f.images.written, 0);
    }
    /* More than was announced. */
    start();
    int conn = fake_adopted(&f);
    offer.size = 100;
    (void)begin(conn);
    offer.size = 200;
    (void)part(conn, 0);
    CHECK_INT(f.peers[conn].closed, HOB_CLOSE_BAD_FRAME);
}

TEST(flash_that_does_not_store_is_told)
{
    start();
    int conn = fake_adopted(&f);
    (void)begin(conn);
    f.images.broken = true;
    CHECK(says(part(conn, 0), "\"code\":\"storage\""));
    f.images.broken = false;
    (void)begin(conn);
    send_all(conn, 0);
    f.images.unbootable = true;
    fake_run(&f, 10);
    CHECK(says(fake_wait(&f, "\"failed\""), "\"code\":\"not_bootable\""));
    CHECK_INT(f.restarts, 0);
}

TEST(while_a_pulse_is_under_way_flash_is_left_alone)
{
    start();
    int conn = fake_adopted(&f);
    CHECK(fake_configure(&f, conn, "1", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"));
    (void)begin(conn);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"pulse\",\"ms\":500,\"until\":999999}");
    CHECK(fake_level(&f, 16));
    CHECK(says(part(conn, 0), "\"stage\":\"wait\",\"next\":0"));
    CHECK_INT(f.images.written, 0);
    fake_run(&f, 600);
    CHECK(!fake_level(&f, 16));
    CHECK(says(fake_wait(&f, "\"update\""), "\"stage\":\"receiving\",\"next\":0"));
    CHECK(says(part(conn, 0), "\"next\":2048"));
}

TEST(nothing_is_booted_before_a_pulse_has_ended)
{
    start();
    int conn = fake_adopted(&f);
    CHECK(fake_configure(&f, conn, "1", "{\"kind\":\"relay\",\"point\":\"r\",\"pin\":16}\n"));
    (void)begin(conn);
    send_all(conn, 0);
    (void)fake_say(&f, conn, "{\"t\":\"command\",\"id\":1,\"point\":\"r\",\"do\":\"pulse\",\"ms\":500,\"until\":999999}");
    fake_run(&f, 400);
    CHECK(fake_level(&f, 16));
    CHECK_INT(f.restarts, 0);
    fake_run(&f, 300);
    CHECK_INT(f.restarts, 1);
}

/* ---- the trial ---- */

static void start_on_trial(void)
{
    start();
    (void)fake_adopted(&f);
    f.images.on_trial = true;
    CHECK_INT(fake_boot(&f), HOB_OK);
}

TEST(a_session_of_10_s_proves_a_firmware)
{
    start_on_trial();
    fake_run(&f, 60000);
    int conn = fake_session(&f, fake_key);
    CHECK(says(fake_hear(&f), "\"trial\":true"));
    fake_run(&f, 9900);
    CHECK_INT(f.images.keeps, 0);
    fake_run(&f, 200);
    CHECK(says(fake_wait(&f, "\"update\""), "\"stage\":\"kept\""));
    CHECK_INT(f.images.keeps, 1);
    hob_conn_closed(&f.board, conn, f.now);
    fake_run(&f, 600000);
    CHECK_INT(f.images.undone, 0);
}

TEST(without_a_session_the_firmware_of_before_comes_back)
{
    start_on_trial();
    fake_run(&f, 119900);
    CHECK_INT(f.images.undone, 0);
    fake_run(&f, 200);
    CHECK_INT(f.images.undone, 1);
    CHECK_INT(f.images.keeps, 0);
}

TEST(sessions_that_do_not_last_prove_nothing)
{
    start_on_trial();
    for (int i = 0; i < 13; i++) {
        int conn = fake_session(&f, fake_key);
        fake_run(&f, 9000);
        hob_conn_closed(&f.board, conn, f.now);
    }
    fake_run(&f, 5000);
    CHECK_INT(f.images.keeps, 0);
    CHECK_INT(f.images.undone, 1);
}

TEST(a_session_that_came_just_in_time_has_its_10_s)
{
    start_on_trial();
    fake_run(&f, 119000);
    (void)fake_session(&f, fake_key);
    fake_run(&f, 9000);
    CHECK_INT(f.images.undone, 0);
    fake_run(&f, 1100);
    CHECK_INT(f.images.keeps, 1);
}

TEST(an_update_waits_until_what_runs_has_proved_itself)
{
    start_on_trial();
    int conn = fake_session(&f, fake_key);
    fake_clear(&f);
    CHECK(says(begin(conn), "\"code\":\"on_trial\""));
    fake_run(&f, 10100);
    fake_clear(&f);
    CHECK(says(begin(conn), "receiving"));
}

TEST(that_it_is_kept_is_tried_again_until_it_is_stored)
{
    start_on_trial();
    f.images.unkeepable = true;
    (void)fake_session(&f, fake_key);
    fake_run(&f, 13500);
    CHECK_INT(f.images.keeps, 4);
    f.images.unkeepable = false;
    fake_clear(&f);
    fake_run(&f, 1000);
    CHECK(says(fake_wait(&f, "\"update\""), "kept"));
    CHECK_INT(f.images.undone, 0);
}

TEST(a_firmware_that_is_not_on_trial_waits_for_nobody)
{
    start();
    (void)fake_adopted(&f);
    CHECK_INT(fake_boot(&f), HOB_OK);
    fake_run(&f, 600000);
    CHECK_INT(f.images.undone, 0);
    (void)fake_session(&f, fake_key);
    CHECK(strstr(fake_hear(&f), "trial") == NULL);
}

/* ---- base64 ---- */

TEST(base64_is_decoded_in_place_and_has_one_form)
{
    char text[] = "AAECAwQFBgcI";
    uint8_t *out = (uint8_t *)text;
    const uint8_t want[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    CHECK_INT(hob_base64_decode(text, 12, out, 12), 9);
    CHECK_MEM(out, want, sizeof want);
    uint8_t small[3];
    CHECK_INT(hob_base64_decode("+/8=", 4, small, sizeof small), 2);
    CHECK_INT(small[0] << 8 | small[1], 0xFBFF);
    CHECK_INT(hob_base64_decode("/w==", 4, small, sizeof small), 1);
    CHECK_INT(hob_base64_decode("", 0, small, sizeof small), 0);
    CHECK_INT(hob_base64_decode("AAAAAAAA", 8, small, sizeof small), HOB_ERR_TOO_LONG);
    CHECK_INT(hob_base64_decode("/x==", 4, small, sizeof small), HOB_ERR_VALUE);
    CHECK_INT(hob_base64_decode("//9=", 4, small, sizeof small), HOB_ERR_VALUE);
    CHECK_INT(hob_base64_decode("==AA", 4, small, sizeof small), HOB_ERR_VALUE);
}

int main(void)
{
    RUN(an_image_that_is_signed_is_stored_read_back_and_booted);
    RUN(what_is_not_for_this_board_is_refused_before_flash_is_touched);
    RUN(a_newer_security_version_is_taken);
    RUN(a_firmware_without_a_key_takes_no_update);
    RUN(what_is_signed_cannot_be_said_in_other_words);
    RUN(one_bit_that_flips_on_the_way_into_flash_is_found);
    RUN(a_link_that_breaks_costs_nothing_of_what_has_come);
    RUN(another_image_begins_anew);
    RUN(a_part_that_is_not_wanted_is_answered_with_what_is);
    RUN(a_part_that_is_none_ends_the_session);
    RUN(flash_that_does_not_store_is_told);
    RUN(while_a_pulse_is_under_way_flash_is_left_alone);
    RUN(nothing_is_booted_before_a_pulse_has_ended);
    RUN(a_session_of_10_s_proves_a_firmware);
    RUN(without_a_session_the_firmware_of_before_comes_back);
    RUN(sessions_that_do_not_last_prove_nothing);
    RUN(a_session_that_came_just_in_time_has_its_10_s);
    RUN(an_update_waits_until_what_runs_has_proved_itself);
    RUN(that_it_is_kept_is_tried_again_until_it_is_stored);
    RUN(a_firmware_that_is_not_on_trial_waits_for_nobody);
    RUN(base64_is_decoded_in_place_and_has_one_form);
    return test_end("update");
}
