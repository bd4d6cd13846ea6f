/*
 * What the ports share beside the core: back-off, the setup page and its form,
 * the stored network, the access point's DNS, and what pulses on a wire mean.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include "hob_backoff.h"
#include "hob_button.h"
#include "hob_dns.h"
#include "hob_form.h"
#include "hob_setup.h"
#include "hob_timing.h"
#include "hob_wifi.h"
#include "test.h"

TEST(each_wait_is_longer_until_the_longest)
{
    struct hob_backoff b = {.least = 250, .most = 30000};
    const uint32_t want[] = {250, 500, 1000, 2000, 4000, 8000, 16000, 30000, 30000};
    for (size_t i = 0; i < COUNT(want); i++)
        CHECK_INT(hob_backoff_failed(&b, 0), want[i]);
    hob_backoff_worked(&b);
    CHECK_INT(hob_backoff_failed(&b, 0), 250);
}

TEST(chance_takes_a_quarter_of_a_wait_at_most)
{
    uint32_t seed = 7;
    struct hob_backoff b = {.least = 1000, .most = 1000};
    bool less = false;
    for (int i = 0; i < 500; i++) {
        uint32_t wait = hob_backoff_failed(&b, test_random(&seed));
        CHECK(wait >= 750 && wait <= 1000);
        less = less || wait < 900;
    }
    CHECK(less);
}

TEST(form_fields_are_decoded_or_refused)
{
    static const struct {
        const char *body;
        const char *name;
        const char *want;
        int result;
    } cases[] = {
        {"ssid=home&password=secret", "ssid", "home", 4},
        {"ssid=home&password=secret", "password", "secret", 6},
        {"ssid=a+b%20c%2B%26", "ssid", "a b c+&", 7},
        {"ssid=caf%C3%A9", "ssid", "caf\xC3\xA9", 5},
        {"ssid=", "ssid", "", 0},
        {"ssid=one&ssid=two", "ssid", "one", 3},
        {"xssid=1&ssid=2", "ssid", "2", 1},
        {"ssidx=1", "ssid", "", HOB_ERR_MISSING},
        {"ssid", "ssid", "", HOB_ERR_MISSING},
        {"", "ssid", "", HOB_ERR_MISSING},
        {"&&&=&", "ssid", "", HOB_ERR_MISSING},
        {"ssid=%", "ssid", "", HOB_ERR_SYNTAX},
        {"ssid=%4", "ssid", "", HOB_ERR_SYNTAX},
        {"ssid=%4&x=1", "ssid", "", HOB_ERR_SYNTAX},
        {"ssid=%zz", "ssid", "", HOB_ERR_SYNTAX},
        {"ssid=a%00b", "ssid", "", HOB_ERR_VALUE},
        {"ssid=12345678", "ssid", "", HOB_ERR_TOO_LONG},
        {"ssid=1234567", "ssid", "1234567", 7},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        char out[8] = "?";
        test_row("%s", cases[i].body);
        CHECK_INT(hob_form_get(cases[i].body, strlen(cases[i].body), cases[i].name, out, sizeof out),
                  cases[i].result);
        CHECK_STR(out, cases[i].want);
    }
}

TEST(a_setup_form_gives_a_network_that_can_be_joined)
{
    static const struct {
        const char *body;
        const char *ssid;
        const char *password;
        int result;
    } cases[] = {
        {"ssid=home&password=12345678", "home", "12345678", HOB_OK},
        {"ssid=open", "open", "", HOB_OK},
        {"ssid=open&password=", "open", "", HOB_OK},
        {"ssid=home&password=1234567", "", "", HOB_ERR_VALUE},
        {"ssid=&password=12345678", "", "", HOB_ERR_MISSING},
        {"password=12345678", "", "", HOB_ERR_MISSING},
        {"ssid=123456789012345678901234567890123", "", "", HOB_ERR_TOO_LONG},
        {"ssid=home&password=%", "", "", HOB_ERR_SYNTAX},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct hob_wifi w;
        test_row("%s", cases[i].body);
        CHECK_INT(hob_setup_read(cases[i].body, strlen(cases[i].body), &w), cases[i].result);
        CHECK_STR(w.ssid, cases[i].ssid);
        CHECK_STR(w.password, cases[i].password);
    }
}

/* A page as it arrives. */
struct page {
    char text[4096];
    size_t len;
};

