package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
	"hob/internal/schedule"
)

// triggers are one mapping or a list of them.
func (c *ruleCheck) triggers(v value) []entity.Trigger {
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items, _ = v.list("", "")
		if len(items) == 0 {
			v.problem(problem{code: diag.BadTrigger, message: "the rule waits for nothing: its list of triggers is empty", suggestion: `add one, such as {time: "23:45"}`})
		}
	}
	var out []entity.Trigger
	for _, item := range items {
		if t := c.trigger(item); t != nil {
			out = append(out, t)
		}
	}
	return out
}

// refinement are the keys beside the one that says what is waited for.
type refinement map[string]value

// trigger understands one mapping; nil if something is wrong with it.
func (c *ruleCheck) trigger(v value) entity.Trigger {
	const forms = "a mapping such as {time: \"23:45\"} or {porch: on}"
	if isText(v) {
		if write := c.triggerText(v.node.Value); write != "" {
			v.wrongType(forms, "write "+write)
			return nil
		}
	}
	entries, ok := v.mapping(forms)
	if !ok || c.elsewhereTrigger(v, entries) {
		return nil
	}
	entries = v.joined(entries, func(name string) bool {
		return c.byID[entity.ID(name)].body != nil || slices.Contains(append(triggerWords(), refinements()...), name)
	}, func(string) joining { return joinedText })
	var main []entry
	more := refinement{}
	for _, e := range entries {
		if slices.Contains(refinements(), e.name) {
			more[e.name] = e.value
		} else {
			main = append(main, e)
		}
	}
	switch {
	case len(main) == 0:
		v.problem(problem{code: diag.BadTrigger, message: "nothing says what the rule waits for",
			suggestion: "write " + oneOf(triggerWords()) + ", or the id of an entity"})
		return nil
	case len(main) > 1 && c.mistyped(main):
		return nil
	case len(main) > 1:
		main[1].r.errorAt(main[1].keySpan(), problem{code: diag.BadTrigger,
			message:    fmt.Sprintf("a trigger waits for one thing: %s and %s are two", quote(main[0].name), quote(main[1].name)),
			suggestion: "for either of them, write a list: when: [{...}, {...}]; to require both, put one into if"})
		return nil
	}
	t, takes := c.mainTrigger(main[0], more)
	for name, at := range more {
		if t != nil && !slices.Contains(takes, name) {
			p := problem{code: diag.NotApplied, message: fmt.Sprintf("%q has no effect on a trigger by %s", name, main[0].name), suggestion: "delete it"}
			if name == "random" {
				p.suggestion = "delete it, or wait for a time or the sun: only what comes once a day is moved"
			}
			at.r.errorAt(at.keySpan(), p)
			t = nil
		}
	}
	return t
}

// mistyped reports what was to refine a trigger and is not spelled so; false if there is none.
func (c *ruleCheck) mistyped(main []entry) bool {
	for _, e := range main {
		if c.byID[entity.ID(e.name)].body != nil || slices.Contains(triggerWords(), e.name) {
			continue
		}
		if near := c.r.nearest(e.name, refinements()); near != "" {
			e.r.errorAt(e.keySpan(), problem{code: diag.UnknownKey, message: "unknown key " + quote(e.name), suggestion: "did you mean " + near + "?"})
			return true
		}
	}
	return false
}

func (c *ruleCheck) mainTrigger(e entry, more refinement) (t entity.Trigger, takes []string) {
	switch e.name {
	case "time":
		return c.timeTrigger(e.value, more), []string{"days", "random"}
	case "sun":
		return c.sunTrigger(e.value, more), []string{"days", "random"}
	case "cron":
		return c.cronTrigger(e.value), nil
	case "every":
		if d, ok := c.span(e.value, "an interval such as 6h", time.Second, 366*24*time.Hour); ok {
			return entity.AtEvery{Every: schedule.Every(d)}, nil
		}
	case "board":
		return c.boardTrigger(e.value, more), []string{"is", "for"}
	case "webhook":
		return c.webhookTrigger(e.value), nil
	case "startup":
		if raw, ok := e.value.text("true"); ok && raw == "true" {
			return entity.OnStart{}, nil
		} else if ok {
			e.value.wrongType("true", "write startup: true")
		}
	default:
		return c.entityTrigger(e, more)
	}
	return nil, nil
}

