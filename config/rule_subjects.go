package config

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// sameWord is our word for what others call so, too far away to be a slip; or "".
func sameWord(theirs string) string {
	switch theirs {
	case "and":
		return "all"
	case "or":
		return "any"
	case "weekday", "weekdays":
		return "days"
	case "interval":
		return "every"
	}
	return ""
}

// unknownSubject reports a key that is neither an entity nor a word of the place.
func (c *ruleCheck) unknownSubject(e entry, words []string) {
	suggestion := "write the id of an entity, or " + strings.Join(words, ", ")
	odd := oddSpace(e.name)
	if odd != 0 {
		suggestion = retype(odd)
	} else if write := c.keyMeans(e); write == noAlarm {
		suggestion = noAlarm
	} else if write != "" {
		suggestion = "write " + write
	} else if meant := sameWord(e.name); slices.Contains(words, meant) {
		suggestion = "write " + meant
	} else if !c.r.exhausted() {
		if near := c.r.nearest(e.name, append(slices.Clone(words), c.stateful...)); near != "" {
			suggestion = "did you mean " + near + "?"
		}
	}
	e.r.errorAt(e.keySpan(), problem{code: diag.UnknownEntity, message: fmt.Sprintf("there is no entity %s", quote(e.name)), suggestion: suggestion})
}

// keyMeans is what a key without a value stands for, such as "porch == on", and what
// an event of the sun does; "" if nobody knows.
func (c *ruleCheck) keyMeans(e entry) string {
	if isNothing(e.node) {
		return c.statesText(e.name)
	}
	said := ""
	if e.node.Kind == yaml.ScalarNode {
		said = e.node.Value
	}
	if id, not := strings.CutPrefix(e.name, "not "); not && c.byID[entity.ID(id)].body != nil {
		return fmt.Sprintf("not: {%s: %s}", id, said)
	}
	switch _, err := schedule.ParseClock(said); {
	case e.name == string(entity.AlarmID):
		return noAlarm
	case slices.Contains([]string{"people", "person", "everyone", "everybody", "anyone", "anybody", "nobody", "all", "family"}, e.name) && len(c.named(entity.KindPerson)) > 0:
		return fmt.Sprintf("each person by name, such as {%s: home}", c.named(entity.KindPerson)[0])
	case e.name == "after" && err == nil:
		return fmt.Sprintf("time: %s..00:00, with the end that you want", said)
	case e.name == "before" && err == nil:
		return fmt.Sprintf("time: 00:00..%s, with the beginning that you want", said)
	}
	if _, err := schedule.ParseSun(e.name); err != nil || e.node.Kind != yaml.ScalarNode {
		return ""
	}
	if sun, err := schedule.ParseSun(e.name + e.node.Value); err == nil {
		return "sun: " + sun.String()
	}
	return "sun: " + e.name
}
