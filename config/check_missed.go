package config

import (
	"slices"

	"hob/internal/diag"
	"hob/internal/entity"
)

// checkMissed warns of a rule that would make up for what it missed, and waits for
// nothing that is due at a time: what happens while the server is down nobody sees. It
// is asked of a house without errors, so every trigger is understood.
func (b *book) checkMissed() {
	for _, d := range b.file.Rules.items {
		if !d.T.Missed.given || slices.ContainsFunc(d.T.rule.When, entity.ByTime) {
			continue
		}
		at := d.T.Missed.at
		at.r.warnAt(at.keySpan(), problem{
			code:       diag.NotApplied,
			message:    `"missed" has no effect on a rule without a trigger by time, sun, cron or every`,
			suggestion: "delete it: nobody knows what such a rule missed while the server was down",
		})
	}
}
