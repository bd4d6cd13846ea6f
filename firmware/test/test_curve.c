/*
 * Gamma and fades in integers.
 *
 * Copyright 2026 The Hob authors. SPDX-License-Identifier: Apache-2.0
 */
#include "hob_curve.h"

#include "test.h"

TEST(duties_are_those_of_the_formula)
{
    /* round(65535 * ((min + (1000 - min) * level / 1000) / 1000) ^ (gamma / 1000)) */
    static const struct {
        uint32_t level, min, gamma;
        int32_t duty;
    } rows[] = {
        {0, 0, 2200, 0},        {0, 500, 2200, 0},      {1000, 0, 2200, 65535},
        {1000, 40, 5000, 65535}, {500, 0, 1000, 32768},  {250, 0, 1000, 16384},
        {1, 0, 1000, 66},       {500, 0, 2200, 14263},  {250, 0, 2200, 3104},
        {100, 0, 2200, 413},    {900, 0, 2200, 51976},  {500, 0, 2000, 16384},
        {500, 0, 500, 46340},   {500, 40, 1000, 34078}, {500, 40, 2200, 15548},
        {999, 0, 2200, 65391},  {10, 0, 2200, 3},       {1, 0, 5000, 1},
        {1, 1000, 2200, 65535}, {500, 1000, 2200, 65535},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        test_row("level %u min %u gamma %u", (unsigned)rows[i].level, (unsigned)rows[i].min,
                 (unsigned)rows[i].gamma);
        int32_t duty = hob_curve_duty(rows[i].level * 256, rows[i].min, rows[i].gamma);
        /* The last bit may round the other way. */
        CHECK(duty >= rows[i].duty - 1 && duty <= rows[i].duty + 1);
    }
}

TEST(brighter_is_never_darker_and_anything_lit_is_lit)
{
    static const uint32_t gammas[] = {500, 1000, 1800, 2200, 2800, 5000};
    for (size_t g = 0; g < COUNT(gammas); g++) {
        for (uint32_t min = 0; min <= 1000; min += 125) {
            uint32_t last = 0;
            test_row("gamma %u min %u", (unsigned)gammas[g], (unsigned)min);
            for (uint32_t b = 1; b <= HOB_FULL; b += 97) {
                uint32_t duty = hob_curve_duty(b, min, gammas[g]);
                if (duty < last || duty == 0)
                    CHECK_INT(duty, last);
                last = duty;
            }
            CHECK_INT(hob_curve_duty(HOB_FULL, min, gammas[g]), 65535);
        }
    }
}

TEST(a_fade_goes_from_end_to_end)
{
    CHECK_INT(hob_curve_fade(0, HOB_FULL, 0, 1000), 0);
    CHECK_INT(hob_curve_fade(0, HOB_FULL, 500, 1000), HOB_FULL / 2);
    CHECK_INT(hob_curve_fade(0, HOB_FULL, 1000, 1000), HOB_FULL);
    CHECK_INT(hob_curve_fade(HOB_FULL, 0, 250, 1000), HOB_FULL / 4 * 3);
    CHECK_INT(hob_curve_fade(HOB_FULL, 0, 1u << 31, 1000), 0);
    CHECK_INT(hob_curve_fade(7, 9, 0, 0), 9);
    CHECK_INT(hob_curve_fade(0, HOB_FULL, 3599999, 3600000), HOB_FULL - 1);
}

int main(void)
{
    RUN(duties_are_those_of_the_formula);
    RUN(brighter_is_never_darker_and_anything_lit_is_lit);
    RUN(a_fade_goes_from_end_to_end);
    return test_end("curve");
}
