// Package schedule answers "when next?": for clock times on weekdays, cron lines, sunrise and
// sunset, intervals, time windows, and the weekly plans of heaters. It is pure: no clock of its
// own, no state, every answer a function of its arguments, so the same code serves the live
// drivers, the tests and a simulation that runs ahead. Everything in it may be used by several
// goroutines at once.
//
// Callers keep specs (Times, Cron, Sun, Every: plain values, as the house declares them) and bind
// one to a time zone, a place or an anchor when they need its Occurrences.
//
// # Local time
//
// What is written in local time is intended in local time. With every intended time w goes one
// instant: the first at which clocks of the zone show w or later. So
//
//   - an ordinary time runs when clocks show it;
//   - a time that DST skips runs at the first instant after the gap (Paris, 29 March 2026: 02:30
//     runs at 03:00 local time, which is 01:00 UTC);
//   - a time that DST repeats runs at its first occurrence, and not at its second;
//   - a time on a day that the zone left out (Apia, 30 December 2011) runs at the first instant
//     of the day after;
//   - several intended times that one gap moves to the same instant are one occurrence.
//
// No intended time is lost, none runs twice, and the order of instants is the order of the times.
//
// A cron line that names all 24 hours runs every hour or oftener, so it follows elapsed time: it
// occurs at each real instant whose local time matches. A gap leaves out what does not exist, and
// a repeated hour has all its runs again. Where DST shifts by half an hour (Lord Howe Island)
// such a line keeps its minutes on the clock, so that one step is 30 minutes shorter or longer.
//
// Windows, weekdays and plans use the same rule as the times that bound them: during a repeated
// hour what has ended does not begin again.
//
// # Bounds
//
// No search is endless. Clock times look 8 days ahead, cron lines 9 years (29 February is 8 years
// apart around 2100; a line that never comes is refused when it is parsed), sun events 400 days.
// After the year 9999 there are no occurrences. A Next takes well under a microsecond; a line that
// is years away, or an event of the sun, some ten; the end of a polar night a fraction of a
// millisecond.
package schedule