// maxClocks bounds the times of a trigger: one for each quarter of an hour.
const maxClocks = 96

// span reads a duration within bounds.
func (c *ruleCheck) span(v value, expected string, least, most time.Duration) (time.Duration, bool) {
	raw, ok := v.text(expected)
	if !ok {
		return 0, false
	}
	d, p := parseDuration(raw, "m")
	if p == nil && (d < least || d > most) {
		p = &problem{code: diag.OutOfRange, message: fmt.Sprintf("must be from %s to %s, not %s", formatDuration(least), formatDuration(most), raw)}
	}
	if p != nil {
		p.message = v.label() + " " + p.message
		v.problem(*p)
		return 0, false
	}
	return d, true
}

// held is the refinement `for`.
func (c *ruleCheck) held(more refinement) (time.Duration, bool) {
	v, given := more["for"]
	if !given {
		return 0, true
	}
	return c.span(v, "a duration such as 10m", time.Second, 30*24*time.Hour)
}

// daysOf is the refinement `days`, every day unless given.
func (c *ruleCheck) daysOf(more refinement) (schedule.Days, bool) {
	v, given := more["days"]
	if !given {
		return schedule.EveryDay, true
	}
	return c.days(v)
}

// Bounds of how far a time may be moved: by less than half of the time between two events
// of the sun.
const (
	leastRandom = time.Minute
	mostRandom  = 3 * time.Hour
)

// random is the refinement `random`: not at all unless given. What comes of it on a date
// follows from the rule's id.
func (c *ruleCheck) random(more refinement) (schedule.Random, bool) {
	v, given := more["random"]
	if !given {
		return schedule.Random{}, true
	}
	d, ok := c.span(v, "a duration such as 20m", leastRandom, mostRandom)
	if ok && d%time.Second != 0 {
		v.problem(problem{code: diag.OutOfRange, message: v.label() + " must be whole seconds", suggestion: "write " + formatDuration(d.Round(time.Second))})
		ok = false
	}
	return schedule.Random{Within: d, Seed: string(c.y.rule.ID)}, ok
}

func (c *ruleCheck) days(v value) (schedule.Days, bool) {
	if v.node.Kind == yaml.SequenceNode {
		return c.daysOfList(v)
	}
	raw, ok := v.text("days such as mon-fri")
	if !ok {
		return 0, false
	}
	days, err := schedule.ParseDays(raw)
	if err != nil {
		v.syntax(diag.BadDays, err)
		return 0, false
	}
	return days, true
}

// daysOfList reads [mon, wed, sat-sun].
func (c *ruleCheck) daysOfList(v value) (schedule.Days, bool) {
	items, ok := v.list("", "")
	if ok && len(items) == 0 {
		v.problem(problem{code: diag.BadDays, message: v.label() + " is an empty list", suggestion: "name days, or delete it for every day"})
		return 0, false
	}
	var set schedule.Days
	for _, item := range items {
		if item.node.Kind == yaml.SequenceNode {
			item.wrongType("days such as mon-fri", "")
			ok = false
			continue
		}
		days, known := c.days(item)
		if twice := set & days; known && twice != 0 {
			item.problem(problem{code: diag.BadDays, message: twice.String() + " is named twice in this list", suggestion: "name each day once"})
			known = false
		}
		set, ok = set|days, ok && known
	}
	return set, ok
}

