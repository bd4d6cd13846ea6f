// Package rules runs a house's rules: it says what is to be done when something
// happens or a time comes, and remembers why.
//
// Compile makes a Program of the declared rules. An Engine runs a Program: it is
// told what happens (Happened), that time has passed (Wake), and how what it asked
// for has ended (Ended), and answers each time with an Output: what is to be
// done, what is to be stored, and what people can read about it. It has no clock,
// no goroutine and no I/O, and the same inputs give the same outputs. So
// server/automation drives it live, and internal/simulate runs it ahead.
//
// # Time
//
// Every input comes with a Now, which has two clocks. What people write as a time
// of day goes by Now.Wall, which may be set; how long something lasts (for, delay,
// wait, cooldown) goes by Now.Up, which never jumps.
//
// A trigger by time has a cursor: the time up to which its occurrences were dealt
// with. An occurrence is dealt with once, so nothing runs twice, whichever way a
// clock is set. One that is found late by at most Late (the clock was set
// forward, the computer slept) runs all the same, but of triggers that follow
// elapsed time only the newest. One that is later, and any that was due while no
// engine ran, follows the rule's Missed. What is made up for runs one after the
// other, whatever the rule's mode.
//
// While a clock is behind the cursor nothing runs. One that goes back by more than
// Backward had been wrong, or is wrong now (a computer without a battery begins in
// 1970): a record says so, and what it comes to runs, also if a clock has shown it
// before. Each trigger remembers the stretches of time that were dealt with before the
// clock was set (dealt). Where the clock was before, and up to where, occurrences go on:
// what came due while it was in 2099 is found late when it is back. What a jump goes
// over and lies in such a stretch may have run, so it is recorded as missed; and a
// clock that jumps to less than Backward before the end of one is taken for the one
// that was there, and nothing runs until that end. So no jump runs anything twice: only
// a clock that goes through a time once more does. Triggers that follow elapsed time
// go on after BackwardElapsed, but for an occurrence that has run less than half an
// interval before.
//
// # What is not known
//
// A condition on what is not known, or on what belongs to a board that is away, is
// neither true nor false (Unknown), and its opposite is neither. Only what is true
// lets a rule run. Triggers go by the last state that was known: a board that
// comes back with the state it left with has changed nothing, and one that comes
// back with another has. The first state ever known triggers nothing. All of this
// outlives a restart.
package rules

import "time"

const (
	// Late is how late an occurrence may run while the engine runs.
	Late = time.Hour
	// Backward is how far a clock can be set and be believed before and after.
	Backward = 25 * time.Hour
	// BackwardElapsed is the same for triggers that follow elapsed time.
	BackwardElapsed = time.Minute
	// MostRuns in RunsWithin, and the rule is paused for Pause.
	MostRuns   = 30
	RunsWithin = time.Minute
	Pause      = 15 * time.Minute
	// MostQueued is how many runs of a rule wait at most.
	MostQueued = 10
	// MostMadeUp is how many occurrences of a trigger run late at most: the newest.
	MostMadeUp = 100
	// MostMissed is how many missed occurrences of a trigger have a record each; one
	// more record counts the others.
	MostMissed = 20
)
