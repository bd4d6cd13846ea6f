package entity

// Notice is what people are told on their dashboards until somebody dismisses it.
type Notice struct {
	ID   int64  `json:"id"` // grows with each notice
	At   int64  `json:"at"` // unix ms
	Text string `json:"text"`
	// Detail and Params are what the server's own notices are translated from, as
	// in Said; a rule's are in the words of whoever wrote it.
	Detail Detail `json:"detail,omitempty" doc:"names the sentence for translation; missing for the words of a rule"`
	Params Params `json:"params,omitempty" doc:"strings and numbers that stand in the sentence"`
	User   UserID `json:"user,omitempty"` // whom it is for; "" is everybody
	Rule   RuleID `json:"rule,omitempty"` // the rule that says it; "" is the server itself
}

// MostNotices is how many notices are kept: more than that nobody reads, and a
// rule that speaks every minute must not fill every page.
const MostNotices = 100
