package rules

import (
	"fmt"
	"net/url"
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// instruction is a step, compiled: what a choice chooses between is laid out in a
// row, with jumps, so that where a run is is one number.
type instruction struct {
	kind StepKind // "" only jumps
	text string

	do     *entity.Do
	call   *entity.Call
	notify *entity.Notify
	opens  bool          // the rule may open the door of do
	lasts  time.Duration // of a delay; of a wait at most
	cond   condition     // of a choice or a wait
	jump   int           // where to go: of a choice unless its condition holds
}

func (c *compiler) steps(r *rule, list []entity.Step) error {
	for _, s := range list {
		if err := c.step(r, s); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) step(r *rule, s entity.Step) error {
	switch s := s.(type) {
	case entity.Do:
		i := instruction{kind: StepDo, text: c.taskText(s.Task), do: &s}
		for _, id := range r.spec.MayOpen {
			i.opens = i.opens || id == s.Target
		}
		r.code = append(r.code, i)
	case entity.Call:
		r.code = append(r.code, instruction{kind: StepCall, text: "webhook " + hostOf(s.URL), call: &s})
	case entity.Notify:
		who := string(s.User)
		if s.Everyone {
			who = "all"
		}
		r.code = append(r.code, instruction{kind: StepNotify, text: fmt.Sprintf("notify %s %q", who, s.Text), notify: &s})
	case entity.Delay:
		r.code = append(r.code, instruction{kind: StepDelay, text: "delay " + schedule.DurationText(s.For), lasts: s.For})
	case entity.Wait:
		cond, err := c.ground.compileCondition(s.Until)
		if err != nil {
			return err
		}
		r.code = append(r.code, instruction{kind: StepWait, lasts: s.AtMost,
			text: fmt.Sprintf("wait until %s, at most %s", wordsOf(cond), schedule.DurationText(s.AtMost)), cond: cond})
	case entity.Stop:
		r.code = append(r.code, instruction{kind: StepStop, text: "stop"})
	case entity.Choose:
		return c.choose(r, s)
	default:
		return fmt.Errorf("a step of type %T is not known", s)
	}
	return nil
}

func (c *compiler) choose(r *rule, s entity.Choose) error {
	cond, err := c.ground.compileCondition(s.If)
	if err != nil {
		return err
	}
	branch := len(r.code)
	r.code = append(r.code, instruction{kind: StepChoose, text: "if " + wordsOf(cond), cond: cond})
	if err := c.steps(r, s.Then); err != nil {
		return err
	}
	if len(s.Else) > 0 {
		end := len(r.code)
		r.code = append(r.code, instruction{})
		r.code[branch].jump = len(r.code)
		if err := c.steps(r, s.Else); err != nil {
			return err
		}
		r.code[end].jump = len(r.code)
		return nil
	}
	r.code[branch].jump = len(r.code)
	return nil
}

// taskText is a task as config.yaml has it.
func (c *compiler) taskText(t entity.Task) string {
	if c.kinds[t.Target] == entity.KindScene {
		return "scene " + string(t.Target)
	}
	switch t.Action.Verb {
	case entity.VerbOpen, entity.VerbClose, entity.VerbToggle:
		return fmt.Sprintf("%s %s", t.Action.Verb, t.Target)
	}
	return fmt.Sprintf("%s %s", t.Target, t.Action)
}

// hostOf is as much of an address as may be shown.
func hostOf(address entity.Secret) string {
	u, err := url.Parse(address.Reveal())
	if err != nil || u.Hostname() == "" {
		return "somewhere"
	}
	return u.Hostname()
}
