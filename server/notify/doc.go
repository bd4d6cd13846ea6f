// Package notify is how the house reaches people who are not looking at it, and
// other programs.
//
//   - Channels take messages to where users want them beside the dashboard: ntfy,
//     mail, a messenger.
//   - Calls asks other programs for something: the webhook steps of rules.
//
// automation's rules ask for both, and app runs them. All methods may be called
// from any goroutine. Channels never hold up who has something to say. The
// addresses of both may hold tokens: of what comes from this package, errors and
// lines of the log included, nothing tells more of them than a channel's service
// or a call's host.
package notify
