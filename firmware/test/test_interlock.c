/*
 * Interlock groups: never two on, waiting, and the ends of waiting commands.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include <stdio.h>
#include <string.h>

#include "fake_board.h"
#include "test.h"

static struct fake_board f;
static int conn;
static int last_id;

#define GROUP ",\"interlock\":\"blind_1\",\"interlock_wait\":500}\n"

static const char blind[] = "{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16" GROUP
                            "{\"kind\":\"relay\",\"point\":\"down\",\"pin\":17" GROUP
                            "{\"kind\":\"relay\",\"point\":\"tilt\",\"pin\":18" GROUP
                            "{\"kind\":\"relay\",\"point\":\"lamp\",\"pin\":19}\n";

static bool start(const char *items)
{
    last_id = 0;
    return fake_start(&f, 17, &conn, items, 1000);
}

static void order(const char *point, const char *act, uint64_t until)
{
    (void)fake_say(&f, conn,
                   "{\"t\":\"command\",\"id\":%d,\"point\":\"%s\",\"do\":\"%s\",\"until\":%lu}",
                   ++last_id, point, act, (unsigned long)until);
}

/* True if the next result is for this id and holds the text. */
static bool result(int id, const char *what)
{
    char want[24];
    const char *text = fake_wait(&f, "\"t\":\"result\"");
    (void)snprintf(want, sizeof want, "\"id\":%d,", id);
    return strstr(text, want) != NULL && strstr(text, what) != NULL;
}

static int how_many_on(void)
{
    return fake_level(&f, 16) + fake_level(&f, 17) + fake_level(&f, 18);
}

TEST(the_other_goes_off_at_once_and_this_one_on_after_the_wait)
{
    REQUIRE(start(blind));
    order("up", "on", 99999);
    CHECK(result(1, "done"));
    fake_run(&f, 2000);
    fake_clear(&f);
    order("down", "on", 99999);
    CHECK_INT(how_many_on(), 0);
    const char *state = fake_hear(&f);
    CHECK(strstr(state, "{\"p\":\"up\",\"v\":false,\"up\":3000,\"cause\":\"interlock\"}") != NULL);
    CHECK_STR(fake_hear(&f), "");
    fake_run(&f, 499);
    CHECK_INT(how_many_on(), 0);
    fake_run(&f, 1);
    CHECK(fake_level(&f, 17));
    state = fake_hear(&f);
    CHECK(strstr(state, "{\"p\":\"down\",\"v\":true,\"up\":3500,\"cause\":\"command\",\"cmd\":2}") !=
          NULL);
    CHECK(result(2, "done"));
}