static void put(void *ctx, const char *text)
{
    struct page *p = ctx;
    size_t len = strlen(text);
    if (p->len + len < sizeof p->text) {
        memcpy(p->text + p->len, text, len + 1);
        p->len += len;
    }
}

TEST(the_setup_page_shows_the_code_and_escapes_what_others_named)
{
    struct page p = {.len = 0};
    hob_setup_page("hob-7c9ebd", "AAAAA-BBBBB", "<script>&\"", put, &p);
    CHECK(strstr(p.text, "hob-7c9ebd") != NULL);
    CHECK(strstr(p.text, "<code>AAAAA-BBBBB</code>") != NULL);
    CHECK(strstr(p.text, "&lt;script>&amp;&quot;") != NULL);
    CHECK(strstr(p.text, "<script>") == NULL);
    CHECK(strstr(p.text, "action=/setup") != NULL);
}

TEST(an_adopted_boards_page_shows_no_code)
{
    struct page p = {.len = 0};
    hob_setup_page("hob-7c9ebd", "", "", put, &p);
    CHECK(strstr(p.text, "<code>") == NULL);
    CHECK(strstr(p.text, "name=ssid") != NULL);
}

TEST(the_answer_says_what_is_wrong_and_asks_again)
{
    struct page p = {.len = 0};
    hob_setup_answer("hob-7c9ebd", "", HOB_ERR_VALUE, put, &p);
    CHECK(strstr(p.text, "at least 8") != NULL);
    CHECK(strstr(p.text, "name=ssid") != NULL);
    p.len = 0;
    hob_setup_answer("hob-7c9ebd", "<b>", HOB_OK, put, &p);
    CHECK(strstr(p.text, "joins <b>&lt;b>") != NULL);
    CHECK(strstr(p.text, "name=ssid") == NULL);
}

TEST(a_stored_network_comes_back)
{
    uint8_t record[HOB_WIFI_RECORD];
    struct hob_wifi w = {"12345678901234567890123456789012",
                         "123456789012345678901234567890123456789012345678901234567890123"};
    struct hob_wifi back;
    int len = hob_wifi_pack(&w, record);
    REQUIRE(len > 0 && (size_t)len <= sizeof record);
    CHECK_INT(hob_wifi_unpack(record, (size_t)len, &back), HOB_OK);
    CHECK_STR(back.ssid, w.ssid);
    CHECK_STR(back.password, w.password);
}

TEST(a_damaged_network_is_none)
{
    uint8_t record[HOB_WIFI_RECORD];
    struct hob_wifi w = {"home", "12345678"};
    struct hob_wifi back;
    int len = hob_wifi_pack(&w, record);
    for (int cut = 0; cut < len; cut++)
        CHECK_INT(hob_wifi_unpack(record, (size_t)cut, &back), HOB_ERR_CORRUPT);
    for (int i = 0; i < len; i++) {
        record[i] ^= 0x20u;
        CHECK_INT(hob_wifi_unpack(record, (size_t)len, &back), HOB_ERR_CORRUPT);
        CHECK_STR(back.ssid, "");
        record[i] ^= 0x20u;
    }
}

static const uint8_t here[4] = {192, 168, 4, 1};
/* What a phone asks first: the address of "a.bc". */
static const uint8_t query[] = {0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
                                1,    'a',  2, 'b', 'c', 0, 0, 1, 0, 1};

