package api

import (
	"fmt"
	"strings"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/store"
)

// changeWords are what happened to an entity, by its id as it stands in config.yaml.
func changeWords(l *store.Change) string {
	id := string(l.Entity)
	switch l.What {
	case store.LineGesture:
		return fmt.Sprintf("%s was used (%s)", id, l.Gesture)
	case store.LineAvailable:
		return id + " could be reached again"
	case store.LineUnavailable:
		return id + " could not be reached any more"
	case store.LineGone:
		return id + " was taken out of config.yaml"
	}
	if l.Cause.Kind == entity.CauseConfig { // it did not become so: it was declared
		return id + " was " + l.State
	}
	return id + " " + becameWords(l.State) + figureWords(l)
}

func becameWords(state string) string {
	switch state {
	case "on", "off":
		return "went " + state
	case "open":
		return "opened"
	case "closed":
		return state
	case "opening", "closing":
		return "began to " + map[string]string{"opening": "open", "closing": "close"}[state]
	case "ready":
		return "was activated"
	case "home":
		return "came home"
	case "away":
		return "went away"
	case "detected":
		return "detected something"
	case "clear":
		return "detected nothing any more"
	case "triggered":
		return "was triggered"
	}
	return "became " + state
}

// figureWords are the number that belongs to a state which is not that number.
func figureWords(l *store.Change) string {
	if l.Number == nil || l.State != "on" {
		return ""
	}
	return fmt.Sprintf(" (%s%%)", formatted(*l.Number))
}

// boardWords are why a line came about that is about more than what a board saw; ""
// for any other line.
func boardWords(l *store.Change) string {
	switch {
	case l.What == store.LineAvailable:
		return "its board was back"
	case l.What == store.LineUnavailable:
		return "its board was away"
	case l.What == store.LineGesture && l.Cause.Kind == entity.CauseBoard:
		return "somebody used it by hand"
	}
	return ""
}

// originWords are a cause that nothing recorded stands behind.
func originWords(c entity.Cause) string {
	switch c.Kind {
	case entity.CauseUser, entity.CauseAPI, entity.CauseCLI:
		return askedWords(c)
	case entity.CauseButton:
		return "the button " + c.By + " was used"
	case entity.CauseRule:
		return "rule " + c.By + " ran"
	case entity.CauseScene:
		return "scene " + c.By + " was activated"
	case entity.CauseAlarm:
		return "the alarm drives it"
	case entity.CauseBoard:
		return "its board saw it"
	case entity.CauseBoot:
		return "its board had started"
	case entity.CauseConfig:
		return "config.yaml came into force"
	case entity.CauseOffAfter:
		return "its off_after was over"
	case entity.CauseMaxOn:
		return "its max_on was over"
	case entity.CauseLease:
		return "its board had not heard from the server for too long (lease)"
	case entity.CauseInterlock:
		return "another output of its interlock went on"
	case entity.CauseSensor:
		return "its sensor measured it"
	case entity.CauseThermostat:
		return "its board holds a temperature"
	case entity.CauseDeadline:
		return "its time was over"
	}
	return "nobody recorded why"
}

func askedWords(c entity.Cause) string {
	switch c.Kind {
	case entity.CauseUser:
		return orSomebody(c.By) + " asked for it in a browser"
	case entity.CauseAPI:
		return "a program asked for it over the API"
	case entity.CauseCLI:
		return "it was asked for on the command line"
	}
	return "somebody asked for it"
}

func orSomebody(who string) string {
	if who == "" {
		return "somebody"
	}
	return who
}

func runWords(r *rules.Run) string {
	words := "rule " + string(r.Rule) + " ran"
	switch r.Outcome {
	case rules.Failed:
		words += " and failed in part"
	case rules.Interrupted:
		words += " and was interrupted"
	}
	return words
}

// details are what set a run off and what its condition saw.
func (x *explainer) details(r *rules.Run) []string {
	var out []string
	if r.Trigger.Kind != rules.KindAsked { // the next step says who asked
		out = append(out, x.firedWords(r))
	}
	if r.If != nil {
		out = append(out, held(*r.If)...)
	}
	return out
}

// firedWords are what set a run off, in the past.
func (x *explainer) firedWords(r *rules.Run) string {
	f := r.Trigger
	if f.Kind == rules.KindTime && f.Due != 0 {
		due := time.UnixMilli(f.Due).In(x.zone).Format("15:04:05")
		words := fmt.Sprintf("%s was at %s", f.Text, due)
		if strings.HasPrefix(due, f.Text) { // a time of day says it itself
			words = "it was " + f.Text
		}
		if late := time.Duration(r.At-f.Due) * time.Millisecond; late >= time.Minute && r.Outcome != rules.Missed {
			words += fmt.Sprintf(", and it ran %s late", schedule.DurationText(late.Round(time.Second)))
		}
		return words
	}
	switch f.Kind {
	case rules.KindWebhook:
		return "somebody asked for its webhook"
	case rules.KindStartup:
		return "the server had started"
	case rules.KindAsked:
		if f.Cause != nil {
			return askedWords(*f.Cause)
		}
		return "somebody asked for it"
	}
	return f.Text
}

// seenWords are a condition in the past, with what was seen where it does not say that itself.
func seenWords(t rules.Trace, was string) string {
	words := strings.Replace(t.Text, " is ", was, 1)
	if t.Value != "" && was == " was " && !strings.Contains(t.Text, t.Value) {
		words += ": " + t.Value
	}
	return words
}

// held are the parts of a condition that held, in the past.
func held(t rules.Trace) []string {
	if t.Verdict != rules.Yes {
		return nil
	}
	if len(t.Parts) == 0 {
		return []string{seenWords(t, " was ")}
	}
	if t.Text == "not" {
		if inner := t.Parts[0]; len(inner.Parts) == 0 && strings.Contains(inner.Text, " is ") {
			return []string{seenWords(inner, " was not ")}
		}
		return []string{"not: " + t.Parts[0].Text}
	}
	var out []string
	for _, p := range t.Parts {
		out = append(out, held(p)...)
	}
	return out
}