func (c *ruleCheck) timeTrigger(v value, more refinement) entity.Trigger {
	items := []value{v}
	if v.node.Kind == yaml.SequenceNode {
		items, _ = v.list("", "")
	}
	days, ok := c.daysOf(more)
	random, known := c.random(more)
	ok = ok && known
	if len(items) > maxClocks {
		v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("%s has %d times; %d are the most", v.label(), len(items), maxClocks),
			suggestion: "write {every: 5m}, or a cron line such as \"*/5 6-22 * * *\""})
		return nil
	}
	times := schedule.Times{Days: days, Random: random}
	for _, item := range items {
		raw, isText := item.text(`a time such as "23:45"`)
		if !isText {
			ok = false
			continue
		}
		clock, err := schedule.ParseClock(raw)
		if _, notSun := schedule.ParseSun(raw); err != nil && notSun == nil {
			item.problem(problem{code: diag.BadTime, message: quote(raw) + " is no time of day", suggestion: "write sun: " + raw + ", as a trigger of its own"})
			ok = false
			continue
		}
		if err != nil && severalClocks(raw) != "" {
			item.problem(problem{code: diag.BadTime, message: quote(raw) + " is more than one time of day", suggestion: "write time: " + severalClocks(raw)})
			ok = false
			continue
		}
		if err != nil {
			item.syntax(diag.BadTime, err)
			ok = false
			continue
		}
		times.Clocks = append(times.Clocks, clock)
		if random.Within == 0 { // else nobody minds which second it is
			c.irregular(item, schedule.Times{Clocks: []schedule.Clock{clock}, Days: days}, part{})
		}
	}
	if !ok {
		return nil
	}
	return entity.AtTimes{Times: times}
}

func (c *ruleCheck) cronTrigger(v value) entity.Trigger {
	raw, ok := v.text(`a cron line such as "30 6 * * mon-fri"`)
	if !ok {
		return nil
	}
	cron, err := schedule.ParseCron(raw)
	if err != nil {
		v.syntax(diag.BadCron, err)
		return nil
	}
	c.irregular(v, cron, part{})
	return entity.AtCron{Cron: cron}
}

func (c *ruleCheck) sunTrigger(v value, more refinement) entity.Trigger {
	raw, ok := v.text("an event of the sun such as sunset-20m")
	if !ok {
		return nil
	}
	sun, err := schedule.ParseSun(raw)
	if err != nil {
		v.syntax(diag.BadTime, err)
		return nil
	}
	days, ok := c.daysOf(more)
	random, known := c.random(more)
	if !c.hasLocation(v) || !ok || !known {
		return nil
	}
	return entity.AtSun{Sun: sun, Days: days, Random: random}
}

// hasLocation: the sun rises somewhere.
func (c *ruleCheck) hasLocation(v value) bool {
	if c.file.Home.T.Location.given {
		return true
	}
	v.problem(problem{code: diag.NeedsLocation, message: "nobody knows when the sun rises: the house has no location",
		suggestion: "add home: {location: {latitude: 52.52, longitude: 13.40}}, with yours"})
	return false
}

func (c *ruleCheck) boardTrigger(v value, more refinement) entity.Trigger {
	name, ok := v.text("the name of a board")
	if !ok {
		return nil
	}
	if _, known := c.boards[entity.BoardName(name)]; !known {
		c.unknownBoard(v, name, part{})
		return nil
	}
	is, given := more["is"]
	if !given {
		v.r.errorAt(v.keySpan(), problem{code: diag.MissingKey, message: "a trigger by a board needs the key \"is\"", suggestion: "add is: offline, or is: online"})
		return nil
	}
	word, known := decodeChoice(is, []string{"online", "offline"}, diag.BadChoice)
	held, ok := c.held(more)
	if !known || !ok {
		return nil
	}
	return entity.OnBoard{Board: entity.BoardName(name), Online: word == "online", For: held}
}

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

