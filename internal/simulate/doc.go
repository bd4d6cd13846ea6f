// Package simulate runs a house ahead: its rules and its heaters' plans against
// modelled entities, faster than life.
//
// A House is the declared house in the same registry, with the same state
// machines and the same command router that the server uses, but on boards that
// are models: they do at once what they are told, and never fail. Doors take
// their travel time and refuse what a board refuses, what has off_after or max_on
// lapses, interlocks hold, thermostats regulate a room by the plan in force and
// rest for their least times. Its clock is a number: an
// Agenda of what is due is worked off in order, so nothing waits and the same
// input always gives the same output.
//
// Ahead runs the rule engine (internal/rules) in such a house over a span of
// time and tells what happened. Test runs a declared test, which is a house, what
// happens to it, and what is expected of it.
//
// A value of this package is for one goroutine.
package simulate
