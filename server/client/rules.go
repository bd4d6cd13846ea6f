package client

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"hob/internal/entity"
)

// Rule is a rule as docs/api.md has it. Times are unix milliseconds; nil is none.
type Rule struct {
	ID      entity.RuleID `json:"id"`
	Name    string        `json:"name"`
	Enabled bool          `json:"enabled"`
	Mode    string        `json:"mode"`
	Running int           `json:"running"`
	Queued  int           `json:"queued"`
	Paused  *int64        `json:"paused_until"`
	Rests   *int64        `json:"rests_until"` // its cooldown
	Last    *Run          `json:"last"`
	Next    *int64        `json:"next"`
}

// Run is one firing of a rule.
type Run struct {
	ID      string        `json:"id"`
	Rule    entity.RuleID `json:"rule"`
	At      int64         `json:"at"`
	Ended   int64         `json:"ended"` // 0 while it runs
	Outcome string        `json:"outcome"`
	Reason  string        `json:"reason"`
	Detail  entity.Detail `json:"detail,omitempty"`
	Params  entity.Params `json:"params,omitempty"`
	Trigger Fired         `json:"trigger"`
	If      *Trace        `json:"if,omitempty"`
	Steps   []RunStep     `json:"steps"`
	More    int           `json:"more,omitempty"`
}

// Fired is what set a rule off.
type Fired struct {
	Kind   string        `json:"kind"`
	Text   string        `json:"text"`
	Due    int64         `json:"due,omitempty"`
	Entity entity.ID     `json:"entity,omitempty"`
	From   string        `json:"from,omitempty"`
	To     string        `json:"to,omitempty"`
	Board  string        `json:"board,omitempty"`
	Cause  *entity.Cause `json:"cause,omitempty"`
}

// Trace is how a condition or a trigger was judged.
type Trace struct {
	Text    string  `json:"text"`
	Verdict string  `json:"verdict"` // yes, no, unknown
	Value   string  `json:"value,omitempty"`
	Why     string  `json:"why,omitempty"`
	Parts   []Trace `json:"parts,omitempty"`
}

// RunStep is one step of a run.
type RunStep struct {
	What    string        `json:"what"`
	Kind    string        `json:"kind"`
	Entity  entity.ID     `json:"entity,omitempty"`
	At      int64         `json:"at"`
	TookMS  int64         `json:"took_ms"`
	Outcome string        `json:"outcome"`
	Message string        `json:"message,omitempty"`
	Detail  entity.Detail `json:"detail,omitempty"`
	Params  entity.Params `json:"params,omitempty"`
	If      *Trace        `json:"if,omitempty"`
}

// Why is how the last changes of an entity came about.
type Why struct {
	Entity    entity.ID   `json:"entity"`
	Name      string      `json:"name"`
	State     string      `json:"state"`
	Available bool        `json:"available"`
	Changes   [][]WhyStep `json:"changes"` // the newest first; each with its causes
	Gaps      []Gap       `json:"gaps"`
}

// WhyStep is a change or one of its causes.
type WhyStep struct {
	Kind    string        `json:"kind"` // change, run, origin, unrecorded
	At      int64         `json:"at"`
	Text    string        `json:"text"`
	Details []string      `json:"details,omitempty"`
	Entity  entity.ID     `json:"entity,omitempty"`
	State   string        `json:"state,omitempty"`
	Cause   *entity.Cause `json:"cause,omitempty"`
	Rule    entity.RuleID `json:"rule,omitempty"`
	Run     string        `json:"run,omitempty"`
}

// Gap is a time in which nothing was recorded: a line of the log.
type Gap struct {
	At     int64        `json:"at"`
	Entity entity.ID    `json:"entity"`
	What   string       `json:"what"`
	State  string       `json:"state"`
	Until  int64        `json:"until,omitempty"`
	Cause  entity.Cause `json:"cause"`
}

// WhyNot is why a rule did not run.
type WhyNot struct {
	Rule    entity.RuleID `json:"rule"`
	Name    string        `json:"name"`
	At      int64         `json:"at"`
	Enabled bool          `json:"enabled"`
	Paused  *int64        `json:"paused_until"`
	Next    *int64        `json:"next"`
	Answer  []string      `json:"answer"`
	When    []Trace       `json:"when"`
	If      *Trace        `json:"if"`
	Runs    []Run         `json:"runs"`
	Gap     bool          `json:"gap"`
}

func rulePath(id entity.RuleID, more string) string {
	return "/api/rules/" + url.PathEscape(string(id)) + more
}

// Rules lists the rules, in the order of config.yaml.
func (c *Client) Rules(ctx context.Context) ([]Rule, error) {
	var out []Rule
	err := c.get(ctx, "/api/rules", &out)
	return out, err
}

// Rule returns one rule. The error is ErrNotFound when there is none.
func (c *Client) Rule(ctx context.Context, id entity.RuleID) (Rule, error) {
	var out Rule
	err := c.get(ctx, rulePath(id, ""), &out)
	return out, err
}

// Runs lists the newest runs of a rule, the newest first.
func (c *Client) Runs(ctx context.Context, id entity.RuleID, limit int) ([]Run, error) {
	var out struct {
		Runs []Run `json:"runs"`
	}
	err := c.get(ctx, rulePath(id, "/runs")+"?limit="+strconv.Itoa(limit), &out)
	return out.Runs, err
}

// Run returns one run of a rule as it is.
func (c *Client) Run(ctx context.Context, id entity.RuleID, run string) (Run, error) {
	var out Run
	err := c.get(ctx, rulePath(id, "/runs/"+url.PathEscape(run)), &out)
	return out, err
}

// RunRule runs a rule now and returns the run as it is at once.
func (c *Client) RunRule(ctx context.Context, id entity.RuleID) (Run, error) {
	var out Run
	err := c.do(ctx, http.MethodPost, rulePath(id, "/run"), nil, &out)
	return out, err
}

// ResumeRule ends the pause of a rule.
func (c *Client) ResumeRule(ctx context.Context, id entity.RuleID) (Rule, error) {
	var out Rule
	err := c.do(ctx, http.MethodPost, rulePath(id, "/resume"), nil, &out)
	return out, err
}

// Why tells how the last changes of an entity came about.
func (c *Client) Why(ctx context.Context, id entity.ID, changes int) (Why, error) {
	var out Why
	err := c.get(ctx, "/api/entities/"+url.PathEscape(string(id))+"/why?limit="+strconv.Itoa(changes), &out)
	return out, err
}

// WhyNot tells why a rule did not run at a time; now when that is zero.
func (c *Client) WhyNot(ctx context.Context, id entity.RuleID, at time.Time) (WhyNot, error) {
	var out WhyNot
	path := rulePath(id, "/why-not")
	if !at.IsZero() {
		path += "?at=" + url.QueryEscape(at.Format(time.RFC3339Nano))
	}
	err := c.get(ctx, path, &out)
	return out, err
}