TEST(every_name_has_the_boards_address)
{
    uint8_t out[HOB_DNS_MAX];
    int len = hob_dns_answer(query, sizeof query, here, out);
    REQUIRE(len == (int)sizeof query + 16);
    CHECK_INT(out[0] << 8 | out[1], 0x1234);
    CHECK_INT(out[2], 0x85);
    CHECK_INT(out[7], 1);
    CHECK_MEM(out + 12, query + 12, sizeof query - 12);
    CHECK_MEM(out + len - 4, here, 4);
}

TEST(there_is_no_ipv6_address_and_no_answer_to_an_answer)
{
    uint8_t out[HOB_DNS_MAX];
    uint8_t other[sizeof query];
    memcpy(other, query, sizeof query);
    other[19] = 28;
    CHECK_INT(hob_dns_answer(other, sizeof other, here, out), sizeof query);
    CHECK_INT(out[7], 0);
    memcpy(other, query, sizeof query);
    other[2] |= 0x80u;
    CHECK_INT(hob_dns_answer(other, sizeof other, here, out), HOB_ERR_SYNTAX);
}

TEST(a_query_that_is_cut_short_or_twisted_gets_no_answer)
{
    uint8_t out[HOB_DNS_MAX];
    uint8_t long_one[HOB_DNS_MAX + 64] = {0, 0, 1, 0, 0, 1};
    uint8_t other[sizeof query];
    for (size_t cut = 0; cut < sizeof query; cut++)
        CHECK_INT(hob_dns_answer(query, cut, here, out), HOB_ERR_SYNTAX);
    memcpy(other, query, sizeof query);
    other[12] = 0xC0;
    CHECK_INT(hob_dns_answer(other, sizeof other, here, out), HOB_ERR_SYNTAX);
    for (size_t at = 12; at < sizeof long_one - 64; at += 64)
        long_one[at] = 63;
    CHECK_INT(hob_dns_answer(long_one, sizeof long_one, here, out), HOB_ERR_SPACE);
}

/* A whole answer of a DHT22: its greeting, then the bits of raw. */
static size_t record_dht(struct hob_stretch *s, const uint8_t raw[5], bool greeting)
{
    size_t n = 0;
    if (greeting) {
        s[n++] = (struct hob_stretch){80, false};
        s[n++] = (struct hob_stretch){80, true};
    }
    for (unsigned bit = 0; bit < 40; bit++) {
        s[n++] = (struct hob_stretch){50, false};
        s[n++] = (struct hob_stretch){raw[bit / 8] >> (7 - bit % 8) & 1u ? 70 : 26, true};
    }
    s[n++] = (struct hob_stretch){54, false};
    s[n++] = (struct hob_stretch){0, true};
    return n;
}

TEST(a_dht22_is_read_whether_its_greeting_was_seen_or_not)
{
    const uint8_t raw[5] = {0x02, 0x8C, 0x01, 0x5F, 0xEE};
    uint8_t out[HOB_DHT_BYTES];
    struct hob_stretch s[100];
    for (int greeting = 0; greeting < 2; greeting++) {
        size_t n = record_dht(s, raw, greeting == 1);
        CHECK_INT(hob_timing_dht(s, n, out), HOB_OK);
        CHECK_MEM(out, raw, sizeof raw);
    }
}

TEST(a_dht22_that_stops_or_stutters_has_measured_nothing)
{
    const uint8_t raw[5] = {0xFF, 0x00, 0xAA, 0x55, 0xFE};
    uint8_t out[HOB_DHT_BYTES];
    struct hob_stretch s[100];
    size_t n = record_dht(s, raw, false);
    CHECK_INT(hob_timing_dht(s, n - 4, out), HOB_ERR_MISSING);
    CHECK_INT(hob_timing_dht(s, 0, out), HOB_ERR_MISSING);
    s[31].us = 140;
    CHECK_INT(hob_timing_dht(s, n, out), HOB_ERR_VALUE);
    s[31].us = 5;
    CHECK_INT(hob_timing_dht(s, n, out), HOB_ERR_VALUE);
}

