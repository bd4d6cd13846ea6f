package simulate_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/simulate"
)

var fenced = regexp.MustCompile("(?ms)^```yaml ?([A-Z0-9]*)$\n(.*?)^```$")

// Every example of the guide is a house of its own. It is either without a word of
// hob check and passes the tests that it has, or shows the message that it names.
func TestTheExamplesOfTheGuideAreTrue(t *testing.T) {
	page, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, block := range fenced.FindAllStringSubmatchIndex(string(page), -1) {
		code, text := string(page[block[2]:block[3]]), string(page[block[4]:block[5]])
		line := 1 + strings.Count(string(page[:block[4]]), "\n")
		house, list := config.Parse("rules.md", []byte(text))
		if code != "" {
			shows(t, string(page), line, diag.Code(code), list)
			continue
		}
		if len(list) != 0 {
			t.Errorf("line %d: %v", line, list)
			continue
		}
		if len(house.Rules) == 0 || len(house.Tests) == 0 {
			t.Errorf("line %d: the example has %d rules and %d tests", line, len(house.Rules), len(house.Tests))
		}
		tried++
		for i := range house.Tests {
			how, err := simulate.Try(t.Context(), house, &house.Tests[i])
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range how.Failures {
				t.Errorf("line %d: %s: at %s expected %s: %s", line, how.Test.Name, f.At, f.Expected, f.Got)
			}
		}
	}
	if tried < 10 {
		t.Errorf("the guide has %d examples", tried)
	}
}

// shows says whether an example has one message, of the code that it names. Where
// the guide quotes one, it is that.
func shows(t *testing.T, page string, line int, code diag.Code, list diag.List) {
	t.Helper()
	if len(list) == 0 {
		t.Errorf("line %d: %s is not said", line, code)
	}
	quoted := false
	for _, d := range list {
		if d.Code != code {
			t.Errorf("line %d: %s: %s", line, d.Code, d.Message)
		}
		quoted = quoted || strings.Contains(page, "\n> "+d.Message+"\n")
	}
	if code != diag.RuleLoop && !quoted {
		t.Errorf("line %d: the guide does not quote %v", line, list)
	}
}