// entityTrigger waits for a state, a number or a gesture.
func (c *ruleCheck) entityTrigger(e entry, more refinement) (t entity.Trigger, takes []string) {
	it, ok := c.byID[entity.ID(e.name)]
	if !ok {
		c.unknownSubject(e, append(triggerWords(), refinements()...))
		return nil, nil
	}
	c.mention(it.id, resolve(e.key), part{})
	raw, ok := e.value.text("a state such as on, or a comparison such as below 3°C")
	if !ok {
		return nil, nil
	}
	if it.kind() == entity.KindButton {
		return c.gestureTrigger(it, e.value, raw), nil
	}
	held, ok := c.held(more)
	if it.kind() == entity.KindSensor && raw == entity.StateUnknown {
		return silence(it, e.value, held, ok), []string{"for"}
	}
	if isLevel(raw) {
		return c.levelTrigger(it, e.value, raw, more, held, ok), []string{"for", "hysteresis"}
	}
	to, known := c.state(it, e.value, raw)
	from, fromKnown := "", true
	if v, given := more["from"]; given {
		word, isText := v.text("a state")
		fromKnown = isText
		if isText {
			from, fromKnown = c.state(it, v, word)
		}
		if fromKnown && known && from == to {
			v.problem(problem{code: diag.BadTrigger, message: fmt.Sprintf("it cannot come from %s to %s", from, to), suggestion: "delete from, or name another state"})
			fromKnown = false
		}
	}
	if !known || !fromKnown || !ok {
		return nil, nil
	}
	return entity.OnState{Entity: it.id, To: to, From: from, For: held}, []string{"for", "from"}
}

// silence waits for a sensor that tells nothing any more.
func silence(it item, v value, held time.Duration, ok bool) entity.Trigger {
	switch {
	case !ok:
		return nil
	case held == 0:
		v.problem(problem{code: diag.BadTrigger, message: "a sensor is unknown for a moment whenever its board starts or its link breaks", suggestion: "add for: 10m"})
		return nil
	}
	return entity.OnState{Entity: it.id, To: entity.StateUnknown, For: held}
}

func (c *ruleCheck) levelTrigger(it item, v value, raw string, more refinement, held time.Duration, ok bool) entity.Trigger {
	t, known := c.threshold(it, v, raw)
	on := entity.OnLevel{Threshold: t, For: held}
	if h, given := more["hysteresis"]; given && known {
		text, isText := h.text("a difference such as 0.5°C")
		if !isText {
			return nil
		}
		n, p := c.difference(it, t.Of, text)
		if p != nil {
			h.problem(*p)
			return nil
		}
		on.Hysteresis = n
	}
	if !known || !ok {
		return nil
	}
	return on
}

func (c *ruleCheck) gestureTrigger(it item, v value, raw string) entity.Trigger {
	gestures := []string{string(entity.GesturePress), string(entity.GestureDouble), string(entity.GestureHold)}
	if !slices.Contains(gestures, raw) {
		v.problem(problem{code: diag.BadState, message: fmt.Sprintf("a button has no gesture %s", quote(raw)), suggestion: "write " + oneOf(gestures)})
		return nil
	}
	c.boundToo(it, v, entity.Gesture(raw))
	return entity.OnGesture{Button: it.id, Gesture: entity.Gesture(raw)}
}

// boundToo warns where the button itself does something at the gesture.
func (c *ruleCheck) boundToo(it item, v value, on entity.Gesture) {
	if c.y.Enabled.given && !c.y.Enabled.value {
		return
	}
	for _, g := range it.body.(*buttonYAML).gestures() {
		if g.on != on || !g.do.valid {
			continue
		}
		there := g.do.at.keySpan()
		v.warning(problem{code: diag.GestureTwice,
			message:    fmt.Sprintf("both happen: this rule runs, and the button %q does %s, as line %s says", it.id, quote(g.do.at.node.Value), strings.TrimPrefix(line(there, v.span()), "line ")),
			suggestion: "use another gesture for one of them, or let the rule do all of it"}, diag.Related{Span: there, Message: string(on)})
	}
}

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

var betweenClocks = regexp.MustCompile(`\s*(?:,|;|/|\band\b|&)\s*|\s+`)

// severalClocks is the list of times that a text stands for; "" if it is none.
func severalClocks(raw string) string {
	if len(raw) > maxGuessed {
		return ""
	}
	var all []string
	for _, one := range betweenClocks.Split(strings.TrimSpace(raw), -1) {
		clock, err := schedule.ParseClock(one)
		if err != nil {
			return ""
		}
		all = append(all, fmt.Sprintf("%q", clock.String()))
	}
	return "[" + strings.Join(all, ", ") + "]"
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
