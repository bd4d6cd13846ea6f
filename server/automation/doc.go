// Package automation holds the drivers: what turns time, and what happens, into
// what is done. The registry and the entities' state machines are functions of
// what they are told; a driver is who tells them, and who passes on what follows.
//
//   - Bindings does what a button is bound to when its own board cannot.
//   - Deadlines owns the timer of the entities' own deadlines.
//   - Plans sees to it that each thermostat's board runs the plan that it should.
//   - Feeds takes sensors' values to thermostats on other boards.
//   - Siren has the siren on from the alarm until it is disarmed.
//   - Keeping takes what has changed to the store.
//   - Rules runs the house's rules (internal/rules): it tells the engine what happens
//     and what time it is, stores what the engine wants stored, and then does what it
//     wants done.
//
// app runs them. Each owns its goroutine and nothing else, blocks in Run until its
// context is done, and but for Bindings and Rules goes by how things are, not by what has
// happened: one that fell behind, or that starts in the middle, looks at
// everything again and has missed nothing.
package automation
