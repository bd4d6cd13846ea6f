package config

import (
	"fmt"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/rules"
)

// checkTogether warns of what rules do together that would surprise people. It is
// asked of a house without errors, which alone says what they do.
func (b *book) checkTogether(h *entity.House) {
	at := make(map[entity.RuleID]value)
	for _, d := range b.file.Rules.items {
		at[entity.RuleID(d.id)] = d.at
	}
	for _, f := range rules.Check(h, yearBegins(firstYear)) {
		first := at[f.Rules[0]]
		here := first.keySpan()
		p := problem{code: findingCode(f.Kind), message: f.Message, suggestion: f.Suggest}
		var related []diag.Related
		for _, id := range f.Rules[1:] {
			related = append(related, diag.Related{Span: at[id].keySpan(), Message: string(id)})
		}
		if f.Kind == rules.Fight {
			p.message = fmt.Sprintf("%s and, on %s, %s %s", describeRule(f.Rules[0]), line(related[0].Span, here), describeRule(f.Rules[1]), f.Message)
		}
		first.r.warnAt(here, p, related...)
	}
}

func findingCode(k rules.FindingKind) diag.Code {
	switch k {
	case rules.Fight:
		return diag.RuleFight
	case rules.Loop:
		return diag.RuleLoop
	}
	return diag.RuleNever
}
