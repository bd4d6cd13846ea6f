package config

import (
	"strings"
	"unicode"

	"hob/internal/diag"
	"hob/internal/entity"
)

const mostWebhookName = 64

func (c *ruleCheck) webhookTrigger(v value) entity.Trigger {
	raw, secret, ok := v.secretText("a name that only those know who may use it")
	if !ok {
		return nil
	}
	if raw == "" || len(raw) > mostWebhookName || strings.Trim(raw, lettersAndDigits+"_-") != "" {
		v.problem(problem{code: diag.BadText, message: "the name of a webhook is part of its address", suggestion: "use 1 to 64 letters, digits, _ or -"})
		return nil
	}
	if guessable(raw) {
		p := problem{code: diag.GuessableHook, message: "whoever guesses the name of this webhook sets the rule off, and this one can be guessed",
			suggestion: "keep a name that nobody chose in secrets.yaml, such as the output of `openssl rand -hex 16`, and write webhook: !secret and what it is called there"}
		if secret {
			p.suggestion = "give it another value in secrets.yaml, such as the output of `openssl rand -hex 16`"
		}
		v.warning(p)
	}
	return entity.OnWebhook{Name: entity.NewSecret(raw)}
}

// guessable says whether a name was chosen and not drawn, as far as its letters show:
// it is short, or one kind of letters follows the other as in words and years. What a
// program has drawn is seldom taken for that, and from 20 characters on never.
func guessable(name string) bool {
	const enough, drawn = 20, 12
	different := make(map[rune]bool)
	var digits, kinds int // changes between letters and digits; between those, capitals and others
	var last rune
	for _, c := range strings.NewReplacer("-", "", "_", "").Replace(name) {
		different[c] = true
		if last != 0 && unicode.IsDigit(c) != unicode.IsDigit(last) {
			digits, kinds = digits+1, kinds+1
		} else if last != 0 && unicode.IsUpper(c) != unicode.IsUpper(last) {
			kinds++
		}
		last = c
	}
	switch {
	case len(name) < drawn || len(different) < drawn/2:
		return true
	case len(name) >= enough:
		return false
	}
	return digits < 3 && kinds*5 < len(name)*2
}