TEST(a_duty_is_never_and_always_at_its_ends_at_every_frequency)
{
    static const uint32_t frequencies[] = {1, 50, 1000, 5000, 19531, 40000};
    for (size_t i = 0; i < COUNT(frequencies); i++) {
        unsigned bits = hob_timing_duty_bits(80000000, frequencies[i], 13);
        test_row("%u Hz: %u bits", (unsigned)frequencies[i], bits);
        CHECK(bits >= 8 && bits <= 13);
        CHECK(((uint64_t)frequencies[i] << bits) <= 80000000);
        CHECK_INT(hob_timing_duty(0, bits), 0);
        CHECK_INT(hob_timing_duty(65535, bits), 1 << bits);
        CHECK_INT(hob_timing_duty(32768, bits), 1 << (bits - 1));
    }
    CHECK_INT(hob_timing_duty_bits(80000000, 40000, 13), 10);
}

/* Events of a button that is down from one time to another, in ms, looked at every 100 ms. */
static int hold(struct hob_button *b, uint64_t from, uint64_t to, int *held, int *longer)
{
    int first = -1;
    *held = *longer = 0;
    for (uint64_t now = from; now <= to; now += 100) {
        enum hob_button_event e = hob_button_tick(b, true, now);
        *held += e == HOB_BUTTON_HELD;
        *longer += e == HOB_BUTTON_HELD_LONG;
        if (e == HOB_BUTTON_HELD && first < 0)
            first = (int)(now - from);
    }
    (void)hob_button_tick(b, false, to + 100);
    return first;
}

TEST(boot_held_for_5_s_and_for_20_s_are_told_once_each)
{
    struct hob_button b = {0};
    int held;
    int longer;
    (void)hob_button_tick(&b, false, 0);
    CHECK_INT(hold(&b, 1000, 5900, &held, &longer), -1);
    CHECK_INT(hold(&b, 10000, 16000, &held, &longer), 5000);
    CHECK_INT(held, 1);
    CHECK_INT(longer, 0);
    CHECK_INT(hold(&b, 30000, 60000, &held, &longer), 5000);
    CHECK_INT(held, 1);
    CHECK_INT(longer, 1);
}

TEST(a_button_that_is_down_at_boot_means_nothing)
{
    struct hob_button b = {0};
    int held;
    int longer;
    CHECK_INT(hold(&b, 0, 30000, &held, &longer), -1);
    CHECK_INT(longer, 0);
    CHECK_INT(hold(&b, 40000, 46000, &held, &longer), 5000);
}

int main(void)
{
    RUN(each_wait_is_longer_until_the_longest);
    RUN(chance_takes_a_quarter_of_a_wait_at_most);
    RUN(form_fields_are_decoded_or_refused);
    RUN(a_setup_form_gives_a_network_that_can_be_joined);
    RUN(the_setup_page_shows_the_code_and_escapes_what_others_named);
    RUN(an_adopted_boards_page_shows_no_code);
    RUN(the_answer_says_what_is_wrong_and_asks_again);
    RUN(a_stored_network_comes_back);
    RUN(a_damaged_network_is_none);
    RUN(every_name_has_the_boards_address);
    RUN(there_is_no_ipv6_address_and_no_answer_to_an_answer);
    RUN(a_query_that_is_cut_short_or_twisted_gets_no_answer);
    RUN(a_dht22_is_read_whether_its_greeting_was_seen_or_not);
    RUN(a_dht22_that_stops_or_stutters_has_measured_nothing);
    RUN(a_duty_is_never_and_always_at_its_ends_at_every_frequency);
    RUN(boot_held_for_5_s_and_for_20_s_are_told_once_each);
    RUN(a_button_that_is_down_at_boot_means_nothing);
    return test_end("port");
}
