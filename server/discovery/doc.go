// Package discovery answers one question: at which addresses does board X
// announce itself right now?
//
// It owns the browsing of _hob._tcp by mDNS and the table of what was heard.
// The app runs one [Browser], gives the link the addresses that come out of it
// and shows [Browser.Boards] as the boards list. An announcement confers no
// trust and ends nothing: a board that falls silent is marked gone, and whether
// its link lives is for the link to say.
//
// Run and the sink share one goroutine. Boards, Stats, SetKnown and Refresh may
// be called by anyone at any time, also from within the sink.
package discovery
