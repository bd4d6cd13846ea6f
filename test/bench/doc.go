// Command bench measures Hob as a whole against the targets of docs/performance.md.
// `make bench` runs it.
//
// The real hob runs as a process of its own, and beside it, in the same run and
// taking turns, small floor programs in C and other servers that do the same
// job. Only ratios between them mean anything; absolute times are this
// machine's. Whatever plays boards and browsers is in this process, so that one
// clock stamps both ends; it is never part of what is measured.
//
// Everything stays on loopback. Every loop has a bound, and every child is
// ended by its process id.
package main