TEST(the_wait_counts_from_when_the_last_one_went_off)
{
    static const struct {
        uint64_t pause; /* between off and the other's on */
        uint64_t wait;
    } rows[] = {{0, 500}, {1, 499}, {499, 1}, {500, 0}, {5000, 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("pause %d", (int)rows[i].pause);
        REQUIRE(start(blind));
        order("up", "on", 99999);
        fake_run(&f, 100);
        order("up", "off", 99999);
        fake_run(&f, rows[i].pause);
        order("down", "on", 99999);
        if (rows[i].wait > 0) {
            fake_run(&f, rows[i].wait - 1);
            CHECK(!fake_level(&f, 17));
            fake_run(&f, 1);
        }
        CHECK(fake_level(&f, 17));
    }
}

TEST(outputs_outside_the_group_do_not_care)
{
    REQUIRE(start(blind));
    order("lamp", "on", 99999);
    order("up", "on", 99999);
    order("down", "on", 99999);
    CHECK(fake_level(&f, 19));
    CHECK_INT(fake_edges(&f, 19), 1);
}

TEST(on_for_the_one_that_is_on_changes_nothing)
{
    REQUIRE(start(blind));
    order("up", "on", 99999);
    fake_clear(&f);
    order("up", "on", 99999);
    CHECK(result(2, "done"));
    CHECK_INT(f.edge_count, 0);
}

TEST(a_waiting_command_ends_in_one_way_and_is_told_once)
{
    static const struct {
        const char *what;
        uint64_t at;    /* after the command */
        uint64_t until; /* of the command, from its start */
        const char *code;
        bool down;
    } rows[] = {
        {"", 0, 5000, "\"done\"", true},
        {"cancel", 499, 5000, "\"cancelled\"", false},
        {"cancel", 501, 5000, "\"done\"", true},
        {"off up", 100, 5000, "\"superseded\"", false},
        {"off down", 100, 5000, "\"superseded\"", false},
        {"on tilt", 100, 5000, "\"superseded\"", false},
        {"on down", 100, 5000, "\"superseded\"", true},
        {"", 0, 499, "\"expired\"", false},
        {"", 0, 500, "\"done\"", true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("%d: %s", (int)i, rows[i].what);
        REQUIRE(start(blind));
        order("up", "on", 99999);
        fake_run(&f, 100);
        fake_clear(&f);
        order("down", "on", f.now + rows[i].until);
        fake_run(&f, rows[i].at);
        const char *what = rows[i].what;
        if (what[0] == 'c') {
            (void)fake_say(&f, conn, "{\"t\":\"cancel\",\"id\":2}");
        } else if (what[0] == 'o') {
            const char *point = strchr(what, ' ') + 1;
            order(point, what[1] == 'n' ? "on" : "off", 99999);
        }
        fake_run(&f, 2000);
        int of_two = 0;
        bool right = false;
        while (f.frame_count > 0) {
            const char *text = fake_hear(&f);
            if (strstr(text, "\"t\":\"result\"") == NULL || strstr(text, "\"id\":2,") == NULL)
                continue;
            of_two++;
            right = strstr(text, rows[i].code) != NULL;
        }
        CHECK_INT(of_two, 1);
        CHECK(right);
        CHECK_INT(fake_level(&f, 17), rows[i].down);
    }
}

TEST(a_session_takes_its_waiting_commands_with_it)
{
    REQUIRE(start(blind));
    order("up", "on", 99999);
    order("down", "on", 99999);
    fake_clear(&f);
    hob_conn_closed(&f.board, conn, f.now);
    fake_run(&f, 1000);
    CHECK_INT(how_many_on(), 0);
    conn = fake_session(&f, fake_key);
    CHECK_STR(fake_wait(&f, "result"), "");
}

TEST(a_binding_waits_the_same_way_and_a_second_press_takes_it_back)
{
    static char items[1200];
    (void)snprintf(items, sizeof items,
                   "%s{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\","
                   "\"debounce\":0}\n{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\","
                   "\"target\":\"down\",\"do\":\"toggle\"}\n",
                   blind);
    REQUIRE(start(items));
    order("up", "on", 99999);
    fake_clear(&f);
    fake_set(&f, 32, true);
    CHECK_INT(how_many_on(), 0);
    fake_run(&f, 500);
    CHECK(fake_level(&f, 17));
    CHECK_STR(fake_wait(&f, "result"), "");
    CHECK_STR(fake_point(&f, "down").cause, "binding");
    order("up", "on", 99999);
    fake_run(&f, 500);
    CHECK(fake_level(&f, 16));
    fake_set(&f, 32, false);
    fake_set(&f, 32, true);
    fake_run(&f, 100);
    fake_set(&f, 32, false);
    fake_set(&f, 32, true);
    fake_run(&f, 1000);
    CHECK_INT(how_many_on(), 0);
}

TEST(a_binding_supersedes_a_waiting_command)
{
    static char items[1200];
    (void)snprintf(items, sizeof items,
                   "%s{\"kind\":\"input\",\"point\":\"b\",\"pin\":32,\"role\":\"button\","
                   "\"debounce\":0}\n{\"kind\":\"binding\",\"point\":\"b\",\"on\":\"press\","
                   "\"target\":\"up\",\"do\":\"off\"}\n",
                   blind);
    REQUIRE(start(items));
    order("up", "on", 99999);
    order("down", "on", 99999);
    fake_clear(&f);
    fake_set(&f, 32, true);
    CHECK(result(2, "superseded"));
    fake_run(&f, 1000);
    CHECK_INT(how_many_on(), 0);
}

TEST(a_light_that_is_still_fading_out_counts_as_on)
{
    REQUIRE(start("{\"kind\":\"pwm\",\"point\":\"warm\",\"pin\":16,\"fade\":1000" GROUP
                  "{\"kind\":\"pwm\",\"point\":\"cold\",\"pin\":17" GROUP));
    order("warm", "on", 99999);
    fake_run(&f, 1000);
    order("warm", "off", 99999);
    fake_run(&f, 500);
    CHECK(f.pins[16].duty > 0);
    order("cold", "on", 99999);
    CHECK_INT(f.pins[16].duty, 0);
    fake_run(&f, 499);
    CHECK_INT(f.pins[17].duty, 0);
    fake_run(&f, 1);
    CHECK_INT(f.pins[17].duty, 65535);
    /* One whose fade ended by itself counts from that end. */
    order("cold", "off", 99999);
    fake_run(&f, 1000);
    order("warm", "on", 99999);
    fake_run(&f, 1000);
    order("warm", "off", 99999);
    fake_run(&f, 1200);
    order("cold", "on", 99999);
    fake_run(&f, 299);
    CHECK_INT(f.pins[17].duty, 0);
    fake_run(&f, 1);
    CHECK_INT(f.pins[17].duty, 65535);
}

TEST(after_a_boot_the_wait_counts_from_the_boot)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16,\"boot\":\"on\"" GROUP
                  "{\"kind\":\"relay\",\"point\":\"down\",\"pin\":17" GROUP));
    (void)fake_boot(&f);
    fake_run(&f, 499);
    CHECK(!fake_level(&f, 16));
    fake_run(&f, 1);
    CHECK(fake_level(&f, 16));
    CHECK_STR(fake_point(&f, "up").cause, "boot");
}

