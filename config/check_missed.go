package config

import (
	"hob/internal/diag"
	"hob/internal/entity"
)

// checkMissed warns of a rule that would make up for what it missed, and waits for
// nothing that is due at a time: what happens while the server is down nobody sees. It
// is asked of a house without errors, so every trigger is understood.
func (b *book) checkMissed() {
	for _, d := range b.file.Rules.items {
		if !d.T.Missed.given || hasDueTrigger(d.T.rule.When) {
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

// hasDueTrigger is whether one of the triggers is due at times that are known before.
func hasDueTrigger(list []entity.Trigger) bool {
	for _, t := range list {
		switch t.(type) {
		case entity.AtTimes, entity.AtCron, entity.AtSun, entity.AtEvery:
			return true
		}
	}
	return false
}