TEST(two_that_are_on_after_boot_are_refused)
{
    CHECK(!start("{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16,\"boot\":\"on\"" GROUP
                 "{\"kind\":\"relay\",\"point\":\"down\",\"pin\":17,\"boot\":\"on\"" GROUP));
}

TEST(a_group_that_a_configuration_makes_leaves_one_on)
{
    REQUIRE(start("{\"kind\":\"relay\",\"point\":\"up\",\"pin\":16}\n"
                  "{\"kind\":\"relay\",\"point\":\"down\",\"pin\":17}\n"));
    order("up", "on", 99999);
    order("down", "on", 99999);
    CHECK_INT(how_many_on(), 2);
    REQUIRE(fake_configure(&f, conn, "2", blind));
    CHECK_INT(how_many_on(), 1);
    fake_run(&f, 1000);
    CHECK_INT(how_many_on(), 1);
}

TEST(one_that_joins_the_group_is_off_before_the_waiting_one_is_on)
{
    static char items[1200];
    REQUIRE(start(blind));
    order("lamp", "on", 99999);
    order("up", "on", 99999);
    order("down", "on", 99999);
    /* As before, but the lamp, which is the last item, is one of them. */
    size_t others = (size_t)(strrchr(blind, '{') - blind);
    (void)snprintf(items, sizeof items, "%.*s%s", (int)others, blind,
                   "{\"kind\":\"relay\",\"point\":\"lamp\",\"pin\":19" GROUP);
    fake_run(&f, 100);
    REQUIRE(fake_configure(&f, conn, "2", items));
    CHECK(!fake_level(&f, 19));
    for (int i = 0; i < 1000; i++) {
        CHECK(!(fake_level(&f, 17) && fake_level(&f, 19)));
        fake_run(&f, 1);
    }
    CHECK(fake_level(&f, 17));
}

/* Random orders and presses: at no time are two of the group on, nor too soon. */
TEST(no_sequence_puts_two_on)
{
    static const char *const points[] = {"up", "down", "tilt"};
    uint32_t seed = 4711;
    uint64_t off_at[3] = {0, 0, 0};
    REQUIRE(start(blind));
    for (int n = 0; n < 3000; n++) {
        uint32_t r = test_random(&seed);
        order(points[r % 3], r >> 8 & 1 ? "on" : "off", f.now + (r >> 9) % 1000);
        if ((r >> 20) % 8 == 0)
            (void)fake_say(&f, conn, "{\"t\":\"cancel\",\"id\":%d}", last_id);
        fake_run(&f, test_random(&seed) % 400);
        CHECK(how_many_on() <= 1);
        f.frame_first = f.frame_count = 0;
        if (f.edge_count > FAKE_EDGES - 64) {
            for (int e = 0; e < f.edge_count; e++) {
                int me = f.edges[e].pin - 16;
                for (int other = 0; other < 3; other++) {
                    if (other != me && f.edges[e].value == 1)
                        CHECK(f.edges[e].at >= off_at[other] + 500);
                }
                if (f.edges[e].value == 0)
                    off_at[me] = f.edges[e].at;
            }
            f.edge_count = 0;
        }
    }
    CHECK_INT(f.faults, 0);
}

int main(void)
{
    RUN(the_other_goes_off_at_once_and_this_one_on_after_the_wait);
    RUN(the_wait_counts_from_when_the_last_one_went_off);
    RUN(outputs_outside_the_group_do_not_care);
    RUN(on_for_the_one_that_is_on_changes_nothing);
    RUN(a_waiting_command_ends_in_one_way_and_is_told_once);
    RUN(a_session_takes_its_waiting_commands_with_it);
    RUN(a_binding_waits_the_same_way_and_a_second_press_takes_it_back);
    RUN(a_binding_supersedes_a_waiting_command);
    RUN(a_light_that_is_still_fading_out_counts_as_on);
    RUN(after_a_boot_the_wait_counts_from_the_boot);
    RUN(two_that_are_on_after_boot_are_refused);
    RUN(a_group_that_a_configuration_makes_leaves_one_on);
    RUN(one_that_joins_the_group_is_off_before_the_waiting_one_is_on);
    RUN(no_sequence_puts_two_on);
    return test_end("interlock");
}
